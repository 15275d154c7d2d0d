"""What the story of a quarter holds on to: the people's ways back, their cases, topics brought to the door of a meeting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from huying.cases.models import Case
from huying.meetings import acts
from huying.meetings.models import Topic
from tests.factories import consultation as make
from tests.factories.world import accepted, receipt, voice
from tests.journeys.stage import Stage


@dataclass
class Quarter:
    """What the story holds on to."""

    stage: Stage
    receipts: dict[str, str] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    meeting: Any = None

    def spoken(self, title: str, *voices: dict[str, Any]) -> Case:
        """An accepted case; the first of its people keeps the way back."""
        given = [{"receipt": receipt(), **one} for one in voices]
        self.receipts[title] = given[0]["receipt"]
        self.cases[title] = accepted(
            self.stage.world, *(voice(**one) for one in given), title=title, summary=f"{title}的事。"
        )
        return self.cases[title]

    def ready(self, title: str, *cases: Case, origin: str = "case") -> Topic:
        """A topic that has come all the way to the door of a meeting."""
        world, who = self.stage.world, {"by": self.stage.world.as_("officer"), "at": self.stage.world.now}
        more = {"cases": [one.pk for one in cases]} if cases else {"content_class": "rights", "category": "living"}
        topic = acts.raise_topic(
            unit=world.plant, origin=origin, title=title, body=f"{title}的情况。", ask="请研究。", departments=[world.admin],
            **more, **who,
        )  # fmt: skip
        make.reviewed(world, topic)
        return make.talked(world, topic)

    def worker(self, title: str) -> Page:
        """Who said it, back with the sixteen digits."""
        page = self.stage.worker()
        page.goto(f"{self.stage.url}/my/#{self.receipts[title]}")
        page.wait_for_url("**/my/case/")
        return page

    def case(self, title: str) -> Case:
        return Case.objects.get(pk=self.cases[title].pk)

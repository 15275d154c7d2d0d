"""Every page of consultation and of the climb in every state, at 360 and at 1440 px: axe finds nothing, nothing is too wide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from huying.climb import acts as climb
from huying.climb.models import Rung
from huying.meetings import acts, reads
from huying.meetings.models import Meeting, Topic
from tests.factories import consultation as make
from tests.factories.world import accepted, voice
from tests.journeys.stage import DESK, PHONE, Stage, seen
from tests.matrix.scene import Scene

TOPIC_ACTS = {
    "draft": ("review", "talk", "word", "gather", "merge", "drop"), "failed": ("word", "review"), "refused": ("again",),
    "ready": ("talk",), "agenda": (),
}  # fmt: skip


class Table:
    """Topics and meetings in every state, a case that climbed, a talk that workers read of."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world = stage, stage.world
        self.scene = Scene(stage.world)
        self.signed = self._signed()
        self.paper = make.planned(
            self.world, self._topic("补录的"), starts_at=self.world.now - timedelta(hours=1), on_paper=True
        )
        self.lead, self.rung = self._climbed()

    def _topic(self, title: str) -> Topic:
        return make.ready(
            self.world, accepted(self.world, voice(), title=title), at=self.world.now - timedelta(days=9), title=title
        )

    def _signed(self) -> Meeting:
        """Ten days ago: items, one not agreed, one told; published."""
        before, titles = self.world.now - timedelta(days=10), ("末班车", "没谈成的", "通报的")
        topics = [
            make.ready(self.world, accepted(self.world, voice(), at=before, title=one), at=before, title=one)
            for one in titles
        ]
        meeting = make.opened(self.world, *topics, at=before)
        by, at = self.world.as_("officer"), meeting.starts_at
        one, two, three = reads.agenda(meeting)
        make.settled(self.world, one, at)
        acts.settle(place_id=two.pk, result="not_agreed", text="今年没有预算。", next_way="on", by=by, at=at)
        acts.settle(place_id=three.pk, result="noted", text="已说明。", by=by, at=at)
        acts.close_meeting(meeting_id=meeting.pk, by=by, at=at)
        acts.circulate(meeting_id=meeting.pk, by=by, at=at)
        acts.reply(meeting_id=meeting.pk, agreed=True, by=self.world.as_("delegate"), at=at)
        for name in ("manager", "chair"):
            acts.sign(meeting_id=meeting.pk, by=self.world.as_(name), at=at)
        acts.correct_minutes(meeting_id=meeting.pk, text="地点应为二楼会议室。", by=by, at=at)
        meeting = Meeting.objects.get(pk=meeting.pk)
        acts.publish(meeting_id=meeting.pk, body=reads.draft_publication(meeting), by=self.world.as_("chair"), at=at)
        return meeting

    def _climbed(self) -> tuple[Any, Rung]:
        who = {"by": self.world.as_("officer"), "at": self.world.now}
        case = self.scene.case("plant", "accepted")
        rung = climb.send_up(case_id=case.pk, reason="线路跨县。", tried="谈过两次。", **who)
        climb.take_rung(rung_id=rung.pk, by=self.world.as_("upper"), at=self.world.now)
        leader = {"by": self.world.as_("chair"), "at": self.world.now}
        other = accepted(self.world, voice(), title="请领导包的")
        lead = climb.put_under(case_id=other.pk, leader=self.world.posts["manager"], reason="难办。", **leader)
        climb.instruct_lead(lead_id=lead.pk, text="月底前办好。", by=self.world.as_("manager"), at=self.world.now)
        return lead, rung

    def meetings(self) -> dict[str, Meeting]:
        """One in each state."""
        found = {
            status: self.scene.meeting("plant", status) for status in ("draft", "called", "open", "held", "circulated")
        }
        return found | {"signed": self.signed, "paper": self.paper}


def of_topics(table: Table) -> Iterator[str]:
    for tab in ("lacking", "ready", "agenda", "stopped", "done"):
        yield reverse("desk:topics") + f"?tab={tab}"
    yield reverse("desk:topics") + "?q=没有这样的字"
    for origin in ("case", "management", "upper", "opinion"):
        yield reverse("desk:topic-new") + f"?origin={origin}"
    for status, names in TOPIC_ACTS.items():
        pk = table.scene.topic("plant", status).pk
        yield reverse("desk:topic", args=[pk])
        for name in names:
            yield reverse(f"desk:topic-{name}", args=[pk])
    for place in reads.agenda(table.signed):
        yield reverse("desk:topic", args=[place.topic_id])


def of_meetings(table: Table) -> Iterator[str]:
    found = table.meetings()
    yield reverse("desk:meetings")
    yield reverse("desk:meeting-new")
    yield reverse("desk:meeting-new") + "?paper=1"
    for one in found.values():
        yield reverse("desk:meeting", args=[one.pk])
    for name, status in (("plan", "draft"), ("call", "draft"), ("cancel", "called")):
        yield reverse(f"desk:meeting-{name}", args=[found[status].pk])


def of_the_room(table: Table) -> Iterator[str]:
    found = table.meetings()
    for status in ("called", "open", "held", "paper"):
        yield reverse("desk:meeting-room", args=[found[status].pk])
    yield reverse("desk:meeting-room", args=[found["open"].pk]) + "?big=1"


def of_minutes(table: Table) -> Iterator[str]:
    found = table.meetings()
    for status in ("called", "held", "circulated", "signed"):
        yield reverse("desk:minutes", args=[found[status].pk])
    for name, status in (
        ("write", "held"),
        ("versions", "circulated"),
        ("sign-paper", "circulated"),
        ("correct", "signed"),
    ):
        yield reverse(f"desk:minutes-{name}", args=[found[status].pk])


def of_papers(table: Table) -> Iterator[str]:
    case = table.scene.case("plant", "handling")
    yield reverse("desk:blanks")
    yield reverse("desk:flow")
    yield reverse("desk:case_flow", args=[case.pk])
    yield reverse("desk:case_act", args=[accepted(table.world, voice()).pk, "send_up"])
    for tab in ("sent", "said"):
        yield reverse("desk:climb") + f"?tab={tab}"
    yield reverse("desk:case", args=[table.rung.case_id])
    yield reverse("desk:case", args=[reads.cases_of(reads.agenda(table.signed)[0].topic)[0].pk])


def chair(table: Table) -> Iterator[str]:
    for status in ("circulated", "signed"):
        yield reverse("desk:minutes", args=[table.meetings()[status].pk])
    for name in ("publish", "unpublish"):
        yield reverse(f"desk:minutes-{name}", args=[table.signed.pk])
    yield reverse("desk:case_act", args=[table.lead.case_id, "instruct"])


def attendee(table: Table) -> Iterator[str]:
    yield "/desk/"
    yield reverse("desk:meetings")
    for status in ("called", "circulated", "signed"):
        yield reverse("desk:meeting", args=[table.meetings()[status].pk])
    for status in ("circulated", "signed"):
        yield reverse("desk:minutes", args=[table.meetings()[status].pk])


def manager(table: Table) -> Iterator[str]:
    yield from attendee(table)
    yield reverse("desk:sent_up")
    yield reverse("desk:leads")
    yield reverse("desk:lead", args=[table.lead.pk])


def upper(table: Table) -> Iterator[str]:
    yield reverse("desk:topics") + "?scope=below"
    yield reverse("desk:meeting", args=[table.signed.pk])
    for tab in ("here", "stuck"):
        yield reverse("desk:climb") + f"?tab={tab}"
    yield reverse("desk:case", args=[table.rung.case_id])
    for act in ("solve", "give_back", "send_on"):
        yield reverse("desk:case_act_of", args=[table.rung.case_id, act, table.rung.pk])


def worker(table: Table) -> Iterator[str]:
    yield f"/u/{table.world.plant.code}/meetings/"
    yield f"/u/{table.world.plant.code}/meetings/{table.signed.pk}/"
    yield f"/u/{table.world.other.code}/meetings/"


WALKS: dict[str, Any] = {
    "topics": ("officer", of_topics), "meetings": ("officer", of_meetings), "room": ("officer", of_the_room),
    "minutes": ("officer", of_minutes), "papers": ("officer", of_papers), "chair": ("chair", chair),
    "manager": ("manager", manager), "delegate": ("delegate", attendee), "upper": ("upper", upper), "worker": ("", worker),
}  # fmt: skip


@pytest.fixture(scope="module")
def table(walked: Stage) -> Table:
    """What is looked at."""
    return Table(walked)


@pytest.fixture
def _django_db_helper(table: Table) -> None:
    """Instead of pytest-django's own: the walks share one database and only look."""


@pytest.mark.parametrize("walk", WALKS)
def test_every_page_of_consultation(walk: str, walked: Stage, table: Table) -> None:
    name, pages = WALKS[walk]
    paths = list(pages(table))
    page = walked.staff(name) if name else walked.worker()
    wrong = [line for path in paths for line in looked(page, walked, path, whole=path == paths[0])]
    page.context.close()
    assert not wrong, "\n\n".join(wrong)


def looked(page: Page, stage: Stage, path: str, *, whole: bool) -> list[str]:
    """Open it and look at both sizes."""
    answer = page.goto(stage.url + path)
    wrong = [] if answer and answer.status == 200 else [f"{path} answers {answer.status if answer else 0}"]
    return [*wrong, *seen(page, path, PHONE, DESK, whole=whole)]

"""What every played step has at hand: the county, the matter so far, who acts and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from huying.cases.models import Case
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import Concerns, Voice
from huying.files.acts import Checked
from huying.handling.models import Item
from huying.kernel.actors import Worker
from huying.org.models import Department, Unit
from huying.org.reads import union_of
from huying.org.rules import Member
from huying.site.demo.county import County
from huying.site.demo.days import Days
from huying.site.demo.pictures import photos
from huying.site.demo.script import WORKER, Step, Story


@dataclass
class Play:
    """A matter as far as it has been played."""

    story: Story
    case_id: UUID | None = None
    receipts: tuple[str, ...] = ()
    items: list[UUID] = field(default_factory=list)
    topic_id: UUID | None = None
    meeting_id: UUID | None = None


@dataclass(frozen=True)
class Scene:
    """One step being played."""

    county: County
    days: Days
    plays: dict[str, Play]
    play: Play
    step: Step

    @property
    def at(self) -> datetime:
        """The moment of the step."""
        return self.step.at

    @property
    def on(self) -> date:
        """The day of the step."""
        return timezone.localdate(self.step.at)

    @property
    def words(self) -> str:
        """What the line says: plain words, or the ``text`` of its table."""
        what = self.step.what
        return what if isinstance(what, str) else str(self.step.said("text"))

    @property
    def case_id(self) -> UUID:
        """The case; a story begins by registering it."""
        assert self.play.case_id is not None, self.play.story.key
        return self.play.case_id

    def case(self) -> Case:
        """The case as it is now."""
        return Case.objects.select_related("holder", "unit", "officer").get(pk=self.case_id)

    def staff(self) -> Member:
        """Who acts, through the post at the union that has the case."""
        return self.county.actor(self.step.who, self.on, unit=self.case().holder)

    def worker(self) -> Worker:
        """The worker who acts, by receipt: the first speaker unless the line says which."""
        found = worker_by_receipt(self.play.receipts[int(self.step.said("voice", 0))])
        assert found is not None, self.play.story.key
        return found

    def speaker(self) -> Member | Worker:
        """Whoever acts."""
        return self.worker() if self.step.who == WORKER else self.staff()

    def item(self) -> UUID:
        """The item meant: the actor's department's last one, or the last one given, or the one the line counts."""
        if number := self.step.said("item"):
            return self.play.items[int(number) - 1]
        posts = self.county.posts[self.step.who]
        departments = [post.department_id for post in posts if post.department_id]
        mine = Item.objects.filter(pk__in=self.play.items, department__in=departments).values_list("pk", flat=True)
        return next((pk for pk in reversed(self.play.items) if pk in set(mine)), self.play.items[-1])

    def department(self, name: str) -> Department:
        """A department of the case's own unit, or ``单位/部门`` of another."""
        unit_key, _, own = name.rpartition("/")
        unit = self.county.units[unit_key] if unit_key else self.case().unit
        return self.county.department(unit, own)

    def due(self, within: int) -> date:
        """The working day so many working days after this step."""
        return self.days.day(self.step.day + within)

    def pictures(self) -> tuple[Checked, ...]:
        """Pictures the line adds."""
        return photos(tuple(self.step.said("photos", ())))

    def row(self, name: str, default: Any = "") -> Any:
        """One value of the story itself."""
        return self.play.story.row.get(name, default)

    def place(self) -> Unit:
        """Where it happened."""
        return self.county.units[self.row("place")]

    def received_at(self) -> datetime:
        """When it arrived: so many working days before it was registered, or a quarter of an hour."""
        if "received" not in self.play.story.row:
            return self.at - timedelta(minutes=12)
        return self.days.moment(self.play.story.day - int(self.row("received")), self.at.time())


def voice_of(row: dict[str, Any]) -> Voice:
    """One person speaking, as the story says; the receipt is given while registering."""
    return Voice(
        receipt="",
        secrecy=row["secrecy"],
        name=row.get("name", ""),
        phone=row.get("phone", ""),
        about=row.get("post", ""),
        words=row.get("said", "").strip(),
    )


def concerns_of(scene: Scene) -> Concerns:
    """Whom it concerns, as the worker said."""
    row = scene.row("concerns", {})
    unit = union_of(scene.place())
    return Concerns(
        chair=row.get("chair", False),
        own_union=row.get("union", False),
        superior=row.get("superior", ""),
        departments=tuple(scene.county.department(unit, name).pk for name in row.get("departments", ())),
    )

"""What the page of a meeting in progress shows: who is there, each entry with what was said and came of it, what is open.

Each part that changes carries a mark, so that a page which asks again replaces only what is new.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

from huying.files import reads as stored
from huying.kernel.actors import Actor
from huying.meetings.lifecycle import MEETING
from huying.meetings.models import Agreed, Meeting, MeetingFile, Participant, Place, Remark
from huying.meetings.reads import agenda, day_of_meeting, departments_of, participants, rules_of, touched
from huying.meetings.rules import THERE, Empty, empty_seats, open_ends
from huying.org.models import Department, Post, Role

SPEAKERS = ("工会方", "行政方", "职工代表")


def _mark(*parts: object) -> str:
    return f"{crc32(repr(parts).encode()):08x}"


@dataclass(frozen=True)
class Entry:
    """One entry of the agenda as the room sees it."""

    place: Place
    number: int
    writable: bool

    @property
    def title(self) -> str:
        """The topic's words, or the question."""
        return self.place.topic.title if self.place.topic else self.place.question

    @cached_property
    def lines(self) -> list[Remark]:
        """What was said, without what was struck or replaced."""
        return list(self.place.remarks.all())

    @cached_property
    def agreed(self) -> list[Agreed]:
        """What was agreed and stands."""
        return list(self.place.agreed.all())

    @property
    def state(self) -> tuple[str, str]:
        """How far it is: a code for the looks, and words."""
        result = self.place.result
        if not result and not self.agreed:
            return ("talk", "议论中") if self.lines else ("new", "未议")
        if (result == "items") != bool(self.agreed):
            return "open", "未定，四项还没有写" if result == "items" else "写了事项，结果不是“定下事项”"
        return "done", f"定下 {len(self.agreed)} 项" if result == "items" else self.place.get_result_display()

    @property
    def mark(self) -> str:
        """Changes whenever something of it does."""
        lines, agreed = [one.pk for one in self.lines], [one.pk for one in self.agreed]
        return _mark(self.place.version, lines, agreed, self.writable)


@dataclass(frozen=True)
class Room:
    """One meeting as the secretary's page shows it."""

    meeting: Meeting
    actor: Actor

    @property
    def stage(self) -> str:
        """``before`` it opens, ``in`` it, ``after`` it; a meeting held on paper is entered as if one were in it."""
        if self.meeting.status == "open" or self.enters_paper:
            return "in"
        return "before" if MEETING.may_now(self.meeting.status, "open") else "after"

    @property
    def enters_paper(self) -> bool:
        """Whether a meeting held on paper is being entered."""
        return self.meeting.on_paper and self.meeting.status == "draft"

    @cached_property
    def entries(self) -> list[Entry]:
        """The agenda in order."""
        rows = enumerate(agenda(self.meeting), start=1)
        return [Entry(place, number, self.stage == "in") for number, place in rows]

    @cached_property
    def people(self) -> list[Participant]:
        """Everybody asked."""
        return participants(self.meeting)

    @cached_property
    def there(self) -> int:
        """How many are there."""
        return sum(one.attendance in THERE for one in self.people)

    @cached_property
    def seats(self) -> list[Empty]:
        """Every seat the rules want taken, whether it is or not: the page tells which are empty while people come in."""
        return empty_seats(rules_of(self.meeting).seats(self.meeting.kind), [], touched(self.meeting), there=True)

    @cached_property
    def missing(self) -> list[Empty]:
        """Seats nobody took."""
        people = [one for one in self.people if one.attendance in THERE]
        departments, seats = {one.department_id for one in people}, {one.seat for one in people}
        return [one for one in self.seats if not _taken(one, departments, seats)]

    @property
    def rest(self) -> list[str]:
        """Those nobody marked yet, as one click marks them: present, or excused where they had asked for leave."""
        unmarked = [one for one in self.people if not one.attendance]
        return [f"{one.pk}:{'excused' if one.answer == 'excused' else 'present'}" for one in unmarked]

    @property
    def people_mark(self) -> str:
        """Changes when somebody comes or goes."""
        return _mark(self.stage, [(one.pk, one.attendance) for one in self.people])

    @cached_property
    def ends(self) -> list[str]:
        """What has no result yet."""
        return open_ends(one.place for one in self.entries)

    @property
    def ends_mark(self) -> str:
        """Changes with what is open."""
        return _mark(self.ends, self.meeting.status)

    @property
    def head_mark(self) -> str:
        """Changes with the meeting's state."""
        return _mark(self.meeting.status, self.meeting.opened_at, self.meeting.closed_at)

    @property
    def speakers(self) -> list[str]:
        """Who may speak, for the quick keys and the list: the sides, departments touched, everybody by name."""
        return [*SPEAKERS, *(one.department.name for one in self.seats if one.department)]

    @property
    def names(self) -> list[str]:
        """Everybody asked, by name."""
        return [one.name for one in self.people]

    @cached_property
    def departments(self) -> list[Department]:
        """Departments something may be given to."""
        return list(departments_of(self.meeting.unit))

    @cached_property
    def handlers(self) -> list[Post]:
        """Their people on the day of the meeting."""
        posts = Post.objects.on(day_of_meeting(self.meeting)).filter(
            department__in=[one.pk for one in self.departments], role__in=(Role.HANDLER, Role.DEPARTMENT_HEAD)
        )
        return list(posts.select_related("person", "department").order_by("department__name", "role", "starts_on"))

    @cached_property
    def scans(self) -> list[dict[str, Any]]:
        """Signed papers of a meeting held on paper."""
        rows = self.meeting.files.filter(kind="scan").select_related("file", "key").order_by("at")
        return [_paper(row) for row in rows] if self.meeting.on_paper else []

    @property
    def asks_questions(self) -> bool:
        """Whether questions may be put in the room: at every kind but the consultation over topics."""
        return self.meeting.kind != "consultation"


def _taken(seat: Empty, departments: set[Any], seats: set[str]) -> bool:
    return seat.department.pk in departments if seat.department else seat.seat in seats


def _paper(row: MeetingFile) -> dict[str, Any]:
    state = {"quarantined": "checking", "infected": "refused", "erased": "refused"}.get(row.file.state, "ready")
    return {"name": stored.name(row.file), "url": "", "kind": row.file.kind, "state": state}

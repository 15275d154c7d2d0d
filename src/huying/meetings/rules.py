"""Pure rules of consultation: what a wording may not say, what a topic still lacks, which seats are empty, what settles a result."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from huying.kernel.errors import Invalid
from huying.mechanism.rules import Rules, Seat
from huying.meetings.models import Participant, Place
from huying.org.models import Department, Role
from huying.privacy.rules import spans

LONGEST_TITLE = 60
LONGEST_TEXT = 5000
THERE = ("present", "late")
# Which seat an office takes by itself; everybody else is there without a seat.
SEAT_OF = {
    Role.CHAIR: "union_head",
    Role.MANAGEMENT_HEAD: "management_head",
    Role.DELEGATE: "delegates",
    Role.DEPARTMENT_HEAD: "department_head",
}
SIDE_OF = {
    Role.CHAIR: "union",
    Role.OFFICER: "union",
    Role.DELEGATE: "union",
    Role.LIAISON: "union",
    Role.MANAGEMENT_HEAD: "management",
    Role.DEPARTMENT_HEAD: "management",
    Role.HANDLER: "management",
}


def required(**given: str) -> None:
    """``Invalid`` for every field left empty."""
    missing = {name: "这一项要填写。" for name, value in given.items() if not str(value or "").strip()}
    if missing:
        raise Invalid(missing)


def check_length(**given: str) -> None:
    """``Invalid`` for texts that are too long; a field called ``title`` is short."""
    wrong = {}
    for name, value in given.items():
        most = LONGEST_TITLE if name == "title" else LONGEST_TEXT
        if len(value.strip()) > most:
            wrong[name] = f"写了 {len(value.strip())} 字，最多 {most} 字。"
    if wrong:
        raise Invalid(wrong)


def check_unnamed(texts: dict[str, str], names: Collection[str], because: str) -> None:
    """No worker is named without consent (MY-3.2.3d); numbers and addresses that give people away never stand in a text.

    ``names`` are those of the roster found in the texts, without people who speak for an office.
    """
    wrong: dict[str, str] = {}
    for field, text in texts.items():
        kinds = {span.kind for span in spans(text)} - {"name"}
        if kinds:
            wrong[field] = "写了电话、证件号、账号或车牌号，请删去。"
        found = sorted(name for name in names if name in text)
        if found and not because.strip():
            wrong[field] = (
                f"写了{'、'.join(f'“{name}”' for name in found[:5])}。议程和纪要里不写职工姓名；本人同意的，请写明谁在哪天同意。"
            )
    if wrong:
        raise Invalid(wrong)


@dataclass(frozen=True)
class Empty:
    """A seat nobody takes: the pack's label, the department where the seat belongs to one, and the clause."""

    label: str
    badge: str
    seat: str
    department: Department | None = None

    def __str__(self) -> str:
        return f"{self.department.name}的负责人" if self.department else self.label


def empty_seats(
    seats: Iterable[Seat], participants: Iterable[Participant], touched: Iterable[Department], *, there: bool
) -> list[Empty]:
    """Seats nobody was asked to, or (``there``) nobody took, for the meeting as it stands (MY-3.2.2)."""
    people = [one for one in participants if not there or one.attendance in THERE]
    empty = []
    for seat in seats:
        if seat.per_topic:
            heads = {one.department_id for one in people if one.department_id}
            empty += [Empty(seat.label, seat.clause.badge, seat.code, d) for d in touched if d.pk not in heads]
        elif not any(one.seat == seat.code for one in people):
            empty.append(Empty(seat.label, seat.clause.badge, seat.code))
    return empty


def open_ends(places: Iterable[Place]) -> list[str]:
    """Entries of an agenda (in order, with what was agreed) that have no result, or one that does not fit, in words."""
    wrong = []
    for number, place in enumerate(places, start=1):
        name = place.topic.title if place.topic else place.question[:30]
        if not place.result:
            wrong.append(f"第 {number} 项“{name}”还没有结果")
        elif place.result == "items" and not place.agreed.all():
            wrong.append(f"第 {number} 项“{name}”选了定下事项，但四项还没有写")
        elif place.result != "items" and place.agreed.all():
            wrong.append(f"第 {number} 项“{name}”写了事项，结果却不是“定下事项”")
    return wrong


def chairing_seat(rules: Rules, kind: str) -> str:
    """The seat that chairs this kind of meeting; empty where the pack leaves it open."""
    return next((seat.code for seat in rules.seats(kind) if seat.chairs), "")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing a legality review looked at."""

    code: str
    lawful: bool
    reason: str


def checked_findings(rules: Rules, findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Content, form and procedure, all of them and each with its reason (MY-2.1)."""
    given = {one.code: one for one in findings}
    kept: list[dict[str, object]] = []
    wrong = {}
    for need in rules.needs("legality").choices:
        one = given.get(need.code)
        if one is None:
            wrong[need.code] = f"请给出“{need.label}”的审查结论。"
        elif not one.reason.strip():
            wrong[f"{need.code}_reason"] = f"请写明“{need.label}”{'为什么合法' if one.lawful else '哪里不合法'}。"
        else:
            kept.append({"code": one.code, "label": need.label, "lawful": one.lawful, "reason": one.reason.strip()})
    if wrong:
        raise Invalid(wrong)
    return kept


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody asked who is not in the roster."""

    name: str
    title: str = ""
    side: str = "guest"


@dataclass(frozen=True, kw_only=True)
class Vote:
    """A vote's figures."""

    votes_for: int
    votes_against: int
    abstained: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is agreed: all four, and who helps."""

    measure: str
    deadline: date | None
    department_id: UUID | None
    handler_id: UUID | None
    helping: tuple[UUID, ...] = ()

"""What the desk shows of the climb: the ladder on a dossier, who may do what there, lists of what was sent up."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case
from huying.cases.reads import clock_state
from huying.climb.lifecycle import HERE
from huying.climb.models import Instruction, Lead, Rung
from huying.climb.reads import clocks_of, instructions_on, ladder, lead_of
from huying.desk.reads._cases import Days, Line, Shown
from huying.handling.models import Item
from huying.handling.reads import union_behind
from huying.org.rules import ROLES, Can, Member, may


@dataclass(frozen=True)
class Level:
    """One level on the ladder of a dossier."""

    rung: Rung
    state: str
    chip: Shown | None
    lit: bool


@dataclass(frozen=True)
class Climb:
    """The climb of one case for one reader.  ``here``: the level that waits for an answer of this reader's union."""

    levels: tuple[Level, ...]
    active: Rung | None
    here: Rung | None
    handles: frozenset[UUID]
    approves: frozenset[UUID]
    instructs: bool
    leads: bool
    instructions: tuple[Instruction, ...]
    lead: Lead | None

    @property
    def names(self) -> dict[UUID, str]:
        """Whose limit it is, by level."""
        return {level.rung.pk: level.rung.unit.name for level in self.levels}

    def gave(self, item: Item) -> bool:
        """Whether an item was given by a union of this reader's."""
        return union_behind(item).pk in self.handles


def climb_of(actor: Member, case: Case, days: Days, done: Container[str]) -> Climb:
    """What a dossier shows of the climb (four queries at most, whatever the height; none for what its history, ``done``,
    has never seen)."""
    rungs = ladder(case) if "send_up" in done else []
    clocks = clocks_of(rungs) if rungs else {}
    active = next((rung for rung in rungs if rung.status in HERE), None)
    handles = _ids(actor, Can.HANDLE_CASES)
    near = {case.holder_id, *[rung.unit_id for rung in rungs if rung.status in (*HERE, "solved")]}
    written = instructions_on(case) if "instruct" in done else []
    levels = []
    for rung in rungs:
        clock = clocks.get(rung.pk)
        chip = Shown(*clock_state(clock, days.today, days.calendar)) if clock else None
        levels.append(Level(rung, _state(rung, rungs), chip, rung is active))
    return Climb(
        levels=tuple(levels),
        active=active,
        here=active if active is not None and active.unit_id in handles else None,
        handles=handles,
        approves=_ids(actor, Can.APPROVE),
        instructs=_instructs(actor, case, near),
        leads=bool(_ids(actor, Can.APPROVE) & near) and case.closed_at is None,
        instructions=tuple(one for one in written if _reads(actor, one, near)),
        lead=lead_of(case) if "lead" in done else None,
    )


def _ids(actor: Member, can: Can) -> frozenset[UUID]:
    return frozenset(unit.pk for unit in actor.units(can))


def _state(rung: Rung, rungs: Sequence[Rung]) -> str:
    """The state in words; a level below the one that solved it did not solve it itself."""
    if rung.status == "solved" and any(one.below_id == rung.pk and one.status == "solved" for one in rungs):
        return "上一级已解决"
    return rung.state.staff


def _instructs(actor: Member, case: Case, near: set[UUID]) -> bool:
    """Whether this person may write an instruction on the dossier: a leader of a union that acts on it or is above it."""
    if case.closed_at is not None:
        return False
    units = {post.unit_id for post in actor.posts if {Can.INSTRUCT, Can.READ_CASES} <= ROLES[post.role].can}
    return bool(units and (units & near or may(actor, Can.READ_BELOW, case.holder)))


def _reads(actor: Member, one: Instruction, near: set[UUID]) -> bool:
    """Instructions are for the unions that act on the case, and for the leaders of the union they come from."""
    return bool(_ids(actor, Can.HANDLE_CASES) & {*near, one.unit_id})


# --- lists -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RungRow(Line):
    """One level in a list of the unions' side."""

    rung: Rung


def rung_rows(rungs: Iterable[Rung], days: Days, *, ours: bool) -> list[RungRow]:
    """Rows for a list of levels (one query for all); ``ours``: they wait for this reader's answer."""
    rungs = list(rungs)
    clocks = clocks_of(rungs) if rungs else {}
    return [_rung_row(rung, clocks.get(rung.pk), days, ours) for rung in rungs]


def _rung_row(rung: Rung, clock: Any, days: Days, ours: bool) -> RungRow:
    case, href = rung.case, reverse("desk:case", args=[rung.case_id])
    sent = timezone.localdate(rung.sent_at)
    due = f"最晚答复 {clock.due_on.month}月{clock.due_on.day}日" if clock else rung.state.staff
    takes = ours and rung.status == "sent"
    return RungRow(
        rung=rung,
        title=case.shown_title,
        href=href,
        clock=Shown(*clock_state(clock, days.today, days.calendar)) if clock else None,
        facts=(case.number, f"{rung.sent_from.name}报来", f"{sent.month}月{sent.day}日 上报", due),
        who=(rung.sent_from.name if ours else rung.unit.name, rung.state.staff),
        act="接收" if takes else "查看",
        act_href=reverse("desk:case_act_of", args=[case.pk, "take_rung", rung.pk]) if takes else href,
    )

"""What the desk shows of the climb: the ladder on a dossier, who may do what there, lists of what was sent up."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case
from huying.cases.reads import clock_state
from huying.climb.lifecycle import HERE
from huying.climb.models import Instruction, Lead, Rung
from huying.climb.reads import (
    clocks_of,
    for_management,
    instructions_about,
    instructions_on,
    ladder,
    lead_of,
    my_leads,
    overdue,
    stuck_below,
    to_follow,
    with_us,
)
from huying.desk.reads._cases import Days, Line, Shown
from huying.desk.reads._today import Figure, few
from huying.handling.models import Item
from huying.handling.reads import union_behind
from huying.org.rules import ROLES, Can, Member, may

CUT = 60  # characters of a text in a row


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

    @property
    def given(self) -> Rung | None:
        """The level of this reader's union whose departments work on it."""
        rungs = (level.rung for level in self.levels)
        return next((rung for rung in rungs if rung.status == "assigned" and rung.unit_id in self.handles), None)

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
    near = {case.holder_id, *[rung.unit_id for rung in rungs if rung.status in (*HERE, "solved", "assigned")]}
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
    if rung.status == "solved" and any(one.below_id == rung.pk for one in rungs):
        return "上级已交部门办理" if any(one.status == "assigned" for one in rungs) else "上一级已解决"
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
    due = f"最晚答复 {clock.due_on.month}月{clock.due_on.day}日" if clock else rung.state.staff
    takes = ours and rung.status == "sent"
    return RungRow(
        rung=rung,
        title=case.shown_title,
        href=href,
        clock=Shown(*clock_state(clock, days.today, days.calendar)) if clock else None,
        facts=(case.number, f"{rung.sent_from.name}报来", f"{_day(rung.sent_at)} 上报", due),
        who=(rung.sent_from.name if ours else rung.unit.name, rung.state.staff),
        act="接收" if takes else "查看",
        act_href=reverse("desk:case_act_of", args=[case.pk, "take_rung", rung.pk]) if takes else href,
    )


def said_rows(rows: Iterable[Instruction]) -> list[Line]:
    """Rows for instructions that wait for how they were followed up."""
    return [
        Line(
            title=one.text if len(one.text) <= CUT else f"{one.text[: CUT - 1]}…",
            href=reverse("desk:case", args=[one.case_id]),
            clock=None,
            facts=(one.case.number, f"{_day(one.at)} 批示"),
            who=(one.post.person.name, one.unit.name),
            act="登记落实情况",
            act_href=reverse("desk:case_act_of", args=[one.case_id, "follow_up", one.pk]),
        )
        for one in rows
    ]


def said_about(subject: UUID) -> list[dict[str, Any]]:
    """The instructions on one thing, for the page of who knows only its code."""
    return [_said(one) for one in instructions_about(subject)]


def _said(one: Instruction) -> dict[str, Any]:
    """An instruction with the days it was written and followed up; days, no times, for who knows only a code."""
    return {
        "who": f"{one.post.person.name}·{one.post.title or one.post.get_role_display()}",
        "unit": one.unit.name,
        "on": timezone.localdate(one.at),
        "text": one.text,
        "followed": one.followed_text,
        "followed_on": timezone.localdate(one.followed_at) if one.followed_at else None,
    }


def masked_rows(rungs: Iterable[Rung], days: Days) -> list[Line]:
    """Rows for the head of management: code, brief, dates; no case, no number."""
    rungs = list(rungs)
    clocks = clocks_of(rungs) if rungs else {}
    rows = []
    for rung in rungs:
        clock, href = clocks.get(rung.pk), reverse("desk:sent_up_rung", args=[rung.pk])
        facts = (rung.code, f"{rung.sent_from.name}报来", f"{_day(rung.sent_at)} 上报")
        shown = Shown(*clock_state(clock, days.today, days.calendar)) if clock else None
        rows.append(
            Line(
                title=short(rung.brief), href=href, clock=shown, facts=facts, who=(rung.unit.name, rung.state.staff),
                act="查看", act_href=href,
            )
        )  # fmt: skip
    return rows


def lead_rows(leads: Iterable[Lead]) -> list[Line]:
    """Rows for the cases under a leader's name; on management's side by code."""
    rows = []
    for lead in leads:
        over = lead.until is not None or lead.case.closed_at is not None
        href = reverse("desk:lead", args=[lead.pk])
        known = lead.code if lead.from_management else lead.case.number
        state = "已结束" if over else lead.case.state.staff
        facts = (known, f"{_day(lead.since)}起包案")
        rows.append(
            Line(
                title=short(lead.brief), href=href, clock=Shown("done" if over else "none", state), facts=facts,
                who=(lead.post.unit.name, ""), act="查看", act_href=href,
            )
        )  # fmt: skip
    return rows


def short(text: str) -> str:
    """The beginning of a text in one line."""
    text = " ".join(text.split())
    return text if len(text) <= CUT else text[: CUT - 1] + "…"


def _day(at: datetime) -> str:
    day = timezone.localdate(at)
    return f"{day.month}月{day.day}日"


# --- 今日 --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClimbDay:
    """What 今日 says of the climb: a figure, short lists, and side notes as (how many, words, where)."""

    figures: tuple[Figure, ...]
    groups: tuple[dict[str, Any], ...]
    notes: tuple[dict[str, Any], ...]


def climb_day(actor: Member, days: Days) -> ClimbDay:
    """What was sent up to us, what leaders wrote, what is under my name (eight queries at most)."""
    climb, groups, notes = reverse("desk:climb"), [], []
    figures: tuple[Figure, ...] = ()
    if actor.units(Can.HANDLE_CASES):
        groups.append(_short_list("climb", "报到本级", with_us(actor), f"{climb}?tab=here",
                                  lambda rows: rung_rows(rows, days, ours=True)))  # fmt: skip
        if n := groups[0]["total"]:
            late = with_us(actor).filter(overdue(days.today)).count()
            context, state = (f"超期 {late} 件", "late") if late else ("", "")
            figures = (Figure(n, "报到本级", f"{climb}?tab=here", context, state),)
        groups.append(_short_list("said", "批示待落实", to_follow(actor), f"{climb}?tab=said", said_rows))
    if actor.units(Can.ITEMS_OF_UNIT):
        groups.append(_short_list("sent-up", "上报来的事项", for_management(actor), reverse("desk:sent_up"),
                                  lambda rows: masked_rows(rows, days)))  # fmt: skip
    if actor.units(Can.INSTRUCT):
        groups.append(_short_list("leads", "我包的案", my_leads(actor), reverse("desk:leads"), lead_rows))
    if actor.units(Can.READ_BELOW):
        n = stuck_below(actor, days.today).count()
        notes.append({"n": n, "words": "件报上来的下级没有按时答复", "href": f"{climb}?tab=stuck"})
    return ClimbDay(figures, tuple(one for one in groups if one["rows"]), tuple(note for note in notes if note["n"]))


def _short_list(
    name: str, title: str, rows: QuerySet[Any], href: str, shown: Callable[[list[Any]], Sequence[Line]]
) -> dict[str, Any]:
    found, total = few(rows)
    return {"name": name, "title": title, "rows": shown(found), "total": total, "href": href}

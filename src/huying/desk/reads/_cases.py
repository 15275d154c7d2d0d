"""Lists of cases as the desk shows them: what a row says, what waits for whom, finding by words or number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from huying.cases.acts import LABELS
from huying.cases.lifecycle import CASE, OPEN
from huying.cases.models import Case, Clock, ClockChange, Message, Secrecy
from huying.cases.reads import clock_state, find, running_clocks, unopened
from huying.feedback.models import ReopenRequest
from huying.handling.lifecycle import RUNNING
from huying.handling.models import Item
from huying.handling.reads import asking
from huying.kernel import search
from huying.kernel.clock import WorkDays, business_day_offset
from huying.kernel.models import TextEntry
from huying.kernel.text import normalise
from huying.mechanism.reads import calendar
from huying.org.models import Unit
from huying.org.rules import Can, Member, may

# What stands on the table or with a level above moves there: topics, meetings and levels have lines of their own.
ELSEWHERE = ("consulting", "climbing")
UNION_TURN = tuple(state.code for state in CASE.states if state.turn == "工会" and state.code not in ELSEWHERE)
SEARCHED = 200  # newest candidates looked at letter by letter
SHOWN = 50


@dataclass(frozen=True)
class Days:
    """Today, the last day that counts as near (the next working day), and the calendar they were read from."""

    today: date
    near: date
    calendar: WorkDays


def days_of(today: date) -> Days:
    """The days a list is told by."""
    found = calendar()
    return Days(today, business_day_offset(today, 1, found), found)


def own_units(actor: Member) -> list[Unit]:
    """Unions whose cases are the actor's own work."""
    return list({unit.pk: unit for unit in actor.units(Can.READ_CASES)}.values())


# --- what waits for whom ---------------------------------------------------------------------------------------------


def _running(**given: object) -> QuerySet[Clock]:
    """Clocks that can be missed: running, not paused; not the worker's own time to rate, not the time of a level above."""
    rows = Clock.objects.filter(case=OuterRef("pk"), stopped_at__isnull=True, paused_on__isnull=True, **given)
    return rows.exclude(code__in=("survey", "climb"))


def waits(actor: Member, days: Days) -> dict[str, Q]:
    """What a case can wait for, by the word used in the address; counts and lists ask with the same condition."""
    late = Q(Exists(_running(due_on__lt=days.today)))
    mine = Q(officer__person=actor.person_id)
    items = Item.objects.filter(case=OuterRef("pk"))
    returned = Q(Exists(items.filter(status="returned")))
    questioned = Q(Exists(items.filter(asking(), status__in=RUNNING)))
    unread = Message.objects.filter(case=OuterRef("pk"), from_worker=True, read_at__isnull=True)
    asked = ClockChange.objects.filter(clock__case=OuterRef("pk"), clock__stopped_at__isnull=True, state="asked")
    return {
        "late": late,
        "near": Q(Exists(_running(due_on__range=(days.today, days.near)))) & ~late,
        "today": Q(Exists(_running(due_on=days.today))) & ~late,
        "mine": mine & (Q(status__in=UNION_TURN) | (Q(status="handling") & (returned | questioned))),
        "new": Q(status="registered", officer__isnull=True),
        "returned": Q(status="handling") & returned,
        "talk": Q(Exists(unread)) & (mine | Q(officer__isnull=True)),
        "asked": Q(Exists(asked)),
        "reopen": Q(Exists(ReopenRequest.objects.filter(case=OuterRef("pk"), granted__isnull=True))),
    }


def due_day() -> Subquery:
    """The nearest date of a case, to sort by."""
    rows = Clock.objects.filter(case=OuterRef("pk"), stopped_at__isnull=True, paused_on__isnull=True)
    return Subquery(rows.order_by("due_on").values("due_on")[:1], output_field=DateField())


# --- one row ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A clock's chip."""

    state: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One matter in a list, as ``c-row`` takes it.  ``clock`` empty: nothing runs."""

    title: str
    href: str
    clock: Shown | None
    facts: tuple[str, ...]
    who: tuple[str, ...]
    act: str
    act_href: str


@dataclass(frozen=True, kw_only=True)
class Row(Line):
    """One case in a list."""

    case: Case


def known_title(case: Case, own: Iterable[UUID]) -> str:
    """The released title; before release only a case's own union reads the masked first words of a named worker."""
    return case.shown_title if case.released_at or case.holder_id in own else Case(title="").shown_title


def with_names(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with who answers for them; the units that rows name are read by ``case_rows``."""
    return cases.select_related("officer__person")


def _with_units(cases: Sequence[Case]) -> None:
    """Set the units of cases (one query).  Not joined: many rows name few units, and sixty more columns cost more."""
    units = Unit.objects.in_bulk({pk for case in cases for pk in (case.unit_id, case.place_id, case.holder_id)})
    for case in cases:
        case.unit, case.place, case.holder = units[case.unit_id], units[case.place_id], units[case.holder_id]


@dataclass(frozen=True)
class _Reader:
    """Who reads a list, with what unions as their own, on what day; cases in it that wait for whether they are taken up
    again, and requests about their clocks that this person decides."""

    actor: Member
    own: frozenset[UUID]
    days: Days
    asking: frozenset[UUID]
    changes: dict[UUID, UUID]


def case_rows(cases: Sequence[Case], actor: Member, days: Days) -> list[Row]:
    """Rows for a list of cases (five queries for all of them)."""
    cases = list(cases)
    _with_units(cases)
    clocks = running_clocks(cases) if cases else {}
    items = _items_now(cases)
    own = frozenset(unit.pk for unit in own_units(actor))
    reader = _Reader(actor, own, days, _asking(cases), _changes(actor, cases))
    return [_row(case, clocks.get(case.pk), items.get(case.pk), reader) for case in cases]


def _items_now(cases: Sequence[Case]) -> dict[UUID, Item]:
    """The item that matters now of each case: one sent back, one whose department waits for an answer (``asks``), else the
    nearest date."""
    if not cases:
        return {}
    rows = Item.objects.filter(case__in=[case.pk for case in cases], status__in=(*RUNNING, "returned"))
    rows = rows.annotate(asks=asking()).select_related("department", "handler__person")
    found: dict[UUID, Item] = {}
    for item in sorted(rows, key=lambda one: (one.status != "returned", not one.asks, one.deadline)):
        found.setdefault(item.case_id, item)
    return found


def _asking(cases: Sequence[Case]) -> frozenset[UUID]:
    """Cases whose worker asked to have them taken up again, not decided yet."""
    ids = [case.pk for case in cases if CASE.may_now(case.status, "reopen")]
    rows = ReopenRequest.objects.filter(case__in=ids, granted__isnull=True)
    return frozenset(rows.values_list("case", flat=True)) if ids else frozenset()


def _changes(actor: Member, cases: Sequence[Case]) -> dict[UUID, UUID]:
    """Cases with a request for more time or a pause, and the request, for who may approve it."""
    approves = {unit.pk for unit in actor.units(Can.APPROVE)}
    ids = [case.pk for case in cases if case.holder_id in approves and case.status in OPEN]
    rows = ClockChange.objects.filter(clock__case__in=ids, clock__stopped_at__isnull=True, state="asked")
    return dict(rows.values_list("clock__case", "pk")) if ids else {}


def _row(case: Case, clock: Clock | None, item: Item | None, reader: _Reader) -> Row:
    days = reader.days
    shown = Shown(*clock_state(clock, days.today, days.calendar)) if clock else None
    href = reverse("desk:case", args=[case.pk])
    label, act, of = _act(case, item, shown, reader)
    return Row(
        case=case,
        title=known_title(case, reader.own),
        href=href,
        clock=shown,
        facts=tuple(fact for fact in _facts(case, clock, reader) if fact),
        who=_who(case, item, reader.own),
        act=label,
        act_href=act_url(case, act, of) if act else href,
    )


def _facts(case: Case, clock: Clock | None, reader: _Reader) -> list[str]:
    """Number, place, what keeps it apart from others, what is due when."""
    place = case.place.name
    if case.unit_id not in reader.own and case.place_id != case.unit_id:
        place = f"{case.unit.short_name or case.unit.name} {place}"
    secret = Secrecy(case.secrecy).label if case.secrecy != Secrecy.NAMED else ""
    due = f"{LABELS.get(clock.code, '')} {clock.due_on.month}月{clock.due_on.day}日" if clock else case.state.staff
    return [case.number, place, secret, "紧急" if case.urgent and case.closed_at is None else "", due]


def _who(case: Case, item: Item | None, own: frozenset[UUID]) -> tuple[str, ...]:
    name = case.officer.person.name if case.officer else ""
    if case.holder_id not in own:
        return (case.holder.name, name or case.state.staff)
    if case.status == "handling" and item:
        waits_for_us = "已退回" if item.status == "returned" else "在等答复" if item.asks else ""  # type: ignore[attr-defined]
        return (item.department.name, waits_for_us or item.handler.person.name)
    if case.closed_at:
        return (case.state.staff, name)
    return (name or "还没有人接手", case.state.staff)


Act = tuple[str, str, UUID | None]
LOOK: Act = ("查看", "", None)


def _act(case: Case, item: Item | None, clock: Shown | None, reader: _Reader) -> Act:
    """The next act by the lifecycle tables, if this person may do it, and what it is about; else only to look."""
    late = clock is not None and clock.state == "late"
    if case.status in ELSEWHERE:
        return LOOK
    if case.holder_id not in reader.own:
        urges = late and may(reader.actor, Can.READ_BELOW, case.holder)
        return ("督促", "urge_union", None) if urges else LOOK
    if not may(reader.actor, Can.HANDLE_CASES, case.holder):
        return LOOK
    return _decision(case, reader) or (
        _item_act(item, late=late) if case.status == "handling" and item else _main(case, reader)
    )


def _decision(case: Case, reader: _Reader) -> Act | None:
    """What waits for who approves: a request to take it up again, or one for more time."""
    if case.pk in reader.asking:
        return ("决定是否重新办理", "decide_reopen", None) if may(reader.actor, Can.APPROVE, case.holder) else LOOK
    return ("批准或不批准", "decide", reader.changes[case.pk]) if case.pk in reader.changes else None


def _item_act(item: Item, *, late: bool) -> Act:
    """What the union does about its department."""
    if item.status == "returned":
        return "重新交办", "give_again", item.pk
    if item.asks:  # type: ignore[attr-defined]
        return "答复部门", "answer", item.pk
    return ("催办", "urge", item.pk) if late else LOOK


def _main(case: Case, reader: _Reader) -> Act:
    main = CASE.by_act["take"] if case.status == "registered" and unopened(case) else None
    main = main or next((step for step in CASE.possible(case.status) if step.main), None)
    if main is None or not may(reader.actor, Can(main.may), case.holder):
        return LOOK
    handled = case.officer is not None and case.officer.person_id == reader.actor.person_id
    return LOOK if main.act == "archive" and handled else (main.label, main.act, None)  # another signs for the file


def act_url(case: Case, act: str, of: UUID | None = None) -> str:
    """The page of one act on a case."""
    if of is None:
        return reverse("desk:case_act", args=[case.pk, act])
    return reverse("desk:case_act_of", args=[case.pk, act, of])


# --- finding ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A hit and why it is one: its number, its title or its summary."""

    case: Case
    where: str


def find_cases(actor: Member, words: str) -> list[Found]:
    """Cases in scope by number, title or released summary: number first, then title, then the newest.

    Numbers also find cases of the actor's own unions whose summary is not written yet.
    """
    cases = {case.pk: case for case in with_names(_by_number(actor, words))[:SHOWN]}
    numbered = set(cases)
    hits = list(with_names(find(actor, words)).order_by("-registered_at", "-pk")[:SEARCHED])
    texts = dict(
        TextEntry.objects.filter(kind="case", subject__in=[one.pk for one in hits]).values_list("subject", "text")
    )
    for case in hits:
        if search.holds(texts.get(case.pk, ""), words):
            cases.setdefault(case.pk, case)
    own = {unit.pk for unit in own_units(actor)}
    found = [Found(case, _where(case, words, own, numbered)) for case in cases.values()]
    order = {"编号": 0, "标题": 1, "摘要": 2}
    found.sort(key=lambda hit: (order[hit.where], -hit.case.registered_at.timestamp()))
    return found[:SHOWN]


def _by_number(actor: Member, words: str) -> QuerySet[Case]:
    """Own cases whose number is meant: the whole number, or its last part as people say it (118, 118号)."""
    asked = "".join(normalise(words).split())
    if not re.search(r"\d", asked):
        return Case.objects.none()
    last = re.fullmatch(r"(?:第)?(\d{1,6})号?", asked)
    meant = Q(number__iexact=asked) | Q(number__iexact=words.strip())
    if last:
        meant |= Q(seq=int(last[1]))
    elif len(asked) >= 4 and re.search(r"[0-9a-z]", asked):
        meant |= Q(number__icontains=asked)
    units = [unit.pk for unit in own_units(actor)]
    rows = Case.objects.visible_to(actor).filter(Q(holder__in=units) | Q(series__in=units)).filter(meant)
    return rows.order_by("-registered_at")


def _where(case: Case, words: str, own: set[UUID], numbered: set[UUID]) -> str:
    if case.pk in numbered:
        return "编号"
    return "标题" if search.holds(known_title(case, own), words) else "摘要"

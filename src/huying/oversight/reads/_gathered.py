"""Gathering a unit's picture of a period from the ledger's figures, the duties and the signed minutes.

It is written for a reader outside the case officers' circle: management, the Party organisation, whoever reads a sheet.
What must stay unknown to anybody is in none of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huying.cases.lifecycle import CASE
from huying.cases.models import Recusal
from huying.duties.reads import standing
from huying.duties.rules import Period as Span
from huying.duties.rules import Standing
from huying.handling.models import Item
from huying.kernel.actors import Actor
from huying.ledger.reads import Figures, figures
from huying.ledger.rules import STEPS
from huying.meetings.models import Agreed, Meeting
from huying.org.models import Ownership, Post, Role, Unit, path_end
from huying.org.reads import member_of
from huying.org.rules import Member
from huying.oversight.rules import DutyFact, Group, Named, Period, Picture, Promise, Step

_ORDER = {state.code: number for number, state in enumerate(CASE.states)}
FINISHED = ("told", "rated", "archived")
GROUPS = (("asker", "诉求提出者"), ("delegate", "参加会议的职工代表"), ("concerned", "相关职工"))
_DONE = ("done", "reported", "dropped")
MOST_PROMISES = 30  # a report is read, not searched: beyond that the count says enough


def outside(unit: Unit, by: Post) -> Member:
    """A reader of the unit's figures from whom every case is kept that is kept from anybody: management's seat, at a local
    union that of its officers."""
    role = Role.UPPER_OFFICER if unit.is_upper else Role.MANAGEMENT_HEAD
    seat = Post(unit=unit, role=role, person=by.person, starts_on=by.starts_on)
    named = Recusal.objects.filter(case__place__path__gte=unit.path, case__place__path__lt=path_end(unit.path))
    reader = member_of(by.person, (seat,))
    return replace(reader, keys=frozenset(named.order_by().values_list("key", flat=True).distinct()))


def picture_of(unit: Unit, period: Period, *, by: Post, today: date) -> Picture:
    """What the figures, the duties and the minutes say of a unit and all below it."""
    until = min(period.until, today)
    reader = outside(unit, by)
    found = figures(by=reader, unit=unit, since=period.since, until=period.until, on=today, outside=True)
    meetings = _meetings(unit, period.since, until)
    agreed = Agreed.objects.filter(place__meeting__in=meetings, dropped_at__isnull=True)
    states = tuple(sorted(_named(found, "state"), key=lambda one: _ORDER.get(one.code, 0)))
    return Picture(
        unit=unit.name,
        whose=whose(unit),
        as_of=today.isoformat(),
        received=found.n("received"),
        classes=_named(found, "class"),
        channels=_named(found, "channel"),
        open=_sum(states, lambda code: code in CASE.by_code and not _finished(code)),
        closed=_sum(states, lambda code: code in FINISHED),
        states=states,
        steps=tuple(_step(found, code, label) for code, label in STEPS),
        returned=found.n("returned"),
        reopened=found.n("reopened"),
        climbed=found.n("climbed"),
        groups=tuple(_group(found, code, label) for code, label in GROUPS),
        duties=duties_of(unit, period, today, blind=reader, smallest=found.smallest),
        meetings=meetings.count(),
        agreed=agreed.count(),
        promises=_promises(agreed, today),
        smallest=found.smallest,
    )


def whose(unit: Unit) -> str:
    """How a report calls what it is about: an institution is no enterprise (MY-4.3)."""
    if unit.is_upper:
        return "本级和下级"
    return "本单位" if unit.ownership in ("", Ownership.INSTITUTION) else "本企业"


def _finished(code: str) -> bool:
    return code in FINISHED or CASE.by_code[code].final


def _sum(rows: Iterable[Named], wanted: Any) -> int | None:
    """The sum of some states; not shown when one of them is not."""
    numbers = [one.n for one in rows if wanted(one.code)]
    return None if None in numbers else sum(n or 0 for n in numbers)


def _named(found: Figures, measure: str) -> tuple[Named, ...]:
    """Every value of a measure that occurs, the largest first, what is not shown last."""
    return tuple(Named(code, found.label(measure, code), n) for code, n in found.values(measure))


def _step(found: Figures, code: str, label: str) -> Step:
    measure = f"step:{code}"
    return Step(code, label, *(found.n(measure, value) for value in ("ok", "late", "running")))


def _group(found: Figures, code: str, label: str) -> Group:
    asked = (found.n(f"{name}:{code}") for name in ("asked", "unasked", "answered"))
    grades = (found.n(f"grade:{code}", grade) for grade in ("satisfied", "basic", "unsatisfied"))
    return Group(code, label, *asked, *grades)


# --- duties -------------------------------------------------------------------------------------------------------------


def duties_of(unit: Unit, period: Period, today: date, *, blind: Actor, smallest: int) -> tuple[DutyFact, ...]:
    """Every duty of the unit over a period, as somebody sees it of whom some cases are kept."""
    span = Span(period.since, period.until + timedelta(days=1))
    rows = standing(unit, today, span, blind=blind)
    return tuple(_duty(one, smallest) for one in rows if one.state != "nothing")


def _duty(one: Standing, smallest: int) -> DutyFact:
    """A duty owed for every case says how many only where there are enough of them, kept and not kept."""
    few = one.duty.per_case and any(0 < n < smallest for n in (one.need, one.done, one.need - one.done))
    need, done = (None, None) if few else (one.need, one.done)
    return DutyFact(
        code=one.duty.code, label=one.duty.label, badge=one.duty.clause.badge, period=one.period.label, need=need, done=done,
        state=one.state, due_on=one.due_on.isoformat(),
    )  # fmt: skip


# --- signed minutes -----------------------------------------------------------------------------------------------------


def _meetings(unit: Unit, since: date, until: date) -> QuerySet[Meeting]:
    """Consultation meetings of a period with signed minutes, of the unit, of a local union also those below; none with a
    topic whose case is kept from anybody."""
    named = Recusal.objects.filter(case__topics__topic__places__meeting=OuterRef("pk"))
    reach = Q(unit__path__gte=unit.path, unit__path__lt=path_end(unit.path)) if unit.is_upper else Q(unit=unit)
    rows = Meeting.objects.filter(reach, kind="consultation", status="signed", starts_at__date__range=(since, until))
    return rows.exclude(Exists(named))


def _promises(agreed: QuerySet[Agreed], on: date) -> tuple[Promise, ...]:
    """What the minutes promised and some item of which is not done yet, the earliest date first."""
    open_items = Item.objects.filter(agreed_in__agreed=OuterRef("pk")).exclude(status__in=_DONE)
    rows = agreed.filter(Exists(open_items)).select_related("department", "place__meeting").order_by("deadline", "id")
    return tuple(
        Promise(
            minutes=f"〔{one.place.meeting.year}〕{one.place.meeting.seq}号",
            measure=one.measure,
            department=one.department.name,
            deadline=one.deadline.isoformat(),
            late=one.deadline < on,
        )
        for one in rows[:MOST_PROMISES]
    )

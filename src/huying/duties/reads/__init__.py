"""Asking how units stand with their duties: one unit, its year, everything below, clause by clause, what is behind a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from uuid import UUID

from django.db.models import F, QuerySet

from huying.duties.models import Kept
from huying.duties.reads import _below, _counters, _grassroots  # noqa: F401  (they say how the rooms below are counted)
from huying.duties.reads._below import LACKING, Lack
from huying.duties.reads._below import unions_below as unions_below
from huying.duties.reads._holders import NOBODY, Holders, holders_at
from huying.duties.reads._printed import ClauseLine as ClauseLine
from huying.duties.reads._printed import printed_clauses as printed_clauses
from huying.duties.rules import (
    COUNTERS,
    Asked,
    Counted,
    Deed,
    Figure,
    Holder,
    Period,
    Standing,
    Tallied,
    WorkingDays,
    first_owed,
    months_of,
    needed,
    of_all,
    owed,
    owes,
    period_of,
    periods_of_year,
    recent_periods,
    standing_of,
    tallied,
    times_of,
)
from huying.duties.rules import WORST_FIRST as WORST_FIRST
from huying.kernel.actors import Actor
from huying.kernel.clock import WorkDays
from huying.kernel.memory import remembering
from huying.mechanism.reads import adopted_since, calendar, rules_of_units
from huying.mechanism.rules import Clause, Duty, Rules
from huying.org.models import Level, Unit

# The periods asked about, by unit and duty.
Spans = Mapping[tuple[UUID, str], Sequence[Period]]


@dataclass(frozen=True)
class Owed:
    """The duties of one unit with what is needed to compute them."""

    unit: Unit
    rules: Rules
    adopted: Mapping[str, date]

    def duties(self) -> list[Duty]:
        """Duties that fall on this unit or on somebody there, and somebody counts."""
        return [duty for duty in self.rules.duties() if owes(duty, self.unit) and duty.of in COUNTERS]

    def times(self, duty: Duty) -> int:
        """How many are asked."""
        return times_of(duty, self.rules)

    def since(self, duty: Duty) -> date:
        """From which day the pack of a duty has been in force here."""
        code = next(pack.code for pack in self.rules.packs if pack.number == duty.clause.number)
        return self.adopted[code]

    def owes(self, duty: Duty, period: Period) -> bool:
        """Whether a period counts."""
        return owed(duty, period, self.unit, self.since(duty))

    def months(self, duty: Duty) -> int:
        """How long its period is."""
        return months_of(duty, self.rules)


def unions() -> QuerySet[Unit]:
    """Every open union that can owe something."""
    return Unit.objects.open().filter(has_union=True).exclude(level=Level.WORKSHOP).order_by("path")


def owed_by(units: Iterable[Unit], on: date) -> list[Owed]:
    """What units owe on a day (a constant number of queries)."""
    units = list(units)
    rules, since = rules_of_units(units, on), adopted_since(units, on)
    return [Owed(unit, rules[unit.pk], since[unit.pk]) for unit in units]


# --- one unit -----------------------------------------------------------------------------------------------------------


def standing(unit: Unit, on: date, period: Period | None = None, *, blind: Actor | None = None) -> list[Standing]:
    """How a unit stands, one for each duty in force, what is missing first: in the running period, or over a given span.

    ``blind``: what names this person is left out, as if it were not there.
    """
    (one,) = owed_by([unit], on)
    spans = _running(one, on) if period is None else _spans(one, lambda months: _inside(period, months))
    found = counted([one], spans, on, blind=blind)
    rows = []
    for duty in one.duties():
        all_of = standings(one, duty, spans[unit.pk, duty.code], found, on)
        rows += [_joined(all_of, period)] if period and all_of else all_of
    return sorted(rows, key=lambda row: WORST_FIRST.index(row.state))


def _spans(one: Owed, periods: Callable[[int], list[Period]]) -> Spans:
    """The periods of each of a unit's duties, by how many months they have."""
    return {(one.unit.pk, duty.code): periods(one.months(duty)) for duty in one.duties()}


def _running(one: Owed, on: date) -> Spans:
    return _spans(one, lambda months: [period_of(on, months)])


def standing_of_person(
    person_id: UUID, units: Sequence[Unit], on: date, *, blind: Actor | None = None
) -> list[Standing]:
    """How somebody stands with the duties of persons at the units where they hold something, what is missing first."""
    rows = [one for some in standing_of_units(units, on, blind=blind).values() for row in some for one in row.people]
    mine = [row for row in rows if row.person is not None and row.person.pk == person_id]
    return sorted(mine, key=lambda row: WORST_FIRST.index(row.state))


def _inside(span: Period, months: int) -> list[Period]:
    """The periods that lie in a span; the one it lies in where it is shorter."""
    found, period = [], period_of(span.since, months)
    while period.since < span.until:
        if period.since >= span.since and period.until <= span.until:
            found.append(period)
        period = period_of(period.until, months)
    return found or [period_of(span.since, months)]


def _joined(rows: Sequence[Standing], span: Period) -> Standing:
    """Several periods as one.  What was done too often in one does not stand for another."""
    worst = min(rows, key=lambda row: WORST_FIRST.index(row.state))
    return replace(
        worst, period=span, people=(), pace=None, need=sum(row.need for row in rows), done=sum(min(row.done, row.need) for row in rows),
        missed=sum(row.missed for row in rows),
    )  # fmt: skip


@dataclass(frozen=True)
class Strip:
    """A duty over a year: every period that counts (``None``: nothing is owed yet), and from when it is owed."""

    duty: Duty
    cells: tuple[tuple[Period, Standing | None], ...]
    begins: Period


def year(unit: Unit, of: int, on: date, *, blind: Actor | None = None) -> list[Strip]:
    """Every duty of a unit over a year, period by period, in the order of the documents."""
    (one,) = owed_by([unit], on)
    spans = _spans(one, lambda months: periods_of_year(of, months))
    return _strips(one, spans, counted([one], spans, on, blind=blind), on)


def standing_and_year(
    unit: Unit, of: int, on: date, *, blind: Actor | None = None
) -> tuple[list[Standing], list[Strip]]:
    """``standing`` and ``year``, counted once for both."""
    (one,) = owed_by([unit], on)
    now, shown = _running(one, on), _spans(one, lambda months: periods_of_year(of, months))
    found = counted([one], {key: [*now[key], *shown[key]] for key in now}, on, blind=blind)
    rows = [row for duty in one.duties() for row in standings(one, duty, now[unit.pk, duty.code], found, on)]
    return sorted(rows, key=lambda row: WORST_FIRST.index(row.state)), _strips(one, shown, found, on)


def _strips(one: Owed, spans: Spans, found: Found, on: date) -> list[Strip]:
    unit, strips = one.unit, []
    for duty in one.duties():
        rows = {
            row.period: row
            for row in standings(one, duty, spans[unit.pk, duty.code], found, on)
            if row.period.since <= on
        }
        cells = tuple((period, rows.get(period)) for period in spans[unit.pk, duty.code])
        strips.append(Strip(duty, cells, first_owed(one.months(duty), unit, one.since(duty))))
    return strips


def begun_in(unit: Unit, on: date) -> int:
    """The year in which the first of a unit's duties began; this year where it has none."""
    (one,) = owed_by([unit], on)
    return min((one.since(duty).year for duty in one.duties()), default=on.year)


# --- the units below ------------------------------------------------------------------------------------------------------


def below(unit: Unit, on: date, *, blind: Actor | None = None) -> QuerySet[Unit]:
    """Unions below with how they stand, worst first, from kept figures: ``n_missed``, ``n_soon``, ``n_met``,
    ``n_year`` (periods of the last twelve months that ended without).

    Of units whose figures count a case that names the reader (``blind``) they are counted anew without it.
    """
    touched = list(_below.touched_below(blind, unit)) if blind is not None else []
    return _below.below(unit, instead=_without(touched, on, blind) if touched else ())


def lacking(units: Sequence[Unit], on: date, *, blind: Actor | None = None) -> dict[UUID, list[Lack]]:
    """What is missing or nearly due at each of several units below, what is missing first: from kept figures, but for those
    that count a case which names the reader (a constant number of queries)."""
    touched = set(_below.touched_by(blind, units) if blind is not None else ())
    found = _below.lacking([unit for unit in units if unit not in touched], on)
    for pk, rows in standing_of_units(list(touched), on, blind=blind).items() if touched else ():
        found[pk] = [Lack(row.duty.label, row.state, row.due_on) for row in rows if row.state in LACKING]
    return found


def standing_of_units(units: Sequence[Unit], on: date, *, blind: Actor | None = None) -> dict[UUID, list[Standing]]:
    """How several units stand in the running periods, what is missing first (a constant number of queries)."""
    some = owed_by(units, on)
    spans = {key: periods for one in some for key, periods in _running(one, on).items()}
    found = counted(some, spans, on, blind=blind)
    rows = {
        one.unit.pk: [
            row for duty in one.duties() for row in standings(one, duty, spans[one.unit.pk, duty.code], found, on)
        ]
        for one in some
    }
    return {pk: sorted(some, key=lambda row: WORST_FIRST.index(row.state)) for pk, some in rows.items()}


def _without(units: Sequence[Unit], on: date, blind: Actor | None) -> Iterator[tuple[UUID, Tallied]]:
    """What the kept figures of these units would be if a case that names somebody were not there."""
    some = owed_by(units, on)
    spans = {(one.unit.pk, duty.code): recent(one, duty, on) for one in some for duty in one.duties()}
    found = counted(some, spans, on, blind=blind)
    for one in some:
        rows = (row for duty in one.duties() for row in standings(one, duty, spans[one.unit.pk, duty.code], found, on))
        yield one.unit.pk, tallied(rows, on)


def recent(one: Owed, duty: Duty, on: date) -> list[Period]:
    """The periods whose figures are kept: the last twelve months."""
    return recent_periods(on, one.months(duty))


# --- counting -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What the counters found, by duty and unit; on whom duties of persons fall; the calendar in which it is judged."""

    rows: Mapping[str, Mapping[UUID, Sequence[Counted]]]
    holders: Holders
    work: WorkDays
    days: WorkingDays


def spans_of(lists: Iterable[Sequence[Period]]) -> Period:
    """The span around every period."""
    every = [period for some in lists for period in some]
    if not every:
        return Period(date(1, 1, 1), date(1, 1, 2))
    return Period(min(one.since for one in every), max(one.until for one in every))


def counted(units: Sequence[Owed], spans: Spans, on: date, *, blind: Actor | None = None) -> Found:
    """What the counters find of these units in the periods asked for, by duty and unit.  Duties that look at the same rows
    read them once."""
    with remembering():
        return _counted(units, spans, on, blind=blind)


def _counted(units: Sequence[Owed], spans: Spans, on: date, *, blind: Actor | None = None) -> Found:
    span, work = spans_of(spans.values()), calendar()
    duties = {duty.code: duty for one in units for duty in one.duties()}
    rules = {one.unit.pk: one.rules for one in units}
    found: dict[str, dict[UUID, list[Counted]]] = {}
    for code, duty in duties.items():
        periods = {period for (_, of), some in spans.items() if of == code for period in some}
        owing = tuple(one.unit.pk for one in units if (one.unit.pk, code) in spans)
        rows = found.setdefault(code, {})
        asked = Asked(duty, Unit.objects.filter(pk__in=owing).order_by(), owing, rules, tuple(sorted(periods)), span.since,
                      span.until, on, blind)  # fmt: skip
        for row in COUNTERS[duty.of].count(asked):
            rows.setdefault(row.unit, []).append(row)
    persons = any(duty.who == "person" for duty in duties.values())
    holders = holders_at([one.unit for one in units], span) if persons else NOBODY
    return Found(found, holders, work, WorkingDays(span.since, span.until, work))


def standings(one: Owed, duty: Duty, periods: Iterable[Period], found: Found, on: date) -> list[Standing]:
    """A unit's standing in each of the periods that count for it; where everybody owes for themselves, of all together."""
    owing = [period for period in periods if one.owes(duty, period)]
    if duty.who == "person":
        return [row for period in owing if (row := _of_people(one, duty, period, found, on)) is not None]
    rows = found.rows.get(duty.code, {}).get(one.unit.pk, ())
    # In a week of holidays nothing is owed; longer periods always have working days.
    working = [period for period in owing if found.days.between(period.since, period.until)]
    need = one.times(duty)
    return [_standing(one, duty, period, _sum(rows, period), need=need, found=found, on=on) for period in working]


def _sum(rows: Iterable[Counted], period: Period) -> Figure:
    """What was counted in a period."""
    return reduce(Figure.plus, (row.figure for row in rows if period.since <= row.day < period.until), Figure())


def _standing(one: Owed, duty: Duty, period: Period, figure: Figure, *, need: int, found: Found, on: date) -> Standing:
    remind = one.rules.count("duty_remind_days").value
    return standing_of(duty, one.unit, period, figure, on, need=need, remind=remind, calendar=found.work)


def _of_people(one: Owed, duty: Duty, period: Period, found: Found, on: date) -> Standing | None:
    """Everybody's standing in one period; ``None`` where it falls on nobody."""
    counted: dict[UUID | None, list[Counted]] = {}
    for each in found.rows.get(duty.code, {}).get(one.unit.pk, ()):
        counted.setdefault(each.person, []).append(each)
    total, people = found.days.between(period.since, period.until), []
    for holder in found.holders.of(one.unit, duty):
        present = found.days.present(holder, period)
        if need := needed(duty.measure, one.times(duty), present, total):
            figure = _sum(counted.get(holder.person.pk, ()), period)
            row = _standing(one, duty, period, figure, need=need, found=found, on=on)
            people.append(replace(row, person=holder.person, pace=_pace(row, holder, present, found, on)))
    return of_all(duty, one.unit, period, people) if people else None


def _pace(row: Standing, holder: Holder, present: int, found: Found, on: date) -> int | None:
    """What the days come to by the end of the period, going on as until today."""
    if row.duty.measure != "days" or on >= row.period.until:
        return None
    gone = found.days.present(holder, Period(row.period.since, on + timedelta(days=1)))
    return row.done * present // gone if gone else None


def behind(row: Standing, on: date, *, blind: Actor | None = None) -> list[Deed]:
    """What stands behind a figure, what was not kept first.  The desk shows of it what its reader may see."""
    (one,) = owed_by([row.unit], on)
    asked = Asked(
        duty=row.duty, units=Unit.objects.filter(pk=row.unit.pk).order_by(), ids=(row.unit.pk,), rules={row.unit.pk: one.rules},
        periods=(row.period,), since=row.period.since, until=row.period.until, on=on, blind=blind,
    )  # fmt: skip
    return COUNTERS[row.duty.of].deeds(asked)


def duty_of(unit: Unit, code: str, on: date) -> Duty | None:
    """One duty a unit owes, by its code."""
    (one,) = owed_by([unit], on)
    return next((duty for duty in one.duties() if duty.code == code), None)


def ending(units: Sequence[Unit], on: date) -> list[tuple[Kept, Duty]]:
    """What units still lack of duties whose period is nearly over, the most pressing first (four queries at most).

    Without consultation meetings: whether one was held may be what somebody must not know (see ``acts.remind``).
    """
    rows = Kept.objects.filter(unit__in=units, per_case=False, remind_on__lte=on, until__gt=on, done__lt=F("need"))
    found = list(rows.order_by("due_on", "label", "unit"))
    owed = {one.unit.pk: {duty.code: duty for duty in one.duties()} for one in owed_by(units, on)} if found else {}
    known = ((row, owed[row.unit_id].get(row.duty)) for row in found)
    return [(row, duty) for row, duty in known if duty is not None and duty.of != "consultation_meeting"]


# --- clause by clause ---------------------------------------------------------------------------------------------------


def clauses_standing(unit: Unit, on: date, *, blind: Actor | None = None) -> list[tuple[Clause, list[Standing]]]:
    """Every clause of the adopted packs in the order of the documents, with how the unit stands where it is a duty."""
    (one,) = owed_by([unit], on)
    numbers = {pack.number for pack in one.rules.packs}
    rows = standing(unit, on, blind=blind)
    return [
        (clause, [row for row in rows if row.duty.clause.id == clause.id])
        for clause in one.rules.clauses()
        if clause.number in numbers
    ]

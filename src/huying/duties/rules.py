"""Pure rules of duties: periods, from when a unit owes one, what a figure means on a day; who counts what."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from uuid import UUID

from django.db.models import QuerySet

from huying.kernel.actors import Actor
from huying.kernel.clock import WorkDays, business_day_offset
from huying.mechanism.rules import Duty, Rules
from huying.org.models import UPPER, Level, Person, Unit

WEEK = 0  # a week among lengths that are given in months
WEEKS_KEPT = 8
MONTHS = {"week": WEEK, "month": 1, "quarter": 3, "half_year": 6, "year": 12, "case": 1}
# States in the order in which a page lists them: what is missing first.
WORST_FIRST = ("missed", "soon", "open", "met", "nothing")
STATES = {"missed": "没有做到", "soon": "快到期", "open": "还没有做，时间还早", "met": "做到", "nothing": "没有要做的"}
HIDDEN = "人数少，不显示"


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole months, or a week: first day, and first day after it."""

    since: date
    until: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.until - timedelta(days=1)

    @property
    def label(self) -> str:
        """``2026年第四季度``, ``2026年11月``, ``2026年``, ``2026年1月至2月``, ``11月23日至29日``."""
        if (self.until - self.since).days == 7:
            return self._week
        year, first = self.since.year, self.since.month
        months = (self.until.year - year) * 12 + self.until.month - first
        if months == 12 and first == 1:
            return f"{year}年"
        if months == 3 and first % 3 == 1:
            return f"{year}年第{'一二三四'[first // 3]}季度"
        if months == 6 and first % 6 == 1:
            return f"{year}年{'上' if first == 1 else '下'}半年"
        if months == 1:
            return f"{year}年{first}月"
        last = self.last
        return f"{year}年{first}月至{'' if last.year == year else f'{last.year}年'}{last.month}月"

    @property
    def _week(self) -> str:
        first, last = self.since, self.last
        return f"{first.month}月{first.day}日至{'' if last.month == first.month else f'{last.month}月'}{last.day}日"


def months_of(duty: Duty, rules: Rules) -> int:
    """How many months a duty's period has (``WEEK`` for a week); a number the union sets where the document leaves it open."""
    return rules.count(duty.months).value if duty.every == "months" else MONTHS[duty.every]


def times_of(duty: Duty, rules: Rules) -> int:
    """How many times or days a duty asks for; a number the union sets where the document leaves it open."""
    return rules.count(duty.count).value if duty.count else duty.times


def period_of(day: date, months: int) -> Period:
    """The period a day lies in.  Periods of a length that divides the year begin with January, weeks on Monday."""
    if months == WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=7))
    index = (day.year * 12 + day.month - 1) // months * months
    return Period(_month(index), _month(index + months))


def periods_of_year(year: int, months: int) -> list[Period]:
    """Every period that begins in a year."""
    found, day = [], date(year, 1, 1)
    while day.year <= year:
        period = period_of(day, months)
        if period.since.year == year:
            found.append(period)
        day = period.until
    return found


def kept_from(on: date) -> date:
    """The day back to which figures are kept up: minutes are signed, reports come in after a period has ended."""
    return date(on.year - 1, on.month, 1)


def recent_periods(on: date, months: int) -> list[Period]:
    """The periods of the last twelve months, the running one included; of weeks only the last ones, there are so many."""
    if months == WEEK:
        this = period_of(on, WEEK).since
        return [period_of(this - timedelta(weeks=back), WEEK) for back in reversed(range(WEEKS_KEPT))]
    every = [period for year in (on.year - 1, on.year) for period in periods_of_year(year, months)]
    return [period for period in every if period.since <= on and period.until > kept_from(on)]


def _month(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def owes(duty: Duty, unit: Unit) -> bool:
    """Whether a duty falls on such a unit, or on somebody there: it has its own union, of the kind and level the duty names."""
    own = unit.has_union and unit.level != Level.WORKSHOP
    if not own or (duty.levels and unit.level not in duty.levels):
        return False
    return {"employer_union": unit.level not in UPPER, "upper_union": unit.level in UPPER}.get(duty.who, True)


def owed(duty: Duty, period: Period, unit: Unit, adopted_on: date) -> bool:
    """Whether a period counts: the first is the first full one after the union was founded and the pack adopted; one in
    which it was closed counts no more.  What is owed for every case is owed from the day of adoption on."""
    begins = max(adopted_on, unit.opened_on or adopted_on)
    if duty.per_case:
        return period.until > begins and (unit.closed_on is None or period.since < unit.closed_on)
    return period.since >= begins and (unit.closed_on is None or period.until <= unit.closed_on)


def first_owed(months: int, unit: Unit, adopted_on: date) -> Period:
    """The first full period after founding and adoption, for the sentence that says so."""
    begins = max(adopted_on, unit.opened_on or adopted_on)
    period = period_of(begins, months)
    return period if period.since >= begins else period_of(period.until, months)


# --- persons ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """Somebody on whom duties of persons fall at a unit: in which spans (both days included), and away in which."""

    person: Person
    spans: tuple[tuple[date, date], ...]
    away: tuple[tuple[date, date], ...] = ()


class WorkingDays:
    """How many working days lie in any part of a span; counted once, asked often."""

    def __init__(self, since: date, until: date, calendar: WorkDays) -> None:
        self.since, self.until = since, until
        days = (since + timedelta(days=number) for number in range((until - since).days))
        self.before = [0, *accumulate(int(calendar.is_work(day)) for day in days)]

    def between(self, first: date, after: date) -> int:
        """Working days from ``first`` to the day before ``after``, as far as the span reaches."""
        start, end = max(first, self.since), min(after, self.until)
        return self.before[(end - self.since).days] - self.before[(start - self.since).days] if start < end else 0

    def present(self, holder: Holder, period: Period) -> int:
        """Working days of a period on which a holder was in post and not away."""
        return sum(self._without(span, holder.away, period) for span in merged(holder.spans))

    def _without(self, span: tuple[date, date], away: Iterable[tuple[date, date]], period: Period) -> int:
        first, after = max(span[0], period.since), min(span[1] + timedelta(days=1), period.until)
        gone = (self.between(max(a, first), min(b + timedelta(days=1), after)) for a, b in merged(away))
        return self.between(first, after) - sum(gone)


def merged(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Spans that overlap or touch, as one."""
    found: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def needed(measure: str, times: int, present: int, total: int) -> int:
    """What is asked of somebody who was there on ``present`` of the ``total`` working days of a period.

    Days (counted in halves) are asked in proportion, rounded up; a number of times is asked whole of whoever was there for
    half of the period, of others not at all.  The documents do not say; this is the product's reading, shown on the page.
    """
    if not present or not total:
        return 0
    if measure == "days":
        return -(-2 * times * present // total)
    return times if 2 * present >= total else 0


# --- figures ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """What was counted in a period: kept, not kept, still running; the nearest date of what runs."""

    done: int = 0
    missed: int = 0
    running: int = 0
    due_on: date | None = None

    def plus(self, other: Figure) -> Figure:
        """Both together."""
        days = [day for day in (self.due_on, other.due_on) if day]
        return Figure(
            self.done + other.done,
            self.missed + other.missed,
            self.running + other.running,
            min(days) if days else None,
        )


@dataclass(frozen=True)
class Standing:
    """How a unit, or a ``person`` there, stands with one duty in one period; ``due_on`` until when.

    ``need`` are the times, half-days or cases; of a duty of persons seen for the whole unit the ``people`` who owe it.
    ``pace`` is what it comes to by the end, going on as until now; only for days.
    """

    duty: Duty
    unit: Unit
    period: Period
    need: int
    done: int
    missed: int
    due_on: date
    remind_on: date
    state: str
    person: Person | None = None
    people: tuple[Standing, ...] = ()
    pace: int | None = None

    @property
    def label(self) -> str:
        """The state in words."""
        if self.too_slow:
            return "按此进度不够"
        return "还没有做够，时间还早" if self.state == "open" and self.done else STATES[self.state]

    @property
    def too_slow(self) -> bool:
        """Whether it is still open and will not be met, going on as until now."""
        return self.state == "open" and self.pace is not None and self.pace < self.need

    @property
    def halves(self) -> bool:
        """Whether its figures are half-days."""
        return self.person is not None and self.duty.measure == "days"

    @property
    def measure(self) -> str:
        """What its figures count."""
        if self.duty.who == "person" and self.person is None:
            return "人"
        return "件" if self.duty.per_case else "天" if self.halves else "次"

    @property
    def left(self) -> int:
        """How much is still to be done or was not done."""
        return max(0, self.need - self.done)


def standing_of(
    duty: Duty, unit: Unit, period: Period, figure: Figure, on: date, *, need: int, remind: int, calendar: WorkDays
) -> Standing:
    """What a figure means on a day.  ``need``: what is asked in the period, or of each case.  ``remind``: working days before
    the end from which on there is little time left; of a week, its last two."""
    if duty.per_case:
        need *= figure.done + figure.missed + figure.running
    due_on = (figure.due_on or period.last) if duty.per_case else period.last
    before = 1 if duty.per_case else min(remind, 2) if duty.every == "week" else remind
    remind_on = business_day_offset(due_on, -before, calendar)
    state = state_of(need, figure.done, figure.missed, on, until=period.until, remind_on=remind_on)
    return Standing(duty, unit, period, need, figure.done, figure.missed, due_on, remind_on, state)


def of_all(duty: Duty, unit: Unit, period: Period, people: Sequence[Standing]) -> Standing:
    """A duty of persons for the whole unit: how many owe it, how many have done it, how many missed it."""
    first = min(people, key=lambda one: one.remind_on)
    states = [one.state for one in people]
    worst = min(states, key=WORST_FIRST.index)
    return Standing(
        duty, unit, period, len(people), states.count("met"), states.count("missed"), period.last, first.remind_on, worst,
        people=tuple(sorted(people, key=lambda one: (WORST_FIRST.index(one.state), one.done - one.need))),
    )  # fmt: skip


@dataclass(frozen=True)
class Tallied:
    """How many duties are missed, nearly due and met now, and how many periods of the last twelve months ended without."""

    missed: int
    soon: int
    met: int
    year: int


def tallied(rows: Iterable[Standing], on: date) -> Tallied:
    """The standings of a unit in all kept periods, in four numbers."""
    some = list(rows)
    now = [row.state for row in some if row.period.until > on]
    ended = [row.state for row in some if row.period.until <= on]
    return Tallied(now.count("missed"), now.count("soon"), now.count("met"), ended.count("missed"))


def state_of(need: int, done: int, missed: int, on: date, *, until: date, remind_on: date) -> str:
    """met, missed, soon (little time left), open, or nothing to do."""
    if not need:
        return "nothing"
    if missed:
        return "missed"
    if done >= need:
        return "met"
    if on >= until:
        return "missed"
    return "soon" if on >= remind_on else "open"


# --- who counts what -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What a counter is asked: for which duty, of which units with which rules, in which days (``until`` is the first
    without) and which ``periods`` between, seen on a day, and by whom.  ``blind``: what names this person is left out, as if it
    were not there; ``None`` counts everything."""

    duty: Duty
    units: QuerySet[Unit]
    ids: tuple[UUID, ...]
    rules: Mapping[UUID, Rules]
    periods: tuple[Period, ...]
    since: date
    until: date
    on: date
    blind: Actor | None = None

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What an answer hangs on that does not look at the duty."""
        return self.ids, self.since, self.until, self.on, self.blind.keys if self.blind is not None else None


@dataclass(frozen=True)
class Counted:
    """So much was found of a unit, or of a person there, on a day; the day says in which period it counts."""

    unit: UUID
    day: date
    figure: Figure
    person: UUID | None = None


@dataclass(frozen=True)
class Deed:
    """One thing behind a figure: its kind (case, item, meeting, …) and id, in words only what every reader of the duty may
    know, whether it was kept, and what is wrong with it."""

    kind: str
    id: UUID
    day: date
    state: str
    why: str = ""
    person: UUID | None = None


@dataclass(frozen=True)
class Counter:
    """How one kind of record is counted.  ``deeds`` lists what stands behind a unit's figure, what was not kept first;
    ``moved`` names the units at which something of it happened since a moment, so that
    their figures are counted again; without it they follow at night."""

    count: Callable[[Asked], Iterable[Counted]]
    deeds: Callable[[Asked], list[Deed]]
    moved: Callable[[datetime], Iterable[UUID]] = lambda since: ()


COUNTERS: dict[str, Counter] = {}


def register(of: str, counter: Counter) -> None:
    """Say how the duties ``of`` something are counted.  A room above does so in ``ready`` of its app; a duty that nobody
    counts is neither kept nor missed and appears on no page."""
    COUNTERS[of] = counter

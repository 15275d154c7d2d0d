"""Pure rules of duties: periods, from when a unit owes one, what a figure means on a day; who counts what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from huying.kernel.actors import Actor
from huying.kernel.clock import WorkDays, business_day_offset
from huying.mechanism.rules import Duty, Rules
from huying.org.models import UPPER, Level, Unit

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "case": 1}
# States in the order in which a page lists them: what is missing first.
STATES = {"missed": "没有做到", "soon": "快到期", "open": "还没有做，时间还早", "met": "做到", "nothing": "没有要做的"}
HIDDEN = "人数少，不显示"


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole months: first day, and first day after it."""

    since: date
    until: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.until - timedelta(days=1)

    @property
    def label(self) -> str:
        """``2026年第四季度``, ``2026年11月``, ``2026年``, ``2026年1月至2月``."""
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


def months_of(duty: Duty, rules: Rules) -> int:
    """How many months a duty's period has; a number the union sets where the document leaves it open."""
    return rules.count(duty.months).value if duty.every == "months" else MONTHS[duty.every]


def period_of(day: date, months: int) -> Period:
    """The period a day lies in.  Periods of a length that divides the year begin with January."""
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
    """The periods of the last twelve months, the running one included."""
    every = [period for year in (on.year - 1, on.year) for period in periods_of_year(year, months)]
    return [period for period in every if period.since <= on and period.until > kept_from(on)]


def _month(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def owes(duty: Duty, unit: Unit) -> bool:
    """Whether such a unit owes a duty at all: it has its own union, and is an employer's where the duty says so."""
    own = unit.has_union and unit.level != Level.WORKSHOP
    if not own or (duty.levels and unit.level not in duty.levels):
        return False
    return {"union": True, "employer_union": unit.level not in UPPER, "upper_union": unit.level in UPPER}.get(
        duty.who, False
    )


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
    """How a unit stands with one duty in one period.  ``need`` are the times or the cases; ``due_on`` until when."""

    duty: Duty
    unit: Unit
    period: Period
    need: int
    done: int
    missed: int
    due_on: date
    remind_on: date
    state: str

    @property
    def label(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def left(self) -> int:
        """How much is still to be done or was not done."""
        return max(0, self.need - self.done)


def standing_of(
    duty: Duty, unit: Unit, period: Period, figure: Figure, on: date, *, remind: int, calendar: WorkDays
) -> Standing:
    """What a figure means on a day.  ``remind``: working days before the end from which on there is little time left."""
    need = duty.times * (figure.done + figure.missed + figure.running if duty.per_case else 1)
    due_on = (figure.due_on or period.last) if duty.per_case else period.last
    remind_on = business_day_offset(due_on, -1 if duty.per_case else -remind, calendar)
    state = state_of(need, figure.done, figure.missed, on, until=period.until, remind_on=remind_on)
    return Standing(duty, unit, period, need, figure.done, figure.missed, due_on, remind_on, state)


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
    """What a counter is asked: of which units with which rules, in which days (``until`` is the first without), seen on a
    day, and by whom.  ``blind``: what names this person is left out, as if it were not there; ``None`` counts everything."""

    units: QuerySet[Unit]
    rules: Mapping[UUID, Rules]
    since: date
    until: date
    on: date
    blind: Actor | None = None


@dataclass(frozen=True)
class Counted:
    """So much was found of a unit on a day; the day says in which period it counts."""

    unit: UUID
    day: date
    figure: Figure


@dataclass(frozen=True)
class Deed:
    """One thing behind a figure: its kind (case, item, meeting, …) and id, in words only what every reader of the duty may
    know, whether it was kept, and what is wrong with it."""

    kind: str
    id: UUID
    day: date
    state: str
    why: str = ""


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

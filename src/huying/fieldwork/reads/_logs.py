"""The work log of a day: records, steps on cases, and what was added by hand, each as far as the reader may know of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from huying.cases.models import Case, Event
from huying.fieldwork.models import DayLog, Record
from huying.kernel.actors import Actor
from huying.org.models import Person, Unit

MOST_STEPS = 300  # of one day


@dataclass(frozen=True)
class LoggedDay:
    """One day of a unit, or of one person there."""

    on: date
    records: tuple[Record, ...]
    steps: tuple[Event, ...]
    log: DayLog | None

    @property
    def empty(self) -> bool:
        """Nothing was written down of it."""
        return not (self.records or self.steps or self.log)


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    return tuple(timezone.make_aware(datetime.combine(day, time.min)) for day in (first, last + timedelta(days=1)))  # type: ignore[return-value]


def _records(actor: Actor, unit: Unit, person: Person | None, first: date, last: date) -> QuerySet[Record]:
    rows = Record.objects.visible_to(actor).standing().filter(union=unit, on__lte=last, until__gte=first)
    return rows.filter(people__person=person) if person else rows


def _steps(actor: Actor, unit: Unit, person: Person | None, first: date, last: date) -> QuerySet[Event]:
    """What the union's cadres did on cases this reader may know of."""
    start, end = _span(first, last)
    by = Q(post__unit=unit) & (Q(post__person=person) if person else Q())
    rows = Event.objects.filter(by, at__gte=start, at__lt=end)
    return rows.filter(case__in=Case.objects.visible_to(actor).filter(moved_at__gte=start).values("pk"))


def logged_days(actor: Actor, unit: Unit, first: date, last: date, person: Person | None = None) -> list[LoggedDay]:
    """Every day of a span that holds something, in order (five queries)."""
    records = _records(actor, unit, person, first, last).select_related("place", "by__person")
    of_day: dict[date, list[Record]] = defaultdict(list)
    for row in records.prefetch_related("people__person").order_by("begins", "written_at"):
        for number in range((min(row.until, last) - max(row.on, first)).days + 1):
            of_day[max(row.on, first) + timedelta(days=number)].append(row)
    steps: dict[date, list[Event]] = defaultdict(list)
    for step in _steps(actor, unit, person, first, last).select_related("case", "post__person").order_by("at", "id"):
        steps[timezone.localdate(step.at)].append(step)
    rows = DayLog.objects.filter(unit=unit, on__gte=first, on__lte=last, person=person).select_related("by__person")
    logs = {row.on: row for row in rows}
    days = sorted({*of_day, *steps, *logs})
    return [LoggedDay(on, tuple(of_day[on]), tuple(steps[on][:MOST_STEPS]), logs.get(on)) for on in days]


def logged_day(actor: Actor, unit: Unit, on: date, person: Person | None = None) -> LoggedDay:
    """Everything of one day."""
    return next(iter(logged_days(actor, unit, on, on, person)), LoggedDay(on, (), (), None))


@dataclass(frozen=True)
class DayLine:
    """One line of a month: how much each day holds."""

    on: date
    records: int
    steps: int
    written: bool


def logged_month(actor: Actor, unit: Unit, first: date, last: date, person: Person | None = None) -> list[DayLine]:
    """The days of a month that hold something, the newest first (three queries)."""
    records: Counter[date] = Counter()
    for on, until in _records(actor, unit, person, first, last).values_list("on", "until"):
        for number in range((min(until, last) - max(on, first)).days + 1):
            records[max(on, first) + timedelta(days=number)] += 1
    moments = _steps(actor, unit, person, first, last).values_list("at", flat=True)
    steps = Counter(timezone.localdate(at) for at in moments)
    logs = DayLog.objects.filter(unit=unit, person=person, on__gte=first, on__lte=last)
    written = set(logs.values_list("on", flat=True))
    days = sorted({*records, *steps, *written}, reverse=True)
    return [DayLine(on, records[on], steps[on], on in written) for on in days]


def log_keepers(unit: Unit) -> list[Person]:
    """Whose own logs there are at a unit."""
    own = DayLog.objects.filter(unit=unit, person__isnull=False)
    return list(Person.objects.filter(pk__in=own.values("person")).order_by("name_sort", "id"))


def person_of(unit: Unit, person_id: UUID) -> Person | None:
    """Somebody who holds or held a post at the unit."""
    return Person.objects.filter(pk=person_id, posts__unit=unit).distinct().first()

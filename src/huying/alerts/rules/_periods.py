"""When information is owed, and when it came too late (BD-4.3b, BD-4.8, SX-14b)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huying.mechanism.rules import Duty, Rules
from huying.org.models import Unit

# What the packs' duties count, as (to, kind) of information.
OWED = {
    "information_to_unit": ("unit", "regular"),
    "information_up": ("above", "regular"),
    "dispute_information": ("above", "dispute"),
}
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Window:
    """Some whole months; both days belong to it."""

    since: date
    until: date

    @property
    def label(self) -> str:
        """``2026年10月``, ``2026年7月至9月``."""
        first, last = self.since, self.until
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.year}年{first.month}月"
        year = f"{last.year}年" if last.year != first.year else ""
        return f"{first.year}年{first.month}月至{year}{last.month}月"


def _months_on(day: date, months: int) -> date:
    """The first day of the month so many months after that of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def window_of(day: date, months: int) -> Window:
    """The months around a day, counted from January in blocks of so many."""
    since = _months_on(day, -((day.month - 1) % months))
    return Window(since, _months_on(since, months) - timedelta(days=1))


def month_before(day: date, months: int = 1) -> Window:
    """The whole months that ended last before a day."""
    return window_of(window_of(day, months).since - timedelta(days=1), months)


@dataclass(frozen=True)
class Owed:
    """Something a union has to send, at least once in so many months, and the duty that says so."""

    to: str
    kind: str
    months: int
    duty: Duty


def owed(rules: Rules, unit: Unit) -> Iterator[Owed]:
    """What the adopted packs want this union to send."""
    for duty in rules.duties():
        if duty.of in OWED and _owes(duty, unit):
            months = rules.count(duty.months).value if duty.months else _MONTHS.get(duty.every, 0)
            if months:
                yield Owed(*OWED[duty.of], months, duty)


def _owes(duty: Duty, unit: Unit) -> bool:
    return {"union": True, "employer_union": not unit.is_upper, "upper_union": unit.is_upper}.get(duty.who, False)


def is_late(period_until: date, sent: date, months: int) -> bool:
    """Regular information belongs into the interval that follows its period; beyond that it came too late."""
    return sent >= _months_on(period_until, months + 1)


UNSENT = "unsent:"  # how the mark of a finding begins that nothing came


def unsent_mark(kind: str, since: date) -> str:
    """What a finding on information that never came is known by: its kind, and the first day of the months it was due in."""
    return f"{UNSENT}{kind}:{since.isoformat()}"


def due_since(period_until: date) -> date:
    """The first day on which regular information about a period is due."""
    return _months_on(period_until, 1)


def is_late_at_once(known_at: datetime, sent_at: datetime, hours: int) -> bool:
    """What was to be told at once came later than the union's own number of hours allows."""
    return sent_at - known_at > timedelta(hours=hours)

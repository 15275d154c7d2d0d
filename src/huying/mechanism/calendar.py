"""The working-day calendar: weekdays, but for the days the State Council declares otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import chinese_calendar
from chinese_calendar.constants import Holiday, holidays, workdays

ANNOUNCED = "国务院办公厅节假日安排通知（据 chinesecalendar）"
BY_LAW = "全国年节及纪念日放假办法"
# Public holidays that keep their solar date; a year not announced yet has at least these.
FIXED = ((1, 1, "元旦"), (5, 1, "劳动节"), (5, 2, "劳动节"), (10, 1, "国庆节"), (10, 2, "国庆节"), (10, 3, "国庆节"))


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not what its weekday says."""

    day: date
    is_work: bool
    name: str
    source: str = ""


@dataclass(frozen=True)
class Calendar:
    """Working days as kept by the installation (``kernel.clock.WorkDays``)."""

    special: Mapping[date, tuple[bool, str]]
    years: frozenset[int]

    def is_work(self, day: date) -> bool:
        """Whether people work on this day: as announced, else by weekday."""
        found = self.special.get(day)
        return found[0] if found else usually_works(day)

    def name(self, day: date) -> str:
        """Name of a holiday or make-up day."""
        found = self.special.get(day)
        return found[1] if found else ""

    def known_until(self) -> date:
        """The last day of the last announced year; before all time when none was."""
        return date(max(self.years), 12, 31) if self.years else date.min


def usually_works(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def library_years() -> list[int]:
    """Years the installed library knows."""
    return sorted({day.year for day in holidays})


def library_days() -> Iterator[SpecialDay]:
    """Holidays and make-up days of those years, with their Chinese names."""
    chinese = {holiday.value: holiday.chinese for holiday in Holiday}
    for day, name in holidays.items():
        yield SpecialDay(day, False, chinese.get(name, name), ANNOUNCED)
    for day, name in workdays.items():
        yield SpecialDay(day, True, f"{chinese.get(name, name)}调休上班", ANNOUNCED)


def fixed_days(year: int) -> Iterator[SpecialDay]:
    """What the law alone says about a year not announced yet."""
    for month, day, name in FIXED:
        yield SpecialDay(date(year, month, day), False, name, BY_LAW)


LIBRARY = f"chinesecalendar {chinese_calendar.__version__}"

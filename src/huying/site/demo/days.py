"""Days of the demo, counted in working days back from the day it is built, so that clocks stand as told."""

from __future__ import annotations

import zlib
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from huying.kernel.clock import WorkDays, business_day_offset

OPENS, CLOSES = time(8, 0), time(18, 30)


def varied(key: str, low: int, high: int) -> int:
    """A number between two others that looks random and is the same every time for the same key."""
    return low + zlib.crc32(key.encode()) % (high - low + 1)


class Days:
    """Working days around the day of building.  Day 0 is today, or the last working day when today is one of rest."""

    def __init__(self, now: datetime, calendar: WorkDays) -> None:
        self.now = timezone.localtime(now)
        self.calendar = calendar
        self.today = self.now.date()
        self.zero = (
            self.today if calendar.is_work(self.today) else business_day_offset(self.today + timedelta(1), -1, calendar)
        )
        self._known: dict[int, date] = {0: self.zero}

    def day(self, number: int) -> date:
        """The working day so many working days after day 0 (before it, if negative)."""
        if number not in self._known:
            step = 1 if number > 0 else -1
            self._known[number] = business_day_offset(self.day(number - step), step, self.calendar)
        return self._known[number]

    def moment(self, number: int, clock: time) -> datetime:
        """A time of day on a working day.  Today's hours are drawn together so that none lies ahead."""
        day = self.day(number)
        at = datetime.combine(day, clock, tzinfo=self.now.tzinfo)
        if day != self.today:
            return at
        begun = datetime.combine(day, OPENS, tzinfo=self.now.tzinfo)
        ended = datetime.combine(day, time(23, 0), tzinfo=self.now.tzinfo)
        if self.now >= ended:
            return at
        midnight = datetime.combine(day, time(0, 0), tzinfo=self.now.tzinfo)
        start = min(begun, max(midnight, self.now - timedelta(hours=2)))
        return start + (self.now - start) * ((at - begun) / (ended - begun))

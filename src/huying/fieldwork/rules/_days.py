"""How many days somebody was at the grassroots."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta


def days_of(spans: Iterable[tuple[date, date, int]], half_day_minutes: int) -> dict[date, int]:
    """Days spent, each in halves (1 or 2), from spans of first day, last day and minutes on each of them.

    A day counts once, however many records it has; one with fewer than ``half_day_minutes`` in all counts half (HY-records).
    """
    minutes: dict[date, int] = {}
    for first, last, length in spans:
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            minutes[day] = minutes.get(day, 0) + length
    return {day: 1 if spent < half_day_minutes else 2 for day, spent in minutes.items()}

"""How many days somebody was out: each day once, short days as half ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

HALF, FULL = 1, 2  # in half days


def days_of(spans: Iterable[tuple[date, date, int]], half_day_minutes: int) -> dict[date, int]:
    """Half days by day (1 or 2) of one person's records, each a span: first day, last day, minutes on each of its days.

    A day counts once, however many records it has; their minutes add up, and with fewer than ``half_day_minutes`` it is half
    a day.  Every day of a span counts, days of rest as well: the documents count days at the grassroots, not working days, and
    whoever went home over the weekend writes two records.
    """
    minutes: Counter[date] = Counter()
    for on, until, each in spans:
        for number in range((until - on).days + 1):
            minutes[on + timedelta(days=number)] += each
    return {day: HALF if spent < half_day_minutes else FULL for day, spent in sorted(minutes.items())}

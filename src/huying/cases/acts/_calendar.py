"""Holidays announced: entering them and moving the running clocks are one act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from huying.cases.acts._clocks import recount
from huying.kernel.actors import Actor
from huying.mechanism import acts as mechanism
from huying.mechanism.rules import SpecialDay
from huying.org.models import Unit


@dataclass(frozen=True)
class Announced:
    """How many days are now something else, and how many running clocks got another date."""

    days: int
    moved: int


@transaction.atomic
def announce_days(
    *, unit: Unit, days: Iterable[SpecialDay], known: Iterable[int] = (), by: Actor, at: datetime
) -> Announced:
    """Enter announced holidays and make-up days; every running clock they touch moves, each with its trace."""
    years = list(known)
    changes = mechanism.set_days(unit=unit, days=days, known=years, by=by, at=at)
    touched = [change.day for change in changes] + [date(year, 1, 1) for year in years]
    # A date before the first changed day was reached without asking about that day, so it stays.
    moved = recount(since=min(touched), by=by, at=at) if touched else 0
    return Announced(days=len(changes), moved=moved)

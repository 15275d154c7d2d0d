"""Figures of duties follow what happens; reminders go out once a day."""

from datetime import datetime, time, timedelta

from huying.duties.acts import find_unsent, recount, remind, sweep
from huying.duties.reads import unions
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled

EVERY = timedelta(minutes=1)


@scheduled(every=EVERY)
def follow(*, at: datetime) -> None:
    """What moved since the last minute; a longer pause is made good by the daily count."""
    sweep(since=at - EVERY, by=SYSTEM, at=at)


@scheduled(daily=time(0, 20))
def count_anew(*, at: datetime) -> None:
    """Every union: a day more has passed, so something may be overdue now."""
    recount(units=list(unions()), by=SYSTEM, at=at)


@scheduled(daily=time(0, 50))
def unsent(*, at: datetime) -> None:
    """After the count: information whose months ended without it."""
    find_unsent(by=SYSTEM, at=at)


@scheduled(daily=time(8, 10))
def reminders(*, at: datetime) -> None:
    """While there is still time, and when a period has ended."""
    remind(by=SYSTEM, at=at)

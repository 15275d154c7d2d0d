"""Reminders before and after a date; days recounted when a holiday is announced."""

from datetime import datetime, time, timedelta

from huying.cases.acts import expire_due, follow_merged, recount_changed, remind, tell_of_infected
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled


@scheduled(every=timedelta(minutes=10))
def reminders(*, at: datetime) -> None:
    """Who has a date coming near or passed hears of it, once for each."""
    remind(by=SYSTEM, at=at)


@scheduled(daily=time(0, 20))
def recount_clocks(*, at: datetime) -> None:
    """Running clocks follow the calendar, also where an edit's own recount was cut short."""
    recount_changed(by=SYSTEM, at=at)


@scheduled(every=timedelta(minutes=1))
def follow_units(*, at: datetime) -> None:
    """Open cases of merged unions go where the unions went."""
    follow_merged(by=SYSTEM, at=at)


@scheduled(daily=time(2, 40))
def retention(*, at: datetime) -> None:
    """What was asked for and is no longer held goes; what has expired goes where the union's rules say so."""
    expire_due(by=SYSTEM, at=at)


@scheduled(every=timedelta(minutes=5))
def infected(*, at: datetime) -> None:
    """Who has a case hears that a file of it was found to be infected."""
    tell_of_infected(by=SYSTEM, at=at)

"""Items of ended cases leave the departments' lists; handlers hear of dates."""

from datetime import datetime, timedelta

from huying.handling.acts import drop_ended, remind_handlers, tell_of_infected
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled


@scheduled(every=timedelta(minutes=1))
def sweep_ended(*, at: datetime) -> None:
    """Withdrawn cases take their items with them."""
    drop_ended(by=SYSTEM, at=at)


@scheduled(every=timedelta(minutes=10))
def reminders(*, at: datetime) -> None:
    """Handlers hear of a date coming near or passed."""
    remind_handlers(by=SYSTEM, at=at)


@scheduled(every=timedelta(minutes=5))
def infected(*, at: datetime) -> None:
    """Who added a file to an item hears that a virus was found in it."""
    tell_of_infected(by=SYSTEM, at=at)

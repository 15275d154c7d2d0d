"""Items of ended cases leave the departments' lists; handlers hear of dates."""

from datetime import datetime, timedelta

from huying.handling.acts import drop_ended, remind_handlers
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

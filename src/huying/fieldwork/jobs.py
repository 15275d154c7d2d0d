"""Leaders hear of their reception days the working day before; bookings follow their matters."""

from datetime import datetime, timedelta

from huying.fieldwork.acts import follow_cases, remind_leaders
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled


@scheduled(every=timedelta(minutes=30))
def reception_reminders(*, at: datetime) -> None:
    """The working day before, once."""
    remind_leaders(by=SYSTEM, at=at)


@scheduled(every=timedelta(minutes=5))
def follow_bookings(*, at: datetime) -> None:
    """Whose matter is over holds no place any more."""
    follow_cases(by=SYSTEM, at=at)

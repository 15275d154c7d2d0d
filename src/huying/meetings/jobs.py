"""People who were called hear of a meeting the day before."""

from datetime import datetime, timedelta

from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled
from huying.meetings.acts import remind_meetings


@scheduled(every=timedelta(minutes=30))
def reminders(*, at: datetime) -> None:
    """The day before, once."""
    remind_meetings(by=SYSTEM, at=at)

"""Late promises are brought to mind."""

from datetime import datetime, time

from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled
from huying.promises.acts import remind_late


@scheduled(daily=time(8, 20))
def late_promises(*, at: datetime) -> None:
    """Once a week each, until it is done or explained."""
    remind_late(by=SYSTEM, at=at)

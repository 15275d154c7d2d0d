"""Sheets of a round over many units are counted by the worker."""

from datetime import datetime, timedelta

from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled
from huying.oversight.acts import count_sheets


@scheduled(every=timedelta(minutes=1))
def counting(*, at: datetime) -> None:
    """What was opened and not counted yet."""
    count_sheets(by=SYSTEM, at=at)

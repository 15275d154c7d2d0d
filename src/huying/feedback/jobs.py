"""Surveys open, remind and close by themselves."""

from datetime import datetime, timedelta

from huying.feedback.acts import close_due, open_missing, remind
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled


@scheduled(every=timedelta(minutes=1))
def open_surveys(*, at: datetime) -> None:
    """Every case that was told gets its survey."""
    open_missing(by=SYSTEM, at=at)


@scheduled(every=timedelta(minutes=10))
def close_surveys(*, at: datetime) -> None:
    """Surveys past their closing date end."""
    close_due(by=SYSTEM, at=at)


@scheduled(every=timedelta(hours=1))
def remind_of_surveys(*, at: datetime) -> None:
    """Who has not answered is reminded half-way and shortly before the end."""
    remind(by=SYSTEM, at=at)

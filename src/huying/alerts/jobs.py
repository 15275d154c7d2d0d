"""Surges are looked for and reports compared by the clock."""

from datetime import datetime, timedelta

from huying.alerts.acts import compare_reports, draft_surges
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled


@scheduled(every=timedelta(minutes=10))
def surges(*, at: datetime) -> None:
    """Like cases and overdue clocks in numbers."""
    draft_surges(by=SYSTEM, at=at)


@scheduled(every=timedelta(hours=1))
def comparing(*, at: datetime) -> None:
    """What came late, was taken back or is known from elsewhere only."""
    compare_reports(by=SYSTEM, at=at)

"""A day's anchor for every root soon after midnight; then anchors leave the house."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from huying.kernel.jobs import scheduled
from huying.trail import acts


@scheduled(daily=time(0, 35))  # whatever began before midnight has ended: a job may take half an hour
def anchors(*, at: datetime) -> None:
    """Anchor yesterday."""
    acts.anchor_all(day=timezone.localdate(at) - timedelta(days=1))


@scheduled(every=timedelta(hours=1))
def hand_out(*, at: datetime) -> None:
    """Write and send the anchors that are new; what fails waits for the next hour."""
    acts.send_anchors(at=at)
    acts.write_anchors(at=at)

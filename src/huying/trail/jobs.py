"""A day's anchor for every root, soon after midnight."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from huying.kernel.jobs import scheduled
from huying.trail.acts import anchor_all


@scheduled(daily=time(0, 5))
def anchors(*, at: datetime) -> None:
    """Anchor yesterday."""
    anchor_all(day=timezone.localdate(at) - timedelta(days=1))

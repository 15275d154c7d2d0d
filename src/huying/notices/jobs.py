"""Letters go out every minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from huying.kernel.jobs import scheduled
from huying.notices import acts


@scheduled(every=timedelta(minutes=1))
def deliver(*, at: datetime) -> None:
    """Send what is due."""
    acts.deliver_due(at=at)

"""After an erasure the disk is cleaned of what the database itself still keeps of old rows."""

from datetime import datetime, timedelta

from huying.kernel.jobs import scheduled
from huying.privacy.acts import scrub
from huying.privacy.reads import erased_since


@scheduled(every=timedelta(minutes=10))
def scrub_disk(*, at: datetime) -> None:
    """Soon after somebody was erased, and once more."""
    if erased_since(at - timedelta(minutes=25)):
        scrub(at=at)

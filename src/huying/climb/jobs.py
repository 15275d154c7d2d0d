"""The climb follows its case and the tree of unions."""

from datetime import datetime, timedelta

from huying.climb.acts import end_withdrawn, follow_merged
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled


@scheduled(every=timedelta(minutes=1))
def end_climbs(*, at: datetime) -> None:
    """Withdrawn cases take their levels with them."""
    end_withdrawn(by=SYSTEM, at=at)


@scheduled(every=timedelta(minutes=1))
def follow_units(*, at: datetime) -> None:
    """Levels at merged unions go where the unions went."""
    follow_merged(by=SYSTEM, at=at)

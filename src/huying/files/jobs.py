"""Quarantined files are tried again, orphans are swept at night."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from huying.files import acts
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled


@scheduled(every=timedelta(minutes=5))
def rescan(*, at: datetime) -> None:
    """Ask the scanner again about what waits in quarantine."""
    acts.rescan_waiting(by=SYSTEM, at=at)


@scheduled(daily=time(3, 20))
def sweep(*, at: datetime) -> None:
    """Remove contents that belong to no row."""
    acts.sweep_orphans(by=SYSTEM, at=at)

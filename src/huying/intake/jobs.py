"""Long files of messages are imported in the background; files nobody confirmed are put away."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from huying.intake.acts import carry_on, sweep_sheets
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled


@task()
def bring_in(batch_id: str) -> bool:
    """Go on importing one file until all of it is in."""
    return carry_on(batch_id=UUID(batch_id), by=SYSTEM, at=timezone.now())


@scheduled(every=timedelta(hours=1))
def sweep(*, at: datetime) -> None:
    """Files wait a day to be confirmed."""
    sweep_sheets(by=SYSTEM, at=at)

"""Workbooks of the ledger are written in the background and thrown away after a day; figures are kept up."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import scheduled
from huying.ledger.acts import settle_figures, sweep_exports, sweep_figures, write_export


@task()
def write(export_id: str) -> bool:
    """Write one workbook somebody asked for."""
    return write_export(export_id=UUID(export_id), by=SYSTEM, at=timezone.now())


@scheduled(every=timedelta(hours=1))
def sweep(*, at: datetime) -> None:
    """Workbooks wait a day for whoever asked for them."""
    sweep_exports(by=SYSTEM, at=at)


@scheduled(every=timedelta(minutes=1))
def figures(*, at: datetime) -> None:
    """What moved is counted again."""
    sweep_figures(by=SYSTEM, at=at)


@scheduled(daily=time(2, 20))
def settle(*, at: datetime) -> None:
    """What slipped by during the day is counted, too."""
    settle_figures(by=SYSTEM, at=at)

"""Background work: a schedule, one-off tasks with retry, and a worker whose death is noticed and made good.

A room's ``jobs.py`` marks what runs by the clock with ``@scheduled``; what an act hands over once is a ``django_tasks``
task, enqueued inside the act's own transaction.  Every job must be idempotent: after a crash it simply runs again.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time as time_module
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from huying.kernel.models import Beat, Draft, Once, Schedule

log = structlog.get_logger()
Job = TypeVar("Job", bound=Callable[..., object])

ALIVE = timedelta(minutes=3)
BEAT_EVERY = 20.0  # seconds
LONGEST = 30 * 60.0  # seconds: a job that takes longer counts as hung, and the worker as stopped
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Plan:
    """One scheduled job: every so often, or daily at a time of day in the installation's zone."""

    name: str
    run: Callable[..., object]
    every: timedelta | None
    daily: time | None

    def after(self, at: datetime) -> datetime:
        """When it runs next, having ended at ``at``."""
        if self.every is not None:
            return at + self.every
        local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
        same_day = local.replace(hour=self.daily.hour, minute=self.daily.minute, second=0, microsecond=0)  # type: ignore[union-attr]
        return same_day if same_day > local else same_day + timedelta(days=1)


PLANS: dict[str, Plan] = {}


def scheduled(*, every: timedelta | None = None, daily: time | None = None) -> Callable[[Job], Job]:
    """Register ``def job(*, at: datetime)`` to run ``every`` so often or ``daily`` at a time.  Exactly one is given."""
    if (every is None) == (daily is None):
        raise ValueError("give either every= or daily=")

    def register(run: Job) -> Job:
        name = f"{run.__module__}.{run.__qualname__}"
        PLANS[name] = Plan(name, run, every, daily)
        return run

    return register


# --- what others ask ----------------------------------------------------------------------------------------------------


def worker_alive(at: datetime) -> bool:
    """Whether some worker gave a sign of life within the last three minutes."""
    return Beat.objects.filter(at__gte=at - ALIVE).exists()


def failing() -> QuerySet[Schedule]:
    """Scheduled jobs whose last run ended in an error."""
    return Schedule.objects.exclude(last_error="").order_by("name")


def given_up() -> QuerySet[DBTaskResult]:
    """One-off tasks that failed for good, newest first."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")


# --- the steps of a worker ----------------------------------------------------------------------------------------------


def prepare(at: datetime) -> None:
    """Load every room's jobs and give each plan its row."""
    autodiscover_modules("jobs")
    rows = [Schedule(name=plan.name, next_at=at if plan.every else plan.after(at)) for plan in PLANS.values()]
    Schedule.objects.bulk_create(rows, ignore_conflicts=True)
    Schedule.objects.exclude(name__in=PLANS).delete()


def beat(worker: str, at: datetime) -> None:
    """A sign of life."""
    Beat.objects.update_or_create(worker=worker, defaults={"at": at}, create_defaults={"at": at, "started_at": at})


def run_due(worker: str, at: datetime) -> bool:
    """Run one scheduled job that is due.  Returns whether there was one."""
    row = _claim_plan(worker, at)
    if row is None:
        return False
    plan = PLANS[row.name]
    try:
        plan.run(at=at)
    except Exception as error:  # whatever a job raises is written down and tried again
        log.exception("job_failed", job=row.name)
        row.fails += 1
        row.last_error = _said(error)
        row.next_at = timezone.now() + BACK_OFF[min(row.fails, len(BACK_OFF)) - 1]
    else:
        row.fails, row.last_error, row.last_finished = 0, "", timezone.now()
        row.next_at = plan.after(row.last_finished)
    row.worker = ""
    row.save()
    return True


def _claim_plan(worker: str, at: datetime) -> Schedule | None:
    """Take the job that has waited longest; a dead worker's job is free again."""
    due = Schedule.objects.filter(name__in=PLANS, next_at__lte=at).filter(
        Q(worker="") | ~Q(worker__in=Beat.objects.filter(at__gte=at - ALIVE).values("worker"))
    )
    if not due.exists():
        return None
    with transaction.atomic():
        row = due.select_for_update(skip_locked=True, no_key=True).order_by("next_at").first()
        if row is not None:
            row.worker, row.last_started = worker, at
            row.save(update_fields=["worker", "last_started"])
    return row


def run_task(worker: str, at: datetime) -> bool:
    """Run one waiting one-off task.  Returns whether there was one."""
    if not DBTaskResult.objects.ready().exists():
        return False
    with transaction.atomic():
        row = DBTaskResult.objects.ready().get_locked()
        if row is None:
            return False
        row.claim(worker)
    try:
        value = row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        row.set_successful(value)
    except Exception as error:
        log.exception("task_failed", task=row.task_path, id=str(row.id))
        row.set_failed(error)
        _try_again(row, at)
    return True


def _try_again(row: DBTaskResult, at: datetime) -> None:
    """Put a task back to wait a while, unless it has been tried often enough."""
    tries = len(row.worker_ids)
    if tries <= len(BACK_OFF):
        DBTaskResult.objects.filter(pk=row.pk).update(
            status=TaskResultStatus.READY, run_after=at + BACK_OFF[tries - 1], finished_at=None
        )


def reap(at: datetime) -> int:
    """Free the tasks of workers that gave no sign of life: they wait again, or fail after the last try.  How many."""
    alive = set(Beat.objects.filter(at__gte=at - ALIVE).values_list("worker", flat=True))
    freed = 0
    for row in DBTaskResult.objects.running():
        if row.worker_ids and row.worker_ids[-1] in alive:
            continue
        row.set_failed(RuntimeError("the worker was killed"))
        _try_again(row, at - BACK_OFF[min(len(row.worker_ids) or 1, len(BACK_OFF)) - 1])
        freed += 1
    return freed


def forget_workers() -> None:
    """After a restore: no worker the database names lives here, so nothing stays in their hands."""
    Beat.objects.all().delete()


def _said(error: Exception) -> str:
    """Kind and message of an error, short enough for a screen."""
    return f"{type(error).__name__}: {error}"[:500]


# --- the worker ---------------------------------------------------------------------------------------------------------


def _fresh_name() -> str:
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


class WorkerProcess:
    """One worker.  ``stop`` set from a signal handler ends it after the job in hand."""

    def __init__(self, stop: threading.Event, pause: float = 1.0) -> None:
        self.name = _fresh_name()
        self.stop = stop
        self.pause = pause
        self.busy_since: float | None = None

    def run(self) -> None:
        """Work until told to stop."""
        prepare(timezone.now())
        beat(self.name, timezone.now())
        heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        heart.start()
        try:
            while not self.stop.is_set():
                if not self._step():
                    self.stop.wait(self.pause)
        finally:
            self.stop.set()
            heart.join(BEAT_EVERY)
            Beat.objects.filter(worker=self.name).delete()
            connection.close()

    def _step(self) -> bool:
        """One job, if any waits.  A database that cannot be reached now is asked again later."""
        self.busy_since = time_module.monotonic()
        try:
            close_old_connections()
            at = timezone.now()
            return run_due(self.name, at) or run_task(self.name, at)
        except (DatabaseError, InterfaceError):
            log.exception("database_unreachable")
            # What could not be written off stays with the old name, which now falls silent, so the reaper frees it.
            self.name = _fresh_name()
            self.stop.wait(5)
            return False
        finally:
            self.busy_since = None

    def _beat(self) -> None:
        """Beat from a thread of its own, so that a long job does not look like a stopped worker; a hung one does."""
        while not self.stop.wait(BEAT_EVERY):
            since = self.busy_since
            if since is not None and time_module.monotonic() - since > LONGEST:
                continue
            try:
                close_old_connections()
                beat(self.name, timezone.now())
            except (DatabaseError, InterfaceError):
                log.exception("heartbeat_failed")
        connection.close()


# --- the kernel's own jobs ----------------------------------------------------------------------------------------------


@scheduled(every=timedelta(minutes=1))
def reaper(*, at: datetime) -> None:
    """Free what killed workers left behind."""
    reap(at)


@scheduled(daily=time(3, 10))
def tidy(*, at: datetime) -> None:
    """Remove what has served its time: old submissions' keys, drafts, sessions, finished tasks, dead workers."""
    old = at - KEPT
    Once.objects.filter(at__lt=old).delete()
    Draft.objects.filter(at__lt=old).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=old).delete()
    Beat.objects.filter(at__lt=at - timedelta(days=1)).delete()

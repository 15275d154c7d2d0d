"""Counters of this process and of the machine: how often pages are asked for, how long they take, what waits.

Counts and durations only; no unit, no person, nothing by case.  All of the worker's pages count as one: how often one of
them was sent, read off every few seconds, would tell when somebody spoke.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from huying.kernel import jobs, machine
from huying.kernel.models import Schedule

# Who meets the pages: the first part of a page's name.
AREAS = {"public": "职工页面", "desk": "工作台", "account": "登录和密码", "other": "其他（找不到的地址）"}
SLOW = 1.0  # seconds a page takes on average before it is worth a look
_TIMES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REGISTRY = CollectorRegistry()
_requests = Counter("huying_requests", "Pages answered.", ["view", "status"], registry=REGISTRY)
_seconds = Histogram("huying_request_seconds", "Time to answer.", ["view"], buckets=_TIMES, registry=REGISTRY)
_started = timezone.now()


def area_of(view: str) -> str:
    """``desk:case`` is the desk's, ``account_login`` an account's."""
    area = "account" if view.startswith("account_") else view.partition(":")[0]
    return area if area in AREAS else "other"


def count(*, view: str, status: int, seconds: float) -> None:
    """One page was answered."""
    name = "public" if area_of(view) == "public" else view if area_of(view) != "other" else "other"
    _requests.labels(name, f"{status // 100}xx").inc()
    _seconds.labels(name).observe(seconds)


# --- for people ---------------------------------------------------------------------------------------------------------


@dataclass
class Use:
    """How often, how long on average, how many broke."""

    name: str
    asked: int = 0
    broken: int = 0
    seconds: float = 0.0

    @property
    def milliseconds(self) -> int:
        """On average."""
        return round(1000 * self.seconds / self.asked) if self.asked else 0


def since() -> datetime:
    """When this process began to count."""
    return _started


def by_area() -> list[Use]:
    """The pages of each area."""
    found = {area: Use(label) for area, label in AREAS.items()}
    for view, use in _by_view().items():
        total = found[view if view in found else area_of(view)]
        total.asked, total.broken = total.asked + use.asked, total.broken + use.broken
        total.seconds += use.seconds
    return list(found.values())


def slow_views() -> list[Use]:
    """Pages that take long, the slowest first."""
    return sorted(
        (use for use in _by_view().values() if use.asked and use.seconds / use.asked > SLOW),
        key=lambda use: -use.milliseconds,
    )


def _by_view() -> dict[str, Use]:
    found: dict[str, Use] = defaultdict(lambda: Use(""))
    for family in (*_requests.collect(), *_seconds.collect()):
        for sample in family.samples:
            view = sample.labels.get("view", "")
            use = found[view]
            use.name = view
            if sample.name == "huying_requests_total":
                use.asked += int(sample.value)
                use.broken += int(sample.value) if sample.labels["status"] == "5xx" else 0
            elif sample.name == "huying_request_seconds_sum":
                use.seconds += sample.value
    return {view: use for view, use in found.items() if view}


def waiting() -> int:
    """One-off tasks nobody has begun."""
    return int(DBTaskResult.objects.ready().count())


# --- for programs -------------------------------------------------------------------------------------------------------


class _Machine(Collector):
    """What is true of the whole installation when somebody asks."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Worker, queue, jobs, backup, disk, database."""
        yield _gauge("huying_worker_alive", "A worker gave a sign of life.", float(jobs.worker_alive(self.at)))
        yield _gauge("huying_tasks_waiting", "One-off tasks nobody has begun.", waiting())
        yield _gauge("huying_tasks_given_up", "One-off tasks that failed for good.", jobs.given_up().count())
        yield _gauge("huying_disk_free_bytes", "Room left for the data.", machine.free_disk())
        yield _gauge("huying_database_bytes", "Size of the database.", machine.database_size())
        made = machine.last_backup()
        yield _gauge("huying_backup_age_seconds", "Since the last backup; -1 without one.",
                     (self.at - made.at).total_seconds() if made else -1)  # fmt: skip
        fails = GaugeMetricFamily("huying_job_fails", "Failures in a row.", labels=["job"])
        took = GaugeMetricFamily("huying_job_seconds", "How long the last run took.", labels=["job"])
        for row in Schedule.objects.order_by("name"):
            fails.add_metric([row.name], row.fails)
            if row.last_started and row.last_finished and row.last_finished >= row.last_started:
                took.add_metric([row.name], (row.last_finished - row.last_started).total_seconds())
        yield fails
        yield took


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def exposition(at: datetime) -> bytes:
    """Everything in the text form programs read."""
    whole = CollectorRegistry()
    whole.register(_Machine(at))
    return generate_latest(REGISTRY) + generate_latest(whole)

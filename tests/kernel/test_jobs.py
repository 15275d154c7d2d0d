"""Schedule, retry, reaper, heartbeat; a worker killed in the middle loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from huying.kernel import jobs
from huying.kernel.models import Beat, Once, Schedule

RAN: list[datetime] = []


@task()
def breaks(word: str) -> None:
    raise ValueError(word)


@task()
def works(word: str) -> str:
    return word * 2


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replace the registry by one job of the test's own."""

    def only(run: Callable[..., object], **when: object) -> None:
        monkeypatch.setattr(jobs, "PLANS", {})
        jobs.scheduled(**when)(run)  # type: ignore[arg-type]
        monkeypatch.setattr(jobs, "autodiscover_modules", lambda name: None)

    return only


def mark(*, at: datetime) -> None:
    RAN.append(at)


def fail(*, at: datetime) -> None:
    raise RuntimeError("no luck")


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (time(3, 10), "2026-11-21T03:10:00+08:00"),
        (time(9, 30), "2026-11-20T09:30:00+08:00"),
        (time(9, 0), "2026-11-21T09:00:00+08:00"),
    ],
)
def test_daily_plans_run_at_their_time_of_day(now: datetime, hour: time, expected: str) -> None:
    assert jobs.Plan("x", mark, None, hour).after(now).isoformat() == expected


def test_a_plan_is_either_periodic_or_daily() -> None:
    with pytest.raises(ValueError, match="either"):
        jobs.scheduled()


@pytest.mark.django_db
def test_a_due_job_runs_once_and_is_due_again_after_its_period(plan, now, time_machine) -> None:
    time_machine.move_to(now, tick=False)
    plan(mark, every=timedelta(minutes=1))
    RAN.clear()
    jobs.prepare(now)
    assert jobs.run_due("w", now)
    assert not jobs.run_due("w", now)
    assert [now] == RAN
    row = Schedule.objects.get()
    assert (row.worker, row.last_finished, row.next_at) == ("", now, now + timedelta(minutes=1))


@pytest.mark.django_db
def test_a_failing_job_is_written_down_and_waits_longer_each_time(plan, now, time_machine) -> None:
    plan(fail, every=timedelta(minutes=1))
    jobs.prepare(now)
    waits = []
    at = now
    for _ in range(4):
        time_machine.move_to(at, tick=False)
        assert jobs.run_due("w", at)
        row = Schedule.objects.get()
        waits.append(row.next_at - at)
        at = row.next_at
    assert waits == [*jobs.BACK_OFF, jobs.BACK_OFF[-1]]
    assert jobs.failing().get().last_error == "RuntimeError: no luck"


@pytest.mark.django_db
def test_a_job_in_another_living_workers_hand_is_left_alone_and_taken_over_when_that_worker_died(plan, now) -> None:
    plan(mark, every=timedelta(minutes=1))
    jobs.prepare(now)
    jobs.beat("first", now)
    Schedule.objects.update(worker="first", last_started=now)
    assert not jobs.run_due("second", now + timedelta(minutes=2))
    assert jobs.run_due("second", now + timedelta(minutes=4))


@pytest.mark.django_db
def test_a_job_nobody_defines_any_more_is_forgotten(plan, now) -> None:
    Schedule.objects.create(name="huying.gone.job", next_at=now)
    plan(mark, every=timedelta(minutes=1))
    jobs.prepare(now)
    assert list(Schedule.objects.values_list("name", flat=True)) == [f"{__name__}.mark"]


@pytest.mark.django_db
def test_the_desk_knows_when_background_work_has_stopped(now) -> None:
    assert not jobs.worker_alive(now)
    jobs.beat("w", now)
    assert jobs.worker_alive(now + timedelta(minutes=3))
    assert not jobs.worker_alive(now + timedelta(minutes=3, seconds=1))


@pytest.mark.django_db
def test_a_task_enqueued_in_a_transaction_that_fails_was_never_there() -> None:
    from django.db import transaction

    with transaction.atomic():
        works.enqueue("a")
        transaction.set_rollback(True)
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_a_task_runs_and_keeps_its_answer() -> None:
    works.enqueue("ab")
    assert jobs.run_task("w", timezone.now())
    assert DBTaskResult.objects.get().return_value == "abab"
    assert not jobs.run_task("w", timezone.now())


@pytest.mark.django_db
def test_a_failing_task_is_tried_four_times_then_given_up(time_machine, now) -> None:
    time_machine.move_to(now, tick=False)
    breaks.enqueue("x")
    at = now
    for wait in (*jobs.BACK_OFF, None):
        assert jobs.run_task("w", at)
        row = DBTaskResult.objects.get()
        if wait is None:
            break
        assert (row.status, row.run_after) == (TaskResultStatus.READY, at + wait)
        at += wait
        time_machine.move_to(at, tick=False)
    assert jobs.given_up().get().exception_class_path == "builtins.ValueError"


@pytest.mark.django_db
def test_the_reaper_frees_a_dead_workers_task_and_leaves_a_living_ones(now) -> None:
    for worker, word in (("dead", "a"), ("alive", "b")):
        works.enqueue(word)
        DBTaskResult.objects.ready().get().claim(worker)
    jobs.beat("dead", now - timedelta(minutes=4))
    jobs.beat("alive", now)
    assert jobs.reap(now) == 1
    row = DBTaskResult.objects.ready().get()
    assert (row.args_kwargs["args"], row.run_after) == (["a"], now)


@pytest.mark.django_db
def test_a_task_that_kills_its_worker_every_time_is_given_up(now) -> None:
    works.enqueue("a")
    for _ in range(len(jobs.BACK_OFF) + 1):
        DBTaskResult.objects.get().claim("dead")
        jobs.reap(now)
    assert "killed" in jobs.given_up().get().traceback


@pytest.mark.django_db
def test_tidying_removes_only_what_has_served_its_time(now) -> None:
    Once.objects.create(key="old", actor="x", at=now - timedelta(days=31))
    Once.objects.create(key="new", actor="x", at=now - timedelta(days=29))
    jobs.tidy(at=now)
    assert list(Once.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db
def test_a_worker_that_lost_the_database_lets_go_of_what_it_held(monkeypatch) -> None:
    class Stopped(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return True

    def lost(worker: str, at: datetime) -> bool:
        raise DatabaseError("gone")

    worker = jobs.WorkerProcess(Stopped())
    before = worker.name
    monkeypatch.setattr(jobs, "run_due", lost)
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    assert not worker._step()
    assert worker.name != before


# --- real processes -----------------------------------------------------------------------------------------------------


@pytest.fixture
def worker(database_url: str) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts real worker processes on the test database and ends whatever is left of them."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.kernel.worker_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "huying.site.settings"},
        )
        started.append(process)
        wait_for(process, "ready")
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def wait_for(process: subprocess.Popen[str], word: str) -> None:
    """Read the worker's lines until it says this."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise AssertionError(f"the worker ended without saying {word!r}")


def enqueue_slow(word: str) -> None:
    """What an act would do, by the name the worker process knows the task by."""
    task_path = "tests.kernel.worker_process.slow"
    DBTaskResult.objects.create(
        args_kwargs={"args": [word], "kwargs": {}},
        task_path=task_path,
        backend_name="default",
        run_after=timezone.now(),
    )


@pytest.mark.django_db(transaction=True)
def test_sigterm_ends_a_worker_cleanly_after_the_job_in_hand(worker) -> None:
    process = worker()
    enqueue_slow("one")
    wait_for(process, "begun one")
    assert Beat.objects.count() == 1
    process.send_signal(signal.SIGTERM)
    process.stdin.write("go on\n")
    process.stdin.flush()
    wait_for(process, "stopped")
    assert process.wait(20) == 0
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL
    assert not Beat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_task_whose_worker_was_killed_is_done_by_the_next(worker) -> None:
    process = worker()
    enqueue_slow("one")
    wait_for(process, "begun one")
    process.kill()
    process.wait()
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING
    assert jobs.reap(timezone.now()) == 0  # it might still live
    Beat.objects.update(at=timezone.now() - timedelta(minutes=4))
    assert jobs.reap(timezone.now()) == 1
    second = worker()
    wait_for(second, "begun one")
    second.stdin.write("go on\n")
    second.stdin.flush()
    wait_for(second, "ended one")
    second.send_signal(signal.SIGTERM)
    wait_for(second, "stopped")
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_runs_the_schedule(worker) -> None:
    process = worker()
    wait_for(process, "hourly ran")
    process.send_signal(signal.SIGTERM)
    wait_for(process, "stopped")
    assert Schedule.objects.get(name__endswith=".hourly").last_finished is not None
    assert Schedule.objects.get(name="huying.kernel.jobs.tidy").last_finished is None

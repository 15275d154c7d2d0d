"""A real worker process for tests: does what it is told on its input, says what happened on its output."""

from __future__ import annotations

import signal
import sys
import threading

import django

django.setup()

from datetime import datetime, timedelta  # noqa: E402

from django_tasks import task  # noqa: E402

from huying.kernel import jobs  # noqa: E402


def say(word: str) -> None:
    """One line to the test, at once."""
    print(word, flush=True)


@task()
def slow(word: str) -> str:
    """Says that it began, then waits for the test's answer."""
    say(f"begun {word}")
    sys.stdin.readline()
    say(f"ended {word}")
    return word


@jobs.scheduled(every=timedelta(hours=1))
def hourly(*, at: datetime) -> None:
    """Says that it ran."""
    say("hourly ran")


def main() -> None:
    """Work until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    worker = jobs.WorkerProcess(stop, pause=0.05)
    say("ready")
    worker.run()
    say("stopped")


if __name__ == "__main__":
    sys.modules["tests.kernel.worker_process"] = sys.modules["__main__"]  # tasks are looked up by this name
    slow.func.__module__ = "tests.kernel.worker_process"
    main()

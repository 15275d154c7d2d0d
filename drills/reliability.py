"""What could go wrong with a machine, done to real processes: kills, a full disk, a database gone, a clock that jumps.

Each part ends with the same questions: is every acknowledged submission there exactly once, are the numbers without gaps,
does the trail verify, is nobody told twice, do figures agree with a recount?
"""

from __future__ import annotations

import os
import random
import shlex
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from django.db.models import Count
from django.utils import timezone

from drills.home import NOW, PROJECT, Home, say
from drills.steps import AFTERWARDS, Step, Steps, counts
from huying.cases.models import Case, Clock
from huying.cases.models import Counter as Numbers
from huying.files.models import File, State
from huying.files.reads import content
from huying.kernel.actors import SYSTEM
from huying.kernel.jobs import PLANS, prepare
from huying.kernel.models import Beat, Schedule
from huying.ledger import reads as ledger
from huying.ledger.acts import check_figures
from huying.notices.models import Notice
from huying.site.serving import web_command, worker_command
from huying.trail.reads import verify
from tests.factories import world as make
from tests.matrix.scene import Scene
from tests.matrix.table import Row
from tests.site.served import Answer, Served, until

TOGETHER = 8  # forms on their way at the moment of a kill: as many as the site has threads
PATIENCE = 120.0


@dataclass
class Told:
    """What a part found: figures for the page, faults for the exit code."""

    figures: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def check(self, holds: bool, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.faults.append(what)
            say(f"FAULT {what}")


class Clockwork:
    """The moment, in this process and in those it starts, moved together."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "drill-clock"
        self.mover: Any = None
        self.to(NOW)

    def to(self, moment: datetime) -> None:
        """Go there; time runs on from it."""
        if self.mover is not None:
            self.mover.stop()
        truly = datetime.now(moment.tzinfo)
        self.mover = time_machine.travel(moment, tick=True)
        self.mover.start()
        self.file.write_text(str((moment - truly).total_seconds()))

    def by(self, span: timedelta) -> None:
        """Jump."""
        self.to(timezone.now() + span)


class Children(Served):
    """The two processes ``huying serve`` keeps, without it: they start side by side, which saves a third of the time."""

    def start(self) -> None:
        """Web and worker."""
        both = f"{shlex.join(web_command('127.0.0.1', self.port))} & {shlex.join(worker_command())} & wait"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(["sh", "-c", both], env=self.env, stdout=log, stderr=log)


class Drill:
    """One installation, its processes, and what is asked of it."""

    def __init__(self, home: Home, number: int) -> None:
        self.home, self.chance = home, random.Random(number)
        self.clock = Clockwork(home.folder)
        here = os.pathsep.join((str(PROJECT / "drills" / "clock"), str(PROJECT / "src"), str(PROJECT)))
        env = {**home.env, "PYTHONPATH": here, "HUYING_DRILL_CLOCK": str(self.clock.file)}
        self.served = Served(env, home.folder.with_suffix(".log"))
        self.told = Told()
        home.keep()
        self.people()

    def people(self) -> None:
        """A county with everybody in it, on a database as it is after ``huying init``."""
        self.scene = Scene(make.make_world(timezone.now() - timedelta(hours=1)))
        self.scene.world.now = timezone.now() - timedelta(minutes=30)
        _ = self.scene.places, self.scene.units
        prepare(timezone.now())
        self.hold_jobs()
        self.steps = Steps(self.scene, self.served.port)

    def hold_jobs(self) -> None:
        """The worker lives and does what acts hand over; the jobs of the clock wait until a part lets them go."""
        Schedule.objects.update(next_at=NOW + timedelta(days=300))

    def release_jobs(self) -> None:
        """All at once, as after a day without a worker; returns when each has run and none failed."""
        Schedule.objects.update(next_at=timezone.now() - timedelta(seconds=1), worker="")
        begun = timezone.now()
        until(lambda: not Schedule.objects.filter(last_finished__isnull=True).exists()
              and not Schedule.objects.filter(last_finished__lt=begun).exists())  # fmt: skip
        self.told.check(
            not Schedule.objects.exclude(last_error="").exists(),
            f"jobs failed: {list(Schedule.objects.exclude(last_error='').values_list('name', 'last_error'))}",
        )
        self.hold_jobs()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """While the site runs."""
        self.served.start()
        self.served.ready()
        try:
            yield
        finally:
            if self.served.process is not None:
                self.served.kill()

    # --- kills ---

    def kills(self, wanted: int) -> None:
        """So many kills of web and worker, spread over every act a page can send.

        Most acts end something (a post, a unit, a draft) and can be sent once in one world, so that every pass over all of
        them gets a world of its own.
        """
        whole, self.served = self.served, Children(self.served.env, self.served.log)
        self.served.port = whole.port
        killed: Counter[str] = Counter()
        kept = answered = done = passes = 0
        rounds: Iterator[list[Row]] = iter(())
        while done < wanted:
            if (batch := next(rounds, None)) is None:
                passes += 1
                self._fresh()
                rounds = self.steps.rounds(TOGETHER, self.chance)
                continue
            if not (steps := self.steps.make(batch)):
                continue
            self.served.ready()
            before = counts()
            answers = self._fire(steps)
            done += 1
            killed.update(step.row.id for step in steps)
            answered += len(answers)
            kept += self._after_kill(steps, answers, before)
            self.served.start()
            self.served.ready()
            self._again(steps, answers, before)
            if done % 10 == 0:
                say(f"{done} kills, {sum(killed.values())} acts on their way, {len(killed)} different")
                self.house()
        self.served.kill()
        self.house()
        self.served = whole
        never = sorted({row.id for row in self.steps.rows} - set(killed))
        self.told.figures["kills"] = {
            "kills": done, "worlds": passes, "acts on their way": sum(killed.values()), "different acts": len(killed),
            "acknowledged before the kill": answered, "kept though not acknowledged": kept - answered, "never": never,
        }  # fmt: skip

    def _fresh(self) -> None:
        """Everything of the last pass asked once more, then a new world and the site on it."""
        if self.served.process is not None:
            self.served.kill()
            self.house()
            self.figures()
        self.home.put_back()
        self.people()
        self.served.start()

    def _fire(self, steps: list[Step]) -> dict[str, Answer]:
        """Send all at once and kill after some of the answers."""
        after, arrived = self.chance.randrange(len(steps)), threading.Semaphore(0)

        def send(step: Step) -> Answer | None:
            answer = step.send()
            arrived.release()
            return answer

        with ThreadPoolExecutor(len(steps)) as pool:
            waiting = {step.row.id: pool.submit(send, step) for step in steps}
            for _ in range(after):
                arrived.acquire(timeout=PATIENCE)
            threading.Event().wait(self.chance.uniform(0.001, 0.02 if after else 0.25))
            self.served.kill()
            answers = {name: future.result() for name, future in waiting.items()}
        return {name: answer for name, answer in answers.items() if answer is not None}

    def _after_kill(self, steps: list[Step], answers: dict[str, Answer], before: Counter[str]) -> int:
        there = [step for step in steps if step.once]
        for step in steps:
            answer, row = answers.get(step.row.id), step.once
            if answer is not None:
                right = answer.status == 302 and row is not None and row.result == answer.location
                self.told.check(right, f"{step.row.id}: acknowledged with {answer.status}, kept: {row is not None}")
        self._grown(there, before, "after the kill")
        return len(there)

    def _again(self, steps: list[Step], answers: dict[str, Answer], before: Counter[str]) -> None:
        for step in steps:
            answer = step.send()
            row = step.once
            right = answer is not None and answer.status == 302 and row is not None and row.result == answer.location
            got = answer and f"{answer.status} {answer.location}"
            self.told.check(right, f"{step.row.id}: sent again: {got}, first: {row and row.result}")
        self._grown(steps, before, "sent again")

    def _grown(self, steps: list[Step], before: Counter[str], when: str) -> None:
        """Each table by what these acts add, no more and no less."""
        if any(step.row.name in AFTERWARDS for step in steps):
            threading.Event().wait(10)  # the worker's part, so that it does not fall into the next round
            return
        expected: Counter[str] = Counter()
        for step in steps:
            expected.update(step.adds)
        now = counts()
        for table in sorted({*expected, *now}):
            grown = now[table] - before[table]
            acts = [step.row.id for step in steps]
            self.told.check(grown == expected[table], f"{when}: {table} grew by {grown}, not {expected[table]}: {acts}")

    # --- the questions at the end of each part ---

    def house(self) -> None:
        """Numbers, clocks, trail, notices, files of the whole installation."""
        check = self.told.check
        for counter in Numbers.objects.all():
            given = Case.objects.filter(series=counter.series_id, year=counter.year, seq__isnull=False)
            check(
                sorted(given.values_list("seq", flat=True)) == list(range(1, counter.last + 1)),
                f"numbers of {counter.series_id}",
            )
        check(not verify(), "the trail does not verify")
        # an item sent back and given again is told again
        told = Notice.objects.exclude(kind="item.given").values("recipient", "kind", "subject", "title", "url")
        twice = told.annotate(n=Count("pk")).filter(n__gt=1)
        check(not twice.exists(), f"told twice: {list(twice[:3])}")
        running = Clock.objects.filter(stopped_at__isnull=True)
        double = running.values("case", "code", "subject").annotate(n=Count("pk")).filter(n__gt=1)
        check(not double.exists(), f"two clocks of one kind: {list(double[:3])}")
        check(
            not running.filter(case__status__in=("archived", "merged", "spam", "withdrawn", "declined")).exists(),
            "a closed case has a clock",
        )
        for file in File.objects.exclude(state=State.ERASED).select_related("key"):
            check(bool(content(file)), f"file {file.pk}")

    def figures(self) -> None:
        """Kept figures against a recount, as ``huying figures --check`` does it."""
        PLANS["huying.ledger.jobs.figures"].run(at=timezone.now())
        wrong = sum(check_figures(root=pk, by=SYSTEM, at=timezone.now()) for pk in ledger.roots())
        self.told.check(not wrong, f"{wrong} figures differ")

    def submissions(self, count: int) -> list[Step]:
        """The same kind of submission from a worker's page and the desk, several of each."""
        rows = [row for row in self.steps.rows if row.id in SENT_UNDER_LOAD]
        return [step for _ in range(count) for step in self.steps.make(rows)]


SENT_UNDER_LOAD = {"desk:register", "desk:case_act-accept", "desk:case_act-assign", "desk:item_act-progress"}


def beating() -> bool:
    """Whether a worker gave a sign of life in the last half minute."""
    return Beat.objects.filter(at__gte=timezone.now() - timedelta(seconds=30)).exists()

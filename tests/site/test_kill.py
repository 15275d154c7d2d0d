"""kill -9 of web and worker while every step of the loop is being sent: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import threading
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from PIL import Image

from huying.cases.models import Case, CaseFile, Clock, Counter, Event, Party
from huying.cases.reads import worker_by_receipt
from huying.feedback import acts as feedback
from huying.feedback.models import Answer as Rating
from huying.files import disk
from huying.files.acts import sweep_orphans
from huying.files.models import File
from huying.files.reads import content
from huying.handling import acts as handling
from huying.handling.models import Item, ItemEvent, ItemFile, Telling
from huying.intake.acts import receipts_for
from huying.kernel import jobs
from huying.kernel.actors import SYSTEM
from huying.kernel.models import Beat, Once, Schedule
from huying.ledger.models import Export
from huying.notices.models import Notice
from huying.org.reads import member
from huying.trail.reads import verify
from tests.factories import world as make
from tests.site.served import PATIENCE, Answer, Served, Visitor, until

ROUNDS = {"sqlite": 3, "postgresql": 2}  # the long form: python -m drills reliability
CLOCKS = {"registered": {"accept"}, "reported": {"tell"}, "told": {"survey"}}
ITEM_CLOCKS = {"given": {"item"}, "doing": {"item"}, "done": {"report"}, "reported": set()}


@dataclass
class Step:
    """One form of the loop, filled in.  ``times`` counts in the database how often it happened."""

    name: str
    visitor: Visitor
    page: str
    to: str
    data: dict[str, Any]
    code: str
    times: Callable[[], int]
    mark: str = ""
    receipt: str = ""
    sent: dict[str, Any] = field(default_factory=dict)

    def open(self) -> None:
        """Get the form: guard, idempotency key and version as the page has them."""
        if self.receipt:
            guard = self.visitor.hidden("/my/", key="csrfmiddlewaretoken")
            assert self.visitor.post("/my/", {**guard, "receipt": self.receipt}).status == 302
        hidden = self.visitor.hidden(self.page, self.mark)
        self.sent = {**{name: value for name, value in hidden.items() if name != "action"}, **self.data}

    @property
    def once(self) -> Once | None:
        """The row of the submission, if it was done."""
        key = hashlib.sha256(f"{self.code}:{self.sent['once']}".encode()).hexdigest()
        return Once.objects.filter(key=key).first()

    def send(self) -> Answer | None:
        """Send it; ``None`` when the connection broke."""
        try:
            return self.visitor.post(self.to, self.sent)
        except (OSError, http.client.HTTPException):
            return None


def photo() -> BytesIO:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    out.name = "现场.png"
    out.seek(0)
    return out


class Loop:
    """People, browsers, and one case in the state each step needs."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.prepared = 0
        self.world = make.make_world(timezone.now() - timedelta(hours=1))
        self.officer = self._staff("officer")
        self.signer = self._staff("second")
        self.handler = self._staff("handler")

    def _staff(self, name: str) -> Visitor:
        client = Client()
        client.force_login(self.world.posts[name].person.user)
        cookie = settings.SESSION_COOKIE_NAME
        return Visitor(self.served.port, {cookie: client.cookies[cookie].value})

    def _code(self, name: str) -> str:
        return member(self.world.posts[name].person.user, timezone.localdate()).code

    def steps(self) -> list[Step]:
        """A filled form for every step; the forms themselves are opened later, from the running site."""
        before, world = Case.objects.count(), self.world
        given, doing, done = (make.assigned(world) for _ in range(3))
        handling.take_item(item_id=doing.pk, by=world.as_("handler"), at=world.now)
        handling.finish(
            item_id=done.pk, able=True, text="恢复了。", done_on=None, by=world.as_("handler"), at=world.now
        )
        steps = [
            self._say(), self._register(), self._accept(make.said(world)), self._assign(make.accepted(world)),
            self._take(given), self._progress(doing), self._done(make.assigned(world)), self._report(done),
            self._tell(make.reported(world)), self._rate(), self._archive(), self._export(),
        ]  # fmt: skip
        self.prepared += Case.objects.count() - before
        return steps

    def _born(self, step: Step) -> int:
        """How many cases a submission that registers has made; whoever holds one of its receipts finds the matter."""
        receipts = receipts_for(step.sent["once"], 2)
        found = [worker.case_id for receipt in receipts if (worker := worker_by_receipt(receipt))]
        if not found:
            return 0
        (case_id,) = set(found)
        assert len(found) == 2
        assert CaseFile.objects.filter(case=case_id).count() == 1
        assert Party.objects.filter(case=case_id).count() == 2
        return Event.objects.filter(case=case_id, act="register").count()

    def _say(self) -> Step:
        path = f"/u/{self.world.shop.code}/"
        data = {
            "words": "食堂晚班没有热饭。", "secrecy": "sealed", "name": "田小雨", "phone": "13900001111", "count": "1",
            "together": "马大山 13900002222", "agreed": "on", "files": photo(),
        }  # fmt: skip
        step = Step("say", Visitor(self.served.port), path, path, data, "public", lambda: self._born(step))
        return step

    def _register(self) -> Step:
        data = {
            "words": "宿舍漏水没人修。", "place": self.world.plant.name, "secrecy": "named", "name": "罗小川", "phone": "13900003333",
            "others": "石磊 13900004444", "channel": "phone", "mine": "on", "files": photo(),
        }  # fmt: skip
        step = self._desk("register", "/desk/cases/new/", data, lambda: self._born(step))
        return step

    def _desk(self, name: str, path: str, data: dict[str, Any], times: Callable[[], int]) -> Step:
        visitor, who = (self.signer, "second") if name == "archive" else (self.officer, "officer")  # another signs
        return Step(name, visitor, path, path, data, self._code(who), times)

    def _on_case(self, case: Case, act: str, data: dict[str, Any], times: Callable[[], int] | None = None) -> Step:
        def events() -> int:
            return Event.objects.filter(case=case, act=act).count()

        return self._desk(act, f"/desk/cases/{case.pk}/{act}/", data, times or events)

    def _accept(self, case: Case) -> Step:
        data = {
            "content_class": "rights", "category": "living", "difficulty": "easy", "title": "末班车提前",
            "officer": str(self.world.posts["officer"].pk), "summary": "末班车提前，晚班职工赶不上。",
        }  # fmt: skip
        return self._on_case(case, "accept", data)

    def _assign(self, case: Case) -> Step:
        data = {
            "measure": "末班车恢复 22:40。", "department": str(self.world.admin.pk), "brief": case.summary,
            "handler": str(self.world.posts["handler"].pk),
            "deadline": (timezone.localdate() + timedelta(days=5)).isoformat(),
        }  # fmt: skip
        return self._on_case(case, "assign", data, lambda: Item.objects.filter(case=case).count())

    def _on_item(self, item: Item, act: str, data: dict[str, Any]) -> Step:
        def events() -> int:
            return ItemEvent.objects.filter(item=item, act=act).count()

        to = f"/desk/items/{item.pk}/{act}/"
        return Step(act, self.handler, to, to, data, self._code("handler"), events)

    def _take(self, item: Item) -> Step:
        step = self._on_item(item, "take", {})
        step.page, step.mark = f"/desk/items/{item.pk}/", "/take/"
        return step

    def _progress(self, item: Item) -> Step:
        step = self._on_item(item, "progress", {"text": "车队在排班。", "files": photo()})
        events = step.times

        def times() -> int:
            assert ItemFile.objects.filter(item=item).count() == events()
            return events()

        step.times = times
        return step

    def _done(self, item: Item) -> Step:
        return self._on_item(item, "done", {"done_on": timezone.localdate().isoformat(), "text": "恢复了。"})

    def _report(self, item: Item) -> Step:
        step = self._on_item(item, "report", {"text": "末班车自即日起恢复 22:40 发车。"})
        events = step.times

        def times() -> int:
            assert Event.objects.filter(case=item.case_id, act="all_reported").count() == events()
            return events()

        step.times = times
        return step

    def _tell(self, case: Case) -> Step:
        told_on = timezone.localdate().isoformat()
        data = {"kind": "result", "how": "phone", "told_on": told_on, "text": "末班车恢复了。"}

        def times() -> int:
            assert Telling.objects.filter(case=case).count() == Event.objects.filter(case=case, act="tell").count()
            return Telling.objects.filter(case=case).count()

        return self._on_case(case, "tell", data, times)

    def _told(self) -> tuple[Case, str]:
        receipt = make.receipt()
        return make.told(self.world, make.voice(receipt=receipt)), receipt

    def _rate(self) -> Step:
        case, receipt = self._told()
        visitor = Visitor(self.served.port)
        worker = worker_by_receipt(receipt)

        def times() -> int:
            ratings = Rating.objects.filter(survey__case=case).count()
            assert Event.objects.filter(case=case, act="all_rated").count() == ratings
            return ratings

        data = {"result": "satisfied", "words": "赶得上车了。"}
        return Step("rate", visitor, "/my/case/", "/my/rate/", data, worker.code, times, "/my/rate/", receipt)

    def _archive(self) -> Step:
        case, receipt = self._told()
        by = worker_by_receipt(receipt)
        feedback.rate(result="satisfied", process="", words="", by=by, at=self.world.now)
        return self._on_case(case, "archive", {"review": "看过，同意归档。"})

    def _export(self) -> Step:
        def times() -> int:
            row = step.once
            if row is None:
                return 0
            export = row.result.rstrip("/").rpartition("/")[2]
            wanted = [task for task in DBTaskResult.objects.all() if task.args_kwargs["args"] == [export]]
            assert len(wanted) == 1
            return Export.objects.filter(pk=export).count()

        step = self._desk("export", "/desk/ledger/exports/", {}, times)
        step.page = "/desk/cases/new/"  # any form of this person's: a short selection offers none of its own
        return step


@pytest.fixture
def served(database_url: str, tmp_path: Any, settings: Any) -> Iterator[Served]:
    """``huying serve`` with a folder of its own for files; whatever is left of it is killed."""
    settings.HUYING_FILES = tmp_path / "files"
    settings.HUYING_FILES.mkdir(mode=0o700)
    env = {**os.environ, "DATABASE_URL": database_url, "HUYING_FILES": str(settings.HUYING_FILES)}
    site = Served(env, tmp_path / "serve.log")
    settings.HUYING_KEYS.parent.chmod(0o700)  # as the command line makes it; ``serve`` insists
    yield site
    if site.process is not None:
        site.kill()


def fire_and_kill(served: Served, steps: list[Step], number: int, after: int) -> dict[str, Answer]:
    """Send every form at once and kill everything once so many are done; the answers that came.

    In odd rounds "done" is an answer that arrived, in even ones a commit the database shows: then the answer to it is
    often still under way, which is when people send again.
    """
    before, answered = Once.objects.count(), threading.Semaphore(0)
    chance = random.Random(number)

    def send(step: Step) -> Answer | None:
        answer = step.send()
        answered.release()
        return answer

    chance.shuffle(steps)
    with ThreadPoolExecutor(len(steps)) as pool:
        waiting = {step.name: pool.submit(send, step) for step in steps}
        if number % 2:
            for _ in range(after):
                assert answered.acquire(timeout=PATIENCE)
            threading.Event().wait(chance.uniform(0.005, 0.05 if after else 0.3))
        else:
            until(lambda: Once.objects.count() >= before + after, pause=0.001)
        served.kill()
        answers = {name: future.result() for name, future in waiting.items()}
    return {name: answer for name, answer in answers.items() if answer is not None}


def check_after_kill(steps: list[Step], answers: dict[str, Answer]) -> None:
    """Each act is there with its submission or neither is; every one that was acknowledged is there."""
    for step in steps:
        row = step.once
        assert step.times() == (1 if row else 0), step.name
        if step.name in answers:
            answer = answers[step.name]
            assert answer.status == 302, (step.name, answer.status, answer.page)
            assert row is not None, step.name
            assert row.result == answer.location, step.name


def check_sent_again(steps: list[Step], answers: dict[str, Answer]) -> None:
    """The same forms once more: the first result, and everything has happened exactly once."""
    with ThreadPoolExecutor(len(steps)) as pool:
        again = dict(zip([step.name for step in steps], pool.map(Step.send, steps), strict=True))
    for step in steps:
        answer = again[step.name]
        assert answer is not None, step.name
        assert answer.status == 302, (step.name, answer.status, answer.page)
        assert step.once.result == answer.location, step.name
        assert step.times() == 1, step.name
        if step.name in answers:
            assert answers[step.name].location == answer.location, step.name


def check_house() -> None:
    """Numbers, clocks, trail, notices and files of the whole installation."""
    for counter in Counter.objects.all():
        given = Case.objects.filter(series=counter.series_id, year=counter.year, seq__isnull=False)
        assert sorted(given.values_list("seq", flat=True)) == list(range(1, counter.last + 1))
    running: dict[Any, list[str]] = {}
    for case_id, code in Clock.objects.filter(stopped_at__isnull=True).values_list("case_id", "code"):
        running.setdefault(case_id, []).append(code)
    for case in Case.objects.prefetch_related("items"):
        expected = CLOCKS.get(case.status, set())
        if case.status == "handling":
            expected = set().union(*(ITEM_CLOCKS[item.status] for item in case.items.all()))
        assert sorted(running.get(case.pk, [])) == sorted(expected), case.number
    notices = Tally(Notice.objects.values_list("recipient", "kind", "subject", "title"))
    assert [notice for notice, times in notices.items() if times > 1] == []
    for file in File.objects.select_related("key"):
        content(file)
    assert verify() == []


def settle_background(served: Served) -> None:
    """What killed workers had in hand is freed, done by the living one, and done once."""
    until(lambda: Beat.objects.filter(at__gte=timezone.now() - timedelta(seconds=15)).exists())
    living = Beat.objects.latest("started_at").worker
    Beat.objects.exclude(worker=living).update(at=timezone.now() - jobs.ALIVE * 2)
    jobs.reap(timezone.now())
    waiting = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    until(lambda: not DBTaskResult.objects.filter(status__in=waiting).exists())
    until(lambda: not Schedule.objects.exclude(worker__in=["", living]).exists())
    assert served.stop() == 0
    assert not DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).exists()
    assert not Export.objects.filter(file__isnull=True).exists()
    assert not jobs.failing().exists()
    assert not Schedule.objects.exclude(worker="").exists()


@pytest.mark.django_db(transaction=True)
def test_killing_web_and_worker_during_every_step_loses_and_doubles_nothing(served: Served) -> None:
    loop = Loop(served)
    rounds = ROUNDS[connection.vendor]
    acknowledged = 0
    served.start()
    steps = loop.steps()
    for number in range(1, rounds + 1):
        served.ready()
        for step in steps:
            step.open()
        # Over the rounds the kill wanders from before the first answer to shortly before the last.
        answers = fire_and_kill(served, steps, number, (number - 1) * len(steps) // rounds)
        acknowledged += len(answers)
        check_after_kill(steps, answers)
        served.start()
        following = loop.steps()  # while the site starts
        served.ready()
        check_sent_again(steps, answers)
        assert Case.objects.count() == loop.prepared + 2 * number
        check_house()
        steps = following
    assert acknowledged
    settle_background(served)
    kept = {str(pk) for pk in File.objects.values_list("pk", flat=True)}
    sweep_orphans(by=SYSTEM, at=timezone.now() + timedelta(days=2))
    assert {path.name for path, _, _ in disk.contents()} == kept

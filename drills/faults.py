"""The machine around the product fails, is mended, and everybody sends once more what had not been taken."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from drills.home import say
from drills.reliability import Drill, beating
from drills.steps import Step, counts
from huying.kernel.actors import SYSTEM
from huying.notices import acts as notices
from huying.notices.models import Delivery, DeliveryState
from huying.site.serving import web_command
from tests.site.served import Answer, free_port, until

WORDS = "从这一句就能认出来：食堂晚班没有热饭"
AWAY, FULL = "数据库暂时连不上", "现在存不了东西"


def send_all(steps: list[Step]) -> dict[str, Answer | None]:
    """Everything at once."""
    with ThreadPoolExecutor(len(steps)) as pool:
        return dict(zip([step.data["once"] for step in steps], pool.map(Step.send, steps), strict=True))


def through(drill: Drill, name: str, breaks: Callable[[], None], mends: Callable[[], None], said: str) -> None:
    """Send while it is broken: each gets through or is told in plain words, with what was typed; mended, all are there once."""
    say(name)
    steps = drill.submissions(3)
    before = counts()
    breaks()
    try:
        answers = send_all(steps)
        pages = {path: steps[0].visitor.get(path) for path in ("/", "/desk/", "/help/")}
    finally:
        mends()
    refused = taken = 0
    for step in steps:
        answer = answers[step.data["once"]]
        if answer is None or answer.status == 503:
            refused += 1
            plain = answer is not None and (AWAY in answer.page or said in answer.page) and "huying.css" in answer.page
            drill.told.check(plain, f"{name}: {step.row.id} was not told so")
            text = next(
                (str(step.data[key]) for key in ("words", "text", "measure", "title") if step.data.get(key)), ""
            )
            drill.told.check(answer is not None and text in answer.page, f"{name}: what was typed is not on the page")
        else:
            taken += 1
            drill.told.check(answer.status == 302 and step.once is not None, f"{name}: {step.row.id} {answer.status}")
    for path, page in pages.items():
        drill.told.check(page.status in (200, 302, 503), f"{name}: {path} answers {page.status}")
    again(drill, name, steps, before)
    drill.house()
    drill.told.figures[name] = {
        "sent": len(steps), "told to wait": refused, "taken": taken,
        "pages meanwhile": {path: page.status for path, page in pages.items()},
    }  # fmt: skip


def again(drill: Drill, name: str, steps: list[Step], before: Any) -> None:
    """The same forms once more, and as long as the site needs to find its database again."""
    waiting = list(steps)

    def sent() -> bool:
        for step in list(waiting):
            answer = step.send()
            if answer is not None and answer.status == 302:
                waiting.remove(step)
        return not waiting

    try:
        until(sent, pause=1.0)
    except AssertionError:
        drill.told.check(False, f"{name}: not taken after it was mended: {[step.row.id for step in waiting]}")
        return
    drill._grown(steps, before, name)


# --- what is broken, and how -------------------------------------------------------------------------------------------


def database_away(drill: Drill) -> None:
    """PostgreSQL is stopped under load and started again; SQLite is held by another process longer than anybody waits."""
    if drill.home.cluster:
        cluster = drill.home.cluster
        through(drill, "database stopped under load", lambda: stop(cluster), lambda: start(cluster), AWAY)
    else:
        holder = _Holder(drill.home.folder / "huying.sqlite3")
        through(drill, "database held by another for longer than 20 s", holder.take, holder.give_back, AWAY)


def stop(cluster: Any) -> None:
    """At once, with people in the middle of things."""
    connection.close()
    cluster.process.send_signal(signal.SIGINT)
    cluster.process.wait(30)


def start(cluster: Any) -> None:
    """The same data again."""
    from tests.postgres import FAST, programs

    folder = programs()
    assert folder
    options = [
        part
        for one in (*FAST, "listen_addresses=", f"unix_socket_directories={cluster.folder}")
        for part in ("-c", one)
    ]
    with (cluster.folder / "log").open("ab") as log:
        cluster.process = subprocess.Popen(
            [str(folder / "postgres"), "-D", str(cluster.folder / "data"), *options], stdout=log, stderr=log,
            start_new_session=True, **cluster._as_user(),
        )  # fmt: skip
    cluster._wait(folder)


HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


class _Holder:
    """Another program that has the database file to itself."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self) -> None:
        """Hold it."""
        connection.close()
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(self.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == b"held\n"

    def give_back(self) -> None:
        """Let go."""
        self.process.kill()
        self.process.wait()


def read_only(drill: Drill) -> None:
    """Nothing can be written any more: the file system (SQLite) or the server (PostgreSQL) says so."""
    if drill.home.cluster:

        def say_so(value: str) -> None:
            with psycopg.connect(drill.home.cluster.url, autocommit=True) as server:  # type: ignore[union-attr]
                server.execute("SET default_transaction_read_only = off")
                server.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
                server.execute("SELECT pg_reload_conf()")
            threading.Event().wait(0.5)

        through(drill, "database read-only", lambda: say_so("on"), lambda: say_so("off"), FULL)
    else:
        through(drill, "database read-only", lambda: web_alone(drill), lambda: whole_again(drill), FULL)


def web_alone(drill: Drill) -> None:
    """A file system in use cannot be made read-only, so the site starts on one that is; ``serve`` itself would refuse to."""
    drill.served.kill()
    remount(drill, "ro")
    with drill.served.log.open("ab") as log:
        drill.served.process = subprocess.Popen(
            web_command("127.0.0.1", drill.served.port), env=drill.served.env, stdout=log, stderr=log
        )
    until(drill.steps.answers)


def whole_again(drill: Drill) -> None:
    """Mended."""
    drill.served.kill()
    remount(drill, "rw")
    drill.served.start()
    drill.served.ready()


def remount(drill: Drill, how: str) -> None:
    """The home's file system, once nobody writes to it: the drill's own connection, and processes still dying."""
    connection.close()
    command = ["mount", "-o", f"remount,{how}", str(drill.home.folder)]
    until(lambda: subprocess.run(command, check=False, capture_output=True).returncode == 0, pause=0.5)


def disk_full(drill: Drill) -> None:
    """Not one block left where database and files lie."""
    folder = Path(drill.home.cluster.folder if drill.home.cluster else drill.home.folder)
    stone = folder / "stone"

    def fill() -> None:
        with stone.open("wb", buffering=0) as out, suppress(OSError):  # a buffer would be written out on closing
            while True:
                out.write(bytes(1 << 16))
        with stone.open("ab", buffering=0) as out, suppress(OSError):
            while True:
                out.write(bytes(1))

    def free() -> None:
        stone.unlink()
        if drill.home.cluster and drill.home.cluster.process.poll() is not None:
            start(drill.home.cluster)

    through(drill, "disk full", fill, free, FULL)


# --- time and mail ------------------------------------------------------------------------------------------------------


def clock_jumps(drill: Drill) -> None:
    """A day ahead, an hour back, then to where it was; people work on at each stop."""
    for span in (timedelta(days=1), timedelta(hours=-1), timedelta(hours=-23)):
        drill.clock.by(span)
        threading.Event().wait(1.5)
        drill.steps.sign_in()
        drill.hold_jobs()
        name = f"clock moved by {span / timedelta(hours=1):+.0f} h"
        through(drill, name, lambda: None, lambda: None, "")


def worker_dead(drill: Drill) -> None:
    """Nothing ran for a day; then everything that waited runs at once, and nobody is told twice."""
    say("worker dead for a day")
    drill.clock.by(timedelta(days=1))
    threading.Event().wait(1.5)
    until(beating)
    before = Delivery.objects.count()
    for _ in range(2):  # the second time there is nothing left to do
        drill.release_jobs()
    drill.house()
    drill.figures()
    drill.told.figures["worker dead for a day"] = {"letters the jobs caused": Delivery.objects.count() - before}


class _Box:
    """A mail server that counts what it takes."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """One letter."""
        self.taken.append(envelope.content.decode(errors="replace"))
        return "250 OK"


def mail_away(drill: Drill) -> None:
    """Nobody listens at the mail server's port for an hour; then each letter arrives once."""
    say("mail server away for an hour")
    port, box = free_port(), _Box()
    mail = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
    }
    begun = timezone.now()
    with override_settings(**mail):
        people = [post.person for post in drill.scene.world.posts.values()]
        for person in people:
            person.user.email = f"{person.user.username}@example.org"
            person.user.save(update_fields=["email"])
        case = drill.scene.case("plant", "registered")
        made = notices.send(
            to=people,
            kind="mail",
            title="登记了一件事",
            url="/desk/",
            root=case.root,
            subject=case.pk,
            by=SYSTEM,
            at=begun,
            key="mail",
        )
        # These, and what the parts before had left to send.
        waits = Delivery.objects.filter(state=DeliveryState.WAITING)
        letters = Delivery.objects.filter(pk__in=list(waits.values_list("pk", flat=True)))
        sent = letters.count()
        for minute in range(61):
            notices.deliver_due(at=begun + timedelta(minutes=minute))
        waiting = letters.filter(state=DeliveryState.WAITING).count()
        mailer = Controller(box, hostname="127.0.0.1", port=port)
        mailer.start()
        try:
            for minute in range(61, 61 + 180):
                notices.deliver_due(at=begun + timedelta(minutes=minute))
        finally:
            mailer.stop()
    arrived = len(box.taken)
    drill.told.check(
        len(made) <= sent == waiting == arrived > 0, f"mail: {sent} letters, {waiting} waited, {arrived} arrived"
    )
    drill.told.check(not letters.exclude(state=DeliveryState.SENT).exists(), "mail: not all written off as sent")
    drill.told.figures["mail server away for an hour"] = {"letters": sent, "arrived": arrived}

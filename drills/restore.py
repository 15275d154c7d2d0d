"""A backup taken while people go on sending, brought back into an empty home: everything acknowledged before is there."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from django.db import connection
from PIL import Image

from drills.home import Home, say
from drills.reliability import Drill
from tests.site.served import Visitor, until

WRITERS = 4
ASK = """
import json, sys, django
django.setup()
from django.apps import apps
from django.db import connection
from huying.cases.models import Case, Counter
from huying.cases.reads import worker_by_receipt
from huying.files.models import File
from huying.files.reads import content
from huying.intake.acts import receipts_for
from huying.trail.reads import verify
found = [bool(worker_by_receipt(receipts_for(once, 1)[0])) for once in json.load(sys.stdin)]
numbers = all(
    sorted(Case.objects.filter(series=one.series_id, year=one.year, seq__isnull=False).values_list("seq", flat=True))
    == list(range(1, one.last + 1)) for one in Counter.objects.all()
)
rows = {}
with connection.cursor() as cursor:
    for model in apps.get_models(include_auto_created=True):
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
        rows[model._meta.db_table] = cursor.fetchone()[0]
print(json.dumps({"missing": found.count(False), "faults": len(verify()), "numbers": numbers, "cases": Case.objects.count(),
                  "files": sum(bool(content(file)) for file in File.objects.all()), "rows": rows}))
"""
# What a living site writes by itself, and what a restore empties (nobody works there yet).
LIVING = {"kernel_beat", "kernel_schedule", "django_tasks_database_dbtaskresult"}


def restore(home: Home, seconds: float) -> tuple[dict[str, Any], list[str]]:
    """Load for so long on either side of the backup; figures and faults."""
    drill = Drill(home, 1)
    path = f"/u/{drill.scene.world.shop.code}/"
    connection.close()
    stop, sent = threading.Event(), []

    def write(writer: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            address = f"127.0.{writer + 1}.{number % 250 + 1}"  # one address may send so much an hour
            visitor = Visitor(drill.served.port, agent=f"phone {writer} {number}", address=address)
            data = {**visitor.hidden(path), "words": "食堂晚班没有热饭。", "secrecy": "anonymous", "agreed": "on"}
            data["once"] = uuid4().hex
            data["files"] = _photo()
            if visitor.post(path, data).status == 302:
                sent.append((time.monotonic(), data["once"]))

    with drill.serving(), ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, writer) for writer in range(WRITERS)]
        try:
            threading.Event().wait(seconds)
            until(lambda: len(sent) > WRITERS)
            begun = time.monotonic()
            _huying(home.env, "backup", "--to", str(home.folder / "one"))
            took = time.monotonic() - begun
            threading.Event().wait(seconds)
        finally:
            stop.set()
        for writer in writers:
            writer.result()
        before = [once for at, once in sent if at < begun]
        during = sum(begun <= at < begun + took for at, _ in sent)
        say(f"{len(before)} acknowledged before the backup, {during} while it ran, {len(sent)} in all; {took:.1f} s")
        drill.served.stop()
        _huying(home.env, "backup", "--to", str(home.folder / "two"))
        every = [once for _, once in sent]
        here = _ask(home.env, every)
        first = _elsewhere(home, "one", before)
        second = _elsewhere(home, "two", every)
    figures = {"acknowledged before the backup": len(before), "while it ran": during, "in all": len(every),
               "backup took s": round(took, 1)}  # fmt: skip
    return _judge(figures, here, first, second)


def _judge(figures: dict[str, Any], here: dict, first: dict, second: dict) -> tuple[dict[str, Any], list[str]]:
    faults = [] if figures["while it ran"] else ["nobody was answered while the backup ran: that was no load"]
    for name, found in (("one", first), ("two", second), ("here", here)):
        faults += [f"{name}: {found['missing']} acknowledged are missing"] if found["missing"] else []
        faults += [f"{name}: the trail does not verify"] if found["faults"] else []
        faults += [f"{name}: a gap in the numbers"] if not found["numbers"] else []
    if first["cases"] < figures["acknowledged before the backup"]:
        faults.append("one: fewer cases than acknowledged before it")
    differ = {table for table, rows in here["rows"].items() if second["rows"].get(table) != rows} - LIVING
    faults += [f"two: other number of rows in {table}" for table in sorted(differ)]
    figures |= {
        "cases in the backup": first["cases"], "files opened": first["files"],
        "tables compared after the second": len(here["rows"]) - len(LIVING),
    }  # fmt: skip
    return figures, faults


def _elsewhere(home: Home, name: str, asked: list[str]) -> dict[str, Any]:
    """Restore into an empty home (and an empty database) and ask there."""
    folder = home.folder / f"elsewhere-{name}"
    folder.mkdir(mode=0o700)
    env = {**home.env, "HUYING_HOME": str(folder)}
    if home.cluster:
        with psycopg.connect(home.cluster.url, autocommit=True) as server:
            server.execute(f"CREATE DATABASE elsewhere_{name} TEMPLATE template0")
        env["DATABASE_URL"] = urlunsplit(urlsplit(home.cluster.url)._replace(path=f"/elsewhere_{name}"))
    (data,), (keys,) = (home.folder / name).glob("*-data.tar.gz"), (home.folder / name).glob("*-keys.tar")
    _huying(env, "restore", str(data), "--keys", str(keys))
    return _ask(env, asked)


def _huying(env: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "huying.site.cli", *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"huying {arguments[0]}: {done.stdout}{done.stderr}")


def _ask(env: dict[str, str], asked: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK],
        env=env,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _photo() -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    out.name = "现场.png"
    out.seek(0)
    return out

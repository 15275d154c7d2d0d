"""A backup made while everybody goes on working, brought back elsewhere; what people see when the worker has stopped."""

from __future__ import annotations

import json
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from huying.kernel import jobs
from huying.site import archive
from tests.site.conftest import Home
from tests.site.served import Served, Visitor, until
from tests.site.test_kill import photo

CASES = "SELECT count(*) FROM cases_case"
STORY = """
import json
from huying.cases.models import Case, Clock, Counter, Event, Party, Station
from huying.files.models import File
from huying.files.reads import content
from huying.trail.models import Chain
from huying.trail.reads import verify
cases = list(Case.objects.order_by("seq"))
whole = all(
    rows.objects.filter(case=case).count() == 1 for case in cases for rows in (Clock, Event, Party, Station)
)
print(json.dumps({
    "faults": [str(fault) for fault in verify()], "cases": len(cases), "numbers": [case.seq for case in cases],
    "last": Counter.objects.get().last, "whole": whole, "files": sum(bool(content(file)) for file in File.objects.all()),
    "chains": Chain.objects.filter(pk__in=[case.pk for case in cases]).count(),
}))
"""


@pytest.fixture
def site(founded: Home, tmp_path: Path) -> Iterator[Served]:
    """The founded installation, running."""
    served = Served(founded.env, tmp_path / "serve.log")
    served.start()
    served.ready()
    yield served
    if served.process is not None:
        served.kill()


def speak(site: Served, path: str, number: int) -> None:
    """Somebody says something and sends a picture along."""
    visitor = Visitor(site.port, agent=f"phone {number}")
    hidden = visitor.hidden(path)
    data = {"words": "食堂晚班没有热饭。", "secrecy": "anonymous", "agreed": "on", "files": photo()}
    assert visitor.post(path, {**hidden, **data}).status == 302


def story(home: Home) -> dict[str, Any]:
    """What the installation itself says of its cases, numbers, files and trail."""
    found: dict[str, Any] = json.loads(home.ask(STORY))
    return found


def rows(home: Home) -> dict[str, int]:
    """How many rows every table has."""
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)})
    known = [table for table in tables if not table.startswith("tests_")]
    return {table: home.select(f'SELECT count(*) FROM "{table}"')[0][0] for table in known}


def brought_back(folder: Path, home: Home) -> None:
    """Restore the only backup in a folder."""
    (data,), (keys,) = folder.glob("*-data.tar.gz"), folder.glob("*-keys.tar")
    done = home.run("restore", str(data), "--keys", str(keys), "--force")
    assert done.returncode == 0, done.stderr


def test_a_backup_under_writes_is_one_moment_of_the_whole(
    site: Served, founded: Home, new_home, tmp_path: Path
) -> None:
    path = f"/u/{founded.select('SELECT code FROM org_unit')[0][0]}/"
    stop = threading.Event()

    def keep_speaking(writer: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            speak(site, path, writer * 1000 + number)

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(keep_speaking, writer) for writer in range(3)]
        try:
            until(lambda: founded.select(CASES)[0][0] >= 3)
            before = founded.select(CASES)[0][0]
            done = founded.run("backup", "--to", str(tmp_path / "first"))
            after = founded.select(CASES)[0][0]
        finally:
            stop.set()
        for writer in writers:
            writer.result()
    assert done.returncode == 0, done.stderr
    assert site.stop() == 0
    elsewhere = new_home("elsewhere")
    brought_back(tmp_path / "first", elsewhere)
    found = story(elsewhere)
    assert before <= found["cases"] <= after
    assert found["faults"] == []
    assert found["numbers"] == list(range(1, found["cases"] + 1))
    assert found["last"] == found["cases"] == found["files"] == found["chains"]
    assert found["whole"]
    assert elsewhere.select("SELECT count(*) FROM kernel_beat") == [(0,)]  # nobody works there yet
    assert founded.run("backup", "--to", str(tmp_path / "second")).returncode == 0
    brought_back(tmp_path / "second", elsewhere)
    assert rows(elsewhere) == rows(founded)


def test_a_file_that_goes_away_during_a_backup_does_not_stop_it(tmp_path: Path, settings: Any, monkeypatch) -> None:
    settings.HUYING_FILES = tmp_path / "files"
    (settings.HUYING_FILES / "ab").mkdir(parents=True)
    stays, goes, unfinished = (settings.HUYING_FILES / "ab" / name for name in ("stays", "goes", "new.part"))
    for one in (stays, goes, unfinished):
        one.write_bytes(b"sealed")
    look = tarfile.TarFile.gettarinfo

    def too_late(self: tarfile.TarFile, name: Any = None, *given: Any, **more: Any) -> tarfile.TarInfo:
        goes.unlink(missing_ok=True)
        return look(self, name, *given, **more)

    monkeypatch.setattr(tarfile.TarFile, "gettarinfo", too_late)
    with tarfile.open(tmp_path / "a.tar", "w") as kept:
        archive._add_files(kept)
        assert kept.getnames() == ["files/ab/stays"]


@pytest.mark.django_db
def test_a_stopped_worker_shows_red_on_today(world, now, time_machine) -> None:
    time_machine.move_to(now, tick=False)
    client = Client()
    client.force_login(world.posts["officer"].person.user)

    def warned() -> bool:
        return 'is-late" role="alert"' in client.get("/desk/").content.decode()

    assert warned()
    jobs.beat("w", now - jobs.ALIVE)
    assert not warned()
    jobs.beat("w", now - jobs.ALIVE - timedelta(seconds=1))
    assert warned()

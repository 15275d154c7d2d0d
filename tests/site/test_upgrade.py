"""The data of every kept release is taken over: structure, trail, sealed words, lists, a survey that ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from huying.kernel.errors import Refused
from huying.site import upgrading
from tests.site.conftest import Home, Homes
from tests.site.take_over import kept

HERE = Path(__file__).parent
RELEASES = sorted((HERE / "releases").glob("*.json.gz"))
# What the taken-over installation itself says, asked in a process of its own.
STORY = """
import json, sys
from datetime import datetime, timedelta
from huying.cases.acts import opened
from huying.cases.models import Case, Party
from huying.cases.reads import worker_by_receipt
from huying.desk.reads import days_of, find_cases
from huying.feedback.models import Survey
from huying.feedback.jobs import close_surveys
from huying.kernel import search
from huying.org.models import Post
from huying.org.reads import acting_as
from huying.trail.reads import verify
receipt, moment = {receipt!r}, datetime.fromisoformat({now!r})
worker = worker_by_receipt(receipt)
told = opened(Party.objects.get(pk=worker.party_id))
officer = acting_as(Post.objects.get(person__name="李慧敏"), moment.date())
case = Case.objects.get(pk=worker.case_id)
before = case.status
close_surveys(at=moment + timedelta(days=60))
case.refresh_from_db()
print(json.dumps(dict(
    words=told.words, name=told.name, before=before, after=case.status,
    faults=[str(fault) for fault in verify()], listed=Case.objects.visible_to(officer).count(),
    found=Case.objects.filter(search.hits("case", "末班车")).count(),
    surveys=Survey.objects.filter(case=case, closed_at__isnull=True).count(),
), ensure_ascii=False))
"""


@pytest.fixture(scope="session", params=RELEASES, ids=lambda path: path.name.removesuffix(".json.gz"))
def first_old(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Home, dict[str, Any]]]:
    """A home just as that release left it; tests copy it, never use it."""
    made = Homes(os.environ.get("DATABASE_URL", ""))
    home = made.new(tmp_path_factory.mktemp("release") / "home")
    command = [sys.executable, "-m", "tests.site.take_over", str(request.param)]
    done = subprocess.run(command, env=home.env, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    yield home, kept(request.param)
    made.drop()


@pytest.fixture
def old(first_old: tuple[Home, dict[str, Any]], homes: Homes, tmp_path: Path) -> tuple[Home, dict[str, Any]]:
    """A copy of it."""
    return homes.copy(first_old[0], tmp_path / "old"), first_old[1]


def test_every_row_of_the_release_is_there_afterwards_and_says_the_same(old: tuple[Home, dict[str, Any]]) -> None:
    home, body = old
    refused = home.run("serve", "--port", "1")
    assert (refused.returncode, "huying upgrade" in refused.stderr) == (1, True)
    done = home.run("upgrade")
    assert done.returncode == 0, done.stderr
    for words in ("正在备份升级前的数据", "读回核对过", "步……", "已升级到"):
        assert words in done.stdout
    assert home.select("SELECT count(*) FROM cases_case") == [(len(body["tables"]["cases.case"]),)]
    assert home.select("SELECT count(*) FROM trail_entry")[0][0] >= len(body["tables"]["trail.entry"])
    told = body["told"]
    said = json.loads(home.ask(STORY.format(receipt=told["receipt"], now=body["now"])))
    assert (said["words"], said["name"]) == (told["words"], told["name"])
    assert said["faults"] == []
    assert said["listed"] > 10
    assert said["found"] > 5
    assert (said["before"], said["surveys"]) == ("told", 0)
    assert said["after"] != "told"
    assert len(list((home.folder / "backups").glob("*-data.tar.gz"))) == 1
    again = home.run("upgrade")
    assert (again.returncode, "不用升级" in again.stdout) == (0, True)


# The newest is enough: what breaks off and goes on is the same for all.
@pytest.mark.parametrize(
    "first_old", RELEASES[-1:], ids=lambda path: path.name.removesuffix(".json.gz"), indirect=True, scope="session"
)
def test_an_upgrade_that_broke_off_waits_for_the_stop_and_goes_on_from_the_first_backup(
    old: tuple[Home, dict[str, Any]],
) -> None:
    home, _ = old
    (home.folder / "backups").mkdir()
    first = home.folder / "backups" / "huying-20261101-000000-data.tar.gz"
    (home.folder / "upgrade.json").write_text(
        json.dumps({"backup": str(first), "at": "2026-11-01T00:00:00+08:00", "ahead": ["org.0001"]})
    )
    assert "上次升级没有做完" in home.run("check").stdout
    now = timezone.now()
    home.change(f"INSERT INTO kernel_beat (worker, started_at, at) VALUES ('w', '{_sql(now)}', '{_sql(now)}')")
    running = home.run("upgrade")
    assert (running.returncode, "正在运行" in running.stderr) == (1, True)
    home.change(f"UPDATE kernel_beat SET at = '{_sql(now - timedelta(hours=1))}'")
    done = home.run("upgrade")
    assert done.returncode == 0, done.stderr
    assert f"接着做。升级前的数据在 {first}" in done.stdout
    assert not (home.folder / "upgrade.json").exists()
    assert list((home.folder / "backups").iterdir()) == [], "what is half new is no backup of the old state"


def _sql(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.django_db
def test_a_disk_too_small_is_found_before_anything_is_touched(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    usage = upgrading.shutil.disk_usage(".")
    monkeypatch.setattr(upgrading.shutil, "disk_usage", lambda _: usage._replace(free=1000))
    monkeypatch.setattr(upgrading, "back_up", lambda *_, **__: pytest.fail("it wrote"))
    with pytest.raises(Refused, match="磁盘只剩 1000 B"):
        upgrading._saved(now, [], print)


def test_what_was_begun_and_then_restored_is_saved_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime, settings: Any
) -> None:
    """A note of an upgrade that changed nothing, or whose data was brought back since, must not spare the backup."""
    settings.HUYING_HOME = tmp_path
    note = {"backup": "/mnt/old-data.tar.gz", "at": now.isoformat(), "ahead": ["cases.0002", "org.0002"]}
    (tmp_path / "upgrade.json").write_text(json.dumps(note))
    saved: list[list[str]] = []

    def save(at: datetime, waiting: list[str], say: Any) -> upgrading.Begun:
        saved.append(waiting)
        return upgrading.Begun(tmp_path / "new", at.isoformat(), tuple(waiting))

    for name in ("_check_sound", "_check_stopped", "_migrate", "verify"):
        monkeypatch.setattr(upgrading, name, lambda *_: [])
    monkeypatch.setattr(upgrading.mechanism, "prepare", lambda **_: None)
    monkeypatch.setattr(upgrading, "_saved", save)
    monkeypatch.setattr(upgrading, "steps_left", lambda: ["org.0002"])
    assert upgrading.upgrade(at=now, say=print)
    assert saved == [], "half done: the old backup is the one"
    (tmp_path / "upgrade.json").write_text(json.dumps(note))
    monkeypatch.setattr(upgrading, "steps_left", lambda: ["cases.0002", "org.0002"])
    assert upgrading.upgrade(at=now, say=print)
    assert saved == [["cases.0002", "org.0002"]]

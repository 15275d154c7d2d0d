"""What is kept for whoever watches the machine: a log with holes where words stood, counters, the last backup."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from huying.kernel import machine, meter
from huying.kernel.scratch import memory_folder
from huying.site import archive, doctor
from huying.site.doctor import Mark
from huying.site.logs import Keeper, Kept, formatter
from tests.site.conftest import Home

SECRET = "刘春华 13800001111"
ADDRESS = "/desk/cases/0190f000-0000-7000-8000-000000000000/"


@pytest.fixture
def keeper(tmp_path: Path, settings: Any) -> Any:
    """A logger of its own that keeps its lines in an empty home."""
    settings.HUYING_HOME = tmp_path
    handler = Keeper()
    logger = logging.getLogger("tests.watch")
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)
    handler.close()


# --- the log ------------------------------------------------------------------------------------------------------------


def test_an_error_is_kept_with_kind_and_place_and_without_its_words(keeper: logging.Logger, tmp_path: Path) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        keeper.exception("could not read %s", SECRET)
    failed = logging.LogRecord(
        "django.request", logging.ERROR, "", 1, "%s: %s", ("Internal Server Error", ADDRESS), None
    )
    failed.exc_info = (RuntimeError, RuntimeError(SECRET), None)
    keeper.handlers[0].handle(failed)
    keeper.warning({"event": "job_failed", "job": "huying.files.jobs.sweep", "words": SECRET, "ip": "10.0.0.9"})
    keeper.info("not worth keeping")
    text = (tmp_path / "logs" / "command.log").read_text()
    assert SECRET not in text
    assert "10.0.0.9" not in text
    job, page, first = machine.log_lines(10)
    assert (job["event"], job["job"]) == ("job_failed", "huying.files.jobs.sweep")
    assert (page["event"], page["view"], page["exception"]) == ("request_failed", "desk:case", "RuntimeError")
    assert (first["event"], first["exception"]) == ("could not read %s", "ValueError")
    assert "test_watch.py" in first["where"][0]
    assert "0190f000" not in text


def test_the_log_does_not_grow_without_end_and_a_torn_line_is_passed_over(
    keeper: logging.Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.handlers[0].maxBytes = 3000  # type: ignore[attr-defined]
    for number in range(200):
        keeper.warning("number %d", number)
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == 4
    assert sum(path.stat().st_size for path in files) < 4 * 3200
    (tmp_path / "logs" / "web.log").write_text('{"timestamp": "2026-11-20T09:0')
    assert len(machine.log_lines(5)) == 5
    assert machine.log_text().count(b"\n") > 10


def test_a_command_that_only_looks_makes_no_home(tmp_path: Path, settings: Any) -> None:
    settings.HUYING_HOME = tmp_path / "nowhere"
    Keeper().emit(logging.LogRecord("x", logging.ERROR, "x", 1, "x", (), None))
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("said", "view"), [(f"Exception while serving {ADDRESS}", "desk:case"), (f"closing channel ({SECRET})", "")]
)
def test_what_the_server_says_of_a_page_names_the_page(said: str, view: str) -> None:
    record = logging.LogRecord("waitress", logging.ERROR, "x", 1, said, (), None)
    for line in (formatter().format(record), Kept().format(record)):
        assert (json.loads(line)["event"], json.loads(line)["view"]) == ("request_failed", view)
        assert ADDRESS not in line
        assert SECRET not in line


def test_words_of_other_libraries_stay_unfilled() -> None:
    record = logging.LogRecord(
        "django.security", logging.ERROR, "x", 1, "Invalid HTTP_HOST header: %r.", (SECRET,), None
    )
    assert json.loads(Kept().format(record))["event"] == "Invalid HTTP_HOST header: %r."


@pytest.mark.django_db
def test_the_page_says_it_in_words(world: Any, client: Client, keeper: logging.Logger) -> None:
    client.force_login(world.posts["system"].person.user)
    assert "没有提醒，也没有错误" in client.get(reverse("desk:system-log")).content.decode()
    keeper.error({"event": "job_failed", "job": "huying.files.jobs.sweep"}, exc_info=ValueError(SECRET))
    html = client.get(reverse("desk:system-log")).content.decode()
    for words in ("定时任务出了错，会自动再试：清理没有归属的文件", "ValueError", "出错"):
        assert words in html
    assert SECRET not in html
    saved = client.get(reverse("desk:system-log-file"))
    assert "attachment" in saved["Content-Disposition"]
    assert b"job_failed" in saved.content


# --- counters -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_counters_are_for_who_knows_the_token_and_stands_near(client: Client, settings: Any) -> None:
    given = {"Authorization": "Bearer " + "t" * 24}
    assert client.get("/metrics", headers=given).status_code == 404, "without a token set it does not exist"
    settings.HUYING_METRICS_TOKEN = "t" * 24
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers=given, REMOTE_ADDR="10.1.2.3").status_code == 404
    answer = client.get("/metrics", headers=given)
    assert answer.status_code == 200
    for name in (
        "huying_requests_total",
        "huying_worker_alive 0.0",
        "huying_backup_age_seconds -1.0",
        "huying_disk_free_bytes",
    ):
        assert name in answer.content.decode(), name


@pytest.mark.django_db
def test_counters_tell_no_unit_no_person_no_case_and_not_which_page_a_worker_opened(
    world: Any, client: Client, settings: Any
) -> None:
    settings.HUYING_METRICS_TOKEN = "t" * 24
    client.get(f"/u/{world.shop.code}/")
    client.get("/my/")
    client.force_login(world.posts["officer"].person.user)
    client.get(reverse("desk:today"))
    text = client.get("/metrics", headers={"Authorization": "Bearer " + "t" * 24}).content.decode()
    assert 'view="public"' in text
    assert 'view="desk:today"' in text
    for told in (world.shop.code, "public:", "山泉", "user", str(world.plant.pk)):
        assert told not in text.replace("users", ""), told


def test_areas() -> None:
    assert [meter.area_of(view) for view in ("public:say", "desk:case", "account_login", "", "metrics")] == [
        "public", "desk", "account", "other", "other",
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_page_of_use_counts_by_area(world: Any, client: Client) -> None:
    client.force_login(world.posts["system"].person.user)
    client.get(reverse("desk:today"))
    html = client.get(reverse("desk:system-use")).content.decode()
    for words in ("职工页面", "工作台", "毫秒", "还剩"):
        assert words in html


# --- the last backup ----------------------------------------------------------------------------------------------------


def test_only_the_newest_few_backups_stay_and_a_foreign_file_is_left_alone(founded: Home, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    for day in ("01", "02", "03"):
        for end in ("data.tar.gz", "keys.tar"):
            (disk / f"huying-202611{day}-020000-{end}").write_text("x")
    (disk / "family.jpg").write_text("x")
    done = founded.run("backup", "--data-only", "--to", str(disk), "--keep", "2")
    assert done.returncode == 0, done.stderr
    assert "读回核对" in done.stdout
    left = sorted(path.name for path in disk.iterdir())
    assert left[0] == "family.jpg"
    assert left[1:3] == ["huying-20261103-020000-data.tar.gz", "huying-20261103-020000-keys.tar"]
    assert len(left) == 4
    said = founded.run("check").stdout
    assert "读回核对过" in said
    assert "备份和数据在同一个磁盘上" in said
    assert "还没有用 huying backup 另存过密钥" in said


@pytest.mark.parametrize(
    ("hours", "verified", "mark"),
    [(1, True, Mark.GOOD), (35, True, Mark.GOOD), (37, True, Mark.BAD), (1, False, Mark.BAD)],
)
def test_the_doctor_knows_how_old_and_how_whole_a_backup_is(
    hours: int, verified: bool, mark: Mark, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = machine.LastBackup(now - timedelta(hours=hours), "/mnt/disk/x-data.tar.gz", 10, verified, now)
    monkeypatch.setattr(machine, "last_backup", lambda: made)
    assert [finding.mark for finding in doctor.backups(now)] == [mark]


@pytest.mark.parametrize(("days", "mark"), [(0, Mark.NOTE), (4, Mark.BAD)])
def test_without_a_backup_a_new_house_is_reminded_and_an_older_one_told_off(
    days: int, mark: Mark, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "last_backup", lambda: None)
    founded = (now - timedelta(days=days)).timestamp()
    os.utime(settings.HUYING_KEYS, (founded, founded))
    assert [finding.mark for finding in doctor.backups(now)] == [mark]


def test_a_torn_archive_is_not_called_a_backup(first_saved: tuple[Path, Path], tmp_path: Path) -> None:
    data, _ = first_saved
    assert len(archive.read_back(data)) == 64
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(data.read_bytes()[:-200])
    assert archive.read_back(cut) == ""


MOUNTS = "proc /proc proc rw 0 0\ntmpfs {here} tmpfs rw,nosuid 0 0\n/dev/vda /srv ext4 rw 0 0\n"


def test_a_folder_of_memory_is_taken_when_it_is_one_and_large_enough(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS.format(here=tmp_path))
    assert memory_folder(tmp_path, mounts, least=0) == str(tmp_path)
    assert memory_folder(tmp_path, mounts, least=2**62) == ""
    assert memory_folder(tmp_path / "nowhere", mounts, least=0) == ""
    assert memory_folder(tmp_path, tmp_path / "no-mounts", least=0) == ""
    mounts.write_text(MOUNTS.format(here="/elsewhere"))
    assert memory_folder(tmp_path, mounts, least=0) == ""


def test_the_doctor_says_when_uploads_touch_a_disk(settings: Any, tmp_path: Path, now: Any) -> None:
    settings.HUYING_HOME, settings.HUYING_SCRATCH = tmp_path, ""
    said = [finding for finding in doctor.folders(now) if "加密以前" in finding.what]
    assert [finding.mark for finding in said] == [Mark.NOTE]
    assert "HUYING_SCRATCH" in said[0].remedy

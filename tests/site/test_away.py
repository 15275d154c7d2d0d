"""The database or the disk does not play along: a page in plain Chinese, nothing typed is lost, and one press sends it again."""

from __future__ import annotations

import errno
import json
import logging
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from django.test import Client
from django.urls import reverse
from psycopg import errors as postgres

from huying.cases.models import Case
from huying.privacy.rules import CONSENT_VERSION
from huying.site import logs
from huying.site.away import reason

WORDS = "末班车提前，晚班职工赶不上<b>"


def caused(error: Exception, cause: Exception) -> Exception:
    """What Django makes of the driver's error."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("database is locked"), "away"),
        (OperationalError("unable to open database file"), "away"),
        (OperationalError("attempt to write a readonly database"), "full"),
        (OperationalError("database or disk is full"), "full"),
        (OperationalError("disk I/O error"), "full"),
        (InterfaceError("connection already closed"), "away"),
        (caused(OperationalError("x"), postgres.AdminShutdown()), "away"),
        (caused(OperationalError("x"), postgres.DiskFull()), "full"),
        (caused(InternalError("x"), postgres.ReadOnlySqlTransaction()), "full"),
        (OSError(errno.ENOSPC, "no space"), "full"),
        (caused(RuntimeError("x"), OSError(errno.EFBIG, "too large")), "full"),
        (OSError(errno.EACCES, "not allowed"), ""),
        (InternalError("x"), ""),
        (ValueError("ours"), ""),
        (None, ""),
    ],
    ids=str,
)
def test_what_is_the_matter(error: Exception | None, expected: str) -> None:
    assert reason(error) == expected


@pytest.fixture
def gone(world: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The officer's browser, while the database does not answer."""
    client = Client(raise_request_exception=False)
    client.force_login(world.posts["officer"].person.user)

    def away(*given: Any, **more: Any) -> None:
        raise OperationalError("could not connect")

    monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.execute_sql", away)
    monkeypatch.setattr("django.db.models.sql.compiler.SQLInsertCompiler.execute_sql", away)
    return client


@pytest.mark.parametrize("path", ["/desk/", "/desk/cases/", "/find/?q=厂", "/rate/x/", "/accounts/login/"])
def test_pages_say_so_and_what_to_do(path: str, gone: Client) -> None:
    answer = gone.get(path)
    page = answer.content.decode()
    if path == "/accounts/login/" and answer.status_code == 200:
        return  # asks nothing of a database until somebody signs in
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "数据库暂时连不上" in page
    assert "huying.css" in page
    assert "12351" in page
    assert "再打开一次" in page


def test_what_was_typed_comes_back_and_one_press_sends_it_again(
    gone: Client, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/u/{world.shop.code}/"
    said = {"words": WORDS, "secrecy": "anonymous", "agreed": "on", "consent": CONSENT_VERSION}
    sent = {**said, "once": uuid4().hex}
    answer = gone.post(path, sent)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert WORDS.replace("<", "&lt;").replace(">", "&gt;") in page
    assert "再交一次" in page
    assert f'action="{path}"' in page
    again = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    assert again["once"] == sent["once"]
    monkeypatch.undo()
    for _ in range(2):  # the one before might have been kept as well
        assert Client().post(path, {**sent, "once": again["once"]}).status_code == 302
    assert Case.objects.count() == 1


def test_a_form_with_files_is_not_sent_again_without_them(gone: Client, world: Any) -> None:
    sent = {"words": WORDS, "once": uuid4().hex, "files": SimpleUploadedFile("a.png", b"x")}
    page = gone.post(f"/u/{world.shop.code}/", sent).content.decode()
    assert "<form" not in page
    assert "重新选" in page
    assert "末班车提前" in page


@pytest.mark.attack("colleague", "reads a password off the page shown while the database is away", found="held")
def test_a_password_is_not_shown_again(gone: Client) -> None:
    page = gone.post("/accounts/login/", {"login": "li.wei", "password": "geheim-geheim"}).content.decode()
    assert "数据库暂时连不上" in page
    assert "geheim" not in page


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (OperationalError("attempt to write a readonly database"), 503, "现在存不了东西"),
        (OperationalError("database is locked"), 503, "数据库暂时连不上"),
        (DatabaseError("Forced update did not affect any rows."), 400, "在别的窗口退出了登录"),
    ],
    ids=str,
)
def test_a_session_that_cannot_be_kept_says_why(
    error: Exception, status: int, said: str, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django calls each of these a session that was ended meanwhile."""

    def save(*given: Any, **more: Any) -> None:
        raise error

    client = Client(raise_request_exception=False)
    client.force_login(world.posts["officer"].person.user)
    monkeypatch.setattr("django.contrib.sessions.models.Session.save", save)
    answer = client.get("/desk/")
    assert answer.status_code == status
    assert said in answer.content.decode()


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind"),
    [("&".join(f"f{number}=x" for number in range(2_100)), FORM), ("words=x", f"{FORM}; charset=latin-1")],
    ids=["too many fields", "no UTF-8"],
)
def test_what_could_not_be_read_is_said_in_plain_words(body: str, kind: str, world: Any) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.posts["officer"].person.user)
    answer = client.post(reverse("desk:register"), body, content_type=kind)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "这一步没有办成" in page
    assert "再交一次" in page
    assert "huying.css" in page


def test_a_fault_of_ours_is_not_called_the_databases(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: Any, **more: Any) -> None:
        raise ValueError("ours")

    client = Client(raise_request_exception=False)
    client.force_login(world.posts["officer"].person.user)
    monkeypatch.setattr("huying.desk.views.today.render", broken)
    answer = client.get("/desk/")
    assert answer.status_code == 500
    assert "系统出了故障" in answer.content.decode()


@pytest.mark.attack(
    "system", "reads in the log which case's page or which worker's link failed",
    found="mended: the framework's records changed their form, so the journal told addresses, and told those of refused forms "
    "all along; now it tells the page's name",
)  # fmt: skip
@pytest.mark.parametrize(
    ("method", "status", "event"),
    [("get", 500, "request_failed"), ("post", 403, "form_refused")],
    ids=["failed", "refused"],
)
def test_a_failed_page_is_logged_by_its_name_only(
    world: Any, monkeypatch: pytest.MonkeyPatch, method: str, status: int, event: str
) -> None:
    told: list[str] = []

    class Told(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.extend((logs.formatter().format(record), logs.Kept().format(record)))

    def broken(*given: Any, **more: Any) -> None:
        raise ValueError(WORDS)

    handler, loggers = Told(), [logging.getLogger(name) for name in logs.PAGES]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        case = uuid4()
        monkeypatch.setattr("huying.cases.models.CaseQuerySet.visible_to", broken)
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        client.force_login(world.posts["officer"].person.user)
        assert getattr(client, method)(f"/desk/cases/{case}/").status_code == status
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
    assert {json.loads(line)["view"] for line in told} == {"desk:case"}
    assert {json.loads(line)["event"] for line in told} == {event}
    assert str(case) not in "".join(told)
    assert "末班车" not in "".join(told)

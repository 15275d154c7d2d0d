"""Bringing in messages by a file: encodings, columns, faults by line, all or nothing, twice without a trace."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from huying.cases.acts import open_sealed, take
from huying.cases.models import Case, Clock
from huying.intake import acts, jobs
from huying.intake.models import Batch, Brought
from huying.intake.sheet import guess, messages, moment, read, repeated
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.notices.models import Notice
from huying.trail.models import Entry
from huying.trail.reads import verify

SHANGHAI = ZoneInfo("Asia/Shanghai")
CSV = (
    "编号,留言主题,留言时间,留言详情\r\n"
    "7,食堂夜宵太凉,2026/3/5 21:07:00,夜班的食堂窗口十点以后只有凉饭，希望加一个微波炉。\r\n"
    '8,更衣柜不够,2026-04-06,"两个人共用一个柜子，\n东西放不下，请想想办法。"\r\n'
)


def sheet(*rows: tuple) -> bytes:
    """A workbook of some rows."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime | date):
                    page.write_datetime(number, column, cell)
                else:
                    page.write(number, column, cell)
    return out.getvalue()


def kept(world, content: bytes, who: str = "officer") -> Batch:
    return acts.keep_sheet(content=content, unit=world.plant, by=world.as_(who), at=world.now)


def brought_in(world, content: bytes, **chosen) -> Batch:
    batch = kept(world, content)
    given = {"columns": batch.columns, "channel": "mailbox", "secrecy": "sealed", "release": False} | chosen
    acts.choose_columns(batch_id=batch.pk, **given, by=world.as_("officer"), at=world.now)
    return acts.import_sheet(batch_id=batch.pk, by=world.as_("officer"), at=world.now)


def originals(world, case: Case) -> str:
    take(case_id=case.pk, officer=world.posts["officer"], by=world.as_("officer"), at=world.now)
    (opened,) = open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("officer"), at=world.now)
    return opened.words


# --- reading (pure) -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_read_in_the_encodings_programs_write(encoding) -> None:
    table = read(CSV.encode(encoding))
    assert table.headings == ("编号", "留言主题", "留言时间", "留言详情")
    assert table.lines[1][3] == "两个人共用一个柜子，\n东西放不下，请想想办法。"
    assert guess(table.headings) == {"title": 1, "received": 2, "words": 3}


def test_a_workbook_is_read_with_its_days() -> None:
    written = datetime(2026, 3, 5, 21, 7)  # noqa: DTZ001  (a workbook knows no zones)
    table = read(sheet(("时间", "内容", "手机"), (written, "饭是凉的", 13800001111)))
    assert table.lines[0] == (written, "饭是凉的", "13800001111")


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", "时间,内容\n".encode(), b"PK\x03\x04broken", b"\xff\xfe\x00\x00\x81"]
)
def test_what_cannot_be_read_is_said_plainly(content) -> None:
    with pytest.raises(Refused):
        read(content)


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (("id", "title", "time", "text", "label"), {"title": 1, "received": 2, "words": 3}),
        (("姓名", "联系电话", "诉求内容"), {"name": 0, "phone": 1, "words": 2}),
        (("序号", "甲", "乙"), {}),
    ],
)
def test_columns_are_guessed_by_their_headings(headings, columns) -> None:
    assert guess(headings) == columns


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2019/6/23 12:17:31", datetime(2019, 6, 23, 12, 17, 31, tzinfo=SHANGHAI)),
        ("2019-09-01", datetime(2019, 9, 1, tzinfo=SHANGHAI)),
        ("2019年9月1日 8时30分", datetime(2019, 9, 1, 8, 30, tzinfo=SHANGHAI)),
        (date(2019, 9, 1), datetime(2019, 9, 1, tzinfo=SHANGHAI)),
        ("", None),
    ],
)
def test_moments_as_people_write_them(written, at, now) -> None:
    assert moment(written, now) == (at, "")


@pytest.mark.parametrize("written", ["昨天", "2019-13-01", "2019-02-30", "2099-01-01"])
def test_moments_that_cannot_be(written, now) -> None:
    found, fault = moment(written, now)
    assert (found, bool(fault)) == (None, True) or "还没有到" in fault


def test_every_fault_names_its_line(now) -> None:
    table = read("时间,内容,电话\n2026-01-01,好的,\n,没有时间也行,\n昨天,时间不对,12\n2026-01-01,,\n,,\n".encode())
    found, faults = messages(table, {"received": 0, "words": 1, "phone": 2}, now)
    assert [message.line for message in found] == [2, 3]
    assert [(fault.line, fault.message[:4]) for fault in faults] == [(4, "时间“昨"), (4, "电话“1"), (5, "没有内容")]


def test_the_same_message_twice_in_a_file(now) -> None:
    long = "食堂十点以后只有凉饭，希望加一个微波炉，谢谢。"
    text = f"时间,内容\n2026-01-01,{long}\n2026-02-01,{long} \n2026-01-01,太热\n2026-02-01,太热\n"
    found, _ = messages(read(text.encode()), {"received": 0, "words": 1}, now)
    first, twice = repeated(found)
    assert ([message.line for message in first], twice) == ([2, 4, 5], 1)


# --- importing ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.1")
def test_a_file_becomes_cases_received_when_it_says(world) -> None:
    batch = brought_in(world, CSV.encode("gb18030"))
    assert (batch.state, batch.brought, batch.skipped) == ("done", 2, 0)
    first, second = Case.objects.order_by("seq")
    assert first.received_at == datetime(2026, 3, 5, 21, 7, tzinfo=SHANGHAI)
    assert (first.registered_at, first.channel, first.channel_note, first.secrecy) == (
        world.now,
        "mailbox",
        "导入",
        "anonymous",
    )
    assert (first.title, first.released_at) == ("", None)
    assert originals(world, first) == "食堂夜宵太凉\n夜班的食堂窗口十点以后只有凉饭，希望加一个微波炉。"
    assert Clock.objects.get(case=second, code="accept").start_day == world.now.date()


def test_importing_twice_does_nothing_more(world) -> None:
    brought_in(world, CSV.encode())
    again = brought_in(
        world,
        CSV.encode("gb18030") + "9,新的一件,2026-05-01,宿舍三楼的热水十点就停了，请延到十二点。\r\n".encode("gb18030"),
    )
    assert (again.brought, again.skipped) == (1, 2)
    assert Case.objects.count() == 3


@pytest.mark.clause("MY-3.2.1")
def test_one_fault_and_nothing_is_imported(world) -> None:
    batch = kept(world, (CSV + "9,坏的一行,明天,写了一些话\r\n").encode())
    with pytest.raises(Refused, match="一件也没有导入"):
        acts.import_sheet(batch_id=batch.pk, by=world.as_("officer"), at=world.now)
    assert (Case.objects.count(), Brought.objects.count()) == (0, 0)
    assert Batch.objects.get(pk=batch.pk).state == "open"


def test_people_named_in_the_table_are_sealed_unless_said_otherwise(world) -> None:
    text = "姓名,电话,内容\n欧阳雪莲,13912345678,夜班末班车太早了，赶不上。\n,,没有写名字的一件，也要登记。\n".encode()
    brought_in(world, text)
    assert sorted(Case.objects.values_list("secrecy", flat=True)) == ["anonymous", "sealed"]
    brought_in(world, text.replace("太早".encode(), "太晚".encode()), secrecy="named")
    assert Case.objects.filter(secrecy="named").count() == 1


def test_public_messages_are_released_masked(world) -> None:
    text = "标题,内容\n末班车太早,我叫欧阳雪莲，电话13912345678，末班车赶不上。\n".encode()
    brought_in(world, text, release=True)
    case = Case.objects.get()
    assert case.released_at is not None
    assert case.title == "末班车太早"
    assert "13912345678" not in case.summary


def test_the_office_is_told_once_and_the_trail_knows(world) -> None:
    brought_in(world, CSV.encode())
    notices = Notice.objects.filter(kind="intake.import")
    assert {n.title for n in notices} == {"导入了 2 件来件"}
    assert not Notice.objects.filter(kind="case.new").exists()
    entry = Entry.objects.get(act="intake.import")
    assert (entry.data["brought"], entry.data["skipped"]) == (2, 0)
    assert verify() == []


def test_the_file_is_sealed_and_destroyed_afterwards(world) -> None:
    batch = kept(world, CSV.encode())
    assert "微波炉".encode() not in bytes(batch.content)
    acts.import_sheet(batch_id=batch.pk, by=world.as_("officer"), at=world.now)
    batch = Batch.objects.select_related("key").get(pk=batch.pk)
    assert (bytes(batch.content), batch.key.destroyed_at) == (b"", world.now)


def test_nobody_else_may(world) -> None:
    for who in ("handler", "liaison", "manager", "foreign", "upper", "system"):
        with pytest.raises(NotYours):
            kept(world, CSV.encode(), who)
    batch = kept(world, CSV.encode())
    for who in ("second", "foreign"):
        with pytest.raises(NotYours):
            acts.import_sheet(batch_id=batch.pk, by=world.as_(who), at=world.now)


def test_columns_that_cannot_be(world) -> None:
    batch = kept(world, CSV.encode())
    given = {"channel": "mailbox", "secrecy": "sealed", "release": False, "by": world.as_("officer"), "at": world.now}
    for columns in ({}, {"words": 3, "title": 3}, {"words": 99}):
        with pytest.raises(Invalid):
            acts.choose_columns(batch_id=batch.pk, columns=columns, **given)
    with pytest.raises(Invalid):
        acts.choose_columns(batch_id=batch.pk, columns={"words": 3}, **given | {"channel": "pigeon"})


def test_a_long_file_goes_on_in_the_background_and_after_a_crash(world, monkeypatch) -> None:
    monkeypatch.setattr("huying.intake.acts._sheet.AT_ONCE", 2)
    monkeypatch.setattr("huying.intake.acts._sheet.STEP", 2)
    rows = "".join(f"第{n}件事情：宿舍{n}楼的热水十点就停了，请延到十二点。\n" for n in range(5))
    batch = brought_in(world, ("内容\n" + rows).encode())
    assert (batch.state, batch.total, batch.brought) == ("running", 5, 0)
    assert DBTaskResult.objects.filter(task_path="huying.intake.jobs.bring_in").count() == 1
    receive, calls = acts._sheet.receive, []

    def killed(**given):
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("killed")
        return receive(**given)

    monkeypatch.setattr("huying.intake.acts._sheet.receive", killed)
    with pytest.raises(RuntimeError):
        acts.carry_on(batch_id=batch.pk, by=SYSTEM, at=world.now)
    assert Case.objects.count() == 2
    assert acts.carry_on(batch_id=batch.pk, by=SYSTEM, at=world.now)
    assert not acts.carry_on(batch_id=batch.pk, by=SYSTEM, at=world.now)
    batch.refresh_from_db()
    assert (batch.state, batch.brought, Case.objects.count()) == ("done", 5, 5)
    assert sorted(Case.objects.values_list("seq", flat=True)) == [1, 2, 3, 4, 5]


def test_a_file_nobody_confirms_is_put_away(world) -> None:
    batch = kept(world, CSV.encode())
    jobs.sweep(at=world.now + timedelta(hours=25))
    assert Batch.objects.get(pk=batch.pk).state == "dropped"


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(world, monkeypatch) -> Client:
    monkeypatch.setattr("huying.site.middleware.timezone.now", lambda: world.now)
    client = Client()
    client.force_login(world.posts["officer"].person.user)
    return client


def uploaded(client: Client, content: bytes):
    data = {"once": uuid4().hex, "sheet": SimpleUploadedFile("来件.csv", content)}
    return client.post(reverse("desk:import"), data)


def test_upload_look_import_on_the_page(world, desk) -> None:
    place = uploaded(desk, CSV.encode()).headers["Location"]
    page = desk.get(place).content.decode()
    for word in ("食堂夜宵太凉", "导入这 2 件", "2026-03-05"):
        assert word in page
    columns = {"once": uuid4().hex, "words": "3", "received": "2", "channel": "talk", "secrecy": "sealed"}
    assert desk.post(place + "columns/", columns).status_code == 302
    answer = desk.post(place + "run/", {"once": uuid4().hex})
    assert answer.headers["Location"] == place
    assert "导入好了" in desk.get(place).content.decode()
    assert set(Case.objects.values_list("channel", flat=True)) == {"talk"}


def test_faults_are_shown_with_their_lines_and_nothing_can_be_confirmed(world, desk) -> None:
    place = uploaded(desk, (CSV + "9,坏的一行,明天,写了一些话\r\n").encode()).headers["Location"]
    page = desk.get(place).content.decode()
    assert "第 4 行" in page  # as a spreadsheet counts: a cell of two lines is one row
    assert "导入这" not in page
    answer = desk.post(place + "run/", {"once": uuid4().hex})
    assert answer.status_code == 422
    assert "一件也没有导入" in answer.content.decode()


def test_a_file_that_cannot_be_read_stays_on_the_page(world, desk) -> None:
    answer = uploaded(desk, b"PK\x03\x04broken")
    assert answer.status_code == 422
    assert "另存为 .xlsx" in answer.content.decode()


def test_wrong_columns_are_said_beside_the_form(world, desk) -> None:
    place = uploaded(desk, CSV.encode()).headers["Location"]
    columns = {"once": uuid4().hex, "words": "3", "title": "3", "channel": "talk", "secrecy": "sealed"}
    answer = desk.post(place + "columns/", columns)
    assert answer.status_code == 422
    assert "一列只能当一样用" in answer.content.decode()


def test_putting_the_file_away(world, desk) -> None:
    place = uploaded(desk, CSV.encode()).headers["Location"]
    desk.post(place + "drop/", {"once": uuid4().hex})
    assert "没有导入" in desk.get(place).content.decode()
    assert desk.post(place + "columns/", {"once": uuid4().hex}).status_code == 409


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_does_the_same(world, tmp_path, capsys) -> None:
    path = tmp_path / "来件.csv"
    path.write_bytes(CSV.encode("gb18030"))
    call_command("import", str(path), unit=world.plant.name, only_try=True)
    assert Case.objects.count() == 0
    call_command("import", str(path), unit=world.plant.code, public=True)
    call_command("import", str(path), unit=world.plant.name)
    said = capsys.readouterr().out
    assert "登记了 2 件，跳过重复的 0 件" in said
    assert "登记了 0 件，跳过重复的 2 件" in said
    path.write_text("内容\n")
    with pytest.raises(Refused):
        call_command("import", str(path), unit=world.plant.name)

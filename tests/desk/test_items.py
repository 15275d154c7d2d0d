"""The department's pages: only its own items, nothing of the case behind them, acts in the order of the table."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from huying.cases.models import Case, Clock
from huying.handling import acts as handling
from huying.handling.models import Item, ItemFile
from huying.kernel.ids import random_id
from huying.trail.models import Reading
from tests.desk.browser import as_
from tests.factories import world as make
from tests.files.samples import photo
from tests.files.test_hostile import FORMS, HOSTILE

NAME, PHONE = "欧阳雪莲", "13912345678"
ORIGINAL = "我是三号炉的，车太早，我们几个姐妹都赶不上"


@pytest.fixture
def item(world) -> Item:
    first = make.voice(name=NAME, phone=PHONE, words=ORIGINAL)
    return make.assigned(world, first, make.voice(name="尉迟冰", phone="13800009999"))


def address(item: Item, act: str = "") -> str:
    return reverse("desk:item_act", args=[item.pk, act]) if act else reverse("desk:item", args=[item.pk])


def send(client: Client, item: Item, act: str, **given):
    item.refresh_from_db()
    data = {"once": uuid4().hex, "version": item.version, **given}
    return client.post(address(item, act), data)


# --- nothing of the case --------------------------------------------------------------------------------------------


def every_page(client: Client, item: Item) -> list[tuple[str, bytes]]:
    """Body and headers of everything a department can open about an item."""
    places = [reverse("desk:items"), reverse("desk:items") + "?tab=closed", address(item)]
    places += [address(item, act) for act in ("progress", "done", "unable", "report", "ask_union", "send_back")]
    places += [reverse("desk:item_paper", args=[item.pk, "form1", fmt]) for fmt in ("pdf", "docx")]
    places += [reverse("desk:item_file", args=[row.pk]) for row in ItemFile.objects.filter(item=item)]
    found = []
    for place in places:
        answer = client.get(place)
        headers = "\n".join(f"{key}: {value}" for key, value in answer.headers.items())
        found.append((place, headers.encode() + b"\n" + answer.content))
    return found


@pytest.mark.parametrize("who", ["handler", "head", "manager"])
def test_no_department_page_says_anything_of_the_case(world, item, who) -> None:
    handling.check(item_id=item.pk, text="问过三号炉的情况", urge=False, by=world.as_("officer"), at=world.now)
    send(as_(world, "handler"), item, "progress", text="谈过了。", files=SimpleUploadedFile("现场.jpg", photo()))
    case = Case.objects.get(pk=item.case_id)
    canaries = [NAME, PHONE, PHONE[-4:], "尉迟冰", ORIGINAL, "三号炉", case.number, str(case.pk), case.pk.hex,
                "联名", "09:00", "9:00"]  # fmt: skip
    canaries += [str(party.pk) for party in case.parties.all()]
    for place, raw in every_page(as_(world, who), item):
        text = raw.decode(errors="replace")
        assert [word for word in canaries if word in text or word in place] == [], place


def test_the_masked_paper_holds_the_code_and_the_brief_only(world, item) -> None:
    raw = as_(world, "handler").get(reverse("desk:item_paper", args=[item.pk, "form1", "docx"])).content
    paper = Document(io.BytesIO(raw))
    text = "\n".join(p.text for p in paper.paragraphs)
    text += "\n".join(cell.text for row in paper.tables[0].rows for cell in row.cells)
    assert item.code in text
    assert item.brief in text
    assert not [word for word in (NAME, PHONE, item.case.number, "铸造车间", ORIGINAL) if word in text]


def test_times_are_never_shown(world, item) -> None:
    page = as_(world, "handler").get(address(item)).content.decode()
    main = page[page.index("<main") :]
    briefless = main.replace(item.brief, "").replace(item.measure.rstrip("。"), "")
    assert not re.search(r"\b\d{1,2}:\d{2}\b", briefless)
    assert "11月20日" in main


def test_other_departments_and_units_find_nothing(world, item) -> None:
    row = _with_photo(world, item)
    for who in ("other_handler", "foreign", "liaison", "delegate", "system", "audit"):
        client = as_(world, who)
        for place in (address(item), address(item, "progress"), reverse("desk:item_paper", args=[item.pk, "form1", "pdf"]),
                      reverse("desk:item_file", args=[row.pk])):  # fmt: skip
            assert client.get(place).status_code == 404, (who, place)
        assert send(client, item, "progress", text="试试").status_code == 404
    assert as_(world, "other_handler").get(reverse("desk:items")).content.decode().count("hy-row-t") == 0


def _with_photo(world, item) -> ItemFile:
    send(as_(world, "handler"), item, "progress", text="看过现场。", files=SimpleUploadedFile("现场.jpg", photo()))
    return ItemFile.objects.get(item=item)


def test_the_management_head_reads_every_department_and_acts_on_none(world, item) -> None:
    client = as_(world, "manager")
    assert item.code in client.get(reverse("desk:items")).content.decode()
    page = client.get(address(item)).content.decode()
    assert "只看，不办" in page
    assert client.get(address(item, "progress")).status_code == 404
    assert send(client, item, "progress", text="代办").status_code == 404
    given = {"once": uuid4().hex, "version": item.version}
    assert client.post(reverse("desk:item_take", args=[item.pk]), given).status_code == 404


def test_reading_an_item_is_written_down(world, item) -> None:
    as_(world, "handler").get(address(item))
    reading = Reading.objects.get(what="item")
    assert (reading.subject, reading.person) == (item.pk, world.posts["handler"].person_id)


# --- the acts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nonsense", ["²", "٣", "9" * 5000, "-1", "x"])
def test_a_version_that_is_no_number_counts_as_none(world, item, nonsense) -> None:
    client = as_(world, "handler")
    sent = {"once": uuid4().hex, "version": nonsense}
    assert client.post(reverse("desk:item_take", args=[item.pk]), sent).status_code == 302
    item.refresh_from_db()
    assert item.status == "doing"


def test_take_progress_done_report_by_the_buttons(world, item) -> None:
    client = as_(world, "handler")
    assert "接收" in client.get(address(item)).content.decode()
    client.post(reverse("desk:item_take", args=[item.pk]), {"once": uuid4().hex, "version": item.version})
    item.refresh_from_db()
    assert item.status == "doing"
    assert send(client, item, "progress", text="与承运公司谈过。").status_code == 302
    assert send(client, item, "done", text="已恢复。", done_on="2026-11-20").status_code == 302
    page = client.get(address(item)).content.decode()
    assert "书面反馈" in page
    assert "11月23日前向工会交书面反馈" in page
    assert send(client, item, "report", text="恢复 22:40 发车。").status_code == 302
    assert item.code in client.get(reverse("desk:items") + "?tab=closed").content.decode()


@pytest.mark.clause("MY-3.2.4a")
def test_the_report_starts_the_clock_of_telling(world, item) -> None:
    client = as_(world, "handler")
    send(client, item, "done", text="已恢复。", done_on="2026-11-20")
    report = Clock.objects.get(code="report", subject=item.pk)
    assert (report.due_on - report.start_day).days == 3
    assert not Clock.objects.filter(case=item.case_id, code="tell").exists()
    send(client, item, "report", text="恢复 22:40 发车。")
    assert Clock.objects.get(case=item.case_id, code="tell", stopped_at=None).start_day == world.now.date()


@pytest.mark.clause("MY-3.2.4a")
def test_no_report_before_it_is_done_and_none_without_words(world, item) -> None:
    client = as_(world, "handler")
    answer = send(client, item, "report", text="恢复了。")
    assert answer.status_code == 422
    assert "现在是“待接收”" in answer.content.decode()
    send(client, item, "done", text="已恢复。", done_on="2026-11-20")
    assert send(client, item, "report", text="  ").status_code == 422
    item.refresh_from_db()
    assert item.status == "done"


@pytest.mark.clause("MY-A3")
def test_unable_to_be_done_is_one_of_the_three_states_and_wants_a_reason(world, item) -> None:
    client = as_(world, "handler")
    assert send(client, item, "unable", text="").status_code == 422
    assert send(client, item, "unable", text="场地要等规划批复。").status_code == 302
    page = client.get(address(item)).content.decode()
    assert "不具备条件无法执行" in page
    item.refresh_from_db()
    assert item.status == "unable"


@pytest.mark.clause("MY-3.2.3b")
def test_the_page_shows_all_four_measure_department_person_deadline(world, item) -> None:
    page = as_(world, "handler").get(address(item)).content.decode()
    for word in (item.measure, "行政保障部", "孙立", "11月25日"):
        assert word in page


@pytest.mark.clause("MY-3.2.3b")
def test_done_on_an_odd_day_is_refused_and_the_words_stay(world, item) -> None:
    answer = send(as_(world, "handler"), item, "done", text="写了很久的一段话", done_on="2026-11-01")
    assert answer.status_code == 422
    assert "写了很久的一段话" in answer.content.decode()
    assert "办结日期要在" in answer.content.decode()


def test_returns_are_counted_and_limited_by_the_pack(world, item) -> None:
    client = as_(world, "handler")
    assert "还可以退 2 次" in client.get(address(item, "send_back")).content.decode()
    for _ in range(2):
        assert send(client, item, "send_back", reason="不归本部门管。").status_code == 302
        handling.give_again(item_id=item.pk, department=world.admin, handler=world.posts["handler"], deadline=None,
                            by=world.as_("officer"), at=world.now)  # fmt: skip
    answer = send(client, item, "send_back", reason="还是不归。")
    assert answer.status_code == 422
    assert "已经退回 2 次" in answer.content.decode()
    assert "不能再退" in client.get(address(item)).content.decode()


def test_somebody_else_was_faster(world, item) -> None:
    old = item.version
    send(as_(world, "head"), item, "progress", text="先登记了。")
    data = {"once": uuid4().hex, "version": old, "text": "我也写了一段。"}
    answer = as_(world, "handler").post(address(item, "progress"), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "我也写了一段。" in page
    assert "钱进" in page
    assert "09:00" not in page
    item.refresh_from_db()
    assert f'name="version" value="{item.version}"' in page


def test_a_double_click_is_one_act(world, item) -> None:
    data = {"once": uuid4().hex, "version": item.version, "text": "谈过了。"}
    client = as_(world, "handler")
    first, second = (client.post(address(item, "progress"), data) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert item.events.filter(act="progress").count() == 1


def test_a_file_that_cannot_be_kept_is_named(world, item) -> None:
    answer = send(as_(world, "handler"), item, "progress", text="看过了。", files=SimpleUploadedFile("a.exe", b"MZ"))
    assert answer.status_code == 422
    assert "a.exe" in answer.content.decode()
    assert "重新选择" in answer.content.decode()


@pytest.mark.attack("clerk", "hands in programs, bombs and documents that act by themselves as proof", found="held")
@pytest.mark.parametrize("case", FORMS, ids=str)
def test_whatever_is_wrong_with_a_file_the_report_stays(world, item, case) -> None:
    name, raw, why = HOSTILE[case]
    answer = send(
        as_(world, "handler"), item, "progress", text="看过现场，等配件。", files=SimpleUploadedFile(name, raw)
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert "看过现场，等配件。" in page
    assert not item.files.exists()


def test_a_question_reaches_the_officer(world, item) -> None:
    assert send(as_(world, "handler"), item, "ask_union", text="哪几个班次？").status_code == 302
    assert item.events.filter(act="ask_union", text="哪几个班次？").exists()


# --- the list -------------------------------------------------------------------------------------------------------


def test_filters_live_in_the_address(world, item, monkeypatch) -> None:
    client = as_(world, "handler")
    assert item.code in client.get(reverse("desk:items") + "?state=given&mine=1").content.decode()
    assert "没有符合的事项" in client.get(reverse("desk:items") + "?state=doing").content.decode()
    assert "没有符合的事项" in client.get(reverse("desk:items") + "?late=1").content.decode()
    monkeypatch.setattr("huying.site.middleware.timezone.now", lambda: world.now + timedelta(days=30))
    client = as_(world, "handler")
    assert item.code in client.get(reverse("desk:items") + "?late=1").content.decode()


def test_the_number_of_statements_does_not_grow(world, item, django_assert_max_num_queries) -> None:
    client = as_(world, "handler")
    client.get(reverse("desk:items"))
    row = Item.objects.get(pk=item.pk)
    for _ in range(30):
        row.pk, row.code = random_id(), random_id().hex[:10]
        row.save(force_insert=True)
    with django_assert_max_num_queries(9):
        client.get(reverse("desk:items"))
    with django_assert_max_num_queries(17):
        client.get(address(item))


def test_empty_pages_say_what_comes_next(world) -> None:
    client = as_(world, "handler")
    assert "现在没有交来的事项" in client.get(reverse("desk:items")).content.decode()
    assert "还没有办结的事项" in client.get(reverse("desk:items") + "?tab=closed").content.decode()
    assert as_(world, "officer").get(reverse("desk:items")).status_code == 404


def test_what_was_kept_while_typing_is_forgotten_once_sent(world, item) -> None:
    client = as_(world, "handler")
    assert f'data-draft="item-progress-{item.pk}"' in client.get(address(item, "progress")).content.decode()
    place = reverse("desk:draft", args=[f"item-progress-{item.pk}"])
    client.post(place, {"fields": {"text": ["写了一半"]}}, content_type="application/json")
    assert client.get(place).json()["fields"] == {"text": ["写了一半"]}
    send(client, item, "progress", text="写完了。")
    assert client.get(place).status_code == 204

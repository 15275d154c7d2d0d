"""The ledger's pages, its workbooks and form 1."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from pypdf import PdfReader

from huying.cases.models import Case
from huying.kernel.actors import SYSTEM
from huying.kernel.ids import random_id
from huying.ledger import acts
from huying.ledger.models import Export
from huying.trail.models import Entry, Reading
from tests.desk.browser import as_
from tests.factories import world as make

NAME, PHONE, ORIGINAL = "欧阳雪莲", "13912345678", "我是三号炉的，车太早"


def page_of(client: Client, query: str = "") -> str:
    return client.get(reverse("desk:ledger") + query).content.decode()


# --- the list -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.6")
def test_the_list_shows_the_story_and_opens_the_dossier(world) -> None:
    case = make.told(world, make.voice(name=NAME, phone=PHONE, words=ORIGINAL))
    page = page_of(as_(world, "officer"))
    for word in (
        case.number,
        case.title,
        "李慧敏",
        "行政保障部",
        "2026-11-20",
        reverse("desk:case", args=[case.pk]),
        "按时",
    ):
        assert word in page
    assert not [word for word in (NAME, PHONE, ORIGINAL) if word in page]


def test_filters_live_in_the_address_and_go_along_to_the_workbook(world) -> None:
    make.told(world)
    client = as_(world, "officer")
    page = page_of(client, "?state=told&words=末班车")
    assert "export.xlsx?state=told&amp;words=" in page
    assert '<option value="told" selected>' in page
    assert "没有符合的事项" in page_of(client, "?state=archived")
    assert "没有符合的事项" in page_of(client, "?state=nonsense")
    assert "台账还是空的" not in page_of(client, "?since=nonsense")


def test_an_empty_ledger_says_what_comes_next(world) -> None:
    assert "台账还是空的" in page_of(as_(world, "officer"))


def test_who_reads_no_cases_finds_no_ledger(world) -> None:
    for who in ("handler", "manager", "liaison", "delegate", "system", "security", "audit"):
        client = as_(world, who)
        for name in ("desk:ledger", "desk:ledger_xlsx"):
            assert client.get(reverse(name)).status_code == 404, (who, name)
        assert client.post(reverse("desk:ledger_later"), {"once": uuid4().hex}).status_code == 404


def test_the_number_of_statements_does_not_grow(world, django_assert_max_num_queries) -> None:
    case = make.told(world)
    client = as_(world, "officer")
    client.get(reverse("desk:ledger"))
    for number in range(2, 40):
        copy = Case.objects.get(pk=case.pk)
        copy.pk, copy.number, copy.seq = random_id(), f"{number}", number
        copy.save(force_insert=True)
        station = case.stations.get()
        station.pk, station.case_id = random_id(), copy.pk
        station.save(force_insert=True)
    with django_assert_max_num_queries(22):
        assert "共 39 件" in client.get(reverse("desk:ledger")).content.decode()


# --- workbooks ------------------------------------------------------------------------------------------------------


def test_a_short_selection_comes_at_once_under_a_neutral_name(world) -> None:
    make.told(world, make.voice(name=NAME, phone=PHONE))
    answer = as_(world, "officer").get(reverse("desk:ledger_xlsx") + "?words=末班车")
    raw = b"".join(answer.streaming_content)
    assert raw[:2] == b"PK"
    assert "20261120.xlsx" in answer.headers["Content-Disposition"]
    assert "末班车" not in answer.headers["Content-Disposition"]
    assert Entry.objects.filter(act="ledger.export").count() == 1


def test_a_long_selection_is_written_in_the_background(world, monkeypatch) -> None:
    make.told(world)
    monkeypatch.setattr("huying.desk.views.ledger.AT_ONCE", 0)
    client = as_(world, "officer")
    assert "在后台生成表格" in page_of(client)
    data = {"once": uuid4().hex, "state": "told"}
    place = client.post(reverse("desk:ledger_later"), data).headers["Location"]
    assert client.post(reverse("desk:ledger_later"), data).headers["Location"] == place
    assert "正在生成台账表格" in client.get(place).content.decode()
    assert "已写 0 件，共 1 件" in client.get(place, headers={"HX-Request": "true"}).content.decode()
    export = Export.objects.get()
    acts.write_export(export_id=export.pk, by=SYSTEM, at=world.now)
    assert client.get(place, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "表格做好了" in client.get(place).content.decode()
    file = reverse("desk:ledger_export_file", args=[export.pk])
    assert client.get(file).content[:2] == b"PK"
    assert as_(world, "second").get(place).status_code == 404
    assert as_(world, "second").get(file).status_code == 404
    client.post(reverse("desk:ledger_export_stop", args=[export.pk]), {"once": uuid4().hex})
    assert "这个文件没有了" in client.get(place).content.decode()
    assert client.get(file).status_code == 409


# --- form 1 ---------------------------------------------------------------------------------------------------------


def words(raw: bytes) -> str:
    paper = Document(io.BytesIO(raw))
    cells = [cell.text for row in paper.tables[0].rows for cell in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


def form1(client: Client, case: Case, fmt: str = "docx"):
    return client.get(reverse("desk:case_paper", args=[case.pk, "form1", fmt]))


@pytest.mark.clause("MY-A1")
def test_form_1_of_a_named_worker_is_full_for_the_office(world) -> None:
    case = make.told(world, make.voice(secrecy="named", name=NAME, phone=PHONE, words=ORIGINAL))
    text = words(form1(as_(world, "officer"), case).content)
    for word in (
        case.number,
        NAME,
        PHONE,
        case.summary,
        "铸造车间",
        "受理，李慧敏负责",
        "末班车自即日起恢复 22:40 发车。",
    ):
        assert word in text
    assert ORIGINAL not in text
    assert Reading.objects.filter(what="form1", subject=case.pk).exists()
    pdf = form1(as_(world, "officer"), case, "pdf")
    assert NAME in "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf.content)).pages)


@pytest.mark.clause("MY-A1")
@pytest.mark.parametrize(("secrecy", "said"), [("sealed", "保密"), ("anonymous", "匿名")])
def test_form_1_never_names_who_asked_not_to_be_named(world, secrecy, said) -> None:
    case = make.told(world, make.voice(secrecy=secrecy, name=NAME, phone=PHONE, words=ORIGINAL))
    answer = form1(as_(world, "officer"), case)
    text = words(answer.content)
    assert said in text
    assert not [word for word in (NAME, PHONE, ORIGINAL) if word in text]
    assert case.number not in answer.headers["Content-Disposition"]


def test_form_1_of_a_named_worker_names_nobody_to_the_union_above(world) -> None:
    case = make.told(world, make.voice(secrecy="named", name=NAME, phone=PHONE))
    text = words(form1(as_(world, "upper"), case).content)
    assert "实名" in text
    assert not [word for word in (NAME, PHONE) if word in text]


def test_form_1_is_not_there_for_others(world) -> None:
    case = make.told(world)
    for who in ("handler", "manager", "foreign", "audit", "liaison"):
        assert form1(as_(world, who), case).status_code == 404
    assert form1(as_(world, "officer"), case, "exe").status_code == 404


def test_a_joint_case_names_the_first_and_counts_the_rest(world) -> None:
    voices = [make.voice(secrecy="named", name=name) for name in (NAME, "甲", "乙")]
    case = make.told(world, *voices)
    assert f"{NAME} 等 3 人" in words(form1(as_(world, "officer"), case).content)


def test_the_blank_form(world) -> None:
    for fmt, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = as_(world, "officer").get(reverse("desk:blank", args=["form1", fmt]))
        assert answer.content.startswith(start)

"""The ledger: chosen columns, views saved by name, paper, one act on many cases; the archive."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from huying.cases.models import Case, Event
from huying.cases.rules import Concerns
from huying.feedback import acts as feedback
from huying.kernel.actors import SYSTEM
from huying.ledger import acts, jobs
from huying.ledger.models import Export, SavedView
from huying.ledger.rules import Selection
from tests.desk.browser import as_
from tests.factories import world as make

pytestmark = pytest.mark.django_db


def page_of(client: Client, query: str = "", name: str = "desk:ledger") -> str:
    return client.get(reverse(name) + query).content.decode()


def send(client: Client, view: str, /, *args: Any, **form: Any) -> Any:
    return client.post(reverse(view, args=args), {"once": uuid4().hex, **form})


# --- columns ------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.6")
def test_columns_are_chosen_in_the_address_for_page_workbook_and_paper(world) -> None:
    case = make.told(world)
    client = as_(world, "officer")
    page = page_of(client, "?cols=officer&cols=told")
    assert '<th scope="col">责任人</th>' in page
    assert '<th scope="col">类别</th>' not in page
    book = client.get(reverse("desk:ledger_xlsx") + "?cols=officer&cols=told")
    rows = list(load_workbook(io.BytesIO(b"".join(book.streaming_content))).active.values)
    assert rows[0] == ("编号", "标题", "责任人", "告知")
    assert rows[1][:3] == (case.number, case.title, "李慧敏")
    paper = client.get(reverse("desk:ledger_pdf") + "?cols=officer")
    text = PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    assert "李慧敏" in text
    assert "共1页" in text.replace(" ", "")


def test_a_long_ledger_is_printed_in_the_background_with_its_head_on_every_page(world, monkeypatch) -> None:
    monkeypatch.setattr("huying.ledger.acts._exports.PRINTED_AT_ONCE", 2)
    for number in range(40):
        make.said(world, channel_note=f"第 {number} 件")
    client = as_(world, "officer")
    assert client.get(reverse("desk:ledger_pdf")).status_code == 409
    assert send(client, "desk:ledger_later", what="print").status_code == 302
    export = Export.objects.get()
    assert jobs.write.call(str(export.pk))
    pages = PdfReader(io.BytesIO(client.get(reverse("desk:ledger_export_file", args=[export.pk])).content)).pages
    assert len(pages) > 1
    assert all("编号" in page.extract_text() for page in pages)


def test_filters_by_step_mark_officer_and_archiving(world) -> None:
    make.assigned(world, days=1, at=world.now - timedelta(days=9))
    make.said(world)
    client = as_(world, "officer")
    late = page_of(client, "?step=item:overdue")
    assert "共 1 件" in late
    assert "共 1 件" in page_of(client, "?officer=李慧敏")
    for query in ("?mark=reopened", "?step=nonsense", "?mark=nonsense", "?archived_since=2026-01-01", "?at=nonsense"):
        assert "没有符合的事项" in page_of(client, query), query


# --- saved views --------------------------------------------------------------------------------------------------------


def test_a_view_is_saved_opened_renamed_and_deleted(world) -> None:
    make.said(world)
    client = as_(world, "officer")
    assert (
        send(client, "desk:ledger_views", name="超期的", query="timing=late&words=刘春华&cols=state").status_code == 302
    )
    view = SavedView.objects.get()
    assert view.query == "timing=late&cols=state", "a name somebody looked for is not kept"
    assert f"{reverse('desk:ledger')}?timing=late&amp;cols=state" in page_of(client)
    assert "超期的" not in page_of(as_(world, "second")), "one's own until it is shared"
    send(client, "desk:ledger_view", view.pk, name="要催的", shared="on")
    assert "要催的" in page_of(as_(world, "second"))
    assert "要催的" not in page_of(as_(world, "foreign"))
    assert as_(world, "second").get(reverse("desk:ledger_view", args=[view.pk])).status_code == 404
    send(client, "desk:ledger_view_delete", view.pk)
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_or_of_a_name_there_is_says_so(world) -> None:
    client = as_(world, "officer")
    answer = send(client, "desk:ledger_views", name="  ", query="timing=late")
    assert answer.status_code == 422
    assert 'value="timing=late"' in answer.content.decode(), "what was chosen stays"
    for name in ("甲", "乙"):
        send(client, "desk:ledger_views", name=name, query="")
    view = SavedView.objects.get(name="甲")
    answer = send(client, "desk:ledger_view", view.pk, name="乙")
    assert answer.status_code == 422
    assert "已经有一个叫“乙”的视图。" in answer.content.decode()


def test_a_shared_view_shows_whoever_opens_it_only_what_is_theirs(world) -> None:
    case = make.said(world, concerns=Concerns(chair=True), channel="phone")
    send(as_(world, "officer"), "desk:ledger_views", name="电话来的", query="channel=phone", shared="on")
    assert case.number in page_of(as_(world, "officer"), "?channel=phone")
    page = page_of(as_(world, "chair"), "?channel=phone")
    assert case.number not in page
    assert "没有符合的事项" in page


# --- one act on many cases ----------------------------------------------------------------------------------------------


def test_an_upper_union_urges_several_at_once_and_hears_what_was_not_done(world) -> None:
    one, two = make.accepted(world), make.accepted(world)
    closed = make.told(world)
    Case.objects.filter(pk=closed.pk).update(status="archived", closed_at=world.now)
    own = make.said(world, concerns=Concerns(own_union=True))
    client = as_(world, "upper")
    ids = [str(case.pk) for case in (one, two, closed, own)]
    answer = client.post(
        reverse("desk:ledger_bulk"), {"once": uuid4().hex, "what": "urge", "text": "请抓紧办", "only": ids}, follow=True
    )
    page = answer.content.decode()
    assert Event.objects.filter(act="urge").count() == 2
    assert f"督促了 2 件：{one.number}、{two.number}。" in page
    assert f"{closed.number} 没有督促：这件事已经办结，不用再督促。" in page
    assert f"{own.number} 没有督促：" in page


def test_several_are_given_to_a_colleague_and_none_that_is_hidden_is_spoken_of(world) -> None:
    mine = make.accepted(world)
    hidden = make.said(world, concerns=Concerns(chair=True))
    ids = [str(mine.pk), str(hidden.pk)]
    second = str(world.posts["second"].pk)
    answer = as_(world, "chair").post(
        reverse("desk:ledger_bulk"), {"once": uuid4().hex, "what": "take", "to": second, "only": ids}, follow=True
    )
    assert Case.objects.get(pk=mine.pk).officer_id == world.posts["second"].pk
    assert Case.objects.get(pk=hidden.pk).officer_id is None
    assert hidden.number not in answer.content.decode()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"what": "urge", "text": "请抓紧"}, "没有勾选事项。"),
        ({"what": "urge", "text": " "}, "没有写督促什么。"),
        ({"what": "take"}, "没有选责任人。"),
        ({"what": "delete"}, "没有选好要做什么。"),
    ],
)
def test_what_is_missing_is_said(world, form: dict[str, str], said: str) -> None:
    make.accepted(world)
    answer = send(as_(world, "officer"), "desk:ledger_bulk", **form)
    assert answer.status_code == 409
    assert said in answer.content.decode()


# --- many cases ---------------------------------------------------------------------------------------------------------


def test_a_long_list_stops_counting(world, monkeypatch) -> None:
    monkeypatch.setattr("huying.desk.views.ledger.MOST_COUNTED", 2)
    for _ in range(4):
        make.said(world)
    assert "超过 2 件" in page_of(as_(world, "officer"))


# --- archive ------------------------------------------------------------------------------------------------------------


def archived(world, at) -> Case:
    voice = make.voice()
    case = make.told(world, voice, at=at)
    feedback.open_missing(by=SYSTEM, at=at)
    feedback.close_due(by=SYSTEM, at=at + timedelta(days=40))
    return feedback.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=at + timedelta(days=41))


@pytest.mark.clause("MY-3.2.6")
def test_the_archive_says_until_when_each_year_is_kept_and_what_is_due(world) -> None:
    case = archived(world, world.now)
    old = archived(world, world.now)
    Case.objects.filter(pk=old.pk).update(archived_at=case.archived_at.replace(year=2014))
    acts.settle_figures(by=SYSTEM, at=world.now)
    acts.rebuild_figures(root=world.county.pk, by=SYSTEM, at=world.now, progress=lambda done, of: True)
    page = page_of(as_(world, "officer"), name="desk:archive")
    year = case.archived_at.year
    assert f"{year + 10}年12月31日" in page
    assert "该鉴定" in page
    assert "2014 年归档的 1 件" in page
    assert "起始值，不是文件要求" in page
    chosen = Selection(state="archived", archived_until=case.archived_at.replace(year=2014).date())
    assert chosen.plain()["archived_until"]

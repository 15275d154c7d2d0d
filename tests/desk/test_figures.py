"""The page of figures, its workbook and paper, figures kept at a date, and who finds which trace there."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from huying.cases.models import Case
from huying.cases.rules import Concerns
from huying.kernel.actors import SYSTEM
from huying.ledger import acts
from huying.ledger.models import Frozen
from huying.trail.models import Entry
from tests.desk.browser import as_
from tests.factories import world as make

pytestmark = pytest.mark.django_db
CANARY = "金丝雀"


def page_of(client: Client, query: str = "", name: str = "desk:figures") -> str:
    answer = client.get(reverse(name) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def swept(world) -> None:
    acts.sweep_figures(by=SYSTEM, at=world.now)


@pytest.mark.clause("PD-4.3")
def test_the_page_says_what_rises_where_and_in_whose_words(world) -> None:
    case = make.told(world)
    make.accepted(world, title="浴室热水不热", summary="三号浴室晚上十点以后没有热水。")
    make.said(world, channel="phone", at=world.now - timedelta(days=100))
    swept(world)
    page = page_of(as_(world, "officer"))
    for words in (
        "什么在增多",
        "后勤生活",
        "铸造车间",
        "三号浴室晚上十点以后没有热水。",
        case.summary[:20],
        "平均用时",
    ):
        assert words in page, words
    assert f"at={world.plant.pk}" in page, "each figure opens its cases"


@pytest.mark.clause("PD-4.3")
def test_words_that_are_not_released_stand_nowhere(world) -> None:
    make.said(world, make.voice(words=f"{CANARY}在车间里哭"))
    swept(world)
    for who in ("officer", "upper", "manager"):
        assert CANARY not in page_of(as_(world, who)), who


def test_figures_ask_the_database_as_often_however_many_cases_there_are(world) -> None:
    client = as_(world, "upper")
    make.told(world)
    swept(world)
    page_of(client)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            page_of(client)
        return len(found)

    few = asked()
    for _ in range(4):
        make.told(world)
        make.accepted(world, place=world.plant)
    swept(world)
    assert asked() == few


def test_management_sees_whole_quarters_without_small_figures_and_opens_nothing(world) -> None:
    last = world.now - timedelta(days=70)
    for _ in range(6):
        make.said(world, at=last)
    make.said(world, at=last, channel="phone")
    make.accepted(world)
    swept(world)
    page = page_of(as_(world, "manager"))
    assert "2026年7月—9月的数字" in page
    assert "不显示" in page
    assert "/desk/ledger/" not in page
    assert "大家是这样说的" not in page
    assert page_of(as_(world, "manager"), "?since=2026-11&until=2026-11").count("2026年7月—9月的数字"), (
        "no month of its own"
    )


def test_a_period_that_ends_before_it_begins_is_pointed_out(world) -> None:
    assert "结束的月份不能早于开始的月份。" in page_of(as_(world, "officer"), "?since=2026-11&until=2026-02")


def test_workbook_and_paper_hold_the_figures_of_the_page(world) -> None:
    make.told(world)
    swept(world)
    client = as_(world, "officer")
    book = client.get(reverse("desk:figures_xlsx"))
    rows = [list(row) for row in load_workbook(io.BytesIO(b"".join(book.streaming_content))).active.values]
    assert ["合计", "收到", 1, 0] in [row[:4] for row in rows]
    text = PdfReader(io.BytesIO(client.get(reverse("desk:figures_pdf")).content)).pages[0].extract_text()
    assert "山泉机械" in text
    assert "办理时限" in text


# --- kept at a date -----------------------------------------------------------------------------------------------------


def kept(world, client: Client, **more: str) -> Frozen:
    form = {"once": uuid4().hex, "title": "三季度向党委的报告", **more}
    answer = client.post(reverse("desk:figures_freeze"), form)
    assert answer.status_code == 302, answer.content.decode()[-400:]
    return Frozen.objects.latest("at")


def test_kept_figures_never_change(world) -> None:
    make.told(world)
    swept(world)
    client = as_(world, "officer")
    frozen = kept(world, client)
    first = client.get(reverse("desk:frozen_pdf", args=[frozen.pk])).content
    make.told(world)
    swept(world)
    page = page_of(client, name="desk:figures_kept")
    assert "三季度向党委的报告" in page
    again = client.get(reverse("desk:frozen_pdf", args=[frozen.pk])).content
    assert PdfReader(io.BytesIO(again)).pages[0].extract_text() == PdfReader(io.BytesIO(first)).pages[0].extract_text()
    assert frozen.body["top"][0]["n"] == 1
    entry = Entry.objects.filter(act="ledger.freeze").get()
    assert entry.data["digest"] == frozen.digest


def test_what_is_handed_on_is_kept_without_small_figures(world) -> None:
    make.told(world)
    swept(world)
    frozen = kept(world, as_(world, "officer"))
    assert frozen.outside["top"][0]["n"] is None
    page = as_(world, "officer").get(reverse("desk:frozen", args=[frozen.pk]) + "?for=outside").content.decode()
    assert "人数少，不显示" in page


def test_only_who_kept_them_opens_them(world) -> None:
    make.told(world)
    swept(world)
    frozen = kept(world, as_(world, "officer"))
    for who in ("second", "chair", "upper", "manager", "foreign"):
        assert as_(world, who).get(reverse("desk:frozen", args=[frozen.pk])).status_code == 404, who


# --- no trace -----------------------------------------------------------------------------------------------------------


def test_who_is_named_finds_no_trace_of_the_case(world) -> None:
    make.accepted(world)
    swept(world)
    client = as_(world, "chair")
    addresses = [
        reverse("desk:figures"),
        reverse("desk:figures") + "?for=outside",
        reverse("desk:archive"),
        reverse("desk:ledger") + f"?at={world.plant.pk}&state=counted",
        reverse("desk:ledger") + "?cols=state&cols=place",
    ]
    before = [plain(client, address) for address in addresses]
    case = make.said(world, concerns=Concerns(chair=True), channel="phone")
    Case.objects.filter(pk=case.pk).update(title=CANARY, summary=CANARY, released_at=world.now)
    swept(world)
    assert [plain(client, address) for address in addresses] == before
    frozen = kept(world, client)
    assert frozen.body["top"][0]["n"] == 1
    assert plain(as_(world, "officer"), addresses[0]) != before[0]


def plain(client: Client, address: str) -> str:
    """A page without what differs each time it is asked for."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    lines = answer.content.decode().split("\n")
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line and 'name="once"' not in line)

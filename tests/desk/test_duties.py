"""Duties on the desk: figures and what is behind them, the year, the units below, clause by clause, and who sees how much."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from python_calamine import CalamineWorkbook

from huying.desk.reads._clauses import CARRIED_BY
from huying.duties import acts
from huying.kernel.actors import SYSTEM
from huying.mechanism.models import Adoption
from huying.mechanism.pack_file import read_shipped, shipped
from tests.desk.browser import as_, page
from tests.factories import consultation
from tests.factories import world as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def adopted(world: Any) -> None:
    """The pack has been in force all year."""
    Adoption.objects.update(from_day=date(2026, 1, 1))


def opened(world: Any, name: str, view: str, *args: Any, **query: Any) -> str:
    return page(as_(world, name).get(reverse(f"desk:{view}", args=args), query))


@pytest.mark.clause("MY-3.2.3a")
def test_what_is_missing_comes_first_and_leads_on(world: Any) -> None:
    make.told(world)
    html = opened(world, "chair", "duties")
    assert html.index("每季度一次协商会议") < html.index("工会按时告知职工"), "open before met"
    assert "还差 1 次，12月31日前，还有 41 天" in html
    assert "第一季度、2026年第二季度、2026年第三季度" in html, "the year says which quarters went without"
    behind = opened(world, "chair", "duty", "meeting_each_quarter", since="2026-10-01")
    assert reverse("desk:meetings") in behind
    meeting = consultation.signed(world, consultation.ready(world), starts_at=world.now)
    assert "2026年第四季度做到了" in opened(world, "chair", "duties")
    behind = opened(world, "chair", "duty", "meeting_each_quarter", since="2026-10-01")
    assert reverse("desk:meeting", args=[meeting.pk]) in behind


def test_a_late_case_is_behind_its_figure(world: Any) -> None:
    case = make.reported(world, at=world.now.replace(day=10))  # to be told by 13 November
    html = opened(world, "officer", "duty", "tell_in_time")
    assert case.number in html
    assert "超期 7 天" in html


def test_wrong_addresses_lead_nowhere(world: Any) -> None:
    client = as_(world, "chair")
    for address, query in (
        (reverse("desk:duty", args=["nothing"]), {}),
        (reverse("desk:duty", args=["tell_in_time"]), {"since": "yesterday"}),
        (reverse("desk:duty", args=["tell_in_time"]), {"since": "1999-01-01"}),
        (reverse("desk:duties"), {"unit": "x"}),
        (reverse("desk:duties"), {"unit": str(world.county.pk)}),
        (reverse("desk:clauses"), {"unit": str(world.other.pk)}),
    ):
        assert client.get(address, query).status_code == 404, (address, query)
    page(client.get(reverse("desk:duties"), {"year": "soon"}))


def test_management_sees_figures_but_no_few_and_no_case(world: Any) -> None:
    make.told(world)
    html = opened(world, "manager", "duties")
    assert "人数少，不显示" in html
    assert "不足 5 件的数字不显示" in html
    assert reverse("desk:duty", args=["tell_in_time"]) not in html
    for _ in range(5):
        make.told(world)
    html = opened(world, "manager", "duties")
    assert "6<span> / 6 件</span>" in html
    assert reverse("desk:duty", args=["tell_in_time"]) not in html


def test_a_hidden_figure_cannot_be_had_from_the_clauses(world: Any) -> None:
    make.told(world)
    html = opened(world, "manager", "clauses")
    assert "1 / 1 件" not in html
    book = as_(world, "manager").get(reverse("desk:clauses_xlsx"))
    cells = str(_cells(book))
    assert "1 / 1 件" not in cells
    assert "人数少，不显示" in cells


def _cells(answer: Any) -> list[list[Any]]:
    content = b"".join(answer.streaming_content)
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.clause("MY-3.2.3a")
def test_the_county_sees_the_units_below_worst_first_and_exports_them(world: Any) -> None:
    make.reported(world, at=world.now.replace(day=10))  # overdue at the plant
    acts.recount(units=[world.plant, world.other], by=SYSTEM, at=world.now)
    html = opened(world, "upper", "duties_below")
    assert html.index("山泉机械有限公司工会") < html.index("青石医院工会")
    assert "1 项没有做到" in html
    assert "青石医院工会" not in opened(world, "upper", "duties_below", state="missed")
    assert "没有符合的单位" in opened(world, "upper", "duties_below", q="没有这样的")
    rows = _cells(as_(world, "upper").get(reverse("desk:duties_below_xlsx")))
    assert [row[0] for row in rows] == ["单位", "山泉机械有限公司工会", "青石医院工会"]
    assert "下级履职" in opened(world, "upper", "duties", unit=world.plant.pk)


def test_queries_do_not_grow_with_what_is_behind(world: Any) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            opened(world, "chair", "duties")
        return len(queries)

    make.told(world)
    asked()
    few = asked()
    for _ in range(4):
        make.told(world)
    assert asked() == few


@pytest.mark.parametrize("view", ["my_duties", "duties", "clauses"])
def test_duties_that_look_at_the_same_rows_read_them_once(world: Any, view: str) -> None:
    for pack in ("baoding-studio", "pingdingshan-2013", "qingdao-2020", "shaanxi-2012-38"):
        make.works_by(world, pack)
    client, where = as_(world, "chair"), reverse(f"desk:{view}")
    client.get(where)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(where).status_code == 200
    assert len(queries) <= 24


# --- clause by clause -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2", "MY-2.1", "MY-2.2")
def test_every_clause_says_what_carries_it_out_and_whether_it_is_met(world: Any) -> None:
    make.reported(world, at=world.now.replace(day=10))
    html = opened(world, "chair", "clauses")
    body = next(read_shipped(path) for path in shipped() if path.name == "mengyin-2017-21.yaml")
    places = [html.index(clause["summary"][:12]) for clause in body["clauses"]]
    assert places == sorted(places), "in the order of the document"
    assert "没有合法性审查，或者审查没有通过，议题列不进议程" in html
    unmet = opened(world, "chair", "clauses", only="unmet")
    assert "1 件没有按时" in unmet
    assert body["clauses"][0]["summary"][:12] not in unmet


@pytest.mark.parametrize(
    ("number", "label", "view"),
    [
        pytest.param(0, "征集协商议题", "register", marks=pytest.mark.clause("MY-3.2", "MY-3.2.1")),
        pytest.param(1, "确定协商人员", "meetings", marks=pytest.mark.clause("MY-3.2", "MY-3.2.2")),
        pytest.param(2, "召开协商会议", "meetings", marks=pytest.mark.clause("MY-3.2", "MY-3.2.3a")),
        pytest.param(3, "工会督导办理", "cases", marks=pytest.mark.clause("MY-3.2", "MY-3.2.4e")),
        pytest.param(4, "满意度测评", "surveys", marks=pytest.mark.clause("MY-3.2", "MY-3.2.5a")),
        pytest.param(5, "建立工作台账", "ledger", marks=pytest.mark.clause("MY-3.2", "MY-3.2.6")),
    ],
)
def test_the_closed_loop_leads_to_the_page_of_each_phase(world: Any, number: int, label: str, view: str) -> None:
    html = opened(world, "chair", "clauses")
    loop = html[html.index('class="hy-phases"') :].partition("</ol>")[0]
    phases = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', loop)
    assert phases[number] == (reverse(f"desk:{view}"), label)
    assert len(phases) == 6


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("由工会代表职工提出，不写职工姓名；本人同意的除外。", marks=pytest.mark.clause("MY-3.2.3d")),
        pytest.param("解决不了或一时难以解决的，要把理由向提出的职工讲清楚。", marks=pytest.mark.clause("MY-3.2.4c")),
        pytest.param(
            "测评结果由督办人签字备案，并反馈给承办部门、承办人和单位主要负责人。",
            marks=pytest.mark.clause("MY-3.2.5c"),
        ),
    ],
)
def test_what_a_clause_wants_said_stands_beside_it(world: Any, said: str) -> None:
    assert f"办理时要讲清：{said}" in opened(world, "chair", "clauses")


@pytest.mark.clause("MY-4.3")
def test_a_public_institution_reads_that_it_goes_by_the_same_rules(world: Any) -> None:
    own, other = (opened(world, name, "packs") for name in ("foreign", "chair"))
    assert "事业单位参照执行。" not in own + other
    world.other.ownership = "institution"
    world.other.save()
    html = opened(world, "foreign", "packs")
    assert "事业单位参照执行。" in html
    assert reverse("desk:clause", args=["MY-4.3"]) in html
    assert "3 个自然日" in html, "and its limits are the same"
    assert "事业单位参照执行。" not in opened(world, "chair", "packs")


def test_the_table_is_printed_and_exported(world: Any) -> None:
    client = as_(world, "chair")
    answer = client.get(reverse("desk:clauses_pdf"))
    assert answer.content.startswith(b"%PDF")
    rows = _cells(client.get(reverse("desk:clauses_xlsx")))
    assert len(rows) == 1 + 27
    assert rows[1][2] == "协商议题"


def test_every_clause_of_a_document_has_what_carries_it_out() -> None:
    """A house rule: no clause ships without the page that carries it out."""
    for path in shipped():
        body = read_shipped(path)
        if body["pack"] == "house":
            continue
        for clause in body["clauses"]:
            carrier = CARRIED_BY[clause["id"]]
            assert carrier.words
            assert resolve(reverse(f"desk:{carrier.page}"))

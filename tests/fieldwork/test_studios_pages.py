"""Pages of studios, logs, the file of opinion, groups, ties, households, as people open and send them."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from itertools import count

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from huying.cases.rules import Concerns
from huying.climb import acts as climb
from huying.fieldwork import acts
from huying.fieldwork.models import DayLog, Household, Studio, StudioStaff, Tie
from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from huying.org.models import Level
from huying.trail.models import Reading
from tests.desk.browser import as_, page, post
from tests.factories import world as make
from tests.factories.org import make_department, make_unit
from tests.fieldwork.grounds import (
    BAODING,
    HOME,
    PINGDINGSHAN,
    SHAANXI,
    adopted,
    everything,
    household,
    record,
    set_up,
    tie,
)

_keys = count(1)


@pytest.fixture(autouse=True)
def frozen(now):
    """The pages read the clock at the edge; here it stands still."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def rules(world):
    """The county works by Baoding, Shaanxi and Pingdingshan, too."""
    return adopted(world, BAODING, SHAANXI, PINGDINGSHAN)


def seen(world, name: str, where: str, *args, status: int = 200, **query) -> str:
    """A page as somebody reads it."""
    return page(as_(world, name).get(reverse(f"desk:{where}", args=args), query), status)


def sent(world, by: str, where: str, *args, status: int = 302, query: str = "", **typed):
    """A form filled in and sent, with the version the page showed."""
    client, address = as_(world, by), reverse(f"desk:{where}", args=args) + query
    version = re.search(r'name="version" value="(\d*)"', client.get(address).content.decode())
    given = {"once": f"{next(_keys):032d}", "version": version[1] if version else "", **typed}
    answer = client.post(address, given)
    assert answer.status_code == status, re.sub(r"\s+", " ", answer.content.decode())[-3500:]
    return answer


def table(answer) -> list[list[str]]:
    """A workbook's first sheet."""
    body = b"".join(answer.streaming_content)
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)]


# --- studios ------------------------------------------------------------------------------------------------------------------


def test_setting_up_a_studio_from_an_empty_page(world, rules):
    assert "还没有建群众工作室" in seen(world, "officer", "studios")
    day = world.now.date().isoformat()
    have = {f"has_{name}": day for name in everything(rules, world.now.date())}
    sent(
        world,
        "officer",
        "studio_edit",
        world.plant.pk,
        opened_on=day,
        room="办公楼 101",
        hours="",
        phone="",
        email="",
        **have,
    )
    sent(world, "officer", "studio_staff", world.plant.pk, kind="volunteer", person="", name="申小雨", since=day)
    sent(world, "officer", "studio_staff", world.plant.pk, kind="cadre", person=str(world.posts["officer"].person_id), name="",
         since=day)  # fmt: skip
    chosen = {f"p{one.pk.hex}": str(world.posts[who].person_id)
              for one, who in ((world.shop, "liaison"), (world.admin, "handler"), (world.logistics, "other_handler"))}  # fmt: skip
    sent(world, "officer", "liaisons", world.plant.pk, **chosen)
    html = seen(world, "upper", "studio", world.plant.pk)
    assert "该有的都有了" in html
    assert "申小雨" in html
    assert reverse("desk:studio_edit", args=[world.plant.pk]) not in html
    assert Studio.objects.get().equipped["opinion_ways.box"] == day


def test_what_is_refused_stays_beside_what_was_typed(world, rules):
    later = (world.now.date() + timedelta(days=2)).isoformat()
    answer = sent(
        world, "officer", "studio_edit", world.plant.pk, status=422, opened_on=later, room="二楼东头", has_sign=later
    )
    html = page(answer, 422)
    assert "二楼东头" in html
    assert "启用日期还没有到" in html
    answer = sent(
        world, "officer", "studio_staff", world.plant.pk, status=422, kind="volunteer", person="", name="", since=later
    )
    assert "两样选一样" in page(answer, 422)


def test_staff_leaves(world, rules):
    row = acts.add_staff(unit=world.plant, kind="volunteer", person_id=None, name="申小雨", since=world.now.date(),
                         by=world.as_("officer"), at=world.now)  # fmt: skip
    sent(world, "chair", "studio_staff_end", world.plant.pk, row.pk, until=world.now.date().isoformat())
    assert StudioStaff.objects.get().until == world.now.date()


@pytest.mark.clause("BD-2.1")
def test_the_union_above_sees_all_worst_first_and_takes_the_list_along(world, rules):
    set_up(world, rules)
    html = seen(world, "upper", "studios")
    assert html.index(world.other.name) < html.index(world.plant.name)
    assert world.other.name not in seen(world, "upper", "studios", state="lacking")
    assert "没有符合的单位" in seen(world, "upper", "studios", q="没有这家")
    rows = table(as_(world, "upper").get(reverse("desk:studios_xlsx")))
    assert [row[0] for row in rows[1:]] == [world.other.name, world.plant.name]
    assert "铸造车间" in rows[2][-1]
    assert as_(world, "manager").get(reverse("desk:studios")).status_code == 404


def test_the_list_costs_the_same_however_many(world, rules, django_assert_max_num_queries):
    client, address = as_(world, "upper"), reverse("desk:studios")
    client.get(address)
    with django_assert_max_num_queries(24) as few:
        client.get(address)
    for _ in range(10):
        unit = make_unit(under=world.county)
        make_department(unit)
        make_unit(under=unit, level=Level.WORKSHOP, has_union=False)
    with django_assert_max_num_queries(len(few)):
        client.get(address)


@pytest.mark.clause("BD-2.2")
@pytest.mark.parametrize("paper", ["sign", "duties", "rules", "flow", "guide", "card"])
@pytest.mark.parametrize("fmt", ["pdf", "docx"])
def test_what_hangs_on_the_wall_is_printed_from_the_data(world, rules, paper, fmt):
    set_up(world, rules)
    answer = as_(world, "officer").get(reverse("desk:studio_print", args=[world.plant.pk, paper, fmt]))
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF" if fmt == "pdf" else b"PK")
    for name in ("upper", "manager", "foreign"):
        again = as_(world, name).get(reverse("desk:studio_print", args=[world.plant.pk, paper, fmt]))
        assert again.status_code == 404


def test_links_and_own_rules(world, rules):
    assert "“收集”没有责任人" in seen(world, "upper", "links", world.plant.pk)
    officer = str(world.posts["officer"].person_id)
    given = dict.fromkeys(("gather", "sort", "report", "supervise", "assess", "answer"), officer)
    sent(world, "officer", "links", world.plant.pk, **given)
    sent(world, "officer", "own_rule", world.plant.pk, "reaction", since="2026-03-01", text="半小时内响应。")
    html = seen(world, "officer", "links", world.plant.pk)
    assert "没有责任人" not in html
    assert "半小时内响应" in html
    assert "还没有定《收集反馈落实考核办法》" in html
    assert as_(world, "upper").post(reverse("desk:links", args=[world.plant.pk]), given).status_code == 404


# --- the work log -------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-2.2")
def test_the_log_fills_itself_and_is_completed_by_hand(world, rules):
    record(world, "visit", world.posts["officer"], world.now.date(), theme="夜班走访", workers_met=7)
    case = make.accepted(world)
    html = seen(world, "officer", "work_log_day", world.plant.pk, "2026-11-20")
    for words in ("夜班走访", "见到职工 7 人", case.number, "李慧敏"):
        assert words in html
    sent(world, "officer", "work_log_day", world.plant.pk, "2026-11-20", text="接了三个电话，都问年终奖。")
    html = seen(world, "upper", "work_log_day", world.plant.pk, "2026-11-20")
    assert "接了三个电话" in html
    assert "<textarea" not in html
    html = seen(world, "upper", "work_log", world.plant.pk, month="2026-11")
    assert "1 条" in html
    for span in ("2026-11-20", "2026-11"):
        answer = as_(world, "upper").get(reverse("desk:work_log_print", args=[world.plant.pk, span]))
        assert answer.content.startswith(b"%PDF")
    assert Reading.objects.filter(what="work_log", person=world.posts["upper"].person_id).count() == 2


@pytest.mark.clause("BD-2.2")
def test_nobody_writes_the_log_of_another_union_or_of_tomorrow(world, rules):
    address = reverse("desk:work_log_day", args=[world.plant.pk, "2026-11-20"])
    for name in ("upper", "foreign", "manager", "liaison"):
        assert as_(world, name).post(address, {"once": f"{next(_keys):032d}", "text": "x"}).status_code == 404
    tomorrow = reverse("desk:work_log_day", args=[world.plant.pk, "2026-11-21"])
    assert as_(world, "officer").post(tomorrow, {"once": f"{next(_keys):032d}", "text": "x"}).status_code == 404
    assert (
        as_(world, "officer").get(reverse("desk:work_log_day", args=[world.plant.pk, "1066-01-01"])).status_code == 404
    )
    assert not DayLog.objects.exists()


@pytest.mark.clause("BD-6.2")
def test_who_is_stationed_keeps_a_log_of_their_own(world, rules):
    upper = world.posts["upper"]
    record(world, "stationing", upper, world.now.date(), theme="进驻山机", union=world.county)
    query = f"?person={upper.person_id}"
    sent(world, "upper", "work_log_day", world.county.pk, "2026-11-20", query=query, text="进驻一天，听了四个班组。")
    assert DayLog.objects.get().person_id == upper.person_id
    html = seen(world, "upper", "work_log_day", world.county.pk, "2026-11-20", person=str(upper.person_id))
    assert "进驻山机" in html
    assert "听了四个班组" in html
    assert "听了四个班组" not in seen(world, "upper", "work_log_day", world.county.pk, "2026-11-20")
    answer = as_(world, "officer").get(reverse("desk:work_log", args=[world.county.pk]) + query)
    assert answer.status_code == 404
    somebody = f"?person={world.posts['officer'].person_id}"
    assert as_(world, "upper").get(reverse("desk:work_log", args=[world.county.pk]) + somebody).status_code == 404


def test_who_a_case_names_finds_no_trace_of_it_in_log_or_file(world, rules):
    case = make.accepted(world, concerns=Concerns(chair=True), title="主席的事", summary="主席的事。")
    record(world, "visit", world.posts["officer"], world.now.date())
    for where in ("work_log_day", "opinion_file"):
        args = [world.plant.pk, "2026-11-20"] if where == "work_log_day" else [world.plant.pk]
        assert case.number in seen(world, "officer", where, *args)
        html = seen(world, "chair", where, *args)
        assert case.number not in html
        assert "主席的事" not in html


def test_a_month_costs_the_same_however_full(world, rules, django_assert_max_num_queries):
    client = as_(world, "officer")
    address = reverse("desk:work_log_print", args=[world.plant.pk, "2026-11"])
    record(world, "visit", world.posts["officer"], date(2026, 11, 2))
    client.get(address)
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    for number in range(3, 12):
        record(world, "visit", world.posts["second"], date(2026, 11, number))
    with django_assert_max_num_queries(len(few)):
        client.get(address)


# --- the file of opinion ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.3a")
def test_the_file_of_opinion_gathers_what_came_in(world, rules):
    case = make.accepted(world)
    figures = {"handed_out": 40, "returned": 36}
    kind = rules.record("opinion_forms")
    assert (kind.clause.id, kind.outside) == ("BD-4.3a", False)
    assert {field.code: (field.kind, field.must) for field in kind.fields} == dict.fromkeys(figures, ("number", True))
    record(world, "opinion_forms", world.posts["officer"], date(2026, 10, 9), figures=figures)
    html = seen(world, "officer", "opinion_file", world.plant.pk)
    assert html.index(case.number) < html.index("征求意见表</td>")
    assert "发出 40，收回 36" in html
    only = seen(world, "officer", "opinion_file", world.plant.pk, kind="forms")
    assert case.number not in only
    assert "发出 40" in only
    rows = table(as_(world, "upper").get(reverse("desk:opinion_file_xlsx", args=[world.plant.pk])))
    assert any("发出 40" in str(row[3]) for row in rows)
    assert Reading.objects.filter(what="export", person=world.posts["upper"].person_id).exists()


@pytest.mark.clause("BD-4.3a")
def test_nobody_elsewhere_reads_it(world, rules):
    for name in ("foreign", "manager", "head", "handler", "liaison", "delegate", "audit"):
        assert as_(world, name).get(reverse("desk:opinion_file", args=[world.plant.pk])).status_code == 404


@pytest.mark.clause("BD-3")
def test_first_to_know_first_to_report(world, rules):
    case = make.accepted(world, at=world.now - timedelta(days=3))
    other = make.accepted(world, title="食堂又涨价", summary="食堂又涨价。")
    climb.send_up(case_id=case.pk, reason="要上级协调", tried="谈过", by=world.as_("officer"), at=world.now)
    html = seen(world, "officer", "opinion_file", world.plant.pk, tab="known")
    assert f"{world.county.name}，11月20日" in html
    assert "3 天后" in html
    assert "没有往上报" in html
    told = seen(world, "officer", "opinion_file", world.plant.pk, tab="known", told="yes")
    assert case.number in told
    assert other.number not in told
    assert "报告给" in seen(world, "officer", "opinion_file", world.plant.pk, kind="told")
    rows = table(as_(world, "officer").get(reverse("desk:opinion_file_xlsx", args=[world.plant.pk]), {"tab": "known"}))
    (row,) = [row for row in rows if case.number in str(row[2])]
    assert row[4:] == [world.county.name, row[5], 3]


@pytest.mark.clause("BD-3")
def test_what_was_known_and_told_is_not_for_management(world, rules):
    make.accepted(world)
    for name in ("manager", "foreign"):
        address = reverse("desk:opinion_file", args=[world.plant.pk])
        assert as_(world, name).get(address, {"tab": "known"}).status_code == 404


# --- ties, households, leave --------------------------------------------------------------------------------------------------


def test_a_tie_from_the_page_to_its_end(world, rules):
    today = world.now.date().isoformat()
    sent(world, "upper", "tie_new", world.county.pk, "contact_point", post=post(world, "upper"), unit=str(world.plant.pk),
         since=today)  # fmt: skip
    made = Tie.objects.get()
    sent(world, "upper", "tie", made.pk, kind="problem", on=today, text="协调恢复供货")
    html = seen(world, "upper", "tie", made.pk)
    assert "协调恢复供货" in html
    assert world.plant.name in seen(world, "upper", "ties", kind="contact_point", mine="1")
    assert "没有符合的" in seen(world, "upper", "ties", state="over")
    sent(world, "upper", "tie_end", made.pk, until=today, reason="脱困了")
    assert "脱困了" in seen(world, "upper", "tie", made.pk)
    assert as_(world, "officer").get(reverse("desk:tie", args=[made.pk])).status_code == 404
    rows = table(as_(world, "upper").get(reverse("desk:ties_xlsx"), {"state": "over"}))
    assert rows[1][:2] == ["联系点", "高敏"]


def test_households_on_pages_are_codes(world, rules):
    sent(world, "officer", "household_new", world.plant.pk, **HOME)
    row = Household.objects.get()
    for where in ("households", "household"):
        html = seen(world, "officer", where, *([row.pk] if where == "household" else []))
        assert row.code in html
        assert "贺春苗" not in html
    client, address = as_(world, "officer"), reverse("desk:household", args=[row.pk])
    assert "贺春苗" in page(client.post(address, {"once": f"{next(_keys):032d}", "reason": "春节走访"}))
    assert page(client.post(address, {"once": f"{next(_keys):032d}", "reason": ""}), 422)
    assert as_(world, "upper").post(address, {"once": f"{next(_keys):032d}", "reason": "x"}).status_code == 404
    assert "只有联系这一户的干部" in seen(world, "upper", "household", row.pk)
    sent(world, "officer", "household_erase", row.pk, reason="本人要求")
    assert "资料已经清除" in seen(world, "officer", "household", row.pk)


@pytest.mark.clause("SX-8c")
def test_what_is_not_covered_is_a_page_and_a_workbook(world, rules):
    row = household(world)
    html = seen(world, "upper", "coverage", tab="households")
    assert row.code in html
    assert world.plant.name in html
    assert "高敏" in seen(world, "upper", "coverage", tab="cadres")
    assert "都覆盖到了" in seen(world, "upper", "coverage", tab="rotation")
    rows = table(as_(world, "upper").get(reverse("desk:coverage_xlsx")))
    assert any(row.code in str(line[1]) for line in rows)
    assert as_(world, "manager").get(reverse("desk:coverage")).status_code == 404


def test_leave_on_its_page(world, rules):
    today = world.now.date()
    sent(
        world,
        "officer",
        "leaves",
        post=post(world, "second"),
        kind="sick",
        since=today.isoformat(),
        until=today.isoformat(),
    )
    assert "周明远" in seen(world, "chair", "leaves")
    assert "周明远" not in seen(world, "upper", "leaves")


# --- guides, groups, plans ------------------------------------------------------------------------------------------------------


def test_groups_and_plans_on_their_pages(world, rules):
    assert "还没有领导小组" in seen(world, "upper", "guidance")
    upper = str(world.posts["upper"].person_id)
    sent(world, "upper", "group", world.county.pk, "leading", person0=upper, duty0="head", task0="抓总")
    html = seen(world, "upper", "guidance")
    assert "组长 高敏" in html
    sent(world, "upper", "plan_write", world.county.pk, 2026, goal="走遍困难企业")
    html = seen(world, "upper", "plans")
    assert "走遍困难企业" in html
    sent(world, "upper", "demo_point", world.county.pk, unit=str(world.plant.pk), since="2026-11-20", learned="日志好")
    assert "日志好" in seen(world, "officer", "plans")
    assert as_(world, "officer").get(reverse("desk:group", args=[world.county.pk, "leading"])).status_code == 404


def test_every_page_has_its_empty_state(world):
    """Without any document adopted but the first, and nothing written."""
    mechanism.drop(unit=world.county, pack_code="mengyin-2017-21", by=SYSTEM, at=world.now)
    for where in ("studios", "ties", "coverage", "households", "leaves", "plans"):
        seen(world, "officer", where)
    for where in ("studio", "work_log", "opinion_file", "links"):
        seen(world, "officer", where, world.plant.pk)
    assert "还没有建群众工作室" in seen(world, "officer", "studio", world.plant.pk)
    assert tie(world, "contact_point", unit=world.plant)

"""Pages of records: what the visited unit and the union above never learn, the ledger's seven fields, the phone's door."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from huying.desk import reads as desk
from huying.fieldwork import acts, reads
from huying.fieldwork.models import Record
from huying.kernel.workbook import pages
from huying.org.models import Post
from tests.factories import world as make
from tests.fieldwork.records import adopt, day, written

SECRET = "夜班末班车提前，下班赶不上。"


def browser(post: Post) -> Client:
    client = Client()
    client.force_login(post.person.user)
    return client


def get(world: Any, name: str, page: str, *args: Any, **query: Any) -> Any:
    return browser(world.posts[name]).get(reverse(f"desk:{page}", args=args), query)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_the_visited_unit_reads_date_and_people_only(world):
    """Neither words nor kind nor place nor counts nor theme: on no page, notice, search or list of theirs."""
    adopt(world, "shaanxi-2012-38")
    own = {"kind": "in_difficulty", "operation": "停产半年", "difficulties": "欠薪"}
    record = written(
        world, "enterprise_survey", who="upper", fields=own, theme="暗中摸排", where="三号门岗", managers_met=4711,
        workers_met=8329,
    )  # fmt: skip
    told = (SECRET, "停产", "欠薪", "困难企业", "企业走访", "摸排", "门岗", "4711", "8329", "铸造车间")
    for name in ("officer", "chair"):
        for page, args in (("visits", []), ("visit", [record.pk]), ("today", []), ("notices", [])):
            answer = get(world, name, page, *args)
            assert answer.status_code == 200
            shown = re.sub(r"<[^>]*>", " ", text_of(answer).partition("<main")[2])
            assert not [word for word in told if word in shown], page
        assert get(world, name, "record", record.pk).status_code == 404
        assert record.union.name not in text_of(get(world, name, "records"))
    shown = text_of(get(world, "officer", "visit", record.pk))
    assert "11月19日" in shown
    assert "高敏" in shown


def test_the_union_above_reads_that_it_was_done(world):
    record = written(world, done="问了车队。", theme="班车")
    for page, args in (("records", []), ("record", [record.pk]), ("record_ledger", [])):
        shown = text_of(get(world, "upper", page, *args))
        assert "班车" in shown or page == "record_ledger"
        assert SECRET not in shown
        assert "车队" not in shown
    assert SECRET in text_of(get(world, "second", "record", record.pk))
    book = b"".join(get(world, "upper", "record_ledger_xlsx").streaming_content)
    assert SECRET not in str(pages(book))


def test_looking_at_what_was_heard_is_written_down(world):
    from huying.trail.models import Reading

    record = written(world)
    get(world, "second", "record", record.pk)
    get(world, "upper", "record", record.pk)
    assert list(Reading.objects.filter(subject=record.pk).values_list("what", "person")) == [
        ("record", world.posts["second"].person_id)
    ]


@pytest.mark.clause("SX-19a")
def test_the_ledger_has_its_seven_fields_on_screen_and_in_the_workbook(world):
    adopt(world, "shaanxi-2012-38")
    case = make.accepted(world)
    written(world, done="问了车队。", case_ids=[case.pk], leader=world.posts["officer"].pk)
    shown = text_of(get(world, "officer", "record_ledger"))
    seven = ["组织领导", "参与干部", "驻点时间", "职工意见", "所办事项", "办理结果", "职工评价"]
    assert [label for label in seven if f">{label}</th>" in shown] == seven
    assert "陕工发〔2012〕38号" in shown
    (sheet,) = pages(b"".join(get(world, "officer", "record_ledger_xlsx").streaming_content)).values()
    assert sheet[0] == ["日期", *seven]
    row = dict(zip(sheet[0], sheet[1], strict=True))
    assert row["组织领导"] == "山泉机械有限公司工会，李慧敏带队"
    assert row["参与干部"] == "李慧敏"
    assert row["驻点时间"] == "11月19日 09:00 起 3 小时 铸造车间"
    assert (row["职工意见"], row["办理结果"]) == (SECRET, f"问了车队；{case.number} {case.state.staff}")
    assert case.number in row["所办事项"]


@pytest.mark.clause("SX-19a")
def test_the_ledger_by_person_and_period_and_who_may_not(world):
    adopt(world, "shaanxi-2012-38")
    written(world, theme="甲")
    written(world, who="second", on=day(world, 30), theme="乙", heard="食堂太远。")
    mine = str(world.posts["officer"].person_id)
    for query, expected in (
        ({"person": mine}, (True, False)),
        ({"since": day(world, 10).isoformat()}, (True, False)),
        ({"until": day(world, 10).isoformat()}, (False, True)),
        ({"kind": "talk"}, (False, False)),
        ({"place": "铸造"}, (True, True)),
    ):
        shown = text_of(get(world, "officer", "record_ledger", **query))
        assert (SECRET in shown, "食堂太远。" in shown) == expected, query
    for name in ("manager", "handler", "liaison", "delegate", "audit"):
        assert get(world, name, "record_ledger").status_code == 404
        assert get(world, name, "record_ledger_pdf").status_code == 404


@pytest.mark.clause("SX-19a")
def test_ratings_of_few_people_are_not_shown(world, monkeypatch):
    """The ledger says what may leave the union of a signed survey, never a single answer."""
    adopt(world, "shaanxi-2012-38")
    case = make.told(world)
    record = written(world, case_ids=[case.pk])
    assert dict(next(iter(desk.cadre_rows([record], world.as_("officer"), world.now.date()))).cells)["ratings"] == ""
    monkeypatch.setattr("huying.desk.reads._records._ratings", lambda cases: {cases[0].pk: "评价人数太少，不显示"})
    (row,) = desk.cadre_rows(
        reads.selected(world.as_("officer"), reads.Chosen()), world.as_("officer"), world.now.date()
    )
    assert row.cells["ratings"] == "评价人数太少，不显示"


@pytest.mark.parametrize("page", ["records", "record_ledger", "visits", "record_points"])
def test_queries_do_not_grow_with_the_rows(world, page, django_assert_num_queries, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    adopt(world, "shaanxi-2012-38")
    who = "officer" if page == "visits" else "upper"

    def more(number: int) -> None:
        for ago in range(1, number + 1):
            written(world, who="upper", on=day(world, ago), place=world.plant)
        record = written(world, "joint_meeting", who="upper", place=None)
        for _ in range(number):
            acts.settle_point(record_id=record.pk, what="通报", who="人社局", by=world.as_("upper"), at=world.now)

    client = browser(world.posts[who])
    more(1)
    client.get(reverse(f"desk:{page}"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(f"desk:{page}"))
    more(6)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(f"desk:{page}"))
    assert len(many) == len(few)


@pytest.mark.clause("QD-4.2")
def test_the_county_sees_which_enterprises_were_not_visited(world):
    adopt(world, "qingdao-2020")
    shown = text_of(get(world, "upper", "record_surveys"))
    assert '还有 <b class="hy-num">2</b> 家没有走访' in shown
    assert "青岛集中行动方案" in shown
    own = {"team": "工信局", "operation": "平稳"}
    written(world, "enterprise_survey", who="upper", place=world.plant, managers_met=2, fields=own)
    assert world.plant.name not in text_of(get(world, "upper", "record_surveys")).partition("<table")[2]
    assert world.plant.name in text_of(get(world, "upper", "record_surveys", tab="done")).partition("<table")[2]
    last_year = {"since": "2025-01-01", "until": "2025-12-31"}
    assert world.plant.name in text_of(get(world, "upper", "record_surveys", **last_year)).partition("<table")[2]
    (sheet,) = pages(b"".join(get(world, "upper", "record_surveys_xlsx").streaming_content)).values()
    assert {row[0]: row[2] for row in sheet[1:]} == {world.plant.name: 1, world.other.name: 0}
    for name in ("officer", "foreign", "manager"):
        assert get(world, name, "record_surveys").status_code == 404


# --- the phone's door --------------------------------------------------------------------------------------------------------


def sent(world: Any, name: str = "officer", *, header: str = "", **given: Any) -> Any:
    mark = str(given.pop("mark", uuid4()))
    post = world.posts[name]
    fields = {
        "kind": "visit", "union": str(post.unit_id), "on": day(world, 6).isoformat(), "minutes": "0.5", "place": "铸造车间",
        "people": [str(post.pk)], "heard": SECRET, "mark": mark, "once": f"field-{mark}",
        "written_at": (world.now - timedelta(days=5)).isoformat(), **given,
    }  # fmt: skip
    return browser(post).post(reverse("desk:field_send"), fields, headers={"X-Field": header or str(post.person_id)})


def test_a_phone_sends_twice_and_it_is_one(world):
    mark = uuid4()
    first, again = sent(world, mark=mark), sent(world, mark=mark)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    record = Record.objects.get()
    assert (record.mark, record.minutes) == (mark, 30)
    assert (record.at - record.written_at).days >= 4


def test_a_phone_is_told_what_is_wrong_and_another_persons_queue_is_turned_away(world):
    wrong = sent(world, place="没有这里", minutes="")
    assert wrong.status_code == 422
    assert {label for label, _ in wrong.json()["errors"]} == {"单位、车间", "用了多长时间（小时）"}
    assert sent(world, kind="holiday").status_code == 422
    assert sent(world, mark="x" * 20).status_code == 422
    assert sent(world, number="没有").json()["errors"] == [["和哪件事有关", "没有找到这个编号的事项。"]]
    assert sent(world, header=str(world.posts["second"].person_id)).status_code == 409
    assert sent(world, "manager").status_code == 404
    assert not Record.objects.exists()


def test_the_page_for_the_field_names_nobody(world):
    shown = text_of(get(world, "officer", "field"))
    assert not [word for word in ("李慧敏", "山泉", "铸造", "csrfmiddlewaretoken") if word in shown]
    assert shown == text_of(get(world, "second", "field"))
    worker = get(world, "officer", "field_worker")
    assert worker["Content-Type"].startswith("text/javascript")
    lists = get(world, "officer", "field_now").json()["lists"]["unions"]
    assert [one["name"] for one in lists] == [world.plant.name]
    assert {one["name"] for one in lists[0]["people"]} == {"李慧敏", "周明远", "郑卫国", "陈小燕"}


def test_written_and_amended_at_the_desk(world):
    """The form says what is missing beside its field, keeps what was typed, and an amended record opens as it stands."""
    client, post = browser(world.posts["officer"]), world.posts["officer"]
    typed = {
        "kind": "visit", "union": str(post.unit_id), "on": day(world, 1).isoformat(), "minutes": "2.5", "place": "",
        "people": [str(post.pk)], "leader": "", "heard": SECRET,
    }  # fmt: skip
    address = reverse("desk:record_new")
    refused = client.post(address, {**typed, "once": uuid4().hex})
    assert refused.status_code == 422
    assert "请写去了哪个单位" in text_of(refused)
    assert SECRET in text_of(refused)
    done = client.post(address, {**typed, "place": "铸造车间", "once": uuid4().hex})
    record = Record.objects.get()
    assert done["Location"] == reverse("desk:record", args=[record.pk])
    assert record.minutes == 150
    shown = text_of(client.get(reverse("desk:record_edit", args=[record.pk])))
    assert 'value="2.5"' in shown
    assert SECRET in shown
    changed = {**typed, "place": "铸造车间", "done": "问了车队。", "version": "1", "once": uuid4().hex}
    client.post(reverse("desk:record_edit", args=[record.pk]), changed)
    record.refresh_from_db()
    assert reads.words_of(record).done == "问了车队。"
    stale = client.post(reverse("desk:record_edit", args=[record.pk]), {**changed, "once": uuid4().hex})
    assert "刚刚有人改过" in text_of(stale)


def test_what_stands_out_is_shown_on_the_page(world):
    record = written(world, on=day(world, 9))
    other = written(world, on=day(world, 9), place=world.plant)
    shown = text_of(get(world, "officer", "record", record.pk))
    assert "补记" in shown
    assert "同一时间在两个地方" in shown
    assert reverse("desk:record", args=[other.pk]) in shown
    acts.withdraw_record(record_id=other.pk, reason="记错了", by=world.as_("officer"), at=world.now)
    assert "同一时间" not in text_of(get(world, "officer", "record", record.pk))
    assert "已撤回" in text_of(get(world, "officer", "record", other.pk))

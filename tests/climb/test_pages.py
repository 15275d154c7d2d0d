"""Pages of the climb: the ladder and its buttons, lists and counts, what the management above reads, 今日."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.cases.models import Case
from huying.cases.rules import Concerns
from huying.climb import acts
from huying.climb.models import Instruction, Lead, Rung
from huying.handling.models import Item
from huying.org.models import Role
from tests.climb.test_answers import given
from tests.climb.test_up import told
from tests.desk.browser import as_, do, page
from tests.factories import world as make
from tests.factories.org import make_post

WHY = {"reason": "班车合同由集团签。", "tried": "同后勤部谈了两次。"}


def seen(world, name: str, where: str, *args, **query) -> str:
    """A page of the desk as somebody reads it."""
    return page(as_(world, name).get(reverse(f"desk:{where}", args=args), query))


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    """The pages read the clock at the edge; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


# --- the dossier ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.4d")
def test_send_up_shows_who_will_read_it_and_then_the_ladder(tall):
    case = make.accepted(tall)
    html = page(as_(tall, "officer").get(reverse("desk:case_act", args=[case.pk, "send_up"])))
    assert "报到山泉集团工会，谁会看" in html
    assert "韩秀英" in html
    assert "罗建军" in html
    assert "没有公开副本" in html
    do(tall, case, "send_up", unit=str(tall.group.pk), brief="", **WHY)
    assert case.status == "climbing"
    html = seen(tall, "officer", "case", case.pk)
    assert "已报到山泉集团工会，等上级答复" in html
    assert "同时报本级行政，事项" in html
    assert reverse("desk:case_act", args=[case.pk, "assign"]) not in html


def test_sending_up_without_a_word_stays_beside_what_was_typed(tall):
    case = make.accepted(tall)
    html = do(
        tall, case, "send_up", status=422, unit=str(tall.group.pk), reason="合同归集团", tried=""
    ).content.decode()
    assert "合同归集团" in html
    assert case.status == "accepted"


def test_the_level_answers_from_the_dossier(tall):
    """Take, send on, guidance down again, and a result; each by its button."""
    rung = tall.sent()
    case, at = rung.case, rung.pk
    html = seen(tall, "group", "case", case.pk)
    assert "报到山泉集团工会" in html
    assert "只看，不办" not in html
    do(tall, case, "take_rung", at, by="group")
    do(tall, case, "send_on", at, by="group", unit=str(tall.county.pk), **WHY)
    above = Rung.objects.get(unit=tall.county)
    do(tall, case, "give_back", above.pk, by="upper", guidance="集团自己能改签合同。")
    assert "集团自己能改签合同" in seen(tall, "officer", "case", case.pk)
    do(tall, case, "solve", at, by="group", result="合同改签了。")
    assert case.status == "reported"
    html = seen(tall, "group", "case", case.pk)
    assert "只看，不办" in html
    assert "合同改签了" in html


def test_the_level_gives_it_to_its_own_department_from_the_dossier(tall):
    rung = tall.taken()
    case = rung.case
    form = page(as_(tall, "group").get(reverse("desk:case_act", args=[case.pk, "assign"])))
    assert "综合部（山泉集团工会）" in form
    four = {"measure": "改签合同", "department": str(tall.hall.pk), "handler": str(tall.posts["clerk"].pk),
            "deadline": (tall.now.date() + timedelta(days=5)).isoformat(), "brief": "班车提前了"}  # fmt: skip
    do(tall, case, "assign", by="group", **four)
    assert case.status == "handling"
    item = Item.objects.get(case=case)
    html = seen(tall, "group", "case", case.pk)
    assert reverse("desk:case_act_of", args=[case.pk, "urge", item.pk]) in html
    assert "山泉集团工会交给了部门办理" in html
    assert "只看，不办" not in html
    do(tall, case, "urge", item.pk, by="group", text="请抓紧")
    html = seen(tall, "group", "climb", tab="given")
    assert case.number in html
    assert "本级交办的 1" in html
    assert "本级交办的 0" in seen(tall, "officer", "climb", tab="given")
    assert as_(tall, "upper").get(reverse("desk:case_act_of", args=[case.pk, "urge", item.pk])).status_code == 404
    clock = case.clocks.get(subject=item.pk)
    later = (tall.now.date() + timedelta(days=9)).isoformat()
    do(tall, case, "extend", clock.pk, by="group", reason="等采购", new_due=later)


def test_nobody_else_finds_the_levels_acts(tall):
    rung = tall.taken()
    for act in ("give_back", "send_on", "solve"):
        where = reverse("desk:case_act_of", args=[rung.case_id, act, rung.pk])
        for name in ("officer", "upper", "foreign", "boss", "clerk"):
            assert as_(tall, name).get(where).status_code == 404, (act, name)
    assert as_(tall, "group").get(reverse("desk:case_act", args=[rung.case_id, "tell"])).status_code == 404
    assert as_(tall, "group").get(reverse("desk:case_act", args=[rung.case_id, "message"])).status_code == 404


def test_the_level_reads_released_text_and_nothing_sealed(tall):
    case = make.accepted(tall, make.voice(words="我叫刘春华，车间二班。", secrecy="sealed"))
    rung = tall.up(case)
    html = seen(tall, "group", "case", case.pk)
    for word in ("刘春华", "13800001111", "车间二班"):
        assert word not in html
    assert (
        as_(tall, "group")
        .post(reverse("desk:open", args=[case.pk]), {"once": "f" * 32, "reason": "verify"})
        .status_code
        == 404
    )
    assert rung.brief in html


def test_instruction_and_following_it_up(tall):
    case = make.accepted(tall)
    do(tall, case, "instruct", by="chair", text="请本周内谈一次。")
    made = Instruction.objects.get()
    html = seen(tall, "officer", "case", case.pk)
    assert "请本周内谈一次" in html
    assert "批示待落实" in seen(tall, "officer", "today")
    do(tall, case, "follow_up", made.pk, text="周三谈了。")
    assert "周三谈了" in seen(tall, "chair", "case", case.pk)
    assert "批示待落实" not in seen(tall, "officer", "today")
    assert as_(tall, "officer").get(reverse("desk:case_act", args=[case.pk, "instruct"])).status_code == 404
    tall.up(case)
    assert "周三谈了" in seen(tall, "group", "case", case.pk)
    assert "周三谈了" not in seen(tall, "upper", "case", case.pk)


# --- lists ------------------------------------------------------------------------------------------------------------------


def test_lists_and_counts(tall):
    rung = tall.sent()
    number = rung.case.number
    assert "报到本级 1" in (html := seen(tall, "group", "climb"))
    assert number in html
    assert reverse("desk:case_act_of", args=[rung.case_id, "take_rung", rung.pk]) in html
    assert "我们报上去的 1" in (html := seen(tall, "officer", "climb", tab="sent"))
    assert number in html
    assert "下级卡住的" not in html
    assert "没有符合的" in seen(tall, "officer", "climb", tab="sent", late="1")
    assert "下级没有卡住的" in seen(tall, "upper", "climb", tab="stuck")
    rung.case.clocks.filter(code="climb").update(
        due_on=tall.now.date() - timedelta(days=1), start_day=tall.now.date() - timedelta(days=9)
    )
    html = seen(tall, "upper", "climb", tab="stuck")
    assert number in html
    assert "山泉集团工会" in html
    assert "件报上来的下级没有按时答复" in seen(tall, "upper", "today")
    assert "超期 1 件" in seen(tall, "group", "today")
    assert number not in seen(tall, "foreign", "climb")
    for name in ("boss", "manager", "handler", "clerk"):
        assert as_(tall, name).get(reverse("desk:climb")).status_code == 404


def test_a_named_officer_reads_no_list_no_count_no_trace(tall):
    named = make_post(tall.group, Role.OFFICER, person=make.make_person(tall.group, "陶然"))
    make_post(tall.plant, Role.WORKER, person=named.person)
    tall.posts["named"] = named
    rung = tall.taken(concerns=Concerns(superior="陶然"))
    acts.instruct(case_id=rung.case_id, text="速办", by=tall.as_("group"), at=tall.now)
    html = seen(tall, "named", "climb") + seen(tall, "named", "climb", tab="said") + seen(tall, "named", "today")
    assert "报到本级 0" in html
    assert "批示待落实 0" in html
    assert rung.case.number not in html
    assert as_(tall, "named").get(reverse("desk:case", args=[rung.case_id])).status_code == 404


def test_statements_do_not_grow_with_rows(tall):
    def statements(name: str, where: str, **query: str) -> int:
        client = as_(tall, name)
        address = reverse(f"desk:{where}")
        client.get(address, query)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address, query).status_code == 200
        return len(caught)

    asked = (("group", "climb", {}), ("officer", "climb", {"tab": "sent"}), ("boss", "sent_up", {}), ("manager", "leads", {}),
             ("officer", "climb", {"tab": "said"}), ("group", "today", {}), ("boss", "today", {}))  # fmt: skip
    counts = []
    for many in (2, 12):
        for _ in range(many):
            rung = tall.sent()
            acts.instruct(case_id=rung.case_id, text="速办", by=tall.as_("chair"), at=tall.now)
            words = {"leader": tall.posts["manager"], "reason": "几个部门"}
            acts.put_under(case_id=rung.case_id, by=tall.as_("chair"), at=tall.now, **words)
        counts.append([statements(name, where, **query) for name, where, query in asked])
    few, much = counts
    # a list that does not fit on 今日 is counted once more
    assert all(b <= a + (2 if one[1] == "today" else 0) for a, b, one in zip(few, much, asked, strict=True)), counts
    assert max(much) <= 48  # 今日, of every room


# --- the management above ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.4d")
def test_management_above_reads_a_code_and_a_brief_and_writes_an_instruction(tall):
    case = make.accepted(tall)
    rung = tall.up(case, brief="班车末班提前，下夜班的人回不了家。")
    html = seen(tall, "boss", "sent_up") + seen(tall, "boss", "today")
    assert rung.code in html
    html += seen(tall, "boss", "sent_up_rung", rung.pk)
    assert "下夜班的人回不了家" in html
    assert "同后勤部谈了两次" in html
    for word in (case.number, case.title, case.summary, str(case.pk)):
        assert word not in html
    client = as_(tall, "boss")
    where = reverse("desk:sent_up_rung", args=[rung.pk])
    assert client.post(where, {"once": "b" * 32, "text": ""}).status_code == 422
    assert client.post(where, {"once": "c" * 32, "text": "请采购部配合。"}).status_code == 302
    assert client.post(where, {"once": "c" * 32, "text": "请采购部配合。"}).status_code == 302
    assert Instruction.objects.count() == 1
    assert "请采购部配合" in seen(tall, "boss", "sent_up_rung", rung.pk)
    assert "请采购部配合" in seen(tall, "group", "case", case.pk)
    for name in ("manager", "group", "upper", "foreign", "clerk"):
        assert as_(tall, name).get(where).status_code == 404


def test_management_reads_the_answer_on_the_second_tab(tall):
    rung = tall.taken()
    assert "现在没有报上来的事项" not in seen(tall, "boss", "sent_up")
    acts.solve(rung_id=rung.pk, result="改签了。", by=tall.as_("group"), at=tall.now)
    assert rung.code in seen(tall, "boss", "sent_up", tab="closed")
    html = seen(tall, "boss", "sent_up_rung", rung.pk)
    assert "改签了" in html
    assert "<textarea" not in html


def test_a_leader_on_managements_side_reads_measures_and_dates_only(tall):
    rung = tall.taken()
    case = Case.objects.get(pk=rung.case_id)
    do(tall, case, "lead", by="group", leader=str(tall.posts["boss"].pk), reason="几个部门", brief="班车末班提前。")
    lead = Lead.objects.get()
    given(tall, rung)
    html = seen(tall, "boss", "leads") + seen(tall, "boss", "lead", lead.pk) + seen(tall, "boss", "today")
    assert "改签班车合同" in html
    assert lead.code in html
    for word in (case.number, case.title, case.summary, str(case.pk)):
        assert word not in html
    client = as_(tall, "boss")
    assert (
        client.post(reverse("desk:lead", args=[lead.pk]), {"once": "d" * 32, "text": "月底前办完。"}).status_code == 302
    )
    assert "月底前办完" in seen(tall, "officer", "case", case.pk)
    for name in ("manager", "chair", "group"):
        assert as_(tall, name).get(reverse("desk:lead", args=[lead.pk])).status_code == 404
    do(tall, case, "end_lead", lead.pk, by="group", reason="办完了")
    assert "包案已经结束" in seen(tall, "boss", "lead", lead.pk)


def test_a_leader_on_the_unions_side_gets_the_dossier(tall):
    case = make.accepted(tall)
    do(tall, case, "lead", by="chair", leader=str(tall.posts["chair"].pk), reason="难办", brief="")
    lead = Lead.objects.get()
    answer = as_(tall, "chair").get(reverse("desk:lead", args=[lead.pk]))
    assert answer["Location"] == reverse("desk:case", args=[case.pk])
    assert case.number in seen(tall, "chair", "leads")
    assert "我包的案" in seen(tall, "chair", "today")


def test_the_head_of_management_writes_on_an_item(tall):
    item = make.assigned(tall)
    html = seen(tall, "manager", "item", item.pk)
    assert reverse("desk:item_instruct", args=[item.pk]) in html
    client = as_(tall, "manager")
    where = reverse("desk:item_instruct", args=[item.pk])
    page(client.get(where))
    assert client.post(where, {"once": "e" * 32, "text": "本周办完。"}).status_code == 302
    assert "本周办完" in seen(tall, "handler", "item", item.pk)
    assert reverse("desk:item_instruct", args=[item.pk]) not in seen(tall, "handler", "item", item.pk)
    for name in ("handler", "officer", "boss", "foreign"):
        assert as_(tall, name).get(where).status_code == 404


def test_what_the_worker_reads(tall):
    """Plain words of where it is; nothing of what unions and leaders wrote to each other."""
    rung = tall.taken()
    acts.instruct(case_id=rung.case_id, text="内部批示一句", by=tall.as_("chair"), at=tall.now)
    tall.on(rung, "group")
    case = Case.objects.get(pk=rung.case_id)
    labels = list(case.events.exclude(worker_label="").values_list("worker_label", "worker_text"))
    said = " ".join(f"{label} {text}" for label, text in labels)
    assert "山泉集团工会接收了，正在想办法" in said
    assert "山泉集团工会又报到了沂河县总工会" in said
    for word in ("班车合同由集团签", "同后勤部谈了", "内部批示"):
        assert word not in said
    assert case.state.worker == "本单位解决不了，已报到上一级"


def test_the_workers_page_says_until_when_the_level_answers(tall, client):
    voice = make.voice()
    rung = tall.sent(voice)
    entered = client.post(reverse("public:my"), {"receipt": voice.receipt}, follow=True)
    html = entered.content.decode()
    assert "本单位解决不了，已报到上一级" in html
    assert "上级给答复" in html
    assert rung.reason not in html


def test_what_climbed_is_not_among_what_was_handed_on(tall):
    rung = tall.taken()
    assert rung.case.number not in seen(tall, "group", "cases", tab="away")
    acts.solve(rung_id=rung.pk, result="好了", by=tall.as_("group"), at=tall.now)
    do(tall, rung.case, "urge_union", by="group", text="请尽快告知")
    assert rung.case.events.get(act="urge").label == "上级工会督促"


def test_who_waits_for_an_answer_urges_the_level_that_owes_it(tall):
    """The union below asks for it, the one above presses; the level itself has no such button."""
    rung = tall.taken()
    case = rung.case
    assert "催请山泉集团工会答复" in seen(tall, "officer", "case", case.pk)
    do(tall, case, "urge_union", text="职工等着呢")
    assert case.events.filter(act="urge").latest("version").label == "下级工会催请山泉集团工会答复"
    assert told(tall, "group")[-1] == f"{case.number} 下级工会催请山泉集团工会答复"
    assert "督促山泉集团工会" in seen(tall, "upper", "case", case.pk)
    do(tall, case, "urge_union", by="upper", text="请本周答复")
    assert told(tall, "group")[-1] == told(tall, "officer")[-1] == f"{case.number} 上级工会督促山泉集团工会答复"
    assert "请本周答复" in seen(tall, "group", "case", case.pk)
    assert as_(tall, "group").get(reverse("desk:case_act", args=[case.pk, "urge_union"])).status_code == 404
    assert as_(tall, "foreign").get(reverse("desk:case_act", args=[case.pk, "urge_union"])).status_code == 404

"""Every act on a case by its page: done once, refused beside what was typed, told when somebody else was faster."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from huying.cases import acts as cases
from huying.cases.models import Case, Clock, ClockChange, Event, Party
from huying.cases.reads import worker_by_receipt
from huying.feedback import acts as feedback
from huying.feedback.models import ReopenRequest, Survey
from huying.handling import acts as handling
from huying.handling.models import Item, ItemEvent, Telling
from tests.desk.browser import address, as_, do, post
from tests.factories import world as make
from tests.factories.org import make_person, make_post

ONCE = "a" * 32


# --- before handling --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.1")
@pytest.mark.clause("MY-3.2.1")
def test_accept(world):
    case = make.said(world)
    typed = {"content_class": "rights", "category": "living", "difficulty": "hard", "officer": post(world, "officer"),
             "title": "末班车", "summary": "末班车提前了。"}  # fmt: skip
    do(world, case, "accept", **typed)
    assert (case.status, case.officer, case.title) == ("accepted", world.posts["officer"], "末班车")


def test_accept_says_what_is_missing_and_keeps_what_was_typed(world):
    case = make.said(world)
    typed = {"content_class": "suggestion", "category": "living", "difficulty": "easy", "officer": post(world, "officer"),
             "title": "末班车", "summary": "写了很久的摘要"}  # fmt: skip
    html = do(world, case, "accept", status=422, **typed).content.decode()
    assert "请选与大类相符的小类" in html
    assert "写了很久的摘要" in html
    assert case.status == "registered"


def test_take_and_not_somebody_it_concerns(world):
    case = make.said(world)
    do(world, case, "take", officer=post(world, "second"))
    assert case.officer == world.posts["second"]
    do(world, case, "take", officer=post(world, "handler"), status=422)


def test_ask_and_supplement(world):
    case = make.said(world)
    do(world, case, "ask", question="是哪条线路？")
    assert case.status == "supplement"
    assert Clock.objects.get(case=case, code="accept").paused_on
    do(world, case, "supplement", text="三号线。")
    assert case.status == "registered"


@pytest.mark.clause("MY-3.2.4c")
def test_decline_with_reason_and_another_way(world):
    case = make.said(world)
    do(world, case, "decline", reason="归仲裁委管", other_way="", status=422)
    do(world, case, "decline", reason="归仲裁委管", other_way="可以申请仲裁")
    assert case.status == "declined"
    assert "可以申请仲裁" in Event.objects.get(case=case, act="decline").worker_text


def test_spam_and_back(world):
    case = make.said(world)
    do(world, case, "spam", reason="广告")
    assert case.status == "spam"
    do(world, case, "not_spam")
    assert case.status == "registered"


def test_release(world):
    case = make.said(world)
    do(world, case, "release", title="末班车", summary="末班车提前了。")
    assert case.summary == "末班车提前了。"


def test_merge_finds_by_likeness_and_number_and_shows_both(world):
    into, case = make.accepted(world), make.accepted(world)
    page = as_(world, "officer").get(address(case, "merge")).content.decode()
    assert into.number in page
    assert page.count(into.summary) >= 2
    found = as_(world, "officer").post(address(case, "merge"), {"find": "1", "q": into.number, "once": ONCE})
    assert found.status_code == 200
    assert str(into.pk) in found.content.decode()
    answer = do(world, case, "merge", into=str(into.pk))
    assert case.merged_into == into
    assert answer["Location"] == reverse("desk:case", args=[into.pk])


def test_merge_by_a_number_that_was_looked_for(world):
    into, case = make.said(world), make.said(world)
    do(world, case, "merge", into=str(into.pk), q=into.number)
    assert case.merged_into == into


def test_split(world):
    case = make.accepted(world)
    do(world, case, "split", title="食堂", summary="食堂的饭凉。")
    assert Case.objects.get(follows=case).title == "食堂"


@pytest.mark.clause("MY-3.2.4d")
def test_pass_on_upward_and_the_union_goes_on_reading(world):
    case = make.said(world)
    do(world, case, "pass_on", unit=str(world.county.pk), reason="本级解决不了")
    assert case.holder == world.county
    page = as_(world, "officer").get(reverse("desk:case", args=[case.pk])).content.decode()
    assert "只看，不办" in page
    assert "督促承办工会" in page
    assert as_(world, "officer").get(address(case, "accept")).status_code == 404


def test_pass_on_sideways_by_name(world):
    case = make.said(world)
    do(world, case, "pass_on", unit=str(world.other.pk), q="青石", reason="是医院的事")
    assert case.holder == world.other


def test_recuse_self_and_the_case_is_gone(world):
    case = make.said(world)
    do(world, case, "recuse_self")
    assert as_(world, "officer").get(reverse("desk:case", args=[case.pk])).status_code == 404


def test_join_shows_the_receipt_to_read_out_and_the_same_again(world):
    case = make.said(world)
    client = as_(world, "officer")
    typed = {"secrecy": "sealed", "name": "赵红梅", "phone": "", "about": "", "once": ONCE}
    first = client.post(address(case, "join"), typed)
    again = client.post(address(case, "join"), typed)
    receipt = re.search(r'data-copy="(\d{16})"', first.content.decode())[1]
    assert receipt in again.content.decode()
    assert worker_by_receipt(receipt).case_id == case.pk
    assert Party.objects.filter(case=case).count() == 2


# --- items ------------------------------------------------------------------------------------------------------------------


def _four(world, **given):
    return {"measure": "恢复 22:40 末班车", "department": str(world.admin.pk), "handler": post(world, "handler"),
            "deadline": (world.now + timedelta(days=5)).date().isoformat(), "brief": "末班车提前了。", **given}  # fmt: skip


@pytest.mark.clause("MY-3.2.3b")
def test_assign_with_all_four(world):
    case = make.accepted(world)
    do(world, case, "assign", **_four(world, helping=[str(world.logistics.pk)]))
    item = Item.objects.get(case=case)
    assert (item.measure, item.department, item.handler) == ("恢复 22:40 末班车", world.admin, world.posts["handler"])
    assert item.helping.get().department == world.logistics
    assert case.status == "handling"


@pytest.mark.clause("MY-3.2.3b")
@pytest.mark.parametrize("missing", ["measure", "department", "handler", "deadline"])
def test_assign_refuses_when_one_of_four_is_missing(world, missing):
    case = make.accepted(world)
    html = do(world, case, "assign", status=422, **_four(world, **{missing: ""})).content.decode()
    assert "四项齐了才能交办" in html
    assert "末班车提前了。" in html
    assert not Item.objects.exists()


def test_assign_begins_with_the_released_summary_and_says_who_reads_it(world):
    case = make.accepted(world)
    html = as_(world, "officer").get(address(case, "assign")).content.decode()
    assert case.summary in html.split('name="brief"')[1].split("</textarea>")[0]
    assert "一字不差" in html


@pytest.mark.clause("MY-3.2.4e")
def test_check_stays_with_the_union_and_urging_reaches_the_department(world):
    item = make.assigned(world)
    do(world, item.case, "check", item.pk, text="去现场看过")
    do(world, item.case, "urge", item.pk, text="请抓紧")
    assert list(
        ItemEvent.objects.filter(item=item, act__in=["check", "urge"])
        .order_by("at", "id")
        .values_list("union_only", flat=True)
    ) == [True, False]
    assert "请抓紧" in as_(world, "officer").get(reverse("desk:case", args=[item.case_id])).content.decode()


@pytest.mark.clause("MY-3.2.4e")
def test_an_empty_check_is_refused(world):
    item = make.assigned(world)
    do(world, item.case, "check", item.pk, text=" ", status=422)


def test_give_again_after_a_return(world):
    item = make.assigned(world)
    handling.send_back(item_id=item.pk, reason="不归我们", by=world.as_("handler"), at=world.now)
    typed = {"department": str(world.logistics.pk), "handler": post(world, "other_handler"), "measure": "恢复"}
    do(world, item.case, "give_again", item.pk, **typed)
    item.refresh_from_db()
    assert (item.department, item.status) == (world.logistics, "given")


@pytest.mark.clause("MY-3.2.4a")
def test_redo_sends_a_written_report_back_but_not_once_the_worker_was_told(world):
    case = make.reported(world)
    item = case.items.get()
    typed = {"reason": "没有说清楚", "deadline": (world.now + timedelta(days=3)).date().isoformat()}
    do(world, case, "redo", item.pk, **typed)
    assert case.status == "handling"
    told = make.told(world)
    do(world, told, "redo", told.items.get().pk, status=422, **typed)


def test_drop(world):
    item = make.assigned(world)
    do(world, item.case, "drop", item.pk, reason="重复了")
    item.refresh_from_db()
    assert item.status == "dropped"


def test_an_item_of_another_case_is_a_missing_page(world):
    one, other = make.assigned(world), make.assigned(world)
    assert as_(world, "officer").get(address(one.case, "urge", other.pk)).status_code == 404


# --- telling, rating, the end -----------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.4b")
def test_tell_everybody_how_when_and_by_whom(world):
    case = make.reported(world, make.voice(), make.voice(secrecy="named", name="王建国"))
    page = as_(world, "officer").get(address(case, "tell")).content.decode()
    assert "2 人" in page
    assert "王建国" in page
    assert "末班车自即日起恢复" in page
    do(world, case, "tell", kind="result", how="phone", told_on=world.now.date().isoformat(), text="恢复了。")
    assert case.status == "told"
    assert Telling.objects.filter(case=case, how="phone", told_on=world.now.date()).count() == 2


@pytest.mark.clause("MY-3.2.4c")
def test_explain_why_it_cannot_be_done(world):
    case = make.reported(world)
    do(world, case, "tell", kind="explain", how="face", told_on=world.now.date().isoformat(), text="今年没有预算。")
    assert Telling.objects.get(case=case).kind == "explain"


@pytest.mark.clause("MY-3.2.4b")
def test_telling_needs_words_and_a_day_that_can_be(world):
    case = make.reported(world)
    typed = {"kind": "result", "how": "phone", "text": "恢复了。"}
    do(world, case, "tell", told_on=(world.now + timedelta(days=1)).date().isoformat(), status=422, **typed)
    do(world, case, "tell", told_on=world.now.date().isoformat(), status=422, **{**typed, "text": " "})
    assert case.status == "reported"


def test_settle(world):
    case = make.accepted(world)
    do(world, case, "settle", result="工会联系了车队，已经改回。")
    assert case.status == "reported"


def _unsatisfied(world) -> Case:
    voice = make.voice()
    case = make.told(world, voice)
    feedback.rate(result="unsatisfied", process="", words="", by=worker_by_receipt(voice.receipt), at=world.now)
    case.refresh_from_db()
    return case


@pytest.mark.clause("MY-3.2.5a")
def test_the_chair_decides_whether_it_is_taken_up_again(world):
    case = _unsatisfied(world)
    assert as_(world, "officer").get(address(case, "decide_reopen")).status_code == 404
    page = as_(world, "officer").get(reverse("desk:case", args=[case.pk])).content.decode()
    assert "等主席决定" in page
    do(world, case, "decide_reopen", by="chair", grant="yes", reason="车只恢复了一天", tried="", unit="")
    assert (case.status, case.round) == ("accepted", 2)
    assert ReopenRequest.objects.get(case=case).granted is True


def test_reopen_without_being_asked(world):
    case = make.told(world)
    do(world, case, "reopen", by="chair", reason="车又停了")
    assert case.round == 2


@pytest.mark.clause("MY-3.2.5c")
@pytest.mark.clause("MY-3.2.6")
def test_sign_and_archive(world):
    voice = make.voice()
    case = make.told(world, voice)
    feedback.rate(result="satisfied", process="", words="", by=worker_by_receipt(voice.receipt), at=world.now)
    do(world, case, "archive", review="看过了。", status=422)
    assert case.status == "rated", "who handled it does not sign for it"
    do(world, case, "archive", by="second", review="看过了。")
    assert case.status == "archived"
    survey = Survey.objects.get(case=case)
    assert (survey.signed_by, survey.review) == (world.posts["second"], "看过了。")


@pytest.mark.clause("MY-3.2.6")
def test_no_archive_while_a_request_to_reopen_waits(world):
    case = _unsatisfied(world)
    do(world, case, "archive", status=422)
    assert case.status == "rated"


# --- limits -----------------------------------------------------------------------------------------------------------------


def test_ask_for_a_later_date_and_have_it_decided(world):
    item = make.assigned(world)
    clock = Clock.objects.get(case=item.case, code="item")
    later = clock.due_on + timedelta(days=5)
    do(world, item.case, "extend", clock.pk, reason="配件没到", new_due=clock.due_on.isoformat(), status=422)
    do(world, item.case, "extend", clock.pk, reason="配件没到", new_due=later.isoformat())
    change = ClockChange.objects.get(clock=clock)
    assert as_(world, "officer").get(address(item.case, "decide", change.pk)).status_code == 404
    do(world, item.case, "decide", change.pk, by="chair", approve="yes", reason="")
    clock.refresh_from_db()
    assert clock.due_on == later
    assert "配件没到" in as_(world, "officer").get(reverse("desk:case", args=[item.case_id])).content.decode()


def test_nobody_approves_what_they_asked_for_while_somebody_else_can(world):
    item = make.assigned(world)
    clock = Clock.objects.get(case=item.case, code="item")
    do(world, item.case, "pause", clock.pk, by="chair", reason="等厂家")
    change = ClockChange.objects.get(clock=clock)
    do(world, item.case, "decide", change.pk, by="chair", approve="yes", reason="")
    clock.refresh_from_db()
    assert clock.paused_on  # the only chair: nobody else is there
    make_post(world.plant, "chair", person=make_person(world.plant, "代理主席"))
    other = make.assigned(world)
    clock = Clock.objects.get(case=other.case, code="item")
    do(world, other.case, "pause", clock.pk, by="chair", reason="等厂家")
    change = ClockChange.objects.get(clock=clock)
    do(world, other.case, "decide", change.pk, by="chair", approve="yes", reason="", status=422)


def test_pause_and_resume(world):
    item = make.assigned(world)
    clock = Clock.objects.get(case=item.case, code="item")
    do(world, item.case, "pause", clock.pk, reason="等厂家")
    do(world, item.case, "decide", ClockChange.objects.get(clock=clock).pk, by="chair", approve="yes", reason="")
    do(world, item.case, "resume", clock.pk, reason="到货了")
    clock.refresh_from_db()
    assert clock.paused_on is None


# --- all of them ------------------------------------------------------------------------------------------------------------


def test_a_double_click_counts_once(world):
    item = make.assigned(world)
    client = as_(world, "officer")
    for _ in range(2):
        assert client.post(address(item.case, "urge", item.pk), {"text": "请抓紧", "once": ONCE}).status_code == 302
    assert ItemEvent.objects.filter(item=item, act="urge").count() == 1


def test_somebody_else_was_faster_is_shown_and_the_second_try_counts(world):
    case = make.said(world)
    client, seen = as_(world, "officer"), case.version
    cases.take(case_id=case.pk, officer=world.posts["second"], by=world.as_("second"), at=world.now)
    typed = {"reason": "写了很久的理由", "other_way": "可以申请仲裁", "once": ONCE, "version": seen}
    answer = client.post(address(case, "decline"), typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "周明远" in html
    assert "接手" in html
    assert "写了很久的理由" in html
    version = re.search(r'name="version" value="(\d+)"', html)[1]
    assert client.post(address(case, "decline"), {**typed, "version": version}).status_code == 302


def test_what_the_state_does_not_allow_is_said_plainly(world):
    case = make.said(world)
    answer = as_(world, "officer").get(address(case, "tell"))
    assert answer.status_code == 409
    assert "待受理" in answer.content.decode()
    assert as_(world, "officer").get(address(case, "nonsense")).status_code == 404


def test_a_union_that_only_reads_may_urge_and_nothing_else(world):
    case = make.accepted(world)
    do(world, case, "urge_union", by="upper", text="请尽快交办")
    assert Event.objects.get(case=case, act="urge").text == "请尽快交办"
    assert "请尽快交办" in as_(world, "officer").get(reverse("desk:case", args=[case.pk])).content.decode()
    client = as_(world, "upper")
    for act in ("assign", "take", "release", "recuse_self", "reopen", "join"):
        assert client.get(address(case, act)).status_code == 404
        assert client.post(address(case, act), {"once": ONCE}).status_code == 404
    assert as_(world, "officer").get(address(case, "urge_union")).status_code == 404

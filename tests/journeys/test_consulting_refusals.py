"""What the mechanism does not allow, as people meet it on the screen: the reason in plain words, what was typed still there."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from huying.climb import acts as climb
from huying.climb.models import Rung
from huying.handling.models import Item
from huying.meetings import acts, reads
from huying.meetings.models import Agreed, Meeting, Topic
from tests.factories import consultation as make
from tests.factories.world import accepted, assigned, reported, voice
from tests.journeys.consulting import alert, at, entry, in_days, new_meeting, unchecked_by_the_browser, uploaded
from tests.journeys.stage import Stage, look

TITLE = "夜班末班车时间"
PLACE = "三楼会议室"


def kept(page: Page, label: str, value: str) -> None:
    """What was typed is still there."""
    expect(page.get_by_role("textbox", name=label).first).to_have_value(value)


# --- topics -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-2.1", "MY-2.2")
def test_a_topic_that_lacks_review_or_talk_is_on_no_agenda(stage: Stage) -> None:
    world = stage.world
    topic, meeting = make.ready(world, title=TITLE), make.planned(world, make.ready(world, title="食堂夜宵"))
    page = at(stage, stage.staff("officer"), "meeting", meeting.pk)
    page.get_by_label(TITLE).check()
    acts.word(
        topic_id=topic.pk, title=TITLE, body="换了说法。", ask="", departments=[world.admin], by=world.as_("second"), at=world.now
    )  # fmt: skip
    page.get_by_role("button", name="列入议程").click()
    alert(page, "还不能上会：文字改过，要重新做合法性审查；文字改过，要重新同行政沟通。")
    look(page)
    assert Topic.objects.get(pk=topic.pk).status == "draft"
    at(stage, page, "topic-review", topic.pk)
    unchecked_by_the_browser(page)
    page.get_by_label("审查人").fill("法律顾问")
    page.locator("input[name=content][value=no]").check()
    page.get_by_role("button", name="登记审查结论").click()
    alert(page, "内容：理由")
    kept(page, "审查人", "法律顾问")
    look(page)


@pytest.mark.clause("MY-3.2.1")
def test_a_case_stands_in_one_topic_only(stage: Stage) -> None:
    world = stage.world
    case, topic = accepted(world, title="更衣柜"), make.raised(world, title=TITLE)
    page = at(stage, stage.staff("officer"), "topic-gather", topic.pk)
    page.locator(f"input[name=cases][value='{case.pk}']").check()
    make.raised(world, case, title="更衣室")
    page.get_by_role("button", name="加进来").click()
    alert(page, "加入哪些诉求")
    look(page)
    assert topic.gathered.count() == 1


@pytest.mark.clause("MY-3.1")
def test_what_management_wants_told_says_which_class_it_is(stage: Stage) -> None:
    page = stage.staff("officer")
    page.goto(stage.url + reverse("desk:topic-new") + "?origin=opinion")
    unchecked_by_the_browser(page)
    page.get_by_label("议题", exact=True).fill("技能竞赛")
    page.get_by_label("情况", exact=True).fill("问卷征集到的意见。")
    page.get_by_role("button", name="提出议题").click()
    alert(page, "属于哪一类")
    kept(page, "情况", "问卷征集到的意见。")
    look(page)
    assert not Topic.objects.exists()


@pytest.mark.clause("MY-3.2.3d", "MY-3.2.3c")
def test_a_worker_is_named_in_topic_and_minutes_by_consent_only(stage: Stage) -> None:
    world = stage.world
    named = accepted(world, voice(secrecy="named", name="马兰", phone="13900002222"))
    meeting = make.held(world, make.ready(world, named, title=TITLE))
    stage.later(days=8)
    page = at(stage, stage.staff("officer"), "minutes-write", meeting.pk)
    words = "会上谈了何平提出的末班车。"
    page.get_by_label("结尾").fill(words)
    page.get_by_role("button", name="存成新的一稿").click()
    expect(page.locator("main")).to_contain_text("会议纪要")  # 何平 attended: who attends may be named
    at(stage, page, "minutes-write", meeting.pk)
    page.get_by_label("结尾").fill("会上谈了陈小燕提出的末班车，电话 13900002222。")
    page.get_by_role("button", name="存成新的一稿").click()
    alert(page, "结尾")
    kept(page, "结尾", "会上谈了陈小燕提出的末班车，电话 13900002222。")
    look(page)
    assert reads.latest_minutes(meeting).body["closing"] == words


# --- the meeting --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.3a")
def test_somebody_else_chairs_only_with_a_reason(stage: Stage) -> None:
    make.ready(stage.world, title=TITLE)
    page = stage.staff("officer")
    page.goto(stage.url + reverse("desk:meeting-new"))
    page.get_by_label("时间", exact=True).fill("2026-11-27T14:30")
    page.get_by_label("地点").fill(PLACE)
    page.get_by_label("主持人", exact=True).select_option(value=str(stage.world.posts["officer"].pk))
    page.get_by_role("button", name="建好").click()
    alert(page, "由别人主持，请写明原因")
    kept(page, "地点", PLACE)
    look(page)
    page.get_by_label("为什么不由工会负责人主持").fill("主席出差，委托主持")
    new_meeting(page, in_days(stage, 7))
    expect(page.locator("main")).to_contain_text("主席出差，委托主持")


@pytest.mark.clause("MY-3.2.2")
def test_a_missing_seat_is_pointed_out_before_the_meeting_opens(stage: Stage) -> None:
    world = stage.world
    meeting = make.planned(world, make.ready(world, title=TITLE))
    acts.uninvite(participant_id=meeting.participants.get(name="钱进").pk, by=world.as_("officer"), at=world.now)
    page = at(stage, stage.staff("officer"), "meeting", meeting.pk)
    expect(page.locator("#people")).to_contain_text("应当到会的还缺：行政保障部的负责人。")
    look(page)
    at(stage, page, "meeting-room", meeting.pk)
    page.get_by_role("button", name="全部到会").click()
    uploaded(page)
    page.get_by_role("button", name="开会").click()
    expect(page.locator("[data-missing]")).to_contain_text("还缺：行政保障部的负责人")
    expect(page.locator("[data-before] input[name=because]:invalid")).to_be_visible()  # the browser asks for the reason
    look(page)
    assert Meeting.objects.get().status == "draft"


@pytest.mark.clause("MY-3.2.3b", "MY-2.2", "MY-A1")
def test_three_of_the_four_settle_nothing_and_no_vote_before_a_word(stage: Stage) -> None:
    """Without scripts, where nothing but the server says it."""
    world = stage.world
    meeting = make.opened(world, make.ready(world, title=TITLE, at=world.now))
    stage.later(days=7, hours=1)
    page = stage.staff("officer", scripts=False)
    at(stage, page, "meeting-room", meeting.pk)
    form = page.locator("form[action$='/agree/']").first
    page.locator("summary", has_text="定下事项").click()
    form.get_by_label("解决措施").fill("恢复 22:40 发车。")
    form.get_by_label("解决时限").fill("2026-12-18")
    form.get_by_label("承办部门").select_option("行政保障部")
    form.get_by_label("具体人员").select_option(label="吴强·部门承办人")
    form.get_by_role("button", name="定下", exact=True).click()
    alert(page, "承办人要是行政保障部的人")
    expect(form.get_by_label("解决措施")).to_have_value("恢复 22:40 发车。")
    expect(form.get_by_label("解决时限")).to_have_value("2026-12-18")
    vote = page.locator("form[action$='/vote/']").first
    page.locator("summary", has_text="表决").click()
    expect(vote.locator("input[name=votes_for]")).to_be_disabled()
    expect(page.get_by_text("先讨论，后表决", exact=False).first).to_be_visible()
    assert not Agreed.objects.exists()


# --- signatures, the climb ----------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.3c", "MY-3.2.3b")
def test_the_union_never_signs_first_and_nothing_is_promised_before(stage: Stage) -> None:
    world = stage.world
    meeting = make.circulated(world, make.ready(world, title=TITLE))
    stage.later(days=8)
    page = at(stage, stage.staff("chair"), "minutes-sign-paper", meeting.pk)
    page.get_by_label("工会方").check()
    page.get_by_label("签字人").fill("郑卫国")
    page.get_by_label("签字日期").fill("2026-11-28")
    page.get_by_role("button", name="登记签字").click()
    alert(page, "还没有上传签字的扫描件")
    kept(page, "签字人", "郑卫国")
    look(page)
    assert not Item.objects.exists()


@pytest.mark.clause("MY-3.2.4d", "SX-6a", "BD-4.6c")
def test_the_climb_never_goes_in_a_circle_and_never_without_what_was_tried(group_stage: Stage) -> None:
    world = group_stage.world
    case = accepted(world, title=TITLE)
    page = group_stage.staff("officer")
    at(group_stage, page, "case_act", case.pk, "send_up")
    unchecked_by_the_browser(page)
    page.get_by_label("为什么本级解决不了").fill("线路跨县。")
    page.get_by_role("button", name="上报").click()
    alert(page, "已经做过")
    kept(page, "为什么本级解决不了", "线路跨县。")
    look(page)
    page.get_by_label("已经做过哪些工作").fill("谈过两次。")
    page.get_by_role("button", name="上报").click()
    expect(page.locator("main")).to_contain_text("已上报，等上级")
    rung = Rung.objects.get()
    climb.take_rung(rung_id=rung.pk, by=world.as_("group_officer"), at=world.now)
    page = group_stage.staff("group_officer")
    at(group_stage, page, "case_act_of", case.pk, "send_on", rung.pk)
    for field, words in (("为什么本级解决不了", "线路跨县。"), ("已经做过哪些工作", "再谈一次。")):
        page.get_by_label(field).fill(words)
    page.locator("input[name=unit]").first.evaluate("(box, unit) => { box.value = unit }", str(world.plant.pk))
    page.get_by_role("button", name="上报").click()
    alert(page, "报给谁")
    kept(page, "已经做过哪些工作", "再谈一次。")
    assert Rung.objects.count() == 1


# --- what comes after ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.4a", "MY-3.2.4b", "MY-3.2.4c", "MY-3.2.4e", "MY-A3")
def test_no_telling_before_the_report_and_nothing_empty(stage: Stage) -> None:
    world = stage.world
    item = assigned(world)
    page = stage.staff("officer")
    answer = page.goto(stage.url + reverse("desk:case_act", args=[item.case_id, "tell"]))
    assert answer
    assert answer.status == 409
    at(stage, page, "case_act_of", item.case_id, "check", item.pk)
    unchecked_by_the_browser(page)
    page.get_by_role("button", name="登记督导").click()
    alert(page, "督导")
    handler = at(stage, stage.staff("handler"), "item_act", item.pk, "unable")
    unchecked_by_the_browser(handler)
    handler.get_by_role("button", name="登记", exact=True).click()
    alert(handler, "为什么办不了")
    look(handler)
    case = reported(world)
    at(stage, page, "case_act", case.pk, "tell")
    unchecked_by_the_browser(page)
    page.get_by_label("电话", exact=True).check()
    page.get_by_role("button", name="告知").click()
    alert(page, "告知的内容")
    expect(page.get_by_label("电话", exact=True)).to_be_checked()
    look(page)


@pytest.mark.clause("MY-A1", "MY-A2", "MY-A3")
def test_forms_show_the_step_that_runs_and_stay_with_who_may_see_the_case(stage: Stage) -> None:
    world = stage.world
    case = accepted(world, title=TITLE)
    page = at(stage, stage.staff("officer"), "case_flow", case.pk)
    expect(page.locator("main [aria-current=step], main .is-now").first).to_contain_text("受理")
    look(page)
    at(stage, page, "blanks")
    look(page)
    stranger = stage.staff("foreign")
    for form in ("form1", "form2", "form3"):
        assert page.request.get(stage.url + reverse("desk:case_paper", args=[case.pk, form, "pdf"])).status == 200
        assert page.request.get(stage.url + reverse("desk:blank", args=[form, "docx"])).status == 200
        assert stranger.request.get(stage.url + reverse("desk:case_paper", args=[case.pk, form, "pdf"])).status == 404


# --- talks, inquiries, hearings -----------------------------------------------------------------------------------------


@pytest.mark.clause("PD-5.2.1")
def test_a_talk_is_announced_asked_answered_and_its_promise_followed_up(stage: Stage) -> None:
    world = stage.world
    page = stage.staff("officer")
    page.goto(stage.url + reverse("desk:meeting-new"))
    page.get_by_label("恳谈会").check()
    meeting = new_meeting(page, in_days(stage, 7))
    page.get_by_label("列入一个问题").fill("夏天车间降温怎么安排？")
    page.get_by_role("button", name="列入问题").click()
    acts.invite(
        meeting_id=meeting.pk,
        posts=[world.posts["manager"], world.posts["chair"]],
        by=world.as_("officer"),
        at=world.now,
    )
    at(stage, page, "meeting-call", meeting.pk)
    text = "陈小燕请大家来问经理。"
    page.locator("textarea[name=announcement]").fill(text)
    page.get_by_role("button", name="发通知").click()
    alert(page, "陈小燕")
    kept(page, "向职工公告", text)
    page.locator("textarea[name=announcement]").fill("大家来问，经理来答。")
    page.get_by_role("button", name="发通知").click()
    worker = stage.go(stage.worker(), f"/u/{world.shop.code}/meetings/")
    expect(worker.locator("main")).to_contain_text("大家来问，经理来答。")
    stage.later(days=7, hours=6)
    answered_and_promised(stage, meeting)
    stage.go(worker, f"/u/{world.shop.code}/meetings/")
    worker.get_by_role("link", name="恳谈会").click()
    for words in ("夏天车间降温怎么安排", "办理中"):
        expect(worker.locator("main")).to_contain_text(words)
    look(worker)


def answered_and_promised(stage: Stage, meeting: Meeting) -> None:
    """In the room by clicking; minutes, signatures and publication by their acts."""
    world = stage.world
    page = at(stage, stage.staff("officer"), "meeting-room", meeting.pk)
    page.get_by_role("button", name="全部到会").click()
    uploaded(page)
    expect(page.locator("[data-missing]")).to_contain_text("职工代表")
    page.get_by_label("缺席的原因").fill("代表的意见会前已经征集")
    page.get_by_role("button", name="开会").click()
    expect(page.get_by_text("会议中").first).to_be_visible()
    found = entry(page, "夏天车间降温怎么安排？")
    found.get_by_label("说了什么", exact=True).fill("六月底前装好风机。")
    found.get_by_role("button", name="记下这一条").click()
    uploaded(page)
    now = timezone.now()  # the meeting opened a moment ago
    who = {"by": world.as_("officer"), "at": now}
    (place,) = reads.agenda(meeting)
    acts.agree(place_id=place.pk, terms=make.terms(world, meeting, measure="装好风机。"), **who)
    acts.close_meeting(meeting_id=meeting.pk, **who)
    acts.circulate(meeting_id=meeting.pk, **who)
    for name in ("manager", "chair"):
        acts.sign(meeting_id=meeting.pk, by=world.as_(name), at=now)
    body = reads.draft_publication(Meeting.objects.get(pk=meeting.pk))
    acts.publish(meeting_id=meeting.pk, body=body, by=world.as_("chair"), at=now)

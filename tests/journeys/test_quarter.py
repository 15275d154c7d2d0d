"""A quarter of a group enterprise in a browser: twelve topics, one meeting, four ways on, and every promise with its clock."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from huying.cases.models import Clock
from huying.handling.models import Item
from huying.meetings import reads
from huying.meetings.models import Place
from huying.trail.reads import verify
from tests.factories import consultation as make
from tests.journeys.consulting import (
    agree,
    alert,
    ask_everybody,
    at,
    circulate,
    entry,
    heading,
    in_days,
    new_meeting,
    press,
    put,
    raise_from,
    review,
    say,
    settle,
    sign,
    taken,
    talk,
    unfold,
    uploaded,
    words_of_paper,
)
from tests.journeys.quarter import Quarter
from tests.journeys.stage import Stage

BUS, MEALS, GLOVES, WATER = "夜班末班车时间", "食堂晚班供餐", "防烫手套更换", "车间饮水点"
TWO_CASES, MERGED, INTO = "更衣室修缮", "夏季降温", "高温防护"
REFUSED, UP, TOLD, ABOVE, OPINION = "停车棚扩建", "跨县班车线路", "四季度经营情况", "安全月安排", "技能竞赛办法"
SEALED, NAMED = "刘春华", "马兰"
HANDLER = "孙立·部门承办人"
MEASURE = "末班车恢复 22:40 发车"


@pytest.mark.clause(
    "MY-2.1", "MY-2.2", "MY-3.1", "MY-3.2", "MY-3.2.1", "MY-3.2.2", "MY-3.2.3a", "MY-3.2.3b", "MY-3.2.3c", "MY-3.2.3d",
    "MY-3.2.4a", "MY-3.2.4b", "MY-3.2.4c", "MY-3.2.4d", "SX-6a", "BD-4.6c",
)  # fmt: skip
def test_a_quarter_of_a_group_enterprise(group_stage: Stage) -> None:
    told = Quarter(group_stage)
    topics_from_people(told)
    topics_from_elsewhere(told)
    management_refuses_one(told)
    a_meeting_is_called(told)
    people_answer(told)
    the_meeting_is_held(told)
    minutes_go_round(told)
    both_sides_sign(told)
    every_promise_has_its_clock(told)
    a_department_reports_and_the_worker_rates(told)
    what_was_not_agreed_goes_up_three_levels(told)
    the_minutes_are_printed_and_published(told)
    assert verify() == []


def topics_from_people(told: Quarter) -> None:
    """One reworded after its review, one that named somebody, one of two cases, two that were the same."""
    stage = told.stage
    bus = told.spoken(BUS, {"name": SEALED})
    meals = told.spoken(MEALS, {"secrecy": "named", "name": NAMED, "phone": "13900002222"})
    page = stage.staff("officer")
    raise_from(stage, page, [bus], "行政保障部")
    page.get_by_label("情况", exact=True).fill("夜班末班车提前以后，22:20 下线的职工赶不上车，请停产一天调整。")
    put(page, BUS)
    review(page, wrong="procedure", because="停产要先经职代会讨论。")
    expect(page.locator("main")).to_contain_text("审查没有通过，不能上会。")
    assert page.get_by_role("link", name="开会").count() == 0
    press(page, "改写议题")
    page.get_by_label("情况", exact=True).fill("夜班末班车提前以后，22:20 下线的职工赶不上车。")
    page.get_by_role("button", name="存下来").click()
    review(page)
    talk(page, "可以上会商量。")
    expect(page.locator("main")).to_contain_text("都齐了，可以上会")

    raise_from(stage, page, [meals], "后勤部")
    page.get_by_label("情况", exact=True).fill(f"{NAMED}说晚班没有热菜。")
    page.get_by_role("button", name="提出议题").click()
    alert(page, NAMED)
    body = page.get_by_label("情况", exact=True)
    assert body.input_value() == f"{NAMED}说晚班没有热菜。"
    expect(page.get_by_label("写了姓名的，谁在哪天同意的")).to_be_visible()
    body.fill("晚班没有热菜。")
    make.talked(stage.world, make.reviewed(stage.world, put(page, MEALS)))

    told.ready(GLOVES, told.spoken(GLOVES, {"secrecy": "anonymous"}))
    told.ready(WATER, told.spoken(WATER, {"name": "韩冰"}, {"name": "杜娟"}))
    one, two = told.spoken("更衣室漏水", {}), told.spoken("更衣柜不够", {})
    raise_from(stage, page, [one], "后勤部")
    topic = put(page, TWO_CASES)
    press(page, "加入诉求")
    page.locator(f"input[name=cases][value='{two.pk}']").check()
    page.get_by_role("button", name="加进来").click()
    expect(page.locator("main")).to_contain_text(two.number)
    make.talked(stage.world, make.reviewed(stage.world, topic))
    told.ready(INTO, told.spoken(INTO, {}))
    merged = told.ready(MERGED, told.spoken(MERGED, {}))
    at(stage, page, "topic-merge", merged.pk)
    page.locator("label.hy-choice", has_text=INTO).locator("input").check()
    page.get_by_role("button", name="并过去").click()
    expect(heading(page)).to_have_text(INTO)


def topics_from_elsewhere(told: Quarter) -> None:
    """Management, the union above and gathered opinion: nobody's case stands behind these."""
    stage, page = told.stage, told.stage.staff("officer")
    at(stage, page, "topic-new")
    page.get_by_role("link", name="行政").click()
    page.get_by_label("来源说明").fill("总经理办公室要求通报。")
    page.get_by_label("情况", exact=True).fill("四季度订单和产量。")
    page.get_by_label("小类").select_option(index=1)
    topic = put(page, TOLD)
    expect(page.locator("main")).to_contain_text("行政")
    make.talked(stage.world, make.reviewed(stage.world, topic))
    told.ready(ABOVE, origin="upper")
    told.ready(OPINION, origin="opinion")
    told.ready(UP, told.spoken(UP, {}))


def management_refuses_one(told: Quarter) -> None:
    """The reason stands in the topic, and in plain words on the worker's page."""
    stage, page = told.stage, told.stage.staff("officer")
    raise_from(stage, page, [told.spoken(REFUSED, {})], "行政保障部")
    put(page, REFUSED)
    review(page)
    talk(page, "今年没有这笔预算。", "不同意")
    expect(page.locator("main")).to_contain_text("行政不同意上会")
    expect(page.locator(".hy-bar").get_by_role("link", name="再次提出")).to_be_visible()
    expect(page.get_by_role("link", name="上报").first).to_be_visible()
    worker = told.worker(REFUSED)
    expect(worker.locator("main")).to_contain_text("单位没有同意把这件事拿到会上商量")
    expect(worker.locator("main")).to_contain_text("今年没有这笔预算")


def a_meeting_is_called(told: Quarter) -> None:
    """From ten ready topics; the department head who is not asked is pointed out; invitation and agenda to each."""
    stage, page = told.stage, told.stage.staff("officer")
    page.goto(stage.url + reverse("desk:topics") + "?tab=ready")
    for tick in page.locator("input[name=topics]").all():
        tick.check()
    page.get_by_role("button", name="开会").click()
    told.meeting = new_meeting(page, in_days(stage, 7))
    assert Place.objects.filter(meeting=told.meeting).count() == 10
    page.get_by_label(re.compile("罗文静")).uncheck()
    page.get_by_role("button", name="请他们参会").click()
    expect(page.locator("#people")).to_contain_text("应当到会的还缺：后勤部的负责人。")
    ask_everybody(page)
    page.get_by_role("link", name="发通知").click()
    expect(page.locator("main")).to_contain_text("看不到诉求和是谁提的")
    page.get_by_role("button", name="发通知").click()
    expect(page.locator("main")).to_contain_text("已通知")
    papers = {"invitation": "三楼会议室", "agenda": MEALS, "sign_in": "冯国庆"}
    for what, kind in (
        ("invitation", "pdf"),
        ("invitation", "docx"),
        ("agenda", "pdf"),
        ("agenda", "docx"),
        ("sign_in", "pdf"),
    ):
        paper = taken(page, reverse("desk:meeting-print", args=[told.meeting.pk, what, kind]))
        assert papers[what] in words_of_paper(paper, kind)


def people_answer(told: Quarter) -> None:
    """On their phones: management and a delegate come, one is excused and says why; nobody reads whose case it is."""
    stage = told.stage
    for name in ("manager", "delegate", "logistics_head"):
        page = stage.staff(name, phone=True)
        page.goto(stage.url + "/desk/")
        page.locator("main").get_by_role("link", name=re.compile("协商会议")).first.click()
        expect(page.locator("#agenda")).to_contain_text(BUS)
        for secret in (SEALED, NAMED, told.cases[BUS].number, "合法性审查"):
            expect(page.locator("body")).not_to_contain_text(secret)
        if name == "logistics_head":
            page.get_by_role("button", name="请假").click()
            alert(page, "请写一下请假的原因")
            page.get_by_label("说明").fill("出差")
            page.get_by_role("button", name="请假").click()
        else:
            page.get_by_role("button", name="参加").click()
        expect(page.locator("#answer")).to_contain_text("您答复过")
        calendar = taken(page, reverse("desk:meeting-ics", args=[told.meeting.pk])).decode()
        assert "BEGIN:VEVENT" in calendar
        assert BUS not in calendar


def the_meeting_is_held(told: Quarter) -> None:
    """Discussion before vote, four things or nothing, not agreed, told, next time; no end while something is open."""
    stage = told.stage
    stage.later(days=7, hours=5, minutes=30)
    page = at(stage, stage.staff("officer"), "meeting-room", told.meeting.pk)
    page.get_by_role("button", name=re.compile("都到会|全部到会")).click()
    expect(page.locator("[data-missing]")).to_contain_text("后勤部的负责人")
    uploaded(page)
    page.get_by_role("button", name="开会").click()
    expect(page.get_by_text("仍要开会，请写明原因").first).to_be_visible()
    page.get_by_label("缺席的原因").fill("出差，委托总经理说明")
    page.get_by_role("button", name="开会").click()
    expect(page.get_by_text("会议中").first).to_be_visible()
    found = entry(page, BUS)
    unfold(found, "表决")
    expect(found.get_by_text("先讨论，后表决", exact=False)).to_be_visible()
    expect(found.locator("input[name=votes_for]")).to_be_disabled()
    say(found, "行政方", "车队可以调整班次。")
    for name, count in (("votes_for", "9"), ("votes_against", "0"), ("abstained", "1")):
        found.locator(f"input[name={name}]").fill(count)
    found.get_by_role("button", name="记下票数").click()
    expect(found.locator(".hy-room-vote")).to_contain_text("赞成 9")
    agree(found, MEASURE, "行政保障部", HANDLER)
    found = entry(page, UP)
    say(found, "行政方", "线路不归企业管。")
    settle(found, "未达成一致", "线路由县里和市里定，企业定不了。", "报上一级")
    settle(entry(page, TOLD), "已通报说明", "订单饱满，四季度不减产。")
    settle(entry(page, OPINION), "下次再议", "办法还要征求意见。")
    uploaded(page)
    page.get_by_role("button", name="散会").click()
    expect(page.get_by_text("还没有结果").first).to_be_visible()
    for place in reads.agenda(told.meeting):
        if not place.result:
            make.settled(stage.world, place, stage.world.now)
    page.reload()
    page.get_by_role("button", name="散会").click()
    expect(page.get_by_text("会开完了，这里不能再记")).to_be_visible()


def minutes_go_round(told: Quarter) -> None:
    """Written from the data, objected to, written anew, found right."""
    stage = told.stage
    stage.later(hours=2)
    page = at(stage, stage.staff("officer"), "minutes", told.meeting.pk)
    for secret in (SEALED, NAMED, "马兰"):
        expect(page.locator("main")).not_to_contain_text(secret)
    circulate(page)
    manager = at(stage, stage.staff("manager", phone=True), "minutes", told.meeting.pk)
    manager.locator("summary", has_text="有意见").click()
    manager.get_by_label("哪里不对").fill("结尾请写明下次开会的时间。")
    manager.get_by_role("button", name="把意见交给工会").click()
    expect(manager.locator("#reply")).to_contain_text("您提了意见")
    page.reload()
    expect(page.locator("main")).to_contain_text("1 人有意见")
    page.get_by_role("link", name="改纪要").click()
    page.get_by_label("结尾").fill("下次会议定在明年一月。")
    page.get_by_role("button", name="存成新的一稿").click()
    circulate(page)
    delegate = at(stage, stage.staff("delegate", phone=True), "minutes", told.meeting.pk)
    expect(delegate.locator("main")).to_contain_text("下次会议定在明年一月")
    delegate.get_by_role("button", name="核对无误").click()
    expect(delegate.locator("main")).to_contain_text("您核对过了")


def both_sides_sign(told: Quarter) -> None:
    """Management first; the union's signature makes the promises."""
    stage = told.stage
    chair = at(stage, stage.staff("chair"), "minutes", told.meeting.pk)
    expect(chair.locator("main")).to_contain_text("请行政方先签，工会最后签")
    assert chair.get_by_role("button", name="签字", exact=True).count() == 0
    manager = at(stage, stage.staff("manager", phone=True), "minutes", told.meeting.pk)
    sign(manager)
    expect(manager.locator("main")).to_contain_text("接着由工会签")
    assert not Item.objects.exists()
    chair.reload()
    sign(chair)
    expect(chair.locator("main")).to_contain_text("纪要生效")
    expect(chair.locator("main")).to_contain_text("1号")


def every_promise_has_its_clock(told: Quarter) -> None:
    """At once, in the case, on the department's page, in the ledger, on 今日."""
    stage, items = told.stage, list(Item.objects.all())
    assert (len(items), len({one.code for one in items})) == (9, 7)
    for item in items:
        assert Clock.objects.get(subject=item.pk, stopped_at__isnull=True).due_on == item.deadline
    page, case = stage.staff("officer"), told.case(BUS)
    at(stage, page, "case", case.pk)
    for words in ("办理中", MEASURE, "的会议定下事项"):
        expect(page.locator("main")).to_contain_text(words)
    at(stage, page, "ledger")
    expect(page.locator("main")).to_contain_text(case.number)
    expect(page.locator("main")).to_contain_text("协商会议")
    handler = stage.staff("handler", phone=True)
    for path in ("/desk/", "/desk/items/"):
        handler.goto(stage.url + path)
        expect(handler.locator("main")).to_contain_text(MEASURE)
        expect(handler.locator("main")).to_contain_text("还有")


def a_department_reports_and_the_worker_rates(told: Quarter) -> None:
    """Done, reported in writing, told, rated."""
    stage, case = told.stage, told.case(BUS)
    stage.later(days=3)
    handler = at(stage, stage.staff("handler", phone=True), "item", case.items.get().pk)
    handler.get_by_role("button", name="接收").click()
    handler.get_by_role("link", name="办结", exact=True).click()
    handler.get_by_label("办得怎么样").fill("末班车恢复 22:40 发车。")
    handler.get_by_role("button", name="办结了").click()
    handler.get_by_role("link", name="书面反馈", exact=True).first.click()
    handler.get_by_label("书面反馈", exact=True).fill("自 11 月 30 日起末班车 22:40 发车。")
    handler.get_by_role("button", name="交给工会").click()
    expect(handler.locator("main")).to_contain_text("已书面反馈")
    tells(told, BUS, "末班车恢复 22:40 发车了。")
    worker = told.worker(BUS)
    expect(worker.locator("main")).to_contain_text("末班车恢复 22:40 发车了")
    worker.get_by_label("满意", exact=True).first.check()
    worker.get_by_role("button", name="交上评价").click()
    expect(worker.get_by_text("结果：满意")).to_be_visible()


def tells(told: Quarter, title: str, words: str) -> None:
    """The union tells the worker."""
    page = at(told.stage, told.stage.staff("officer"), "case", told.cases[title].pk)
    page.get_by_role("link", name="告知职工", exact=True).click()
    page.get_by_label("告知结果").check()
    page.get_by_label("电话", exact=True).check()
    page.get_by_label("告知的内容").fill(words)
    page.get_by_role("button", name="告知").click()
    expect(page.locator("main")).to_contain_text("待测评")


def what_was_not_agreed_goes_up_three_levels(told: Quarter) -> None:
    """Group, county, city: taken, sent on, solved at the top; told by the union where it began."""
    stage, case = told.stage, told.case(UP)
    assert case.status == "climbing"
    manager = stage.staff("group_manager", phone=True)
    manager.goto(stage.url + reverse("desk:sent_up"))
    manager.locator("a[data-row]").first.click()
    expect(manager.locator("main")).to_contain_text("企业定不了")
    expect(manager.locator("body")).not_to_contain_text(case.number)
    manager.get_by_role("textbox", name="批示").fill("请工会同县里对接。")
    manager.get_by_role("button", name="批示").click()
    expect(manager.locator("main")).to_contain_text("请工会同县里对接")
    for name in ("group_officer", "upper", "city"):
        page = stage.staff(name)
        page.goto(stage.url + reverse("desk:climb"))
        page.locator("a[data-row]").first.click()
        expect(page.locator("main")).to_contain_text(case.number)
        assert page.get_by_role("button", name="打开原话").count() == 0
        page.get_by_role("link", name="接收", exact=True).click()
        page.get_by_role("button", name="接收").click()
        if name == "city":
            page.get_by_role("link", name="给出结果", exact=True).click()
            page.get_by_label("怎么解决的").fill("市里协调，跨县线路加开两班。")
            page.get_by_role("button", name="给出结果").click()
        else:
            page.get_by_role("link", name="再往上报", exact=True).click()
            page.get_by_label("为什么本级解决不了").fill("线路跨县。")
            page.get_by_label("已经做过哪些工作").fill("同客运公司谈过两次。")
            page.get_by_role("button", name="上报").click()
        expect(page.locator("main")).to_contain_text(case.number)
    page = at(stage, stage.staff("officer"), "case", case.pk)
    expect(page.locator("#climb li")).to_have_count(3)
    assert Clock.objects.filter(case=case, code="climb", stopped_at__isnull=False).count() == 3
    tells(told, UP, "跨县线路加开两班。")
    expect(told.worker(UP).locator("main")).to_contain_text("跨县线路加开两班")


def the_minutes_are_printed_and_published(told: Quarter) -> None:
    """On paper with what was promised; on the unit's page without a name."""
    stage, case = told.stage, told.case(BUS)
    chair = at(stage, stage.staff("chair"), "minutes", told.meeting.pk)
    papers = [reverse("desk:minutes-print", args=[told.meeting.pk, kind]) for kind in ("pdf", "docx")]
    for paper in papers:
        text = words_of_paper(taken(chair, paper), paper.rsplit(".", 1)[1])
        assert MEASURE.replace(" ", "") in text
        assert "纪要" in text
        assert SEALED not in text
    for form in ("form1", "form2", "form3", "form4"):
        for kind in ("pdf", "docx"):
            assert words_of_paper(taken(chair, reverse("desk:case_paper", args=[case.pk, form, kind])), kind)
    chair.get_by_role("link", name="公开给职工看").click()
    chair.get_by_role("button", name="公开").click()
    worker = stage.worker()
    worker.goto(f"{stage.url}/u/{stage.world.plant.code}/meetings/")
    worker.get_by_role("link", name=re.compile("协商会议")).first.click()
    expect(worker.locator("main")).to_contain_text("末班车恢复 22:40 发车")
    people = [post.person.name for post in stage.world.posts.values()]
    for name in (SEALED, NAMED, "韩冰", "杜娟", *people):
        expect(worker.locator("body")).not_to_contain_text(name)

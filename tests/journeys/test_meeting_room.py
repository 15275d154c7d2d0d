"""The room in a browser: by keyboard, while the network is down, two secretaries at once, on the wall."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from huying.meetings import acts, reads
from huying.meetings.models import Agreed, Meeting, Remark
from tests.factories import consultation as make
from tests.journeys.stage import PHONE, Stage, look

TITLES = ("夜班末班车时间", "食堂夜宵保温", "防烫手套更换周期")
HANDLER = "孙立·部门承办人"


@pytest.fixture
def meeting(stage: Stage) -> Meeting:
    """A meeting in progress, three topics."""
    before = stage.world.now - timedelta(days=8)
    topics = [make.ready(stage.world, at=before, title=title) for title in TITLES]
    return make.opened(stage.world, *topics, at=before)


def enter(stage: Stage, meeting: Meeting, name: str = "officer", **more: bool) -> Page:
    """Somebody opens the room."""
    return stage.go(stage.staff(name, **more), reverse("desk:meeting-room", args=[meeting.pk]))


def front(page: Page) -> str:
    """The entry in front."""
    return page.locator("article:visible h2").inner_text()


def said(meeting: Meeting) -> list[list[str]]:
    """The lines of each entry as the server has them."""
    return [[line.text for line in place.remarks.all()] for place in reads.agenda(meeting)]


def uploaded(page: Page) -> None:
    """Nothing waits any more."""
    expect(page.get_by_text("待上传", exact=False).locator("visible=true")).to_have_count(0, timeout=15_000)


def agree(page: Page, measure: str, plus: str = "15 天后") -> None:
    """The four, as quickly as the page allows."""
    entry = page.locator("article:visible")
    if not entry.get_by_label("解决措施").is_visible():
        entry.locator("summary").filter(has_text="定下事项").click()
    entry.get_by_label("解决措施").fill(measure)
    entry.get_by_role("button", name=plus).click()
    entry.get_by_label("承办部门").select_option("行政保障部")
    entry.get_by_label("具体人员").select_option(label=HANDLER)
    expect(entry.get_by_text("四项齐了，可以定下。")).to_be_visible()
    entry.get_by_role("button", name="定下", exact=True).click()


@pytest.mark.clause("MY-3.2.2", "MY-3.2.3b")
def test_a_whole_meeting_by_keyboard(stage: Stage) -> None:
    """From the roll to the end without a mouse."""
    before = stage.world.now - timedelta(days=7)
    meeting = make.planned(
        stage.world, make.ready(stage.world, at=before), make.ready(stage.world, at=before), at=before
    )
    page = enter(stage, meeting)
    expect(page.locator("[data-missing]")).to_contain_text("工会负责人")
    page.get_by_role("button", name="全部到会").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-missing]")).to_be_hidden()
    uploaded(page)
    page.get_by_role("button", name="开会").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("会议中")).to_be_visible()
    page.locator("article:visible").focus()
    for digit in ("1", "2"):
        page.keyboard.press(digit)
        page.keyboard.press("v")
        expect(page.locator("article:visible").get_by_text("先讨论，后表决", exact=False)).to_be_visible()
        page.keyboard.press("l")
        page.keyboard.press("Alt+2")
        page.keyboard.type(f"第 {digit} 项我们同意。")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.keyboard.type("恢复 22:40 发车")
        entry = page.locator("article:visible")
        expect(entry.locator("[data-lacking]")).to_contain_text("还缺：时限、部门、人")
        page.keyboard.press("Tab")
        entry.get_by_label("解决时限").fill("2026-12-18")
        entry.get_by_label("承办部门").focus()
        page.keyboard.press("ArrowDown")  # 后勤部
        page.keyboard.press("ArrowDown")  # 行政保障部: its people only are offered then
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        entry.get_by_role("button", name="定下", exact=True).press("Enter")
        page.keyboard.press("Escape")
    uploaded(page)
    look(page)
    page.get_by_role("button", name="散会").press("Enter")
    expect(page.get_by_text("会开完了，这里不能再记")).to_be_visible()
    look(page)
    meeting.refresh_from_db()
    assert meeting.status == "held"
    assert said(meeting) == [["第 1 项我们同意。"], ["第 2 项我们同意。"]]
    assert Agreed.objects.count() == 2


@pytest.mark.clause("MY-2.2", "MY-3.2.3b")
def test_ten_minutes_without_the_network(stage: Stage, meeting: Meeting) -> None:
    """Two topics are discussed and settled while nothing reaches the server; then everything is there once, in order."""
    page = enter(stage, meeting)
    page.context.set_offline(offline=True)
    entry = page.locator("article:visible")
    for words in ("车能不能晚点发？", "可以，下月起。", "那就定下来。"):
        entry.get_by_label("说了什么").fill(words)
        page.keyboard.press("Enter")
    agree(page, "末班车恢复 22:40 发车")
    expect(page.get_by_text("网络断了，写的都在本机，还有 4 条待上传", exact=False)).to_be_visible()
    look(page)
    page.get_by_role("link", name=TITLES[1]).click()
    entry = page.locator("article:visible")
    entry.get_by_label("说了什么").fill("今年没有预算。")
    page.keyboard.press("Enter")
    entry.locator("summary").filter(has_text="别的结果").click()
    entry.get_by_label("未达成一致").check()
    entry.get_by_label("报上一级").check()
    entry.get_by_label("一句话说明").fill("行政今年没有预算。")
    entry.get_by_role("button", name="记下结果").click()
    assert not Remark.objects.exists()
    page.context.set_offline(offline=False)
    uploaded(page)
    assert said(meeting) == [["车能不能晚点发？", "可以，下月起。", "那就定下来。"], ["今年没有预算。"], []]
    one, two, _ = reads.agenda(meeting)
    assert [agreed.measure for agreed in one.agreed.all()] == ["末班车恢复 22:40 发车"]
    assert (two.result, two.next_way) == ("not_agreed", "up")
    assert (
        page.evaluate("Object.keys(localStorage).filter(one => one.includes('post:') || one.includes('person:'))") == []
    )
    expect(page.locator("[data-bar]")).to_be_hidden()


@pytest.mark.clause("MY-2.2", "MY-3.2.2")
def test_a_whole_meeting_before_the_network_is_back(stage: Stage) -> None:
    """Roll, opening, discussion, vote, what was agreed and the end wait in one queue; an opening that is refused holds back
    the rest until its reason is given."""
    before = stage.world.now - timedelta(days=7)
    meeting = make.planned(stage.world, make.ready(stage.world, at=before), at=before)
    page = enter(stage, meeting)
    page.get_by_role("group", name="钱进").get_by_role("button", name="到会").click()
    uploaded(page)
    page.context.set_offline(offline=True)
    expect(page.locator("[data-missing]")).to_contain_text("工会负责人、行政负责人、职工代表")
    for name in ("郑卫国", "冯国庆", "何平"):
        page.get_by_role("group", name=name).get_by_role("button", name="到会").click()
    expect(page.locator("[data-missing]")).to_be_hidden()
    gone = meeting.participants.get(seat="department_head")
    acts.attend(meeting_id=meeting.pk, there={gone.pk: "absent"}, by=stage.world.as_("second"), at=stage.world.now)
    page.get_by_role("button", name="开会").click()
    entry = page.locator("article:visible")
    entry.locator("summary").filter(has_text="表决").click()
    expect(entry.get_by_text("先讨论，后表决", exact=False)).to_be_visible()
    entry.get_by_label("说了什么").fill("赞成。")
    page.keyboard.press("Enter")
    for label, votes in (("赞成", "7"), ("反对", "1"), ("弃权", "0")):
        entry.get_by_label(label, exact=True).fill(votes)
    entry.get_by_role("button", name="记下票数").click()
    agree(page, "末班车恢复 22:40 发车")
    page.get_by_role("button", name="散会").click()
    page.context.set_offline(offline=False)
    expect(page.get_by_text("“开会”没有办成", exact=False)).to_be_visible(timeout=15_000)
    assert not Remark.objects.exists()
    look(page)
    page.get_by_label("缺席的原因").fill("出差，委托总经理说明")
    page.get_by_role("button", name="开会").click()
    expect(page.get_by_text("会开完了，这里不能再记")).to_be_visible(timeout=20_000)
    meeting.refresh_from_db()
    (place,) = reads.agenda(meeting)
    assert (meeting.status, said(meeting), place.votes_for, place.result) == ("held", [["赞成。"]], 7, "items")


def test_what_waits_survives_a_reload_and_a_lost_answer_counts_once(stage: Stage, meeting: Meeting) -> None:
    page = enter(stage, meeting)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/room/remark/", lambda route: route.abort())
    page.locator("article:visible").get_by_label("说了什么").fill("先记着。")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 条待上传").first).to_be_visible()
    page.reload()
    expect(page.locator("article:visible").get_by_text("先记着。")).to_be_visible()

    def lose_the_answer(route) -> None:  # type: ignore[no-untyped-def]
        route.fetch()
        route.abort()
        page.unroute("**/room/remark/")

    page.unroute("**/room/remark/")
    page.route("**/room/remark/", lose_the_answer)
    uploaded(page)
    assert said(meeting)[0] == ["先记着。"]


def test_two_secretaries_at_once(stage: Stage, meeting: Meeting) -> None:
    """Each sees the other's lines, no field in use is touched, and a result the other one wrote is asked about."""
    one, two = enter(stage, meeting), enter(stage, meeting, "second")
    two.locator("article:visible").get_by_label("说了什么").fill("还没写完的一句")
    for page, words in ((one, "第一位记的"), (two, "还没写完的一句，写完了")):
        page.locator("article:visible").get_by_label("说了什么").fill(words)
        page.keyboard.press("Enter")
        uploaded(page)
    two.locator("article:visible").get_by_label("说了什么").fill("正在写")
    one.evaluate("poll()")
    two.evaluate("poll()")
    for page in (one, two):
        expect(page.locator(".hy-room-lines:visible li")).to_have_count(2)
    expect(two.locator("article:visible").get_by_label("说了什么")).to_have_value("正在写")
    for page, words in ((one, "以说明为准"), (two, "下次再看")):
        entry = page.locator("article:visible")
        entry.locator("summary").filter(has_text="别的结果").click()
        entry.get_by_label("已通报说明" if page is one else "下次再议").check()
        entry.get_by_label("一句话说明").fill(words)
    one.get_by_role("button", name="记下结果").click()
    uploaded(one)
    two.get_by_role("button", name="记下结果").click()
    expect(two.locator("article:visible").get_by_role("alert")).to_contain_text("另一位同志刚刚改了")
    expect(two.locator("article:visible .hy-room-result")).to_contain_text("以说明为准")
    look(two)
    two.get_by_role("button", name="按我写的存").click()
    uploaded(two)
    assert reads.agenda(meeting)[0].result_text == "下次再看"


def test_a_refusal_goes_back_beside_its_form(stage: Stage, meeting: Meeting) -> None:
    page = enter(stage, meeting)
    page.keyboard.press("a")
    agree(page, "打电话 13800001111 找车队，" + "很" * 5000)
    entry = page.locator("article:visible")
    expect(entry.get_by_role("alert")).to_contain_text("最多 5000 字")
    expect(entry.get_by_label("解决措施")).to_have_value("打电话 13800001111 找车队，" + "很" * 5000)
    look(page)
    assert not Agreed.objects.exists()


def test_after_signing_in_again_beside_it_goes_on(stage: Stage, meeting: Meeting) -> None:
    page = enter(stage, meeting)
    kept = page.context.cookies()
    page.context.clear_cookies()
    page.locator("article:visible").get_by_label("说了什么").fill("登录过期时写的")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="在另一个标签页登录")).to_be_visible()
    look(page)
    page.context.add_cookies([one for one in kept if "csrf" not in one["name"]])
    uploaded(page)
    assert said(meeting)[0] == ["登录过期时写的"]


def test_on_the_wall_and_on_small_screens(stage: Stage, meeting: Meeting) -> None:
    """Large on the wall without a control; whole at 360 px and at 200 %."""
    at, by = meeting.starts_at, stage.world.as_("officer")
    make.settled(stage.world, reads.agenda(meeting)[0], at)
    page = enter(stage, meeting)
    page.keyboard.press("1")
    page.get_by_role("link", name="大屏").click()
    expect(page.locator(".hy-room-measure:visible")).to_have_text("末班车恢复 22:40 发车。")
    expect(page.locator("form:visible")).to_have_count(0)
    look(page)
    page.keyboard.press("ArrowRight")
    assert front(page) == TITLES[1]
    wall = page.context.new_page()  # a second window on the projector goes along with the first
    wall.goto(f"{page.url}&big=1")
    page.keyboard.press("b")
    expect(page.locator("article:visible").get_by_label("说了什么")).to_be_visible()
    page.keyboard.press("3")
    expect(wall.locator("article:visible h2")).to_have_text(TITLES[2])
    wall.close()
    page.set_viewport_size({"width": 720, "height": 450})  # what 200 % leaves of 1440 px
    look(page)
    small = enter(stage, meeting, phone=True)
    assert small.viewport_size == PHONE
    for words in ("到会情况", "定下事项", "别的结果", "表决"):
        small.locator("summary:visible").filter(has_text=words).click()
    look(small)
    for place in reads.agenda(meeting)[1:]:
        acts.settle(place_id=place.pk, result="later", by=by, at=at)
    acts.close_meeting(meeting_id=meeting.pk, by=by, at=stage.world.now)
    look(enter(stage, meeting, phone=True))

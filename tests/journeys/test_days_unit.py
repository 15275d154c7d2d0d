"""A day of each person at an employer, in the demo county: every main job takes three clicks at most."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.county import CountyStage, Day

SAID = "中班下班以后更衣室没有热水，满身棉絮洗不了，反映过两回没有下文。"


def test_a_worker_with_a_phone(county: CountyStage) -> None:
    """Scans the code on the wall, says it, keeps the digits and comes back with them; another one answers, a third rates."""
    day = county.workers_day(county.code("细纱车间"))
    with day.job("saying it", within=2):
        day.fill(words=SAID, name="小吴")
        day.shot("phone-worker-say", height=1500)
        day.page.get_by_label("我看过上面的说明").check()
        day.click("交给工会")
    digits = re.sub(r"\D", "", day.page.locator("#receipt-code").inner_text())
    assert len(digits) == 16
    day.shot("phone-worker-receipt", height=1000)
    day.click("我记下了")

    back = county.workers_day("/")
    with back.job("finding it again"):
        back.click("说过了？看看办到哪一步")
        back.main.get_by_label("16 位号码").fill(digits)
        back.click("看我的事")
    expect(back.main).to_contain_text("工会收到了，正在看")

    asked = county.workers_day(county.receipt("等职工补充"))
    asked.page.wait_for_url("**/my/case/")
    with asked.job("answering", within=1):
        asked.main.locator("textarea").first.fill("罚款的条子我有两张，都是十月的。")
        asked.click("交上回答")
    expect(asked.main).to_contain_text("罚款的条子我有两张")

    running = county.workers_day(county.receipt("正在办理"))
    running.page.wait_for_url("**/my/case/")
    running.shot("phone-worker-case", height=1200)

    told = county.workers_day(county.receipt("等着评价"))
    told.page.wait_for_url("**/my/case/")
    told.shot("phone-worker-rate", height=1300)
    with told.job("rating", within=1):
        told.main.get_by_label("满意", exact=True).first.check()
        told.click("交上评价")
    expect(told.main).to_contain_text("结果：满意")


def test_an_officer(county: CountyStage) -> None:
    """Takes a call, takes up what is new, accepts it, gives it out, urges who is late, signs for the file."""
    day = county.day("麻建军")
    day.shot("today")
    _takes_a_call(day)
    day.home()
    with day.job("taking it up"):
        day.click(day.row("落布车轮子小"))
        day.page.get_by_label("麻建军").check()
        day.click("由这位负责")
    with day.job("accepting", within=2):
        day.page.get_by_label("合理化建议").check()
        day.main.get_by_label("小类").select_option(label="生产建议")
        day.page.get_by_label("简单明确").check()
        day.fill(summary="落布车轮子小，过地沟容易卡，满车要三个人抬。建议换大轮，地沟铺平。")
        day.shot("accept", height=1100)
        day.click("受理")
    _gives_it_out(county, day)
    day.home()
    with day.job("urging"):
        day.click(day.row("女工宿舍二楼阳台"))
        day.fill(text="栏杆松动很危险，请今天交书面反馈。")
        day.click("催办")
    chair = county.day("顾桂芳")  # who did not handle it signs
    with chair.job("signing for the file"):
        chair.click(chair.main.get_by_role("link", name="等您审阅签字"))
        chair.click(chair.row("蒸化机旁"))
        chair.fill(review="情况属实，同意归档。")
        chair.click("签字并归档")
    expect(chair.main).to_contain_text("已归档")
    county.go(day.page, "/desk/ledger/")
    day.shot("ledger")


def _takes_a_call(day: Day) -> None:
    with day.job("registering a call"):
        day.click("登记")
        day.fill(words=SAID, place="细纱车间", name="吴秀英", phone="13900001234")
        day.page.get_by_label("保密").check()
        day.page.get_by_label("电话（热线）").check()
        day.shot("register", height=1100)
        day.click(day.main.get_by_role("button", name="登记", exact=True))
    expect(day.main).to_contain_text("登记好了")


def _gives_it_out(county: CountyStage, day: Day) -> None:
    with day.job("giving it out"):
        day.click("交办")
        day.main.get_by_label("解决措施").fill("换大轮落布车，过地沟铺钢板。")
        day.main.get_by_label("承办部门", exact=True).select_option(label="生产技术部")
        day.main.get_by_label("承办人").select_option(label="毕海燕·部门承办人")
        day.main.get_by_label("办结时限").fill(county.on(7))
        day.shot("assign", height=1100)
        day.click("交办")
    expect(day.main).to_contain_text("办理中")
    day.shot("dossier", height=1200)


def test_a_liaison(county: CountyStage) -> None:
    """Passes on in the workshop what was heard, and has the digits to hand over."""
    day = county.day("宁小军", phone=True)
    day.shot("phone-liaison")
    with day.job("passing it on", within=2):
        day.click("登记")
        day.fill(words="织机断经停台多，挡车工说新换的浆料不行。", place="织布车间")
        day.page.get_by_label("匿名").check()
        day.page.get_by_label("转达").check()
        day.click(day.main.get_by_role("button", name="登记", exact=True))
    expect(day.main).to_contain_text("登记好了")
    day.home()
    expect(day.main).not_to_contain_text("断经")  # what becomes of it is the union's


def test_a_department(county: CountyStage) -> None:
    """Knows its own items only: takes one, reports progress on another, writes to the union about a third."""
    safety = county.day("管大鹏")
    with safety.job("taking it", within=2):
        safety.click(safety.row("划分人车通道"))
        safety.click("接收")
    expect(safety.main).not_to_contain_text("织棠工诉")
    staff = county.day("裴琳")
    with staff.job("progress"):
        staff.click(staff.row("查评先进的程序"))
        staff.shot("item")
        staff.click("登记进展")
        staff.fill(text="三个班组重新投了票，明天公布。")
        staff.click(staff.main.get_by_role("button", name="登记", exact=True))
    expect(staff.main).to_contain_text("三个班组重新投了票")
    works = county.day("郝长河")
    with works.job("the written report", within=2):
        works.click(works.row("先封阳台"))
        works.fill(text="二楼阳台栏杆已焊牢，全楼栏杆查过一遍。")
        works.click("交给工会")
    expect(works.main).to_contain_text("已书面反馈")


def test_who_answers_for_a_promise(county: CountyStage) -> None:
    """Reports how far it is, under what workers say of it."""
    day = county.day("郝长河")
    day.click(day.main.get_by_role("link", name="三号宿舍楼热水", exact=True))
    with day.job("how far a promise is", within=2):
        day.click("报进展")
        day.fill(text="主机装好，十二月初通水。")
        day.click(day.main.get_by_role("button", name="登记", exact=True))
    expect(day.main).to_contain_text("主机装好，十二月初通水。")
    day.shot("promise")


def test_the_head_of_management(county: CountyStage) -> None:
    """Signs the minutes, answers an invitation, writes an instruction; sees no worker."""
    day = county.day("席振业", phone=True)
    day.shot("phone-management")
    with day.job("signing the minutes"):
        day.click(day.row("协商会议"))
        day.shot("phone-minutes", height=1200)
        day.click("签字")
        day.click(day.page.get_by_role("dialog").get_by_role("button", name="签字"))
    expect(day.main).to_contain_text("席振业（总经理）")
    day.home()
    with day.job("an instruction"):
        day.click(day.row("先封阳台"))
        day.click("批示")
        day.fill(text="当天封闭，焊好以前不许上人。")
        day.click(day.main.get_by_role("button", name="批示"))
    expect(day.main).to_contain_text("焊好以前不许上人")
    group = county.day("蓝启明")
    with group.job("answering the invitation", within=2):
        group.click(group.row("协商会议"))
        group.click("参加")
    expect(group.main).to_contain_text("参加")


def test_a_delegate(county: CountyStage) -> None:
    """Sees the papers of the coming meeting, and what was agreed at the last one."""
    day = county.day("郦大海", phone=True)
    with day.job("the papers", within=2):
        day.click("看会议")
        day.click(day.main.locator("a[data-row]"))
    expect(day.main).to_contain_text("议程")
    day.shot("phone-meeting", height=1200)


def test_the_chair_of_a_hospital(county: CountyStage) -> None:
    """Decides a request for more time, and names who answers for what nobody took up."""
    day = county.day("封玉洁")
    with day.job("deciding on more time"):
        day.click(day.main.get_by_role("link", name=re.compile("申请延期或暂停")))
        day.click(day.row("急救驾驶员"))
        day.page.get_by_label("批准", exact=True).check()
        day.click("就这样决定")
    expect(day.main).to_contain_text("批准")
    day.home()
    with day.job("naming who answers for it"):
        day.click(day.row("待写公开摘要"))
        day.page.get_by_label("靳思源").check()
        day.click("由这位负责")

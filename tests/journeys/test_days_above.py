"""A day of the unions above and of the three administrators, in the demo county: three clicks for a main job."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.county import CountyStage


def test_the_group_above_a_foundry(county: CountyStage) -> None:
    """Reviews a topic, prepares the meeting, and answers what the foundry could not solve."""
    day = county.day("冉慧")
    with day.job("the review"):
        day.click(day.row("库区没有休息室"))
        for part in ("content", "form", "procedure"):
            day.fill(**{part: "yes", f"{part}_reason": "合乎规定。"})
        day.fill(reviewer="县总工会法律顾问")
        day.click("登记审查结论")
    expect(day.main.get_by_role("heading", level=1)).to_have_text("库区没有休息室")
    day.shot("topic", height=1200)
    day.home()
    with day.job("the coming meeting", within=1):
        day.click(day.row("协商会议"))
    day.shot("meeting", height=1200)
    day.home()
    with day.job("answering the level below"):
        day.click(day.row("清理车间除尘系统老化"))
        day.click("给出结果")
        day.fill(result="集团列入明年技改，一季度更换除尘系统。")
        day.click(day.main.get_by_role("button", name="给出结果"))
    expect(day.main).to_contain_text("集团列入明年技改")


def test_the_chair_of_the_group(county: CountyStage) -> None:
    """Looks at figures and duties, what was reported and how the county assessed it, how people rated; prints posters."""
    day = county.day("孟庆来")
    for menu, name, words in (
        ("数字", "figures", "收到的事项"),
        ("履职", "duties", "每季度一次协商会议"),
        ("海报和联系卡", "posters", "给谁印"),
        ("开始使用", "setup", "做好了"),
    ):
        day.look_at(menu, name, words)
    for menu, row, name, words in (
        ("情况报告", "沟通协商机制运行报告", "report", "批示意见"),
        ("考核", "考核表", "sheet", "怎么算的"),
    ):
        day.look_at(menu, name, words, row=row)
    day.home()
    with day.job("how people rated a matter"):
        day.click("台账")
        day.click(day.main.get_by_role("link", name="前三季度生产经营情况"))
        day.click("看测评")
    day.shot("survey")


def test_the_grassroots_of_a_mill(county: CountyStage) -> None:
    """The mill's chair looks at who went where, who receives, what the studio lacks, what is brewing, what was sent up."""
    day = county.day("顾桂芳")
    for menu, name, words in (
        ("工作记录", "records", "见到职工"),
        ("接待日", "reception", "领导接访"),
        ("群众工作室", "studio", "还缺什么"),
        ("预警", "warnings", "预警台账"),
        ("信息上报", "information", "信息"),
    ):
        day.look_at(menu, name, words)


def test_a_cadre_of_the_county(county: CountyStage) -> None:
    """Sees how many days of visits are still to come, and which ones counted."""
    day = county.day("崔明远")
    with day.job("the own duties", within=1):
        day.click("我的履职")
    expect(day.main).to_contain_text("全年")
    day.shot("my-duties")


def test_a_county(county: CountyStage) -> None:
    """Sees who is late below and which matters, urges; accepts what came to the county itself."""
    day = county.day("梁素英")
    with day.job("urging a union below"):
        day.click(day.main.get_by_role("link", name="砚岭装配有限公司工会"))
        day.shot("below")
        day.click(day.main.get_by_role("link", name=re.compile("^督促")))
        day.fill(text="请本周内办结，办不了的写明原因上报。")
        day.click(day.main.get_by_role("button", name="督促"))
    expect(day.main).to_contain_text("请本周内办结")
    day.home()
    with day.job("accepting", within=2):
        day.click(day.row("未建会单位职工反映"))
        day.page.get_by_label("职工权益和困难").check()
        day.main.get_by_label("小类").select_option(label="工资报酬")
        day.page.get_by_label("复杂疑难").check()
        day.main.get_by_label("责任人").select_option(label="崔明远·基层工作部干事")
        day.click("受理")
    expect(day.main).to_contain_text("已受理")
    county.go(day.page, "/desk/rules/")
    day.shot("rules")


def test_the_system_administrator(county: CountyStage) -> None:
    """Looks after the machine, the calendar and the units."""
    day = county.day("尚文博")
    with day.job("how the machine is", within=1):
        day.click("运行状况")
    day.shot("system")
    day.home()
    with day.job("the holidays", within=1):
        day.click("录入放假安排")
    day.shot("calendar")
    day.home()
    with day.job("a new workshop", within=5):
        day.click("组织")
        day.page.get_by_label("组织名称或简称").fill("织棠")
        day.click(day.main.get_by_role("button", name="查找"))
        day.click(day.main.get_by_role("link", name="沂川织棠纺织有限公司工会"))
        day.shot("unit")
        day.click("设立下级")
        day.fill(name="络筒车间", level="workshop")
        day.click("设立")
    expect(day.main).to_contain_text("络筒车间")


def test_the_security_administrator(county: CountyStage) -> None:
    """Gives somebody a new password, to be handed over once."""
    day = county.day("温晓岚")
    with day.job("a new password", within=4):
        day.click("人员和账号")
        day.page.get_by_label("姓名、拼音或工号").fill("毕海燕")
        day.click(day.main.get_by_role("button", name="查找"))
        day.click(day.main.get_by_role("link", name="毕海燕"))
        day.click("重置密码")
    day.shot("person")
    expect(day.main).to_contain_text("一次性密码")


def test_the_audit_administrator(county: CountyStage) -> None:
    """Reads who opened what, by code, and checks that nothing was changed."""
    day = county.day("武建平")
    with day.job("the reading log", within=1):
        day.click("查阅记录")
    day.shot("readings")
    expect(day.main).not_to_contain_text(re.compile("工诉〔"))
    day.home()
    with day.job("checking the trail", within=2):
        day.click("留痕")
        day.click("现在核对")
    day.shot("trail")
    expect(day.main).to_contain_text("完整")

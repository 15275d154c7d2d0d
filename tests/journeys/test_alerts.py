"""Something happens at the gate: reported from a phone in under a minute, noted above, logged, ended; a warning before it, the
monthly report after it, answered and read by workers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from huying.alerts import acts
from huying.alerts.models import Incident, Information, Warning
from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from tests.factories import world as make
from tests.journeys.consulting import at, taken, words_of_paper
from tests.journeys.stage import Stage, look


@pytest.fixture
def adopted(stage: Stage) -> Stage:
    """The county adopted the documents of Baoding and Qingdao; five like matters came in."""
    for code in ("baoding-studio", "qingdao-2020"):
        mechanism.adopt(unit=stage.world.county, pack_code=code, by=SYSTEM, at=stage.world.now)
    for _ in range(5):
        make.accepted(stage.world)
    acts.draft_surges(by=SYSTEM, at=stage.world.now)
    return stage


@pytest.mark.clause("BD-4.5", "BD-4.7", "QD-4.6b", "BD-4.3b")
def test_a_warning_an_incident_and_what_is_said_of_them(adopted: Stage) -> None:
    the_draft_is_looked_at_and_listed(adopted)
    incident = reported_from_a_phone(adopted)
    the_county_takes_note(adopted, incident)
    the_scene_is_logged(adopted, incident)
    a_drill_looks_like_one(adopted)
    the_month_is_reported_answered_and_made_known(adopted)
    an_inspector_finds_the_ledger_in_three_clicks(adopted)


def the_draft_is_looked_at_and_listed(stage: Stage) -> None:
    page = stage.staff("officer")
    page.goto(f"{stage.url}/desk/")
    page.get_by_role("link", name=re.compile("条预警待核实")).click()
    page.get_by_role("link", name=re.compile("后勤生活”类的事项集中")).click()
    look(page)
    page.get_by_role("link", name="列入预警台账", exact=True).click()
    look(page)
    page.get_by_label(re.compile("李慧敏")).check()
    page.get_by_label("下一步做什么").fill("同后勤部核实班车时刻")
    page.get_by_label("下一步在哪天以前做").fill((stage.world.now.date() + timedelta(days=2)).isoformat())
    page.get_by_role("button", name="列入预警台账").click()
    expect(page.locator("main")).to_contain_text("同后勤部核实班车时刻")
    look(page)
    assert Warning.objects.get().status == "open"


def reported_from_a_phone(stage: Stage) -> Incident:
    """Three fields and one button."""
    page = stage.staff("officer", phone=True)
    at(stage, page, "incident_plan_write", stage.world.plant.pk)
    page.get_by_label("怎么做").fill("先到现场，再打电话。")
    page.get_by_label("姓名").first.fill("郑卫国")
    page.get_by_label("电话").first.fill("0390-2000001")
    look(page)
    page.get_by_role("button", name="存成新的一版").click()
    at(stage, page, "incidents")
    look(page)
    page.get_by_role("link", name="首报").first.click()
    look(page)
    page.get_by_label("发生了什么").fill("二十多人聚在东门，说班车停了")
    page.get_by_label("在哪里").fill("东门")
    page.get_by_role("button", name="报出去").click()
    expect(page.locator("main")).to_contain_text("还没有确认")
    look(page)
    page.get_by_role("button", name=re.compile("^打通了")).click()
    expect(page.locator("main")).to_contain_text("打通")
    return Incident.objects.get()


def the_county_takes_note(stage: Stage, incident: Incident) -> None:
    page = stage.staff("upper", phone=True)
    page.goto(f"{stage.url}/desk/")
    page.get_by_role("link", name="二十多人聚在东门，说班车停了", exact=True).click()
    page.get_by_role("button", name="确认收到").first.click()
    page.get_by_role("dialog").get_by_role("button", name="确认收到").click()
    expect(page.locator("main")).to_contain_text("高敏")
    look(page)
    assert incident.levels.get(side="above").noted_at is not None


def the_scene_is_logged(stage: Stage, incident: Incident) -> None:
    page = at(stage, stage.staff("officer", phone=True), "incident", incident.pk)
    for kind, text in (
        ("教育疏导", "请代表到会议室说"),
        ("法律宣传", "讲了加班交通的规定"),
        ("职工意见", "要求恢复末班车"),
    ):
        page.get_by_role("link", name="记现场").click()
        page.get_by_label(kind, exact=True).check()
        page.get_by_label("说了什么、做了什么").fill(text)
        page.get_by_role("button", name="记下").click()
        expect(page.locator("#scene")).to_contain_text(text)
    look(page)
    page.get_by_role("link", name="终报").click()
    page.get_by_label("现在怎么样").fill("末班车当晚恢复，人都回去了")
    page.get_by_role("button", name="终报").click()
    expect(page.locator("main")).to_contain_text("已结束")


def a_drill_looks_like_one(stage: Stage) -> None:
    page = at(stage, stage.staff("chair"), "incidents")
    page.get_by_role("link", name="开始演练").click()
    page.get_by_label("发生了什么").fill("假定锅炉房冒烟")
    page.get_by_label("在哪里").fill("锅炉房")
    expect(page.get_by_label("这是演练")).to_be_checked()
    page.get_by_role("button", name="报出去").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("【演练】假定锅炉房冒烟")
    expect(page.locator(".hy-drill")).to_contain_text("演练，不是真事")
    look(page)
    upper = at(stage, stage.staff("upper"), "notices")
    expect(upper.get_by_role("link", name=re.compile("【演练】突发事件")).first).to_be_visible()


def the_month_is_reported_answered_and_made_known(stage: Stage) -> None:
    page = at(stage, stage.staff("chair"), "information")
    look(page)
    page.get_by_role("link", name="起草2026年10月的").first.click()
    look(page)
    page.get_by_role("button", name="起草").click()
    look(page)
    page.get_by_role("link", name="改写", exact=True).click()
    expect(page.get_by_role("button", name="存好")).to_be_visible()
    for field in page.locator("textarea").all():
        field.fill(re.sub(r"【[^】]*】", "请后勤部定下末班车。", field.input_value()))
    page.get_by_role("button", name="存好").click()
    page.get_by_role("link", name="报送", exact=True).click()
    page.get_by_role("button", name="报送").click()
    one = Information.objects.get()
    text = words_of_paper(taken(page, reverse("desk:information_print", args=[one.pk, "pdf"])), "pdf")
    assert "请后勤部定下末班车" in text
    management_answers(stage, one)
    page.reload()
    page.get_by_role("link", name="反馈给职工").first.click()
    look(page)
    page.get_by_label("告诉职工的话").fill("行政答复：末班车恢复 22:40。")
    page.get_by_role("button", name="反馈给职工").click()
    worker = stage.worker()
    worker.goto(f"{stage.url}{reverse('public:unit', args=[stage.world.plant.code])}")
    worker.get_by_role("link", name="单位的答复").click()
    expect(worker.locator("main")).to_contain_text("末班车恢复 22:40")
    look(worker)


def management_answers(stage: Stage, one: Information) -> None:
    page = at(stage, stage.staff("manager", phone=True), "information_one", one.pk)
    look(page)
    page.get_by_role("textbox", name="答复").fill("末班车恢复。")
    page.get_by_role("button", name="答复").click()
    expect(page.locator("main")).to_contain_text("末班车恢复。")


def an_inspector_finds_the_ledger_in_three_clicks(stage: Stage) -> None:
    page: Page = stage.staff("upper")
    page.goto(f"{stage.url}/desk/")
    page.get_by_role("link", name="预警", exact=True).click()
    page.get_by_role("link", name="下级的").click()
    page.get_by_role("link", name="山泉机械有限公司工会").first.click()
    expect(page.locator("main")).to_contain_text("同后勤部核实班车时刻")
    look(page)

"""A quarter is over: the chair reports on it, management reads and remarks, the county assesses, the unit objects."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from huying.kernel.actors import SYSTEM
from huying.ledger.acts import sweep_figures
from huying.mechanism import acts as mechanism
from huying.org.models import Ownership, Role, Unit
from huying.oversight.models import Report, Sheet
from tests.factories import world as make
from tests.factories.org import make_person, make_post
from tests.journeys.consulting import at, taken, words_of_paper
from tests.journeys.stage import Stage, look

SUMMER = datetime(2026, 8, 12, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def summer(stage: Stage) -> Stage:
    """Six matters of last quarter, told; the figures kept."""
    stage.clock.move_to(SUMMER, tick=True)
    for _ in range(6):
        make.told(stage.world, at=SUMMER)
    stage.clock.move_to(stage.world.now, tick=True)
    sweep_figures(by=SYSTEM, at=stage.world.now)
    return stage


@pytest.mark.clause("MY-4.1", "MY-4.2")
def test_the_quarter_is_reported_and_assessed(summer: Stage) -> None:
    report = the_chair_reports(summer)
    management_reads(summer, report)
    the_county_assesses(summer)


def the_chair_reports(stage: Stage) -> Report:
    """One click, two sentences of her own, a number, paper."""
    page = stage.staff("chair")
    at(stage, page, "reports")
    look(page)
    page.get_by_role("link", name="起草报告").first.click()
    look(page)
    page.get_by_label("期间").select_option("2026Q3")
    page.get_by_role("button", name="起草").click()
    expect(page.locator("main")).to_contain_text("共收到职工诉求和建议6件")
    expect(page.get_by_role("button", name="印发")).to_be_disabled()
    look(page)
    page.get_by_role("link", name="改写", exact=True).click()
    for field in page.locator("textarea").all():
        words = re.sub(r"【[^】]*】", "逐件督办到底。", field.input_value())
        field.fill(words)
    look(page)
    page.get_by_role("button", name="存成新的一稿").click()
    page.locator(".hy-bar").get_by_role("button", name="印发").click()
    page.get_by_role("dialog").get_by_role("button", name="印发").click()
    expect(page.locator("main")).to_contain_text("〔2026〕1号")
    report = Report.objects.get()
    for fmt in ("pdf", "docx"):
        text = words_of_paper(taken(page, reverse("desk:report_print", args=[report.pk, fmt])), fmt)
        assert "逐件督办到底" in text
        assert "共收到职工诉求和建议6件" in text
    for side, whom in (("行政", ""), ("党组织", "党委办公室")):
        page.get_by_role("link", name="登记送阅").click()
        if page.get_by_label(side, exact=True).count():
            page.get_by_label(side, exact=True).check()
        page.get_by_label("接收人").fill(whom)
        page.get_by_role("button", name="登记送阅").click()
    expect(page.get_by_role("link", name="登记送阅")).to_have_count(0)
    look(page)
    return report


def management_reads(stage: Stage, report: Report) -> None:
    """On the phone, from the notice; no way to a case."""
    page = stage.staff("manager", phone=True)
    at(stage, page, "notices")
    page.get_by_role("link", name=re.compile("请阅情况报告")).click()
    expect(page.locator("main")).to_contain_text("共收到职工诉求和建议6件")
    assert page.locator("a[href*='/desk/ledger/']").count() == 0
    look(page)
    page.get_by_label("批示或意见").fill("请后勤部月底前落实。")
    page.get_by_role("button", name="写批示意见").click()
    chair = at(stage, stage.staff("chair"), "report", report.pk)
    expect(chair.locator("main")).to_contain_text("请后勤部月底前落实。")


def the_county_assesses(stage: Stage) -> None:
    """Worst first; one item corrected with a reason; the unit objects, is answered, and the sheet is closed and signed upon."""
    page = stage.staff("upper")
    at(stage, page, "assessment")
    look(page)
    page.get_by_role("link", name="开始考核").first.click()
    look(page)
    page.get_by_label("期间").select_option("2026Q3")
    page.get_by_role("button", name="开始考核").click()
    look(page)
    page.get_by_role("link", name="山泉机械有限公司工会").click()
    look(page)
    page.get_by_role("link", name=re.compile(r"更正\s*台账归档")).click()
    page.get_by_label("计分").fill("2.5")
    page.get_by_label("更正的理由").fill("三件材料在补")
    page.get_by_role("button", name="更正").click()
    expect(page.locator("main")).to_contain_text("三件材料在补")
    page.get_by_role("link", name="确认", exact=True).click()
    page.get_by_label("确认意见").fill("属实")
    page.get_by_role("button", name="确认").click()
    expect(page.locator("main")).to_contain_text("申诉期限也没有过")
    the_unit_objects(stage)
    page.reload()
    page.get_by_role("link", name="答复并定下").click()
    page.get_by_label("对申诉的答复").fill("以卷宗为准，不改。")
    page.get_by_role("button", name="定下").click()
    page.get_by_role("link", name="签署意见").click()
    look(page)
    page.get_by_label("企业高级管理人员政治安排").check()
    page.get_by_label(re.compile("冯国庆")).check()
    page.get_by_label("暂缓").check()
    page.get_by_label("意见的内容").fill("协商会议还没有开起来。")
    page.get_by_role("button", name="签署").click()
    sheet = Sheet.objects.get(unit=stage.world.plant)
    opinion = sheet.opinions.get()
    text = words_of_paper(taken(page, reverse("desk:opinion_print", args=[opinion.pk, "pdf"])), "pdf")
    assert "冯国庆" in text
    page = at(stage, page, "honours", sheet.round_id)
    expect(page.locator("#able")).to_contain_text("冯国庆，暂缓")
    look(page)


def the_unit_objects(stage: Stage) -> None:
    """On the phone, within the days."""
    chair = stage.staff("chair", phone=True)
    at(stage, chair, "assessment")
    look(chair)
    chair.get_by_role("link", name=re.compile("考核表")).first.click()
    look(chair)
    chair.get_by_role("link", name="申诉").click()
    chair.get_by_label("申诉", exact=True).fill("六件都归档了。")
    chair.get_by_role("button", name="交上申诉").click()
    expect(chair.locator("main")).to_contain_text("上级工会还没有答复")


@pytest.mark.clause("MY-4.3")
def test_a_hospital_uses_it_as_an_enterprise_does(stage: Stage) -> None:
    """Duty, report and assessment at an institution; its words are its own, its rules are the same."""
    hospital = stage.world.other
    Unit.objects.filter(pk=hospital.pk).update(ownership=Ownership.INSTITUTION)
    stage.world.posts["director"] = make_post(
        hospital, Role.MANAGEMENT_HEAD, person=make_person(hospital, "梁静"), title="院长"
    )
    page = at(stage, stage.staff("foreign"), "duties")
    look(page)
    at(stage, page, "report_new")
    page.get_by_label("期间").select_option("2026Q3")
    page.get_by_role("button", name="起草").click()
    expect(page.locator("main")).to_contain_text("本单位没有收到职工诉求和建议")
    expect(page.locator("main")).not_to_contain_text("企业")
    county = stage.staff("upper")
    at(stage, county, "round_new")
    county.get_by_label("期间").select_option("2026Q3")
    county.get_by_role("button", name="开始考核").click()
    county.get_by_role("link", name="青石医院工会").click()
    expect(county.locator("#lines")).to_contain_text("履职要求")
    closed_and_signed(stage, county)


def closed_and_signed(stage: Stage, county: Page) -> None:
    county.get_by_role("link", name="确认", exact=True).click()
    county.get_by_role("button", name="确认").click()
    sheet = Sheet.objects.get(unit=stage.world.other)
    page = at(stage, stage.staff("foreign"), "sheet", sheet.pk)
    page.get_by_role("button", name="核对无误").click()
    page.get_by_role("dialog").get_by_role("button", name="核对无误").click()
    county.reload()
    county.get_by_role("link", name="定下", exact=True).click()
    county.get_by_role("button", name="定下").click()
    county.get_by_role("link", name="签署意见").click()
    expect(county.get_by_label("单位主要负责人政治安排")).to_be_visible()
    expect(county.locator("main")).not_to_contain_text("企业高级管理人员")


@pytest.mark.clause("MY-4.3")
def test_no_institution_is_left_out_or_held_to_less(stage: Stage) -> None:
    """The pack binds the hospital like the plant: its house rules cannot loosen it, its duties are the same."""
    from huying.duties.rules import owes
    from huying.kernel.errors import Invalid
    from huying.mechanism.reads import rules_for

    hospital = stage.world.other
    Unit.objects.filter(pk=hospital.pk).update(ownership=Ownership.INSTITUTION)
    hospital.refresh_from_db()
    today = stage.world.now.date()
    duties = [
        {duty.code for duty in rules_for(unit, today).duties() if owes(duty, unit)}
        for unit in (hospital, stage.world.plant)
    ]
    assert duties[0]
    assert duties[0] == duties[1]
    with pytest.raises(Invalid):
        mechanism.set_house_rules(
            unit=hospital, changes={"clocks": {"tell": {"days": 30}}}, by=SYSTEM, at=stage.world.now
        )

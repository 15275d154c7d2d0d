"""A studio from an empty page to what hangs on its wall, its log on a phone, and an inspector who finds the log, the file of
opinion and what is not covered in three clicks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from huying.fieldwork.models import DayLog, Studio
from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from tests.factories import world as make
from tests.journeys.county import CountyStage
from tests.journeys.stage import Stage, look


def adopt(stage: Stage) -> None:
    world = stage.world
    for pack in ("baoding-studio", "shaanxi-2012-38", "pingdingshan-2013"):
        mechanism.adopt(unit=world.county, pack_code=pack, by=SYSTEM, at=world.now)


def send(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()
    look(page)


@pytest.mark.clause("BD-2.2")
def test_a_studio_is_set_up_and_its_day_is_written_on_the_phone(stage: Stage) -> None:
    adopt(stage)
    case = make.accepted(stage.world)
    page = stage.go(stage.staff("officer"), "/desk/studios/")
    expect(page.get_by_text("还没有建群众工作室")).to_be_visible()
    page.get_by_role("link", name="建工作室").click()
    page.wait_for_load_state()
    look(page)
    page.get_by_label("启用日期").fill("2026-11-02")
    page.get_by_label("地点").fill("办公楼 101")
    page.get_by_label("标识标牌").fill("2026-11-02")
    page.get_by_label("群众意见箱").fill("2026-11-02")
    send(page, "保存")
    expect(page.locator("#lacks")).to_contain_text("单独办公场所")
    expect(page.locator("#lacks")).not_to_contain_text("标识标牌")
    page.locator("#liaisons").get_by_role("link", name="修改").click()
    page.wait_for_load_state()
    look(page)
    page.get_by_label("铸造车间").select_option(label="陈小燕")
    send(page, "保存")
    expect(page.locator("#liaisons")).to_contain_text("陈小燕")
    with page.expect_download() as got:
        page.locator(".hy-prints").get_by_role("link", name=re.compile("PDF.*标识牌")).click()
    assert got.value.suggested_filename.endswith("标识牌.pdf")
    assert Studio.objects.get().equipped["sign"] == "2026-11-02"

    phone = stage.go(stage.staff("officer", phone=True), f"/desk/studios/{stage.world.plant.pk}/log/")
    phone.get_by_role("link", name="写今天的").click()
    phone.wait_for_load_state()
    look(phone)
    expect(phone.get_by_text(case.number).first).to_be_visible()
    phone.get_by_role("textbox", name="补充").fill("接了三个电话，都问年终奖。")
    send(phone, "保存")
    assert DayLog.objects.get().text == "接了三个电话，都问年终奖。"


@pytest.mark.clause("BD-3")
def test_an_inspector_finds_log_and_file_of_opinion_in_three_clicks(county: CountyStage) -> None:
    page = county.go(county.staff("崔明远"), "/desk/")
    for name, words in (("工作日志", "除尘罩又松了"), ("舆情档案", "清理车间除尘系统老化")):
        page.goto(county.url + "/desk/")
        page.locator("#menu").get_by_role("link", name="群众工作室", exact=True).click()
        page.wait_for_load_state()
        look(page)
        page.get_by_role("link", name=re.compile(f"{name}.*砚岭铸造有限公司工会")).click()
        page.wait_for_load_state()
        look(page)
        if name == "工作日志":
            page.locator("tr", has_text="写了").first.get_by_role("link").click()
            page.wait_for_load_state()
            look(page)
        expect(page.get_by_text(words).first).to_be_visible()
    page.get_by_role("link", name="知道和报告").click()
    page.wait_for_load_state()
    look(page)
    expect(page.get_by_text("天后").first).to_be_visible()
    page.locator("#menu").get_by_role("link", name="联系", exact=True).click()
    page.wait_for_load_state()
    look(page)
    page.get_by_role("link", name="没有覆盖到的").click()
    page.wait_for_load_state()
    look(page)
    expect(page.get_by_text("砚岭装配有限公司工会").first).to_be_visible()

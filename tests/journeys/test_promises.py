"""What a union promises for a year: written, promised in public, reported on, talked of on a phone, rated; another one that
came to nothing says why."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from huying.promises.models import Comment, Plan, Promise, Rating
from tests.factories import world as make
from tests.journeys.consulting import alert, at, press, taken, unchecked_by_the_browser, words_of_paper
from tests.journeys.stage import DESK, PHONE, Stage, look, seen

HOT_WATER, PARKING = "改造三号宿舍楼热水", "厂门口加停车棚"


@pytest.mark.clause("SX-12")
def test_a_year_of_practical_things(stage: Stage) -> None:
    make.works_by(stage.world, "shaanxi-2012-38")
    the_plan_is_written_and_lacks_something(stage)
    the_chair_promises_it_in_public(stage)
    the_department_reports_on_a_phone(stage)
    a_worker_comments_on_a_phone(stage)
    the_office_may_not_hide_what_is_hard_to_read(stage)
    one_is_done_and_one_is_not(stage)
    a_worker_rates_the_result(stage)
    who_has_no_part_in_it_finds_nothing(stage)


def the_plan_is_written_and_lacks_something(stage: Stage) -> None:
    page = at(stage, stage.staff("officer"), "promises")
    expect(page.get_by_text("还没有办实事计划", exact=True)).to_be_visible()
    look(page)
    page.get_by_role("link", name="开一年的计划").first.click()
    look(page)
    page.get_by_label("对职工说的话").fill("今年办两件，办到哪一步都写在这里。")
    page.get_by_role("button", name="开好，接着写实事").click()
    expect(page.get_by_text("还没有写实事", exact=True)).to_be_visible()
    look(page)
    for title in (HOT_WATER, PARKING):
        page.get_by_role("link", name="写一件实事").click()
        page.get_by_label("项目").fill(title)
        page.get_by_role("button", name="存进计划").click()
    expect(page.get_by_role("button", name="公开承诺")).to_be_disabled()
    expect(page.locator("main")).to_contain_text("有 2 件没有写全")
    look(page)
    for title, deadline in ((HOT_WATER, 27), (PARKING, 20)):
        page.get_by_role("link", name=title, exact=True).click()
        expect(page.locator("main")).to_contain_text("还缺")
        page.get_by_role("link", name="改", exact=True).click()
        page.get_by_label("措施").fill("请三家报价，职工代表验收。")
        page.get_by_label("时限").fill((stage.world.now.date() + timedelta(days=deadline)).isoformat())
        page.get_by_label("分管领导").select_option(label="冯国庆·行政负责人")
        page.get_by_label("责任部门").select_option(label="后勤部")
        page.get_by_label("责任人").select_option(label="吴强·部门承办人")
        page.get_by_role("button", name="存好").click()
    expect(page.locator("main")).to_contain_text("等主席公开承诺")
    worker = stage.worker()
    stage.go(worker, reverse("public:promises", args=[stage.world.plant.code]))
    expect(worker.get_by_text("还没有公开的计划", exact=True)).to_be_visible()


def the_chair_promises_it_in_public(stage: Stage) -> None:
    plan = Plan.objects.get()
    page = at(stage, stage.staff("chair"), "plan", plan.pk)
    look(page)
    page.get_by_role("button", name="公开承诺").click()
    expect(page.locator("main")).to_contain_text("职工在本单位页面上看得到")
    assert not seen(page, "plan", DESK, PHONE, whole=False)
    page.set_viewport_size(DESK)
    text = words_of_paper(taken(page, reverse("desk:plan-print", args=[plan.pk, "pdf"])), "pdf")
    assert HOT_WATER in text
    assert set(Promise.objects.values_list("status", flat=True)) == {"promised"}


def the_department_reports_on_a_phone(stage: Stage) -> None:
    page = at(stage, stage.staff("other_handler", phone=True), "notices")
    page.get_by_role("link", name=re.compile("实事 2026–1 由您负责")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOT_WATER)
    look(page)
    press(page, "报进展")
    look(page)
    unchecked_by_the_browser(page)
    page.get_by_role("button", name="登记").click()
    alert(page, "办到哪一步")
    page.get_by_label("办到哪一步了").fill("热水器到货，十二月初装。")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("#progress")).to_contain_text("热水器到货")
    look(page)


def a_worker_comments_on_a_phone(stage: Stage) -> None:
    """From the code on the wall; what gives somebody away is struck out before it is kept."""
    page = stage.worker()
    stage.go(page, f"/u/{stage.world.shop.code}/")
    page.get_by_role("link", name=re.compile("办实事|办的实事")).click()
    expect(page.locator("main")).to_contain_text("公开承诺的 2 件事")
    look(page)
    page.get_by_role("link", name=re.compile(HOT_WATER)).click()
    expect(page.locator("main")).to_contain_text("热水器到货")
    look(page)
    unchecked_by_the_browser(page)
    page.get_by_role("button", name="写上去").click()
    alert(page, "还没有写上")
    look(page)
    page.get_by_label("您怎么看？").fill("老张 13812345678 家属也想用，能不能晚上供到十一点？")
    page.get_by_role("button", name="写上去").click()
    expect(page.locator("main")).to_contain_text("写上了，谢谢")
    expect(page.locator("main")).to_contain_text("能不能晚上供到十一点")
    expect(page.locator("main")).not_to_contain_text("13812345678")
    expect(page.get_by_role("button", name="交上评价")).to_have_count(0)  # not before there is a result
    look(page)


def the_office_may_not_hide_what_is_hard_to_read(stage: Stage) -> None:
    page = at(stage, stage.staff("officer"), "promise", Promise.objects.get(title=HOT_WATER).pk)
    page.get_by_role("link", name=re.compile("^隐去")).click()
    look(page)
    unchecked_by_the_browser(page)
    page.get_by_label("哪里不合适").fill("不好听")
    page.get_by_role("button", name="隐去").click()
    expect(page.get_by_label("哪里不合适")).to_have_value("不好听")
    assert Comment.objects.get().hidden_at is None
    look(page)


def one_is_done_and_one_is_not(stage: Stage) -> None:
    stage.later(days=24)
    page = at(stage, stage.staff("other_handler", phone=True), "promise", Promise.objects.get(title=PARKING).pk)
    expect(page.locator("main")).to_contain_text("晚了 4 天")
    look(page)
    press(page, "没有办成，说明原因")
    page.get_by_label("为什么没有办成").fill("红线外的地没有批下来，明年换西门。")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("main")).to_contain_text("红线外的地没有批下来")
    at(stage, page, "promise", Promise.objects.get(title=HOT_WATER).pk)
    press(page, "办成了")
    page.get_by_label("办成了什么").fill("三号楼每层两个洗澡间，全天有热水。")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("main")).to_contain_text("全天有热水")
    look(page)


def a_worker_rates_the_result(stage: Stage) -> None:
    page = stage.worker()
    stage.go(page, reverse("public:promises", args=[stage.world.plant.code]))
    expect(page.locator("main")).to_contain_text("办成了 1 件")
    page.get_by_role("link", name=re.compile(HOT_WATER)).click()
    page.get_by_label("满意", exact=True).check()
    page.get_by_role("button", name="交上评价").click()
    expect(page.locator("main")).to_contain_text("这部手机评过了")
    expect(page.locator("main")).to_contain_text("评的人还太少")
    look(page)
    assert Rating.objects.get().grade == "satisfied"


def who_has_no_part_in_it_finds_nothing(stage: Stage) -> None:
    """Another union's chair reads the same as of a promise that never was."""
    promise = Promise.objects.get(title=HOT_WATER)
    page: Page = stage.staff("foreign")
    for name, args in (("promise", [promise.pk]), ("plan", [promise.plan_id]), ("promise-act", [promise.pk, "finish"])):
        answer = page.goto(stage.url + reverse(f"desk:{name}", args=args))
        assert answer is not None
        assert answer.status == 404
        look(page)

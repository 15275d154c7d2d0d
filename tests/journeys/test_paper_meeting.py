"""A weighty matter settled on paper at any time, entered afterwards with its signed scan."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from huying.cases.models import Clock
from huying.handling.models import Item
from huying.meetings.models import Meeting
from tests.factories import consultation as make
from tests.factories.world import accepted
from tests.journeys.consulting import (
    agree,
    ask_everybody,
    at,
    circulate,
    entry,
    new_meeting,
    say,
    scan_at,
    sign_on_paper,
    uploaded,
)
from tests.journeys.stage import Stage

WATER, HANDLER = "车间饮水点", "孙立·部门承办人"


@pytest.mark.clause("MY-3.2.3a", "MY-3.2.3b", "MY-3.2.3c")
def test_a_weighty_matter_settled_on_paper_is_entered_with_its_scan(group_stage: Stage, tmp_path: Path) -> None:
    stage, world = group_stage, group_stage.world
    held = world.now - timedelta(days=1)
    case = accepted(world, at=held - timedelta(days=2), title=WATER, summary="饮水点停用。")
    make.ready(world, case, at=held - timedelta(days=1), title=WATER, weighty=True)
    page = stage.staff("officer")
    page.goto(stage.url + reverse("desk:meeting-new") + "?paper=1")
    page.get_by_label(WATER).check()
    page.locator("summary", has_text="随时协商的缘由").click()
    page.get_by_label("随时协商的缘由").fill("饮水安全")
    meeting = new_meeting(page, held, paper=True)
    ask_everybody(page)
    at(stage, page, "meeting-room", meeting.pk)
    page.get_by_role("button", name="全部到会").click()
    uploaded(page)
    found = entry(page, WATER)
    say(found, "行政方", "当天修好。")
    agree(found, "饮水点当天恢复。", "行政保障部", HANDLER, plus=7)
    page.get_by_role("button", name="补录完毕").click()
    expect(page.get_by_text("还没有上传签字的扫描件").first).to_be_visible()
    page.locator("input[type=file]").set_input_files(scan_at(tmp_path))
    page.get_by_role("button", name="上传扫描件").click()
    page.get_by_role("button", name="补录完毕").click()
    expect(page.get_by_text("会开完了，这里不能再记")).to_be_visible()
    at(stage, page, "minutes", meeting.pk)
    expect(page.locator("main")).to_contain_text("补录")
    circulate(page)
    sign_on_paper(page, "冯国庆", "总经理")
    sign_on_paper(page, "郑卫国", "工会主席")
    expect(page.locator("main")).to_contain_text("纪要生效")
    item = Item.objects.get()
    assert Clock.objects.get(subject=item.pk).start_day == held.date()
    at(stage, page, "case", case.pk)
    expect(page.locator("main")).to_contain_text("饮水点当天恢复")
    assert Meeting.objects.get().on_paper

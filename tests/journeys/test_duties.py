"""A quarter nears its end without a meeting: the chair sees it in time, holds one, and the county sees who is still behind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from huying.duties import acts, reads
from huying.kernel.actors import SYSTEM
from huying.mechanism.models import Adoption
from tests.factories import consultation
from tests.journeys.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def night(stage: Stage) -> None:
    """What the worker does between two days: count anew, remind."""
    acts.recount(units=list(reads.unions()), by=SYSTEM, at=stage.world.now)
    acts.remind(by=SYSTEM, at=stage.world.now)


def until(stage: Stage, day: date) -> datetime:
    """Days pass."""
    stage.later(days=(day - stage.world.now.date()).days)
    return stage.world.now


@pytest.mark.clause("MY-3.2.3a")
def test_a_quarter_without_a_meeting_and_one_with(stage: Stage) -> None:
    world: Any = stage.world
    Adoption.objects.update(from_day=date(2026, 1, 1))
    until(stage, date(2026, 12, 20))  # eleven days before the quarter ends
    night(stage)
    chair = stage.staff("chair")
    stage.go(chair, "/desk/notices/")
    chair.get_by_role("link", name="每季度一次协商会议").first.click()
    first = chair.locator(".hy-figs > li").first
    expect(first).to_contain_text("每季度一次协商会议")
    expect(first).to_contain_text("还差 1 次，12月31日前，还有 11 天")
    expect(first).to_contain_text("快到期")
    first.get_by_role("link", name="0 / 1 次").click()
    chair.get_by_role("link", name="去安排协商会议").click()
    expect(chair).to_have_url(stage.url + "/desk/meetings/")
    meeting = consultation.signed(world, consultation.ready(world), at=world.now, starts_at=world.now)
    night(stage)
    stage.go(chair, "/desk/duties/")
    chair.locator(".hy-figs > li", has_text="每季度一次协商会议").get_by_role("link", name="1 / 1 次").click()
    expect(chair.get_by_role("link", name=meeting.title)).to_be_visible()
    stage.go(chair, "/desk/clauses/")
    row = chair.locator("tr", has_text="每季度至少一次；重大特殊事项随时协商")
    expect(row).to_contain_text("做到")
    until(stage, date(2027, 1, 4))
    night(stage)
    upper = stage.staff("upper")
    stage.go(upper, "/desk/notices/")
    expect(upper.locator("main")).to_contain_text("青石医院工会 每季度一次协商会议：没有做到")
    expect(upper.locator("main")).not_to_contain_text("山泉机械有限公司工会 每季度一次协商会议")
    upper.get_by_role("link", name="青石医院工会 每季度一次协商会议").first.click()
    expect(upper.get_by_role("heading", name="履职", exact=True)).to_be_visible()
    stage.go(upper, "/desk/duties/below/")
    expect(upper.locator("main")).to_contain_text("青石医院工会")

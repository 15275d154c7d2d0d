"""A reception day from the rota to the record: staff at a desk, a worker on a phone, the leader on his own phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.factories import reception as days
from tests.journeys.stage import Stage, look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.clause("BD-4.4a", "PD-5.2.2", "SX-10")
def test_a_worker_books_comes_and_is_heard(stage: Stage) -> None:
    world: Any = stage.world
    days.adopt(world, "baoding-studio")
    officer = stage.staff("officer")
    stage.go(officer, "/desk/reception/")
    officer.get_by_role("link", name="排接待日").first.click()
    officer.get_by_label("周三").check()
    officer.get_by_label("从哪天起").fill("2026-11-23")
    officer.get_by_label("到哪天").fill("2026-12-31")
    officer.get_by_label("郑卫国·工会主席").check()
    officer.get_by_label("从几点").fill("09:00")
    officer.get_by_label("到几点").fill("11:00")
    officer.get_by_label("地点").fill("行政楼 201")
    officer.get_by_role("button", name="先看看会排出哪些天").click()
    expect(officer.locator("#shown")).to_contain_text("11月25日 周三")
    look(officer)
    officer.get_by_role("button", name="就这样排").click()
    officer.get_by_role("button", name="公告").click()
    expect(officer.locator("main")).to_contain_text("公告了")
    look(officer)

    worker = stage.worker()
    stage.go(worker, f"/u/{world.shop.code}/")
    worker.get_by_role("link", name="约领导当面谈").click()
    look(worker)
    worker.get_by_role("link", name=re.compile("约这一天")).first.click()
    worker.get_by_label("09:30").check()
    worker.get_by_label("什么事？").fill("炉前没有水喝，想当面说说。")
    worker.get_by_label(re.compile("^匿名")).check()
    worker.get_by_label("我看过上面的说明，同意").check()
    look(worker)
    worker.get_by_role("button", name="约好，交给工会").click()
    worker.get_by_role("button", name="我记下了，去看这件事").click()
    expect(worker.locator("main")).to_contain_text("11月25日 周三 09:30")
    call_sign = worker.locator("b.hy-num").inner_text()
    look(worker)

    stage.later(days=5)
    officer.context.add_cookies(stage.signed_in("officer"))
    stage.go(officer, "/desk/")
    officer.get_by_role("link", name=re.compile("11月25日 周三 领导接访")).click()
    expect(officer.locator(".hy-queue")).to_contain_text(call_sign)
    for label in ("到了", "叫号"):
        officer.get_by_role("button", name=re.compile(f"{label}.*{call_sign}")).click()
    leader = stage.staff("chair", phone=True)
    stage.go(leader, officer.url.removeprefix(stage.url))
    expect(leader.locator(".hy-queue")).to_contain_text("正在谈")
    officer.get_by_role("link", name=re.compile(f"谈完了.*{call_sign}")).click()
    officer.get_by_label("当场答复").check()
    officer.get_by_role("button", name="登记").click()
    officer.get_by_role("link", name="接访结束").click()
    officer.get_by_role("button", name="登记结束").click()
    expect(officer.locator("main")).to_contain_text("如期接访")
    look(officer)

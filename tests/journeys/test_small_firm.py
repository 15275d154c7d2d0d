"""A firm whose union is one person and whose director has no account: a matter settled on paper, carried out and told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from huying.cases import acts as cases
from huying.cases.models import Case, Clock
from huying.handling.models import Item
from huying.kernel.actors import SYSTEM
from huying.org.models import Unit
from tests.factories.group import make_small_firm
from tests.factories.world import receipt, voice
from tests.journeys.consulting import (
    agree,
    alert,
    ask_everybody,
    at,
    circulate,
    entry,
    new_meeting,
    put,
    raise_from,
    review,
    say,
    scan_at,
    sign_on_paper,
    talk,
    uploaded,
)
from tests.journeys.stage import PHONE, Stage, look

DUST = "打磨间除尘"


def said_there(stage: Stage, digits: str) -> Case:
    """A worker's words, accepted by the one officer."""
    world, at = stage.world, stage.world.now - timedelta(hours=1)
    firm = Unit.objects.get(short_name="小溪")
    spoken = voice(receipt=digits, name="", secrecy="anonymous", words="打磨间灰太大。")
    case = cases.register(
        matter=cases.Matter(voices=(spoken,), place=firm, channel="online", received_at=at), by=SYSTEM, at=at
    )
    return cases.accept(
        case_id=case.pk, content_class="rights", category="living", difficulty="easy", officer=world.posts["alone"],
        title=DUST, summary="打磨间除尘设备停了两周。", by=world.as_("alone"), at=at,
    )  # fmt: skip


@pytest.mark.clause("MY-2.1", "MY-2.2", "MY-3.2.2", "MY-3.2.3b", "MY-3.2.3c", "MY-3.2.4a", "MY-3.2.4b")
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_one_topic_one_meeting_on_paper_one_promise(stage: Stage, tmp_path: Path, phone: bool) -> None:
    make_small_firm(stage.world)
    digits = receipt()
    case = said_there(stage, digits)
    page = stage.staff("alone", phone=phone)
    a_topic(stage, page, case)
    a_meeting_on_paper(stage, page, scan_at(tmp_path))
    minutes_signed_on_paper(stage, page)
    carried_out_and_told(stage, page, case)
    worker = stage.worker()
    worker.goto(f"{stage.url}/my/#{digits}")
    worker.wait_for_url("**/my/case/")
    expect(worker.locator("main")).to_contain_text("除尘修好了")


def seen(page: Page) -> None:
    """On a phone every page of the way is looked at."""
    if page.viewport_size == PHONE:
        look(page)


def a_topic(stage: Stage, page: Page, case: Case) -> None:
    raise_from(stage, page, [case], "生产科")
    seen(page)
    put(page, DUST)
    review(page)
    talk(page, "江厂长说可以。")
    expect(page.locator("main")).to_contain_text("都齐了，可以上会")
    seen(page)


def a_meeting_on_paper(stage: Stage, page: Page, scan: str) -> None:
    """Held at the director's table an hour later; entered in the evening."""
    stage.later(hours=8)
    page.context.add_cookies(stage.signed_in("alone"))
    page.goto(stage.url + reverse("desk:meeting-new") + "?paper=1")
    page.get_by_label(DUST).check()
    seen(page)
    meeting = new_meeting(page, stage.world.now - timedelta(hours=2), "厂长办公室", paper=True)
    ask_everybody(page)
    seen(page)
    at(stage, page, "meeting-room", meeting.pk)
    page.get_by_role("button", name="全部到会").click()
    uploaded(page)
    found = entry(page, DUST)
    say(found, "行政方", "这周修好。")
    agree(found, "除尘设备修好。", "生产科", "申亮·部门承办人", plus=7)
    page.locator("input[type=file]").set_input_files(scan)
    page.get_by_role("button", name="上传扫描件").click()
    seen(page)
    page.get_by_role("button", name="补录完毕").click()
    expect(page.get_by_text("会开完了，这里不能再记")).to_be_visible()
    at(stage, page, "minutes", meeting.pk)


def minutes_signed_on_paper(stage: Stage, page: Page) -> None:
    """The union's own signature is refused while the director's is not there; what was typed stays."""
    circulate(page)
    seen(page)
    page.get_by_role("link", name="登记纸上的签字").click()
    page.get_by_label("工会方").check()
    page.get_by_label("签字人").fill("贺春梅")
    page.get_by_label("签字日期").fill(f"{stage.world.now:%Y-%m-%d}")
    page.get_by_role("button", name="登记签字").click()
    alert(page, "请先登记行政方的签字")
    expect(page.get_by_label("签字人")).to_have_value("贺春梅")
    seen(page)
    page.get_by_role("link", name="返回").click()
    sign_on_paper(page, "江海", "厂长")
    expect(page.locator("main")).to_contain_text("接着由工会签")
    sign_on_paper(page, "贺春梅", "工会主席")
    expect(page.locator("main")).to_contain_text("纪要生效")
    seen(page)


def carried_out_and_told(stage: Stage, page: Page, case: Case) -> None:
    """The one officer is her department's contact as well: she reports what the foreman did, and tells."""
    item = Item.objects.get()
    assert Clock.objects.get(subject=item.pk, stopped_at__isnull=True).due_on == item.deadline
    at(stage, page, "item", item.pk)
    page.get_by_role("link", name="办结", exact=True).click()
    page.get_by_label("办得怎么样").fill("除尘设备修好了。")
    page.get_by_role("button", name="办结了").click()
    page.get_by_role("link", name="书面反馈", exact=True).first.click()
    page.get_by_label("书面反馈", exact=True).fill("除尘设备换了电机。")
    page.get_by_role("button", name="交给工会").click()
    at(stage, page, "case", case.pk)
    page.get_by_role("link", name="告知职工", exact=True).click()
    page.get_by_label("告知结果").check()
    page.get_by_label("网络", exact=False).first.check()
    page.get_by_label("告知的内容").fill("除尘修好了。")
    page.get_by_role("button", name="告知").click()
    expect(page.locator("main")).to_contain_text("待测评")
    seen(page)

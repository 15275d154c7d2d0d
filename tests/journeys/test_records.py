"""Work records in a browser: in a minute on a phone, without a network, once; confirmed by who was visited; in the ledger."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from huying.fieldwork.models import Record
from huying.fieldwork.reads import words_of
from tests.fieldwork.records import adopt, written
from tests.journeys.stage import Stage, look

WAITING = "等有信号再发"


@pytest.fixture
def field(stage: Stage) -> Stage:
    """A county that works by the documents."""
    adopt(stage.world, "baoding-studio", "shaanxi-2012-38")
    return stage


def opened(stage: Stage, name: str = "officer", *, phone: bool = True) -> Page:
    """Somebody opens the page for the field; the phone has kept it from then on."""
    page = stage.staff(name, phone=phone)
    page.goto(stage.url + reverse("desk:field"))
    expect(page.get_by_label("做了什么")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page


def fill(page: Page, heard: str, *, hours: str = "半天") -> None:
    """What a cadre taps and types in a minute."""
    page.get_by_label("做了什么").select_option(label="走访")
    page.locator("#f-on").fill("2026-11-19")  # the browser does not travel in time with the test
    page.get_by_role("button", name=hours).click()
    page.get_by_label("单位、车间").fill("铸造车间")
    page.get_by_label("听到什么").fill(heard)


def tap(page: Page) -> None:
    page.get_by_role("button", name="记下", exact=True).click()


def stored(page: Page) -> str:
    """Everything the phone has of the records, as far as a script can read it."""
    return page.evaluate("""async () => {
        const store = await FieldStore.open();
        const all = await store.ask("entries", one => one.getAll());
        const text = one => one instanceof ArrayBuffer || ArrayBuffer.isView(one)
            ? new TextDecoder("utf-8").decode(one) : one && typeof one === "object"
            ? Object.values(one).map(text).join(" ") : String(one);
        return text(all);
    }""")


@pytest.mark.clause("BD-4.2", "PD-5.3")
@pytest.mark.parametrize("phone", [True, False])
def test_without_a_network_closed_and_reopened_it_is_one_record(field: Stage, tmp_path: Path, phone: bool) -> None:
    page = opened(field, phone=phone)
    look(page)
    page.context.set_offline(offline=True)
    fill(page, "夜班末班车提前，下班赶不上。")
    picture = io.BytesIO()
    Image.new("RGB", (3000, 2000), "gray").save(picture, "JPEG")
    page.locator("#f-photos").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()})
    expect(page.get_by_alt_text("照片 1")).to_be_visible()
    tap(page)
    expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
    expect(page.get_by_text("走访，铸造车间")).to_be_visible()
    look(page)
    assert "末班车" not in stored(page)
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(field.url + reverse("desk:field"))  # still without a network
    expect(page.get_by_text("走访，铸造车间")).to_be_visible()
    fill(page, "第二条，也在没有信号的地方。", hours="1 小时")
    tap(page)
    expect(page.locator("[data-waiting-list] li")).to_have_count(2)
    assert not Record.objects.exists()
    context.set_offline(offline=False)
    expect(page.locator("[data-sent-list] li")).to_have_count(2, timeout=30_000)
    expect(page.get_by_role("heading", name=WAITING)).to_be_hidden()
    look(page)
    first, second = Record.objects.order_by("minutes")
    assert (first.minutes, second.minutes) == (60, 240)
    assert words_of(second).heard == "夜班末班车提前，下班赶不上。"
    assert second.files.count() == 1
    page.reload()
    expect(page.locator("[data-sent-list] li")).to_have_count(2)
    assert Record.objects.count() == 2


def test_a_lost_answer_counts_once(field: Stage) -> None:
    page = opened(field)

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()
        page.unroute("**/field/send/")

    page.route("**/field/send/", lose)
    fill(page, "发出去了，没有回音。")
    tap(page)
    expect(page.get_by_text("没有信号。写下的先存在这台手机上")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-sent-list] li")).to_have_count(1, timeout=30_000)
    assert Record.objects.count() == 1


def test_a_refusal_stays_to_be_put_right(field: Stage) -> None:
    page = opened(field)
    tap(page)
    expect(page.get_by_role("alert")).to_contain_text("请写用了多长时间")
    look(page)
    fill(page, "写错了地方。")
    page.get_by_label("单位、车间").fill("没有这个车间")
    tap(page)
    expect(page.get_by_text("没有交上：单位、车间：没有找到", exact=False)).to_be_visible()
    look(page)
    page.get_by_role("button", name="改一改").click()
    expect(page.get_by_label("听到什么")).to_have_value("写错了地方。")
    page.get_by_label("单位、车间").fill("铸造车间")
    tap(page)
    expect(page.locator("[data-sent-list] li")).to_have_count(1)
    expect(page.get_by_role("heading", name=WAITING)).to_be_hidden()
    assert Record.objects.count() == 1


def test_a_session_that_is_over_keeps_the_queue_and_another_person_never_sees_it(field: Stage) -> None:
    page = opened(field)
    page.context.set_offline(offline=True)
    fill(page, "等李慧敏登录再交。")
    tap(page)
    expect(page.get_by_text("走访，铸造车间")).to_be_visible()
    page.context.clear_cookies()
    page.context.set_offline(offline=False)
    expect(page.get_by_text("登录过期了", exact=False)).to_be_visible(timeout=30_000)
    expect(page.get_by_text("走访，铸造车间")).to_be_hidden()
    expect(page.get_by_text("1 条等着交", exact=False)).to_be_visible()
    look(page)
    page.context.add_cookies(field.signed_in("second"))
    page.reload()
    expect(page.get_by_text("有信号，都交上了")).to_be_visible()
    expect(page.get_by_text("走访，铸造车间")).to_have_count(0)
    assert not Record.objects.exists()
    page.context.add_cookies(field.signed_in("officer"))
    page.reload()
    expect(page.locator("[data-sent-list] li")).to_have_count(1, timeout=30_000)
    assert Record.objects.get().by == field.world.posts["officer"]


def test_signing_out_clears_the_phone_and_says_what_would_be_lost(field: Stage) -> None:
    page = opened(field)
    page.route("**/field/send/", lambda route: route.abort())
    fill(page, "还没有交的。")
    tap(page)
    expect(page.get_by_text("走访，铸造车间")).to_be_visible()
    asked: list[str] = []
    page.once("dialog", lambda one: (asked.append(one.message), one.dismiss()))
    page.goto(field.url + reverse("account_logout"))
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("做了什么")).to_be_visible()  # stayed, to send it first
    assert "还有 1 条工作记录没有交" in asked[0]
    page.once("dialog", lambda one: one.accept())
    page.goto(field.url + reverse("account_logout"))
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(lambda url: "logout" not in url)
    assert page.evaluate("""async () => {
        const asked = indexedDB.open("hy-field");
        const db = await new Promise(done => { asked.onsuccess = () => done(asked.result); });
        const count = name => new Promise(done => {
            const one = db.transaction(name).objectStore(name).count();
            one.onsuccess = () => done(one.result);
        });
        return [await count("keys"), await count("entries"), await count("lists"), await count("here")];
    }""") == [0, 0, 0, 0]


def test_the_phone_keeps_one_page_only(field: Stage) -> None:
    page = opened(field)
    page.goto(field.url + reverse("desk:records"))
    kept = page.evaluate("""async () => {
        const found = [];
        for (const name of await caches.keys())
            for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
        return found;
    }""")
    pages = [address for address in kept if not address.startswith("/static/")]
    assert pages == [reverse("desk:field")]
    html = page.evaluate("caches.match('/desk/field/').then(one => one.text())")
    for word in ("李慧敏", "山泉", "铸造", "csrfmiddlewaretoken"):
        assert word not in html


@pytest.mark.clause("SX-19a", "SX-16")
def test_from_the_desk_to_the_ledger(field: Stage) -> None:
    """Written at the desk, made a case, confirmed by who was visited, found in the ledger of cadres."""
    upper = field.staff("upper")
    field.go(upper, reverse("desk:records"))
    upper.get_by_role("link", name="记一条").first.click()
    look(upper)
    upper.locator("main").get_by_role("link", name="走访", exact=False).first.click()
    look(upper)
    upper.get_by_label("用了多长时间（小时）").fill("4")
    upper.get_by_label("单位、车间").fill("山泉机械有限公司工会")
    upper.get_by_label("听到什么").fill("夜班末班车太早。")
    upper.get_by_role("button", name="记下").click()
    expect(upper.get_by_text("等对方确认").first).to_be_visible()
    look(upper)
    record = Record.objects.get()
    officer = field.go(field.staff("officer", phone=True), reverse("desk:visits"))
    expect(officer.get_by_text("高敏")).to_be_visible()
    expect(officer.get_by_text("末班车")).to_have_count(0)
    officer.get_by_role("link", name="沂河县总工会", exact=False).click()
    look(officer)
    officer.get_by_role("button", name="来过", exact=True).click()
    look(officer)
    record.refresh_from_db()
    assert record.presence == "confirmed"
    upper.reload()
    expect(upper.get_by_text("对方已确认").first).to_be_visible()
    upper.get_by_role("link", name="立为事项").click()
    look(upper)
    upper.get_by_role("button", name="立为事项").click()
    expect(upper.locator(".hy-receipt, .hy-receipt-c").first).to_be_visible()
    field.go(upper, reverse("desk:record", args=[record.pk]))
    expect(upper.get_by_text("从这条记录来的", exact=False)).to_be_visible()
    field.go(upper, reverse("desk:record_ledger"))
    for head in ("组织领导", "参与干部", "驻点时间", "职工意见", "所办事项", "办理结果", "职工评价"):
        expect(upper.get_by_role("columnheader", name=head)).to_be_visible()
    expect(upper.get_by_text("夜班末班车太早。")).to_be_visible()
    meeting = written(field.world, "joint_meeting", who="upper", place=None)
    field.go(upper, reverse("desk:record", args=[meeting.pk]))
    upper.locator("summary").filter(has_text="加一件议定的事").click()
    upper.get_by_label("议定了什么").fill("每月通报欠薪企业")
    upper.get_by_label("由谁去办").fill("县人社局")
    upper.get_by_role("button", name="记下这一件").click()
    expect(upper.get_by_text("每月通报欠薪企业", exact=True)).to_be_visible()
    look(upper)
    field.go(upper, reverse("desk:record_points"))
    upper.get_by_role("link", name="登记落实").click()
    look(upper)
    upper.get_by_label("落实情况").fill("第一期名单已发。")
    upper.get_by_label("已经落实，不用再跟").check()
    upper.get_by_role("button", name="写下").click()
    expect(upper.get_by_text("没有要跟的")).to_be_visible()

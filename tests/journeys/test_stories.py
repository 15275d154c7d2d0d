"""Stories of people who only read the screen: the small union, the second thoughts, the lost network, the keyboard."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from huying.cases.models import Case, Party
from huying.files.models import File
from huying.files.reads import content
from huying.kernel.models import Draft
from tests.factories import world as make
from tests.factories.org import make_department
from tests.files.samples import photo
from tests.journeys.stage import Stage, look
from tests.matrix.scene import Scene
from tests.matrix.surveys import invited


@pytest.fixture
def scene(stage: Stage) -> Scene:
    """Cases in any state."""
    return Scene(stage.world)


def say(page: Page, words: str, *ticks: str) -> None:
    """A worker's words on the page, sent."""
    page.get_by_label("什么事？").fill(words)
    if ticks:
        page.get_by_text("这件事涉及谁？").click()
    for tick in ticks:
        page.get_by_label(tick).check()
    page.get_by_label("同意").check()
    page.get_by_role("button", name="交给工会").click()


def act_page(stage: Stage, page: Page, case: Case, act: str, of: Any = None) -> None:
    """The page of an act, and a look at it."""
    name, args = ("desk:case_act_of", [case.pk, act, of.pk]) if of else ("desk:case_act", [case.pk, act])
    stage.go(page, reverse(name, args=args))


def dossier(stage: Stage, page: Page, case: Case) -> None:
    stage.go(page, reverse("desk:case", args=[case.pk]))


# --- the union of one ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.4d", "MY-3.2.3d")
def test_a_complaint_about_the_only_chair_goes_up(stage: Stage) -> None:
    worker = stage.go(stage.worker(), f"/u/{stage.world.other.code}/")
    say(worker, "主席把慰问金发给了自己家的人。", "涉及工会主席")
    expect(worker.get_by_text("已经直接交给")).to_contain_text(stage.world.county.name)
    look(worker)
    chair = stage.staff("foreign")
    for path in ("/desk/", "/desk/cases/", "/desk/ledger/", "/desk/notices/"):
        stage.go(chair, path)
        expect(chair.locator("[data-row], .hy-count b")).to_have_count(0)
    case = Case.objects.get()
    answer = chair.goto(stage.url + reverse("desk:case", args=[case.pk]))
    assert answer
    assert answer.status == 404
    upper = stage.staff("upper")
    stage.go(upper, "/desk/")
    upper.locator("a[data-row]").first.click()
    expect(upper.locator("main")).to_contain_text(case.number)
    look(upper)


@pytest.mark.clause("MY-3.2.5c")
def test_in_a_union_of_one_the_call_is_marked_and_nowhere_else_may_the_handler_call(stage: Stage, scene: Scene) -> None:
    page = stage.staff("foreign")
    stage.go(page, reverse("desk:survey_take", args=[invited(scene, "other", "asker").pk, "phone"]))
    page.get_by_label("满意", exact=True).first.check()
    page.get_by_role("button", name="登记评价").click()
    expect(page.locator("main")).to_contain_text("由经办人调查")
    look(page)
    handled = stage.staff("officer")
    asked = invited(scene, "plant", "asker")
    stage.go(handled, reverse("desk:survey", args=[scene.case("plant", "told").pk]))
    expect(handled.locator("main")).to_contain_text("测评由没有经手的同志来做")
    expect(handled.get_by_role("link", name="打电话")).to_have_count(0)
    shut = handled.goto(stage.url + reverse("desk:survey_take", args=[asked.pk, "phone"]))
    assert shut
    assert shut.status == 404


# --- not satisfied ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.5a", "MY-3.2.5b")
def test_not_satisfied_is_decided_by_a_person(stage: Stage, scene: Scene) -> None:
    case = scene.case("plant", "told")
    worker = stage.worker()
    worker.goto(f"{stage.url}/my/#{scene.voice.receipt}")
    worker.wait_for_url("**/my/case/")
    for grade in ("非常满意", "满意", "基本满意", "不满意"):  # four, as annex 4 has them
        expect(worker.get_by_label(grade, exact=True).first).to_be_visible()
    worker.get_by_label("不满意", exact=True).first.check()
    worker.get_by_label("想说的话").fill("只恢复了三天。")
    look(worker)
    worker.get_by_role("button", name="交上评价").click()
    expect(worker.get_by_text("结果：不满意")).to_be_visible()
    officer = stage.staff("officer")
    dossier(stage, officer, case)
    expect(officer.get_by_text("等主席决定")).to_be_visible()
    chair = stage.staff("chair")
    act_page(stage, chair, case, "decide_reopen")
    chair.get_by_label("重新办理", exact=False).first.check()
    chair.get_by_role("textbox", name="理由").fill("确实没有长期解决。")
    chair.get_by_role("button", name="就这样决定").click()
    expect(chair.locator("main")).to_contain_text("已受理，待交办")
    look(chair)
    worker.reload()
    expect(worker.locator("main")).to_contain_text("确实没有长期解决")
    look(worker)


@pytest.mark.clause("MY-3.2.5a")
def test_nobody_rates_before_being_told(stage: Stage, scene: Scene) -> None:
    scene.case("plant", "handling")
    worker = stage.worker()
    worker.goto(f"{stage.url}/my/#{scene.voice.receipt}")
    worker.wait_for_url("**/my/case/")
    expect(worker.locator("main")).to_contain_text("正在办理")
    assert worker.get_by_role("button", name="交上评价").count() == 0


# --- at the desk --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.1", "MY-3.1")
def test_a_back_dated_letter_with_a_likely_twin(stage: Stage) -> None:
    twin = make.accepted(stage.world)
    page = stage.go(stage.staff("officer"), reverse("desk:register"))
    page.get_by_label("说了什么").fill("夜班末班车提前了，我们下班都赶不上车。")
    expect(page.locator("#alike")).to_contain_text(twin.number)
    look(page)
    page.locator("input[name=channel][value=letter]").check()
    page.get_by_label("收到的日子").fill("2026-11-16")
    page.get_by_role("button", name="登记", exact=True).dblclick()
    expect(page.get_by_role("heading", name="登记好了")).to_be_visible()
    look(page)
    case = Case.objects.exclude(pk=twin.pk).get()
    dossier(stage, page, case)
    expect(page.locator("main")).to_contain_text("补录")
    expect(page.locator("main")).to_contain_text("超期")


@pytest.mark.clause("MY-3.2.1")
def test_registering_and_accepting_with_the_keyboard_only(stage: Stage) -> None:
    page = stage.go(stage.staff("officer"), "/desk/")
    page.keyboard.press("n")
    page.wait_for_url("**/desk/cases/new/")
    tab_to(page, "words")
    page.keyboard.type("食堂晚班没有热菜。")
    tab_to(page, "name")
    page.keyboard.type("何立")
    button_by_keyboard(page, "登记")
    expect(page.get_by_role("heading", name="登记好了")).to_be_visible()
    case = Case.objects.get()
    page.goto(stage.url + reverse("desk:case_act", args=[case.pk, "accept"]))
    tab_to(page, "content_class")
    page.keyboard.press("Space")
    tab_to(page, "category")
    page.keyboard.press("ArrowDown")
    tab_to(page, "difficulty")
    page.keyboard.press("Space")
    tab_to(page, "title")
    page.keyboard.type("晚班没有热菜")
    tab_to(page, "summary")
    page.keyboard.type("食堂晚班没有热菜。")
    button_by_keyboard(page, "受理")
    expect(page.locator("main")).to_contain_text("已受理，待交办")
    case.refresh_from_db()
    assert case.title == "晚班没有热菜"


def tab_to(page: Page, name: str) -> None:
    """Tab on until a field is reached."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    pytest.fail(f"the keyboard does not reach {name}")


def button_by_keyboard(page: Page, words: str) -> None:
    """Tab on to the main button and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if (
            page.evaluate(
                "document.activeElement.matches('button.btn-primary') && document.activeElement.innerText.trim()"
            )
            == words
        ):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"the keyboard does not reach {words}")


def test_an_expired_session_keeps_what_was_typed(stage: Stage) -> None:
    page = stage.go(stage.staff("officer"), reverse("desk:register"))
    words = "更衣室的门锁坏了两周，没人修。"
    page.get_by_label("说了什么").fill(words)
    expect(page.get_by_text("已存草稿")).to_be_visible()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="登记", exact=True).click()
    page.wait_for_url("**/accounts/login/**")
    look(page)
    page.locator("input[name=login]").fill(stage.world.posts["officer"].person.user.username)
    page.locator("input[name=password]").fill("huying-test-1")
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/desk/cases/new/")
    page.get_by_role("button", name="接着写").click()
    assert page.get_by_label("说了什么").input_value() == words
    look(page)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name="登记好了")).to_be_visible()
    assert Case.objects.count() == 1


def test_an_expired_session_keeps_half_a_telling(stage: Stage, scene: Scene) -> None:
    case = scene.case("plant", "reported")
    page = stage.staff("officer")
    act_page(stage, page, case, "tell")
    page.get_by_label("告知的内容").fill("末班车恢复了，从下周一起。")
    expect(page.get_by_text("已存草稿")).to_be_visible()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="告知").click()
    back = stage.staff("officer")
    act_page(stage, back, case, "tell")
    back.get_by_role("button", name="接着写").click()
    assert back.get_by_label("告知的内容").input_value() == "末班车恢复了，从下周一起。"
    look(back)
    back.get_by_label("告知结果").check()
    back.get_by_label("电话", exact=True).check()
    back.get_by_role("button", name="告知").click()
    expect(back.locator("main")).to_contain_text("待测评")
    assert not Draft.objects.exists()


def test_two_people_editing_at_once(stage: Stage, scene: Scene) -> None:
    case = scene.case("plant", "accepted")
    first, second = stage.staff("officer"), stage.staff("second")
    for page in (first, second):
        act_page(stage, page, case, "release")
    first.get_by_role("textbox", name="公开摘要").fill("第一个人写的摘要。")
    first.get_by_role("button", name="公开这段话").click()
    expect(first.locator("main")).to_contain_text("第一个人写的摘要")
    second.get_by_role("textbox", name="公开摘要").fill("第二个人写的摘要。")
    second.get_by_role("button", name="公开这段话").click()
    expect(second.locator("main").get_by_role("alert").first).to_contain_text("李慧敏")
    assert second.get_by_role("textbox", name="公开摘要").input_value() == "第二个人写的摘要。"
    look(second)
    second.get_by_role("button", name="公开这段话").click()
    expect(second.locator("main")).to_contain_text("第二个人写的摘要")


# --- the phone ----------------------------------------------------------------------------------------------------------


def test_no_network_while_sending_loses_nothing(stage: Stage) -> None:
    page = stage.go(stage.worker(), f"/u/{stage.world.shop.code}/")
    page.context.set_offline(True)
    say(page, "车间的风扇坏了。")
    expect(page.get_by_text("没有连上网，没有交上。")).to_be_visible()
    page.context.set_offline(False)
    look(page)  # what looks comes over the network, too
    assert page.get_by_label("什么事？").input_value() == "车间的风扇坏了。"
    page.get_by_role("button", name="交给工会").click()
    expect(page.get_by_role("heading", name="工会收到了")).to_be_visible()
    assert Party.objects.count() == 1


def test_a_file_that_is_too_large_is_said_before_it_is_sent(stage: Stage, tmp_path: Path) -> None:
    large, small = tmp_path / "录像.m4a", tmp_path / "照片.jpg"
    large.write_bytes(b"0" * (21 * 1024 * 1024))
    small.write_bytes(photo(size=(320, 240)))
    page = stage.go(stage.worker(), f"/u/{stage.world.plant.code}/")
    page.locator("input[type=file]").set_input_files([large, small])
    page.get_by_text("“录像.m4a”有 21 MB，超过 20 MB，没有加上。已选 1 个，最多 9 个。").wait_for()
    assert page.locator("input[type=file]").evaluate("field => [...field.files].map(one => one.name)") == ["照片.jpg"]


def test_a_large_photo_is_made_smaller_on_the_phone(stage: Stage, tmp_path: Path) -> None:
    picture = tmp_path / "告示.png"
    Image.effect_noise((3600, 2700), 60).save(picture)
    before = picture.stat().st_size
    page = stage.go(stage.worker(), f"/u/{stage.world.shop.code}/")
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_text(re.compile(r"已选 1 个，最多 9 个。照片缩小了，少用 \d+ MB 流量。")).wait_for()
    name, size = page.locator("input[type=file]").evaluate("field => [field.files[0].name, field.files[0].size]")
    assert name == "告示.jpg"
    assert size < before / 2
    say(page, "墙上贴的告示。")
    expect(page.get_by_role("heading", name="工会收到了")).to_be_visible()
    kept = Image.open(BytesIO(content(File.objects.get())))
    assert max(kept.size) == 2560


def test_large_text_on_a_small_phone(stage: Stage, scene: Scene) -> None:
    scene.case("plant", "told")
    page = stage.go(stage.worker(), "/")
    page.get_by_role("button", name="大字").click()
    expect(page.locator("html.hy-large")).to_be_attached()
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)")
    assert size >= 20
    for path in (f"/u/{stage.world.shop.code}/", "/my/", "/help/", "/consent/"):
        stage.go(page, path)
    page.goto(f"{stage.url}/my/#{scene.voice.receipt}")
    page.wait_for_url("**/my/case/")
    look(page)
    desk = stage.staff("officer", phone=True)
    desk.context.add_cookies([{"name": "hy-large", "value": "1", "url": stage.url}])
    for path in ("/desk/", "/desk/cases/", reverse("desk:register"), "/desk/ledger/",
                 reverse("desk:case", args=[scene.case("plant", "told").pk])):  # fmt: skip
        stage.go(desk, path)


def test_wrong_digits_and_unknown_places_are_said_plainly(stage: Stage) -> None:
    page = stage.go(stage.worker(), "/my/")
    page.get_by_label("16 位号码").fill("1234")
    page.get_by_role("button", name="看我的事").click()
    expect(page.locator("main")).to_contain_text("您写了 4 位")
    assert page.get_by_label("16 位号码").input_value() == "1234"
    look(page)
    stage.go(page, "/u/nowhere/")
    expect(page.locator("main")).not_to_contain_text("404")


# --- clauses: what is refused -------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.4c")
def test_what_cannot_be_solved_is_explained_with_reasons(stage: Stage, scene: Scene) -> None:
    case = scene.case("plant", "reported")
    page = stage.staff("officer")
    act_page(stage, page, case, "tell")
    page.get_by_label("解释说明", exact=False).first.check()
    page.get_by_label("电话", exact=True).check()
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="告知").click()
    expect(page.locator("main").get_by_role("alert").first).to_be_visible()
    look(page)
    page.get_by_label("告知的内容").fill("线路审批要到明年三月，眼下加不了车。")
    page.get_by_role("button", name="告知").click()
    expect(page.locator("main")).to_contain_text("解释说明")
    look(page)


@pytest.mark.clause("MY-3.2.4d")
def test_what_one_level_cannot_solve_goes_up_and_stays_one_case(stage: Stage, scene: Scene) -> None:
    case = scene.case("plant", "accepted")
    page = stage.staff("officer")
    act_page(stage, page, case, "pass_on")
    page.get_by_label(stage.world.county.name).check()
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="转过去").click()
    expect(page.get_by_text("这一项要填写").first).to_be_visible()
    page.get_by_label("理由").fill("涉及全县公交线路。")
    page.get_by_role("button", name="转过去").click()
    expect(page.locator("main")).to_contain_text(case.number)
    look(page)
    upper = stage.staff("upper")
    dossier(stage, upper, case)
    expect(upper.locator("main")).to_contain_text(case.number)
    expect(upper.get_by_role("link", name="受理", exact=True).first).to_be_visible()
    assert page.get_by_role("link", name="交办", exact=True).count() == 0


@pytest.mark.clause("MY-3.2.4e")
def test_checks_are_logged_and_empty_ones_are_not(stage: Stage, scene: Scene) -> None:
    item = scene.item("plant", "doing")
    page = stage.staff("officer")
    act_page(stage, page, item.case, "check", item)
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="登记督导").click()
    expect(page.locator("main").get_by_role("alert").first).to_be_visible()
    page.get_by_label("督导的情况").fill("到现场看过，车已经调好。")
    page.get_by_role("button", name="登记督导").dblclick()
    expect(page.locator("main")).to_contain_text("到现场看过")
    assert page.get_by_text("到现场看过，车已经调好。").count() == 1
    look(page)


@pytest.mark.clause("MY-A3", "MY-3.2.4a")
def test_a_department_reports_in_order(stage: Stage, scene: Scene) -> None:
    item = scene.item("plant", "doing")
    page = stage.staff("handler")
    stage.go(page, reverse("desk:item_act", args=[item.pk, "done"]))
    page.get_by_label("哪一天办好的").fill("2026-11-30")
    page.get_by_label("办得怎么样").fill("好了")
    page.get_by_role("button", name="办结了").click()
    expect(page.locator("main").get_by_role("alert").first).to_be_visible()
    assert page.get_by_label("办得怎么样").input_value() == "好了"
    look(page)
    early = page.goto(stage.url + reverse("desk:item_act", args=[item.pk, "report"]))
    assert early
    assert early.status == 409
    look(page)
    stage.go(page, reverse("desk:item_act", args=[item.pk, "unable"]))
    page.get_by_label("为什么办不了").fill("没有车辆指标。")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("main")).to_contain_text("不具备条件")
    look(page)


@pytest.mark.clause("MY-3.2.6")
def test_what_is_not_rated_is_not_archived(stage: Stage, scene: Scene) -> None:
    case = scene.case("plant", "told")
    page = stage.staff("officer")
    answer = page.goto(stage.url + reverse("desk:case_act", args=[case.pk, "archive"]))
    assert answer
    assert answer.status == 409
    look(page)
    stage.go(page, reverse("desk:ledger") + "?state=archived")
    expect(page.locator("main")).not_to_contain_text(case.number)


@pytest.mark.clause("MY-2.3")
def test_a_union_sets_its_own_limit_within_the_mechanism(stage: Stage) -> None:
    page = stage.go(stage.staff("chair"), reverse("desk:house-rules"))
    limit = page.locator("input[name='clocks.report']")
    limit.fill("9")
    page.get_by_role("button", name="存上细则").first.click()
    expect(page.locator("main").get_by_role("alert").first).to_be_visible()
    assert limit.input_value() == "9"
    look(page)
    limit.fill("2")
    page.get_by_role("button", name="存上细则").first.click()
    expect(page.get_by_text("已存上").first).to_be_visible()
    look(page)
    stage.go(stage.staff("officer"), reverse("desk:packs"))


@pytest.mark.clause("MY-A1", "MY-3.2.3b")
def test_an_item_lacks_none_of_the_four(stage: Stage, scene: Scene) -> None:
    make_department(stage.world.plant, "空部门")
    case = scene.case("plant", "accepted")
    page = stage.staff("officer")
    act_page(stage, page, case, "assign")
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="交办").click()
    expect(page.locator(".hy-err", has_text="还缺这一项")).to_have_count(4)
    look(page)
    stage.go(page, reverse("desk:case", args=[case.pk]))
    expect(page.locator("a[href$='form1.pdf']").first).to_be_visible()

"""A survey from end to end: three groups answer each in their own way, the supervisor signs, who may reads what may leave the
union; and a worker who is not satisfied sees the matter go one level up."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from huying.cases.models import Case
from huying.feedback.models import Answer, Invited, Survey
from huying.feedback.reads import link_token
from huying.handling.models import Item
from huying.trail.models import Reading
from huying.trail.reads import verify
from tests.factories.survey import asked, colleagues, named, opened, told_after_meeting
from tests.files.samples import photo
from tests.journeys.stage import Stage, look
from tests.matrix.scene import Scene


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "问卷.jpg"
    path.write_bytes(photo(size=(320, 240)))
    return str(path)


@pytest.mark.clause("MY-3.2.5a", "MY-3.2.5b", "MY-3.2.5c", "MY-A4")
def test_three_groups_answer_each_in_their_own_way(stage: Stage, paper: str) -> None:
    colleagues(stage.world)
    voice = named()
    case, later = told_after_meeting(stage.world, voice)
    stage.later(days=(later.now - stage.world.now).days)
    survey = opened(stage.world, case)
    second = stage.staff("second")
    the_list_of_those_asked(stage, second, case, survey)
    who_handled_it_sees_numbers_only(stage, case, survey)
    asker_by_receipt(stage, voice.receipt)
    delegate_on_the_desk(stage)
    first, called, on_paper, on_the_spot, gone = asked(survey, "concerned")
    worker_by_slip(stage, first)
    by_phone(stage, second, case, called)
    by_paper(stage, second, case, on_paper, paper)
    phone_handed_over(stage, second, case, on_the_spot)
    out_of_reach(stage, second, case, gone)
    worker_by_slip(stage, Invited.objects.get(instead=gone))
    case.refresh_from_db()
    assert case.status == "rated"
    assert Answer.objects.count() == 7
    the_supervisor_signs(stage, second, case)
    what_leaves_the_union(stage, case)
    assert verify() == []


def survey_page(stage: Stage, page: Page, case: Case) -> None:
    stage.go(page, reverse("desk:survey", args=[case.pk]))


def the_list_of_those_asked(stage: Stage, page: Page, case: Case, survey: Survey) -> None:
    """Somebody who did not handle it finds the survey, sees who is asked, prints slips; the print is written down."""
    stage.go(page, "/desk/surveys/")
    page.get_by_role("link", name="看测评").first.click()
    look(page)
    main = page.locator("main")
    names = [one.person.name for group in ("delegate", "concerned") for one in asked(survey, group)]
    for name in [*names, "马丽"]:
        expect(main).to_contain_text(name)
    answer = page.request.get(stage.url + reverse("desk:survey_slips", args=[case.pk]))
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(answer.body())).pages).replace(" ", "")
    assert all(name in text for name in names)
    assert case.title not in text
    assert Reading.objects.filter(what="slips", subject=case.pk).exists()


def who_handled_it_sees_numbers_only(stage: Stage, case: Case, survey: Survey) -> None:
    """The officer: how many, no names of those drawn, no buttons, no slips."""
    page = stage.staff("officer")
    survey_page(stage, page, case)
    main = page.locator("main")
    expect(main).to_contain_text("测评由没有经手的同志来做")
    for one in asked(survey, "concerned"):
        expect(main).not_to_contain_text(one.person.name)
    expect(page.get_by_role("link", name="打印测评条")).to_have_count(0)
    assert page.request.get(stage.url + reverse("desk:survey_slips", args=[case.pk])).status == 404


def asker_by_receipt(stage: Stage, receipt: str) -> None:
    """The worker says why; nothing is asked of one who is satisfied."""
    page = stage.worker()
    page.goto(f"{stage.url}/my/#{receipt}")
    page.wait_for_url("**/my/case/")
    why = page.get_by_text("没有讲清楚", exact=True)
    expect(why).to_be_hidden()
    page.get_by_label("基本满意", exact=True).first.check()
    expect(why).to_be_visible()
    look(page)
    page.get_by_label("时间太长").check()
    page.get_by_role("button", name="交上评价").dblclick()
    expect(page.get_by_text("结果：基本满意")).to_be_visible()


def delegate_on_the_desk(stage: Stage) -> None:
    """A delegate finds it on 今日, answers once, cannot again."""
    page = stage.staff("delegate", phone=True)
    stage.go(page, "/desk/")
    page.get_by_role("link", name="评一评").first.click()
    look(page)
    expect(page.locator("main")).to_contain_text("您参加了商量这件事的会议")
    page.get_by_label("满意", exact=True).first.check()
    page.get_by_role("button", name="交上评价").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您的评价收到了")
    look(page)


def worker_by_slip(stage: Stage, invited: Invited) -> None:
    """No account: the code on the slip opens the question once."""
    page = stage.worker()
    stage.go(page, f"/rate/{link_token(invited.pk)}/")
    expect(page.locator("main")).to_contain_text("随机抽到了您")
    expect(page.locator("main")).not_to_contain_text("马丽")
    page.get_by_label("非常满意").first.check()
    page.get_by_role("button", name="交上评价").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("您的评价收到了，谢谢")
    look(page)
    answer = page.goto(f"{stage.url}/rate/{'A' * 40}/")
    assert answer
    assert answer.status == 404


def by_phone(stage: Stage, page: Page, case: Case, invited: Invited) -> None:
    """A recorded call; whoever writes down 不满意 asks why."""
    survey_page(stage, page, case)
    page.get_by_role("link", name=re.compile(f"打电话.*{invited.person.name}")).click()
    look(page)
    page.get_by_label("基本满意", exact=True).first.check()
    page.get_by_role("button", name="登记评价").click()
    expect(page.locator("main")).to_contain_text("请问一问为什么")
    look(page)
    page.get_by_label("只解决了一部分").check()
    page.get_by_role("button", name="登记评价").click()
    expect(page.locator("main")).to_contain_text("评价登记好了。")


def by_paper(stage: Stage, page: Page, case: Case, invited: Invited, scan: str) -> None:
    """A questionnaire entered with its scan; without the scan it is refused and what was typed stays."""
    survey_page(stage, page, case)
    page.get_by_role("link", name=re.compile(f"录问卷.*{invited.person.name}")).click()
    look(page)
    page.get_by_label("满意", exact=True).first.check()
    page.get_by_label("还想说什么").fill("班车准时了。")
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.locator("main")).to_contain_text("请附上问卷的扫描件或照片")
    assert page.get_by_label("还想说什么").input_value() == "班车准时了。"
    page.locator("input[type=file]").set_input_files(scan)
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.locator("main")).to_contain_text("问卷录好了。")


def phone_handed_over(stage: Stage, page: Page, case: Case, invited: Invited) -> None:
    """On the spot: big targets, and the one who handed it over sees only that it was answered."""
    page.set_viewport_size({"width": 360, "height": 740})
    survey_page(stage, page, case)
    page.get_by_role("link", name=re.compile(f"当面评.*{invited.person.name}")).click()
    look(page)
    page.get_by_label("满意", exact=True).first.check()
    page.get_by_role("button", name="交上评价").click()
    expect(page.get_by_role("heading", name="请把手机还给工会的同志")).to_be_visible()
    look(page)
    page.get_by_role("link", name="我是工会的，回到测评").click()
    expect(page.locator("main")).to_contain_text("已评（现场答复）")
    page.set_viewport_size({"width": 1440, "height": 900})


def out_of_reach(stage: Stage, page: Page, case: Case, invited: Invited) -> None:
    """Somebody has left: the system draws another."""
    survey_page(stage, page, case)
    page.get_by_role("link", name=re.compile(f"联系不上.*{invited.person.name}")).click()
    look(page)
    page.get_by_label("已经离职").check()
    page.get_by_role("button", name="登记联系不上").click()
    expect(page.locator("main")).to_contain_text("系统另抽了一位")


def the_supervisor_signs(stage: Stage, page: Page, case: Case) -> None:
    """Closed: figures by group and words; reviewed, signed, archived; form 4 for the file."""
    survey_page(stage, page, case)
    expect(page.locator("main")).to_contain_text("班车准时了。")
    page.get_by_role("link", name="审阅签字，归档").click()
    look(page)
    page.get_by_label("工会审阅反馈").fill("多数职工满意，进度再快些。")
    page.get_by_role("button", name="签字并归档").click()
    expect(page.locator("main")).to_contain_text("已归档")
    survey_page(stage, page, case)
    expect(page.locator("main")).to_contain_text("多数职工满意，进度再快些。")
    answer = page.request.get(stage.url + reverse("desk:case_paper", args=[case.pk, "form4", "pdf"]))
    pages = PdfReader(BytesIO(answer.body())).pages
    text = "".join(one.extract_text() for one in pages).replace(" ", "").replace("\n", "")
    assert len(pages) == 8, "one that sums up, one for each answer"
    assert "多数职工满意，进度再快些。" in text
    assert "周明远" in text
    assert not any(name in text for name in ("马丽", "何平", "赵铁山"))


def what_leaves_the_union(stage: Stage, case: Case) -> None:
    """Department and head of management: one grade; no count, no word, no name.  The union above: the same."""
    item = Item.objects.get(case=case)
    for name in ("handler", "manager"):
        page = stage.staff(name)
        stage.go(page, "/desk/notices/")
        page.get_by_role("link", name=f"事项 {item.code} 满意度测评有了结果").click()
        look(page)
        main = page.locator("main")
        expect(main).to_contain_text("总体评价：满意")
        for hidden in ("班车准时了", "时间太长", "何平", "7 份"):
            expect(main).not_to_contain_text(hidden)
    page = stage.staff("upper")
    stage.go(page, reverse("desk:case", args=[case.pk]))
    expect(page.locator("#rating")).to_contain_text("总体评价：满意")
    expect(page.locator("#rating")).not_to_contain_text("收到")


@pytest.mark.clause("MY-3.2.4d", "MY-3.2.5a")
def test_not_satisfied_and_one_level_up(stage: Stage) -> None:
    """A person decides, with reasons and what was tried; the worker reads it, the level above has it."""
    scene = Scene(stage.world)
    case = scene.case("plant", "unhappy")
    page = stage.staff("chair")
    stage.go(page, reverse("desk:case_act", args=[case.pk, "decide_reopen"]))
    page.get_by_label("重新办理，并报上一级").check()
    page.get_by_role("textbox", name="理由").fill("车队归县里统一调度。")
    page.get_by_role("button", name="就这样决定").click()
    expect(page.locator("main")).to_contain_text("请写明本级已经做过哪些工作")
    look(page)
    assert page.get_by_role("textbox", name="理由").input_value() == "车队归县里统一调度。"
    page.get_by_label("本级已经做过哪些工作").fill("同车队谈过三次。")
    page.get_by_role("button", name="就这样决定").click()
    expect(page.locator("main")).to_contain_text("已上报，等上级")
    look(page)
    worker = stage.worker()
    worker.goto(f"{stage.url}/my/#{scene.voice.receipt}")
    worker.wait_for_url("**/my/case/")
    expect(worker.locator("main")).to_contain_text("车队归县里统一调度。")
    look(worker)
    upper = stage.staff("upper")
    stage.go(upper, "/desk/climb/")
    expect(upper.locator("main")).to_contain_text(case.number)

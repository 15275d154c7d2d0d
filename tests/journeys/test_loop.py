"""The main job, by clicking only: a worker says it on a phone, and it comes back all the way round to the ledger."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from huying.trail.models import Reading
from huying.trail.reads import verify
from tests.files.samples import photo
from tests.journeys.stage import Stage, look

WORDS = "我是三号炉的杨桂兰，夜班末班车提前到十点，下班赶不上，找过我 13911112222。"
NAME, PHONE = "杨桂兰", "13911112222"
TITLE = "夜班末班车提前，下班赶不上"
SUMMARY = "夜班末班车由 22:30 提前到 22:00，22:20 下线的职工赶不上。"


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(photo(size=(320, 240)))
    return str(path)


@pytest.mark.loop
@pytest.mark.clause(
    "MY-3.2", "MY-3.2.1", "MY-3.2.3b", "MY-3.2.4a", "MY-3.2.4b", "MY-3.2.5a", "MY-3.2.5c", "MY-3.2.6", "MY-A1", "MY-A3"
)
def test_all_eight_steps_by_clicking(stage: Stage, picture: str) -> None:
    digits, number = worker_says_it(stage, picture)
    officer = stage.staff("officer")
    officer_accepts(stage, officer, number)
    officer_assigns(officer)
    department_handles(stage, picture)
    officer_tells(stage, officer, number)
    worker_rates(stage, digits)
    second_signs(stage, number)
    ledger_and_papers(stage, officer, number)
    county_reads_the_summary_only(stage, number)
    assert verify() == []


def worker_says_it(stage: Stage, picture: str) -> tuple[str, str]:
    """1. The code on the wall, a few words, a photo, one button; then sixteen digits."""
    page = stage.go(stage.worker(), f"/u/{stage.world.shop.code}/")
    expect(page.get_by_text(stage.world.shop.name).first).to_be_visible()
    page.get_by_label("什么事？").fill(WORDS)
    page.get_by_label("姓名或称呼").fill(NAME)
    page.locator("input[name=phone]").fill(PHONE)
    page.locator("input[type=file]").set_input_files(picture)
    expect(page.get_by_text("已选 1 个")).to_be_visible()
    page.get_by_label("同意").check()
    look(page)
    page.get_by_role("button", name="交给工会").dblclick()
    expect(page.get_by_role("heading", name="工会收到了")).to_be_visible()
    look(page)
    digits = re.sub(r"\D", "", page.locator("#receipt-code").inner_text())
    number = re.search(r"编号 ([^，\s]+)", page.locator("main").inner_text())
    assert len(digits) == 16
    assert number
    page.get_by_role("button", name="我记下了").click()
    expect(page.get_by_text("工会收到了，正在看").first).to_be_visible()
    look(page)
    return digits, number[1]


def officer_accepts(stage: Stage, page: Page, number: str) -> None:
    """2–3. It stands on 今日; the words open with a reason only; a summary that gives nobody away; accepted."""
    stage.go(page, "/desk/")
    expect(page.locator("main")).not_to_contain_text(NAME)
    page.locator("a[data-row]", has_text="").first.click()
    expect(page.locator("main")).to_contain_text(number)
    look(page)
    page.get_by_role("link", name=re.compile("^由我负责|^接手|谁来负责")).first.click()
    look(page)
    page.get_by_label("李慧敏").check()
    page.get_by_role("button", name="由这位负责").click()
    page.get_by_role("link", name=number).first.click()  # the accept page follows at once; the words come first
    page.get_by_role("button", name="打开原话").first.click()
    look(page)
    page.get_by_role("dialog").get_by_label("写公开摘要").check()
    page.get_by_role("button", name="写明理由并查看").click()
    expect(page.get_by_text(WORDS[:12]).first).to_be_visible()
    expect(page.get_by_text(NAME).first).to_be_visible()
    proposed = page.get_by_role("textbox", name="公开摘要").input_value()
    assert NAME not in proposed
    assert PHONE not in proposed
    look(page)
    page.get_by_role("textbox", name="标题").fill(TITLE)
    page.get_by_role("textbox", name="公开摘要").fill(SUMMARY)
    page.get_by_role("button", name="公开这段话").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator("main")).not_to_contain_text(PHONE)
    page.get_by_role("link", name="受理", exact=True).click()
    look(page)
    page.locator("input[name=content_class][value=rights]").check()
    page.get_by_label("小类").select_option("living")
    page.locator("input[name=difficulty][value=easy]").check()
    page.get_by_role("button", name="受理").click()
    expect(page.locator("main")).to_contain_text("已受理，待交办")
    look(page)
    assert Reading.objects.filter(what="sealed", reason="summary").exists()


def officer_assigns(page: Page) -> None:
    """4. Measure, department, person, deadline: three of the four are not enough."""
    page.get_by_role("link", name="交办", exact=True).click()
    page.get_by_label("解决措施").fill("末班车恢复到 22:40。")
    page.get_by_label("承办部门", exact=True).select_option(label="行政保障部")
    page.get_by_label("承办人").select_option(label="孙立·部门承办人")
    page.get_by_role("button", name="交办").click()
    assert page.locator("input[name=deadline]:invalid").count() == 1  # the browser itself points at what is missing
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="交办").click()
    expect(page.get_by_text("还缺这一项，四项齐了才能交办。").first).to_be_visible()
    look(page)
    assert page.get_by_label("解决措施").input_value() == "末班车恢复到 22:40。"
    page.get_by_label("办结时限").fill("2026-11-27")
    page.get_by_role("button", name="交办").dblclick()
    expect(page.locator("main")).to_contain_text("办理中")
    look(page)


def department_handles(stage: Stage, picture: str) -> None:
    """5. The department knows a code and a masked brief; takes it, reports progress with a photo, done, in writing."""
    page = stage.staff("handler", phone=True)
    stage.go(page, "/desk/")
    page.locator("a[data-row]").first.click()
    look(page)
    for secret in (NAME, PHONE, "三号炉", TITLE):
        expect(page.locator("main")).not_to_contain_text(secret)
    page.get_by_role("button", name="接收").click()
    page.get_by_role("link", name="登记进展").click()
    page.get_by_label("现在办到哪一步了").fill("和承运公司谈过，下周一起改。")
    page.locator("input[type=file]").set_input_files(picture)
    look(page)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("main")).to_contain_text("和承运公司谈过")
    look(page)
    page.get_by_role("link", name="办结", exact=True).click()
    page.get_by_label("办得怎么样").fill("末班车恢复 22:40 发车。")
    look(page)
    page.get_by_role("button", name="办结了").click()
    page.get_by_role("link", name="书面反馈", exact=True).first.click()
    page.get_by_label("书面反馈", exact=True).fill("自 11 月 23 日起末班车 22:40 发车。")
    look(page)
    page.get_by_role("button", name="交给工会").dblclick()
    expect(page.locator("main")).to_contain_text("已书面反馈")
    look(page)


def officer_tells(stage: Stage, page: Page, number: str) -> None:
    """6. The union tells the worker: how, when, what."""
    open_case(page, stage, number)
    page.get_by_role("link", name="告知职工", exact=True).click()
    look(page)
    page.get_by_label("告知结果").check()
    page.get_by_label("电话", exact=True).check()
    page.get_by_label("告知的内容").fill("末班车自 11 月 23 日起恢复 22:40 发车。")
    page.get_by_role("button", name="告知").click()
    expect(page.locator("main")).to_contain_text("待测评")
    look(page)


def open_case(page: Page, stage: Stage, number: str) -> None:
    """By its number in the search box."""
    page.goto(stage.url + "/desk/")
    page.get_by_label("查找编号").fill(number)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/search/**")
    look(page)
    page.locator("a[data-row]").first.click()
    expect(page.locator("main")).to_contain_text(number)


def worker_rates(stage: Stage, digits: str) -> None:
    """7. The worker comes back with the digits, reads what was done, rates it."""
    page = stage.go(stage.worker(), "/my/")
    page.get_by_label("16 位号码").fill(digits)
    page.get_by_role("button", name="看我的事").click()
    expect(page.locator("main")).to_contain_text("恢复 22:40 发车")
    look(page)
    page.get_by_label("满意", exact=True).first.check()
    page.get_by_label("想说的话").fill("谢谢，赶得上了。")
    page.get_by_role("button", name="交上评价").dblclick()
    expect(page.get_by_text("结果：满意")).to_be_visible()
    look(page)


def second_signs(stage: Stage, number: str) -> None:
    """8. Reviewed and signed by a colleague who did not handle it, and archived."""
    page = stage.staff("second")
    open_case(page, stage, number)
    page.get_by_role("link", name=re.compile("归档")).first.click()
    look(page)
    page.get_by_label("工会审阅反馈").fill("职工满意，按期办结。")
    page.get_by_role("button", name="签字并归档").click()
    expect(page.locator("main")).to_contain_text("已归档")
    look(page)


def ledger_and_papers(stage: Stage, page: Page, number: str) -> None:
    """Found in the ledger, its workbook and form 1 read back by other programs."""
    stage.go(page, "/desk/ledger/")
    expect(page.locator("main")).to_contain_text(number)
    book = downloaded(page, page.get_by_role("link", name="导出表格").click)
    mine = [
        row for row in CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python() if number in row
    ]
    theirs = [row for row in load_workbook(BytesIO(book)).worksheets[0].iter_rows(values_only=True) if number in row]
    assert len(mine) == len(theirs) == 1
    assert [_same(cell) for cell in mine[0]] == [_same(cell) for cell in theirs[0]]
    assert TITLE in mine[0]
    assert not [cell for cell in mine[0] if NAME in str(cell) or PHONE in str(cell)]
    page.get_by_role("link", name=TITLE).click()
    pdf = downloaded(page, page.locator("a[href^='/desk/cases/'][href$='form1.pdf']").first.click)
    text = "".join(side.extract_text() for side in PdfReader(BytesIO(pdf)).pages)
    word = downloaded(page, page.locator("a[href^='/desk/cases/'][href$='form1.docx']").first.click)
    sheet = Document(BytesIO(word))
    cells = "".join(cell.text for table in sheet.tables for row in table.rows for cell in row.cells)
    cells += "".join(line.text for line in sheet.paragraphs)
    for paper in (re.sub(r"\s", "", text), re.sub(r"\s", "", cells)):
        for field in ("受理方式", "编号", "受理时间", "受理类别", "诉求人", "诉求内容", "诉求办理意见"):
            assert field in paper, f"{field} is missing from form 1"
        assert number in paper
        assert NAME not in paper


def _same(cell: Any) -> str:
    """A cell in one way of writing: readers differ in how they give days and empty cells."""
    return str(cell if cell is not None else "").removesuffix(" 00:00:00")


def downloaded(page: Page, click: Any) -> bytes:
    with page.expect_download() as waiting:
        click()
    return Path(waiting.value.path()).read_bytes()


def county_reads_the_summary_only(stage: Stage, number: str) -> None:
    """The union above finds it among those of the units below: the summary, never who it was."""
    page = stage.staff("upper")
    open_case(page, stage, number)
    look(page)
    expect(page.locator("main")).to_contain_text(SUMMARY[:20])
    for secret in (NAME, PHONE, "三号炉", "谢谢，赶得上了"):
        expect(page.locator("main")).not_to_contain_text(secret)
    assert page.get_by_role("button", name="打开原话").count() == 0
    case_id = page.url.rstrip("/").split("/")[-1]
    refused = page.goto(stage.url + reverse("desk:case_act", args=[case_id, "reopen"]))
    assert refused
    assert refused.status == 404

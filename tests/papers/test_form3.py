"""职工诉求工作进展情况跟踪表, annex 3: read back from PDF and Word."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from huying.ledger.form1 import Remark
from huying.ledger.form3 import Form3, Track, form3_docx, form3_pdf
from tests.papers.measure import lines_of, pages_of, texts

FULL = Form3(
    number="甲机工诉〔2026〕118号",
    department="行政保障部",
    measure="末班车恢复22:40。",
    tracks=(
        Track(date(2026, 11, 3), "doing", "已同承运公司商量。", "孙立"),
        Track(date(2026, 11, 17), "done", "已恢复 <22:40> #1 & 二班 {{ 1+1 }}。", "𬭎镕喆"),
    ),
    results=(Remark("末班车已恢复。", "行政保障部", date(2026, 11, 18)), Remark("电话告知。", "李慧敏")),
    issuer="甲机械公司工会",
    printed_on=date(2026, 11, 20),
)
STATES = ("已完成", "正在进行中", "不具备条件无法执行")


def word_text(raw: bytes) -> str:
    paper = Document(io.BytesIO(raw))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


@pytest.mark.clause("MY-A3")
def test_every_field_of_the_annex_stands_on_one_page() -> None:
    (text,) = texts(form3_pdf([FULL]))
    for words in (
        "职工诉求工作进展情况跟踪表", "甲机工诉〔2026〕118号", "承办部门：行政保障部", "解决措施：末班车恢复22:40。",
        "2026年11月3日", "2026年11月17日", "已同承运公司商量。", "已恢复<22:40>#1&二班{{1+1}}。", "𬭎镕喆", "末班车已恢复。",
        "电话告知。", "第1页共1页",
    ):  # fmt: skip
        assert words in text
    assert all(text.count(state) == 3 for state in STATES)  # three lines as on the annex, one to fill in by hand
    assert text.count("√") == 2
    assert "√正在进行中" in text.replace("□", "")


def test_the_annex_is_blank_for_filling_in_by_hand() -> None:
    assert Form3().blank
    (text,) = texts(form3_pdf([]))
    assert all(text.count(state) == 3 for state in STATES)
    assert "√" not in text
    assert text.count("年月日") == 4
    assert "签名：" in text
    word = word_text(form3_docx([]))
    assert "☑" not in word
    assert "签名" in word


def test_the_page_keeps_the_official_margins_and_fonts() -> None:
    lines = lines_of(pages_of(form3_pdf([FULL]))[0])
    assert min(line.left for line in lines) >= 28
    assert 37 < lines[0].top < 50
    assert lines[0].sizes == {22}
    assert lines[0].fonts == {"HuyingTitle-Bold-Identity-H"}


def test_a_sheet_for_each_department_and_its_title_where_it_flows_on() -> None:
    long = Form3(
        number="2号",
        department="车队",
        tracks=tuple(Track(date(2026, 11, 3), "doing", "商量。" * 80) for _ in range(9)),
    )
    pages = texts(form3_pdf([FULL, long, FULL]))
    assert len(pages) > 4
    begins = [page for page in pages if "承办部门：" in page]
    assert len(begins) == 3
    assert all("（续）" in page for page in pages if page not in begins)
    assert not any("（续）" in page for page in begins)


def test_a_department_copy_says_so_and_a_pack_words_its_labels() -> None:
    masked = Form3(number="事项 ABCD", department="车队", masked=True, title="进展跟踪表", states=(("done", "办好了"),))
    assert "公开副本" in texts(form3_pdf([masked]))[0]
    assert "公开副本" in word_text(form3_docx([masked]))
    assert "进展跟踪表" in texts(form3_pdf([masked]))[0]
    assert texts(form3_pdf([masked]))[0].count("办好了") == 3
    assert "公开副本" not in texts(form3_pdf([FULL]))[0]


def test_the_word_form_holds_the_same_in_statutory_fonts() -> None:
    raw = form3_docx([FULL, FULL])
    text = word_text(raw)
    for words in ("☑ 正在进行中", "□ 不具备条件无法执行", "甲机工诉〔2026〕118号", "2026年11月17日", "末班车已恢复。"):
        assert words in text
    assert "{{ 1+1 }}" in text
    assert "{%" not in text
    paper = Document(io.BytesIO(raw))
    assert len(paper.tables) == 2
    assert all(cell.find(qn("w:p")) is not None for cell in paper.element.iter(qn("w:tc")))
    assert all(name in paper.element.xml for name in ("方正小标宋简体", "仿宋_GB2312", "黑体"))
    assert paper.core_properties.author == ""
    assert round(paper.sections[0].top_margin.mm) == 37


def test_nothing_personal_stands_in_what_a_pdf_says_about_itself() -> None:
    reader = PdfReader(io.BytesIO(form3_pdf([FULL])))
    assert reader.metadata.title == "职工诉求工作进展情况跟踪表"
    assert not reader.metadata.author
    assert "孙立" not in str(reader.metadata)

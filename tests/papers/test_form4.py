"""职工诉求满意度调查表, annex 4, and the slips that ask people: read back from PDF and Word."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document

from huying.ledger.form1 import Remark
from huying.ledger.form4 import Form4, form4_docx, form4_pdf
from huying.ledger.slips import Slip, slips_pdf
from tests.papers.measure import texts

FULL = Form4(
    number="甲机工诉〔2026〕118号",
    ticked=(("way:online", ""), ("grade:basic", "")),
    subject="相关职工",
    said="原因：时间太长 <#1> & {{ 1+1 }}",
    supervisor="周明远",
    surveyed_on=date(2026, 12, 2),
    review=(Remark("多数职工满意。", "周明远", date(2026, 12, 3)),),
    issuer="甲机械公司工会",
    printed_on=date(2026, 12, 3),
)
THREE = (("satisfied", "满意"), ("basic", "基本满意"), ("unsatisfied", "不满意"))
LABELS = ("调查方式", "诉求满意度", "诉求督办人", "满意度调查时间", "工会审阅反馈")


def word_text(raw: bytes) -> str:
    paper = Document(io.BytesIO(raw))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


@pytest.mark.clause("MY-A4")
def test_every_field_of_the_annex_stands_on_one_page() -> None:
    (text,) = texts(form4_pdf([FULL]))
    for words in (*LABELS, "甲机工诉〔2026〕118号", "相关职工", "周明远", "2026年12月2日", "多数职工满意。", "{{1+1}}"):
        assert words in text
    assert text.count("√") == 2
    assert "√网络或问卷调查" in text.replace("□", "")
    assert "√基本满意" in text.replace("□", "")


@pytest.mark.clause("MY-A4")
def test_blank_for_filling_in_by_hand_with_four_grades_or_three() -> None:
    (text,) = texts(form4_pdf([]))
    for words in (*LABELS, "电话回访", "网络或问卷调查", "现场答复", "非常满意", "不满意", "签名："):
        assert words in text
    assert "√" not in text
    assert text.count("年月日") == 2
    assert "非常满意" not in texts(form4_pdf([Form4(grades=THREE)]))[0]
    assert "☑" not in word_text(form4_docx([]))


def test_the_word_form_holds_the_same() -> None:
    text = word_text(form4_docx([FULL, FULL]))
    for words in (*LABELS, "☑网络或问卷调查", "☑基本满意", "□不满意", "2026年12月2日", "多数职工满意。", "{{ 1+1 }}"):
        assert words in text
    assert "{%" not in text


def test_a_slip_says_nothing_of_the_matter_and_fits_six_to_a_page() -> None:
    slips = [Slip(f"职工{n}", "请您说句实在话。", "https://huying.example/rate/x/") for n in range(7)]
    pages = texts(slips_pdf(slips, issuer="甲工会", until=date(2026, 12, 17), on=date(2026, 12, 2)))
    assert len(pages) == 2
    assert pages[0].count("请您评一评") == 6
    assert "2026年12月17日截止" in pages[0]

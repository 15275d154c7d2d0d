"""职工诉求记录表, annex 1 of the Mengyin document: read back from PDF and Word."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document
from pypdf import PdfReader
from pypdf._text_extraction import mult

from huying.ledger.form1 import Form1, Remark, form1_docx, form1_pdf

MM = 72 / 25.4
FULL = Form1(
    channel="web",
    number="甲机工诉〔2026〕118号",
    received_on=date(2026, 10, 3),
    category="职工权益（生活保障）",
    applicant="喆堃镕",
    unit="铸造车间",
    phone="（保密）",
    words='末班车从22:30提到了22:00，<赶不上>。\n希望 #改回来 & 加一班 {{ 1+1 }} *星号* $x$ #read("/etc/hostname")。',
    opinion=(Remark("情况属实，列入协商。", "工会办公室", date(2026, 11, 3)),),
    measures=(Remark("恢复22:40。", "行政保障部", date(2026, 11, 17)), Remark("加开一班。", "车队")),
    issuer="甲机械公司工会",
    printed_on=date(2026, 11, 20),
)
LABELS = [
    "受理方式",
    "编号",
    "受理时间",
    "受理类别",
    "诉求人",
    "单位",
    "电话",
    "诉求内容",
    "诉求办理",
    "职能部门",
    "措施",
]


def pages(raw: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(raw)).pages]


def word_text(raw: bytes) -> str:
    document = Document(io.BytesIO(raw))
    paragraphs = [p.text for p in document.paragraphs]
    for row in document.tables[0].rows:
        for cell in row.cells:
            paragraphs += [p.text for p in cell.paragraphs]
    return "\n".join(paragraphs)


@pytest.mark.clause("MY-A1")
def test_every_field_of_the_annex_stands_on_one_page():
    (text,) = pages(form1_pdf(FULL))
    for wanted in [
        *LABELS,
        "职工诉求记录表",
        "甲机工诉〔2026〕118号",
        "2026年10月3日",
        "喆堃镕",
        "铸造车间",
        "第1页共1页",
    ]:
        assert wanted in text
    assert "末班车从22:30提到了22:00，<赶不上>。" in text
    assert '希望#改回来&加一班{{1+1}}*星号*$x$#read("/etc/hostname")。' in text
    assert text.index("行政保障部") < text.index("加开一班")
    assert "√网络" in text.replace("□", "")
    assert text.count("√") == 1


def test_the_page_keeps_the_official_margins():
    page = PdfReader(io.BytesIO(form1_pdf(FULL))).pages[0]
    assert (round(page.mediabox.width / MM), round(page.mediabox.height / MM)) == (210, 297)
    lefts, tops = [], []

    def seen(text, cm, tm, _font, _size):
        if text.strip():
            at = mult(tm, cm)
            lefts.append(at[4] / MM)
            tops.append((float(page.mediabox.height) - at[5]) / MM)

    page.extract_text(visitor_text=seen)
    assert min(lefts) >= 28
    assert 37 < min(tops) < 50


def test_all_fonts_are_inside_and_it_is_an_archive_pdf():
    reader = PdfReader(io.BytesIO(form1_pdf(FULL)))
    fonts = reader.pages[0]["/Resources"]["/Font"]
    assert fonts
    for font in fonts.values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
    assert reader.xmp_metadata is not None
    assert b"pdfaid" in reader.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert not reader.metadata.author
    assert reader.metadata.title == "职工诉求记录表"


def test_name_characters_of_the_standard_come_out():
    names = "喆堃镕犇淼垚翀昇玥瑄珺昉旻晞"
    (text,) = pages(form1_pdf(Form1(applicant="某", words=names, number=names[:4])))
    assert names in text


def test_long_text_flows_on_and_every_sheet_says_what_it_is():
    texts = pages(form1_pdf(Form1(number="甲〔2026〕1号", words="这是很长的一段话。\n" * 120, issuer="甲工会")))
    assert len(texts) >= 3
    assert sum(text.count("这是很长的一段话") for text in texts) == 120
    for number, text in enumerate(texts, start=1):
        assert f"第{number}页共{len(texts)}页" in text
        assert "甲〔2026〕1号" in text
    assert all("职工诉求记录表（续）" in text for text in texts[1:])


def test_the_blank_form_prints_for_filling_in_by_hand():
    assert Form1().blank
    assert not FULL.blank
    (text,) = pages(form1_pdf(Form1()))
    for wanted in LABELS:
        assert wanted in text
    assert "√" not in text
    assert text.count("签名：") == 2
    word = word_text(form1_docx(Form1()))
    assert "☑" not in word
    assert "签名" in word


def test_a_released_copy_says_so():
    masked = Form1(applicant="（保密）", number="1", masked=True)
    assert "公开副本" in pages(form1_pdf(masked))[0]
    assert "公开副本" in word_text(form1_docx(masked))
    assert "公开副本" not in pages(form1_pdf(FULL))[0]
    assert "公开副本" not in word_text(form1_docx(FULL))


@pytest.mark.attack(
    "worker",
    "writes the code of print templates, to have files of the server or other matters set on the office's paper",
    found="held",
)
def test_the_word_form_holds_the_same_in_statutory_fonts():
    raw = form1_docx(FULL)
    text = word_text(raw)
    for wanted in ["☑网络", "□谈话", "甲机工诉〔2026〕118号", "2026年10月3日", "喆堃镕", "加开一班。", "工会办公室"]:
        assert wanted in text
    assert "末班车从22:30提到了22:00，<赶不上>。" in text
    assert "{{ 1+1 }}" in text
    assert "{%" not in text
    document = Document(io.BytesIO(raw))
    xml = document.element.xml + document.sections[0].footer._element.xml
    assert all(name in xml for name in ("方正小标宋简体", "仿宋_GB2312", "黑体", "甲机械公司工会"))
    assert document.core_properties.author == ""
    assert document.sections[0].top_margin.mm == pytest.approx(37, abs=0.1)

"""Papers of a meeting, measured by reading them back: GB/T 9704 on the millimetre, Word on the same grid."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from docx import Document
from docx.oxml.ns import qn

from huying.meetings.paper import (
    Addition,
    Agenda,
    AgendaLine,
    Invitation,
    Matter,
    Minutes,
    Seat,
    Settled,
    Signature,
    SignIn,
    agenda_docx,
    agenda_pdf,
    invitation_docx,
    invitation_pdf,
    minutes_docx,
    minutes_pdf,
    redacted,
    sign_in_pdf,
)
from tests.papers.measure import lines_of, pages_of, texts

DAY, LATER = date(2026, 11, 20), date(2026, 12, 1)
POINT = 25.4 / 72
TALK = "参会各方围绕夜班职工下班乘车问题充分讨论并且一致认为应当尽快解决" * 40
MINUTES = Minutes(
    organ="山泉机械有限公司工会与行政沟通协商会议",
    title="2026年第四季度沟通协商会议纪要",
    number="〔2026〕3号",
    issued_on=DAY,
    opening="会议就三项议题进行了协商，现纪要如下。",
    matters=(
        Matter(
            title="关于末班车时间的问题",
            said=TALK,
            vote="经讨论后表决，赞成9人。",
            settled=(
                Settled(measure="末班车恢复22:40发车。", deadline=LATER, department="行政保障部", person="孙立"),
                Settled(
                    measure="每月通报准点情况", deadline=LATER, department="生产部", person="钱进", helping=("后勤部",)
                ),
            ),
        ),
        Matter(title="关于津贴标准的问题", said="双方各自说明。", outcome="未达成一致意见，报上一级工会和行政协商。"),
        Matter(title="关于搬迁进度的通报", outcome="公司行政作了通报。"),
    ),
    present=("郑卫国（工会主席）", "𬭎镕喆（职工代表）", "堃垚（职工代表）"),
    excused=("吴强（后勤部）",),
    sitting_in=("陈小燕",),
    signatures=(Signature("工会方"), Signature("行政方", "冯国庆", DAY)),
    copies=("县总工会",),
    issuer="山泉机械有限公司工会办公室",
    printed_on=DAY,
)


def word_text(raw: bytes) -> str:
    paper = Document(io.BytesIO(raw))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


# --- the 版心 -------------------------------------------------------------------------------------------------------


def test_a_full_page_has_22_lines_of_28_characters_on_the_official_pitch() -> None:
    page = pages_of(minutes_pdf(MINUTES))[1]
    *body, _number = lines_of(page)
    assert len(body) == 22
    assert {len(line.text) for line in body} == {28}
    gaps = [later.top - line.top for line, later in pairwise(body)]
    assert all(gap == pytest.approx(28.99 * POINT, abs=0.02) for gap in gaps)
    assert all(line.left == pytest.approx(28, abs=0.05) and line.sizes == {16} for line in body)
    assert body[0].top - 0.88 * 16 * POINT == pytest.approx(37, abs=0.1)  # upper edge of the 版心
    below = 0.12 * 16 + 7 / 8 * 16 - 1.01  # the last line's own part of the pitch
    assert body[-1].top + below * POINT == pytest.approx(297 - 35, abs=0.3)
    width, height = (float(side) / 72 * 25.4 for side in (page.mediabox.width, page.mediabox.height))
    assert (round(width), round(height)) == (210, 297)


def test_paragraphs_begin_two_characters_in() -> None:
    first = next(line for line in lines_of(pages_of(minutes_pdf(MINUTES))[0]) if line.text.startswith("参会"))
    assert first.left == pytest.approx(28 + 2 * 156 / 28, abs=0.1)
    assert len(first.text) == 26


def test_the_head_stands_where_the_standard_wants_it() -> None:
    raw = minutes_pdf(MINUTES)
    mark, number, title, *_ = lines_of(pages_of(raw)[0])
    (size,) = mark.sizes
    assert mark.text == "山泉机械有限公司工会与行政沟通协商会议纪要"
    assert mark.fonts == {"HuyingTitle-Bold-Identity-H"}
    assert mark.top - 0.88 * size * POINT == pytest.approx(37 + 35, abs=0.3)
    lower = mark.top + 0.12 * size * POINT
    assert number.top - 0.88 * 16 * POINT - lower == pytest.approx(2 * 28.99 * POINT, abs=0.3)  # two empty lines
    rule = number.top + 0.12 * 16 * POINT + 4
    assert title.sizes == {22}
    assert title.top - 0.88 * 22 * POINT - rule == pytest.approx(2 * 28.99 * POINT, abs=1)
    drawn = pages_of(raw)[0].get_contents().get_data().decode("latin-1")
    assert "0.9019608 0 0.07058824" in drawn  # the red of mark and rule


def test_page_numbers_stand_at_the_outer_edge_seven_millimetres_below() -> None:
    odd, even, *_ = [lines_of(page)[-1] for page in pages_of(minutes_pdf(MINUTES))]
    assert (odd.text, even.text) == ("—1—", "—2—")
    for line in (odd, even):
        assert line.sizes == {14}
        assert line.fonts == {"HuyingSong-Regular-Identity-H"}
        assert line.top - 0.38 * 14 * POINT == pytest.approx(262 + 7, abs=0.4)  # the 一字线 itself
    assert even.left == pytest.approx(28 + 14 * POINT, abs=0.1)
    assert odd.left > 28 + 130


def test_each_level_has_its_font() -> None:
    found = [line for page in pages_of(minutes_pdf(MINUTES)) for line in lines_of(page)]
    first = next(line for line in found if line.text.startswith("一、关于"))
    assert first.fonts == {"HuyingHei-Regular-Identity-H"}
    second = next(line for line in found if line.text.startswith("（一）"))
    assert "HuyingKai-Regular" in second.fonts
    people = next(line for line in found if line.text.startswith("出席："))
    assert people.fonts >= {"HuyingHei-Regular-Identity-H", "HuyingFang-Regular-Identity-H"}


def test_a_title_never_leaves_one_character_alone() -> None:
    data = replace(MINUTES, title="关于夜班班车、食堂热菜供应等事项的沟通协商会议纪要")
    titles = [line for line in lines_of(pages_of(minutes_pdf(data))[0]) if line.sizes == {22}]
    assert len(titles) == 2
    assert abs(len(titles[0].text) - len(titles[1].text)) <= 2


# --- what stands in it ------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.3b")
def test_every_settled_thing_names_measure_deadline_department_and_person() -> None:
    text = "".join(texts(minutes_pdf(MINUTES)))
    assert "（一）末班车恢复22:40发车。办结时限：2026年12月1日。承办部门：行政保障部。责任人：孙立。" in text
    assert "（二）每月通报准点情况。办结时限：2026年12月1日。承办部门：生产部。协办：后勤部。责任人：钱进。" in text
    assert "未达成一致意见，报上一级工会和行政协商。" in text
    assert text.index("三、关于搬迁进度的通报") < text.index("公司行政作了通报。")
    assert "赞成9人" in text
    assert "抄送：县总工会。" in text
    assert "山泉机械有限公司工会办公室2026年11月20日印发" in text


def test_the_same_as_a_table() -> None:
    text = "".join(texts(minutes_pdf(replace(MINUTES, as_table=True))))
    assert "序号解决措施办结时限承办部门责任人" in text
    assert "孙立" in text


def test_rare_characters_of_names_come_out() -> None:
    text = "".join(texts(minutes_pdf(MINUTES)))
    assert "𬭎镕喆" in text
    assert "堃垚" in text


def test_both_sides_sign_and_corrections_follow() -> None:
    corrected = replace(
        MINUTES, additions=(Addition(LATER, "发车时间更正为22:45。", "工会办公室"),), on_paper=True, draft=True
    )
    text = "".join(texts(minutes_pdf(corrected)))
    assert text.index("工会方（签字）") < text.index("冯国庆") < text.index("更正和补充")
    assert "2026年12月1日：发车时间更正为22:45。" in text
    assert "会后补录，以签字的纸质原件为准" in text
    assert "征求意见稿" in text
    assert "更正和补充" not in "".join(texts(minutes_pdf(MINUTES)))


def test_the_published_part_hides_matters_and_persons() -> None:
    part = redacted(MINUTES, matters=(1,))
    for text in ("".join(texts(minutes_pdf(part))), "".join(word_text(minutes_docx(part)).split())):
        assert "此项不公开" in text
        assert "部分内容不公开" in text
        for word in ("津贴", "双方各自说明", "孙立", "钱进", "郑卫国", "冯国庆", "责任人"):
            assert word not in text
        assert "承办部门：行政保障部" in text
    assert "孙立" in "".join(texts(minutes_pdf(redacted(MINUTES, persons=False))))


def test_it_names_no_author_and_keeps_all_fonts_inside() -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(minutes_pdf(MINUTES)))
    assert not reader.metadata.author
    assert b"pdfaid" in reader.trailer["/Root"]["/Metadata"].get_object().get_data()
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


# --- Word -------------------------------------------------------------------------------------------------------------


def test_the_word_minutes_say_the_same_on_the_official_grid() -> None:
    raw = minutes_docx(MINUTES)
    text = word_text(raw)
    for words in (
        "山泉机械有限公司工会与行政沟通协商会议纪要",
        "一、关于末班车时间的问题",
        "（一）末班车恢复22:40发车。办结时限：2026年12月1日。承办部门：行政保障部。责任人：孙立。",
        "协办：后勤部。",
        "出席：郑卫国（工会主席）、𬭎镕喆（职工代表）",
        "抄送：县总工会。",
    ):
        assert words in text
    assert "{%" not in text
    paper = Document(io.BytesIO(raw))
    section = paper.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in margins] == [37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert 22 * int(grid.get(qn("w:linePitch"))) / 20 == pytest.approx(225 / POINT, abs=1.5)
    assert 28 * (16 + int(grid.get(qn("w:charSpace"))) / 4096) == pytest.approx(156 / POINT, abs=0.2)
    xml = paper.element.xml
    assert all(name in xml for name in ("方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"))
    assert paper.core_properties.author == ""


def test_word_numbers_its_pages_at_the_outer_edge() -> None:
    paper = Document(io.BytesIO(minutes_docx(MINUTES)))
    section = paper.sections[0]
    assert paper.settings.odd_and_even_pages_header_footer
    for foot in (section.footer, section.even_page_footer):
        assert 'w:instr="PAGE"' in foot._element.xml
        assert "宋体" in foot._element.xml
    assert section.footer.paragraphs[0].alignment != section.even_page_footer.paragraphs[0].alignment


@pytest.mark.parametrize("data", [MINUTES, Minutes(organ="会议", title="纪要")], ids=["full", "bare"])
def test_word_accepts_every_cell(data: Minutes) -> None:
    paper = Document(io.BytesIO(minutes_docx(data)))
    assert all(cell.find(qn("w:p")) is not None for cell in paper.element.iter(qn("w:tc")))


# --- before the meeting -----------------------------------------------------------------------------------------------

INVITATION = Invitation(
    organ="山泉机械有限公司工会",
    title="关于召开第四季度沟通协商会议的通知",
    to="行政保障部负责人钱进",
    when="2026年11月25日（星期三）下午2时",
    place="三楼会议室",
    chair="郑卫国",
    topics=("关于末班车时间的问题", "关于津贴标准的问题"),
    issued_on=DAY,
    opening="现将有关事项通知如下。",
    papers=("合同摘要",),
    closing="请准时参加。",
    printed_on=DAY,
)


def test_the_invitation_says_when_where_who_leads_and_what_about() -> None:
    for text in ("".join(texts(invitation_pdf(INVITATION))), "".join(word_text(invitation_docx(INVITATION)).split())):
        for words in (
            "一、会议时间2026年11月25日（星期三）下午2时",
            "二、会议地点三楼会议室",
            "三、主持人郑卫国",
            "四、会议议题1.关于末班车时间的问题2.关于津贴标准的问题",
            "五、会议材料合同摘要。",
            "行政保障部负责人钱进：",
        ):
            assert words in text
        assert text.index("请准时参加。") < text.rindex("2026年11月20日")


def test_agenda_and_sign_in_sheet() -> None:
    agenda = Agenda(
        title="会议议程", when="下午2时", place="三楼", chair="郑卫国", lines=(AgendaLine("末班车", "行政保障部"),)
    )
    for text in ("".join(texts(agenda_pdf(agenda))), word_text(agenda_docx(agenda))):
        assert "末班车" in text
        assert "行政保障部" in text
    (sheet,) = texts(
        sign_in_pdf(SignIn(title="签到表", when="下午2时", place="三楼", seats=(Seat("𬭎镕喆", "职工代表"),)))
    )
    assert "1𬭎镕喆职工代表" in sheet
    assert sheet.count("4") >= 1  # one seat and three spare lines

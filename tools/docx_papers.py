"""Make the Word templates of the papers of meetings and of reports.

    .venv/bin/python -m tools.docx_papers

A union that wants another look edits the .docx in Word; this script only says where ours came from.
"""

from __future__ import annotations

from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from tools.docx_parts import (
    BODY,
    KAI,
    LABEL,
    PACKAGE,
    TITLE,
    document_page,
    every,
    font,
    label,
    lined_table,
    said,
    save,
    tag,
    titled,
    value,
)

MEETINGS, OVERSIGHT = (PACKAGE / f"{room}/papers" for room in ("meetings", "oversight"))
RED = RGBColor(0xE6, 0x00, 0x12)


def minutes() -> Paper:
    """会议纪要."""
    paper = document_page()
    red_mark(paper)
    said(paper)
    line = said(paper, ("{{ number }}\t{{ issued_on }}", BODY), indent=16)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(150), WD_TAB_ALIGNMENT.RIGHT)
    line.paragraph_format.space_after = Mm(4)
    _rule_below(line)
    said(paper)
    titled(paper, "{{ title }}")
    every(paper, "one in remarks", ("{{ one }}", KAI), indent=0, align=WD_ALIGN_PARAGRAPH.CENTER)
    every(paper, "one in opening", ("{{ one }}", BODY))
    tag(paper, "{%p for m in matters %}")
    heading = said(paper, ("{{ m.cn }}、{{ m.title }}", LABEL))
    heading.paragraph_format.keep_with_next = True
    tag(paper, "{%p if m.hidden %}")
    said(paper, ("（此项不公开。）", BODY))
    tag(paper, "{%p else %}")
    every(paper, "one in m.said", ("{{ one }}", BODY))
    every(paper, "one in m.vote", ("{{ one }}", BODY))
    tag(paper, "{%p if m.settled %}")
    said(paper, ("会议议定{% if m.settled|length > 1 %}以下{{ m.settled|length }}项{% endif %}：", BODY))
    helped = "{% if s.helping %}协办：{{ s.helping|join('、') }}。{% endif %}"
    rest = "办结时限：{{ s.deadline }}。承办部门：{{ s.department }}。" + helped
    rest += "{% if s.person %}责任人：{{ s.person }}。{% endif %}"
    every(paper, "s in m.settled", ("（{{ s.cn }}）{{ s.measure }}", KAI), (rest, BODY))
    tag(paper, "{%p endif %}")
    every(paper, "one in m.outcome", ("{{ one }}", BODY))
    tag(paper, "{%p endif %}")
    tag(paper, "{%p endfor %}")
    every(paper, "one in closing", ("{{ one }}", BODY))
    _below_minutes(paper)
    return paper


def _below_minutes(paper: Paper) -> None:
    """Who was there, signatures, additions, 版记."""
    said(paper)
    every(paper, "g in people", ("{{ g.label }}：", LABEL), ("{{ g.names|join('、') }}", BODY), indent=32, hanging=80)
    said(paper)
    tag(paper, "{%p for s in signatures %}")
    said(
        paper,
        ("{{ s.side }}", LABEL),
        ("（签字）：{% if s.name %}{{ s.name }}{% else %}____________{% endif %}", BODY),
        indent=0,
    )
    said(paper, ("{% if s.on %}{{ s.on }}{% else %}      年    月    日{% endif %}", BODY), indent=32)
    tag(paper, "{%p endfor %}")
    tag(paper, "{%p if additions %}")
    said(paper, ("更正和补充", LABEL)).paragraph_format.keep_with_next = True
    every(paper, "one in additions", ("{{ one.on }}：{{ one.text }}（{{ one.by }}）", BODY))
    tag(paper, "{%p endif %}")
    tag(paper, "{%p if issuer %}")
    said(paper)
    table = paper.add_table(rows=2, cols=1)
    copies = "{% if copies %}抄送：{{ copies|join('，') }}。{% endif %}"
    for row, text in zip(table.rows, (copies, "{{ issuer }}\t{{ issued_on }}印发"), strict=True):
        cell = row.cells[0]
        cell.width = Mm(156)
        cell.paragraphs[0].paragraph_format.left_indent = Pt(14)
        cell.paragraphs[0].paragraph_format.tab_stops.add_tab_stop(Mm(146), WD_TAB_ALIGNMENT.RIGHT)
        font(cell.paragraphs[0], text, BODY, 14)
    _lines_of(table)
    tag(paper, "{%p endif %}")


def _rule_below(line: Paragraph) -> None:
    """The red rule of a 版头."""
    borders = OxmlElement("w:pBdr")
    borders.append(_line("w:bottom", 18, "E60012"))
    line._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _lines_of(table: Table) -> None:
    """Lines of the 版记: 0.35 mm first and last, 0.25 mm between."""
    borders = OxmlElement("w:tblBorders")
    for name, eighths in (("w:top", 8), ("w:bottom", 8), ("w:insideH", 6)):
        borders.append(_line(name, eighths, "000000"))
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _line(name: str, eighths: int, colour: str) -> OxmlElement:
    """A border of so many eighths of a point."""
    line = OxmlElement(name)
    for key, given in (("w:val", "single"), ("w:sz", str(eighths)), ("w:space", "6"), ("w:color", colour)):
        line.set(qn(key), given)
    return line


def invitation() -> Paper:
    """会议通知."""
    paper = document_page()
    titled(paper, "{{ title }}")
    said(paper, ("{{ to }}：", BODY), indent=0)
    every(paper, "one in opening", ("{{ one }}", BODY))
    every(paper, "f in facts", ("{{ f.cn }}、{{ f.label }}", LABEL), ("  {{ f.words }}", BODY))
    said(paper, ("{{ topics_cn }}、会议议题", LABEL))
    every(paper, "one in topics", ("{{ loop.index }}. {{ one }}", BODY))
    tag(paper, "{%p if papers %}")
    said(paper, ("{{ papers_cn }}、会议材料", LABEL), ("  {{ papers|join('；') }}。", BODY))
    tag(paper, "{%p endif %}")
    every(paper, "one in closing", ("{{ one }}", BODY))
    said(paper)
    for text in ("{{ organ }}", "{{ issued_on }}"):
        said(paper, (text, BODY), indent=0, align=WD_ALIGN_PARAGRAPH.RIGHT).paragraph_format.right_indent = Pt(32)
    return paper


def agenda() -> Paper:
    """会议议程."""
    paper = document_page()
    titled(paper, "{{ title }}")
    every(paper, "f in facts", ("{{ f[0] }}：", LABEL), ("{{ f[1] }}", BODY), indent=0, hanging=0)
    said(paper)
    table = lined_table(paper, rows=4, columns=4)
    heads, begin, row, end = table.rows
    for cells in (heads.cells, row.cells):
        for cell, width in zip(cells, (15, 65, 50, 26), strict=True):
            cell.width = Mm(width)
    for cell, text in zip(heads.cells, ("序号", "议题", "说明人和参加部门", "备注"), strict=True):
        label(cell, text)
    font(begin.cells[0].paragraphs[0], "{%tr for one in lines %}", BODY, 14)
    font(end.cells[0].paragraphs[0], "{%tr endfor %}", BODY, 14)
    for cell, text in zip(
        row.cells, ("{{ loop.index }}", "{{ one.title }}", "{{ one.who }}", "{{ one.note }}"), strict=True
    ):
        value(cell, text)
    return paper


def red_mark(paper: Paper) -> None:
    """The red name of who issues it, large where it is short."""
    for case, size in (("if not mark_long", 36), ("else", 22)):
        tag(paper, f"{{%p {case} %}}")
        mark = said(paper, indent=0, align=WD_ALIGN_PARAGRAPH.CENTER)
        mark.paragraph_format.space_before = Mm(35)
        font(mark, "{{ mark }}", TITLE, size)
        mark.runs[0].font.color.rgb = RED
    tag(paper, "{%p endif %}")


def report() -> Paper:
    """情况报告 with its table of figures."""
    paper = document_page()
    red_mark(paper)
    said(paper)
    line = said(paper, ("{% if number %}{{ number }}{% else %}〔    〕  号{% endif %}", BODY), indent=0,
                align=WD_ALIGN_PARAGRAPH.CENTER)  # fmt: skip
    line.paragraph_format.space_after = Mm(4)
    _rule_below(line)
    said(paper)
    titled(paper, "{{ title }}")
    every(paper, "one in remarks", ("{{ one }}", KAI), indent=0, align=WD_ALIGN_PARAGRAPH.CENTER)
    said(paper, ("{{ to }}", BODY), indent=0)
    tag(paper, "{%p for one in sections %}")
    said(paper, ("{{ one.cn }}、{{ one.heading }}", LABEL)).paragraph_format.keep_with_next = True
    every(paper, "line in one.lines", ("{{ line }}", BODY))
    tag(paper, "{%p endfor %}")
    said(paper)
    for text in ("{{ issuer }}", "{% if issued_on %}{{ issued_on }}{% else %}    年  月  日{% endif %}"):
        said(paper, (text, BODY), indent=0, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _figures(paper)
    return paper


def _figures(paper: Paper) -> None:
    """The table of figures on a page of its own."""
    tag(paper, "{%p if blocks %}")
    said(paper, ("附件", LABEL), indent=0).paragraph_format.page_break_before = True
    titled(paper, "{{ table_title }}")
    tag(paper, "{%p for b in blocks %}")
    said(paper, ("{{ b.title }}", LABEL), indent=0).paragraph_format.keep_with_next = True
    rows = lined_table(paper, rows=3, columns=2)
    begin, row, end = rows.rows
    for cell, width in zip(row.cells, (70, 86), strict=True):
        cell.width = Mm(width)
    font(begin.cells[0].paragraphs[0], "{%tr for r in b.rows %}", BODY, 10.5)
    font(end.cells[0].paragraphs[0], "{%tr endfor %}", BODY, 10.5)
    for cell, text in zip(row.cells, ("{{ r.label }}", "{{ r.figure }}"), strict=True):
        font(cell.paragraphs[0], text, BODY, 12)
    tag(paper, "{%p endfor %}")
    font(paper.add_paragraph(), "{{ as_of }}", BODY, 12)
    tag(paper, "{%p endif %}")


def opinion() -> Paper:
    """考核意见 on a unit or one of its leaders."""
    paper = document_page()
    titled(paper, "{{ title }}")
    for name, text in (
        ("单位", "{{ unit }}"),
        ("对象", "{{ whom }}"),
        ("考核", "{{ ground }}"),
        ("意见", "{{ stance }}。"),
    ):
        said(paper, (f"{name}：", LABEL), (text, BODY))
    every(paper, "line in lines", ("{{ line }}", BODY))
    said(paper)
    for text in ("{{ issuer }}（盖章）", "签署：{{ signed }}", "{{ signed_on }}"):
        said(paper, (text, BODY), indent=0, align=WD_ALIGN_PARAGRAPH.RIGHT)
    return paper


def main() -> None:
    """Write the templates."""
    save(minutes(), MEETINGS / "minutes.docx", "会议纪要")
    save(invitation(), MEETINGS / "invitation.docx", "会议通知")
    save(agenda(), MEETINGS / "agenda.docx", "会议议程")
    save(report(), OVERSIGHT / "report.docx", "情况报告")
    save(opinion(), OVERSIGHT / "opinion.docx", "考核意见")


if __name__ == "__main__":
    main()

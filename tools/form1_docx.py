"""Make src/huying/ledger/papers/form1.docx, the Word template of form 1 (职工诉求记录表).

    .venv/bin/python tools/form1_docx.py

A union that wants another look edits the .docx in Word; this script only says where ours came from.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

TARGET = Path(__file__).parent.parent / "src/huying/ledger/papers/form1.docx"
TITLE, BODY, LABEL = "方正小标宋简体", "仿宋_GB2312", "黑体"
WIDTHS = (24, 29, 17, 32, 17, 37)  # 156 mm, the 版心 of GB/T 9704
TICK = "{% for c in channels %}{% if c.ticked %}☑{% else %}□{% endif %}{{ c.label }} {% endfor %}"
NUMBER = "编号：{% if number %}{{ number }}{% else %}（      ）号{% endif %}"


def font(paragraph: Paragraph, text: str, name: str, size: float) -> None:
    """Add text in one statutory font, for Chinese and Latin alike."""
    run = paragraph.add_run(text)
    run.font.name, run.font.size = name, Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), name)


def page(paper: Paper) -> None:
    """Paper size, margins and the base style."""
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = BODY, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)


def head(paper: Paper) -> None:
    """Title, mark of a released copy, tick boxes and number."""
    font(paper.add_paragraph(), "{%p if masked %}", BODY, 10.5)
    marked = paper.add_paragraph()
    marked.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    font(marked, "（公开副本，身份信息已隐去）", BODY, 10.5)
    font(paper.add_paragraph(), "{%p endif %}", BODY, 10.5)
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(14)
    font(title, "职工诉求记录表", TITLE, 22)
    line = paper.add_paragraph()
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    line.paragraph_format.space_after = Pt(6)
    font(line, f"受理方式：{TICK}\t{NUMBER}", BODY, 12)


def label(cell: _Cell, text: str) -> None:
    """A heading cell in 黑体, centred both ways."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for number, part in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        font(paragraph, part, LABEL, 14)


def value(cell: _Cell, *lines: str) -> None:
    """A cell for data; lines beginning with ``>`` stand at the right."""
    if len(lines) == 1:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for number, text in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        if text.startswith(">"):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        font(paragraph, text.removeprefix(">"), BODY, 14)


def remarks(name: str) -> tuple[str, ...]:
    """Template lines for signed opinions."""
    return (
        f"{{%p for entry in {name} %}}",
        "{%p for line in entry.lines %}",
        "{{ line }}",
        "{%p endfor %}",
        ">{{ entry.by }}  {{ entry.on }}",
        "{%p endfor %}",
    )


def body(table: Table) -> None:
    """The rows of annex 1."""
    cells = [row.cells for row in table.rows]
    for row, height in zip(table.rows, (11, 11, 64, 42, 42), strict=True):
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = Mm(width)
    label(cells[0][0], "受理时间")
    value(cells[0][1].merge(cells[0][2]), "{{ received_on }}")
    label(cells[0][3], "受理类别")
    value(cells[0][4].merge(cells[0][5]), "{{ category }}")
    for column, (name, tag) in enumerate((("诉求人", "applicant"), ("单位", "unit"), ("电话", "phone"))):
        label(cells[1][column * 2], name)
        value(cells[1][column * 2 + 1], f"{{{{ {tag} }}}}")
    long = (
        ("诉求内容", ("{%p for line in lines %}", "{{ line }}", "{%p endfor %}")),
        ("诉求办理\n意见", remarks("opinion")),
        ("职能部门\n意见\n（解决\n措施）", remarks("measures")),
    )
    for row, (name, lines) in zip(cells[2:], long, strict=True):
        label(row[0], name)
        value(row[1].merge(row[5]), *lines)


def foot(paper: Paper) -> None:
    """Issuer, print date and page numbers."""
    line = paper.sections[0].footer.paragraphs[0]
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    font(line, "{{ issuer }}\t{% if printed_on %}{{ printed_on }} 打印  {% endif %}第", BODY, 10.5)
    field(line, "PAGE")
    font(line, "页 共", BODY, 10.5)
    field(line, "NUMPAGES")
    font(line, "页", BODY, 10.5)


def field(line: Paragraph, code: str) -> None:
    """A field Word computes."""
    element = OxmlElement("w:fldSimple")
    element.set(qn("w:instr"), code)
    font(line, "1", BODY, 10.5)
    element.append(line.runs[-1]._element)
    line._p.append(element)


def main() -> None:
    """Write the template."""
    paper = Document()
    page(paper)
    head(paper)
    table = paper.add_table(rows=5, cols=6, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    body(table)
    foot(paper)
    facts = paper.core_properties
    facts.author = facts.last_modified_by = facts.comments = ""
    facts.title, facts.created = "职工诉求记录表", datetime(2026, 1, 1, tzinfo=UTC)
    paper.save(str(TARGET))


if __name__ == "__main__":
    main()

"""Make the Word templates of poster, table sign and contact cards.

    .venv/bin/python -m tools.docx_posters

A union that wants other words edits what it downloads in Word; this script only says where ours came from.
"""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

OUT = Path(__file__).parent.parent / "src/huying/intake/papers"
TITLE, BODY = "方正小标宋简体", "黑体"
RED, INK, SOFT = RGBColor(0xB7, 0x28, 0x2E), RGBColor(0x1B, 0x1D, 0x20), RGBColor(0x43, 0x48, 0x4F)
CALL = "有事，跟工会说"
STEPS = "{%p for step in steps %}", "{{ loop.index }}　{{ step.says }}", "{%p endfor %}"
CONTACT = "{% if phone %}工会电话 {{ phone }}　{% endif %}职工热线 12351{% if place %}　{{ place }}{% endif %}"


def say(
    place: Paper | _Cell, words: str, size: float, *, name: str = BODY, colour: RGBColor = INK, bold: bool = False,
    before: float = 0, first: bool = False,
) -> Paragraph:  # fmt: skip
    """One paragraph; ``first`` takes the one a cell begins with."""
    line = place.paragraphs[0] if first else place.add_paragraph()
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(before), Pt(0)
    run = line.add_run(words)
    run.font.name, run.font.size, run.font.bold, run.font.color.rgb = name, Pt(size), bold, colour
    run._element.rPr.rFonts.set(qn("w:eastAsia"), name)
    return line


def page(width: float, height: float, side: float, top: float) -> Paper:
    """An empty paper of that size in millimetres."""
    paper = Document()
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if width > height else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm(side)
    section.top_margin = section.bottom_margin = Mm(top)
    section.header_distance = section.footer_distance = Mm(5)
    paper.element.body.remove(paper.paragraphs[0]._element) if paper.paragraphs else None
    return paper


def columns(paper: Paper | _Cell, rows: int, widths: tuple[float, ...], *, border: str = "") -> Table:
    """A table without lines, or with hairlines."""
    table = paper.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if border:
        lines = OxmlElement("w:tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            line = OxmlElement(f"w:{side}")
            for key, value in (("val", "single"), ("sz", "2"), ("color", border)):
                line.set(qn(f"w:{key}"), value)
            lines.append(line)
        table._tbl.tblPr.append(lines)
    return table


def steps(cell: _Cell, size: float) -> None:
    """What happens next, one line each."""
    for words in STEPS:
        say(cell, words, size, before=4)


def ways(cell: _Cell | Paper, size: float) -> None:
    """The three ways to speak."""
    say(cell, "{%p for way in ways %}", size)
    say(cell, "{{ way.name }}　{{ way.says }}", size, colour=SOFT, before=4)
    say(cell, "{%p endfor %}", size)


def names(paper: Paper, small: float, large: float) -> None:
    """Employer above, workshop below it."""
    say(paper, "{%p if within %}", small)
    say(paper, "{{ within }}", small, colour=SOFT)
    say(paper, "{%p endif %}", small)
    say(paper, "{{ name }}", large, bold=True, before=4)


def poster() -> Paper:
    """A4."""
    paper = page(210, 297, 20, 18)
    names(paper, 17, 28)
    say(paper, CALL, 66, name=TITLE, colour=RED, bold=True, before=10)
    say(paper, "手机扫一扫就能说。不用注册，写几句就行。", 20, before=6)
    (row,) = columns(paper, 1, (92, 78)).rows
    say(row.cells[0], "{{ qr }}", 10, first=True)
    say(row.cells[1], "交上以后", 18, bold=True, first=True)
    steps(row.cells[1], 14)
    ways(paper, 14)
    say(paper, "您说到的人看不到这件事，也不会经手。正有危险，先打 120、110。", 14, before=10)
    say(paper, CONTACT, 14, before=14)
    say(paper, "不方便扫码，在浏览器里输入 {{ address }}", 10.5, colour=SOFT, before=4)
    return paper


def sign() -> Paper:
    """A5 across."""
    paper = page(210, 148, 14, 9)
    say(paper, "{% if within %}{{ within }}　{% endif %}{{ name }}", 14, colour=SOFT)
    say(paper, CALL, 44, name=TITLE, colour=RED, bold=True)
    (row,) = columns(paper, 1, (70, 112)).rows
    say(row.cells[0], "{{ qr }}", 10, first=True)
    say(row.cells[1], "手机扫一扫就能说，不用注册。", 15, first=True)
    ways(row.cells[1], 11)
    steps(row.cells[1], 11)
    say(paper, CONTACT, 11, before=4)
    return paper


def card() -> Paper:
    """Ten on A4."""
    paper = page(210, 297, 15, 13)
    table = columns(paper, 5, (90, 90), border="C9C6C0")
    for row in table.rows:
        row.height, row.height_rule = Mm(54), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell in row.cells:
            (inner,) = columns(cell, 1, (52, 34)).rows
            say(inner.cells[0], CALL, 17, name=TITLE, colour=RED, bold=True, first=True)
            say(inner.cells[0], "{{ name }}", 10, bold=True, before=3)
            say(inner.cells[0], "扫一扫就能说，不用注册。实名、保密、匿名都行。", 8.5, colour=SOFT, before=3)
            say(inner.cells[1], "{{ qr }}", 8, first=True)
            cell._element.remove(cell.paragraphs[0]._element)
            say(cell, "{% if phone %}工会 {{ phone }}　{% endif %}热线 12351　我的号码 ________________", 8.5)
    last = say(paper, "", 1)  # a table cannot end a paper; this line must not begin an eleventh card's page
    last.paragraph_format.line_spacing = Pt(1)
    return paper


if __name__ == "__main__":
    for code, make in (("poster", poster), ("sign", sign), ("card", card)):
        make().save(str(OUT / f"{code}.docx"))

"""Pieces the Word templates are made of: fonts, cells, the page of an official document."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

PACKAGE = Path(__file__).parent.parent / "src/huying"
TITLE, BODY, LABEL, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"


def font(paragraph: Paragraph, text: str, name: str, size: float) -> None:
    """Add text in one statutory font, for Chinese and Latin alike."""
    run = paragraph.add_run(text)
    run.font.name, run.font.size = name, Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), name)


def page(paper: Paper, size: float = 14) -> None:
    """Paper size, margins and the base style."""
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = BODY, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)


def tag(paper: Paper, text: str) -> None:
    """A paragraph that only steers the filling and does not come out."""
    font(paper.add_paragraph(), text, BODY, 10.5)


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


def field(line: Paragraph, code: str, name: str = BODY, size: float = 10.5) -> None:
    """A field Word computes."""
    element = OxmlElement("w:fldSimple")
    element.set(qn("w:instr"), code)
    font(line, "1", name, size)
    element.append(line.runs[-1]._element)
    line._p.append(element)


def lined_table(paper: Paper, *, rows: int, columns: int) -> Table:
    """A table with lines, as wide as its columns say."""
    table = paper.add_table(rows=rows, cols=columns, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    return table


# --- official documents: 28 characters and 22 lines on the 版心 ----------------------------------------------------------


def document_page() -> Paper:
    """An empty official document: grid, 3号仿宋, page numbers at the outer edge."""
    paper = Document()
    page(paper, 16)
    section = paper.sections[0]
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), "579")  # 28.95 pt: 22 lines on 225 mm
    grid.set(qn("w:charSpace"), "-855")  # of 4096 to the point: 28 characters of 16 pt on 156 mm
    paper.settings.odd_and_even_pages_header_footer = True
    section.footer_distance = Mm(23)  # 一字线 7 mm below the 版心
    for foot_of, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):  # fmt: skip
        line = foot_of.paragraphs[0]
        line.alignment = side
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
        font(line, "— ", SONG, 14)
        field(line, "PAGE", SONG, 14)
        font(line, " —", SONG, 14)
    return paper


def said(
    paper: Paper, *runs: tuple[str, str], indent: float = 32, hanging: float = 0, align: int | None = None
) -> Paragraph:
    """A paragraph of an official document: texts each in its font, two characters in."""
    line = paper.add_paragraph()
    line.paragraph_format.first_line_indent = Pt(indent - hanging)
    line.paragraph_format.left_indent = Pt(hanging)
    line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if align is None else align
    for text, name in runs:
        font(line, text, name, 16)
    return line


def titled(paper: Paper, text: str) -> None:
    """标题: 2号小标宋, centred, an empty line below."""
    line = said(paper, indent=0, align=WD_ALIGN_PARAGRAPH.CENTER)
    font(line, text, TITLE, 22)
    said(paper)


def every(paper: Paper, names: str, *runs: tuple[str, str], **given: float) -> None:
    """A paragraph for each of a list."""
    tag(paper, f"{{%p for {names} %}}")
    said(paper, *runs, **given)  # type: ignore[arg-type]
    tag(paper, "{%p endfor %}")


# --- writing ------------------------------------------------------------------------------------------------------------


def save(paper: Paper, target: Path, title: str) -> None:
    """Write it with a title and no names.  A table never is the last thing: Word wants a paragraph after it."""
    last = paper.add_paragraph().paragraph_format
    last.line_spacing_rule, last.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)
    facts = paper.core_properties
    facts.author = facts.last_modified_by = facts.comments = ""
    facts.title, facts.created = title, datetime(2026, 1, 1, tzinfo=UTC)
    paper.save(str(target))

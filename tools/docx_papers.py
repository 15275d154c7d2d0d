"""Make the Word templates of the forms and of the papers of meetings.

    .venv/bin/python -m tools.docx_papers

A union that wants another look edits the .docx in Word; this script only says where ours came from.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

PACKAGE = Path(__file__).parent.parent / "src/huying"
FORMS, MEETINGS, OVERSIGHT = (PACKAGE / f"{room}/papers" for room in ("ledger", "meetings", "oversight"))
TITLE, BODY, LABEL, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
RED = RGBColor(0xE6, 0x00, 0x12)
WIDTHS = (24, 29, 17, 32, 17, 37)  # 156 mm, the 版心 of GB/T 9704
TICK = "{% for c in channels %}{% if c.ticked %}☑{% else %}□{% endif %}{{ c.label }} {% endfor %}"
NUMBER = "编号：{% if number %}{{ number }}{% else %}（      ）号{% endif %}"


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


def head(paper: Paper, title: str, line: str, of: str = "") -> None:
    """Mark of a released copy, title, one line with the number at its right.  ``of``: prefix of the data's names."""
    tag(paper, f"{{%p if {of}masked %}}")
    marked = paper.add_paragraph()
    marked.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    font(marked, "（公开副本，身份信息已隐去）", BODY, 10.5)
    tag(paper, "{%p endif %}")
    centred = paper.add_paragraph()
    centred.alignment = WD_ALIGN_PARAGRAPH.CENTER
    centred.paragraph_format.space_after = Pt(14)
    font(centred, title, TITLE, 22)
    below = paper.add_paragraph()
    below.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    below.paragraph_format.space_after = Pt(6)
    number = NUMBER.replace("number", f"{of}number")
    font(below, f"{line}\t{number}", BODY, 12)


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


def form1_rows(table: Table) -> None:
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


def field(line: Paragraph, code: str, name: str = BODY, size: float = 10.5) -> None:
    """A field Word computes."""
    element = OxmlElement("w:fldSimple")
    element.set(qn("w:instr"), code)
    font(line, "1", name, size)
    element.append(line.runs[-1]._element)
    line._p.append(element)


def form1() -> Paper:
    """职工诉求记录表 (annex 1)."""
    paper = Document()
    page(paper)
    head(paper, "职工诉求记录表", f"受理方式：{TICK}")
    form1_rows(_table(paper, rows=5, columns=6))
    foot(paper)
    return paper


def form2() -> Paper:
    """职工诉求业务办理流程图 (annex 2) as a table, one row for each stage."""
    paper = Document()
    page(paper)
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(10)
    font(title, "{{ title }}", TITLE, 22)
    tag(paper, "{%p if number or here %}")
    line = paper.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    where = "{% if number %}编号：{{ number }}  {% endif %}{% if here %}目前：{{ here }}{% endif %}"
    font(line, where, BODY, 12)
    tag(paper, "{%p endif %}")
    form2_rows(_table(paper, rows=5, columns=3))
    for text in ("{%p for one in anytime %}", "· {{ one }}", "{%p endfor %}"):
        font(paper.add_paragraph(), text, BODY, 10.5)
    foot(paper)
    return paper


def form2_rows(table: Table) -> None:
    """Heads, a row for each stage between two rows that steer, the end."""
    heads, begin, stage, close, end = table.rows
    for row in (heads, stage, end):
        for cell, width in zip(row.cells, (30, 48, 78), strict=True):
            cell.width = Mm(width)
    for cell, text in zip(heads.cells, ("步骤和时限", "状态", "怎样往下走"), strict=True):
        label(cell, text)
    repeat = OxmlElement("w:tblHeader")
    heads._tr.get_or_add_trPr().append(repeat)
    font(begin.cells[0].paragraphs[0], "{%tr for s in stages %}", BODY, 10.5)
    font(close.cells[0].paragraphs[0], "{%tr endfor %}", BODY, 10.5)
    texts = (
        ("{{ s.number }} {{ s.name }}", "{%p for one in s.limits %}", "{{ one }}", "{%p endfor %}"),
        ("{%p for one in s.states %}", "{{ one }}", "{%p endfor %}"),
        (
            "{%p for one in s.onward %}", "↓ {{ one }}", "{%p endfor %}", "{%p for one in s.also %}", "· {{ one }}",
            "{%p endfor %}", "{%p for one in s.inside %}", "· {{ one }}", "{%p endfor %}",
        ),
    )  # fmt: skip
    for cell, texts_of in zip(stage.cells, texts, strict=True):
        for number, text in enumerate(texts_of):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            font(paragraph, text, LABEL if number == 0 and cell is stage.cells[0] else BODY, 10.5)
    value(end.cells[0].merge(end.cells[2]), "{{ finish }}")


def form3() -> Paper:
    """职工诉求工作进展情况跟踪表 (annex 3), sheet after sheet."""
    paper = Document()
    page(paper)
    tag(paper, "{%p for s in sheets %}")
    department = "承办部门：{% if s.department %}{{ s.department }}{% else %}          {% endif %}"
    head(paper, "{{ s.title }}", department, of="s.")
    tag(paper, "{%p if s.measure %}")
    measure = paper.add_paragraph()
    measure.paragraph_format.space_after = Pt(6)
    font(measure, "解决措施：{{ s.measure }}", BODY, 12)
    tag(paper, "{%p endif %}")
    form3_rows(_table(paper, rows=4, columns=3))
    tag(paper, "{%p if not s.last %}")
    paper.add_page_break()
    tag(paper, "{%p endif %}")
    tag(paper, "{%p endfor %}")
    foot(paper)
    return paper


def form3_rows(table: Table) -> None:
    """A row for each entry between two rows that steer, then the result."""
    begin, entry, end, result = table.rows
    for row in (entry, result):
        row.height, row.height_rule = Mm(40 if row is entry else 56), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, width in zip(row.cells, (22, 43, 91), strict=True):
            cell.width = Mm(width)
    font(begin.cells[0].paragraphs[0], "{%tr for t in s.tracks %}", BODY, 10.5)
    font(end.cells[0].paragraphs[0], "{%tr endfor %}", BODY, 10.5)
    label(entry.cells[0], "{%p for part in s.labels.tracked_on %}\n{{ part }}\n{%p endfor %}")
    value(entry.cells[1], "{{ t.on }}")
    entry.cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    box = "{% if b.ticked %}☑{% else %}□{% endif %} {{ b.label }}"
    words = ("{%p for line in t.lines %}", "{{ line }}", "{%p endfor %}", ">{{ t.by }}", "{%p endif %}")
    value(entry.cells[2], "{%p for b in t.boxes %}", box, "{%p endfor %}", "{%p if t.text %}", *words)
    label(result.cells[0], "{%p for part in s.labels.result %}\n{{ part }}\n{%p endfor %}")
    value(result.cells[1].merge(result.cells[2]), *remarks("s.results"))


def form4() -> Paper:
    """职工诉求满意度调查表 (annex 4), sheet after sheet."""
    paper = Document()
    page(paper)
    tag(paper, "{%p for s in sheets %}")
    head(paper, "{{ s.title }}", "{% if s.subject %}测评对象：{{ s.subject }}{% endif %}", of="s.")
    form4_rows(_table(paper, rows=4, columns=4))
    tag(paper, "{%p if not s.last %}")
    paper.add_page_break()
    tag(paper, "{%p endif %}")
    tag(paper, "{%p endfor %}")
    foot(paper)
    return paper


def form4_rows(table: Table) -> None:
    """How and what was answered, who signs when, what the union says to it."""
    way, grade, signed, review = table.rows
    for row, height in zip(table.rows, (18, 30, 14, 80), strict=True):
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, width in zip(row.cells, (36, 40, 40, 40), strict=True):
            cell.width = Mm(width)
    box = "{% if b.ticked %}☑{% else %}□{% endif %}{{ b.label }}{% if b.n %}（{{ b.n }}）{% endif %}  "
    label(way.cells[0], "{{ s.labels[0] }}")
    value(way.cells[1].merge(way.cells[3]), f"{{% for b in s.ways %}}{box}{{% endfor %}}")
    label(grade.cells[0], "{{ s.labels[1] }}")
    boxes = f"{{% for b in s.grades %}}{box}{{% endfor %}}"
    value(grade.cells[1].merge(grade.cells[3]), boxes, "{%p for line in s.said %}", "{{ line }}", "{%p endfor %}")
    label(signed.cells[0], "{{ s.labels[2] }}")
    value(signed.cells[1], "{{ s.supervisor }}")
    label(signed.cells[2], "{{ s.labels[3] }}")
    value(signed.cells[3], "{{ s.on }}")
    label(review.cells[0], "{{ s.labels[4] }}")
    value(review.cells[1].merge(review.cells[3]), *remarks("s.review"))


def _table(paper: Paper, *, rows: int, columns: int) -> Table:
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
    for key, value in (("w:val", "single"), ("w:sz", str(eighths)), ("w:space", "6"), ("w:color", colour)):
        line.set(qn(key), value)
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
    table = _table(paper, rows=4, columns=4)
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


def save(paper: Paper, target: Path, title: str) -> None:
    """Write it with a title and no names.  A table never is the last thing: Word wants a paragraph after it."""
    last = paper.add_paragraph().paragraph_format
    last.line_spacing_rule, last.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)
    facts = paper.core_properties
    facts.author = facts.last_modified_by = facts.comments = ""
    facts.title, facts.created = title, datetime(2026, 1, 1, tzinfo=UTC)
    paper.save(str(target))


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
    rows = _table(paper, rows=3, columns=2)
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
    save(form1(), FORMS / "form1.docx", "职工诉求记录表")
    save(form2(), FORMS / "form2.docx", "职工诉求业务办理流程图")
    save(form3(), FORMS / "form3.docx", "职工诉求工作进展情况跟踪表")
    save(form4(), FORMS / "form4.docx", "职工诉求满意度调查表")
    save(minutes(), MEETINGS / "minutes.docx", "会议纪要")
    save(invitation(), MEETINGS / "invitation.docx", "会议通知")
    save(agenda(), MEETINGS / "agenda.docx", "会议议程")
    save(report(), OVERSIGHT / "report.docx", "情况报告")
    save(opinion(), OVERSIGHT / "opinion.docx", "考核意见")


if __name__ == "__main__":
    main()

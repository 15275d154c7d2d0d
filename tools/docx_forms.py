"""Make the Word templates of the four forms.

    .venv/bin/python -m tools.docx_forms

A union that wants another look edits the .docx in Word; this script only says where ours came from.
"""

from __future__ import annotations

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt
from docx.table import Table

from tools.docx_parts import BODY, LABEL, PACKAGE, TITLE, field, font, label, lined_table, page, save, tag, value

FORMS = PACKAGE / "ledger/papers"
WIDTHS = (24, 29, 17, 32, 17, 37)  # 156 mm, the 版心 of GB/T 9704
TICK = "{% for c in channels %}{% if c.ticked %}☑{% else %}□{% endif %}{{ c.label }} {% endfor %}"
NUMBER = "编号：{% if number %}{{ number }}{% else %}（      ）号{% endif %}"


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
    for column, (name, code) in enumerate((("诉求人", "applicant"), ("单位", "unit"), ("电话", "phone"))):
        label(cells[1][column * 2], name)
        value(cells[1][column * 2 + 1], f"{{{{ {code} }}}}")
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


def form1() -> Paper:
    """职工诉求记录表 (annex 1)."""
    paper = Document()
    page(paper)
    head(paper, "职工诉求记录表", f"受理方式：{TICK}")
    form1_rows(lined_table(paper, rows=5, columns=6))
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
    form2_rows(lined_table(paper, rows=5, columns=3))
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
    form3_rows(lined_table(paper, rows=4, columns=3))
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
    form4_rows(lined_table(paper, rows=4, columns=4))
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


def main() -> None:
    """Write the templates."""
    save(form1(), FORMS / "form1.docx", "职工诉求记录表")
    save(form2(), FORMS / "form2.docx", "职工诉求业务办理流程图")
    save(form3(), FORMS / "form3.docx", "职工诉求工作进展情况跟踪表")
    save(form4(), FORMS / "form4.docx", "职工诉求满意度调查表")


if __name__ == "__main__":
    main()

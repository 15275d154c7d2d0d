"""Make the Word templates of what a studio hangs up: signboard, wall paper, contact cards.

.venv/bin/python -m tools.docx_studio
"""

from __future__ import annotations

from pathlib import Path

from docx.document import Document as Paper
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from tools.docx_posters import RED, SOFT, TITLE, columns, page, say

OUT = Path(__file__).parent.parent / "src/huying/fieldwork/papers"
REACH = (
    ("room", "地点"),
    ("hours", "开放时间"),
    ("phone", "电话"),
    ("email", "邮箱"),
    ("head", "主任"),
    ("staff", "人员"),
)


def sign() -> Paper:
    """A4 across."""
    paper = page(297, 210, 24, 40)
    for line in (say(paper, "{{ name }}", 40, bold=True, before=40),
                 say(paper, "群众工作室", 88, name=TITLE, colour=RED, bold=True, before=24),
                 say(paper, "{% if head %}主任 {{ head }}　{% endif %}{% if hours %}{{ hours }}　{% endif %}"
                            "{% if phone %}电话 {{ phone }}{% endif %}", 15, before=40)):  # fmt: skip
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paper


def wall() -> Paper:
    """A4: title and numbered lines; the service guide says how to reach the studio as well."""
    paper = page(210, 297, 20, 20)
    say(paper, "{{ name }}群众工作室", 16, colour=SOFT)
    say(paper, "{{ title }}", 42, name=TITLE, colour=RED, bold=True, before=6)
    say(paper, "{%p if kind == 'guide' %}", 12)
    for code, label in REACH:
        say(paper, f"{{%p if {code} %}}", 13)
        say(paper, f"{label}　{{{{ {code} }}}}", 13, before=4)
        say(paper, "{%p endif %}", 13)
    say(paper, "{{ qr }}", 12, before=8)
    say(paper, "扫一扫就能说，不用注册。实名、保密、匿名都行。", 12, colour=SOFT)
    say(paper, "{%p endif %}", 12)
    say(paper, "{%p for line in lines %}", 15)
    say(paper, "{{ loop.index }}　{{ line.says }}", 15, before=9)
    say(paper, "{%p if line.clause %}", 9)
    say(paper, "{{ line.clause }}", 9, colour=SOFT, before=2)
    say(paper, "{%p endif %}", 9)
    say(paper, "{%p endfor %}", 15)
    say(paper, "{{ union }}　职工热线 12351", 12, colour=SOFT, before=18)
    return paper


def card() -> Paper:
    """Ten on A4."""
    paper = page(210, 297, 15, 13)
    table = columns(paper, 5, (90, 90), border="C9C6C0")
    for row in table.rows:
        row.height, row.height_rule = Mm(54), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell in row.cells:
            (inner,) = columns(cell, 1, (56, 30)).rows
            say(inner.cells[0], "群众工作室", 17, name=TITLE, colour=RED, bold=True, first=True)
            say(inner.cells[0], "{{ name }}", 10, bold=True, before=3)
            say(inner.cells[0], "{% if head %}主任 {{ head }}{% endif %}", 8.5, colour=SOFT, before=3)
            say(inner.cells[0], "{{ hours }}　{{ room }}", 8.5, colour=SOFT, before=2)
            say(inner.cells[1], "{{ qr }}", 8, first=True)
            cell._element.remove(cell.paragraphs[0]._element)
            say(cell, "{% if phone %}电话 {{ phone }}　{% endif %}热线 12351　扫一扫就能说", 8.5)
    last = say(paper, "", 1)  # a table cannot end a paper; this line must not begin an eleventh card's page
    last.paragraph_format.line_spacing = Pt(1)
    return paper


if __name__ == "__main__":
    for code, make in (("sign", sign), ("wall", wall), ("card", card)):
        make().save(str(OUT / f"{code}.docx"))

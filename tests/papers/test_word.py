"""Word documents are put together the way Word demands: parts of a paragraph, table and section in the order of the standard."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn

from huying.cases.lifecycle import CASE, FLOW
from huying.handling.lifecycle import ITEM
from huying.ledger.form1 import Form1, form1_docx
from huying.ledger.form2 import Inside, chart, form2_docx
from huying.ledger.form3 import Form3, form3_docx
from huying.meetings.paper import (
    Agenda,
    AgendaLine,
    Invitation,
    Minutes,
    agenda_docx,
    invitation_docx,
    minutes_docx,
)

DAY = date(2026, 11, 20)
# ISO/IEC 29500-1, 17.3.1.26, 17.4.60, 17.6.17: the order of the children that are used here.
ORDER = {
    "w:pPr": (
        "pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "pBdr", "shd", "tabs", "snapToGrid", "spacing",
        "ind", "jc", "rPr",
    ),
    "w:tblPr": ("tblStyle", "tblW", "jc", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"),
    "w:sectPr": (
        "headerReference", "footerReference", "type", "pgSz", "pgMar", "pgNumType", "cols", "titlePg", "docGrid",
    ),
    "w:tcPr": ("tcW", "gridSpan", "vMerge", "tcBorders", "shd", "vAlign"),
}  # fmt: skip


def made() -> Iterator[tuple[str, bytes]]:
    yield "form1", form1_docx(Form1(words="一"))
    yield "form2", form2_docx(chart(CASE, FLOW, inside=Inside("handling", ITEM), here="handling"))
    yield "form3", form3_docx([Form3(number="1"), Form3(number="2")])
    yield "minutes", minutes_docx(Minutes(organ="协商会议", title="会议纪要", issuer="工会", issued_on=DAY))
    yield (
        "invitation",
        invitation_docx(
            Invitation(
                organ="工会",
                title="通知",
                to="各部门",
                when="今天",
                place="三楼",
                chair="主席",
                topics=("一",),
                issued_on=DAY,
            )
        ),
    )
    yield (
        "agenda",
        agenda_docx(Agenda(title="议程", when="今天", place="三楼", chair="主席", lines=(AgendaLine("一"),))),
    )


@pytest.mark.parametrize(("name", "raw"), list(made()), ids=lambda part: part if isinstance(part, str) else "")
def test_parts_stand_in_the_order_of_the_standard(name: str, raw: bytes) -> None:
    body = Document(io.BytesIO(raw)).element.body
    for tag, order in ORDER.items():
        for element in body.iter(qn(tag)):
            names = [child.tag.rpartition("}")[2] for child in element]
            known = [order.index(child) for child in names if child in order]
            assert known == sorted(known), f"{tag}: {names}"
            assert set(names) <= set(order), f"{tag}: {sorted(set(names) - set(order))}"
    assert all(cell[-1].tag == qn("w:p") for cell in body.iter(qn("w:tc")))
    assert [child.tag for child in body][-2:] == [qn("w:p"), qn("w:sectPr")]

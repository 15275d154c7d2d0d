"""Asking for the ledger: a selection of cases with the whole story of each, figures of a page, what stands on the papers."""

from huying.ledger.dossier import Dossier, Entry, Section, dossier_pdf
from huying.ledger.form1 import Form1, Remark, form1_docx, form1_pdf
from huying.ledger.form2 import Chart, form2_docx, form2_pdf
from huying.ledger.form3 import Form3, Track, form3_docx, form3_pdf
from huying.ledger.form4 import Form4, form4_docx, form4_pdf
from huying.ledger.reads._dossier import dossier_of
from huying.ledger.reads._form4 import blank_form4, form4_of
from huying.ledger.reads._papers import (
    blank_form3,
    chart_of,
    form1_of,
    form1_of_item,
    form3_of,
    form3_of_item,
    general_chart,
    item_for,
)
from huying.ledger.reads._rows import COLUMNS, Row, row_of, rows_of, sums, with_story
from huying.ledger.reads._select import (
    Viewer,
    departments_of,
    export_for,
    exports_of,
    selected,
    units_below,
    viewer,
    viewer_of_unit,
)

__all__ = [
    "COLUMNS",
    "Chart",
    "Dossier",
    "Entry",
    "Form1",
    "Form3",
    "Form4",
    "Remark",
    "Row",
    "Section",
    "Track",
    "Viewer",
    "blank_form3",
    "blank_form4",
    "chart_of",
    "departments_of",
    "dossier_of",
    "dossier_pdf",
    "export_for",
    "exports_of",
    "form1_docx",
    "form1_of",
    "form1_of_item",
    "form1_pdf",
    "form2_docx",
    "form2_pdf",
    "form3_docx",
    "form3_of",
    "form3_of_item",
    "form3_pdf",
    "form4_docx",
    "form4_of",
    "form4_pdf",
    "general_chart",
    "item_for",
    "row_of",
    "rows_of",
    "selected",
    "sums",
    "units_below",
    "viewer",
    "viewer_of_unit",
    "with_story",
]

"""Asking for the ledger: a selection of cases with the whole story of each, figures of a page, what stands on the papers."""

from huying.ledger.dossier import Dossier, Entry, Section, dossier_pdf
from huying.ledger.form1 import Form1, Remark, form1_docx, form1_pdf
from huying.ledger.form2 import Chart, form2_docx, form2_pdf
from huying.ledger.form3 import Form3, Track, form3_docx, form3_pdf
from huying.ledger.reads._dossier import dossier_of
from huying.ledger.reads._figures import Figures, Sight, figures, opening, roots, sight
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
    frozen,
    frozen_of,
    selected,
    units_below,
    view_for,
    viewer,
    viewer_of_unit,
    views_of,
)

__all__ = [
    "COLUMNS",
    "Chart",
    "Dossier",
    "Entry",
    "Figures",
    "Form1",
    "Form3",
    "Remark",
    "Row",
    "Section",
    "Sight",
    "Track",
    "Viewer",
    "blank_form3",
    "chart_of",
    "departments_of",
    "dossier_of",
    "dossier_pdf",
    "export_for",
    "exports_of",
    "figures",
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
    "frozen",
    "frozen_of",
    "general_chart",
    "item_for",
    "opening",
    "roots",
    "row_of",
    "rows_of",
    "selected",
    "sight",
    "sums",
    "units_below",
    "view_for",
    "viewer",
    "viewer_of_unit",
    "views_of",
    "with_story",
]

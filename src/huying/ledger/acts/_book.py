"""The ledger as a workbook and on paper, with the columns asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from django.utils import timezone

from huying.ledger.form1 import PAPERS, iso
from huying.ledger.reads import COLUMNS, Row, Viewer, columns_of
from huying.ledger.rules import Selection
from huying.papers.reads import Cell, pdf, xlsx

TITLE = "诉求工作台账"
# What fits across a page and is usually asked for on paper.
ON_PAPER = (
    "number", "received", "unit", "channel", "category", "title", "state", "officer", "department", "done", "told", "survey",
    "archived",
)  # fmt: skip


def workbook(rows: Iterable[Row], columns: Sequence[str]) -> BinaryIO:
    """Rows as a workbook."""
    places = columns_of(columns)
    cells = ([row[place] for place in places] for row in (one.cells() for one in rows))
    return xlsx([COLUMNS[place] for place in places], cells, title=TITLE)


def printed(rows: Iterable[Row], columns: Sequence[str], *, seen: Viewer, chosen: Selection, at: datetime) -> bytes:
    """Rows as a PDF across the page in official layout."""
    places = columns_of(columns or ON_PAPER)
    cells = [[row[place] for place in places] for row in (one.cells() for one in rows)]
    data: dict[str, Any] = {
        "title": TITLE,
        "unit": seen.unit.name,
        "period": _period(chosen.since, chosen.until),
        "size": 9 if len(places) <= 14 else 7,
        "widths": [_width(place, [line[number] for line in cells]) for number, place in enumerate(places)],
        "heads": [COLUMNS[place].heading for place in places],
        "rows": [[_words(cell) for cell in line] for line in cells],
        "printed_on": iso(timezone.localdate(at)),
    }
    return pdf(PAPERS / "ledger.typ", data)


def _width(place: int, cells: Sequence[Cell]) -> float:
    """The share of a column of words; 0 for days, which do not break and take what they need."""
    return 0 if any(isinstance(cell, date) for cell in cells) else min(COLUMNS[place].width, 24)


def _period(since: date | None, until: date | None) -> str:
    if not since and not until:
        return "全部"
    return f"{iso(since) or '最早'} 至 {iso(until) or '现在'}"


def _words(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)

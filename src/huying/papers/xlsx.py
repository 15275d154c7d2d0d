"""Tables as .xlsx that open cleanly in Excel and WPS, in constant memory."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST = 32_767  # characters Excel holds in a cell
CUT = "……（内容过长，完整内容见卷宗）"
EXACT = 10**15  # a larger number would lose digits: case and card numbers are text
_FORMULA = ("=", "+", "-", "@")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")

Cell = str | int | float | Decimal | bool | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column: heading and width in characters (a Chinese character counts two)."""

    heading: str
    width: float = 14


def write(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str) -> BinaryIO:
    """An open file at its beginning.  ``title`` names the sheet.

    Text never becomes a formula, a link or a number; dates are dates; moments are written in local time without zone.
    """
    out = tempfile.TemporaryFile(prefix="huying-")  # noqa: SIM115 - handed to the answer, which closes it
    try:
        _fill(out, columns, rows, title)
    except BaseException:  # rows may end early: whoever gives them changed their mind
        out.close()
        raise
    out.seek(0)
    return out


def _fill(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], title: str) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, {**options, "strings_to_numbers": False}) as book:
        book.set_properties({"title": title})
        sheet = book.add_worksheet(sheet_name(title))
        formats = _formats(book)
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
            sheet.write_string(0, number, column.heading, formats["heading"])
        last = 0
        for last, row in enumerate(rows, start=1):
            for number, value in enumerate(row):
                _write(sheet, last, number, value, formats)
        if columns:
            sheet.autofilter(0, 0, last, len(columns) - 1)


def sheet_name(title: str) -> str:
    """What Excel accepts as a sheet's name: 31 characters, no brackets, colons, stars, question marks, slashes."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:31] or "表格"


def clean(text: str) -> str:
    """Text as a cell can hold it: no control characters, one kind of line end, at most 32,767 characters."""
    if _UNFIT.search(text):
        text = _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    base = {"valign": "top", "text_wrap": True}
    return {
        "heading": book.add_format({"bold": True, "valign": "vcenter", "text_wrap": True, "bottom": 1}),
        "text": book.add_format(base),
        "quoted": book.add_format({**base, "quote_prefix": True}),  # stays text when somebody edits the cell
        "number": book.add_format({"valign": "top"}),
        "date": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm"}),
    }


def _write(sheet: Worksheet, row: int, column: int, value: Cell, formats: dict[str, Format]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否", formats["text"])
    elif isinstance(value, datetime):
        local = timezone.make_naive(value) if timezone.is_aware(value) else value
        sheet.write_datetime(row, column, local, formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, (int, float, Decimal)) and -EXACT < value < EXACT:
        sheet.write_number(row, column, value, formats["number"])
    else:
        text = clean(str(value))
        sheet.write_string(row, column, text, formats["quoted" if text.startswith(_FORMULA) else "text"])

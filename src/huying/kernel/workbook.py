"""Workbooks people send (.xlsx): weighed before the reader opens them.

The reader keeps a whole sheet as a rectangle.  A file of five kilobytes with one word in its last cell asks it for 500 GB,
and the process ends there and then, with everybody's work in it; so how far a sheet reaches is found out first.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from huying.kernel.errors import Refused

# What opening and unpacking an archive raises: damaged, in a coding unknown here, or with a password.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError)
MOST_CELLS = 3_000_000
MOST_PARTS = 1_000
MOST_UNPACKED = 100 * 1024 * 1024  # bytes
_AT = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)["']""")  # <row r="12">, <c r="AB12">
_CELL, _ROW = re.compile(rb"<(?:\w+:)?c[\s/>]"), re.compile(rb"<(?:\w+:)?row[\s/>]")
_TOO_LARGE = ("这个表格太大了。", "请只留下要导入的行和列，另存后再上传。")
_UNREADABLE = ("打不开这个文件。", "请用 Excel 或 WPS 另存为 .xlsx 再上传；加了密码的请先去掉密码。")


def pages(content: bytes) -> dict[str, list[list[Any]]]:
    """The sheets by name, each as lines of cells.  ``Refused`` when it is no workbook or asks for too much."""
    try:
        _weigh(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, *BROKEN_ZIP) as error:
        raise Refused(*_UNREADABLE) from error


def _weigh(content: bytes) -> None:
    """Unpack part by part, counting; no sheet may reach further than it may hold."""
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = [entry.filename for entry in packed.infolist()]
        # other kinds of workbook, which the reader would open as well, and their own ways of being endless
        if (
            "xl/workbook.xml" not in names
            or {"content.xml", "xl/workbook.bin"} & set(names)
            or len(names) != len(set(names))
        ):
            raise zipfile.BadZipFile("no .xlsx")
        if len(names) > MOST_PARTS:
            raise Refused(*_TOO_LARGE)
        for name in names:
            with packed.open(name) as stream:
                body = stream.read(left + 1)
            left -= len(body)
            if left < 0 or area(body) > MOST_CELLS:
                raise Refused(*_TOO_LARGE)


def area(sheet: bytes) -> int:
    """Rows times columns a sheet may reach, at most; cells and rows that do not say where they stand follow the last."""
    rows = columns = said = 0
    for letters, digits in _AT.findall(sheet):
        rows = max(rows, int(digits[:12]))
        columns = max(columns, _column(letters[:12]))
        said += bool(letters)
    columns += max(0, len(_CELL.findall(sheet)) - said)
    rows += max(0, len(_ROW.findall(sheet)))
    return rows * columns


def _column(letters: bytes) -> int:
    """``AB`` is 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number

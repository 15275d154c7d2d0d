"""Tables come back cell-equal through two independent readers."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from huying.papers import reads, xlsx

COLUMNS = [reads.Column(name) for name in ("编号", "内容", "日期", "时刻", "件数", "是否")]
NASTY = [
    "=1+1",
    "+86 138",
    "-1",
    "@SUM(A1)",
    "http://x.invalid",
    "007",
    "喆堃镕",
    "第一行\n第二行",
    "<&>\"'",
    " 空 ",
]
ROWS = [[text, "x", date(2026, 1, 3), datetime(2026, 11, 20, 1, 30, tzinfo=UTC), 12, True] for text in NASTY]


def written(rows, **kwargs) -> bytes:
    with reads.xlsx(COLUMNS, rows, **{"title": "诉求台账", **kwargs}) as file:
        return file.read()


@pytest.mark.clause("MY-3.2.6")
def test_cell_equal_through_two_readers():
    raw = written(iter(ROWS))
    wanted = [[t, "x", date(2026, 1, 3), datetime(2026, 11, 20, 9, 30), 12, "是"] for t in NASTY]  # noqa: DTZ001
    book = load_workbook(io.BytesIO(raw))
    sheet = book["诉求台账"]
    seen = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert seen[0] == [column.heading for column in COLUMNS]
    assert [[*row[:2], row[2].date(), *row[3:]] for row in seen[1:]] == wanted
    assert not any(cell.data_type == "f" or cell.hyperlink for row in sheet.iter_rows() for cell in row)
    other = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_name("诉求台账").to_python()
    assert other[1:] == wanted
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:F{len(ROWS) + 1}"
    assert sheet["A2"].quotePrefix
    assert sheet["C2"].number_format == "yyyy-mm-dd"


def test_what_a_cell_cannot_hold():
    rows = [["a\x00\x07b", "长" * 40_000, None, None, 110101199001011234, False]]
    sheet = load_workbook(io.BytesIO(written(rows))).active
    row = [cell.value for cell in sheet[2]]
    assert row[0] == "ab"
    assert len(row[1]) == xlsx.LONGEST
    assert row[1].endswith(xlsx.CUT)
    assert row[2:4] == [None, None]
    assert row[4] == "110101199001011234"
    assert row[5] == "否"


def test_an_empty_table_opens():
    assert load_workbook(io.BytesIO(written([]))).active.max_row == 1


@pytest.mark.parametrize(
    ("title", "name"), [("a/b:c", "a b c"), ("长" * 40, "长" * 31), ("", "表格"), ("'x'", "x"), ("[1]", "1")]
)
def test_sheet_names_excel_accepts(title, name):
    assert load_workbook(io.BytesIO(written([], title=title))).sheetnames == [name]


def test_many_rows_in_little_memory():
    import tracemalloc

    tracemalloc.start()
    written_file = reads.xlsx(COLUMNS, (["编号", "内容" * 20, None, None, n, None] for n in range(5000)), title="台账")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    written_file.close()
    assert peak < 8_000_000

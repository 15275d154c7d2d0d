"""A sheet of figures: a period beside the one before, as plain data that a page shows, a workbook and a paper print, and
that can be kept as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from huying.ledger.form1 import PAPERS, chinese, iso
from huying.ledger.reads._figures import Figures
from huying.ledger.rules import HIDDEN, MONTHS_A_QUARTER, STEPS, month_of, months_on
from huying.papers import reads as papers
from huying.papers.reads import Cell, Column

SHEET = "诉求工作汇总数字"
TABLES = (
    ("class", "大类"),
    ("category", "小类"),
    ("place", "哪里来的"),
    ("channel", "受理方式"),
    ("state", "现在的状态"),
)
GROUPS = (("asker", "诉求人"), ("delegate", "职工代表"), ("concerned", "相关职工"))
TOP = (
    ("received", "收到"), ("state", "已归档"), ("returned", "退回过"), ("reopened", "重新办理过"), ("climbed", "上报过"),
)  # fmt: skip
Plain = dict[str, Any]


def before(since: date, until: date) -> tuple[date, date]:
    """What a period is held against: up to a quarter against as many months just before, anything longer against the same
    months a year earlier."""
    months = (until.year - since.year) * 12 + until.month - since.month + 1
    back = months if months <= MONTHS_A_QUARTER else -(-months // 12) * 12
    return months_on(month_of(since), -back), months_on(month_of(until), 1 - back) - timedelta(days=1)


def period(since: date, until: date) -> str:
    """Months in words: 2026年10月, 2026年10月—12月, 2026年全年."""
    if (since.month, until.month) == (1, 12) and since.year == until.year:
        return f"{since.year}年全年"
    if (since.year, since.month) == (until.year, until.month):
        return f"{since.year}年{since.month}月"
    year = "" if since.year == until.year else f"{until.year}年"
    return f"{since.year}年{since.month}月—{year}{until.month}月"


REST = "其余"


def sheet_of(now: Figures, earlier: Figures) -> Plain:
    """The whole sheet.  ``None`` is a figure that is hidden; a line without figures in either period is left out."""
    return {
        "unit": now.unit.name,
        "below": now.below,
        "since": iso(now.since),
        "until": iso(now.until),
        "period": period(now.since, now.until),
        "earlier": period(earlier.since, earlier.until),
        "outside": now.outside,
        "smallest": now.smallest,
        "top": [_line(now, earlier, code, "archived" if code == "state" else "", label) for code, label in TOP],
        "months": [{"month": iso(month), "n": n} for month, n in now.months("received")],
        "tables": [table for code, title in TABLES if (table := _table(now, earlier, code, title))["lines"]],
        "steps": [line for code, label in STEPS if (line := _step(now, earlier, code, label))["any"]],
        "groups": [line for code, label in GROUPS if (line := _group(now, earlier, code, label))["any"]],
    }


def _line(now: Figures, earlier: Figures, measure: str, value: str, label: str) -> Plain:
    return {
        "label": label,
        "name": [measure, value],
        "n": now.n(measure, value),
        "before": earlier.n(measure, value),
    }


def _table(now: Figures, earlier: Figures, measure: str, title: str) -> Plain:
    values = dict(now.values(measure)) | {
        value: now.n(measure, value) for value, n in earlier.values(measure) if n is not None
    }
    lines = [
        _line(now, earlier, measure, value, now.label(measure, value))
        if (measure, value) in now.labels
        else _line(now, earlier, measure, value, earlier.label(measure, value))
        for value in values
    ]
    # That a place or a category stands here at all would say that somebody there spoke: what is hidden has no line of its own.
    shown = [line for line in lines if line["n"] or (line["n"] == 0 and line["before"])]
    shown.sort(key=lambda line: (-line["n"], line["label"]))
    if len(shown) < len(lines):
        shown.append({"label": REST, "name": [measure, ""], "n": None, "before": None})
    return {"code": measure, "title": title, "lines": shown}


def _step(now: Figures, earlier: Figures, code: str, label: str) -> Plain:
    stands = {value: now.n(f"step:{code}", value) for value in ("ok", "late", "running")}
    return {
        "code": code,
        "label": label,
        **stands,
        "overdue": now.n(f"overdue:{code}"),
        "days": now.days(code),
        "days_before": earlier.days(code),
        "any": any(n != 0 for n in stands.values()),
    }


def _group(now: Figures, earlier: Figures, code: str, label: str) -> Plain:
    found = {name: now.n(f"{name}:{code}") for name in ("asked", "answered", "unasked")}
    grades = {grade: now.n(f"grade:{code}", grade) for grade in ("satisfied", "basic", "unsatisfied")}
    good = earlier.share(label, f"grade:{code}", "satisfied", "basic", of=f"answered:{code}")
    return {
        "code": code,
        "label": label,
        **found,
        **grades,
        "before": [good.part, good.of] if good else None,
        "any": any(n != 0 for n in found.values()),
    }


def figure(n: int | float | None) -> str:
    """A figure in words: what is hidden says so."""
    return HIDDEN if n is None else f"{n}"


# --- as a workbook and as a paper ---------------------------------------------------------------------------------------


def sheet_rows(sheet: Plain) -> tuple[Sequence[Column], list[list[Cell]]]:
    """One row a figure, as a workbook holds it."""
    columns = (
        Column("栏目", 14), Column("项目", 28), Column(sheet["period"], 18), Column(f"上期（{sheet['earlier']}）", 22),
    )  # fmt: skip
    rows: list[list[Cell]] = [["合计", one["label"], *_pair(one["n"], one["before"])] for one in sheet["top"]]
    for table in sheet["tables"]:
        rows += [[table["title"], one["label"], *_pair(one["n"], one["before"])] for one in table["lines"]]
    for step in sheet["steps"]:
        for name, words in (("ok", "按时"), ("late", "超期"), ("overdue", "其中还没办的"), ("running", "在办")):
            rows.append([f"{step['label']}时限", words, _cell(step[name]), None])
        rows.append([f"{step['label']}时限", "平均用时（天）", step["days"], step["days_before"]])
    for group in sheet["groups"]:
        for name, words in _ASKED:
            rows.append([f"测评：{group['label']}", words, _cell(group[name]), None])
    return columns, rows


_ASKED = (
    ("asked", "问了"), ("unasked", "没有问"), ("answered", "回答"), ("satisfied", "满意"), ("basic", "基本满意"),
    ("unsatisfied", "不满意"),
)  # fmt: skip


def _cell(n: int | None) -> Cell:
    return HIDDEN if n is None else n


def _pair(n: int | None, earlier: int | None) -> list[Cell]:
    return [_cell(n), _cell(earlier)]


def sheet_pdf(sheet: Plain, *, kept_on: date, printed_on: date, title: str = "") -> bytes:
    """The sheet as a PDF in official layout.  ``kept_on`` is the day the figures are of."""
    columns, rows = sheet_rows(sheet)
    return papers.pdf(
        PAPERS / "figures.typ",
        {
            "title": title or SHEET,
            "unit": sheet["unit"] + ("和下级工会" if sheet["below"] else ""),
            "period": sheet["period"],
            "kept_on": chinese(kept_on),
            "note": f"少于 {sheet['smallest']} 的数字和能推算出它的数字不显示。" if sheet["outside"] else "",
            "heads": [column.heading for column in columns],
            "rows": [["" if cell is None else str(cell) for cell in row] for row in rows],
            "printed_on": iso(printed_on),
        },
    )

"""What stands on the papers of the room: the warning ledger as paper and workbook, information on the official page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from django.utils import timezone

from huying.alerts.models import Information, Warning
from huying.alerts.reads._information import mended_by
from huying.mechanism.rules import Rules
from huying.org.models import Unit
from huying.papers import reads as papers
from huying.papers.reads import Cell, Column

PAPERS = Path(__file__).resolve().parent.parent / "papers"
LONG_MARK = 12  # characters that still stand on one line in 36 pt
HEADS = (
    ("编号", 12), ("单位", 24), ("地点", 20), ("风险", 30), ("等级", 8), ("涉及人数", 10), ("背后的事项", 11), ("盯办人", 10),
    ("下一步", 30), ("日期", 12), ("状态", 10), ("列入日期", 12), ("结果", 30),
)  # fmt: skip
_DIGITS = "一二三四五六七八九十"
_TO = {"unit": "本单位党组织、行政", "party": "同级党委、政府"}


def ledger_book(rows: Iterable[Warning], rules: Rules) -> BinaryIO:
    """The warning ledger as a workbook; numbers of few people and cases do not leave the union."""
    return papers.xlsx([Column(*head) for head in HEADS], _lines(rows, rules), title="预警台账")


def ledger_paper(rows: Iterable[Warning], rules: Rules, unit: Unit, on: date) -> bytes:
    """The same on paper."""
    lines = [[str(cell) for cell in line] for line in _lines(rows, rules)]
    data = {"title": "矛盾纠纷预警台账", "issuer": unit.name, "printed_on": on.isoformat(), "rows": lines,
            "heads": [name for name, _ in HEADS]}  # fmt: skip
    return papers.pdf(PAPERS / "ledger.typ", data)


def _lines(rows: Iterable[Warning], rules: Rules) -> Iterator[Sequence[Cell]]:
    smallest = rules.count("small_cell").value
    levels = rules.options("warning_levels")
    for one in rows:
        yield (
            one.code, one.unit.name, one.place.name, one.title, levels.label_of(one.level), _few(one.people, smallest),
            _few(getattr(one, "n_cases", None), smallest), one.watcher.person.name if one.watcher else "", one.next_step,
            _iso(one.next_on), one.state.staff, _iso(timezone.localdate(one.opened_at)) if one.opened_at else "", one.outcome,
        )  # fmt: skip


def _few(n: int | None, smallest: int) -> Cell:
    return "" if not n else f"不足{smallest}" if n < smallest else n


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def information_paper(information: Information, fmt: str) -> bytes:
    """Information on the official page, the same every time it is printed."""
    data = _information(information)
    if fmt == "pdf":
        return papers.pdf(PAPERS / "information.typ", data)
    days = {key: _chinese(date.fromisoformat(value)) for key, value in data.items() if key.endswith("_on") and value}
    return papers.docx(PAPERS / "information.docx", {**data, **days})


def _information(one: Information) -> dict[str, Any]:
    unit, day = one.unit, timezone.localdate(one.sent_at) if one.sent_at else None
    marks = [] if one.sent_at else ["（草稿）"]
    if one.status == "withdrawn":
        marks.append("（已撤回）")
    if one.status == "corrected" and (fresh := mended_by(one)):
        marks.append(f"（已由{fresh.number}更正）")
    return {
        "mark": unit.name,
        "mark_long": len(unit.name) > LONG_MARK,
        "number": one.number,
        "title": one.title,
        "remarks": marks,
        "to": f"{_TO.get(one.to, '上级工会')}：",
        "sections": [
            {"cn": _DIGITS[n], "heading": part["heading"], "lines": [line for line in part["text"].splitlines() if line.strip()]}
            for n, part in enumerate(one.body.get("sections", []))
        ],
        "issuer": unit.name,
        "issued_on": _iso(day),
        "blocks": [],
        "table_title": "",
        "as_of": "",
        "printed_on": _iso(day or timezone.localdate(one.moved_at)),
    }  # fmt: skip


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

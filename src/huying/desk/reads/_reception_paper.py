"""The printed notice of reception days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from huying.desk.reads._reception import day_name
from huying.fieldwork.models import ReceptionDay
from huying.fieldwork.reads import kind_name
from huying.mechanism.reads import rules_for
from huying.org.models import Unit
from huying.papers import reads as papers

PAPERS = Path(__file__).resolve().parent.parent / "papers"


def reception_notice(unit: Unit, days: Iterable[ReceptionDay], today: date, fmt: str) -> bytes:
    """The notice for the wall, as PDF or Word: who receives when and where, and how to book."""
    rows = list(days)
    data = _data(unit, rows, today)
    if fmt == "pdf":
        return papers.pdf(PAPERS / "reception.typ", data)
    issued = f"{today.year}年{today.month}月{today.day}日"
    return papers.docx(PAPERS / "reception.docx", {**data, "issued_on": issued})


def _way(label: str, theme: str) -> str:
    return f"{label}：{theme}" if theme else label


def _data(unit: Unit, rows: list[ReceptionDay], today: date) -> dict[str, Any]:
    rules = rules_for(unit, today)
    ways = rules.options("reception_forms")
    phone = f"电话 {unit.phone}，" if unit.phone else ""
    return {
        "title": "关于领导接待职工安排的公告" if rows else "近期没有接待日安排",
        "to": "全体职工",
        "opening": "为当面听取职工的意见和诉求，现将近期接待日安排公告如下。",
        "rows": [
            {
                "day": day_name(day.on, today),
                "hours": f"{day.begins:%H:%M}–{day.ends:%H:%M}",
                "leader": f"{day.leader.person.name} {day.leader.title}".strip(),
                "way": f"{kind_name(day, rules)}，{_way(ways.label_of(day.form), day.theme)}",
                "place": day.place,
            }
            for day in rows
        ],
        "closing": f"可以扫单位墙上的二维码预约，不用注册，可以匿名；也可以当天直接来。{phone}职工热线 12351。",
        "issuer": unit.name,
        "issued_on": today.isoformat(),
        "printed_on": today.isoformat(),
    }

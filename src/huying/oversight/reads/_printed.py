"""What stands on the papers of the room: the report with its table, assessment sheet and list, opinion."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from huying.org.models import Unit
from huying.oversight.models import Opinion, Report, Round, Sheet
from huying.oversight.reads._assessment import about_of, lines_of, sheets_of, thresholds_met
from huying.oversight.reads._reports import mended_by, words_of
from huying.oversight.rules import Picture, period_called, table
from huying.papers import reads as papers
from huying.papers.reads import Cell, Column

PAPERS = Path(__file__).resolve().parent.parent / "papers"
LONG_MARK = 12  # characters that still stand on one line in 36 pt
_DIGITS = "一二三四五六七八九十"
_TO = {"party": "党组织", "management": "行政", "both": "党组织、行政"}


# --- report -------------------------------------------------------------------------------------------------------------


def report_paper(report: Report, fmt: str) -> bytes:
    """The report on the official page with its table.  Made of what was kept alone, so that it is the same every time."""
    return {"pdf": _pdf, "docx": _docx}[fmt]("report", _report(report))


def _report(report: Report) -> dict[str, Any]:
    seen = Picture.of(report.facts)
    day = timezone.localdate(report.issued_at) if report.issued_at else None
    last = mended_by(report)
    marks = [] if report.status == "issued" else ["（草稿）"]
    if last is not None:
        marks.append(f"（已由{last.number}{last.get_how_display()}）")
    sections = words_of(report).body["sections"]
    return {
        "mark": report.unit.name,
        "mark_long": len(report.unit.name) > LONG_MARK,
        "number": report.number,
        "title": report.title,
        "remarks": marks,
        "to": f"本{'单位' if not report.unit.is_upper else '级'}{_TO[report.to]}：",
        "sections": [
            {"cn": _DIGITS[n], "heading": one["heading"], "lines": [line for line in one["text"].splitlines() if line.strip()]}
            for n, one in enumerate(sections)
        ],
        "issuer": report.unit.name,
        "issued_on": _iso(day),
        "blocks": [] if report.how == "withdrawal" else [asdict(block) for block in table(seen)],
        "table_title": f"{period_called(report.period).label}机制运行情况表",
        "as_of": f"数字截至{_chinese(seen.day)}；人数、件数少的不列出，避免认出人。",
        "printed_on": _iso(day or timezone.localdate(report.moved_at)),
    }  # fmt: skip


# --- assessment ---------------------------------------------------------------------------------------------------------


def sheet_paper(sheet: Sheet, on: date) -> bytes:
    """One unit's sheet: every item with numerator, denominator, points and what was corrected."""
    rows = [
        {
            "label": shown.item.label, "what": shown.item.what, "figure": _figure(shown.line.part, shown.line.of),
            "weight": shown.line.weight, "points": _points(shown.line.points),
            "counts": _points(shown.points), "note": shown.line.reason,
        }
        for shown in lines_of(sheet)
    ]  # fmt: skip
    notes = (("确认意见", sheet.remark), ("单位申诉", sheet.objection), ("对申诉的答复", sheet.answer))
    return _pdf("sheet", {
        "title": f"{period_called(sheet.round.period).label}沟通协商机制考核表", "unit": sheet.unit.name,
        "assessor": sheet.round.unit.name, "state": sheet.called, "score": _points(sheet.score), "rows": rows,
        "notes": [{"label": label, "text": text} for label, text in notes if text],
        "signed": sheet.closed_by.person.name if sheet.closed_by else "",
        "signed_on": _iso(timezone.localdate(sheet.closed_at)) if sheet.closed_at else "", "printed_on": _iso(on),
    })  # fmt: skip


def _figure(part: int | None, of: int | None) -> str:
    return "数少，不列出" if part is None or of is None else f"{part} / {of}" if of else "没有发生"


def _points(points: Any) -> str:
    return "不计分" if points is None else f"{points}"


def round_paper(of: Round, below: Unit | None, on: date) -> bytes:
    """The list of a round, the worst first."""
    heads, rows = _list(of, below)
    return _pdf("round", {
        "title": f"{period_called(of.period).label}沟通协商机制考核情况", "issuer": of.unit.name,
        "heads": heads, "rows": [[str(cell) for cell in row] for row in rows], "printed_on": _iso(on),
    })  # fmt: skip


def round_book(of: Round, below: Unit | None) -> Any:
    """The same as a workbook."""
    heads, rows = _list(of, below)
    columns = [Column(head, 28 if n == 1 else 12) for n, head in enumerate(heads)]
    return papers.xlsx(columns, rows, title=f"{period_called(of.period).label}考核情况")


def _list(of: Round, below: Unit | None) -> tuple[list[str], list[list[Cell]]]:
    """Heads and rows: place, unit, state, score, each item's points, duties missed, whether the thresholds are reached."""
    sheets = sheets_of(of)
    if below is not None:
        sheets = sheets.filter(unit__path__startswith=below.path)
    found = [(sheet, {shown.line.code: shown for shown in lines_of(sheet)}) for sheet in sheets]
    items = {code: shown.item.label for _, shown_by in found for code, shown in shown_by.items()}
    rows: list[list[Cell]] = []
    for number, (sheet, by_code) in enumerate(found, start=1):
        sheet.round = of
        points: list[Cell] = [_cell(by_code[code].points) if code in by_code else "" for code in items]
        tail: list[Cell] = [sheet.missed, "是" if thresholds_met(sheet).qualifies else "否"]
        rows.append([number, sheet.unit.name, sheet.called, _cell(sheet.score), *points, *tail])
    return ["序号", "单位", "状态", "得分", *items.values(), "没有做到的履职要求", "达到提名条件"], rows


def _cell(points: Any) -> Cell:
    return "不计分" if points is None else points


# --- opinion ------------------------------------------------------------------------------------------------------------


def opinion_paper(opinion: Opinion, fmt: str) -> bytes:
    """The signed opinion on one page."""
    sheet = opinion.sheet
    whom = f"{opinion.title}{opinion.name}同志" if opinion.name else sheet.unit.name
    span = period_called(sheet.round.period).label
    score = "没有可以计分的事项" if opinion.score is None else f"得分 {opinion.score} 分"
    reached = "达到提名条件" if opinion.qualifies else "没有达到提名条件"
    return {"pdf": _pdf, "docx": _docx}[fmt]("opinion", {
        "title": f"关于{about_of(opinion.about, sheet.unit)}的意见", "unit": sheet.unit.name, "whom": whom,
        "ground": f"{span}工会与行政沟通协商机制考核{score}，{reached}。", "stance": opinion.get_stance_display(),
        "lines": [line for line in opinion.text.splitlines() if line.strip()], "issuer": sheet.round.unit.name,
        "signed": opinion.post.person.name, "signed_on": _iso(timezone.localdate(opinion.at)),
        "printed_on": _iso(timezone.localdate(opinion.at)),
    })  # fmt: skip


# --- how they are printed -----------------------------------------------------------------------------------------------


def _pdf(name: str, data: dict[str, Any]) -> bytes:
    return papers.pdf(PAPERS / f"{name}.typ", data)


def _docx(name: str, data: dict[str, Any]) -> bytes:
    days = {key: _chinese(date.fromisoformat(value)) for key, value in data.items() if key.endswith("_on") and value}
    return papers.docx(PAPERS / f"{name}.docx", {**data, **days})


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

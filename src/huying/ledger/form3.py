"""Form 3, 职工诉求工作进展情况跟踪表 (MY annex 3): the progress of one department's work, and how it came out.

Whoever fills it decides what may be shown (secrecy.md); a department gets a ``masked`` one without what the worker was told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from huying.ledger.form1 import PAPERS, TO_FILL_IN, TO_SIGN, Remark, chinese, iso, lines, remarks
from huying.papers import reads as papers

TITLE = "职工诉求工作进展情况跟踪表"
STATES = (("done", "已完成"), ("doing", "正在进行中"), ("unable", "不具备条件无法执行"))
FEWEST = 3  # lines of annex 3


@dataclass(frozen=True)
class Track:
    """One tracking entry: when, which of the three boxes, in words, by whom."""

    on: date | None = None
    state: str = ""
    text: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Form3:
    """One sheet.  Nothing given is the blank form; fewer than three entries leave lines to fill in by hand.

    ``title``, ``tracked_on``, ``result`` and ``states`` are the pack's; ``issuer`` and ``printed_on`` stand in the foot.
    """

    title: str = TITLE
    tracked_on: str = "跟踪时间"
    result: str = "受理结果反馈"
    states: tuple[tuple[str, str], ...] = STATES
    number: str = ""
    department: str = ""
    measure: str = ""
    tracks: tuple[Track, ...] = ()
    results: tuple[Remark, ...] = ()
    masked: bool = False
    issuer: str = ""
    printed_on: date | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing of a matter stands on it."""
        return not any((self.number, self.department, self.measure, self.tracks, self.results))


def form3_pdf(sheets: Sequence[Form3]) -> bytes:
    """Sheets of one matter as PDF/A, each beginning on a page of its own; none at all is the blank form."""
    sheets = list(sheets) or [Form3()]
    first = sheets[0]
    plain = [plain_form3(one) for one in sheets]
    whole = {"title": first.title, "issuer": first.issuer, "printed_on": iso(first.printed_on), "sheets": plain}
    return papers.pdf(PAPERS / "form3.typ", whole)


def plain_form3(data: Form3) -> dict[str, Any]:
    """What the print template reads of one sheet."""
    return _plain(data, iso)


def form3_docx(sheets: Sequence[Form3]) -> bytes:
    """The same as a Word document in the statutory fonts."""
    sheets = list(sheets) or [Form3()]
    plain = []
    for one in sheets:
        sheet = _plain(one, chinese)
        for track in sheet["tracks"]:
            track["on"], track["lines"] = track["on"] or TO_FILL_IN, lines(track["text"])
        signed = sheet["results"] or [dict(TO_SIGN)]
        sheet["results"] = [{**entry, "lines": lines(entry["text"])} for entry in signed]
        sheet["last"] = one is sheets[-1]
        plain.append(sheet)
    first = sheets[0]
    whole = {"issuer": first.issuer, "printed_on": chinese(first.printed_on), "sheets": plain}
    return papers.docx(PAPERS / "form3.docx", whole)


def _plain(data: Form3, day: Callable[[date | None], str]) -> dict[str, Any]:
    """JSON-ready fields; ``day`` says how a date is written."""
    tracks = [*data.tracks, *(Track() for _ in range(FEWEST - len(data.tracks)))]
    return {
        **{name: getattr(data, name) for name in ("title", "number", "department", "measure", "masked", "blank")},
        "labels": {"tracked_on": _narrow(data.tracked_on), "result": _narrow(data.result)},
        "tracks": [
            {
                "on": day(one.on),
                "text": one.text,
                "by": one.by,
                "boxes": [{"label": label, "ticked": code == one.state} for code, label in data.states],
            }
            for one in tracks
        ],
        "results": remarks(data.results, day),
    }


def _narrow(label: str) -> list[str]:
    """A label of a narrow column, two characters to a line as on the annex."""
    return [label[start : start + 2] for start in range(0, len(label), 2)]

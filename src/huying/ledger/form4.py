"""Form 4, 职工诉求满意度调查表 (MY annex 4): how one person answered, or how a survey came out, and what the union says to it.

No sheet says who answered; whoever fills it decides what may be shown at all (secrecy.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from huying.ledger.form1 import PAPERS, TO_FILL_IN, TO_SIGN, Remark, chinese, iso, lines, remarks
from huying.papers import reads as papers

TITLE = "职工诉求满意度调查表"
WAYS = (("phone", "电话回访"), ("online", "网络或问卷调查"), ("face", "现场答复"))
GRADES = (("very_satisfied", "非常满意"), ("satisfied", "满意"), ("basic", "基本满意"), ("unsatisfied", "不满意"))
LABELS = ("调查方式", "诉求满意度", "诉求督办人", "满意度调查时间", "工会审阅反馈")


@dataclass(frozen=True, kw_only=True)
class Form4:
    """One sheet.  Nothing given is the blank form.

    ``ways`` and ``grades`` are the boxes by code; ``ticked`` says which of them, with a number where a sheet sums up
    several people.  ``subject`` says whose answer or how many; ``said`` stands below the grades.
    """

    title: str = TITLE
    labels: tuple[str, ...] = LABELS
    ways: tuple[tuple[str, str], ...] = WAYS
    grades: tuple[tuple[str, str], ...] = GRADES
    ticked: tuple[tuple[str, str], ...] = ()
    number: str = ""
    subject: str = ""
    said: str = ""
    supervisor: str = ""
    surveyed_on: date | None = None
    review: tuple[Remark, ...] = ()
    issuer: str = ""
    printed_on: date | None = None


def form4_pdf(sheets: Sequence[Form4]) -> bytes:
    """Sheets of one matter, each on a page of its own; none at all is the blank form."""
    sheets = list(sheets) or [Form4()]
    first = sheets[0]
    plain = [plain_form4(one) for one in sheets]
    whole = {"title": first.title, "issuer": first.issuer, "printed_on": iso(first.printed_on), "sheets": plain}
    return papers.pdf(PAPERS / "form4.typ", whole)


def plain_form4(data: Form4) -> dict[str, Any]:
    """What the print template reads of one sheet."""
    return _plain(data, iso)


def form4_docx(sheets: Sequence[Form4]) -> bytes:
    """The same as a Word document in the statutory fonts."""
    sheets = list(sheets) or [Form4()]
    plain = []
    for one in sheets:
        sheet = _plain(one, chinese)
        sheet["on"] = sheet["on"] or TO_FILL_IN
        signed = sheet["review"] or [dict(TO_SIGN)]
        sheet["review"] = [{**entry, "lines": lines(entry["text"])} for entry in signed]
        sheet["said"] = lines(sheet["said"])
        sheet["last"] = one is sheets[-1]
        plain.append(sheet)
    first = sheets[0]
    whole = {"issuer": first.issuer, "printed_on": chinese(first.printed_on), "sheets": plain}
    return papers.docx(PAPERS / "form4.docx", whole)


def _plain(data: Form4, day: Callable[[date | None], str]) -> dict[str, Any]:
    """JSON-ready fields; ``day`` says how a date is written."""
    ticked = dict(data.ticked)

    def boxes(kind: str, choices: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        return [
            {"label": label, "ticked": f"{kind}:{code}" in ticked, "n": ticked.get(f"{kind}:{code}", "")}
            for code, label in choices
        ]

    return {
        **{name: getattr(data, name) for name in ("title", "number", "subject", "said", "supervisor")},
        "labels": list(data.labels),
        "ways": boxes("way", data.ways),
        "grades": boxes("grade", data.grades),
        "on": day(data.surveyed_on),
        "review": remarks(data.review, day),
    }

"""The dossier (卷宗) for printing: cover, list of contents with page numbers (卷内目录), forms, history, what was said and rated.

Plain data and how it is printed.  Whoever fills it decides what may be shown (secrecy.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from huying.ledger.form1 import PAPERS, Form1, iso, plain_form1
from huying.ledger.form3 import Form3, plain_form3
from huying.ledger.form4 import Form4, plain_form4
from huying.papers import reads as papers

TITLE = "职工诉求办理卷宗"


@dataclass(frozen=True)
class Entry:
    """One line of a section: when, what, in which words, by whom."""

    on: date | None
    title: str
    text: str = ""
    by: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the dossier that is no form: history, written reports, tellings, ratings, list of attachments."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""

    @property
    def on(self) -> date | None:
        """The last day in it, for the list of contents."""
        return max((entry.on for entry in self.entries if entry.on), default=None)


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """One case, printed.  ``facts`` stand on the cover as label and value."""

    number: str
    name: str
    facts: tuple[tuple[str, str], ...]
    form1: Form1
    sheets: tuple[Form3, ...]
    surveys: tuple[Form4, ...]
    sections: tuple[Section, ...]
    issuer: str
    printed_on: date

    @property
    def contents(self) -> tuple[tuple[str, date | None, str], ...]:
        """The list of contents: name, day, remark, in the order of the pages."""
        return tuple(self._contents())

    def _contents(self) -> Iterator[tuple[str, date | None, str]]:
        yield "职工诉求记录表", self.form1.received_on, "附件1"
        for sheet in self.sheets:
            days = [track.on for track in sheet.tracks if track.on] + [one.on for one in sheet.results if one.on]
            yield sheet.title, max(days, default=None), f"附件3 {sheet.department}".strip()
        for survey in self.surveys:
            yield survey.title, survey.surveyed_on, "附件4"
        for section in self.sections:
            yield section.title, section.on, section.note


def dossier_pdf(data: Dossier) -> bytes:
    """The whole dossier as one PDF/A, pages numbered from the first paper on."""
    return papers.pdf(PAPERS / "dossier.typ", _plain(data))


def _plain(data: Dossier) -> dict[str, Any]:
    return {
        "title": TITLE,
        "number": data.number,
        "name": data.name,
        "facts": [list(pair) for pair in data.facts if pair[1]],
        "contents": [{"name": name, "on": iso(on), "note": note} for name, on, note in data.contents],
        "form1": plain_form1(data.form1),
        "sheets": [plain_form3(sheet) for sheet in data.sheets],
        "surveys": [plain_form4(survey) for survey in data.surveys],
        "sections": [
            {
                "title": section.title,
                "entries": [
                    {"on": iso(one.on), "title": one.title, "text": one.text, "by": one.by} for one in section.entries
                ],
            }
            for section in data.sections
        ],
        "issuer": data.issuer,
        "printed_on": iso(data.printed_on),
    }

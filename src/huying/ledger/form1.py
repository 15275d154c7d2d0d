"""Form 1, 职工诉求记录表 (MY annex 1): what stands on it, as plain data, and how it is printed.

Whoever fills it decides what may be shown (secrecy.md); a department gets a ``masked`` one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from huying.papers import reads as papers

PAPERS = Path(__file__).resolve().parent / "papers"
TO_FILL_IN = "      年    月    日"
TO_SIGN = {"text": "", "by": "签名：          ", "on": TO_FILL_IN}
CHANNELS = (("talk", "谈话"), ("phone", "电话"), ("relay", "转达"), ("web", "网络"))  # the four boxes of annex 1


@dataclass(frozen=True)
class Remark:
    """An opinion or a measure with who signed it and when."""

    text: str
    by: str = ""
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Form1:
    """The fields of the form.  Nothing given is the blank form, to be filled in by hand.

    ``channel`` is one of the codes of ``channels``; a way of receiving beyond the four boxes is added to the list by the
    caller.  ``masked`` marks a released copy; ``printed_on`` and ``issuer`` stand in the foot.
    """

    channels: tuple[tuple[str, str], ...] = CHANNELS
    channel: str = ""
    number: str = ""
    received_on: date | None = None
    category: str = ""
    applicant: str = ""
    unit: str = ""
    phone: str = ""
    words: str = ""
    opinion: tuple[Remark, ...] = ()
    measures: tuple[Remark, ...] = ()
    masked: bool = False
    issuer: str = ""
    printed_on: date | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing of a case stands on it."""
        return not any((self.channel, self.number, self.received_on, self.category, self.applicant, self.words))


def form1_pdf(data: Form1) -> bytes:
    """The form as PDF/A in official typography; long text flows on to more pages."""
    return papers.pdf(PAPERS / "form1.typ", plain_form1(data))


def plain_form1(data: Form1) -> dict[str, Any]:
    """What the print template reads."""
    return _plain(data, iso)


def form1_docx(data: Form1) -> bytes:
    """The form as a Word document in the statutory fonts."""
    plain = _plain(data, chinese)
    plain["lines"] = lines(data.words)
    if data.blank:
        plain["received_on"] = TO_FILL_IN
        plain["opinion"] = plain["measures"] = [dict(TO_SIGN)]
    for name in ("opinion", "measures"):
        plain[name] = [{**entry, "lines": lines(entry["text"])} for entry in plain[name]]
    return papers.docx(PAPERS / "form1.docx", plain)


def _plain(data: Form1, day: Callable[[date | None], str]) -> dict[str, Any]:
    """JSON-ready fields; ``day`` says how a date is written."""
    plain = asdict(data)
    plain["blank"] = data.blank
    plain["channels"] = [{"label": label, "ticked": code == data.channel} for code, label in data.channels]
    plain["received_on"], plain["printed_on"] = day(data.received_on), day(data.printed_on)
    for name in ("opinion", "measures"):
        plain[name] = remarks(getattr(data, name), day)
    return plain


# --- what all forms of the ledger share ---------------------------------------------------------------------------------


def remarks(entries: Iterable[Remark], day: Callable[[date | None], str]) -> list[dict[str, str]]:
    """Signed remarks, JSON-ready."""
    return [{"text": entry.text, "by": entry.by, "on": day(entry.on)} for entry in entries]


def iso(day: date | None) -> str:
    """A day for the print templates, which write it out themselves."""
    return day.isoformat() if day else ""


def chinese(day: date | None) -> str:
    """A day as official papers write it: 2026年1月3日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def lines(text: str) -> list[str]:
    """The lines of a text without empty ones; one empty line of no text."""
    return [line for line in text.splitlines() if line.strip()] or [""]

"""Papers of a meeting as plain data: invitation, agenda, sign-in sheet, minutes in the layout of GB/T 9704 (纪要).

Whoever fills them decides what may be shown (secrecy.md): no worker is named without consent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from huying.papers import reads as papers

PAPERS = Path(__file__).resolve().parent / "papers"
ON_PAPER = "（会后补录，以签字的纸质原件为准）"
DRAFT = "（征求意见稿）"
LONG_MARK = 12  # characters that still stand on one line in 36 pt
IN_PART = "（公开本，部分内容不公开）"


# --- what stands on them ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Settled:
    """One thing agreed: measure, deadline, department, person; all four (MY-3.2.3b).  ``helping``: co-handling departments."""

    measure: str
    deadline: date
    department: str
    person: str
    helping: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One topic in the minutes: how it was discussed, what was voted, what was settled, or in ``outcome`` how it goes on."""

    title: str
    said: str = ""
    vote: str = ""
    settled: tuple[Settled, ...] = ()
    outcome: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Signature:
    """Who signs for a side; without a name there is a line to sign on."""

    side: str
    name: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Addition:
    """A correction after the signing: it stands at the end with its day."""

    on: date
    text: str
    by: str


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """会议纪要.  ``organ`` with “纪要” is the red mark; names are written as they shall stand, post or department included.

    ``as_table``: settled things as a table instead of numbered sentences.  ``on_paper``: entered afterwards from a signed
    paper.  ``remark``: another word below the title on how it stands.  ``issuer`` and ``copies`` make the 版记.
    """

    organ: str
    title: str
    number: str = ""
    issued_on: date | None = None
    opening: str = ""
    matters: tuple[Matter, ...] = ()
    closing: str = ""
    present: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    sitting_in: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    additions: tuple[Addition, ...] = ()
    on_paper: bool = False
    draft: bool = False
    remark: str = ""
    in_part: bool = False
    as_table: bool = False
    copies: tuple[str, ...] = ()
    issuer: str = ""
    printed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """会议通知 to one person or to all (``to``)."""

    organ: str
    title: str
    to: str
    when: str
    place: str
    chair: str
    topics: tuple[str, ...]
    issued_on: date
    opening: str = ""
    link: str = ""
    papers: tuple[str, ...] = ()
    closing: str = ""
    printed_on: date | None = None


@dataclass(frozen=True)
class AgendaLine:
    """One topic of the agenda: who explains it and which departments come for it."""

    title: str
    who: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """会议议程."""

    title: str
    when: str
    place: str
    chair: str
    lines: tuple[AgendaLine, ...]
    people: tuple[str, ...] = ()
    printed_on: date | None = None


@dataclass(frozen=True)
class Seat:
    """Somebody who is to sign in."""

    name: str = ""
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """签到表; ``spare`` empty lines for who comes besides."""

    title: str
    when: str
    place: str
    seats: tuple[Seat, ...]
    spare: int = 3
    printed_on: date | None = None


def redacted(minutes: Minutes, *, matters: Collection[int] = (), persons: bool = True) -> Minutes:
    """The minutes as they may be published: matters by place (from 0) closed, and without anybody's name if ``persons``
    (who is responsible stays as department)."""
    shown = [
        Matter(title="（略）", hidden=True) if place in matters else _without_persons(one) if persons else one
        for place, one in enumerate(minutes.matters)
    ]
    nobody: dict[str, Any] = (
        {"present": (), "excused": (), "absent": (), "sitting_in": (), "signatures": ()} if persons else {}
    )
    return replace(minutes, matters=tuple(shown), in_part=True, **nobody)


def _without_persons(matter: Matter) -> Matter:
    return replace(matter, settled=tuple(replace(one, person="") for one in matter.settled))


# --- how they are printed -----------------------------------------------------------------------------------------------


def minutes_pdf(data: Minutes) -> bytes:
    """The minutes as PDF/A: 28 characters, 22 lines, red mark, 版记."""
    return papers.pdf(PAPERS / "minutes.typ", _minutes(data))


def minutes_docx(data: Minutes) -> bytes:
    """The minutes as a Word document in the statutory fonts on the same grid."""
    plain = _minutes(data)
    return papers.docx(PAPERS / "minutes.docx", {**_in_words(plain), "mark_long": len(plain["mark"]) > LONG_MARK})


def invitation_pdf(data: Invitation) -> bytes:
    """The invitation as PDF/A."""
    return papers.pdf(PAPERS / "invitation.typ", _plain(data))


def invitation_docx(data: Invitation) -> bytes:
    """The invitation as a Word document."""
    return papers.docx(PAPERS / "invitation.docx", _in_words(_invitation_words(data)))


def agenda_pdf(data: Agenda) -> bytes:
    """The agenda as PDF/A."""
    return papers.pdf(PAPERS / "agenda.typ", {**_plain(data), "facts": _facts(data)})


def agenda_docx(data: Agenda) -> bytes:
    """The agenda as a Word document."""
    return papers.docx(PAPERS / "agenda.docx", {**_plain(data), "facts": _facts(data)})


def sign_in_pdf(data: SignIn) -> bytes:
    """The sheet people sign when they come."""
    rows = [*data.seats, *(Seat() for _ in range(data.spare))]
    facts = [["时间", data.when], ["地点", data.place]]
    plain = [{"name": one.name, "role": one.role} for one in rows]
    return papers.pdf(
        PAPERS / "sign_in.typ",
        {"title": data.title, "facts": facts, "rows": plain, "printed_on": _iso(data.printed_on)},
    )


def _plain(data: Any) -> dict[str, Any]:
    """JSON-ready fields of a flat paper; days as the print templates take them."""
    plain = asdict(data)
    return {name: _iso(value) if value is None or isinstance(value, date) else value for name, value in plain.items()}


def _facts(data: Agenda) -> list[list[str]]:
    known = (
        ("会议时间", data.when),
        ("会议地点", data.place),
        ("主持人", data.chair),
        ("参加人员", "、".join(data.people)),
    )
    return [[label, words] for label, words in known if words]


def _minutes(data: Minutes) -> dict[str, Any]:
    marks = ((data.on_paper, ON_PAPER), (data.draft, DRAFT), (bool(data.remark), data.remark), (data.in_part, IN_PART))
    groups = (("出席", data.present), ("请假", data.excused), ("缺席", data.absent), ("列席", data.sitting_in))
    return {
        "mark": data.organ if data.organ.endswith("纪要") else f"{data.organ}纪要",
        "title": data.title,
        "number": data.number,
        "issued_on": _iso(data.issued_on),
        "remarks": [words for shown, words in marks if shown],
        "opening": data.opening,
        "matters": [_matter(one) for one in data.matters],
        "closing": data.closing,
        "people": [{"label": label, "names": list(names)} for label, names in groups if names],
        "signatures": [{"side": one.side, "name": one.name, "on": _iso(one.on)} for one in data.signatures],
        "additions": [{"on": _iso(one.on), "text": one.text, "by": one.by} for one in data.additions],
        "as_table": data.as_table,
        "copies": list(data.copies),
        "issuer": data.issuer,
        "printed_on": _iso(data.printed_on),
    }


def _matter(matter: Matter) -> dict[str, Any]:
    plain = asdict(matter)
    plain["settled"] = [
        {**asdict(one), "measure": one.measure.strip().rstrip("。") + "。", "deadline": _iso(one.deadline)}
        for one in matter.settled
    ]
    return plain


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


# --- the same for Word --------------------------------------------------------------------------------------------------

_DAYS = frozenset({"issued_on", "printed_on", "deadline", "on"})
_TEXTS = frozenset({"opening", "closing", "said", "vote", "outcome"})
_DIGITS = "一二三四五六七八九"


def _in_words(plain: dict[str, Any]) -> dict[str, Any]:
    """What a Word template reads: days written out, texts as lines, numbered parts with their numbers."""
    found: dict[str, Any] = {}
    for name, value in plain.items():
        if name in _DAYS:
            found[name] = _chinese(value)
        elif name in _TEXTS:
            found[name] = [line for line in value.splitlines() if line.strip()]
        elif isinstance(value, list):
            found[name] = [
                {**_in_words(one), "n": number, "cn": _number(number)} if isinstance(one, dict) else one
                for number, one in enumerate(value, start=1)
            ]
        else:
            found[name] = value
    return found


def _invitation_words(data: Invitation) -> dict[str, Any]:
    """The numbered parts of the invitation."""
    known = (("会议时间", data.when), ("会议地点", data.place), ("线上参加", data.link), ("主持人", data.chair))
    facts = [{"label": label, "words": words} for label, words in known if words]
    return {**_plain(data), "facts": facts, "topics_cn": _number(len(facts) + 1), "papers_cn": _number(len(facts) + 2)}


def _chinese(iso: str) -> str:
    day = date.fromisoformat(iso) if iso else None
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _number(n: int) -> str:
    """一 to 九十九."""
    tens, ones = divmod(n, 10)
    if not 0 < tens < 10:
        return _DIGITS[ones - 1] if not tens else str(n)
    return (_DIGITS[tens - 1] if tens > 1 else "") + "十" + (_DIGITS[ones - 1] if ones else "")

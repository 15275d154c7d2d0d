"""The minutes as a paper: the words of a version, who attended and what was agreed from the data, corrections at the end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from huying.meetings import paper
from huying.meetings.models import Meeting, Minutes, Participant, Place
from huying.meetings.reads._meetings import agenda, kind_label, participants
from huying.meetings.reads._minutes import latest_minutes, signatures, words_of
from huying.meetings.rules import THERE

FORMATS = {"pdf": paper.minutes_pdf, "docx": paper.minutes_docx}
SIGN_ORDER = (("management", "行政方"), ("union", "工会方"))


def printed_minutes(meeting: Meeting, fmt: str, *, on: date) -> bytes:
    """The newest words of the minutes on the official page, as PDF or Word."""
    return FORMATS[fmt](minutes_paper(meeting, latest_minutes(meeting), on=on))


def minutes_paper(meeting: Meeting, last: Minutes | None, *, on: date) -> paper.Minutes:
    """Everything that stands on the paper.  Until both sides have signed there are lines to sign on."""
    places = agenda(meeting)
    body = words_of(meeting, places, last)
    final = meeting.status == "signed"
    return paper.Minutes(
        organ=f"{meeting.unit.name}{kind_label(meeting)}",
        title=meeting.title if meeting.title.endswith("纪要") else f"{meeting.title}纪要",
        number=f"〔{meeting.year}〕{meeting.seq}号" if final else "",
        issued_on=timezone.localdate(meeting.signed_at) if meeting.signed_at else None,
        opening=body["opening"],
        matters=tuple(_matter(place, one) for place, one in zip(places, body["sections"], strict=True)),
        closing=body["closing"],
        signatures=_signed(meeting),
        additions=_additions(meeting),
        on_paper=meeting.on_paper,
        draft=meeting.status == "circulated",
        remark="（草稿）" if meeting.status == "held" else "",
        issuer=meeting.unit.name,
        printed_on=on,
        **_people(meeting),
    )


def _matter(place: Place, section: dict[str, str]) -> paper.Matter:
    settled = tuple(
        paper.Settled(
            measure=one.measure,
            deadline=one.deadline,
            department=one.department.name,
            person=one.handler.person.name,
            helping=tuple(help_.department.name for help_ in one.helping.all()),
        )
        for one in place.agreed.all()
    )
    return paper.Matter(title=section["heading"], said=section["text"], settled=settled)


def _people(meeting: Meeting) -> dict[str, Any]:
    rows = participants(meeting)
    there = [one for one in rows if one.attendance in THERE]
    return {
        "present": _names(one for one in there if one.side != "guest"),
        "sitting_in": _names(one for one in there if one.side == "guest"),
        "excused": _names(one for one in rows if one.attendance == "excused"),
        "absent": _names(one for one in rows if one.attendance == "absent"),
    }


def _names(rows: Any) -> tuple[str, ...]:
    return tuple(_name(one) for one in rows)


def _name(row: Participant) -> str:
    return f"{row.name}（{row.title}）" if row.title else row.name


def _signed(meeting: Meeting) -> tuple[paper.Signature, ...]:
    signed = signatures(meeting)
    return tuple(
        paper.Signature(label, signed[side].name, signed[side].signed_on) if side in signed else paper.Signature(label)
        for side, label in SIGN_ORDER
    )


def _additions(meeting: Meeting) -> tuple[paper.Addition, ...]:
    rows = meeting.corrections.order_by("at", "id")
    return tuple(paper.Addition(timezone.localdate(row.at), row.text, meeting.unit.name) for row in rows)

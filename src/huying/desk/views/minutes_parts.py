"""What the minutes' pages show: words beside the data, who answered, the next step, versions side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case
from huying.cases.reads import clock_state
from huying.handling.models import Item
from huying.handling.reads import clocks_of
from huying.mechanism.reads import calendar
from huying.meetings import reads
from huying.meetings.models import Agreed, Meeting, Participant, Place, Signature
from huying.org.rules import Can, Member, may

ATTENDANCE = (("present", "到会"), ("late", "迟到"), ("excused", "请假"), ("absent", "缺席"))
PARTS = (("opening", "开头"), ("closing", "结尾"))


# --- the minutes ---------------------------------------------------------------------------------------------------------


def minutes_page(actor: Member, meeting: Meeting, at: datetime) -> dict[str, Any]:
    """Everything the page of the minutes shows this reader."""
    works, open_to = reads.works_on(actor, meeting), reads.minutes_open_to(actor, meeting)
    context: dict[str, Any] = {"meeting": meeting, "works": works, "open": open_to}
    if not open_to:
        return context
    places, people = reads.agenda(meeting), reads.participants(meeting)
    last, signed = reads.latest_minutes(meeting), reads.signatures(meeting)
    body = reads.words_of(meeting, places, last)
    own = next((one for one in people if one.person_id and one.person_id == actor.person_id), None)
    side = reads.signing_side(actor, meeting, own)
    commitments = _commitments(actor, meeting, timezone.localdate(at)) if works and meeting.status == "signed" else {}
    context |= {
        "last": last,
        "entries": _entries(places, body, commitments),
        "body": body,
        "attendance": attendance(people),
        "signed": [(label, signed.get(code)) for code, label in (("management", "行政方"), ("union", "工会方"))],
        "scans": list(meeting.files.filter(kind="scan").order_by("at")),
        "corrections": list(meeting.corrections.order_by("at", "id")),
        "promised": sum(len(place.agreed.all()) for place in places),
        "unsettled": sum(place.result in ("not_agreed", "later") for place in places),
        "own": own,
        "own_said": own if own and last and own.minutes_at and own.minutes_version == last.number else None,
        "side": side,
        "can_sign": meeting.status == "circulated" and _turn(side, signed),
        "waits_for_management": meeting.status == "circulated" and side == "union" and "management" not in signed,
        "answers": reads.answers(people, last, signed.values()),
        "acts": _acts(meeting, signed) if works else [],
        "moved_on": works and meeting.status == "held" and reads.recorded_since(meeting, last),
        "days": reads.rules_of(meeting).count("minutes_days").value,
    }
    if works and meeting.status == "signed":
        context |= {"published": reads.publication_of(meeting), "approves": may(actor, Can.APPROVE, meeting.unit)}
    return context


def _turn(side: str, signed: Mapping[str, Signature]) -> bool:
    """Whether this side signs now: management first, the union last."""
    return bool(side) and side not in signed and (side == "management" or "management" in signed)


def _acts(meeting: Meeting, signed: Mapping[str, Signature]) -> list[dict[str, Any]]:
    """What the office can do with the minutes now, besides sending round and signing, which are asked in a dialog."""

    def act(label: str, icon: str, name: str) -> dict[str, Any]:
        return {"label": label, "icon": icon, "url": reverse(f"desk:{name}", args=[meeting.pk]), "main": False}

    if meeting.status == "signed":
        return [act("更正", "file-pencil", "minutes-correct")]
    found = [act("改纪要", "pencil", "minutes-write")]
    if meeting.status == "circulated" and len(signed) < 2:
        found.append(act("登记纸上的签字", "writing", "minutes-sign-paper"))
    return found


def _entries(
    places: list[Place], body: dict[str, Any], commitments: dict[Any, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Each entry of the agenda: its words, and from the data what was agreed with what carries it out."""
    return [
        {**section, "agreed": [{"row": one, "at_work": commitments.get(one.pk, [])} for one in place.agreed.all()]}
        for place, section in zip(places, body["sections"], strict=True)
    ]


def _commitments(actor: Member, meeting: Meeting, today: date) -> dict[Any, list[dict[str, Any]]]:
    """For each thing agreed its items: code, how far, the clock, the case where this reader may open it."""
    by_agreed = reads.items_of(meeting)
    items = [item for rows in by_agreed.values() for item in rows]
    clocks, days = clocks_of(items), calendar()
    seen = set(
        Case.objects.visible_to(actor).filter(pk__in={item.case_id for item in items}).values_list("pk", flat=True)
    )

    def line(item: Item) -> dict[str, Any]:
        clock = clocks.get(item.pk)
        state, words = clock_state(clock, today, days) if clock else ("none", item.state.staff)
        return {
            "item": item,
            "chip": {"state": state, "words": words},
            "url": reverse("desk:case", args=[item.case_id]) if item.case_id in seen else "",
        }

    return {pk: [line(item) for item in rows] for pk, rows in by_agreed.items()}


def attendance(people: list[Participant]) -> list[tuple[str, list[Participant]]]:
    """Who was there, who not, as it stands in the data."""
    groups = [(label, [one for one in people if one.attendance == code]) for code, label in ATTENDANCE]
    return [(label, rows) for label, rows in groups if rows]


# --- writing -------------------------------------------------------------------------------------------------------------


def write_page(meeting: Meeting, *, fresh: bool) -> dict[str, Any]:
    """Words to begin with, and the data that stands beside them and is not typed."""
    places, last = reads.agenda(meeting), reads.latest_minutes(meeting)
    body = reads.words_of(meeting, places, None if fresh else last)
    return {
        "body": body,
        "last": last,
        "fresh": fresh,
        "agreed": {str(place.pk): list(place.agreed.all()) for place in places},
        "attendance": attendance(reads.participants(meeting)),
        "signed": list(reads.signatures(meeting).values()),
    }


def write_rows(form: Any, agreed: dict[str, list[Agreed]], theirs: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The form's entries with what was agreed, and what somebody else kept meanwhile where it differs."""
    kept = {one["place"]: f"{one['heading']}\n{one['text']}" for one in theirs["sections"]} if theirs else {}
    rows = []
    for row in form.rows():
        typed = f"{row['heading'].value() or ''}\n{row['text'].value() or ''}".replace("\r\n", "\n")
        other = kept.get(row["place"], "")
        rows.append({**row, "agreed": agreed.get(row["place"], []), "theirs": other if other != typed else ""})
    return rows


# --- versions ------------------------------------------------------------------------------------------------------------


def compared_page(meeting: Meeting, asked: Mapping[str, str]) -> dict[str, Any]:
    """All versions; two of them side by side: those asked for, else the newest and the one before."""
    rows = reads.versions(meeting)
    by_number = {row.number: row for row in rows}
    newer = by_number.get(_number(asked.get("b"))) or (rows[0] if rows else None)
    older = by_number.get(_number(asked.get("a"))) or (rows[1] if len(rows) > 1 else None)
    if newer and older and newer.number < older.number:
        newer, older = older, newer
    parts = reads.compared(older.body, newer.body) if newer and older and newer is not older else []
    return {"meeting": meeting, "versions": rows, "older": older, "newer": newer, "parts": parts,
            "changed": [part for part in parts if part.changed]}  # fmt: skip


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isdecimal() and len(typed) < 6 else 0


# --- publication ---------------------------------------------------------------------------------------------------------


def publish_page(meeting: Meeting) -> dict[str, Any]:
    """What is proposed for publication: the words that are out, with the entries left inside unticked, else the draft."""
    draft, out = reads.draft_publication(meeting), reads.publication_of(meeting)
    if out is None:
        return {"body": draft, "published": None}
    shown = {one["place"]: one for one in out.body["sections"]}
    sections = [{**shown.get(one["place"], one), "out": one["place"] in shown} for one in draft["sections"]]
    return {"body": {**out.body, "sections": sections}, "published": out}

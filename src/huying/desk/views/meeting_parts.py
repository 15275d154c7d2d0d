"""What stands on the page of a meeting: the ladder, the next step, the agenda, who is asked, papers, prints, history."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from huying.desk.forms import meetings as forms
from huying.files.reads import name as file_name
from huying.kernel.web import Asked
from huying.meetings import reads
from huying.meetings.lifecycle import MEETING
from huying.meetings.models import Meeting, MeetingEvent, MeetingFile, Participant, Place
from huying.meetings.rules import Empty
from huying.org.rules import Can, may

BEFORE = ("draft", "called")
MANY = 10  # delegates beyond this number are not ticked beforehand
EVENTS = 30
LACKING = 20
STEPS = ("准备议题", "请人", "发通知", "开会", "纪要", "双方签字")
ON_PAPER = ("准备议题", "登记到会的人", "登记结果和扫描件", "纪要", "双方签字")
PRINTS = (
    ("invitation", "会议通知", ("pdf", "docx")),
    ("agenda", "会议议程", ("pdf", "docx")),
    ("sign_in", "签到表", ("pdf",)),
)


def when(meeting: Meeting) -> dict[str, Any]:
    """Kind, time, place, chair: the head of every page about a meeting."""
    return {
        "kind": reads.kind_label(meeting),
        "when": reads.when_words(meeting),
        "chair": meeting.chair.person.name,
        "chair_because": meeting.chair_because,
    }


# --- the ladder and the one thing to do next ---------------------------------------------------------------------------


def ladder(meeting: Meeting, places: list[Place], missing: list[Empty], *, people: bool) -> list[dict[str, str]]:
    """The steps of a meeting, the present one lit."""
    names = ON_PAPER if meeting.on_paper else STEPS
    now = _step(meeting, places, ready=people and not missing, people=people)
    if meeting.status == "cancelled":
        return [{"name": name, "state": "skipped"} for name in names]
    return [
        {"name": name, "state": "done" if n < now else "now" if n == now else "next"} for n, name in enumerate(names)
    ]


def _step(meeting: Meeting, places: list[Place], *, ready: bool, people: bool) -> int:
    """Which step is lit; one more than there are when all is done."""
    later = {"called": 3, "open": 3, "held": 4, "circulated": 5, "signed": 6}
    if meeting.status in later:
        return later[meeting.status] - (1 if meeting.on_paper else 0)
    if not places:
        return 0
    if meeting.on_paper:
        return 2 if people else 1
    return 2 if ready else 1


def next_acts(meeting: Meeting, places: list[Place], missing: list[Empty], *, people: bool) -> list[dict[str, Any]]:
    """The buttons: the one main thing first, then what else the table allows."""
    first = _main(meeting, places, missing, people=people)
    possible = {step.act for step in MEETING.possible(meeting.status)}
    acts = [first] if first else []
    callable_now = meeting.status == "draft" and not meeting.on_paper and people and places
    if callable_now and first and first["label"] != "发通知":
        acts.append(_button(meeting, "meeting-call", "发通知", "send"))
    if "plan" in possible:
        label = "改安排" if meeting.status == "draft" else "改时间、地点"
        acts.append(_button(meeting, "meeting-plan", label, "calendar-time"))
    if "cancel" in possible:
        acts.append(_button(meeting, "meeting-cancel", "取消会议", "calendar-off"))
    if not first and acts:
        acts[0]["main"] = False
    return acts


def _main(meeting: Meeting, places: list[Place], missing: list[Empty], *, people: bool) -> dict[str, Any] | None:
    if meeting.status == "draft":
        if not places:
            label = "列入议题" if meeting.kind == "consultation" else "列入议题或问题"
            return {"label": label, "url": "#agenda", "icon": "list-check"}
        if not people or (missing and not meeting.on_paper):
            return {"label": "请人", "url": "#people", "icon": "user-plus"}
        if meeting.on_paper:
            return _button(meeting, "meeting-room", "登记到会和结果", "writing")
        return _button(meeting, "meeting-call", "发通知", "send")
    room = {"called": "进会场", "open": "回会场"}.get(meeting.status)
    if room:
        return _button(meeting, "meeting-room", room, "presentation")
    words = {"held": "写纪要", "circulated": "看核对和签字", "signed": "看纪要"}.get(meeting.status)
    return _button(meeting, "minutes", words, "file-text") if words else None


def _button(meeting: Meeting, name: str, label: str, icon: str) -> dict[str, Any]:
    return {"label": label, "url": reverse(f"desk:{name}", args=[meeting.pk]), "icon": icon}


# --- agenda and people --------------------------------------------------------------------------------------------------


def entries(places: list[Place], *, office: bool) -> list[dict[str, Any]]:
    """The agenda as people read it; the way to the topic's page only for the union office."""
    last = len(places)
    rows = []
    for number, place in enumerate(places, start=1):
        topic = place.topic
        rows.append(
            {
                "place": place,
                "number": number,
                "title": topic.title if topic else place.question,
                "body": topic.body if topic else "",
                "ask": topic.ask if topic else "",
                "question": topic is None,
                "weighty": bool(topic and topic.weighty),
                "url": reverse("desk:topic", args=[topic.pk]) if office and topic else "",
                "first": number == 1,
                "last": number == last,
            }
        )
    return rows


def results(rows: list[dict[str, Any]]) -> None:
    """What came of each entry, for a meeting that was held."""
    for row in rows:
        place: Place = row["place"]
        row["result"] = place.get_result_display() if place.result else ""
        row["result_text"] = place.result_text
        row["way"] = place.get_next_way_display() if place.next_way else ""
        row["agreed"] = list(place.agreed.all())


def lacking(request: Asked, meeting: Meeting) -> list[dict[str, Any]]:
    """Topics of the unit that may not go on an agenda yet, with what is missing."""
    rows = reads.topics(request.actor, "draft", "failed").filter(unit=meeting.unit)[:LACKING]
    return [
        {"title": one.title, "url": reverse("desk:topic", args=[one.pk]), "missing": reads.missing_for(one)}
        for one in rows
    ]


SIDES = (("union", "工会方"), ("management", "行政方"), ("guest", "列席"))


def sides(people: list[Participant], meeting: Meeting) -> list[dict[str, Any]]:
    """Everybody asked, by side, with seat, answer and attendance in words."""
    seats = {seat.code: seat.label for seat in reads.rules_of(meeting).seats(meeting.kind)}
    found = []
    for code, label in SIDES:
        rows = [_guest_row(one, seats) for one in people if one.side == code]
        if rows:
            found.append({"label": label, "rows": rows})
    return found


def _guest_row(one: Participant, seats: dict[str, str]) -> dict[str, Any]:
    seat = seats.get(one.seat, "")
    if one.department and one.seat == "department_head":
        seat = f"{one.department.name}负责人"
    state = {"accepted": "yes", "excused": "no"}.get(one.answer, "na")
    words = one.get_answer_display() if one.answer else ("等答复" if one.asked_at else "还没通知")
    return {
        "one": one,
        "seat": "" if seat == one.title else seat,
        "state": state,
        "words": words,
        "attendance": one.get_attendance_display() if one.attendance else "",
        "asked": bool(one.asked_at),
    }


def answered(people: list[Participant]) -> str:
    """How many come, how many do not, how many have not said."""
    coming = sum(one.answer == "accepted" for one in people)
    excused = sum(one.answer == "excused" for one in people)
    return f"请了 {len(people)} 人：{coming} 人参加，{excused} 人请假，{len(people) - coming - excused} 人还没答复"


def invite_form(meeting: Meeting, bound: forms.InviteForm | None = None) -> forms.InviteForm:
    """Who should attend by the rules and why, ticked; and anybody else of the unit."""
    day = reads.day_of_meeting(meeting)
    found = reads.proposed(meeting, day)
    by_seat: dict[str, int] = {}
    for one in found:
        by_seat[one.seat] = by_seat.get(one.seat, 0) + 1
    form = bound or forms.InviteForm(initial={"posts": [str(p.post.pk) for p in found if by_seat[p.seat] <= MANY]})
    proposed = [
        (str(p.post.pk), f"{p.post.person.name}·{p.post.title or p.post.get_role_display()}\n{p.because or p.label}")
        for p in found
    ]
    known = {p.post.pk for p in found}
    form.fill(proposed, [post for post in reads.others(meeting, day) if post.pk not in known])
    return form


# --- papers, prints, history --------------------------------------------------------------------------------------------


def paper_rows(rows: list[MeetingFile], meeting: Meeting) -> list[dict[str, str]]:
    """Papers with their labels; the signed scan says so."""
    kinds = {"image": "photo", "audio": "voice", "pdf": "pdf", "sheet": "sheet"}
    states = {"quarantined": "checking", "infected": "refused", "erased": "refused"}
    return [
        {
            "name": row.label,
            "url": reverse("desk:meeting-file", args=[meeting.pk, row.pk]),
            "kind": kinds.get(row.file.kind, "doc"),
            "state": states.get(row.file.state, "ready"),
            "note": "签字扫描件" if row.kind == "scan" else _ending(row),
        }
        for row in rows
    ]


def _ending(row: MeetingFile) -> str:
    return file_name(row.file).rpartition(".")[2].upper()[:5]


def prints(meeting: Meeting, *, office: bool) -> list[dict[str, Any]]:
    """What can be printed: the sign-in sheet only for the office."""
    return [
        {"name": name, "links": [(fmt, reverse("desk:meeting-print", args=[meeting.pk, what, fmt])) for fmt in formats]}
        for what, name, formats in PRINTS
        if office or what != "sign_in"
    ]


def story(events: list[MeetingEvent]) -> list[dict[str, Any]]:
    """The history for the union office."""
    weighty = {"call", "open", "close", "enter", "circulate", "effect", "cancel"}
    return [
        {"at": one.at, "title": one.label, "body": one.text, "who": one.who, "key": one.act in weighty}
        for one in events
    ]


def standing(request: Asked, meeting: Meeting, own: Participant | None) -> str:
    """How this person stands to the meeting: ``office``, ``reader`` of another level, or ``attendee``."""
    if may(request.actor, Can.HANDLE_CASES, meeting.unit):
        return "office"
    reads_it = may(request.actor, Can.READ_CASES, meeting.unit) or may(request.actor, Can.READ_BELOW, meeting.unit)
    return "reader" if reads_it and own is None else "attendee"

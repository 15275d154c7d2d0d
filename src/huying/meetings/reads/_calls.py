"""What people take away from a call: the invitation, the agenda and the sign-in sheet on paper, the entry for a calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from huying.kernel.errors import NotYours
from huying.meetings import paper
from huying.meetings.models import Meeting, Participant, Place, TopicDepartment
from huying.meetings.reads._meetings import agenda, kind_label, papers_of, participants

WEEKDAYS = "一二三四五六日"
LENGTH = timedelta(hours=2)  # a calendar needs an end; when a meeting will really be over nobody knows


def when_words(meeting: Meeting) -> str:
    """``2026年11月27日（星期五）14:30``."""
    at = timezone.localtime(meeting.starts_at)
    return f"{at.year}年{at.month}月{at.day}日（星期{WEEKDAYS[at.weekday()]}）{at:%H:%M}"


def call_paper(meeting: Meeting, what: str, fmt: str, *, row: Participant | None, on: date) -> bytes:
    """The invitation to one person (``row``) or to all, the agenda, or the sheet people sign when they come."""
    if (what, fmt) == ("sign_in", "pdf"):
        return paper.sign_in_pdf(sign_in(meeting, on=on))
    if what == "agenda" and fmt in ("pdf", "docx"):
        return {"pdf": paper.agenda_pdf, "docx": paper.agenda_docx}[fmt](agenda_paper(meeting, on=on))
    if what == "invitation" and fmt in ("pdf", "docx"):
        found = invitation(meeting, row, on=on)
        return {"pdf": paper.invitation_pdf, "docx": paper.invitation_docx}[fmt](found)
    raise NotYours


def invitation(meeting: Meeting, row: Participant | None, *, on: date) -> paper.Invitation:
    """会议通知, with the agenda in its neutral words."""
    return paper.Invitation(
        organ=meeting.unit.name,
        title=f"关于召开{kind_label(meeting)}的通知",
        to=row.name if row else "各参会人员",
        when=when_words(meeting),
        place=meeting.place,
        link=meeting.link,
        chair=meeting.chair.person.name,
        topics=tuple(_heading(place) for place in agenda(meeting)),
        issued_on=_issued(meeting, row) or on,
        opening=f"定于近日召开{kind_label(meeting)}，请您参加。现将有关事项通知如下。",
        papers=tuple(one.label for one in papers_of(meeting, "paper")),
        closing="请收到通知后答复能否参加；不能参加的，请说明原因。",
        printed_on=on,
    )


def _issued(meeting: Meeting, row: Participant | None) -> date | None:
    """The day the call went out: to this person, or to the first of all."""
    asked = [row.asked_at] if row else meeting.participants.values_list("asked_at", flat=True)
    return min((timezone.localdate(at) for at in asked if at), default=None)


def agenda_paper(meeting: Meeting, *, on: date) -> paper.Agenda:
    """会议议程, with everybody who was asked."""
    return paper.Agenda(
        title=f"{meeting.unit.name}{kind_label(meeting)}议程",
        when=when_words(meeting),
        place=meeting.place or "线上",
        chair=meeting.chair.person.name,
        lines=_lines(agenda(meeting)),
        people=tuple(_named(one) for one in participants(meeting)),
        printed_on=on,
    )


def sign_in(meeting: Meeting, *, on: date) -> paper.SignIn:
    """签到表, whoever excused themselves left out."""
    rows = [one for one in participants(meeting) if one.answer != "excused"]
    return paper.SignIn(
        title=f"{meeting.unit.name}{kind_label(meeting)}签到表",
        when=when_words(meeting),
        place=meeting.place or "线上",
        seats=tuple(paper.Seat(one.name, one.title) for one in rows),
        printed_on=on,
    )


def _lines(places: list[Place]) -> tuple[paper.AgendaLine, ...]:
    """Entries with the departments they touch; what is weighty or a question says so."""
    touched: dict[object, list[str]] = {}
    rows = TopicDepartment.objects.filter(topic__in=[one.topic_id for one in places if one.topic_id])
    for row in rows.select_related("department").order_by("department__name"):
        touched.setdefault(row.topic_id, []).append(row.department.name)
    return tuple(
        paper.AgendaLine(
            _heading(one),
            who="、".join(touched.get(one.topic_id, [])),
            note="问题" if one.topic is None else "重大特殊事项" if one.topic.weighty else "",
        )
        for one in places
    )


def _heading(place: Place) -> str:
    return place.topic.title if place.topic else place.question


def _named(row: Participant) -> str:
    return f"{row.name}（{row.title}）" if row.title else row.name


def calendar_file(meeting: Meeting, row: Participant | None, *, url: str, at: datetime) -> bytes:
    """The meeting for somebody's own calendar: kind, time, place and link.

    No topic stands in it, for calendars are shared.  A changed or cancelled meeting takes the place of what was
    imported before: the same UID, a higher SEQUENCE.
    """
    cancelled = meeting.status == "cancelled"
    whole = Calendar()
    whole.add("prodid", "-//Huying//meetings//ZH")
    whole.add("version", "2.0")
    whole.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", f"{meeting.pk}@huying")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", at)
    event.add("last-modified", meeting.moved_at)
    starts = timezone.localtime(meeting.starts_at)
    event.add("dtstart", starts)
    event.add("dtend", starts + LENGTH)
    event.add("summary", kind_label(meeting))
    event.add("location", meeting.place or meeting.link)
    event.add("url", url)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if meeting.link:
        event.add("description", f"线上参加：{meeting.link}")
    event.add("organizer", _address(meeting.unit_id, meeting.unit.name))
    if row is not None:
        event.add("attendee", _attendee(row))
    if not cancelled:
        event.add_component(_alarm(kind_label(meeting)))
    whole.add_component(event)
    whole.add_missing_timezones()
    return whole.to_ical()


def _address(key: object, name: str) -> vCalAddress:
    """Somebody without a mailbox: RFC 5545 wants an address, and takes any URI."""
    address = vCalAddress(f"urn:uuid:{key}")
    address.params["CN"] = vText(name)
    return address


def _attendee(row: Participant) -> vCalAddress:
    address = _address(row.pk, row.name)
    address.params["PARTSTAT"] = {"accepted": "ACCEPTED", "excused": "DECLINED"}.get(row.answer, "NEEDS-ACTION")
    return address


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", timedelta(minutes=-30))
    return alarm

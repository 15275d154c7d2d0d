"""Asking about meetings: one for its reader, who should attend, what stands on the agenda, the quarter's count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from huying.cases.models import Recusal
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.meetings.models import (
    Agreed,
    AgreedHelp,
    Meeting,
    MeetingEvent,
    MeetingFile,
    Participant,
    Place,
    Remark,
    Topic,
    TopicDepartment,
)
from huying.meetings.reads._topics import rules_of
from huying.meetings.rules import SEAT_OF, SIDE_OF, Empty, empty_seats, open_ends
from huying.org.models import Department, Post, Role, Unit
from huying.org.rules import ADMINISTRATORS, Member, keys_of


def get_meeting(actor: Actor, meeting_id: UUID) -> Meeting:
    """One meeting for its reader; ``NotYours`` when missing or not to be known."""
    rows = Meeting.objects.visible_to(actor).select_related("unit", "root", "chair__person", "made_by__person")
    return only(rows.filter(pk=meeting_id))


def meetings(actor: Actor) -> QuerySet[Meeting]:
    """Meetings in scope, the latest first."""
    return Meeting.objects.visible_to(actor).select_related("unit", "chair__person").order_by("-starts_at", "-id")


def kind_label(meeting: Meeting) -> str:
    """What this kind of meeting is called."""
    return rules_of(meeting).options("meeting_kinds").label_of(meeting.kind)


def participants(meeting: Meeting) -> list[Participant]:
    """Everybody asked: the union's side, management's, guests; heads of seats first."""
    order = {code: n for n, code in enumerate(("union_head", "management_head", "delegates", "department_head"))}
    side = {code: n for n, (code, _) in enumerate(Participant.SIDES)}
    rows = meeting.participants.select_related("department", "person")
    return sorted(rows, key=lambda one: (side[one.side], order.get(one.seat, 9), one.name, one.pk))


def participant_of(actor: Actor, meeting: Meeting) -> Participant | None:
    """This person's own place at the meeting."""
    if actor.person_id is None:
        return None
    return meeting.participants.filter(person=actor.person_id).first()


def agenda(meeting: Meeting) -> list[Place]:
    """The agenda in order, with topics, what was said and what was agreed (a constant number of queries)."""
    helping = Prefetch("helping", AgreedHelp.objects.select_related("department"))
    agreed = (
        Agreed.objects.filter(dropped_at__isnull=True)
        .select_related("department", "handler__person")
        .prefetch_related(helping)
        .order_by("at", "id")
    )
    remarks = Remark.objects.filter(replaced_by__isnull=True, struck=False).order_by("at", "id")
    rows = meeting.places.filter(left_at__isnull=True).select_related("topic").order_by("order", "id")
    return list(rows.prefetch_related(Prefetch("agreed", agreed), Prefetch("remarks", remarks)))


def touched(meeting: Meeting) -> list[Department]:
    """Departments the topics of the agenda touch."""
    on = meeting.places.filter(left_at__isnull=True).values("topic")
    ids = TopicDepartment.objects.filter(topic__in=on).values("department")
    return list(Department.objects.filter(pk__in=ids).order_by("name"))


def missing_seats(meeting: Meeting, *, there: bool = False) -> list[Empty]:
    """Seats of the pack nobody was asked to, or (``there``) nobody took (MY-3.2.2)."""
    seats = rules_of(meeting).seats(meeting.kind)
    return empty_seats(seats, meeting.participants.all(), touched(meeting), there=there)


@dataclass(frozen=True)
class Proposed:
    """Somebody who should attend: for which seat, on which side, and why."""

    post: Post
    seat: str
    side: str
    label: str
    because: str


def proposed(meeting: Meeting, on: date) -> list[Proposed]:
    """Who should attend and was not asked: the seats of the pack, heads of the departments the topics touch (MY-3.2.2)."""
    seats = {seat.code: seat for seat in rules_of(meeting).seats(meeting.kind)}
    departments = {d.pk: d for d in touched(meeting)}
    asked = set(meeting.participants.filter(person__isnull=False).values_list("person_id", flat=True))
    posts = (
        Post.objects.on(on)
        .filter(unit=meeting.unit, role__in=list(SEAT_OF))
        .exclude(person__in=asked)
        .select_related("person", "department")
        .order_by("starts_on", "id")
    )
    against = keys_of_agenda(meeting)
    found = []
    for post in posts:
        seat = seats.get(SEAT_OF[Role(post.role)])
        if seat is None or (seat.per_topic and post.department_id not in departments):
            continue
        if against & keys_of(post.person_id, [post]):
            continue
        why = f"议题涉及{post.department.name}" if seat.per_topic and post.department else ""
        found.append(Proposed(post, seat.code, SIDE_OF[Role(post.role)], seat.label, why))
    return sorted(found, key=lambda one: list(seats).index(one.seat))


def keys_of_agenda(meeting: Meeting) -> set[str]:
    """Recusal keys of every case behind the agenda."""
    on = meeting.places.filter(left_at__isnull=True, topic__isnull=False).values("topic")
    return set(Recusal.objects.filter(case__topics__topic__in=on).values_list("key", flat=True))


def placeable(actor: Actor, unit: Unit) -> list[Topic]:
    """Topics of a unit that are reviewed and talked over and stand on no agenda, those that waited longest first."""
    return list(Topic.objects.visible_to(actor).filter(unit=unit, status="ready").order_by("raised_at", "id"))


def day_of_meeting(meeting: Meeting) -> date:
    """The day it is or was held."""
    return timezone.localdate(meeting.starts_at)


def quarter_of(day: date) -> tuple[date, date]:
    """First day of a day's quarter, and first day of the next."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    month = first.month + 3
    return first, date(first.year + month // 13, (month - 1) % 12 + 1, 1)


def held_in_quarter(unit: Unit, day: date) -> tuple[int, int]:
    """Consultation meetings a unit has held in the quarter of a day, and those of them whose minutes are signed, which alone
    count as the duty done (MY-3.2.3a)."""
    first, after = quarter_of(day)
    zone = timezone.get_current_timezone()
    span = [datetime(one.year, one.month, one.day, tzinfo=zone) for one in (first, after)]
    held = Meeting.objects.filter(unit=unit, kind="consultation", status__in=["held", "circulated", "signed"])
    found = list(held.filter(starts_at__gte=span[0], starts_at__lt=span[1]).values_list("status", flat=True))
    return len(found), found.count("signed")


def may_chair(unit: Unit, on: date) -> list[Post]:
    """Who may chair a unit's meetings that day: the union's side first, then the head of management."""
    order = [*(role for role, side in SIDE_OF.items() if side == "union"), Role.UPPER_OFFICER, Role.MANAGEMENT_HEAD]
    posts = Post.objects.on(on).filter(unit=unit, role__in=order).select_related("person", "unit")
    return sorted(posts, key=lambda one: (order.index(Role(one.role)), one.starts_on, one.pk))


def others(meeting: Meeting, on: date) -> list[Post]:
    """Post-holders of the unit who were not asked and whom no topic names, for whoever should come besides."""
    asked = meeting.participants.filter(person__isnull=False).values("person")
    posts = Post.objects.on(on).filter(unit=meeting.unit).exclude(role__in=[Role.WORKER, *ADMINISTRATORS])
    posts = posts.exclude(person__in=asked).select_related("person", "department").order_by("person__name_sort", "id")
    against = keys_of_agenda(meeting)
    return [post for post in posts if not against & keys_of(post.person_id, [post])]


def history(meeting: Meeting, most: int) -> list[MeetingEvent]:
    """The last steps of a meeting, the newest first; single lines of the discussion are read in the minutes."""
    rows = meeting.events.exclude(act__in=["remark", "correct", "vote", "settle", "agree", "drop_agreed"])
    return list(rows.order_by("-at", "-id")[:most])


def papers_of(meeting: Meeting, *kinds: str) -> list[MeetingFile]:
    """Files of a meeting in the order they came: papers for everybody, the signed scan."""
    rows = meeting.files.filter(kind__in=kinds).select_related("file__key")
    return list(rows.order_by("at", "id"))


def asked_of(actor: Actor) -> QuerySet[Participant]:
    """Invitations of this person that wait for an answer, or minutes that wait for one."""
    if not isinstance(actor, Member):
        return Participant.objects.none()
    seen = Meeting.objects.visible_to(actor)
    return Participant.objects.filter(person=actor.person_id, meeting__in=seen).select_related("meeting__unit")


def unsettled(meeting: Meeting) -> list[str]:
    """What keeps a meeting from closing, in words."""
    return open_ends(agenda(meeting))

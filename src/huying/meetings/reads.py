"""Asking about topics and meetings: one for its reader, lists, what is missing, who should attend, what stands on the agenda."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, QuerySet, TextField, Value
from django.utils import timezone

from huying.cases.models import Case, Recusal
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.mechanism.reads import rules_kept
from huying.mechanism.rules import Rules
from huying.meetings.models import (
    Agreed,
    AgreedHelp,
    Meeting,
    Minutes,
    Participant,
    Place,
    Remark,
    Review,
    Signature,
    Talk,
    Topic,
    TopicDepartment,
)
from huying.meetings.rules import SEAT_OF, SIDE_OF, Empty, empty_seats
from huying.org.models import Department, Person, Post, Role, Unit
from huying.org.rules import Can, Member, keys_of, may

OFFICES = (Role.CHAIR, Role.OFFICER, Role.UPPER_OFFICER, Role.MANAGEMENT_HEAD, Role.DEPARTMENT_HEAD, Role.HANDLER)


# --- topics ----------------------------------------------------------------------------------------------------------


def rules_of(row: Topic | Meeting) -> Rules:
    """The rules a topic or a meeting keeps from the day it was made."""
    return rules_kept(row.rules_id)


def get_topic(actor: Actor, topic_id: UUID) -> Topic:
    """One topic for its reader, with what its page needs; ``NotYours`` when missing or not to be known."""
    rows = Topic.objects.visible_to(actor).select_related("unit", "root", "raised_by__person", "merged_into")
    topic = rows.filter(pk=topic_id).first()
    if topic is None:
        raise NotYours
    return topic


def works_on(actor: Actor, row: Topic | Meeting) -> bool:
    """Whether this person is of the union office that prepares it."""
    return may(actor, Can.HANDLE_CASES, row.unit)


def topics(actor: Actor, *statuses: str) -> QuerySet[Topic]:
    """Topics in scope, the last moved first, each with what tells how far it is."""
    rows = Topic.objects.visible_to(actor).select_related("unit")
    rows = rows.filter(status__in=statuses) if statuses else rows
    return with_progress(rows).order_by("-moved_at", "-id")


def with_progress(rows: QuerySet[Topic]) -> QuerySet[Topic]:
    """Topics with reviews, talks and cases loaded, so that ``missing_for`` asks nothing more."""
    return rows.prefetch_related(
        Prefetch("reviews", Review.objects.order_by("-at")),
        Prefetch("talks", Talk.objects.order_by("-at")),
        "gathered",
    )


def cases_of(topic: Topic) -> list[Case]:
    """The cases a topic gathers, in the order they came."""
    return [
        row.case for row in topic.gathered.select_related("case__holder", "case__officer__person").order_by("at", "id")
    ]


def topics_of(actor: Actor, case: Case) -> list[Topic]:
    """Topics a case stands in, for the dossier, the latest first."""
    rows = Topic.objects.visible_to(actor).filter(gathered__case=case).select_related("unit").order_by("-raised_at")
    return list(with_progress(rows))


def review_of(topic: Topic) -> Review | None:
    """The review of the present wording."""
    return next((one for one in _latest(topic.reviews) if one.edition == topic.edition), None)


def talk_of(topic: Topic) -> Talk | None:
    """The last talk with management about the present wording."""
    return next((one for one in _latest(topic.talks) if one.edition == topic.edition), None)


def _latest(rows: Any) -> list[Any]:
    return sorted(rows.all(), key=lambda one: one.at, reverse=True)


def missing_for(topic: Topic) -> list[str]:
    """What a topic still lacks before it can be put on an agenda, in words (MY-2.1, MY-2.2); empty when nothing."""
    review, talk = review_of(topic), talk_of(topic)
    missing = []
    if review is None:
        missing.append("还没有合法性审查" if topic.edition == 1 else "文字改过，要重新做合法性审查")
    elif not review.passed:
        missing.append("合法性审查没有通过")
    if talk is None:
        missing.append("还没有会前同行政沟通" if topic.edition == 1 else "文字改过，要重新同行政沟通")
    elif talk.agreed is None:
        missing.append("行政还没有表示同意上会")
    elif not talk.agreed:
        missing.append("行政不同意上会")
    return missing


def names_in(unit: Unit, text: str) -> list[str]:
    """Names of the unit's roster that stand in a text, without people who hold an office (they speak for it)."""
    people = Person.objects.filter(unit__in=Unit.objects.within(unit)).annotate(
        said=Value(text, output_field=TextField())
    )
    officials = Post.objects.filter(role__in=OFFICES).values("person")
    found = people.filter(said__contains=F("name")).exclude(pk__in=officials).values_list("name", flat=True)
    return sorted({name for name in found if len(name) > 1})


def departments_of(unit: Unit) -> QuerySet[Department]:
    """Departments of a unit that still exist."""
    return Department.objects.filter(unit=unit, closed_on__isnull=True).order_by("name")


# --- meetings --------------------------------------------------------------------------------------------------------


def get_meeting(actor: Actor, meeting_id: UUID) -> Meeting:
    """One meeting for its reader; ``NotYours`` when missing or not to be known."""
    rows = Meeting.objects.visible_to(actor).select_related("unit", "root", "chair__person", "made_by__person")
    meeting = rows.filter(pk=meeting_id).first()
    if meeting is None:
        raise NotYours
    return meeting


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


def placeable(meeting: Meeting) -> list[Topic]:
    """Topics of the unit that are reviewed and talked over and stand on no agenda."""
    return list(Topic.objects.filter(unit=meeting.unit, status="ready").order_by("raised_at", "id"))


def day_of_meeting(meeting: Meeting) -> date:
    """The day it is or was held."""
    return timezone.localdate(meeting.starts_at)


def quarter_of(day: date) -> tuple[date, date]:
    """First day of a day's quarter, and first day of the next."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    month = first.month + 3
    return first, date(first.year + month // 13, (month - 1) % 12 + 1, 1)


def held_in_quarter(unit: Unit, day: date) -> int:
    """Consultation meetings a unit has held in the quarter of a day (MY-3.2.3a)."""
    first, after = quarter_of(day)
    zone = timezone.get_current_timezone()
    span = [datetime(one.year, one.month, one.day, tzinfo=zone) for one in (first, after)]
    held = Meeting.objects.filter(unit=unit, kind="consultation", status__in=["held", "circulated", "signed"])
    return held.filter(starts_at__gte=span[0], starts_at__lt=span[1]).count()


# --- minutes ---------------------------------------------------------------------------------------------------------


def latest_minutes(meeting: Meeting) -> Minutes | None:
    """The newest version of the minutes."""
    return meeting.minutes.select_related("post__person").order_by("-number").first()


def signatures(meeting: Meeting) -> dict[str, Signature]:
    """The signatures that stand, by side."""
    rows = meeting.signatures.filter(withdrawn_at__isnull=True)
    return {row.side: row for row in rows}


def draft_minutes(meeting: Meeting, places: Iterable[Place] | None = None) -> dict[str, Any]:
    """The words of the minutes as the data gives them: opening, a section for each entry of the agenda, closing (MY-3.2.3c).

    Workers are not named: what stands in it are the topic's neutral words and the lines of the discussion.
    """
    day = timezone.localtime(meeting.starts_at)
    places = agenda(meeting) if places is None else places
    opening = (
        f"{day.year}年{day.month}月{day.day}日，{meeting.unit.name}在{meeting.place or '线上'}召开{kind_label(meeting)}，"
        f"{meeting.chair.person.name}主持。"
    )
    if meeting.missing_because:
        opening += f"{meeting.missing_because}"
    return {
        "opening": opening,
        "sections": [_section(place) for place in places],
        "closing": "",
    }


def _section(place: Place) -> dict[str, str]:
    heading = place.topic.title if place.topic else place.question
    said = []
    if place.topic:
        said.append(place.topic.body)
        if place.topic.ask:
            said.append(f"工会的意见：{place.topic.ask}")
    said += [f"{line.speaker}：{line.text}" if line.speaker else line.text for line in place.remarks.all()]
    if place.votes_for is not None:
        said.append(f"经讨论后表决：赞成 {place.votes_for}，反对 {place.votes_against}，弃权 {place.abstained}。")
    if place.result:
        said.append(_result(place))
    return {"place": str(place.pk), "heading": heading, "text": "\n".join(said)}


def _result(place: Place) -> str:
    words = {"items": "会议定下", "not_agreed": "未达成一致", "noted": "已通报说明", "later": "下次再议"}[place.result]
    way = f"，{place.get_next_way_display()}" if place.next_way else ""
    return f"结果：{words}{way}。{place.result_text}".rstrip()


def draft_publication(meeting: Meeting) -> dict[str, Any]:
    """What might be published: for each entry its heading and what came of it, with measure, department and date."""
    day = day_of_meeting(meeting)
    sections = []
    for place in agenda(meeting):
        heading = place.topic.title if place.topic else place.question
        lines = [_line(one) for one in place.agreed.all()] or [place.result_text or place.get_result_display()]
        sections.append({"place": str(place.pk), "heading": heading, "text": "\n".join(lines)})
    opening = f"{day.year}年{day.month}月{day.day}日，{meeting.unit.name}与行政召开了{meeting.title}。"
    return {"opening": opening, "sections": sections, "closing": ""}


def _line(agreed: Agreed) -> str:
    day = agreed.deadline
    return f"{agreed.measure}由{agreed.department.name}承办，{day.year}年{day.month}月{day.day}日前办结。"


def asked_of(actor: Actor) -> QuerySet[Participant]:
    """Invitations of this person that wait for an answer, or minutes that wait for one."""
    if not isinstance(actor, Member):
        return Participant.objects.none()
    seen = Meeting.objects.visible_to(actor)
    return Participant.objects.filter(person=actor.person_id, meeting__in=seen).select_related("meeting__unit")

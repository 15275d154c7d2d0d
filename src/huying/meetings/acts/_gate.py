"""The gates of topics and meetings: lock through the scope, table, history and trail, who is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.meetings.lifecycle import MEETING, TOPIC
from huying.meetings.models import Meeting, MeetingEvent, Participant, Topic, TopicEvent
from huying.meetings.reads import kind_label
from huying.notices.acts import send
from huying.org.models import Person
from huying.org.rules import Can, check_may
from huying.trail.acts import append_line, check_version


def locked_topic(topic_id: UUID, *, by: Actor, version: int | None = None) -> Topic:
    """A topic locked for the union that raised it; ``Stale`` when it moved since ``version``."""
    rows = Topic.objects.select_for_update(of=("self",), no_key=True).visible_to(by).select_related("unit", "rules")
    topic = only(rows.filter(pk=topic_id))
    check_may(by, Can.HANDLE_CASES, topic.unit)
    check_version(topic, version)
    return topic


def locked_meeting(
    meeting_id: UUID, *, by: Actor, version: int | None = None, can: Can | None = Can.HANDLE_CASES
) -> Meeting:
    """A meeting locked for the union that holds it; with ``can=None`` for whoever may know of it."""
    rows = Meeting.objects.select_for_update(of=("self",), no_key=True).visible_to(by)
    meeting = only(rows.select_related("unit", "root", "rules", "chair__person").filter(pk=meeting_id))
    if can is not None:
        check_may(by, can, meeting.unit)
    check_version(meeting, version)
    return meeting


def advance_topic(
    topic: Topic,
    act: str,
    *,
    by: Actor,
    at: datetime,
    text: str = "",
    label: str = "",
    data: dict[str, Any] | None = None,
) -> TopicEvent:
    """Do one step of the topic's table on a locked topic: the only writer of its status."""
    step = TOPIC.check_now(topic.status, act)
    if step.target is not None:
        topic.status = step.target
    topic.version += 1
    topic.moved_at = at
    topic.save()
    return append_line(
        history=TopicEvent, row=topic, kind="topic", chain=topic.pk, act=act, label=label or step.label, by=by, at=at,
        text=text, data=data,
    )  # fmt: skip


def advance_meeting(
    meeting: Meeting, act: str, *, by: Actor, at: datetime, text: str = "", label: str = "",
    data: dict[str, Any] | None = None,
) -> MeetingEvent:  # fmt: skip
    """Do one step of the meeting's table on a locked meeting: the only writer of its status."""
    step = MEETING.check_now(meeting.status, act)
    if step.target is not None:
        meeting.status = step.target
    return record_meeting(meeting, act, label or step.label, by=by, at=at, text=text, data=data)


def record_meeting(
    meeting: Meeting,
    act: str,
    label: str,
    *,
    by: Actor,
    at: datetime,
    text: str = "",
    data: dict[str, Any] | None = None,
) -> MeetingEvent:
    """Save the meeting, append one line to its history and one entry to the trail."""
    meeting.version += 1
    meeting.moved_at = at
    meeting.save()
    return append_line(
        history=MeetingEvent, row=meeting, kind="meeting", chain=meeting.pk, act=act, label=label, by=by, at=at, text=text,
        data=data,
    )  # fmt: skip


def tell_people(
    meeting: Meeting, people: Iterable[Person], kind: str, what: str, *, by: Actor, at: datetime, key: str = ""
) -> None:
    """People of a meeting hear of it: the day, the kind and what to do, never a topic."""
    day = timezone.localtime(meeting.starts_at)
    send(
        to=people, kind=f"meeting.{kind}", title=f"{day.month}月{day.day}日{kind_label(meeting)}：{what}",
        url=reverse("desk:meeting", args=[meeting.pk]), root=meeting.root, subject=meeting.pk, by=by, at=at,
        key=key or str(meeting.version),
    )  # fmt: skip


def people_of(meeting: Meeting) -> list[Person]:
    """Everybody asked who is in the roster."""
    rows = Participant.objects.filter(meeting=meeting, person__isnull=False).select_related("person")
    return [row.person for row in rows if row.person]

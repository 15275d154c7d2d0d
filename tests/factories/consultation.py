"""Topics and meetings reached through acts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from huying.cases.models import Case
from huying.meetings import acts, reads
from huying.meetings.models import Meeting, Place, Topic
from huying.meetings.rules import Finding, Terms
from tests.factories.world import World, accepted

LAWFUL = tuple(Finding(code=code, lawful=True, reason="符合规定。") for code in ("content", "form", "procedure"))


def raised(world: World, *cases: Case, at: datetime | None = None, **given: Any) -> Topic:
    """A topic from cases (one accepted case unless given)."""
    at = at or world.now
    cases = cases or (accepted(world, at=at),)
    fields: dict[str, Any] = {
        "title": "夜班末班车时间", "body": "夜班末班车提前以后，22:20 下线的职工赶不上车。", "ask": "建议恢复 22:40 发车。",
        "departments": [world.admin], **given,
    }  # fmt: skip
    return acts.raise_topic(
        unit=world.plant, origin="case", cases=[case.pk for case in cases], by=world.as_("officer"), at=at, **fields
    )


def reviewed(world: World, topic: Topic, at: datetime | None = None) -> Topic:
    """A topic found lawful."""
    at = at or world.now
    return acts.review(
        topic_id=topic.pk,
        reviewer="县总工会法律顾问",
        findings=LAWFUL,
        reviewed_on=at.date(),
        by=world.as_("officer"),
        at=at,
    )


def talked(world: World, topic: Topic, at: datetime | None = None, *, agreed: bool | None = True) -> Topic:
    """A topic talked over with management."""
    at = at or world.now
    said = "同意上会商量。" if agreed else "今年没有这笔预算，不同意上会。"
    return acts.talk(
        topic_id=topic.pk,
        whom="冯国庆（总经理）",
        on=at.date(),
        said=said,
        agreed=agreed,
        by=world.as_("officer"),
        at=at,
    )


def ready(world: World, *cases: Case, at: datetime | None = None, **given: Any) -> Topic:
    """A topic that may go to a meeting."""
    topic = raised(world, *cases, at=at, **given)
    reviewed(world, topic, at)
    return talked(world, topic, at)


def planned(world: World, *topics: Topic, at: datetime | None = None, **given: Any) -> Meeting:
    """A meeting in preparation in a week, everybody of the seats asked."""
    at = at or world.now
    fields: dict[str, Any] = {
        "kind": "consultation", "starts_at": at + timedelta(days=7), "place": "三楼会议室", "chair": world.posts["chair"], **given
    }  # fmt: skip
    meeting = acts.make_meeting(
        unit=world.plant, topics=[topic.pk for topic in topics], by=world.as_("officer"), at=at, **fields
    )
    day = reads.day_of_meeting(meeting)
    posts = [one.post for one in reads.proposed(meeting, day)]
    return acts.invite(meeting_id=meeting.pk, posts=posts, by=world.as_("officer"), at=at)


def opened(world: World, *topics: Topic, at: datetime | None = None, **given: Any) -> Meeting:
    """A meeting that is open, everybody there."""
    at = at or world.now
    meeting = planned(world, *topics, at=at, **given)
    acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=at)
    start = meeting.starts_at
    there = dict.fromkeys(meeting.participants.values_list("pk", flat=True), "present")
    acts.attend(meeting_id=meeting.pk, there=there, by=world.as_("officer"), at=start)
    return acts.open_meeting(meeting_id=meeting.pk, by=world.as_("officer"), at=start)


def terms(world: World, meeting: Meeting, **given: Any) -> Terms:
    """The four things, for 行政保障部."""
    fields: dict[str, Any] = {
        "measure": "末班车恢复 22:40 发车。", "deadline": reads.day_of_meeting(meeting) + timedelta(days=10),
        "department_id": world.admin.pk, "handler_id": world.posts["handler"].pk, **given,
    }  # fmt: skip
    return Terms(**fields)


def settled(world: World, place: Place, at: datetime, **given: Any) -> None:
    """An entry talked over and agreed."""
    by = world.as_("officer")
    acts.remark(place_id=place.pk, speaker="行政方", text="车队可以调整班次。", by=by, at=at)
    acts.agree(place_id=place.pk, terms=terms(world, place.meeting, **given), by=by, at=at)


def held(world: World, *topics: Topic, at: datetime | None = None, **given: Any) -> Meeting:
    """A meeting that settled everything on its agenda by items."""
    meeting = opened(world, *topics, at=at, **given)
    for place in reads.agenda(meeting):
        settled(world, place, meeting.starts_at)
    return acts.close_meeting(meeting_id=meeting.pk, by=world.as_("officer"), at=meeting.starts_at + timedelta(hours=1))


def circulated(world: World, *topics: Topic, at: datetime | None = None, **given: Any) -> Meeting:
    """Minutes that everybody checks."""
    meeting = held(world, *topics, at=at, **given)
    return acts.circulate(meeting_id=meeting.pk, by=world.as_("officer"), at=meeting.starts_at + timedelta(hours=2))


def signed(world: World, *topics: Topic, at: datetime | None = None, **given: Any) -> Meeting:
    """Minutes signed by both sides."""
    meeting = circulated(world, *topics, at=at, **given)
    later = meeting.starts_at + timedelta(hours=3)
    acts.sign(meeting_id=meeting.pk, by=world.as_("manager"), at=later)
    return acts.sign(meeting_id=meeting.pk, by=world.as_("chair"), at=later)

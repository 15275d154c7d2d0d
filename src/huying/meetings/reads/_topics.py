"""Asking about topics: one for its reader, lists, what is missing before one may go on an agenda."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from huying.cases.models import Case
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.mechanism.reads import rules_kept
from huying.mechanism.rules import Rules
from huying.meetings.models import (
    Meeting,
    Review,
    Talk,
    Topic,
)
from huying.org.models import Department, Unit
from huying.org.rules import Can, may


def rules_of(row: Topic | Meeting) -> Rules:
    """The rules a topic or a meeting keeps from the day it was made."""
    return rules_kept(row.rules_id)


def get_topic(actor: Actor, topic_id: UUID) -> Topic:
    """One topic for its reader, with what its page needs; ``NotYours`` when missing or not to be known."""
    rows = Topic.objects.visible_to(actor).select_related("unit", "root", "raised_by__person", "merged_into")
    return only(rows.filter(pk=topic_id))


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


def departments_of(unit: Unit) -> QuerySet[Department]:
    """Departments of a unit that still exist."""
    return Department.objects.filter(unit=unit, closed_on__isnull=True).order_by("name")

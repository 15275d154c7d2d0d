"""今日 and consultation: topics that lack something, meetings to get ready, to hold, to write up and to sign, what waits for
this person's answer, the quarter's meeting that was not held yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from huying.desk.reads._cases import Days, Line, Shown
from huying.desk.reads._meetings import Quarter, meeting_chip, quarter_notes
from huying.desk.reads._today import SHORT, Day, Duty, Group
from huying.desk.reads._topics import own_topics, topic_rows
from huying.meetings.models import Meeting, Participant, Signature, TopicCase
from huying.meetings.reads import asked_of, when_words, with_progress
from huying.org.rules import Can, Member

MOST = 50  # counted; the list has the rest
LACKING = ("draft", "failed")
AHEAD = ("draft", "called", "open", "held", "circulated")
# What waits for us and the page where it is done.
WAITS_FOR_US = {
    "draft": ("接着准备", "desk:meeting"),
    "called": ("看准备", "desk:meeting"),
    "open": ("回会场", "desk:meeting-room"),
    "held": ("写纪要", "desk:minutes"),
    "circulated": ("看核对", "desk:minutes"),
}


def consult_day(actor: Member, days: Days, at: datetime) -> Day:
    """What consultation asks of this person today (twelve queries at most, whatever the number of topics)."""
    groups, notes = [], []
    asked = _asked_group(actor, days, at)
    if units := actor.units(Can.HANDLE_CASES):
        counted = _counted(actor)
        groups += [*_meetings_group(actor, days, at), *_topics_group(actor, days, counted)]
        notes = [*_topic_notes(counted), *_quarter_duties(quarter_notes(units, days.today))]
    groups = [*asked, *groups]
    return Day(figures=(), groups=tuple(groups), notes=tuple(notes))


# --- what waits for my own answer -------------------------------------------------------------------------------------


def _asked_group(actor: Member, days: Days, at: datetime) -> list[Group]:
    """Invitations not answered, minutes not checked, and the signature of management where it is mine to give."""
    if not actor.units(Can.ATTEND):
        return []
    unsigned = ~Exists(
        Signature.objects.filter(meeting=OuterRef("meeting"), side="management", withdrawn_at__isnull=True)
    )
    answers = Q(meeting__status="called", answer="", meeting__starts_at__gt=at)
    checks = Q(meeting__status="circulated", minutes_agreed__isnull=True)
    signs = Q(meeting__status="circulated", seat="management_head") & unsigned
    rows = list(asked_of(actor).filter(answers | checks | signs).order_by("meeting__starts_at", "pk")[:MOST])
    shown = [_asked_line(one, days) for one in rows[:SHORT]]
    return [Group("asked", "会议等您答复", shown, len(rows), reverse("desk:meetings"))] if shown else []


def _asked_line(one: Participant, days: Days) -> Line:
    meeting = one.meeting
    act = "去答复" if meeting.status == "called" else "签字" if one.seat == "management_head" else "核对纪要"
    until = meeting.reply_by if meeting.status == "circulated" else None
    href = reverse("desk:minutes" if until else "desk:meeting", args=[meeting.pk])
    return Line(
        title=meeting.title,
        href=href,
        clock=Shown(**meeting_chip(meeting, days.today)),
        facts=(
            when_words(meeting),
            meeting.place or "线上",
            f"请在 {until.month}月{until.day}日前核对" if until else "",
        ),
        who=(meeting.unit.name,),
        act=act,
        act_href=href,
    )


# --- meetings of our unions -------------------------------------------------------------------------------------------


def _meetings_group(actor: Member, days: Days, at: datetime) -> list[Group]:
    """Meetings on their way, the next first."""
    given = Signature.objects.filter(meeting=OuterRef("pk"), withdrawn_at__isnull=True)
    rows = Meeting.objects.visible_to(actor).filter(unit__in=_ids(actor), status__in=AHEAD)
    rows = rows.select_related("unit").annotate(theirs=Exists(given.filter(side="management")))
    found = list(rows.order_by("starts_at", "pk")[:MOST])
    shown = [_meeting_line(one, actor, days, at) for one in found[:SHORT]]
    return [Group("meetings", "要开、要收尾的会", shown, len(found), reverse("desk:meetings"))] if shown else []


def _ids(actor: Member) -> list[Any]:
    return [unit.pk for unit in actor.units(Can.HANDLE_CASES)]


def _meeting_line(one: Any, actor: Member, days: Days, at: datetime) -> Line:
    act, page = WAITS_FOR_US[one.status]
    if one.status == "called" and one.starts_at <= at:
        act, page = "开会", "desk:meeting-room"
    if one.status == "draft" and one.on_paper:
        act = "接着补录"
    if one.theirs and one.status == "circulated":
        act = "工会方签字" if actor.post_for(Can.APPROVE, one.unit) else "等主席签字"
    return Line(
        title=one.title,
        href=reverse("desk:meeting", args=[one.pk]),
        clock=Shown(**meeting_chip(one, days.today)),
        facts=(when_words(one), one.place or "线上", "补录" if one.on_paper else ""),
        who=(one.state.staff,),
        act=act,
        act_href=reverse(page, args=[one.pk]),
    )


# --- topics -----------------------------------------------------------------------------------------------------------


def _counted(actor: Member) -> dict[str, int]:
    """How many topics of our unions wait for what (one query).  One that was refused or not agreed waits only while a case
    behind it has gone no other way."""
    behind = TopicCase.objects.filter(topic=OuterRef("pk"))
    left = Exists(behind.filter(case__status="accepted"))
    on = Exists(behind.filter(case__status="consulting"))
    return own_topics(actor).aggregate(
        lacking=Count("pk", filter=Q(status__in=LACKING)),
        ready=Count("pk", filter=Q(status="ready")),
        refused=Count("pk", filter=Q(status="refused") & Q(left)),
        not_agreed=Count("pk", filter=Q(status="not_agreed") & Q(on)),
    )


def _topics_group(actor: Member, days: Days, counted: dict[str, int]) -> list[Group]:
    """Topics that lack a review or a talk, the longest waiting first."""
    if not counted["lacking"]:
        return []
    rows = with_progress(own_topics(actor).filter(status__in=LACKING).select_related("unit"))
    shown = topic_rows(list(rows.order_by("moved_at", "pk")[:SHORT]), actor, days)
    return [Group("topics", "还差审查、沟通的议题", shown, counted["lacking"], f"{reverse('desk:topics')}?tab=lacking")]


def _topic_notes(counted: dict[str, int]) -> list[Duty]:
    topics = reverse("desk:topics")
    notes = [
        Duty(counted["ready"], "个议题可以上会，还没有列入议程", f"{topics}?tab=ready"),
        Duty(counted["refused"], "个议题行政不同意上会，等工会想办法", f"{topics}?tab=stopped"),
        Duty(counted["not_agreed"], "个议题会上没谈成，要接着商量", f"{topics}?tab=stopped"),
    ]
    return [note for note in notes if note.n]


def _quarter_duties(quarters: Iterable[Quarter]) -> list[Duty]:
    """The quarter's meeting that was not held yet, with the days that are left (MY-3.2.3a)."""
    return [
        Duty(
            one.days_left,
            f"天后本季度结束，{one.unit.name}还没有开协商会议（{one.clause.badge}）",
            reverse("desk:meetings"),
        )
        for one in quarters
        if not one.done
    ]

"""Surveys on the desk: rows of lists, what waits on 今日, one survey as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from huying.cases import acts as cases
from huying.cases.models import Secrecy
from huying.cases.rules import Standing
from huying.desk.reads._cases import Days, Line, Shown
from huying.desk.reads._today import Day, Duty, Group
from huying.feedback import reads
from huying.feedback.models import Invited, Survey
from huying.kernel.actors import Actor
from huying.org.rules import Can, Member

MOST = 20  # of one person's own; more are not asked at a time
LISTS = (("running", "测评中"), ("closing", "快截止"), ("to_call", "要打电话"), ("to_sign", "要签字"))


def survey_lists(actor: Member, days: Days) -> dict[str, QuerySet[Survey]]:
    """What each tab of the list holds."""
    return {
        "running": reads.running(actor),
        "closing": reads.closing(actor, days.near),
        "to_call": reads.to_call(actor, days.today),
        "to_sign": reads.to_sign(actor, days.today),
    }


def closes_chip(survey: Survey, days: Days) -> Shown:
    """Until when a survey is open, as a chip."""
    if survey.closed_at is not None:
        return Shown("done", "已结束")
    left = (survey.closes_on - days.today).days
    words = "今天截止" if left == 0 else "已到截止日" if left < 0 else f"还有 {left} 天"
    return Shown("soon" if survey.closes_on <= days.near else "ok", words)


def survey_rows(rows: Iterable[Survey], days: Days) -> list[Line]:
    """Rows of the list: how many were asked and answered, never a grade (one query beside the rows')."""
    rows = list(rows)
    asked: dict[Any, list[bool]] = {}
    for survey, answer in Invited.objects.filter(survey__in=rows).values_list("survey", "answer"):
        asked.setdefault(survey, []).append(answer is not None)
    return [_row(one, asked.get(one.pk, []), days) for one in rows]


def _row(survey: Survey, given: list[bool], days: Days) -> Line:
    case, href = survey.case, reverse("desk:survey", args=[survey.case_id])
    closed = survey.closed_at is not None
    return Line(
        title=case.shown_title,
        href=href,
        clock=closes_chip(survey, days),
        facts=(
            case.number,
            f"问了 {len(given)} 人，收到 {sum(given)} 份",
            "" if closed else f"{survey.closes_on.month}月{survey.closes_on.day}日 截止",
        ),
        who=(case.officer.person.name if case.officer else "", case.holder.name),
        act="审阅签字" if closed else "看测评",
        act_href=reverse("desk:case_act", args=[case.pk, "archive"]) if closed else href,
    )


def survey_day(actor: Member, days: Days) -> Day:
    """What surveys ask of this person today: own ratings, calls to make, results to sign (two queries)."""
    own = [_own_row(one, days) for one in reads.asked_of(actor)[:MOST]]
    groups = (Group("to-rate", "请您评一评", own, len(own), ""),) if own else ()
    notes: tuple[Duty, ...] = ()
    if actor.units(Can.HANDLE_CASES):
        page, (call, sign) = reverse("desk:surveys"), reads.waiting_counts(actor, days.today)
        notes = (
            Duty(call, "件测评还有人没评，可以打电话", f"{page}?tab=to_call"),
            Duty(sign, "件测评结束了，等您审阅签字", f"{page}?tab=to_sign"),
        )
    return Day(figures=(), groups=groups, notes=tuple(one for one in notes if one.n))


def _own_row(one: Invited, days: Days) -> Line:
    href = reverse("desk:survey_mine", args=[one.pk])
    case, on = one.survey.case, one.survey.closes_on
    return Line(
        title=case.title or "一件办完的事",
        href=href,
        clock=closes_chip(one.survey, days),
        facts=(f"{on.month}月{on.day}日 截止",),
        who=(case.unit.name,),
        act="评一评",
        act_href=href,
    )


# --- one survey -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One person asked, as one who did not handle the case sees them: who, whether there is an answer, what can be done."""

    invited: Invited
    name: str
    phone: str
    note: str
    state: str
    waits: bool

    @property
    def scan(self) -> Any:
        """The answer whose paper can be looked at."""
        answer = getattr(self.invited, "answer", None)
        return answer.pk if answer is not None and answer.scan_id else None


def people_asked(survey: Survey, *, by: Actor, at: datetime) -> dict[str, list[Asked]]:
    """Everybody asked, by group, for one of the union's office who did not handle the case.  Names of those who speak named
    go into the reading log; sealed and anonymous ones are counted through (three queries)."""
    rows = survey.invited.select_related("party__key", "person", "answer", "replaced_by").order_by("asked_at", "id")
    invited = list(rows)
    parties = [one.party for one in invited if one.party is not None]
    known = cases.identities(case=survey.case, parties=parties, by=by, at=at)
    found: dict[str, list[Asked]] = {}
    counted: dict[str, int] = {}
    for one in invited:
        if one.party is None:
            assert one.person is not None
            name, phone, note = one.person.name, one.person.phone, ""
        elif one.party_id in known:
            name, phone, note = known[one.party_id].name, known[one.party_id].phone, ""
        else:
            kind = Secrecy(one.party.secrecy).label
            counted[kind] = counted.get(kind, 0) + 1
            name, phone, note = f"{kind}的职工 {counted[kind]}", "", "只能由本人凭回执评价"
        found.setdefault(one.group, []).append(Asked(one, name, phone, note, _state(one), _waits(one, survey)))
    return found


def _state(one: Invited) -> str:
    if hasattr(one, "answer"):
        return f"已评（{one.answer.get_way_display()}）"
    if one.unreached_at is not None:
        return f"联系不上：{one.unreached_because}" + ("，已另抽一位" if hasattr(one, "replaced_by") else "")
    return "还没有评"


def _waits(one: Invited, survey: Survey) -> bool:
    """Whether this one can still be called, given a paper or the telephone."""
    open_now = survey.closed_at is None and one.unreached_at is None and not hasattr(one, "answer")
    return open_now and (one.party is None or one.party.secrecy == Secrecy.NAMED)


def may_read_words(actor: Actor, survey: Survey, stand: Standing, *, free: bool) -> bool:
    """Whether this person reads what people wrote: after the end, who may sign, the case officer, and who decides."""
    return survey.closed_at is not None and stand.office and (free or stand.officer or stand.approves)

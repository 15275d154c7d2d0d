"""Opening a survey: who is asked, the draw, who agreed that others are asked, a new draw where somebody cannot be reached."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from random import SystemRandom
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from huying.cases.acts import locked, note
from huying.cases.lifecycle import BEFORE_TOLD
from huying.cases.models import Case, Party, Secrecy
from huying.cases.reads import people_behind, rules_of
from huying.feedback.acts._close import close
from huying.feedback.acts._gate import check_free, locked_invitation
from huying.feedback.models import Group, Invited, Survey, Wider
from huying.feedback.reads import delegates_of, eligible, groups_of, quiet_parties, unnamed, wanted
from huying.feedback.rules import how_many
from huying.kernel.actors import Actor, Worker
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.models import DataKey
from huying.mechanism.reads import calendar
from huying.notices.acts import send
from huying.org.models import Person
from huying.trail.acts import append

_chance = SystemRandom()


@transaction.atomic
def open_survey(*, case: Case, by: Actor, at: datetime) -> Survey:
    """The survey of the present round with everybody it asks (MY-3.2.5a); the same one again afterwards.

    Where somebody behind the case spoke sealed or anonymously and did not agree, only those behind it are asked.
    """
    existing = Survey.objects.select_for_update(no_key=True).filter(case=case, round=case.round).first()
    if existing:
        return existing
    rules = rules_of(case)
    grades = [{"code": g.code, "label": g.label, "counts_as": g.counts_as} for g in rules.scale().grades]
    clock = case.clocks.filter(code="survey", stopped_at__isnull=True).first()
    closes = clock.due_on if clock else rules.due("survey", timezone.localdate(at), calendar())[0].on
    survey = Survey(root_id=case.root_id, case=case, round=case.round, scale=grades, opened_at=at, closes_on=closes)
    survey.key = DataKey.fresh(at)
    groups = groups_of(case)
    askers = list(people_behind(case)) if Group.ASKER in groups else []
    others = _others(case, groups, at)
    if quiet_parties(case):
        survey.unasked = {group: len(people) for group, people in others.items() if people}
        others = {}
    survey.save(force_insert=True)
    _invite(survey, Group.ASKER, parties=askers, at=at)
    for group, people in others.items():
        _tell(survey, _invite(survey, group, people=people, at=at), by=by, at=at)
    counts = {Group.ASKER.value: len(askers), **{group: len(people) for group, people in others.items()}}
    _trail(survey, "open", by=by, at=at, data={"round": case.round, "asked": counts, "unasked": survey.unasked})
    return survey


def _others(case: Case, groups: set[str], at: datetime) -> dict[str, list[UUID]]:
    """Delegates who attended, and workers concerned drawn at random; never chosen by anybody."""
    today = timezone.localdate(at)
    delegates = [one.pk for one in delegates_of(case, today)] if Group.DELEGATE in groups else []
    drawn: list[UUID] = []
    if Group.CONCERNED in groups and (most := wanted(rules_of(case))):
        pool = eligible(case, today, set(delegates))
        drawn = _chance.sample(pool, how_many(most, len(pool), quiet=unnamed(case)))
    return {Group.DELEGATE.value: delegates, Group.CONCERNED.value: drawn}


def _invite(
    survey: Survey, group: str, *, people: Iterable[UUID] = (), parties: Iterable[Party] = (), at: datetime
) -> list[Invited]:
    about = {"root_id": survey.root_id, "survey": survey, "group": group, "asked_at": at}
    rows = [Invited(**about, party=one) for one in parties]
    rows += [Invited(**about, person_id=one) for one in people]
    return Invited.objects.bulk_create(rows)


def _tell(survey: Survey, invited: Iterable[Invited], *, by: Actor, at: datetime) -> None:
    """Those with an account hear of it; the notice says nothing of the matter."""
    rows = list(invited)
    people = Person.objects.in_bulk([one.person_id for one in rows if one.person_id is not None])
    for one in rows:
        send(
            to=[people[one.person_id]] if one.person_id in people else [], kind="survey.asked", title="请您给一件办完的事评一评",
            url=reverse("desk:survey_mine", args=[one.pk]), root=survey.root, subject=one.pk, by=by, at=at,
        )  # fmt: skip


def _trail(survey: Survey, act: str, *, by: Actor, at: datetime, data: dict[str, Any]) -> None:
    """Counts and ids; never a grade.  The case has moved: rooms above count who was asked."""
    survey.case.moved_at = at
    survey.case.save(update_fields=["moved_at"])
    append(chain=survey.case_id, root=survey.root_id, by=by, at=at, act=f"survey.{act}", subject=f"survey:{survey.pk}",
           data=data)  # fmt: skip


def open_missing(*, by: Actor, at: datetime) -> int:
    """Sweep: every case that was told gets its survey, and one with nobody to ask is closed at once."""
    waiting = Case.objects.filter(status="told").exclude(surveys__round=F("round")).values_list("pk", flat=True)[:500]
    for case_id in list(waiting):
        with transaction.atomic():
            case = locked(case_id=case_id, by=by)
            survey = open_survey(case=case, by=by, at=at)
            if not survey.invited.exists():
                close(survey, case, by=by, at=at)
    return len(waiting)


@transaction.atomic
def agree_wider(*, agree: bool, by: Worker, at: datetime) -> Wider | None:
    """A worker who spoke sealed or anonymously agrees that delegates and colleagues are asked too, or takes it back; until
    the result was told."""
    case = locked(case_id=by.case_id, by=by)
    party = people_behind(case).filter(pk=by.party_id).first()
    if party is None or party.secrecy == Secrecy.NAMED:
        raise NotYours
    if case.status not in BEFORE_TOLD:
        raise Refused("结果已经告诉您了，测评就按原来说的办。")
    row = Wider.objects.filter(party=party).first()
    if row is None and not agree:
        return None
    row = row or Wider(root_id=case.root_id, party=party)
    if agree and (row._state.adding or row.withdrawn_at is not None):
        row.agreed_at, row.withdrawn_at = at, None
    elif not agree and row.withdrawn_at is None:
        row.withdrawn_at = at
    row.save()
    note(case, "wider", "职工同意扩大测评" if agree else "职工不同意扩大测评", by=by, at=at)
    return row


@transaction.atomic
def report_unreached(*, invited_id: UUID, reason: str, by: Actor, at: datetime) -> Invited | None:
    """A delegate or a worker concerned has left or cannot be reached; for a worker concerned the system draws another, if
    there is anybody left to draw.  Returns whom it drew."""
    invited = locked_invitation(invited_id, by=by)
    check_free(invited.survey.case, by=by, at=at)
    if invited.group == Group.ASKER:
        raise Refused("诉求提出者不能换人。", "到截止那天还没有评的，按没有评价统计。")
    if not reason.strip():
        raise Invalid({"reason": "请写明为什么联系不上。"})
    survey, case = invited.survey, invited.survey.case
    invited.unreached_at, invited.unreached_because = at, reason.strip()[:200]
    invited.save(update_fields=["unreached_at", "unreached_because"])
    fresh = _draw_another(survey, invited, at) if invited.group == Group.CONCERNED else None
    if fresh is not None:
        _tell(survey, [fresh], by=by, at=at)
    _trail(survey, "unreached", by=by, at=at, data={"invited": invited.pk, "instead": fresh.pk if fresh else None})
    if not survey.invited.filter(answer__isnull=True, unreached_at__isnull=True).exists():
        close(survey, case, by=by, at=at)  # nobody left to wait for
    return fresh


def _draw_another(survey: Survey, gone: Invited, at: datetime) -> Invited | None:
    """One more at random among those not asked yet."""
    asked = set(survey.invited.filter(person__isnull=False).values_list("person", flat=True))
    pool = eligible(survey.case, timezone.localdate(at), asked)
    if how_many(1, len(pool), quiet=unnamed(survey.case)) == 0:
        return None
    (person,) = _chance.sample(pool, 1)
    return Invited.objects.create(
        root_id=survey.root_id, survey=survey, group=Group.CONCERNED, person_id=person, asked_at=at, instead=gone
    )

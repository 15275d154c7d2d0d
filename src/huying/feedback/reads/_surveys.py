"""Lists of surveys, and one invitation for whoever may act on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from huying.cases.models import Case, Event, Secrecy
from huying.cases.reads import keys_against
from huying.feedback.models import Answer, Invited, ReopenRequest, Survey
from huying.feedback.reads._asked import able, handled_by
from huying.feedback.reads._links import Respondent
from huying.feedback.rules import may_take
from huying.handling.models import Item, Telling
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.org.models import Post
from huying.org.rules import ROLES, Can, Member

_WAITING = Q(answer__isnull=True, unreached_at__isnull=True)


def _ours(actor: Actor) -> QuerySet[Survey]:
    """Surveys of the present round of cases this person's unions have."""
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    if not units:
        return Survey.objects.none()
    seen = Case.objects.visible_to(actor).filter(holder__in=units).order_by()
    rows = Survey.objects.filter(case__in=seen.values("pk"))
    return rows.select_related("case__holder", "case__officer__person").order_by("closes_on", "id")


def running(actor: Actor) -> QuerySet[Survey]:
    """Surveys that are open, the nearest end first."""
    return _ours(actor).filter(closed_at__isnull=True, case__status="told")


def closing(actor: Actor, until: date) -> QuerySet[Survey]:
    """Of these, those that end on a day or before."""
    return running(actor).filter(closes_on__lte=until)


def to_call(actor: Actor, on: date) -> QuerySet[Survey]:
    """Open surveys with somebody who can be called and has not answered, which this person did not handle."""
    return _free(actor, on).filter(_CALLS)


def to_sign(actor: Actor, on: date) -> QuerySet[Survey]:
    """Closed surveys this person may review and sign, with nothing left to decide about taking the case up again."""
    return _free(actor, on).filter(_SIGNS)


def waiting_counts(actor: Actor, on: date) -> tuple[int, int]:
    """How many surveys wait for this person's call, and how many for the signature (one query)."""
    rows = _free(actor, on).order_by()
    n = rows.aggregate(call=Count("pk", filter=_CALLS), sign=Count("pk", filter=_SIGNS))
    return n["call"], n["sign"]


_CALLABLE = Q(party__isnull=True) | Q(party__secrecy=Secrecy.NAMED)
_CALLS = Q(closed_at__isnull=True, case__status="told") & Q(
    Exists(Invited.objects.filter(_WAITING, _CALLABLE, survey=OuterRef("pk")))
)
_SIGNS = Q(closed_at__isnull=False, signed_at__isnull=True, case__status="rated") & ~Q(
    Exists(ReopenRequest.objects.filter(case=OuterRef("case"), granted__isnull=True))
)


def _free(actor: Actor, on: date) -> QuerySet[Survey]:
    """Surveys of cases this person did not handle; of all where the union has nobody else (secrecy.md, small units)."""
    rows, me = _ours(actor), actor.person_id
    events = Event.objects.filter(case=OuterRef("case"), act__in=["accept", "take"], post__person=me)
    items = Item.objects.filter(Q(handler__person=me) | Q(given_by__person=me), case=OuterRef("case"))
    told = Telling.objects.filter(case=OuterRef("case"), post__person=me)
    mine = Q(case__officer__person=me) | Q(Exists(events)) | Q(Exists(items)) | Q(Exists(told))
    office = [role for role, bundle in ROLES.items() if Can.HANDLE_CASES in bundle.can]
    others = Post.objects.on(on).filter(unit=OuterRef("case__holder"), role__in=office).exclude(person=me)
    return rows.exclude(mine & Q(Exists(others)))


def survey_of(case: Case) -> Survey | None:
    """The survey of the present round."""
    rows = case.surveys.filter(round=case.round).select_related("signed_by__person", "key")
    return rows.first()


def may_take_for(actor: Actor, case: Case, at: datetime, can: Can = Can.RETURN_CALL) -> bool:
    """Whether this person may take answers, print slips (or sign, ``HANDLE_CASES``): of the union, and not one who handled
    it while anybody else is there."""
    if not isinstance(actor, Member) or actor.post_for(can, case.holder) is None:
        return False
    return may_take(actor.person_id, handled_by(case), able(case, can, at))


def invited_for(actor: Actor, invited_id: UUID) -> Invited:
    """One invitation for the union's office that has the case; ``NotYours`` otherwise."""
    rows = Invited.objects.select_related("survey__case__holder", "survey__case__officer", "party__key", "person")
    found = rows.filter(pk=invited_id, survey__case__in=Case.objects.visible_to(actor)).first()
    if found is None or not isinstance(actor, Member):
        raise NotYours
    if actor.post_for(Can.RETURN_CALL, found.survey.case.holder) is None:
        raise NotYours
    return found


def asked_of(actor: Actor) -> QuerySet[Invited]:
    """What this person is asked to rate under the own account and has not yet; nothing of a case that names the person."""
    rows = Invited.objects.filter(
        person=actor.person_id, answer__isnull=True, survey__closed_at__isnull=True, survey__case__status="told"
    )
    seen = Case.objects.not_naming(actor).order_by()
    return (
        rows.filter(survey__case__in=seen.values("pk"))
        .select_related("survey__case__unit")
        .order_by("survey__closes_on", "id")
    )


def own_invitation(actor: Actor, invited_id: UUID) -> Invited:
    """An invitation for the one it was made to; ``NotYours`` for anybody else, and where the case names that person."""
    rows = Invited.objects.select_related("survey__case__unit", "survey__case__holder", "person")
    found = rows.filter(pk=invited_id, person=actor.person_id, person__isnull=False).first()
    if found is None or actor.keys & keys_against(found.survey.case):
        raise NotYours
    return found


def about_matter(case: Case) -> dict[str, Any]:
    """What somebody asked reads of the matter: the released title and what departments did; nothing of who raised it."""
    items = Item.objects.filter(case=case, round=case.round, status="reported").select_related("department")
    done = [(one.department.name, one.measure) for one in items.order_by("given_at")]
    return {"title": case.title, "done": done, "unit": case.unit}


def invitation(respondent: Respondent) -> Invited:
    """The invitation of one who came by a link."""
    rows = Invited.objects.select_related("survey__case__unit", "survey__case__holder", "party", "person")
    return rows.get(pk=respondent.invited_id)


def is_open(invited: Invited) -> bool:
    """Whether an invitation may still be answered."""
    survey = invited.survey
    over = survey.closed_at is not None or survey.round != survey.case.round or survey.case.status != "told"
    return not over and invited.unreached_at is None and not hasattr(invited, "answer")


def scan_of(actor: Actor, answer_id: UUID, at: datetime) -> Answer:
    """The scan of a paper for those of the union who did not handle the case; ``NotYours`` otherwise."""
    row = Answer.objects.select_related("scan__key", "invited").filter(pk=answer_id, scan__isnull=False).first()
    if row is None:
        raise NotYours
    invited = invited_for(actor, row.invited_id)
    if not may_take_for(actor, invited.survey.case, at):
        raise NotYours
    return row

"""Opening a survey, answering it, asking to reopen and deciding that, signing for the file."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huying.cases.acts import (
    Said,
    advance,
    carry,
    locked,
    note,
    tell_approvers,
    tell_officer,
)
from huying.cases.acts import reopen as reopen_case
from huying.cases.models import Case, Party, Secrecy
from huying.cases.reads import keys_against, people_behind, rules_of
from huying.cases.rules import free_of, place_of
from huying.feedback.models import Answer, ReopenRequest, Survey
from huying.feedback.reads import handled_by
from huying.feedback.rules import check_grades, may_call
from huying.kernel.actors import SYSTEM, Actor, Worker
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import calendar
from huying.org.models import Post
from huying.org.reads import holders
from huying.org.rules import Can, check_may


@transaction.atomic
def open_survey(*, case: Case, by: Actor, at: datetime) -> Survey:
    """The survey of the present round, made when the worker was told; the same one again afterwards."""
    existing = Survey.objects.select_for_update().filter(case=case, round=case.round).first()
    if existing:
        return existing
    rules = rules_of(case)
    grades = [{"code": g.code, "label": g.label, "counts_as": g.counts_as} for g in rules.scale().grades]
    clock = case.clocks.filter(code="survey", stopped_at__isnull=True).first()
    closes = clock.due_on if clock else rules.due("survey", timezone.localdate(at), calendar())[0].on
    return Survey.objects.create(
        root_id=case.root_id, case=case, round=case.round, scale=grades, opened_at=at, closes_on=closes
    )


def open_missing(*, by: Actor, at: datetime) -> int:
    """Sweep: every case that was told gets its survey, and one with nobody to ask is closed at once."""
    waiting = Case.objects.filter(status="told").exclude(surveys__round=F("round")).values_list("pk", flat=True)[:500]
    for case_id in list(waiting):
        with transaction.atomic():
            case = locked(case_id=case_id, by=by)
            survey = open_survey(case=case, by=by, at=at)
            if not people_behind(case).exists():
                _close(survey, case, by=by, at=at)
    return len(waiting)


@transaction.atomic
def rate(*, result: str, process: str, words: str, by: Worker, at: datetime) -> Answer:
    """The worker's own rating, by the own link; nobody can give it in their place."""
    case = _of_worker(by)
    party = people_behind(case).filter(pk=by.party_id).first()
    if party is None:
        raise NotYours
    return _answer(
        case, party, way="online", result=result, process=process, words=words, post=None, handled=False, by=by, at=at
    )


def _of_worker(by: Worker) -> Case:
    """The case a worker rates, locked: the one spoken in, or the one it was joined to."""
    case = locked(case_id=by.case_id, by=by)
    while case.merged_into_id is not None:
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("holder", "unit", "officer", "root", "rules")
            .get(pk=case.merged_into_id)
        )
    return case


@transaction.atomic
def rate_by_phone(
    *, case_id: UUID, party_id: UUID, result: str, process: str, words: str, by: Actor, at: datetime
) -> Answer:
    """A recorded return call (电话回访) by somebody who did not handle the case; in a union of one the answer is marked."""
    case = locked(case_id=case_id, by=by)
    post = check_may(by, Can.RETURN_CALL, case.holder)
    party = people_behind(case).filter(pk=party_id).first()
    if party is None:
        raise NotYours
    if party.secrecy != Secrecy.NAMED:
        raise Refused("这位职工选择了保密或匿名，只能由本人凭回执评价。")
    handled = handled_by(case)
    if not may_call(by.person_id, handled, _callers(case, at)):
        raise Refused("办理这件事的人不能替职工登记评价。", "请由没有经手的同志回访。")
    return _answer(
        case, party, way="phone", result=result, process=process, words=words, post=post,
        handled=by.person_id in handled, by=by, at=at,
    )  # fmt: skip


def _callers(case: Case, at: datetime) -> set[UUID]:
    """Who at the case's union may make return calls at all."""
    posts = free_of(holders(case.holder, Can.RETURN_CALL, timezone.localdate(at)), keys_against(case))
    return {post.person_id for post in posts}


def _answer(
    case: Case, party: Party, *, way: str, result: str, process: str, words: str, post: Post | None, handled: bool, by: Actor,
    at: datetime,
) -> Answer:  # fmt: skip
    if case.status != "told":
        raise Refused("现在不在评价的时候。", "结果告诉您以后就可以评价。")
    survey = open_survey(case=case, by=by, at=at)
    if Answer.objects.filter(survey=survey, party=party).exists():
        raise Refused("这件事已经评价过了。", "想补充的话，可以在下面留言。")
    counts = check_grades(survey.scale, result=result, process=process, words=words)
    answer = Answer(
        root_id=case.root_id, survey=survey, party=party, way=way, result=result, process=process, counts_as=counts, by=post,
        handled=handled, at=at,
    )  # fmt: skip
    if words.strip():
        answer.words = party.key.seal(words.strip(), place_of("answer", "words", answer.pk))
    answer.save(force_insert=True)
    note(
        case,
        "rated",
        "收到一份评价",
        by=SYSTEM if way == "online" else by,
        at=at,
        data={"survey": survey.pk, "way": way},
    )
    if counts == "unsatisfied":
        ReopenRequest.objects.create(root_id=case.root_id, case=case, survey=survey, party=party, asked_at=at)
        tell_approvers(case, "unsatisfied", "评价不满意，请决定是否重新办理", by=by, at=at, key=str(survey.pk))
    asked = set(people_behind(case).values_list("pk", flat=True))
    given = set(Answer.objects.filter(survey=survey).values_list("party_id", flat=True))
    if asked <= given:
        _close(survey, case, by=by, at=at)
    return answer


def _close(survey: Survey, case: Case, *, by: Actor, at: datetime) -> None:
    survey.closed_at = at
    survey.save(update_fields=["closed_at"])
    carry(case=case, act="all_rated", by=SYSTEM, at=at)
    tell_officer(case, "rated", "测评结束", by=by, at=at, key=str(survey.pk))


def close_due(*, by: Actor, at: datetime) -> int:
    """Sweep: surveys whose closing date has passed end with what was answered."""
    today, closed = timezone.localdate(at), 0
    due = Survey.objects.filter(closed_at__isnull=True, closes_on__lt=today).values_list("case_id", flat=True)[:500]
    for case_id in list(due):
        with transaction.atomic():
            case = locked(case_id=case_id, by=by)
            survey = (
                Survey.objects.select_for_update().filter(case=case, round=case.round, closed_at__isnull=True).first()
            )
            if survey is None or case.status != "told":
                Survey.objects.filter(case=case, closed_at__isnull=True).update(closed_at=at)
                continue
            _close(survey, case, by=by, at=at)
            closed += 1
    return closed


@transaction.atomic
def decide_reopen(*, case_id: UUID, grant: bool, reason: str, by: Actor, at: datetime) -> Case:
    """A person decides, with reasons the worker reads, whether the case is taken up again."""
    case = locked(case_id=case_id, by=by)
    post = check_may(by, Can.APPROVE, case.holder)
    waiting = list(ReopenRequest.objects.select_for_update().filter(case=case, granted__isnull=True))
    if not waiting:
        raise Refused("没有等待决定的重新办理请求。")
    if not reason.strip():
        raise Invalid({"reason": "请写明理由，职工会看到。"})
    for row in waiting:
        row.granted, row.reason, row.decided_by, row.decided_at = grant, reason.strip()[:500], post, at
        row.save()
    if not grant:
        said = Said(text=reason.strip(), worker_label="工会决定不再重新办理", worker_text=reason.strip())
        note(case, "no_reopen", "不重新办理", by=by, at=at, said=said)
        return case
    Survey.objects.filter(case=case, closed_at__isnull=True).update(closed_at=at)
    return reopen_case(case_id=case.pk, reason=reason, officer=None, by=by, at=at)


@transaction.atomic
def sign_and_archive(*, case_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """The supervisor signs the survey's result for the file and the case goes to the ledger (MY-3.2.5c, MY-3.2.6).

    Refused while a request to take it up again is waiting for a decision.
    """
    case = locked(case_id=case_id, by=by, version=version)
    post = check_may(by, Can.HANDLE_CASES, case.holder)
    if ReopenRequest.objects.filter(case=case, granted__isnull=True).exists():
        raise Refused("职工不满意，是否重新办理还没有决定。", "请先由主席决定，再归档。")
    Survey.objects.filter(case=case, round=case.round).update(signed_by=post, signed_at=at)
    advance(case, "archive", by=by, at=at)
    return case

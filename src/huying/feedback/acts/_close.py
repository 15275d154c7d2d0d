"""The end of a survey, reminders before it, the supervisor's signature for the file, and who then hears the result."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from huying.cases.acts import advance, carry, locked, tell_officer
from huying.cases.models import Case
from huying.cases.reads import keys_against, rules_of
from huying.cases.rules import free_of
from huying.feedback.acts._gate import check_free
from huying.feedback.models import Invited, Reminder, ReopenRequest, Survey
from huying.feedback.reads import able, handled_by, named_by
from huying.handling.models import Item
from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.clock import WorkDays, business_day_offset
from huying.kernel.errors import Invalid, Refused
from huying.mechanism.reads import calendar
from huying.notices.acts import send
from huying.org.models import Person, Post, Role
from huying.org.reads import chairs
from huying.org.rules import Can
from huying.trail.acts import append

LONGEST_REVIEW = 1000


def close(survey: Survey, case: Case, *, by: Actor, at: datetime) -> None:
    """The survey is over: the case moves on, its officer hears of it and those who may sign."""
    survey.closed_at = at
    survey.save(update_fields=["closed_at"])
    carry(case=case, act="all_rated", by=SYSTEM, at=at)
    tell_officer(case, "rated", "测评结束", by=by, at=at, key=str(survey.pk))
    signers = able(case, Can.HANDLE_CASES, at)
    signers = signers - handled_by(case) or signers
    send(
        to=Person.objects.filter(pk__in=signers), kind="case.to_sign", title=f"{case.number} 测评结束，请督办人审阅签字",
        url=reverse("desk:survey", args=[case.pk]), root=case.root, subject=case.pk, by=by, at=at, key=str(survey.pk),
    )  # fmt: skip


def close_due(*, by: Actor, at: datetime) -> int:
    """Sweep: surveys whose closing date has passed end with what was answered."""
    today, closed = timezone.localdate(at), 0
    due = Survey.objects.filter(closed_at__isnull=True, closes_on__lt=today).values_list("case_id", flat=True)[:500]
    for case_id in list(due):
        with transaction.atomic():
            case = locked(case_id=case_id, by=by)
            survey = (
                Survey.objects.select_for_update(no_key=True)
                .filter(case=case, round=case.round, closed_at__isnull=True)
                .first()
            )
            if survey is None or case.status != "told":
                Survey.objects.filter(case=case, closed_at__isnull=True).update(closed_at=at)
                continue
            close(survey, case, by=by, at=at)
            closed += 1
    return closed


# --- reminders --------------------------------------------------------------------------------------------------------


def remind(*, by: Actor, at: datetime) -> int:
    """Sweep: half-way, and some working days before the end, those asked who have an account and the office hear of it once.

    How many were sent.
    """
    today, days, sent = timezone.localdate(at), calendar(), 0
    open_ones = Survey.objects.filter(closed_at__isnull=True, closes_on__gte=today, case__status="told")
    rows = open_ones.select_related("case__holder", "case__officer__person", "root").prefetch_related("reminders")
    for survey in rows.exclude(reminders__kind="last").order_by("closes_on", "id"):
        if kind := reminder_due(survey, today, days):
            with transaction.atomic():
                sent += _remind(survey, kind, by=by, at=at)
    return sent


def reminder_due(survey: Survey, today: date, days: WorkDays) -> str:
    """Which reminder is due and not sent; the last one takes the place of a missed first."""
    given = {one.kind for one in survey.reminders.all()}
    before = rules_of(survey.case).count("reminder_before").value
    opened = timezone.localdate(survey.opened_at)
    if today >= business_day_offset(survey.closes_on, -before, days):
        return "" if "last" in given else "last"
    half = opened + (survey.closes_on - opened) / 2
    return "half" if today >= half and not given else ""


def _remind(survey: Survey, kind: str, *, by: Actor, at: datetime) -> int:
    """One reminder to everybody who has not answered, and to the office that may call the others."""
    case = survey.case
    left = list(
        Invited.objects.filter(survey=survey, answer__isnull=True, unreached_at__isnull=True).select_related("person")
    )
    _, fresh = Reminder.objects.get_or_create(
        survey=survey, kind=kind, defaults={"root_id": survey.root_id, "told": len(left), "at": at}
    )
    if not fresh:
        return 0
    until = f"{survey.closes_on.month}月{survey.closes_on.day}日"
    away = named_by(case, {one.person_id for one in left if one.person_id}, timezone.localdate(at))
    for one in left:
        person = one.person if one.person_id not in away else None
        send(
            to=[person] if person is not None else [], kind="survey.remind", title=f"还请您评一评，{until}截止",
            url=reverse("desk:survey_mine", args=[one.pk]), root=survey.root, subject=one.pk, by=by, at=at, key=kind,
        )  # fmt: skip
    callers = able(case, Can.RETURN_CALL, at)
    send(
        to=Person.objects.filter(pk__in=callers - handled_by(case) or callers), kind="case.survey",
        title=f"{case.number} 测评{until}截止，还有 {len(left)} 人没有评", url=reverse("desk:survey", args=[case.pk]),
        root=survey.root, subject=case.pk, by=by, at=at, key=f"{survey.pk}:{kind}",
    )  # fmt: skip
    data = {"kind": kind, "waiting": len(left)}
    append(
        chain=case.pk, root=survey.root_id, by=by, at=at, act="survey.remind", subject=f"survey:{survey.pk}", data=data
    )
    return 1


# --- signing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def sign_and_archive(*, case_id: UUID, review: str = "", by: Actor, at: datetime, version: int | None = None) -> Case:
    """The supervisor reviews the survey's result and signs it for the file; the case goes to the ledger and the result to
    department, person, head of management and head of the union (MY-3.2.5c, MY-3.2.6).

    Never one who handled the case while somebody else is there.  Refused while a request to take it up again is waiting.
    """
    case = locked(case_id=case_id, by=by, version=version)
    post, handled = check_free(case, by=by, at=at, can=Can.HANDLE_CASES)
    if ReopenRequest.objects.filter(case=case, granted__isnull=True).exists():
        raise Refused("职工不满意，是否重新办理还没有决定。", "请先由主席决定，再归档。")
    if len(review) > LONGEST_REVIEW:
        raise Invalid({"review": f"写了 {len(review)} 字，最多 {LONGEST_REVIEW} 字。"})
    survey = Survey.objects.select_for_update(of=("self",), no_key=True).filter(case=case, round=case.round).first()
    if survey is not None:
        survey.signed_by, survey.signed_at, survey.review = post, at, review.strip()
        survey.save(update_fields=["signed_by", "signed_at", "review"])
    advance(case, "archive", by=by, at=at, data={"supervisor": post.pk, "handled": handled})
    if survey is not None:
        _send_result(survey, case, by=by, at=at)
    return case


def _send_result(survey: Survey, case: Case, *, by: Actor, at: datetime) -> None:
    """Whom the rules name hear that there is a result, each where they may read it: by the item's code, or the case's
    number at the union.  Nobody the case names."""
    today, readers = timezone.localdate(at), _readers(case)
    items = Item.objects.filter(case=case, round=case.round).exclude(status="dropped")
    for item in items.select_related("department", "handler__person"):
        posts = [item.handler] if "person" in readers else []
        held = Post.objects.on(today).select_related("person")
        if "department" in readers:
            posts += held.filter(department=item.department, role=Role.DEPARTMENT_HEAD)
        if "management_head" in readers:
            posts += held.filter(unit=item.department.unit_id, role=Role.MANAGEMENT_HEAD)
        send(
            to=[one.person for one in free_of(posts, keys_against(case))], kind="item.rated",
            title=f"事项 {item.code} 满意度测评有了结果", url=reverse("desk:item", args=[item.pk]), root=case.root,
            subject=item.pk, by=by, at=at, key=str(survey.pk),
        )  # fmt: skip
    send(
        to=[one.person for one in free_of(chairs(case.holder, today), keys_against(case))], kind="case.result",
        title=f"{case.number} 满意度测评已签字备案", url=reverse("desk:survey", args=[case.pk]), root=case.root,
        subject=case.pk, by=by, at=at, key=str(survey.pk),
    )  # fmt: skip


def _readers(case: Case) -> set[str]:
    """To whom the rules send the result; nobody outside the union where they say nothing."""
    try:
        return {one.code for one in rules_of(case).options("result_readers").choices}
    except KeyError:
        return set()


@transaction.atomic
def note_slips(*, case_id: UUID, by: Actor, at: datetime) -> Survey:
    """Slips with everybody's link are about to be printed: only by one who did not handle the case, and written down."""
    case = locked(case_id=case_id, by=by)
    check_free(case, by=by, at=at)
    survey = Survey.objects.filter(case=case, round=case.round, closed_at__isnull=True).first()
    if survey is None or case.status != "told":
        raise Refused("测评没有在进行，不用打印。")
    append(chain=case.pk, root=case.root_id, by=by, at=at, act="survey.slips", subject=f"survey:{survey.pk}")
    return survey

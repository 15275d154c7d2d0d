"""The yearly plan: drafted, promised in public with everything the document wants said, reported on, done or explained."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.org.acts.steps import post_of, write
from huying.org.models import Department, Post, Unit
from huying.org.rules import Can, check_may
from huying.promises.acts._gate import (
    advance_promise,
    locked_plan,
    locked_promise,
    reporting,
    said,
    tell,
)
from huying.promises.lifecycle import RUNNING
from huying.promises.models import Plan, Progress, Promise
from huying.promises.reads import missing, needs_of, offered
from huying.promises.rules import LONGEST_MEASURE, LONGEST_PROGRESS, LONGEST_RESULT, LONGEST_TITLE

EVERY = timedelta(days=7)  # how often a late promise is brought to mind


@transaction.atomic
def open_plan(*, unit: Unit, year: int, opening: str = "", by: Actor, at: datetime) -> Plan:
    """Begin the plan of a year."""
    check_may(by, Can.HANDLE_CASES, unit)
    this_year = timezone.localtime(at).year
    if not this_year - 1 <= year <= this_year + 1:
        raise Invalid({"year": "只能定去年、今年或明年的计划。"})
    if len(opening) > LONGEST_MEASURE:
        raise Invalid({"opening": f"写了 {len(opening)} 字，最多 {LONGEST_MEASURE} 字。"})
    if Plan.objects.filter(unit=unit, year=year).exists():
        raise Refused(f"{year}年的计划已经有了。", "请打开那一份接着写。")
    root = unit.root_id or unit.pk
    plan = Plan.objects.create(root_id=root, unit=unit, year=year, opening=opening.strip(), by_id=post_of(by), at=at)
    write(unit=unit, by=by, at=at, act="promise.plan", subject=f"plan:{plan.pk}", data={"year": year})
    return plan


@transaction.atomic
def add_promise(
    *, plan_id: UUID, title: str, measure: str = "", deadline: date | None = None, leader: Post | None = None,
    department: Department | None = None, person: Post | None = None, by: Actor, at: datetime,
) -> Promise:  # fmt: skip
    """One more practical thing; what it lacks may be written until the plan is published."""
    plan = locked_plan(plan_id, by=by)
    check_may(by, Can.HANDLE_CASES, plan.unit)
    _check_draft(plan)
    last = plan.promises.aggregate(last=Max("order"))["last"] or 0
    promise = Promise(root_id=plan.root_id, plan=plan, order=last + 1, at=at)
    _fill(promise, title, measure, deadline, leader=leader, department=department, person=person, at=at)
    promise.save(force_insert=True)
    write(unit=plan.unit, by=by, at=at, act="promise.add", subject=f"promise:{promise.pk}")
    return promise


def _check_draft(plan: Plan) -> None:
    if plan.status != "draft":
        raise Refused("计划已经公开，不能再添、再改。", "办不成的，在那件实事里说明原因。")


def _fill(
    promise: Promise, title: str, measure: str, deadline: date | None, *, leader: Post | None,
    department: Department | None, person: Post | None, at: datetime,
) -> None:  # fmt: skip
    unit, today = promise.plan.unit, timezone.localdate(at)
    leaders, departments, people = offered(unit, today)
    wrong = {}
    if len(measure) > LONGEST_MEASURE:
        wrong["measure"] = f"写了 {len(measure)} 字，最多 {LONGEST_MEASURE} 字。"
    for name, given, among in (
        ("leader", leader, leaders), ("department", department, departments), ("person", person, people)
    ):  # fmt: skip
        if given is not None and given.pk not in {one.pk for one in among}:
            wrong[name] = "请在列出的里面选。"
    if deadline is not None and not date(promise.plan.year, 1, 1) <= deadline <= date(promise.plan.year + 1, 3, 31):
        wrong["deadline"] = f"时限要在{promise.plan.year}年里，最晚到次年 3 月底。"
    if wrong:
        raise Invalid(wrong)
    promise.title = said(title, LONGEST_TITLE, "请写办什么事。", "title")
    promise.measure, promise.deadline = measure.strip(), deadline
    promise.leader, promise.department, promise.person = leader, department, person


@transaction.atomic
def change_promise(
    *, promise_id: UUID, title: str, measure: str = "", deadline: date | None = None, leader: Post | None = None,
    department: Department | None = None, person: Post | None = None, by: Actor, at: datetime, version: int | None = None,
) -> Promise:  # fmt: skip
    """Change a draft."""
    promise = locked_promise(promise_id, by=by, version=version)
    check_may(by, Can.HANDLE_CASES, promise.plan.unit)
    _check_draft(promise.plan)
    _fill(promise, title, measure, deadline, leader=leader, department=department, person=person, at=at)
    advance_promise(promise, "change", by=by, at=at)
    return promise


@transaction.atomic
def drop_promise(*, promise_id: UUID, by: Actor, at: datetime) -> Promise:
    """It does not go into the plan after all."""
    promise = locked_promise(promise_id, by=by)
    check_may(by, Can.HANDLE_CASES, promise.plan.unit)
    advance_promise(promise, "drop", by=by, at=at)
    return promise


@transaction.atomic
def publish_plan(*, plan_id: UUID, by: Actor, at: datetime) -> Plan:
    """Promise it in public: only once each says everything the adopted document asks for (SX-12)."""
    plan = locked_plan(plan_id, by=by)
    post = check_may(by, Can.APPROVE, plan.unit)
    if plan.status == "published":
        raise Refused("这份计划已经公开了。")
    needs = needs_of(plan.unit, timezone.localdate(at))
    rows = plan.promises.select_for_update(of=("self",), no_key=True).filter(status="drafted")
    promises = list(rows.select_related("plan__unit", "root", "leader__person", "person__person").order_by("order"))
    if not promises:
        raise Refused("还没有写一件实事。", "至少写一件，再公开承诺。")
    short = [f"“{one.title}”还缺{'、'.join(lacks)}" for one in promises if (lacks := missing(one, needs))]
    if short:
        raise Refused(f"{'；'.join(short)}。", "写全了再公开承诺。")
    plan.status, plan.published_at, plan.published_by = "published", at, post
    plan.version += 1
    plan.save()
    data = {"promises": len(promises)}
    write(unit=plan.unit, by=by, at=at, act="promise.publish_plan", subject=f"plan:{plan.pk}", data=data)
    for promise in promises:
        promise.plan = plan
        advance_promise(promise, "publish", by=by, at=at)
        people = [one.person for one in (promise.leader, promise.person) if one is not None]
        tell(people, "published", f"实事 {plan.year}–{promise.order} 由您负责", promise, by=by, at=at, key="published")
    return plan


@transaction.atomic
def report_progress(*, promise_id: UUID, text: str, by: Actor, at: datetime, version: int | None = None) -> Progress:
    """How far it is; workers read it."""
    promise = reporting(promise_id, by=by, version=version)
    text = said(text, LONGEST_PROGRESS, "请写办到哪一步了。")
    advance_promise(promise, "report", by=by, at=at)
    return Progress.objects.create(root_id=promise.root_id, promise=promise, text=text, by_id=post_of(by), at=at)


@transaction.atomic
def finish_promise(*, promise_id: UUID, result: str, by: Actor, at: datetime, version: int | None = None) -> Promise:
    """Done, with what came of it; workers may rate it from now on."""
    return _end(promise_id, "finish", "result", (result, "请写办成了什么。"), by=by, at=at, version=version)


@transaction.atomic
def fail_promise(*, promise_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Promise:
    """Not done, with why; workers read and rate that, too."""
    return _end(
        promise_id, "fail", "reason", (reason, "请写明为什么没有办成、以后怎么办。"), by=by, at=at, version=version
    )


def _end(
    promise_id: UUID, act: str, name: str, given: tuple[str, str], *, by: Actor, at: datetime, version: int | None
) -> Promise:
    promise = reporting(promise_id, by=by, version=version)
    promise.result = said(given[0], LONGEST_RESULT, given[1], name)
    promise.ended_on = timezone.localdate(at)
    advance_promise(promise, act, by=by, at=at)
    return promise


def remind_late(*, by: Actor, at: datetime) -> int:
    """Sweep: who leads and who answers for a promise hear that its day has passed, once a week until it is over."""
    today = timezone.localdate(at)
    rows = Promise.objects.filter(status__in=RUNNING, deadline__lt=today)
    found = list(rows.select_related("root", "plan", "leader__person", "person__person"))
    for promise in found:
        assert promise.deadline is not None
        weeks = (today - promise.deadline) // EVERY
        people = [one.person for one in (promise.leader, promise.person) if one is not None]
        title = f"实事 {promise.plan.year}–{promise.order} 过了时限"
        with transaction.atomic():
            tell(people, "late", title, promise, by=by, at=at, key=str(weeks))
    return len(found)

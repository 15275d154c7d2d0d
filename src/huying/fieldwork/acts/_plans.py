"""Persons for each link, what a union lays down for itself, the year's plan, demonstration points (PD-6.2, SX-17)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.fieldwork.acts._steps import (
    check_days,
    check_keeps,
    check_version,
    inside,
    own_person,
    root_id,
    words,
)
from huying.fieldwork.models import DemoPoint, LinkPerson, OwnRule, PlanTask, YearPlan
from huying.fieldwork.rules import list_of
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.org.acts.steps import write
from huying.org.models import Unit


@transaction.atomic
def set_links(*, unit: Unit, chosen: Mapping[str, UUID | None], by: Actor, at: datetime) -> int:
    """Who answers for which link; ``None``: nobody (PD-6.2b).  How many changed."""
    check_keeps(by, unit)
    today = timezone.localdate(at)
    listed = list_of(rules_for(unit, today), "links")
    if listed is None or set(chosen) - {one.code for one in listed.choices}:
        raise NotYours
    running = {
        one.link: one for one in LinkPerson.objects.select_for_update(no_key=True).filter(unit=unit, until__isnull=True)
    }
    changed = 0
    for link, person_id in chosen.items():
        before = running.get(link)
        if (before.person_id if before else None) == person_id:
            continue
        changed += 1
        if before is not None:
            LinkPerson.objects.filter(pk=before.pk).update(until=max(before.since, today))
        if person_id is not None:
            person = own_person(person_id, unit, link, today)
            LinkPerson.objects.create(root_id=root_id(unit), unit=unit, link=link, person=person, since=today)
    write(unit=unit, by=by, at=at, act="links.set", subject=unit, data={"changed": changed})
    return changed


@transaction.atomic
def set_own_rule(
    *, unit: Unit, code: str, since: date, text: str, version: int | None = None, by: Actor, at: datetime
) -> OwnRule:
    """What the union has laid down for itself on one of the things the document leaves to it (PD-6.2a)."""
    check_keeps(by, unit)
    listed = list_of(rules_for(unit, timezone.localdate(at)), "own_rules")
    if listed is None or code not in {one.code for one in listed.choices}:
        raise NotYours
    text = words("text", text, "请写明这项制度的内容。")
    row = OwnRule.objects.select_for_update(no_key=True).filter(unit=unit, code=code).first()
    if row is None:
        row = OwnRule(root_id=root_id(unit), unit=unit, code=code, version=0)
    else:
        check_version(row, version)
    row.since, row.text, row.at, row.version = since, text, at, row.version + 1
    row.save()
    write(unit=unit, by=by, at=at, act="own_rule.set", subject=row, data={"code": code, "version": row.version})
    return row


# --- the year's plan ----------------------------------------------------------------------------------------------------


@transaction.atomic
def write_plan(*, unit: Unit, year: int, goal: str, version: int | None = None, by: Actor, at: datetime) -> YearPlan:
    """The plan of a year: this one or the next."""
    check_keeps(by, unit)
    this = timezone.localdate(at).year
    if year not in (this, this + 1):
        raise Invalid({"year": "只能写今年和明年的规划。"})
    goal = words("goal", goal, "请写目标和安排。")
    row = YearPlan.objects.select_for_update(no_key=True).filter(unit=unit, year=year).first()
    if row is None:
        row = YearPlan(root_id=root_id(unit), unit=unit, year=year, version=0)
    else:
        check_version(row, version)
    row.goal, row.at, row.version = goal, at, row.version + 1
    row.save()
    write(unit=unit, by=by, at=at, act="plan.write", subject=row, data={"year": year, "version": row.version})
    return row


@transaction.atomic
def add_task(*, plan_id: UUID, text: str, person_id: UUID, due_on: date, by: Actor, at: datetime) -> PlanTask:
    """One task: what, who, until when."""
    plan = YearPlan.objects.select_related("unit").filter(pk=plan_id).first()
    if plan is None:
        raise NotYours
    check_keeps(by, plan.unit)
    text = words("text", text, "请写明做什么。", 200)
    if due_on.year != plan.year:
        raise Invalid({"due_on": f"完成时限要在 {plan.year} 年里。"})
    person = own_person(person_id, plan.unit, "person", timezone.localdate(at))
    row = PlanTask.objects.create(root_id=plan.root_id, plan=plan, text=text, person=person, due_on=due_on)
    write(unit=plan.unit, by=by, at=at, act="plan.task", subject=plan, data={"task": row.pk})
    return row


@transaction.atomic
def finish_task(*, task_id: UUID, result: str, by: Actor, at: datetime) -> PlanTask:
    """A task is done, and what came of it."""
    row = (
        PlanTask.objects.select_for_update(of=("self",), no_key=True)
        .select_related("plan__unit")
        .filter(pk=task_id)
        .first()
    )
    if row is None:
        raise NotYours
    check_keeps(by, row.plan.unit)
    if row.done_on is not None:
        raise Refused("这项任务已经完成了。")
    row.result, row.done_on = words("result", result, "请写明完成得怎样。", 300), timezone.localdate(at)
    row.save(update_fields=["result", "done_on"])
    write(unit=row.plan.unit, by=by, at=at, act="plan.done", subject=row.plan, data={"task": row.pk})
    return row


# --- demonstration points -----------------------------------------------------------------------------------------------


@transaction.atomic
def name_demo_point(*, union: Unit, unit: Unit, since: date, learned: str, by: Actor, at: datetime) -> DemoPoint:
    """A unit below shows others how it is done."""
    check_keeps(by, union)
    inside(unit, union)
    if since > timezone.localdate(at):
        raise Invalid({"since": "还没有到这一天。"})
    if DemoPoint.objects.filter(union=union, unit=unit, until__isnull=True).exists():
        raise Invalid({"unit": f"“{unit.name}”已经是示范点。"})
    row = DemoPoint.objects.create(
        root_id=root_id(union), union=union, unit=unit, since=since, learned=learned.strip()[:2000], at=at
    )
    write(unit=union, by=by, at=at, act="demo_point.name", subject=row, data={"of": unit.pk})
    return row


@transaction.atomic
def end_demo_point(*, point_id: UUID, until: date, by: Actor, at: datetime) -> DemoPoint:
    """It no longer is one."""
    row = (
        DemoPoint.objects.select_for_update(of=("self",), no_key=True)
        .select_related("union")
        .filter(pk=point_id)
        .first()
    )
    if row is None:
        raise NotYours
    check_keeps(by, row.union)
    if row.until is not None:
        raise Refused("已经不是示范点了。")
    check_days(row.since, until)
    row.until, row.at, row.version = until, at, row.version + 1
    row.save(update_fields=["until", "at", "version"])
    write(unit=row.union, by=by, at=at, act="demo_point.end", subject=row)
    return row

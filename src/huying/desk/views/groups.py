"""Pages of guides and groups, of the year's plan and demonstration points."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk.forms.studios import DemoPointForm, DoneForm, GroupForm, GuidesForm, PlanForm, TaskForm, UntilForm
from huying.desk.views.one_form import OneForm, one_form
from huying.fieldwork import acts, reads
from huying.fieldwork.models import Group
from huying.kernel.errors import Invalid, NotYours
from huying.kernel.web import Asked, who
from huying.org.models import Unit
from huying.org.rules import Can, may

GUIDANCE = "指导和小组"
PLANS = "年度规划"


def _kept(request: Asked, unit_id: UUID) -> Unit:
    """One's own union; anything else looks missing."""
    unit = reads.union_for(request.actor, unit_id)
    if not may(request.actor, Can.HANDLE_CASES, unit):
        raise NotYours
    return unit


# --- guides and groups ----------------------------------------------------------------------------------------------------


@require_GET
def guidance(request: Asked) -> HttpResponse:
    """Every area in reach: who guides its studios, which groups it has; what is missing first."""
    rows = reads.areas(request.actor)
    if not rows:
        raise NotYours
    own = {unit.pk for unit in reads.keeps(request.actor)}
    context = {"rows": [(row, row.unit.pk in own) for row in rows], "lacking": sum(bool(row.lacks) for row in rows)}
    return render(request, "desk/studios/guidance.html", context)


@require_http_methods(["GET", "POST"])
def guides(request: Asked, unit_id: UUID) -> HttpResponse:
    """Who guides the studios of the area."""
    unit = _kept(request, unit_id)
    (area,) = reads.areas(request.actor, [unit])
    if not area.guided:
        raise NotYours
    form = GuidesForm(request.POST or None, initial={"people": [str(one.pk) for one in area.guides]})
    known = {one.pk: one for one in (*reads.candidates(unit, timezone.localdate(request.now)), *area.guides)}
    form.fill(known.values())

    def do() -> str:
        people = [UUID(one) for one in form.cleaned_data["people"]]
        acts.set_guides(unit=unit, people=people, **who(request))
        return reverse("desk:guidance")

    back = reverse("desk:guidance")
    return one_form(request, form, OneForm(f"{unit.name}指导员", back, [(GUIDANCE, back)]), do, "指导员保存了。")


@require_http_methods(["GET", "POST"])
def group(request: Asked, unit_id: UUID, kind: str) -> HttpResponse:
    """Who is in a group, and what for."""
    unit = _kept(request, unit_id)
    if kind not in dict(Group.KINDS) or not unit.is_upper:
        raise NotYours
    (area,) = reads.areas(request.actor, [unit])
    row = next((one for one in area.groups if one.kind == kind), None)
    form = GroupForm(request.POST or None)
    form.fill(reads.candidates(unit, timezone.localdate(request.now)), row)

    def do() -> str:
        version = form.cleaned_data["version"]
        acts.set_group(unit=unit, kind=kind, seats=form.seats(), version=version, **who(request))
        return reverse("desk:guidance")

    back = reverse("desk:guidance")
    more = {"version": row.version if row else None, "rows": form.lines()}
    label = dict(Group.KINDS)[kind]
    page = OneForm(f"{unit.name}{label}", back, [(GUIDANCE, back)], template="desk/studios/group.html", more=more)
    return one_form(request, form, page, do, f"{label}保存了。")


# --- the year's plan --------------------------------------------------------------------------------------------------------


@require_GET
def plans(request: Asked) -> HttpResponse:
    """The plans of a year in reach, who has none, demonstration points."""
    units = list(reads.unions(request.actor))
    if not units:
        raise NotYours
    today = timezone.localdate(request.now)
    year = today.year + 1 if request.GET.get("year") == str(today.year + 1) else today.year
    found = list(reads.plans(request.actor, year))
    own = reads.keeps(request.actor)
    there = {plan.unit_id for plan in found}
    context = {
        "year": year, "years": (today.year, today.year + 1), "today": today,
        "plans": [(plan, plan.unit in own) for plan in found],
        "without": [unit for unit in units if unit.pk not in there],
        "own": [unit for unit in own if unit.pk not in there],
        "points": [(point, point.union in own) for point in reads.demo_points(request.actor)],
        "names": [unit for unit in own if unit.is_upper or unit.numchild],
    }  # fmt: skip
    return render(request, "desk/studios/plans.html", context)


@require_http_methods(["GET", "POST"])
def plan_write(request: Asked, unit_id: UUID, year: int) -> HttpResponse:
    """Write or change the plan of a year."""
    unit = _kept(request, unit_id)
    row = reads.plans(request.actor, year).filter(unit=unit).first()
    if year not in (timezone.localdate(request.now).year, timezone.localdate(request.now).year + 1):
        raise NotYours
    form = PlanForm(request.POST or None, initial=PlanForm.initial_of(row))

    def do() -> str:
        acts.write_plan(unit=unit, year=year, **form.cleaned_data, **who(request))
        return _back(year)

    page = _page(f"{unit.name} {year} 年服务职工规划", year, version=row.version if row else None)
    return one_form(request, form, page, do, "规划保存了。")


def _back(year: int) -> str:
    return f"{reverse('desk:plans')}?year={year}"


def _page(title: str, year: int, verb: str = "保存", **more: Any) -> OneForm:
    return OneForm(title, _back(year), [(PLANS, _back(year))], verb=verb, more=more)


@require_http_methods(["GET", "POST"])
def plan_task(request: Asked, plan_id: UUID) -> HttpResponse:
    """One more task of a plan."""
    plan = reads.plan_for(request.actor, plan_id)
    unit = _kept(request, plan.unit_id)
    form = TaskForm(request.POST or None)
    form.fill(reads.candidates(unit, timezone.localdate(request.now)))

    def do() -> str:
        given = form.cleaned_data
        acts.add_task(
            plan_id=plan_id, text=given["text"], person_id=UUID(given["person"]), due_on=given["due_on"], **who(request)
        )
        return _back(plan.year)

    return one_form(request, form, _page("增加一项任务", plan.year, "增加"), do, "任务增加了。")


@require_http_methods(["GET", "POST"])
def plan_done(request: Asked, task_id: UUID) -> HttpResponse:
    """A task is done."""
    task = reads.task_for(request.actor, task_id)
    _kept(request, task.plan.unit_id)
    form = DoneForm(request.POST or None)

    def do() -> str:
        acts.finish_task(task_id=task_id, result=form.cleaned_data["result"], **who(request))
        return _back(task.plan.year)

    page = replace(_page("任务完成了", task.plan.year, "登记"), note=task.text)
    return one_form(request, form, page, do, "登记了。")


# --- demonstration points -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def demo_point(request: Asked, unit_id: UUID) -> HttpResponse:
    """A unit below becomes a demonstration point."""
    union = _kept(request, unit_id)
    below = [one for one in reads.studio_units(request.actor) if one.path.startswith(union.path)]
    form = DemoPointForm(request.POST or None, initial={"since": timezone.localdate(request.now)})
    form.offer("unit", [(str(one.pk), one.name) for one in below], blank="请选")

    def do() -> str:
        given = form.cleaned_data
        unit = next((one for one in below if str(one.pk) == given["unit"]), None)
        if unit is None:
            raise Invalid({"unit": "请选一个单位。"})
        acts.name_demo_point(union=union, unit=unit, since=given["since"], learned=given["learned"], **who(request))
        return reverse("desk:plans")

    page = _page("定一个示范点", timezone.localdate(request.now).year, "确定")
    return one_form(request, form, page, do, "示范点定好了。")


@require_http_methods(["GET", "POST"])
def demo_point_end(request: Asked, point_id: UUID) -> HttpResponse:
    """It is one no longer."""
    point = reads.demo_points(request.actor).filter(pk=point_id).first()
    if point is None:
        raise NotYours
    _kept(request, point.union_id)
    form = UntilForm(request.POST or None, initial={"until": timezone.localdate(request.now)})

    def do() -> str:
        acts.end_demo_point(point_id=point_id, until=form.cleaned_data["until"], **who(request))
        return reverse("desk:plans")

    page = _page(f"“{point.unit.name}”不再是示范点", timezone.localdate(request.now).year, "登记")
    return one_form(request, form, page, do, "登记了。")


urls = [
    path("guidance/", guidance, name="guidance"),
    path("guidance/<uuid:unit_id>/guides/", guides, name="guides"),
    path("guidance/<uuid:unit_id>/<slug:kind>/", group, name="group"),
    path("plans/", plans, name="plans"),
    path("plans/<uuid:unit_id>/<int:year>/", plan_write, name="plan_write"),
    path("plans/<uuid:plan_id>/tasks/", plan_task, name="plan_task"),
    path("plans/tasks/<uuid:task_id>/done/", plan_done, name="plan_done"),
    path("plans/points/<uuid:unit_id>/", demo_point, name="demo_point"),
    path("plans/points/<uuid:point_id>/end/", demo_point_end, name="demo_point_end"),
]

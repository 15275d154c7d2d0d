"""Pages of the desk: the yearly plan of practical things (办实事), its promises, what workers say of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk import reads as desk
from huying.desk.acts import drop_draft
from huying.desk.forms.dossier import ActForm
from huying.desk.forms.promises import FailForm, HideForm, PlanForm, ProgressForm, PromiseForm, ResultForm
from huying.desk.reads._promises import plan_paper, plan_table, promise_chip, promise_rows
from huying.kernel.errors import NotYours, only
from huying.kernel.web import PAPER_FORMATS, Asked, file_answer, once, refusals_on, today_of, who, workbook_answer
from huying.notices.acts import mark_read
from huying.org.models import Unit
from huying.org.rules import Can, Member, may
from huying.papers import reads as papers
from huying.papers.reads import Column
from huying.promises import acts, reads
from huying.promises.models import Comment, Plan, Promise

PER_PAGE = 25
MAY_SEE = (Can.READ_CASES, Can.INSTRUCT, Can.ITEMS)
HEADS = ("年份", "单位", "状态", *({"label": one, "num": True} for one in ("实事", "办成", "过了时限")))


# --- plans ----------------------------------------------------------------------------------------------------------------


@require_GET
def promises(request: Asked) -> HttpResponse:
    """Plans by year; what this person leads or answers for."""
    actor: Member = request.actor
    if not any(actor.units(can) for can in MAY_SEE):
        raise NotYours
    days = desk.days_of(today_of(request))
    page = Paginator(reads.plans(actor, days.today), PER_PAGE).get_page(request.GET.get("page"))
    mine = Paginator(reads.my_promises(actor), PER_PAGE).get_page(request.GET.get("mine"))
    units = reads.plan_units(actor)
    context = {
        "page": page,
        "mine": promise_rows(mine.object_list, days),
        "office": bool(units),
        "needs": reads.needs_of(units[0], days.today) if units else None,
        "without": [unit for unit in units if not _has_plan(unit, days.today.year)],
        "year": days.today.year,
        "heads": HEADS,
    }
    return render(request, "desk/promises/promises.html", context)


def _has_plan(unit: Unit, year: int) -> bool:
    return Plan.objects.filter(unit=unit, year=year).exists()


@require_http_methods(["GET", "POST"])
def plan_new(request: Asked) -> HttpResponse:
    """Begin a plan."""
    units = {str(unit.pk): unit for unit in reads.plan_units(request.actor)}
    if not units:
        raise NotYours
    unit, year = units.get(request.GET.get("unit", "")) or next(iter(units.values())), today_of(request).year
    form = PlanForm(request.POST or None, initial={"year": str(year)})
    form.offer("year", [(str(one), f"{one}年") for one in (year, year + 1, year - 1)])

    def do() -> str:
        given = form.cleaned_data
        made = acts.open_plan(unit=unit, year=int(given["year"]), opening=given["opening"], **who(request))
        drop_draft(form="plan-new", **who(request))
        return reverse("desk:plan", args=[made.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, do)
            messages.success(request, "计划开好了，接着写实事。")
            return answer
    context = {"form": form, "unit": unit, "units": [one for one in units.values() if one.pk != unit.pk]}
    return render(request, "desk/promises/plan_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def plan(request: Asked, plan_id: UUID) -> HttpResponse:
    """One plan with its promises; publishing it is the form on it."""
    found = reads.plan_for(request.actor, plan_id)
    form = ActForm(request.POST or None)
    if request.method == "POST":
        if not may(request.actor, Can.APPROVE, found.unit):
            raise NotYours
        if form.is_valid():
            with refusals_on(form):
                answer = once(request, lambda: _publish(request, found))
                messages.success(request, "公开承诺了，职工在本单位页面上看得到。")
                return answer
    days = desk.days_of(today_of(request))
    needs = reads.needs_of(found.unit, days.today)
    rows = list(reads.promises_of(found))
    context = {
        "plan": found,
        "form": form,
        "rows": promise_rows(rows, days, needs),
        "needs": needs,
        "short": sum(bool(reads.missing(one, needs)) for one in rows),
        "late": sum(reads.late(one, days.today) for one in rows),
        "done": sum(one.status == "done" for one in rows),
        "office": may(request.actor, Can.HANDLE_CASES, found.unit),
        "approves": may(request.actor, Can.APPROVE, found.unit),
        "fmts": PAPER_FORMATS,
    }
    return render(request, "desk/promises/plan.html", context, status=422 if form.errors else 200)


def _publish(request: Asked, found: Plan) -> str:
    acts.publish_plan(plan_id=found.pk, **who(request))
    return reverse("desk:plan", args=[found.pk])


@require_GET
def plan_print(request: Asked, plan_id: UUID, fmt: str) -> HttpResponse:
    """The plan and its result on paper."""
    found = reads.plan_for(request.actor, plan_id)
    if fmt not in PAPER_FORMATS:
        raise NotYours
    return file_answer(plan_paper(found, today_of(request), fmt), f"{found.year}年办实事计划.{fmt}")


@require_GET
def plan_xlsx(request: Asked, plan_id: UUID) -> FileResponse:
    """The same as a workbook."""
    found = reads.plan_for(request.actor, plan_id)
    columns = (
        Column("序号", 8), Column("项目", 30), Column("措施", 50), Column("时限", 16), Column("分管领导", 12), Column("责任部门", 18),
        Column("责任人", 12), Column("进展和结果", 50),
    )  # fmt: skip
    rows = (tuple(row.values()) for row in plan_table(found))
    book = papers.xlsx(columns, rows, title=f"{found.year}年办实事计划")
    return workbook_answer(book, f"{found.year}年办实事计划")


# --- one promise ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def promise_new(request: Asked, plan_id: UUID) -> HttpResponse:
    """One more practical thing in a draft."""
    found = reads.plan_for(request.actor, plan_id)
    if not may(request.actor, Can.HANDLE_CASES, found.unit):
        raise NotYours
    form = PromiseForm(request.POST or None)
    people = _fill(request, form, found.unit)
    draft = f"promise-new-{found.pk}"

    def do() -> str:
        acts.add_promise(plan_id=found.pk, **_given(form, people), **who(request))
        drop_draft(form=draft, **who(request))
        return reverse("desk:plan", args=[found.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    context = {"form": form, "plan": found, "draft": draft, "needs": reads.needs_of(found.unit, today_of(request))}
    return render(request, "desk/promises/promise_form.html", context, status=422 if form.errors else 200)


def _fill(request: Asked, form: PromiseForm, unit: Unit) -> dict[str, dict[str, Any]]:
    """Offer who there is; the rows by their ids, for what was chosen."""
    leaders, departments, people = reads.offered(unit, today_of(request))
    form.fill(leaders, departments, people)
    lists = {"leader": leaders, "department": departments, "person": people}
    return {name: {str(one.pk): one for one in rows} for name, rows in lists.items()}  # type: ignore[attr-defined]


def _given(form: PromiseForm, people: dict[str, dict[str, Any]]) -> dict[str, Any]:
    given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    return given | {name: rows.get(given[name]) for name, rows in people.items()}


@require_GET
def promise(request: Asked, promise_id: UUID) -> HttpResponse:
    """One promise: what was promised, how far it is, what workers say and how they rate it."""
    found = reads.promise_for(request.actor, promise_id)
    mark_read(subject=found.pk, **who(request))
    days = desk.days_of(today_of(request))
    comments = Paginator(reads.comments_of(found), PER_PAGE).get_page(request.GET.get("page"))
    unit = found.plan.unit
    context = {
        "promise": found,
        "plan_open": Plan.objects.visible_to(request.actor).filter(pk=found.plan_id).exists(),
        "chip": promise_chip(found, days),
        "lacks": reads.missing(found, reads.needs_of(unit, days.today)) if found.status == "drafted" else [],
        "needs": reads.needs_of(unit, days.today),
        "progress": list(found.progress.select_related("by__person").order_by("-at")),
        "comments": comments,
        "rating": reads.ratings([found], days.today).get(found.pk),
        "over": found.state.final,
        "office": may(request.actor, Can.HANDLE_CASES, unit),
        "acts": _offered(request, found),
    }
    return render(request, "desk/promises/promise.html", context)


def _offered(request: Asked, found: Promise) -> list[dict[str, Any]]:
    """What this person may do with it now."""
    wanted: list[tuple[str, str, str]] = []
    if found.status == "drafted" and may(request.actor, Can.HANDLE_CASES, found.plan.unit):
        wanted = [("change", "改", "edit"), ("drop", "不列入", "x")]
    elif not found.state.final and reads.reports_on(request.actor, found):
        wanted = [
            ("report", "报进展", "pencil"),
            ("finish", "办成了", "circle-check"),
            ("fail", "没有办成，说明原因", "info-circle"),
        ]
    return [
        {"label": label, "url": reverse("desk:promise-act", args=[found.pk, act]), "icon": icon}
        for act, label, icon in wanted
    ]


@dataclass(frozen=True)
class Act:
    """One act on a promise in a form of its own."""

    title: str
    said: str
    form: type[ActForm]
    do: Callable[..., Any]
    office: bool = False


ACTS = {
    "change": Act("改", "改好了。", PromiseForm, acts.change_promise, office=True),
    "drop": Act("不列入", "不列入计划了。", ActForm, acts.drop_promise, office=True),
    "report": Act("报进展", "进展报好了，职工看得到。", ProgressForm, acts.report_progress),
    "finish": Act("办成了", "登记好了，职工可以评价了。", ResultForm, acts.finish_promise),
    "fail": Act("没有办成，说明原因", "说明好了，职工看得到。", FailForm, acts.fail_promise),
}


@require_http_methods(["GET", "POST"])
def promise_act(request: Asked, promise_id: UUID, act: str) -> HttpResponse:
    """Change a draft, report, end."""
    found, how = reads.promise_for(request.actor, promise_id), ACTS.get(act)
    if how is None:
        raise NotYours
    allowed = (
        may(request.actor, Can.HANDLE_CASES, found.plan.unit) if how.office else reads.reports_on(request.actor, found)
    )
    if not allowed:
        raise NotYours
    form = how.form(request.POST or None, initial=_start(found))
    people = _fill(request, form, found.plan.unit) if isinstance(form, PromiseForm) else {}
    draft = f"promise-{act}-{found.pk}"

    def do() -> str:
        given = _given(form, people) if isinstance(form, PromiseForm) else _words(form)
        version = {} if act == "drop" else {"version": form.cleaned_data["version"]}
        how.do(promise_id=found.pk, **given, **version, **who(request))
        drop_draft(form=draft, **who(request))
        return reverse("desk:plan", args=[found.plan_id]) if how.office else reverse("desk:promise", args=[found.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, do)
            messages.success(request, how.said)
            return answer
    context = {"promise": found, "plan": found.plan, "form": form, "how": how, "act": act, "draft": draft}
    return render(request, "desk/promises/promise_act.html", context, status=422 if form.errors else 200)


def _words(form: ActForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "version"}


def _start(found: Promise) -> dict[str, Any]:
    keys = {"leader": found.leader_id, "department": found.department_id, "person": found.person_id}
    chosen = {name: str(pk) if pk else "" for name, pk in keys.items()}
    return {
        "version": found.version,
        "title": found.title,
        "measure": found.measure,
        "deadline": found.deadline,
        **chosen,
    }


@require_http_methods(["GET", "POST"])
def comment_hide(request: Asked, comment_id: UUID) -> HttpResponse:
    """Hide what insults or gives somebody away, with a reason on record."""
    row = only(Comment.objects.filter(pk=comment_id).select_related("promise"))
    found = reads.promise_for(request.actor, row.promise_id)
    if not may(request.actor, Can.HANDLE_CASES, found.plan.unit):
        raise NotYours
    form = HideForm(request.POST or None)

    def do() -> str:
        acts.hide_comment(comment_id=row.pk, **_words(form), **who(request))
        return reverse("desk:promise", args=[found.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, do)
            messages.success(request, "隐去了，页面上写明隐去了一条。")
            return answer
    context = {"form": form, "comment": row, "promise": found}
    return render(request, "desk/promises/hide.html", context, status=422 if form.errors else 200)


urls = [
    path("promises/", promises, name="promises"),
    path("promises/new/", plan_new, name="plan-new"),
    path("promises/plans/<uuid:plan_id>/", plan, name="plan"),
    path("promises/plans/<uuid:plan_id>/print.<str:fmt>", plan_print, name="plan-print"),
    path("promises/plans/<uuid:plan_id>/table.xlsx", plan_xlsx, name="plan_xlsx"),
    path("promises/plans/<uuid:plan_id>/new/", promise_new, name="promise-new"),
    path("promises/<uuid:promise_id>/", promise, name="promise"),
    path("promises/<uuid:promise_id>/<slug:act>/", promise_act, name="promise-act"),
    path("promises/comments/<uuid:comment_id>/hide/", comment_hide, name="comment-hide"),
]

"""Pages of the desk: sudden incidents — the first report from a phone, who took note, the scene's log, the plan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.alerts import acts, reads
from huying.alerts.lifecycle import INCIDENT
from huying.alerts.models import Incident, IncidentLevel
from huying.desk.acts import drop_draft
from huying.desk.forms import incidents as forms
from huying.desk.views.alerts import unions_of
from huying.desk.views.one_form import Act, ActPage, one_act
from huying.desk.views.reports import clause_of
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.web import Asked, once, refusals_on, who
from huying.mechanism.reads import rules_for
from huying.notices.acts import mark_read
from huying.org.models import Unit
from huying.org.reads import unit_called
from huying.org.rules import Can, Member, may
from huying.trail.acts import note_reading

PER_PAGE = 25
DRAFT = "incident-new"


def _of(incident_id: UUID) -> str:
    return reverse("desk:incident", args=[incident_id])


# --- the list and the first report --------------------------------------------------------------------------------------


@require_GET
def incidents(request: Asked) -> HttpResponse:
    """What happened, drills on a tab of their own."""
    actor: Member = request.actor
    if not _reports(actor) and not actor.units(Can.ITEMS_OF_UNIT):
        raise NotYours
    drills = request.GET.get("tab") == "drills"
    page = Paginator(reads.incidents_of(actor).filter(drill=drills), PER_PAGE).get_page(request.GET.get("page"))
    waiting = set(reads.not_noted(actor).values_list("pk", flat=True))
    context = {
        "page": page,
        "rows": [{"one": one, "chip": _chip(one, waiting)} for one in page.object_list],
        "drills": drills,
        "reports": bool(_reports(actor)),
        "units": unions_of(actor),
        "without": reads.without_plan(actor),
        "clause": clause_of(unions_of(actor)[0], "BD-4.7", timezone.localdate(request.now))
        if unions_of(actor)
        else None,
    }
    return render(request, "desk/incidents/incidents.html", context)


def _chip(one: Incident, waiting: set[UUID]) -> dict[str, str]:
    if one.pk in waiting:
        return {"state": "late", "words": "等您确认"}
    running = one.status in reads.RUNNING
    return {"state": "soon" if running else "done", "words": one.state.staff}


def _reports(actor: Member) -> list[Unit]:
    """Where this person may report from: workshops as well."""
    return list({unit.pk: unit for unit in actor.units(Can.REGISTER)}.values())


@require_http_methods(["GET", "POST"])
def incident_new(request: Asked) -> HttpResponse:
    """The first report: what, where, since when; sent at once."""
    actor: Member = request.actor
    units, upper = _reports(actor), bool(actor.units(Can.READ_BELOW))
    if not units:
        raise NotYours
    initial = {"drill": bool(request.GET.get("drill"))}
    form = forms.ReportForm(request.POST or None, units=units, upper=upper, now=request.now, initial=initial)
    warning = _warning(request)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            unit = _where(actor, given, units)

            def do() -> str:
                made = acts.report_incident(
                    unit=unit, what=given["what"], place=given["place"], people=given["people"], drill=given["drill"],
                    since=given["since"], known_at=given["known_at"] or request.now, warning_id=warning,
                    to_management=bool(given.get("to_management")), **who(request),
                )  # fmt: skip
                drop_draft(form=DRAFT, **who(request))
                return _of(made.pk)

            answer = once(request, do)
            messages.success(request, "报出去了，本单位工会和上级工会都收到了提醒。")
            return answer
    context = {"form": form, "warning": warning, "draft": DRAFT, "plan": reads.plan_of(units[0])}
    return render(request, "desk/incidents/new.html", context, status=422 if form.is_bound else 200)


def _warning(request: Asked) -> UUID | None:
    """The warning that came true, where one comes from there."""
    asked = request.POST.get("warning") or request.GET.get("warning", "")
    try:
        return reads.warning_for(request.actor, UUID(asked)).pk if asked else None
    except ValueError:
        raise NotYours from None


def _where(actor: Member, given: dict[str, Any], units: list[Unit]) -> Unit:
    """Own unit, or one below that is named."""
    if named := str(given.get("below") or "").strip():
        try:
            unit = unit_called(named)
        except Refused as error:
            raise Invalid({"below": str(error)}) from None
        if not may(actor, Can.READ_BELOW, unit):
            raise Invalid({"below": f"没有找到“{named}”。请写单位的全称，或者它二维码上的短代码。"})
        return unit
    return next((unit for unit in units if str(unit.pk) == given["unit"]), units[0])


# --- one incident -------------------------------------------------------------------------------------------------------


@require_GET
def incident(request: Asked, incident_id: UUID) -> HttpResponse:
    """The incident: reports, who took note; for unions also calls, scene and history."""
    found = reads.incident_for(request.actor, incident_id)
    whole = reads.reads_all(request.actor, found)
    mark_read(subject=found.pk, **who(request))
    note_reading(root=found.root_id, what="incident", subject=found.pk, unit=found.unit_id, **who(request))
    story = reads.story_of(found, whole=whole)
    works = whole and reads.acts_on(request.actor, found)
    running = found.status in reads.RUNNING
    kinds = rules_for(found.unit, timezone.localdate(request.now)).options("scene_entries")
    context = {
        "incident": found,
        "whole": whole,
        "works": works and running,
        "running": running,
        "levels": [{"level": one, "took": _took(one)} for one in story.levels],
        "reports": [
            {"at": one.at, "title": one.get_kind_display(), "body": one.text, "who": f"{one.unit.name} {one.post.person.name}",
             "key": one.kind != "follow"}
            for one in story.reports
        ],
        "scene": [
            {"at": one.happened_at, "title": kinds.label_of(one.kind), "body": one.text, "who": one.post.person.name}
            for one in story.scene
        ],
        "links": [{"link": one, "call": story.calls.get(one.pk)} for one in story.links],
        "history": [{"at": one.at, "title": one.label, "body": one.text, "who": one.who} for one in
                    found.events.order_by("-at", "-id")] if whole else [],
        "to_note": bool(running and reads.open_levels(request.actor, found)),
        "acts": _bar(request, found, story, works=works) if running else [],
        "more": _more(request, found, story, works=works) if running else [],
        "clause": clause_of(found.unit, "QD-4.6b", timezone.localdate(request.now)),
    }  # fmt: skip
    return render(request, "desk/incidents/incident.html", context)


def _took(level: IncidentLevel) -> str:
    """How long it took until somebody took note, in words."""
    if level.noted_at is None:
        return ""
    minutes = int((level.noted_at - level.told_at).total_seconds() // 60)
    return (
        "当时"
        if minutes < 1
        else f"{minutes} 分钟后"
        if minutes < 60
        else f"{minutes // 60} 小时 {minutes % 60} 分钟后"
    )


ICONS = {"log": "notebook", "follow": "message-plus", "close": "circle-check", "mistake": "circle-x", "pass_on": "arrow-up",
         "tell_management": "building"}  # fmt: skip


def _bar(request: Asked, found: Incident, story: reads.Story, *, works: bool) -> list[dict[str, Any]]:
    shown = []
    if reads.open_levels(request.actor, found):
        shown.append({"label": "确认收到", "icon": "check", "dialog": "note", "url": ""})
    if works:
        shown += [_link(found, act) for act in ("log", "follow", "close")]
    return shown


def _more(request: Asked, found: Incident, story: reads.Story, *, works: bool) -> list[dict[str, Any]]:
    """What is done now and then: further up, to management, taken back."""
    rows = []
    above = [one.unit for one in story.levels if one.side == "above"]
    top = min([*above, found.unit], key=lambda unit: unit.depth)
    if top.depth > 1 and may(request.actor, Can.HANDLE_CASES, top):
        rows.append(_link(found, "pass_on"))
    told = any(one.side == "management" for one in story.levels)
    if works and not told and not found.unit.is_upper and may(request.actor, Can.HANDLE_CASES, found.unit):
        rows.append(_link(found, "tell_management"))
    return [*rows, *([_link(found, "mistake")] if works else [])]


def _link(found: Incident, act: str) -> dict[str, Any]:
    return {
        "label": INCIDENT.by_act[act].label,
        "icon": ICONS[act],
        "url": reverse("desk:incident_act", args=[found.pk, act]),
    }


@require_POST
def incident_note(request: Asked, incident_id: UUID) -> HttpResponse:
    """It arrived."""

    def do() -> str:
        acts.note_incident(incident_id=incident_id, **who(request))
        return _of(incident_id)

    answer = once(request, do)
    messages.success(request, "确认了，报的人看得到。")
    return answer


@require_POST
def incident_call(request: Asked, incident_id: UUID, link_id: UUID) -> HttpResponse:
    """Somebody of the call chain was called."""

    def do() -> str:
        reached = request.POST.get("reached") == "1"
        acts.call_link(incident_id=incident_id, link_id=link_id, reached=reached, **who(request))
        return f"{_of(incident_id)}#calls"

    return once(request, do)


ACTS = {
    "log": Act("记下", "谈话、讲法律、职工意见，当场记。第一条就说明工会到了现场。", forms.LogForm, acts.log_scene, "记下了。",
               versioned=False),
    "follow": Act("续报", "知道的各级都会收到提醒。", forms.FollowForm, acts.follow_incident, "报出去了。"),
    "close": Act("终报", "怎么结束的，还要做什么。各级都会收到提醒。", forms.FollowForm, acts.close_incident, "结束了，终报报出去了。"),
    "mistake": Act("撤销", "写明原因，报过的各级都会收到提醒。撤销了的也留着。", forms.MistakeForm, acts.mistake_incident, "撤销了。"),
    "pass_on": Act("报上去", "上一级工会马上收到提醒。", forms.ConfirmForm, acts.pass_on_incident, "报上去了。"),
    "tell_management": Act("报告行政", "本单位行政负责人马上收到提醒，看得到首报和续报，看不到现场记录。", forms.ConfirmForm,
                           acts.tell_management, "报告了。"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def incident_act(request: Asked, incident_id: UUID, act: str) -> HttpResponse:
    """One act with its form."""
    how = ACTS.get(act)
    if how is None:
        raise Http404
    found = reads.incident_for(request.actor, incident_id)
    if not _may(request, found, act):
        raise NotYours
    if request.method == "GET":
        INCIDENT.check_now(found.status, act)
    form = how.form(request.POST or None)
    if isinstance(form, forms.LogForm):
        form.fill(rules_for(found.unit, timezone.localdate(request.now)).options("scene_entries"))

    def do() -> str:
        how.do(incident_id=found.pk, **how.given(form), **who(request))
        return _of(found.pk)

    return one_act(
        request, form, how, _around(found, act), again=lambda: _around(reads.incident_for(request.actor, incident_id), act),
        do=do,
    )  # fmt: skip


def _around(found: Incident, act: str) -> ActPage:
    title = f"{found.mark}{found.what}"
    return ActPage(
        label=INCIDENT.by_act[act].label, icon=ICONS[act], title=title, note=title, back=_of(found.pk),
        version=found.version, listed=("突发事件", "desk:incidents"), draft=f"incident-{act}-{found.pk}", drill=found.drill,
    )  # fmt: skip


def _may(request: Asked, found: Incident, act: str) -> bool:
    story = reads.story_of(found, whole=False)
    works = reads.reads_all(request.actor, found) and reads.acts_on(request.actor, found)
    if act in ("pass_on", "tell_management") and found.status in reads.RUNNING:
        return any(act in one["url"] for one in _more(request, found, story, works=works))
    return works


# --- the plan -----------------------------------------------------------------------------------------------------------


@require_GET
def incident_plan(request: Asked, unit_id: UUID) -> HttpResponse:
    """The plan of a unit with its call chain."""
    unit = _unit(unit_id)
    plan = reads.plan_for(request.actor, unit)
    context = {"unit": unit, "plan": plan, "calls": list(plan.calls.order_by("order")) if plan else [],
               "writes": may(request.actor, Can.HANDLE_CASES, unit),
               "clause": clause_of(unit, "BD-4.7", timezone.localdate(request.now))}  # fmt: skip
    return render(request, "desk/incidents/plan.html", context)


def _unit(unit_id: UUID) -> Unit:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotYours
    return unit


@require_http_methods(["GET", "POST"])
def incident_plan_write(request: Asked, unit_id: UUID) -> HttpResponse:
    """A new number of it."""
    unit = _unit(unit_id)
    if not may(request.actor, Can.HANDLE_CASES, unit):
        raise NotYours
    plan = reads.plan_of(unit)
    form = forms.PlanForm(request.POST or None, plan=plan)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):

            def do() -> str:
                acts.keep_plan(unit=unit, steps=given["steps"], meeting_point=given["meeting_point"], calls=form.calls(),
                               version=given["version"], **who(request))  # fmt: skip
                drop_draft(form=f"plan-{unit.pk}", **who(request))
                return reverse("desk:incident_plan", args=[unit.pk])

            answer = once(request, do)
            messages.success(request, "存好了。以后的首报都带着这一版。")
            return answer
        plan = reads.plan_of(unit)
    context = {"unit": unit, "form": form, "number": plan.number if plan else 0, "draft": f"plan-{unit.pk}"}
    return render(request, "desk/incidents/plan_write.html", context, status=422 if form.is_bound else 200)


urls = [
    path("incidents/", incidents, name="incidents"),
    path("incidents/new/", incident_new, name="incident_new"),
    path("incidents/plans/<uuid:unit_id>/", incident_plan, name="incident_plan"),
    path("incidents/plans/<uuid:unit_id>/write/", incident_plan_write, name="incident_plan_write"),
    path("incidents/<uuid:incident_id>/", incident, name="incident"),
    path("incidents/<uuid:incident_id>/note/", incident_note, name="incident_note"),
    path("incidents/<uuid:incident_id>/calls/<uuid:link_id>/", incident_call, name="incident_call"),
    path("incidents/<uuid:incident_id>/<slug:act>/", incident_act, name="incident_act"),
]

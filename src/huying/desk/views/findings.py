"""Pages of the desk: what was reported late, wrongly or not at all — found, asked about, explained, decided."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.alerts import acts, reads
from huying.alerts.lifecycle import FINDING
from huying.alerts.models import Finding, Incident, Information
from huying.alerts.rules import UNSENT
from huying.cases.models import Case
from huying.desk.forms import information as forms
from huying.desk.views.alerts import unions_of
from huying.desk.views.one_form import Act, ActPage, one_act
from huying.desk.views.reports import clause_of
from huying.duties.acts import find_unsent
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.web import Asked, once, refusals_on, today_of, who
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Choices
from huying.notices.acts import mark_read
from huying.org.models import Unit
from huying.org.reads import unit_called
from huying.org.rules import Can, Member, may
from huying.trail.acts import note_reading

PER_PAGE = 25


def _of(finding_id: UUID) -> str:
    return reverse("desk:finding", args=[finding_id])


def _kinds(request: Asked, unit: Unit) -> Choices:
    return rules_for(unit, today_of(request)).options("report_faults")


def _above(actor: Member) -> list[Unit]:
    """The unions for which this person looks after those below."""
    return [unit for unit in unions_of(actor) if may(actor, Can.READ_BELOW, unit)]


@require_GET
def findings(request: Asked) -> HttpResponse:
    """What is open first; all on the second tab."""
    actor: Member = request.actor
    if not unions_of(actor):
        raise NotYours
    ended = request.GET.get("tab") == "ended"
    done = ("upheld", "dismissed")
    rows = reads.findings_of(actor)
    rows = rows.filter(status__in=done) if ended else rows.exclude(status__in=done)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    kinds = _kinds(request, unions_of(actor)[0])
    context = {
        "page": page,
        "rows": [
            {"one": one, "kind": kinds.label_of(one.kind), "chip": _chip(one, today_of(request))}
            for one in page.object_list
        ],
        "ended": ended,
        "upper": bool(_above(actor)),
        "clause": clause_of(unions_of(actor)[0], "BD-4.8", today_of(request)),
    }
    return render(request, "desk/information/findings.html", context)


def _chip(one: Finding, today: date) -> dict[str, str]:
    if one.status == "asked" and one.due_on:
        left = (one.due_on - today).days
        return {
            "state": "late" if left < 0 else "soon",
            "words": f"过期 {-left} 天" if left < 0 else f"说明还有 {left} 天",
        }
    return {"state": "done" if one.state.final else "ok", "words": one.state.staff}


@require_POST
def findings_compare(request: Asked) -> HttpResponse:
    """Compare now."""
    units = _above(request.actor)
    if not units:
        raise NotYours

    def do() -> str:
        found = acts.compare_reports(units=units, **who(request)) + find_unsent(units=units, **who(request))
        messages.success(request, f"核对过了，新发现 {found} 处出入。" if found else "核对过了，没有新的出入。")
        return reverse("desk:findings")

    return once(request, do)


@require_http_methods(["GET", "POST"])
def finding_new(request: Asked) -> HttpResponse:
    """Something the union above knows itself."""
    above = _above(request.actor)
    if not above:
        raise NotYours
    form = forms.FindForm(request.POST or None, initial={"on": today_of(request)})
    form.fill(_kinds(request, above[0]))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            unit = _unit(request.actor, given["unit_name"])

            def do() -> str:
                made = acts.find_fault(
                    unit=unit, kind=given["kind"], what=given["what"], on=given["on"], **who(request)
                )
                return _of(made.pk)

            answer = once(request, do)
            messages.success(request, "记下了。下一步请单位说明。")
            return answer
    return render(request, "desk/information/finding_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _unit(actor: Member, named: str) -> Unit:
    try:
        unit = unit_called(named)
    except Refused as error:
        raise Invalid({"unit_name": str(error)}) from None
    if not may(actor, Can.READ_BELOW, unit) or unit.pk in {one.pk for one in _above(actor)}:
        raise Invalid({"unit_name": f"没有找到“{named}”。请写下级单位的全称，或者它二维码上的短代码。"})
    return unit


@require_GET
def finding(request: Asked, finding_id: UUID) -> HttpResponse:
    """One finding: for the union above with what it rests on, for the unit the question and its own words."""
    found = reads.finding_for(request.actor, finding_id)
    mark_read(subject=found.pk, **who(request))
    note_reading(root=found.root_id, what="finding", subject=found.pk, unit=found.unit_id, **who(request))
    judges, explains = reads.judges(request.actor, found), reads.explains(request.actor, found)
    upwards = not explains or judges
    context = {
        "finding": found,
        "kind": _kinds(request, found.unit).label_of(found.kind),
        "chip": _chip(found, today_of(request)),
        "upwards": upwards,
        "behind": _behind(request, found) if upwards else [],
        "acts": _bar(found, judges=judges, explains=explains),
        "more": [_link(found, "dismiss")] if judges and FINDING.may_now(found.status, "dismiss") else [],
        "history": [{"at": one.at, "title": one.label, "body": one.text, "who": one.who}
                    for one in found.events.order_by("-at", "-id")] if upwards else [],
        "clause": clause_of(found.unit, "BD-4.8", today_of(request)),
    }  # fmt: skip
    return render(request, "desk/information/finding.html", context)


def _behind(request: Asked, found: Finding) -> list[tuple[str, str]]:
    """What it was found from, as far as this person may read it."""
    rows = []
    if found.information_id and Information.objects.visible_to(request.actor).filter(pk=found.information_id).exists():
        rows.append((str(found.information), reverse("desk:information_one", args=[found.information_id])))
    if found.mark.startswith(UNSENT):
        rows.append((f"{found.unit.name}的履职", f"{reverse('desk:duties')}?unit={found.unit_id}"))
    after = reads.came_after(found)
    if after and Information.objects.visible_to(request.actor).filter(pk=after.pk).exists():
        rows.append((f"后来报来的 {after}", reverse("desk:information_one", args=[after.pk])))
    if found.incident_id and Incident.objects.known_to(request.actor).filter(pk=found.incident_id).exists():
        rows.append((f"突发事件 {found.incident}", reverse("desk:incident", args=[found.incident_id])))
    if found.case_id and Case.objects.visible_to(request.actor).filter(pk=found.case_id).exists():
        rows.append((f"事项 {found.case}", reverse("desk:case", args=[found.case_id])))
    return rows


ICONS = {"ask": "message-2-question", "explain": "writing", "uphold": "gavel", "dismiss": "circle-x"}


def _bar(found: Finding, *, judges: bool, explains: bool) -> list[dict[str, Any]]:
    shown = []
    if explains and FINDING.may_now(found.status, "explain"):
        shown.append(_link(found, "explain"))
    if judges:
        shown += [_link(found, act) for act in ("ask", "uphold") if FINDING.may_now(found.status, act)]
    return shown


def _link(found: Finding, act: str) -> dict[str, Any]:
    url = reverse("desk:finding_act", args=[found.pk, act])
    return {
        "label": FINDING.by_act[act].label,
        "icon": ICONS[act],
        "url": url,
        "main": act != "uphold" or found.status == "explained",
    }


ACTS = {
    "ask": Act("请单位说明", "单位从现在起看得到这件事，只看得到您写的话。", forms.AskForm, acts.ask_about, "问过了，单位会收到提醒。"),
    "explain": Act("说明", "上级工会看了以后再认定。", forms.ExplainForm, acts.explain, "说明交上去了。"),
    "uphold": Act("认定属实", "由人认定，写明理由，单位会收到提醒。", forms.UpholdForm, acts.uphold_finding, "认定了。"),
    "dismiss": Act("认定不成立", "写明理由。问过单位的，单位会收到提醒。", forms.ReasonForm, acts.dismiss_finding, "认定了。"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def finding_act(request: Asked, finding_id: UUID, act: str) -> HttpResponse:
    """One act with its form."""
    how = ACTS.get(act)
    if how is None:
        raise Http404
    found = reads.finding_for(request.actor, finding_id)
    if not (reads.explains if act == "explain" else reads.judges)(request.actor, found):
        raise NotYours
    if request.method == "GET":
        FINDING.check_now(found.status, act)
    form = how.form(request.POST or None, initial={"kind": found.kind})
    if isinstance(form, forms.UpholdForm):
        form.fill(_kinds(request, found.unit))

    def do() -> str:
        how.do(finding_id=finding_id, **how.given(form), **who(request))
        return _of(finding_id)

    return one_act(
        request, form, how, _around(found, act), again=lambda: _around(reads.finding_for(request.actor, finding_id), act),
        do=do,
    )  # fmt: skip


def _around(found: Finding, act: str) -> ActPage:
    return ActPage(
        label=FINDING.by_act[act].label, icon=ICONS[act], title=found.what, note=f"{found.unit.name}：{found.what}",
        back=_of(found.pk), version=found.version, listed=("上报核查", "desk:findings"), draft=f"finding-{act}-{found.pk}",
    )  # fmt: skip


urls = [
    path("findings/", findings, name="findings"),
    path("findings/compare/", findings_compare, name="findings_compare"),
    path("findings/new/", finding_new, name="finding_new"),
    path("findings/<uuid:finding_id>/", finding, name="finding"),
    path("findings/<uuid:finding_id>/<slug:act>/", finding_act, name="finding_act"),
]

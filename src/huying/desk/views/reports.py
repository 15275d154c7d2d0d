"""Pages of the desk: reports on how the mechanism runs — drafted from the figures, written, issued, sent, remarked upon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk.acts import drop_draft
from huying.desk.forms import reports as forms
from huying.desk.views.one_form import Act, ActPage, one_act
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import PAPER_FORMATS, Asked, file_answer, once, refusals_on, version_seen, who
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Clause
from huying.notices.acts import mark_read
from huying.org.models import Unit
from huying.org.rules import Can, may
from huying.oversight import acts, reads
from huying.oversight.models import Report
from huying.oversight.rules import Block, Picture, gaps, period_called, periods_near, table
from huying.trail.acts import note_reading

PER_PAGE = 25


def _of(report_id: UUID) -> str:
    return reverse("desk:report", args=[report_id])


# --- the list -----------------------------------------------------------------------------------------------------------


@require_GET
def reports(request: Asked) -> HttpResponse:
    """Own reports; on the second tab those of the units below; for management those that were sent to it."""
    actor = request.actor
    writes, heads = actor.units(Can.HANDLE_CASES), actor.units(Can.ITEMS_OF_UNIT)
    if not writes and not heads:
        raise NotYours
    own = [unit.pk for unit in (*writes, *heads)]
    below = request.GET.get("tab") == "below" and bool(actor.units(Can.READ_BELOW))
    rows = reads.reports_of(actor)
    rows = rows.exclude(unit__in=own) if below else rows.filter(unit__in=own)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "writes": bool(writes),
        "upper": bool(actor.units(Can.READ_BELOW)),
        "below": below,
    }
    if writes:
        context["clause"] = clause_of(writes[0], "MY-4.1", timezone.localdate(request.now))
    return render(request, "desk/reports/reports.html", context)


@require_http_methods(["GET", "POST"])
def report_new(request: Asked) -> HttpResponse:
    """Draft one from the figures."""
    units: list[Unit] = request.actor.units(Can.HANDLE_CASES)
    if not units:
        raise NotYours
    units = list({unit.pk: unit for unit in units}.values())
    form = forms.DraftForm(request.POST or None, units=units, periods=periods_near(timezone.localdate(request.now)))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        unit = next(one for one in units if str(one.pk) == given["unit"])
        with refusals_on(form):

            def do() -> str:
                made = acts.draft_report(unit=unit, period=given["period"], to=given["to"], **who(request))
                return _of(made.pk)

            answer = once(request, do)
            messages.success(request, "起草好了。请核对数字，补上原因和打算，再印发。")
            return answer
    return render(request, "desk/reports/new.html", {"form": form}, status=422 if form.is_bound else 200)


def clause_of(unit: Unit, clause_id: str, on: date) -> Clause | None:
    """The clause, where the unit's packs have it."""
    return next((one for one in rules_for(unit, on).clauses() if one.id == clause_id), None)


# --- one report ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def report(request: Asked, report_id: UUID) -> HttpResponse:
    """The report with what can be done about it; management's head writes a remark here."""
    found = reads.report_for(request.actor, report_id)
    office, heads = reads.writes_here(request.actor, found), may(request.actor, Can.ITEMS_OF_UNIT, found.unit)
    form = forms.OwnRemarkForm(request.POST or None) if heads and not office else None
    if request.method == "POST" and form is None:
        raise NotYours
    if request.method == "GET":
        mark_read(subject=found.pk, **who(request))
        if not office:
            note_reading(root=found.root_id, what="report", subject=found.pk, unit=found.unit_id, **who(request))
    if form is not None and form.is_bound and form.is_valid():
        with refusals_on(form):

            def do() -> str:
                acts.remark_report(report_id=report_id, text=form.cleaned_data["text"], **who(request))
                drop_draft(form=_draft("remark", report_id), **who(request))
                return _of(report_id)

            answer = once(request, do)
            messages.success(request, "写好了，工会会看到。")
            return answer
    context = {**_page(request, found, office=office), "remark_form": form, "draft": _draft("remark", report_id)}
    return render(
        request, "desk/reports/report.html", context, status=422 if form is not None and form.is_bound else 200
    )


def _page(request: Asked, found: Report, *, office: bool) -> dict[str, Any]:
    text, hanging = reads.words_of(found), reads.rows_of(found)
    remarks = hanging["remarks"] if office else [one for one in hanging["remarks"] if one.side == "management"]
    reads_cases = office or may(request.actor, Can.READ_BELOW, found.unit)
    left = gaps(text.body)
    return {
        "report": found,
        "text": text,
        "office": office,
        "period": period_called(found.period),
        "seen": Picture.of(found.facts),
        "blocks": blocks_of(found, links=reads_cases),
        "gaps": left,
        "sides": [(label, hanging["sendings"].get(code)) for code, label in _SIDES if code in found.sides],
        "reachable": [post.person.name for post in reads.management_heads(found.unit, timezone.localdate(request.now))],
        "remarks": remarks,
        "mended": reads.mended_by(found),
        "approves": may(request.actor, Can.APPROVE, found.unit),
        "history": _history(found) if office else [],
        "acts": _bar(request, found, office=office, left=left, sent=set(hanging["sendings"])),
    }


_SIDES = (("party", "党组织"), ("management", "行政"))


def blocks_of(found: Report, *, links: bool) -> list[dict[str, Any]]:
    """The table of figures, each row with the address of the cases behind it for who may read them."""
    blocks: tuple[Block, ...] = () if found.how == "withdrawal" else table(Picture.of(found.facts))
    base = {"since": found.since.isoformat(), "until": found.until.isoformat(), **of_unit(found.unit)}
    return [
        {
            "title": block.title,
            "rows": [
                {"label": row.label, "figure": row.figure,
                 "url": ledger_url({**base, **dict(row.ask)}) if links and row.ask is not None else ""}
                for row in block.rows
            ],
        }
        for block in blocks
    ]  # fmt: skip


def of_unit(unit: Unit) -> dict[str, str]:
    """The ledger of a unit, of a local union with those below it: the cases its figures count."""
    return {"at": str(unit.pk), **({"below": "1"} if unit.is_upper else {})}


def ledger_url(asked: dict[str, str]) -> str:
    """The ledger narrowed to what is behind a figure."""
    return f"{reverse('desk:ledger')}?{urlencode(asked)}"


def _history(found: Report) -> list[dict[str, Any]]:
    return [
        {"at": one.at, "title": one.label, "body": one.text, "who": one.who, "key": one.act in ("issue", "send")}
        for one in found.events.order_by("-at", "-id")
    ]


def _bar(request: Asked, found: Report, *, office: bool, left: list[str], sent: set[str]) -> list[dict[str, Any]]:
    """What the office can do now, the next step first."""
    if not office:
        return []
    if found.status == "draft":
        issue = {"label": "印发", "icon": "rubber-stamp", "dialog": "issue", "url": ""}
        write = {"label": "改写", "icon": "pencil", "url": reverse("desk:report_write", args=[found.pk])}
        if left or not may(request.actor, Can.APPROVE, found.unit):
            why = "先补上要人写的几处" if left else "由工会主席印发"
            return [write, {**issue, "why_not": why}]
        return [issue, write]
    to_send = [code for code in found.sides if code not in sent]
    shown: list[dict[str, Any]] = (
        [{"label": "登记送阅", "icon": "send", "url": _act_url(found, "send")}] if to_send else []
    )
    if sent:
        shown.append({"label": "登记批示意见", "icon": "writing", "url": _act_url(found, "remark"), "main": False})
    return shown


def _act_url(found: Report, act: str) -> str:
    return reverse("desk:report_act", args=[found.pk, act])


@require_GET
def report_print(request: Asked, report_id: UUID, fmt: str) -> HttpResponse:
    """The report on the official page, the same every time it is printed."""
    found = reads.report_for(request.actor, report_id)
    if fmt not in PAPER_FORMATS:
        raise Http404
    note_reading(root=found.root_id, what="report_print", subject=found.pk, unit=found.unit_id, **who(request))
    return file_answer(reads.report_paper(found, fmt), f"情况报告{found.number}.{fmt}")


# --- writing ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def report_write(request: Asked, report_id: UUID) -> HttpResponse:
    """The words, part by part; saving keeps a new version."""
    found = _of_office(request, report_id, "draft")
    text = reads.words_of(found)
    form = forms.WriteForm(request.POST or None, report=found, body=text.body)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):

            def do() -> str:
                acts.write_report(
                    report_id=report_id, title=given["title"], to=given["to"], body=form.body(), version=given["version"],
                    **who(request),
                )  # fmt: skip
                drop_draft(form=_draft("write", report_id), **who(request))
                return _of(report_id)

            answer = once(request, do)
            messages.success(request, "存好了。印发以前随时可以再改。")
            return answer
        found = _of_office(request, report_id)
        text = reads.words_of(found)
    theirs = text.body if getattr(form, "stale", None) else None
    context = {
        "report": found, "form": form, "rows": form.rows(theirs), "text": text, "theirs": theirs,
        "blocks": blocks_of(found, links=True), "draft": _draft("write", report_id), "seen": Picture.of(found.facts),
    }  # fmt: skip
    return render(request, "desk/reports/write.html", context, status=422 if form.is_bound else 200)


def _draft(what: str, report_id: UUID) -> str:
    return f"report-{what}-{report_id}"


def _of_office(request: Asked, report_id: UUID, *statuses: str) -> Report:
    """A report for the union whose it is, in one of these states."""
    found = reads.report_for(request.actor, report_id)
    if not reads.writes_here(request.actor, found):
        raise NotYours
    if request.method == "GET" and statuses and found.status not in statuses:
        raise Refused(f"报告现在是“{found.state.staff}”，这一步做不了。", "请回到报告看看下一步是什么。")
    return found


@require_POST
def report_issue(request: Asked, report_id: UUID) -> HttpResponse:
    """Number it."""
    if not may(request.actor, Can.APPROVE, _of_office(request, report_id).unit):
        raise NotYours

    def do() -> str:
        acts.issue_report(report_id=report_id, version=version_seen(request), **who(request))
        return _of(report_id)

    answer = once(request, do)
    messages.success(request, "印发了。打印出来送党组织，送行政的登记送阅后就在行政负责人的工作台上。")
    return answer


@require_POST
def report_redraft(request: Asked, report_id: UUID) -> HttpResponse:
    """Figures and words anew."""
    _of_office(request, report_id)

    def do() -> str:
        acts.redraft_report(report_id=report_id, version=version_seen(request), **who(request))
        return _of(report_id)

    answer = once(request, do)
    messages.success(request, "按最新的数字重新起草了，原来写的留在各稿里。")
    return answer


# --- acts with a form of their own --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ReportAct(Act):
    """An act on a report: in which state, and who may."""

    title: str
    icon: str
    status: str
    may: Can = Can.HANDLE_CASES


ACTS = {
    "send": ReportAct("登记送阅", "送党组织的打印出来送；送行政的，行政负责人马上在工作台上看得到。", forms.SendForm,
                      acts.send_report, "登记好了。", title="登记送阅", icon="send", status="issued"),
    "remark": ReportAct("登记", "送阅回来写在纸上的，照原文登记。", forms.RemarkForm, acts.remark_report, "登记好了。",
                        versioned=False, title="登记批示意见", icon="writing", status="issued"),
    "mend": ReportAct("起草", "印发过的报告不改动，更正和撤回都另发一份。", forms.MendForm, acts.mend_report,
                      "起草好了，核对以后印发。", title="更正或撤回", icon="file-pencil", status="issued", may=Can.APPROVE),
    "drop": ReportAct("作废", "作废以后不再出现在列表里。", forms.DropForm, acts.drop_report, "作废了。", title="作废草稿",
                      icon="trash", status="draft"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def report_act(request: Asked, report_id: UUID, act: str) -> HttpResponse:
    """One act with its form."""
    how = ACTS.get(act)
    if how is None:
        raise Http404
    found = _of_office(request, report_id, how.status)
    if not may(request.actor, how.may, found.unit):
        raise NotYours
    form = how.form(request.POST or None, initial={"on": timezone.localdate(request.now)})
    _offer_sides(form, found, act)

    def do() -> str:
        made = how.do(report_id=report_id, **how.given(form), **who(request))
        if act == "drop":
            return reverse("desk:reports")
        return _of(made.pk if act == "mend" else report_id)

    return one_act(
        request,
        form,
        how,
        _around(found, how, act),
        again=lambda: _around(_of_office(request, report_id), how, act),
        do=do,
    )


def _around(found: Report, how: ReportAct, act: str) -> ActPage:
    return ActPage(
        label=how.title, icon=how.icon, title=found.title, note=f"{found.title}{found.number}", back=_of(found.pk),
        version=found.version, listed=("情况报告", "desk:reports"), draft=_draft(act, found.pk), css="desk/reports.css",
    )  # fmt: skip


def _offer_sides(form: django_forms.Form, found: Report, act: str) -> None:
    """The sides it may go to, or has gone to."""
    if "side" not in form.fields:
        return
    sent = set(found.sendings.values_list("side", flat=True))
    open_to = [code for code in found.sides if (code in sent) is (act == "remark")]
    form.fields["side"].choices = [(code, label) for code, label in _SIDES if code in open_to]  # type: ignore[attr-defined]
    if len(open_to) == 1:
        form.initial.setdefault("side", open_to[0])


urls = [
    path("reports/", reports, name="reports"),
    path("reports/new/", report_new, name="report_new"),
    path("reports/<uuid:report_id>/", report, name="report"),
    path("reports/<uuid:report_id>/write/", report_write, name="report_write"),
    path("reports/<uuid:report_id>/issue/", report_issue, name="report_issue"),
    path("reports/<uuid:report_id>/redraft/", report_redraft, name="report_redraft"),
    path("reports/<uuid:report_id>/print.<slug:fmt>", report_print, name="report_print"),
    path("reports/<uuid:report_id>/<slug:act>/", report_act, name="report_act"),
]

"""Pages of the desk: the ledger, its workbooks, and form 1."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from huying.cases import reads as cases
from huying.cases.acts import identities
from huying.cases.models import Case, Secrecy
from huying.desk.forms.ledger import LedgerForm
from huying.files import reads as stored
from huying.handling import reads as handling
from huying.kernel.errors import Refused
from huying.kernel.web import Asked, once
from huying.ledger import acts, reads
from huying.ledger.rules import AT_ONCE, STEPS, Selection
from huying.org.rules import Can
from huying.trail.acts import note_reading

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NAME = "诉求工作台账"
FORM1 = "职工诉求记录表"
HEADS = (
    "编号",
    "收到",
    "登记",
    "方式",
    "类别",
    "标题",
    "责任人",
    "承办部门",
    "办结",
    "书面反馈",
    "告知",
    "测评",
    "归档",
    "各步",
)

MORE = ("content_class", "category", "channel", "difficulty", "department", "satisfaction")


# --- the list -----------------------------------------------------------------------------------------------------------


@require_GET
def ledger(request: Asked) -> HttpResponse:
    """The whole story of every case of a selection, one line each."""
    today = timezone.localdate(request.now)
    seen = reads.viewer(request.actor, today)
    form = LedgerForm(
        request.GET,
        rules=seen.rules,
        departments=reads.departments_of(seen),
        units=reads.units_below(seen) if seen.unit.is_upper else [],
        upper=seen.unit.is_upper,
    )
    chosen = form.selection()
    selected = reads.selected(seen, chosen, today)
    page = Paginator(selected.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(reads.rows_of(list(page.object_list), seen, today))
    return render(
        request,
        "desk/ledger/ledger.html",
        {
            "form": form,
            "chosen": chosen,
            "page": page,
            "rows": [{"row": row, "days": _days(row)} for row in shown],
            "sums": reads.sums(shown),
            "more_open": any(getattr(chosen, name) for name in MORE if name in form.fields),
            "first_fields": [form[name] for name in form.fields if name not in MORE],
            "more_fields": [form[name] for name in form.fields if name in MORE],
            "heads": HEADS,
            "steps": STEPS,
            "upper": seen.unit.is_upper,
            "may_export": request.actor.post_for(Can.EXPORT, seen.unit) is not None,
            "in_background": page.paginator.count > AT_ONCE,
            "export_query": _query(chosen),
            "exports": list(reads.exports_of(request.actor)[:3]),
            "periods": _periods(request, chosen, today),
        },
    )


def _days(row: reads.Row) -> dict[str, str]:
    """The days of a row, short: the year stands at the first, and where another begins."""
    case, local = row.case, timezone.localdate
    days: dict[str, date | None] = {
        "registered": local(case.registered_at),
        "done": row.done_on,
        "reported": row.reported_on,
        "told": row.told_on,
        "archived": local(case.archived_at) if case.archived_at else None,
    }
    year = local(case.received_at).year
    return {name: f"{day:%m-%d}" if day.year == year else f"{day}" for name, day in days.items() if day}


def _query(chosen: Selection) -> list[tuple[str, str]]:
    return list(chosen.plain().items())


def _periods(request: Asked, chosen: Selection, today: date) -> list[dict[str, Any]]:
    """The periods people ask for most, as addresses; the other filters stay."""
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    starts = (("今年", today.replace(month=1, day=1)), ("本季", quarter), ("本月", today.replace(day=1)))
    options = [{"label": "全部", "url": _with(request, ""), "current": not chosen.since and not chosen.until}]
    for label, since in starts:
        current = chosen.since == since and not chosen.until
        options.append({"label": label, "url": _with(request, since.isoformat()), "current": current})
    return [{"label": "收到", "options": options}]


def _with(request: Asked, since: str) -> str:
    query = request.GET.copy()
    for key in ("page", "since", "until"):
        query.pop(key, None)
    if since:
        query["since"] = since
    return f"?{query.urlencode()}"


# --- workbooks ----------------------------------------------------------------------------------------------------------


@require_GET
def workbook(request: Asked) -> FileResponse:
    """The selection as a workbook at once."""
    book = acts.export_now(chosen=Selection.of(request.GET.dict()), by=request.actor, at=request.now)
    name = f"{NAME}{timezone.localdate(request.now):%Y%m%d}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)


@require_POST
def workbook_later(request: Asked) -> HttpResponse:
    """A long selection is written in the background."""

    def do() -> str:
        export = acts.ask_export(chosen=Selection.of(request.POST.dict()), by=request.actor, at=request.now)
        return reverse("desk:ledger_export", args=[export.pk])

    return once(request, do)


@require_GET
def export(request: Asked, export_id: UUID) -> HttpResponse:
    """How far a workbook is; asked again by itself while it is written."""
    found = reads.export_for(request.actor, export_id)
    working = found.ended_at is None
    part = working and request.htmx  # type: ignore[attr-defined]
    name = "desk/ledger/_progress.html" if part else "desk/ledger/export.html"
    answer = render(request, name, {"export": found, "working": working})
    if request.htmx and not working:  # type: ignore[attr-defined]
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
def export_stop(request: Asked, export_id: UUID) -> HttpResponse:
    """Do not write it, or throw it away."""

    def do() -> str:
        acts.stop_export(export_id=export_id, by=request.actor, at=request.now)
        return reverse("desk:ledger_export", args=[export_id])

    return once(request, do)


@require_GET
def export_file(request: Asked, export_id: UUID) -> HttpResponse:
    """The workbook, for whoever asked for it."""
    found = reads.export_for(request.actor, export_id)
    if found.file is None or found.gone_at is not None:
        raise Refused("这张表格已经不在了。", "表格只保留一天，请重新生成。")
    note_reading(root=found.root_id, by=request.actor, at=request.now, what="export", unit=found.unit_id)
    return stored.response(found.file, inline=False)


# --- form 1 -------------------------------------------------------------------------------------------------------------


@require_GET
def form1(request: Asked, case_id: UUID, fmt: str) -> HttpResponse:
    """Form 1 of a case, for the unions that may see it; who spoke, only where secrecy allows."""
    case = cases.get_for(request.actor, case_id)
    note_reading(
        root=case.root_id, by=request.actor, at=request.now, what="form1", subject=case.pk, unit=case.holder_id
    )
    applicant, phone = _applicant(request, case)
    today = timezone.localdate(request.now)
    data = reads.form1_of(case, applicant=applicant, phone=phone, issuer=case.holder.name, on=today)
    return _paper(data, fmt, FORM1)


def _applicant(request: Asked, case: Case) -> tuple[str, str]:
    """The applicant as this reader may see it: a named one by name at the union that has the case, else how they spoke."""
    parties = list(cases.people_behind(case))
    if not parties:
        return "", ""
    first = parties[0]
    known = identities(case=case, parties=[first], by=request.actor, at=request.now).get(first.pk)
    if known is None:
        words = {Secrecy.SEALED: "保密", Secrecy.ANONYMOUS: "匿名"}.get(
            Secrecy(first.secrecy), "实名（见承办工会卷宗）"
        )
        return words, "" if first.secrecy == Secrecy.ANONYMOUS else "保密"
    return f"{known.name} 等 {len(parties)} 人" if len(parties) > 1 else known.name, known.phone


@require_GET
def item_form1(request: Asked, item_id: UUID, fmt: str) -> HttpResponse:
    """The masked copy of form 1, for the department."""
    item = handling.get_for(request.actor, item_id)
    note_reading(
        root=item.root_id, by=request.actor, at=request.now, what="item", subject=item.pk, unit=item.department.unit_id
    )
    return _paper(reads.form1_of_item(item, timezone.localdate(request.now)), fmt, f"{FORM1}（遮盖本）")


@require_GET
def form1_blank(request: Asked, fmt: str) -> HttpResponse:
    """The blank form, to be filled in by hand."""
    return _paper(reads.Form1(), fmt, f"{FORM1}（空白）")


def _paper(data: reads.Form1, fmt: str, name: str) -> HttpResponse:
    """The form in one of its two formats, under a name that says nothing of the case."""
    if fmt == "pdf":
        answer = HttpResponse(reads.form1_pdf(data), content_type="application/pdf")
    elif fmt == "docx":
        answer = HttpResponse(reads.form1_docx(data), content_type=DOCX)
    else:
        raise Http404
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{fmt}") or "attachment"
    return answer


urls = [
    path("ledger/", ledger, name="ledger"),
    path("ledger/export.xlsx", workbook, name="ledger_xlsx"),
    path("ledger/exports/", workbook_later, name="ledger_later"),
    path("ledger/exports/<uuid:export_id>/", export, name="ledger_export"),
    path("ledger/exports/<uuid:export_id>/stop/", export_stop, name="ledger_export_stop"),
    path("ledger/exports/<uuid:export_id>/file.xlsx", export_file, name="ledger_export_file"),
    path("cases/<uuid:case_id>/form1.<slug:fmt>", form1, name="form1"),
    path("items/<uuid:item_id>/form1.<slug:fmt>", item_form1, name="item_form1"),
    path("forms/form1.<slug:fmt>", form1_blank, name="form1_blank"),
]

"""Pages of the desk: the ledger, its workbooks and archives of papers."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huying.desk.forms.ledger import LedgerForm, PapersForm
from huying.files import reads as stored
from huying.kernel.errors import Refused
from huying.kernel.web import Asked, once
from huying.ledger import acts, reads
from huying.ledger.rules import AT_ONCE, MOST_PAPERS, STEPS, Selection
from huying.org.rules import Can
from huying.trail.acts import note_reading

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME = "诉求工作台账"
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
            "papers": PapersForm(),
            "most_papers": MOST_PAPERS,
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
        raise Refused("这个文件已经不在了。", "文件只保留一天，请重新生成。")
    note_reading(root=found.root_id, by=request.actor, at=request.now, what="export", unit=found.unit_id)
    return stored.response(found.file, inline=False)


urls = [
    path("ledger/", ledger, name="ledger"),
    path("ledger/export.xlsx", workbook, name="ledger_xlsx"),
    path("ledger/exports/", workbook_later, name="ledger_later"),
    path("ledger/exports/<uuid:export_id>/", export, name="ledger_export"),
    path("ledger/exports/<uuid:export_id>/stop/", export_stop, name="ledger_export_stop"),
    path("ledger/exports/<uuid:export_id>/file/", export_file, name="ledger_export_file"),
]

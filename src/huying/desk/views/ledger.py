"""Pages of the desk: the ledger, its workbooks and archives of papers."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk import acts as desk_acts
from huying.desk.forms.ledger import BulkForm, LedgerForm, PapersForm, ViewForm
from huying.files import reads as stored
from huying.kernel.errors import Refused
from huying.kernel.web import Asked, file_answer, once, refusals_on, workbook_answer
from huying.ledger import acts, reads
from huying.ledger.models import SavedView
from huying.ledger.rules import AT_ONCE, MOST_COUNTED, MOST_PAPERS, MOST_PRINTED, PRINTED_AT_ONCE, STEPS, Selection
from huying.org.models import Post
from huying.org.reads import holders
from huying.org.rules import Can
from huying.trail.acts import note_reading

PER_PAGE = 50
NAME = "诉求工作台账"
CRUMBS = (("台账", reverse_lazy("desk:ledger")), ("保存的视图", reverse_lazy("desk:ledger_views")))
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

MORE = (
    "content_class", "category", "channel", "difficulty", "department", "officer", "step", "mark", "satisfaction",
    "archived_since", "archived_until", "sort",
)  # fmt: skip


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
    chosen, columns = form.selection(), _columns(request.GET.getlist("cols"))
    selected = reads.selected(seen, chosen, today)
    page = Pages(selected.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(reads.rows_of(list(page.object_list), seen, today))
    count = page.paginator.count
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
            "in_background": count > AT_ONCE,
            "printable": count <= MOST_PRINTED,
            "prints_at_once": count <= PRINTED_AT_ONCE,
            "export_query": [*_query(chosen), *(("cols", code) for code in columns)],
            "columns": _choices(columns),
            "table": _table(shown, columns) if columns else None,
            "views": reads.views_of(request.actor),
            "view_form": ViewForm(),
            "address": _address(request),
            "narrowed": _narrowed(chosen),
            "exports": list(reads.exports_of(request.actor)[:3]),
            "periods": _periods(request, chosen, today),
            "papers": PapersForm(),
            "bulk": BulkForm(officers=_officers(request, seen)),
            "most_at_once": desk_acts.MOST_AT_ONCE,
            "most_papers": MOST_PAPERS,
        },
    )


class Pages(Paginator):
    """Pages of a list that stops counting where nobody turns any more pages."""

    @cached_property
    def count(self) -> int:
        """How many, up to the most that is counted."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[: MOST_COUNTED + 1].count()

    @property
    def over(self) -> int:
        """The most that is counted, when there are more."""
        return MOST_COUNTED if self.count > MOST_COUNTED else 0


def _columns(given: list[str]) -> list[str]:
    """Columns somebody chose, as the address has them; none is the usual table."""
    return [code for code in reads.CODES if code in given]


def _choices(columns: list[str]) -> list[dict[str, Any]]:
    """Every column to tick.  What a case is known by is always there."""
    return [
        {"code": code, "label": column.heading, "on": not columns or code in columns}
        for code, column in zip(reads.CODES, reads.COLUMNS, strict=True)
        if code not in reads.FIXED
    ]


def _table(rows: list[reads.Row], columns: list[str]) -> dict[str, Any]:
    """The rows with the columns chosen: number and title as the link, then the others as a workbook has them."""
    places = [place for place in reads.columns_of(columns) if reads.CODES[place] not in reads.FIXED]
    heads = [reads.COLUMNS[place].heading for place in places]
    lines = []
    for row in rows:
        cells = row.cells()
        lines.append({"row": row, "cells": [(reads.COLUMNS[place].heading, cells[place]) for place in places]})
    return {"heads": ["编号", "标题", *heads], "lines": lines}


def _address(request: Asked) -> str:
    """What a saved view keeps: filters, columns, order."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _narrowed(chosen: Selection) -> str:
    """That the list came from a figure: filters that have no field of their own."""
    if not chosen.at:
        return ""
    return "从“数字”页点开的一格" if chosen.below or chosen.place else "归属本单位的事项"


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
    columns = _columns(request.GET.getlist("cols"))
    book = acts.export_now(chosen=Selection.of(request.GET.dict()), columns=columns, by=request.actor, at=request.now)
    return workbook_answer(book, f"{NAME}{timezone.localdate(request.now):%Y%m%d}")


@require_GET
def printed(request: Asked) -> HttpResponse:
    """The selection on paper at once."""
    columns = _columns(request.GET.getlist("cols"))
    body = acts.print_now(chosen=Selection.of(request.GET.dict()), columns=columns, by=request.actor, at=request.now)
    return file_answer(body, f"{NAME}{timezone.localdate(request.now):%Y%m%d}.pdf", inline=True)


@require_POST
def workbook_later(request: Asked) -> HttpResponse:
    """A long selection is written in the background, as a workbook or on paper."""
    on_paper = request.POST.get("what") == "print"

    def do() -> str:
        export = acts.ask_export(
            chosen=Selection.of(request.POST.dict()), columns=_columns(request.POST.getlist("cols")),
            what="print" if on_paper else "ledger", fmt="pdf" if on_paper else "xlsx", by=request.actor, at=request.now,
        )  # fmt: skip
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


# --- one act on many cases ----------------------------------------------------------------------------------------------


@require_POST
def bulk(request: Asked) -> HttpResponse:
    """Urge about the cases ticked, or give them to somebody; says of each whether it was done, and why not."""
    seen = reads.viewer(request.actor, timezone.localdate(request.now))
    form = BulkForm(request.POST, officers=_officers(request, seen))
    if not form.is_valid():
        raise Refused("没有选好要做什么。", "请回到台账，再试一次。")
    given = form.cleaned_data
    officer = form.posts.get(given["to"])
    if given["what"] == "take" and officer is None:
        raise Refused("没有选责任人。", "请回到台账，选好由谁负责。")
    if given["what"] == "urge" and not given["text"].strip():
        raise Refused("没有写督促什么。", "请回到台账，写明要督促什么。")

    def do() -> str:
        common: dict[str, Any] = {"case_ids": given["only"], "by": request.actor, "at": request.now}
        if officer is not None and given["what"] == "take":
            _said(request, f"换由{officer.person.name}负责", desk_acts.take_many(officer=officer, **common))
        else:
            _said(request, "督促", desk_acts.urge_many(text=given["text"], **common))
        query = Selection.of(request.POST.dict()).plain()
        return f"{reverse('desk:ledger')}?{urlencode(query)}"

    return once(request, do)


def _said(request: Asked, what: str, outcome: desk_acts.Outcome) -> None:
    if outcome.done:
        messages.success(request, f"{what}了 {len(outcome.done)} 件：{'、'.join(outcome.done)}。")
    for number, why in outcome.refused:
        messages.warning(request, f"{number} 没有{what}：{why}")
    if not outcome.done and not outcome.refused:
        messages.warning(request, "勾选的事项已经不在台账里。")


def _officers(request: Asked, seen: reads.Viewer) -> list[Post]:
    """Who may answer for cases of the reader's own union."""
    return list(holders(seen.unit, Can.HANDLE_CASES, timezone.localdate(request.now)))


# --- saved views --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def views(request: Asked) -> HttpResponse:
    """One's own saved views; a form saves the ledger's address under a name."""
    reads.viewer(request.actor, timezone.localdate(request.now))
    form = ViewForm(request.POST if request.method == "POST" else None)
    query = request.POST.get("query", "")
    if request.method == "POST" and form.is_valid():

        def do() -> str:
            view = acts.save_view(query=query, by=request.actor, at=request.now, **form.cleaned_data)
            messages.success(request, f"保存了视图“{view.name}”。")
            return _opened(view)

        with refusals_on(form):
            return once(request, do)
    own = [view for view in reads.views_of(request.actor) if view.person_id == request.actor.person_id]
    rows = [{"view": view, "url": _opened(view)} for view in own]
    status = 422 if form.errors else 200
    return render(
        request, "desk/ledger/views.html", {"rows": rows, "form": form, "query": query, "crumbs": CRUMBS}, status=status
    )


@require_http_methods(["GET", "POST"])
def view(request: Asked, view_id: UUID) -> HttpResponse:
    """Rename a view, share it or keep it to oneself."""
    found = reads.view_for(request.actor, view_id)
    form = ViewForm(
        request.POST if request.method == "POST" else None, initial={"name": found.name, "shared": found.shared}
    )
    if request.method == "POST" and form.is_valid():

        def do() -> str:
            acts.rename_view(view_id=view_id, by=request.actor, at=request.now, **form.cleaned_data)
            return reverse("desk:ledger_views")

        with refusals_on(form):
            return once(request, do)
    crumbs = [*CRUMBS, (found.name, "")]
    status = 422 if form.errors else 200
    return render(request, "desk/ledger/view.html", {"view": found, "form": form, "crumbs": crumbs}, status=status)


@require_POST
def view_delete(request: Asked, view_id: UUID) -> HttpResponse:
    """Forget a view."""

    def do() -> str:
        acts.delete_view(view_id=view_id, by=request.actor, at=request.now)
        messages.success(request, "视图删掉了。")
        return reverse("desk:ledger_views")

    return once(request, do)


def _opened(view: SavedView) -> str:
    return f"{reverse('desk:ledger')}?{view.query}"


urls = [
    path("ledger/", ledger, name="ledger"),
    path("ledger/ledger.pdf", printed, name="ledger_pdf"),
    path("ledger/bulk/", bulk, name="ledger_bulk"),
    path("ledger/views/", views, name="ledger_views"),
    path("ledger/views/<uuid:view_id>/", view, name="ledger_view"),
    path("ledger/views/<uuid:view_id>/delete/", view_delete, name="ledger_view_delete"),
    path("ledger/export.xlsx", workbook, name="ledger_xlsx"),
    path("ledger/exports/", workbook_later, name="ledger_later"),
    path("ledger/exports/<uuid:export_id>/", export, name="ledger_export"),
    path("ledger/exports/<uuid:export_id>/stop/", export_stop, name="ledger_export_stop"),
    path("ledger/exports/<uuid:export_id>/file/", export_file, name="ledger_export_file"),
]

"""Pages of the desk: bringing in earlier or outside messages by a file: upload, columns and preview, import, result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk.forms.imports import ColumnsForm, SheetForm
from huying.intake import acts, reads
from huying.intake.models import Batch
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import Asked, once, refusals_on
from huying.mechanism.reads import rules_for

SHOWN = 20  # lines of the preview
FAULTS = 100


@require_http_methods(["GET", "POST"])
def upload(request: Asked) -> HttpResponse:
    """Choose a file; it is kept, sealed, until it is imported or put away."""
    units = reads.units_for(request.actor)
    if not units:
        raise NotYours
    form = SheetForm(request.POST or None, request.FILES or None, units=units)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, lambda: _kept(request, form, units[0]))
    waiting = reads.open_batches(request.actor)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "desk/imports/upload.html", {"form": form, "waiting": waiting, "units": units}, status=status
    )


def _kept(request: Asked, form: SheetForm, only: Any) -> str:
    content = form.cleaned_data["sheet"].read()
    unit = form.cleaned_data["unit"] or only
    batch = acts.keep_sheet(content=content, unit=unit, by=request.actor, at=request.now)
    return reverse("desk:import_file", args=[batch.pk])


@require_GET
def file(request: Asked, batch_id: UUID) -> HttpResponse:
    """Where a file stands: columns and preview, or how far it is, or what came of it."""
    batch = reads.batch_for(request.actor, batch_id)
    if batch.state == "open":
        return _preview(request, batch)
    part = batch.state == "running" and request.htmx  # type: ignore[attr-defined]
    answer = render(request, "desk/imports/_progress.html" if part else "desk/imports/result.html", {"batch": batch})
    if request.htmx and not part:  # type: ignore[attr-defined]
        answer.headers["HX-Refresh"] = "true"
    return answer


def _preview(
    request: Asked, batch: Batch, form: ColumnsForm | None = None, refusal: Refused | None = None
) -> HttpResponse:
    seen = reads.outlook(batch, request.now)
    form = form or _columns(request, batch, seen.table)
    context = {
        "batch": batch,
        "form": form,
        "refusal": refusal,
        "seen": seen,
        "rows": seen.new[:SHOWN],
        "more": max(0, len(seen.new) - SHOWN),
        "faults": seen.faults[:FAULTS],
        "more_faults": max(0, len(seen.faults) - FAULTS),
        "named": any(message.name or message.phone for message in seen.new),
        "ready": bool(seen.new) and not seen.faults and "words" in batch.columns,
    }
    return render(request, "desk/imports/preview.html", context, status=422 if form.errors or refusal else 200)


def _columns(request: Asked, batch: Batch, table: reads.Table, sent: QueryDict | None = None) -> ColumnsForm:
    """The form with what is chosen now, or with what was sent."""
    rules = rules_for(batch.unit, timezone.localdate(request.now))
    channels = [(one.code, one.label) for one in rules.channels()]
    now = {"channel": batch.channel, "secrecy": batch.secrecy, "release": batch.release}
    now |= {code: str(column) for code, column in batch.columns.items()}
    return ColumnsForm(sent, headings=table.headings, channels=channels, initial=now)


@require_POST
def columns(request: Asked, batch_id: UUID) -> HttpResponse:
    """Say which column is what; the preview follows."""
    batch = reads.batch_for(request.actor, batch_id)
    if batch.state != "open":
        raise Refused("这个文件已经处理过了。", "请刷新看看结果；要再导入请重新上传。")
    form = _columns(request, batch, reads.outlook(batch, request.now).table, request.POST)
    if form.is_valid():
        with refusals_on(form):
            return once(request, lambda: _chosen(request, batch, form))
    return _preview(request, batch, form)


def _chosen(request: Asked, batch: Batch, form: ColumnsForm) -> str:
    given = {name: form.cleaned_data[name] for name in ("channel", "secrecy", "release")}
    acts.choose_columns(batch_id=batch.pk, columns=form.columns(), **given, by=request.actor, at=request.now)
    return reverse("desk:import_file", args=[batch.pk])


@require_POST
def run(request: Asked, batch_id: UUID) -> HttpResponse:
    """Import all of it, or nothing."""
    batch = reads.batch_for(request.actor, batch_id)

    def do() -> str:
        acts.import_sheet(batch_id=batch_id, by=request.actor, at=request.now)
        return reverse("desk:import_file", args=[batch_id])

    try:
        return once(request, do)
    except NotYours:
        raise
    except Refused as error:
        if batch.state != "open":
            raise
        return _preview(request, batch, refusal=error)


@require_POST
def drop(request: Asked, batch_id: UUID) -> HttpResponse:
    """Put the file away."""

    def do() -> str:
        acts.drop_sheet(batch_id=batch_id, by=request.actor, at=request.now)
        return reverse("desk:import")

    return once(request, do)


urls = [
    path("import/", upload, name="import"),
    path("import/<uuid:batch_id>/", file, name="import_file"),
    path("import/<uuid:batch_id>/columns/", columns, name="import_columns"),
    path("import/<uuid:batch_id>/run/", run, name="import_run"),
    path("import/<uuid:batch_id>/drop/", drop, name="import_drop"),
]

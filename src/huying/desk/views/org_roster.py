"""Bringing in units, departments, people and posts from a workbook: upload, preview, confirm, result."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk.forms.org import WorkbookForm
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import Asked, file_answer, once, refusals_on
from huying.org import acts, reads

SHOWN = 200  # rows of one kind shown; the counts above tell of the rest
RESULT = "org.imported"


def _check(request: Asked) -> None:
    """Only who looks after an organisation or its posts."""
    if not reads.tops(request.actor):
        raise NotYours


@require_GET
def template(request: Asked) -> HttpResponse:
    """The empty workbook to fill in."""
    _check(request)
    return file_answer(reads.roster_template(), "组织人员导入.xlsx")


@require_http_methods(["GET", "POST"])
def upload(request: Asked) -> HttpResponse:
    """Choose a workbook; it is kept, sealed, until it is imported or dropped."""
    _check(request)
    form = WorkbookForm(request.POST or None, request.FILES or None)

    def do() -> str:
        content = form.cleaned_data["workbook"].read()
        acts.keep_workbook(content=content, by=request.actor, at=request.now)
        return reverse("desk:org-import-preview")

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    waiting = request.method == "GET" and reads.kept_workbook(request.actor) is not None
    return render(request, "desk/org/import.html", {"form": form, "waiting": waiting})


@require_http_methods(["GET", "POST"])
def preview(request: Asked) -> HttpResponse:
    """What the kept workbook would do, row by row; confirming does exactly that."""
    _check(request)
    content = reads.kept_workbook(request.actor)
    if content is None:
        # a second click on 导入 finds the workbook already imported: its first result is the answer
        return (
            once(request, lambda: reverse("desk:org-import"))
            if request.method == "POST"
            else redirect("desk:org-import")
        )
    refusal = None
    if request.method == "POST":
        try:
            return once(request, lambda: _imported(request, content))
        except NotYours:
            raise
        except Refused as error:
            refusal = error
    report = acts.rehearse_roster(content=content, by=request.actor, at=request.now)
    return render(request, "desk/org/import_preview.html", {"refusal": refusal, **_shown(report)})


def _imported(request: Asked, content: bytes) -> str:
    seen = request.POST.get("seen", "")
    report = acts.import_roster(content=content, seen=seen, by=request.actor, at=request.now)
    request.session[RESULT] = {"counts": report.counts(), "notes": report.notes}
    return reverse("desk:org-import-result")


def _shown(report: acts.Report) -> dict[str, Any]:
    """A report as the page shows it: all counts, the first rows of each kind."""
    new = [row for row in report.outcomes if row.what == "new"]
    changed = [row for row in report.outcomes if row.what == "changed"]
    return {
        "report": report,
        "counts": report.counts(),
        "faults": report.faults[:SHOWN],
        "faults_more": max(0, len(report.faults) - SHOWN),
        "new": new[:SHOWN],
        "new_more": max(0, len(new) - SHOWN),
        "changed": changed[:SHOWN],
        "changed_more": max(0, len(changed) - SHOWN),
        "same": sum(row.what == "same" for row in report.outcomes),
        "nothing": not new and not changed and not report.faults,
    }


@require_POST
def drop(request: Asked) -> HttpResponse:
    """Put the workbook away without importing it."""
    _check(request)

    def do() -> str:
        acts.forget_workbook(by=request.actor, at=request.now)
        return reverse("desk:org-import")

    return once(request, do)


@require_GET
def result(request: Asked) -> HttpResponse:
    """What was imported."""
    _check(request)
    done = request.session.get(RESULT)
    return render(request, "desk/org/import_result.html", done) if done else redirect("desk:org-import")


urls = [
    path("org/import/", upload, name="org-import"),
    path("org/import/template.xlsx", template, name="org-import-template"),
    path("org/import/preview/", preview, name="org-import-preview"),
    path("org/import/drop/", drop, name="org-import-drop"),
    path("org/import/result/", result, name="org-import-result"),
]

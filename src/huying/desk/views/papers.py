"""Pages of the desk: the papers of a case and of an item, blank forms, the flow chart, archives of papers."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huying.cases import reads as cases
from huying.desk.forms.ledger import PapersForm
from huying.kernel.errors import Refused
from huying.kernel.web import PAPER_FORMATS, Asked, file_answer, once
from huying.ledger import acts, reads
from huying.ledger.rules import PAPERS, Selection
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Rules
from huying.org.models import Unit
from huying.trail.acts import note_reading

BLANK = ("form1", "form2", "form3", "form4")


@require_GET
def case_paper(request: Asked, case_id: UUID, paper: str, fmt: str) -> HttpResponse:
    """A form or the whole dossier of a case, for the unions that may see it; who spoke, only where secrecy allows."""
    body = acts.print_paper(case_id=case_id, what=paper, fmt=fmt, by=request.actor, at=request.now)
    return file_answer(body, f"{PAPERS[paper].name}.{fmt}")


@require_GET
def item_paper(request: Asked, item_id: UUID, paper: str, fmt: str) -> HttpResponse:
    """The masked copy for the department that works on the item."""
    body = acts.print_item_paper(item_id=item_id, what=paper, fmt=fmt, by=request.actor, at=request.now)
    return file_answer(body, f"{PAPERS[paper].name}（遮盖本）.{fmt}")


# --- blank forms and the chart ------------------------------------------------------------------------------------------


def _own_rules(request: Asked, today: date) -> tuple[Unit | None, Rules | None]:
    """The reader's unit and the rules in force there; none for who holds no post."""
    unit = next((post.unit for post in request.actor.posts), None)
    return unit, rules_for(unit, today) if unit else None


@require_GET
def blanks(request: Asked) -> HttpResponse:
    """Every form to be filled in by hand."""
    rows = [(PAPERS[code], PAPERS[code].formats) for code in BLANK]
    return render(request, "desk/papers/blanks.html", {"rows": rows})


@require_GET
def blank(request: Asked, paper: str, fmt: str) -> HttpResponse:
    """A blank form, to be filled in by hand, as the packs in force word it; the chart without a case."""
    if paper not in BLANK or fmt not in PAPER_FORMATS:
        raise Http404
    unit, rules = _own_rules(request, timezone.localdate(request.now))
    if paper == "form1":
        body = reads.form1_pdf(reads.Form1()) if fmt == "pdf" else reads.form1_docx(reads.Form1())
    elif paper == "form2":
        chart = reads.general_chart(rules, issuer=unit.name if unit else "")
        body = reads.form2_pdf(chart) if fmt == "pdf" else reads.form2_docx(chart)
    elif paper == "form4":
        sheet = reads.blank_form4(rules)
        body = reads.form4_pdf([sheet]) if fmt == "pdf" else reads.form4_docx([sheet])
    else:
        sheets = [reads.blank_form3(rules)]
        body = reads.form3_pdf(sheets) if fmt == "pdf" else reads.form3_docx(sheets)
    return file_answer(body, f"{PAPERS[paper].name}（空白）.{fmt}")


@require_GET
def flow(request: Asked) -> HttpResponse:
    """How a matter goes through the house, step by step."""
    unit, rules = _own_rules(request, timezone.localdate(request.now))
    chart = reads.general_chart(rules, issuer=unit.name if unit else "")
    prints = [(fmt.upper(), reverse("desk:blank", args=["form2", fmt])) for fmt in PAPER_FORMATS]
    return _chart(request, chart, prints)


@require_GET
def case_flow(request: Asked, case_id: UUID) -> HttpResponse:
    """The same chart with the step where this case stands now."""
    found = cases.get_for(request.actor, case_id)
    note_reading(
        root=found.root_id, by=request.actor, at=request.now, what="form2", subject=found.pk, unit=found.holder_id
    )
    prints = [(fmt.upper(), reverse("desk:case_paper", args=[found.pk, "form2", fmt])) for fmt in PAPER_FORMATS]
    return _chart(request, reads.chart_of(found), prints, case=found)


def _chart(request: Asked, chart: reads.Chart, prints: list[tuple[str, str]], **more: Any) -> HttpResponse:
    return render(request, "desk/papers/flow.html", {"chart": chart, "prints": prints, **more})


# --- archives -----------------------------------------------------------------------------------------------------------


@require_POST
def archive(request: Asked) -> HttpResponse:
    """Papers of many cases at once, written in the background: those ticked, or all of the selection."""
    form = PapersForm(request.POST)
    if not form.is_valid():
        raise Refused("没有选好打印什么。", "请回到台账，选文书和格式，再试一次。")

    def do() -> str:
        export = acts.ask_export(
            chosen=Selection.of(request.POST.dict()), by=request.actor, at=request.now, **form.cleaned_data
        )
        return reverse("desk:ledger_export", args=[export.pk])

    return once(request, do)


urls = [
    path("cases/<uuid:case_id>/flow/", case_flow, name="case_flow"),
    path("cases/<uuid:case_id>/<slug:paper>.<slug:fmt>", case_paper, name="case_paper"),
    path("items/<uuid:item_id>/<slug:paper>.<slug:fmt>", item_paper, name="item_paper"),
    path("forms/", blanks, name="blanks"),
    path("forms/flow/", flow, name="flow"),
    path("forms/<slug:paper>.<slug:fmt>", blank, name="blank"),
    path("ledger/papers/", archive, name="ledger_papers"),
]

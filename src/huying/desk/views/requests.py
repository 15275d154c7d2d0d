"""Pages of the desk: the register of what people asked about their own data, one request and its answer, the copy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.cases import acts, reads
from huying.cases.models import PersonRequest
from huying.cases.rules import may_open_sealed
from huying.desk.forms.personal import DRAFT, AnswerRequestForm, AssessmentForm
from huying.desk.views.dossier_parts import badge
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.mechanism.reads import rules_for
from huying.org.rules import Can, may
from huying.privacy.acts import record_assessment
from huying.privacy.reads import assessments

PAGE = 30
OPEN = ("open", "proposed")
SAID = {
    "correct": "更正好了，本人会看到。",
    "answer": "答复好了，本人会看到。",
    "refuse": "答复好了，本人会看到理由。",
    "grant": "办好了。",
    "approve": "批准了。",
}


@require_GET
def requests(request: Asked) -> HttpResponse:
    """What people asked, open ones first by their last day; what waits for this person as the second one."""
    actor = request.actor
    if not (actor.units(Can.HANDLE_CASES) or actor.units(Can.APPROVE)):
        raise NotYours
    today = timezone.localdate(request.now)
    tab = "done" if request.GET.get("tab") == "done" else ""
    rows = reads.requests_visible(actor)
    rows = (
        rows.exclude(state__in=OPEN).order_by("-decided_at") if tab else rows.filter(state__in=OPEN).order_by("due_on")
    )
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "tab": tab,
        "today": today,
        "unsealings": reads.unsealings_waiting(actor),
        "clause": badge(
            rules_for((actor.units(Can.HANDLE_CASES) or actor.units(Can.APPROVE))[0], today), "HY-personal"
        ),
    }
    return render(request, "desk/requests/requests.html", context)


@require_http_methods(["GET", "POST"])
def one(request: Asked, request_id: UUID) -> HttpResponse:
    """One request: what may be answered by whom, and the answer."""
    row = reads.request_for(request.actor, request_id)
    act = request.POST.get("act", "")
    form = AnswerRequestForm(request.POST if request.method == "POST" else None, initial={"version": row.version})
    asked: dict[str, str] | None = None
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            if act == "open":
                asked = acts.open_request(request_id=row.pk, by=request.actor, at=request.now)
                form = AnswerRequestForm(initial={"version": row.version})
            elif act in SAID:
                return _answered(request, row, act, form)
            else:
                raise NotYours
    status = 422 if form.is_bound else 200
    answer = render(request, "desk/requests/request.html", _context(request, row, form, asked), status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _answered(request: Asked, row: PersonRequest, act: str, form: AnswerRequestForm) -> HttpResponse:
    who: dict[str, Any] = {
        "request_id": row.pk,
        "version": form.cleaned_data["version"],
        "by": request.actor,
        "at": request.now,
    }
    said = {"answer": form.cleaned_data["answer"]}
    steps = {
        "correct": lambda: acts.correct_party(**who),
        "answer": lambda: acts.answer_access(**said, **who),
        "refuse": lambda: acts.refuse_request(**said, **who),
        "grant": lambda: acts.grant_erasure(**who),
        "approve": lambda: acts.approve_erasure(**who),
    }

    def do() -> str:
        made = steps[act]()
        messages.success(request, made.answer if made.state == "frozen" else SAID[act])
        return (
            reverse("desk:requests")
            if made.party.erased_at or act == "approve"
            else reverse("desk:request", args=[made.pk])
        )

    return once(request, do)


def _context(
    request: Asked, row: PersonRequest, form: AnswerRequestForm, asked: dict[str, str] | None
) -> dict[str, Any]:
    actor, case = request.actor, row.case
    today = timezone.localdate(request.now)
    office, waits = may(actor, Can.HANDLE_CASES, case.holder), row.state in OPEN
    proposer = row.proposed_by.person_id if row.proposed_by else None
    second = row.state == "proposed" and actor.person_id in {
        post.person_id for post in reads.second_persons(case, proposer, today)
    }
    return {
        "row": row,
        "case": case,
        "form": form,
        "asked": asked,
        "today": today,
        "office": office and waits,
        "opens": may_open_sealed(actor, case) and bool(row.asked),
        "second": second,
        "stops": reads.stops(row.party, today) if row.kind == "erase" and waits else [],
    }


@require_http_methods(["GET", "POST"])
def assessment(request: Asked) -> HttpResponse:
    """The unit's impact assessment: the one in force, those before, and writing it anew."""
    units = request.actor.units(Can.HANDLE_CASES)
    if not units:
        raise NotYours
    unit, rows = units[0], list(assessments(units[0])[:20])
    first = rows[0].body if rows else DRAFT
    form = AssessmentForm(request.POST if request.method == "POST" else None, initial=first)
    form.use_required_attribute = False

    def do() -> str:
        record_assessment(unit=unit, body=form.cleaned_data, by=request.actor, at=request.now)
        messages.success(request, "记下了，以前的也留着。")
        return reverse("desk:personal_assessment")

    if form.is_bound and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    context = {
        "form": form,
        "unit": unit,
        "rows": [(row, [(label, row.body[code]) for code, label in row.PARTS]) for row in rows],
    }
    return render(request, "desk/requests/assessment.html", context, status=422 if form.is_bound else 200)


urls = [
    path("requests/assessment/", assessment, name="personal_assessment"),
    path("requests/", requests, name="requests"),
    path("requests/<uuid:request_id>/", one, name="request"),
]

"""My own data: reading all of it, taking a copy along, asking to set it right or to erase it, withdrawing a consent."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases import acts
from huying.cases.models import Party
from huying.cases.reads import case_of, requests_of, stops
from huying.kernel.actors import Worker
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once
from huying.public import own
from huying.public.forms import Correct, Erase
from huying.public.views._back import mine
from huying.public.views.steps import BOTH, step

MEDIA = {"json": "application/json", "pdf": "application/pdf"}


def _party(request: Asked) -> Party:
    worker: Worker = request.actor
    return Party.objects.select_related("case__holder", "case__merged_into").get(pk=worker.party_id)


@require_safe
@mine
def data(request: Asked) -> HttpResponse:
    """Everything that is kept, and what may be asked."""
    party = _party(request)
    case = case_of(request.actor)
    found = requests_of(party)
    context = {
        "parts": own.gathered(request.actor, request.now),
        "waiting": {row.kind: row for row in found if row.state in ("open", "proposed", "frozen")},
        "answered": [row for row in found if row.kind != "access" and row.answer],
        "consents": party.consents.filter(withdrawn_at__isnull=True),
        "consent_version": party.consent,
        "frozen": party.frozen_at is not None,
        "stops": [one for one in stops(party, timezone.localdate(request.now)) if not one.freezes],
        "union_name": case.unit.name,
        "union_phone": case.unit.phone,
    }
    answer = render(request, "public/own.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@mine
def copy(request: Asked, ending: str) -> HttpResponse:
    """The copy to take along; that one was taken stands in the union's register."""
    if ending not in MEDIA:
        raise NotYours
    parts = own.gathered(request.actor, request.now)
    once(request, lambda: _noted(request))
    body = own.as_pdf(parts, request.now) if ending == "pdf" else own.as_file(parts, request.actor, request.now)
    answer = HttpResponse(body, content_type=MEDIA[ending])
    answer["Content-Disposition"] = f'attachment; filename="huying-{timezone.localdate(request.now):%Y%m%d}.{ending}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _noted(request: Asked) -> str:
    acts.ask_request(kind="access", asked={}, by=request.actor, at=request.now)
    return reverse("public:data")


@require_http_methods(BOTH)
@mine
def correct(request: Asked) -> HttpResponse:
    """What is wrong, and what it should be."""
    form = Correct(request.POST or None, anonymous=_party(request).secrecy == "anonymous")

    def do() -> str:
        acts.ask_request(kind="correct", asked=form.cleaned_data, by=request.actor, at=request.now)
        messages.success(request, "收到了，工会核对以后更正，结果写在“我说的事”里。")
        return reverse("public:data")

    return step(request, form, "public/correct.html", do)


@require_http_methods(BOTH)
@mine
def erase(request: Asked) -> HttpResponse:
    """Once more what it means, then the request."""
    form = Erase(request.POST if request.method == "POST" else None)

    def do() -> str:
        acts.ask_request(kind="erase", asked={}, by=request.actor, at=request.now)
        messages.success(request, "收到了。清除以后，这个号码就查不到了。")
        return reverse("public:data")

    found = stops(_party(request), timezone.localdate(request.now))
    return step(request, form, "public/erase.html", do, stops=found)


@require_POST
@mine
def withdraw_consent(request: Asked, consent_id: UUID) -> HttpResponse:
    """A separate consent is taken back."""

    def do() -> str:
        acts.withdraw_consent(consent_id=consent_id, by=request.actor, at=request.now)
        return reverse("public:data")

    messages.success(request, "撤回了，责任人会看到。")
    return once(request, do)


urls = [
    path("my/data/", data, name="data"),
    path("my/data/copy.<str:ending>", copy, name="copy"),
    path("my/data/correct/", correct, name="correct"),
    path("my/data/erase/", erase, name="erase"),
    path("my/data/consent/<uuid:consent_id>/", withdraw_consent, name="withdraw_consent"),
]

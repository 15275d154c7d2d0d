"""Steps a worker takes less often: joining somebody, speaking more openly, stepping back, reporting retaliation."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from huying.cases import acts
from huying.cases.models import Party, Secrecy
from huying.cases.reads import case_of, speaking_of
from huying.cases.rules import Voice
from huying.intake.acts import receipts_for
from huying.kernel.actors import Worker
from huying.kernel.web import Asked, once, once_key, refusals_on
from huying.org.reads import union_above
from huying.public.forms import Disclose, Join, Retaliation, Withdraw
from huying.public.views._back import mine
from huying.public.views._pocket import RECEIPT

BOTH = ["GET", "HEAD", "POST"]


def step(request: Asked, form: Form, template: str, do: Callable[[], str], **context: object) -> HttpResponse:
    """Show the form, or do the step once and go where it leads."""
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    case = case_of(request.actor)
    context |= {"form": form, "union_name": case.unit.name, "union_phone": case.unit.phone}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _with_receipt(request: Asked, response: HttpResponse, kind: str) -> HttpResponse:
    """A step that gave a receipt of its own goes to the receipt page."""
    if response.status_code == 302:
        RECEIPT.put(response, {"once": once_key(request), "kind": kind}, at=request.now)
    return response


@require_http_methods(BOTH)
@mine
def join(request: Asked) -> HttpResponse:
    """One more person behind the matter; their receipt is shown once."""
    form = Join(request.POST or None)
    worker: Worker = request.actor
    case = case_of(worker)

    def do() -> str:
        name, phone = form.cleaned_data["name"], form.cleaned_data["phone"]
        secrecy = Secrecy.SEALED if name.strip() or phone.strip() else Secrecy.ANONYMOUS
        voice = Voice(receipt=receipts_for(once_key(request), 1)[0], secrecy=secrecy, name=name, phone=phone)
        acts.join(case_id=case.pk, voice=voice, by=speaking_of(worker, case), at=request.now)
        return reverse("public:receipt")

    return _with_receipt(request, step(request, form, "public/join.html", do), "join")


@require_http_methods(BOTH)
@mine
def disclose(request: Asked) -> HttpResponse:
    """Speaking more openly from now on; never the other way."""
    worker: Worker = request.actor
    now = Party.objects.values_list("secrecy", flat=True).get(pk=worker.party_id)
    if now == Secrecy.NAMED:
        return redirect("public:case")
    form = Disclose(request.POST or None, now=now)

    def do() -> str:
        given = form.cleaned_data
        voice = Voice(receipt="", secrecy=given["secrecy"], name=given["name"], phone=given["phone"])
        acts.disclose(voice=voice, by=worker, at=request.now)
        messages.success(request, "改好了。")
        return reverse("public:case")

    return step(request, form, "public/disclose.html", do, now=now)


@require_http_methods(BOTH)
@mine
def withdraw(request: Asked) -> HttpResponse:
    """Stepping back, after saying once more what that means."""
    worker: Worker = request.actor
    case = case_of(worker)
    form = Withdraw(request.POST if request.method == "POST" else None)

    def do() -> str:
        reason = form.cleaned_data["reason"]
        acts.withdraw(reason=reason, by=speaking_of(worker, case), at=request.now)
        return reverse("public:case")

    return step(request, form, "public/withdraw.html", do)


@require_http_methods(BOTH)
@mine
def retaliation(request: Asked) -> HttpResponse:
    """Being punished for having spoken goes straight upward, with a receipt of its own."""
    worker: Worker = request.actor
    form = Retaliation(request.POST or None)

    def do() -> str:
        words = form.cleaned_data["words"]
        acts.report_retaliation(text=words, once=once_key(request), by=worker, at=request.now)
        return reverse("public:receipt")

    above = union_above(case_of(worker).unit)
    page = step(request, form, "public/retaliation.html", do, above=above.name if above else "")
    return _with_receipt(request, page, "retaliation")


urls = [
    path("my/join/", join, name="join"),
    path("my/disclose/", disclose, name="disclose"),
    path("my/withdraw/", withdraw, name="withdraw"),
    path("my/retaliation/", retaliation, name="retaliation"),
]

"""Pages of the desk: anchors leave the house, for the audit administrator: files, letters, paper."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk.forms.audit import KeeperForm
from huying.desk.views.audit import roots_of
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import Asked, file_answer, once, refusals_on
from huying.notices.reads import mail_is_on
from huying.papers.reads import anchors_pdf
from huying.trail import acts, reads
from huying.trail.models import Keeper


@require_http_methods(["GET", "POST"])
def keeping(request: Asked) -> HttpResponse:
    """Where the anchors go by themselves, and who gets them."""
    roots = roots_of(request)
    form = KeeperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, lambda: _added(request, roots, form.cleaned_data["address"]))
    last = reads.kept(roots)
    context = {
        "form": form,
        "folder": bool(settings.HUYING_ANCHORS),
        "mail": mail_is_on(),
        "keepers": _by_address(roots),
        "last": last[-1].day if last else None,
        "days": sorted({one.day for one in last}, reverse=True)[:30],
    }
    return render(request, "desk/audit/keeping.html", context, status=422 if form.errors else 200)


def _added(request: Asked, roots: dict[UUID, str], address: str) -> str:
    acts.add_keeper(roots=list(roots), address=address, by=request.actor, at=request.now)
    return reverse("desk:keeping")


def _by_address(roots: dict[UUID, str]) -> list[Keeper]:
    """Each address once: a letter carries the anchors of all roots."""
    found: dict[str, Keeper] = {}
    for one in reads.keepers(roots):
        found.setdefault(one.address, one)
    return list(found.values())


@require_POST
def end_keeper(request: Asked, keeper_id: UUID) -> HttpResponse:
    """Send nothing more to an address."""
    roots = roots_of(request)

    def ended() -> str:
        acts.end_keeper(roots=list(roots), keeper=keeper_id, by=request.actor, at=request.now)
        return reverse("desk:keeping")

    try:
        return once(request, ended)
    except Refused as error:  # taken off already, or never one of theirs
        if Keeper.objects.filter(pk=keeper_id, root__in=roots).exists():
            return redirect("desk:keeping")
        raise NotYours from error


@require_GET
def sheet(request: Asked) -> HttpResponse:
    """A day's anchors on one sheet to print."""
    roots = roots_of(request)
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError as error:
        raise NotYours from error
    kept = reads.kept(roots, day=day)
    if not kept:
        raise NotYours
    body = anchors_pdf(kept, roots, timezone.localdate(request.now))
    return file_answer(body, f"huying-anchors-{day:%Y%m%d}.pdf", inline=True)


urls: list[Any] = [
    path("audit/trail/keeping/", keeping, name="keeping"),
    path("audit/trail/keeping/<uuid:keeper_id>/end/", end_keeper, name="keeper-end"),
    path("audit/trail/keeping/sheet.pdf", sheet, name="anchors-sheet"),
]

"""Pages of the desk: posters, table signs and contact cards with the code of each unit and workshop."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huying.intake import reads
from huying.intake.acts import print_posters
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import Asked, file_answer
from huying.org.models import Unit

OFFERED = 300  # units in the list; a larger union makes its posters part by part


@require_GET
def posters(request: Asked) -> HttpResponse:
    """Choose units and a kind; see what it will look like."""
    found = list(reads.poster_units(request.actor)[: OFFERED + 1])
    if not found:
        raise NotYours
    kind = request.GET.get("kind", "poster")
    shown = _chosen(request, found)
    context = {
        "units": [(unit, _depth(unit, found)) for unit in found[:OFFERED]],
        "more": len(found) > OFFERED,
        "kinds": reads.KINDS.values(),
        "kind": reads.KINDS.get(kind) or reads.KINDS["poster"],
        "shown": shown,
        "picked": {str(unit.pk) for unit in shown},
        "local": not settings.HUYING_BASE_URL.startswith("https://"),
        "base": settings.HUYING_BASE_URL,
        "preview": reverse("desk:posters-preview", args=[kind if kind in reads.KINDS else "poster"])
        + "?" + urlencode({"unit": (shown or found)[0].pk}),
    }  # fmt: skip
    return render(request, "desk/posters/posters.html", context)


def _depth(unit: Unit, among: list[Unit]) -> int:
    """How far below the topmost unit offered, for the indent."""
    return min(5, (len(unit.path) - min(len(one.path) for one in among)) // Unit.steplen)


def _chosen(request: Asked, found: list[Unit]) -> list[Unit]:
    """The units the address names, of those in reach; the first one otherwise."""
    given = set(request.GET.getlist("unit"))
    return [unit for unit in found if str(unit.pk) in given] or found[:1]


def _units(request: Asked) -> list[Unit]:
    """Every unit the address names; one that is wrong or out of reach is a missing page."""
    try:
        wanted = {UUID(given) for given in request.GET.getlist("unit")}
    except ValueError as error:
        raise NotYours from error
    found = list(reads.poster_units(request.actor).filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise NotYours
    return found


@require_GET
def preview(request: Asked, kind: str) -> HttpResponse:
    """The first page as a picture."""
    units = _units(request)
    if kind not in reads.KINDS or not units:
        raise Http404
    (sheet, *_), _ = reads.sheets_for(units[:1], settings.HUYING_BASE_URL, timezone.localdate(request.now))
    return HttpResponse(reads.preview(kind, sheet), content_type="image/png")


@require_GET
def print_file(request: Asked) -> HttpResponse:
    """The file to print."""
    kind, fmt = request.GET.get("kind", ""), request.GET.get("fmt", "")
    if not reads.poster_units(request.actor).exists():
        raise NotYours
    units = _units(request)
    if not units:
        raise Refused("没有选单位。", "请返回，勾选要印的单位或车间。")
    name, body = print_posters(
        units=units, kind=kind, fmt=fmt, base=settings.HUYING_BASE_URL, by=request.actor, at=request.now
    )
    return file_answer(body, name)


urls = [
    path("posters/", posters, name="posters"),
    path("posters/file/", print_file, name="posters-file"),
    path("posters/preview/<slug:kind>.png", preview, name="posters-preview"),
]

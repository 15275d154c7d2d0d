"""The manual: contents and search, a chapter, the whole to print."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from huying.desk.reads import manual
from huying.kernel.web import Asked

LONGEST = 40  # characters of what is looked for


@require_GET
def contents(request: Asked) -> HttpResponse:
    """All chapters with their sections, or those sections in which something is found."""
    asked = request.GET.get("q", "").strip()[:LONGEST]
    context = {"chapters": manual().chapters, "asked": asked, "found": manual().search(asked)}
    return render(request, "desk/manual/contents.html", context)


@require_GET
def chapter(request: Asked, name: str) -> HttpResponse:
    """One chapter, with the way to the one before and the one after."""
    chapters = manual().chapters
    at = next((number for number, one in enumerate(chapters) if one.name == name), None)
    if at is None:
        raise Http404
    context = {
        "chapter": chapters[at],
        "before": chapters[at - 1] if at else None,
        "after": chapters[at + 1] if at + 1 < len(chapters) else None,
    }
    return render(request, "desk/manual/chapter.html", context)


@require_GET
def whole(request: Asked) -> HttpResponse:
    """Every chapter on one page, to print or to keep as PDF."""
    return render(request, "desk/manual/whole.html", {"chapters": manual().chapters})


urls = [
    path("help/", contents, name="manual"),
    path("help/whole/", whole, name="manual-whole"),
    path("help/<slug:name>/", chapter, name="manual-chapter"),
]

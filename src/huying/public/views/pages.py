"""Pages that only explain."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from huying.kernel.errors import NotYours
from huying.kernel.manual import Chapter, read
from huying.privacy.reads import consent_text, consent_texts
from huying.privacy.rules import CONSENT_VERSION

FOLDER = Path(__file__).resolve().parents[1] / "manual"


@cache
def _worker() -> Chapter:
    """The manual's chapter for workers, read once."""
    manual = read(FOLDER, address=lambda name: reverse("public:help"))
    return manual.chapters[0]


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How it works, in everyday words."""
    return render(request, "public/help.html", {"chapter": _worker()})


@login_not_required
@require_safe
def consent(request: HttpRequest, version: str = CONSENT_VERSION) -> HttpResponse:
    """The consent text in force, or an older one that somebody agreed to."""
    text = consent_text(version)
    if text is None:
        raise NotYours
    context = {"consent": text, "current": version == CONSENT_VERSION, "versions": consent_texts()}
    return render(request, "public/consent.html", context)


urls = [
    path("help/", help_page, name="help"),
    path("consent/", consent, name="consent"),
    path("consent/<str:version>/", consent, name="consent_version"),
]

"""Pages that only explain."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from huying.privacy.rules import CONSENT_VERSION


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How it works, in everyday words."""
    return render(request, "public/help.html")


@login_not_required
@require_safe
def consent(request: HttpRequest) -> HttpResponse:
    """The consent text in force."""
    return render(request, "public/consent.html", {"consent_version": CONSENT_VERSION})


urls = [path("help/", help_page, name="help"), path("consent/", consent, name="consent")]

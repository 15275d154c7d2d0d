"""Edge of every request: who is asking, what headers go out, how a refusal looks."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from huying.kernel import meter
from huying.kernel.errors import NotYours, Refused
from huying.org.reads import member

Next = Callable[[HttpRequest], HttpResponse]


class Meter:
    """Counts what is answered and how long it took, by the page's name; files of the design are not counted."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the clock before and after."""
        begun = time.perf_counter()
        response = self.following(request)
        if not request.path.startswith("/static/"):
            view = request.resolver_match.view_name if request.resolver_match else ""
            meter.count(view=view, status=response.status_code, seconds=time.perf_counter() - begun)
        return response


class Headers:
    """Nothing of a page stays in a shared browser's cache, and no feature of the device is asked for unused."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers a view did not set itself."""
        response = self.following(request)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class Actors:
    """Puts the moment (``request.now``) and the signed-in member of staff (``request.actor``) on the request."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find out who is asking."""
        request.now = timezone.now()  # type: ignore[attr-defined]
        request.actor = None  # type: ignore[attr-defined]
        if request.path.startswith("/desk") and request.user.is_authenticated:
            if request.user.must_change_password:
                return redirect("account_change_password")
            request.actor = member(request.user, timezone.localdate(request.now))  # type: ignore[attr-defined]
        return self.following(request)


class Refusals:
    """Turns what an act refuses into a page in plain Chinese; what is not yours looks exactly like what is not there."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; refusals are caught below."""
        return self.following(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Refusals that a view did not show beside its form."""
        if isinstance(error, NotYours):
            return render(request, "404.html", status=404)
        if isinstance(error, Refused):
            return render(request, "refused.html", {"refusal": error}, status=409)
        return None

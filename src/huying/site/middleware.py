"""Edge of every request: who is asking, what headers go out, how a refusal looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any
from urllib.parse import urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from huying.desk.acts import keep_draft
from huying.kernel import meter
from huying.kernel.errors import NotYours, Refused
from huying.kernel.memory import remembering
from huying.kernel.web import OURS, done_before
from huying.org.models import User
from huying.org.reads import member, needs_factor
from huying.org.rules import Member
from huying.site.accounts import came_by_provider, with_factor

SEEN, LACKS = "seen", "lacks_factor"
PERMISSIONS = (
    "camera=(), geolocation=(), microphone=(self), display-capture=(), payment=(), usb=(), serial=(), hid=(), midi=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)
TURNED_AWAY = (404, 409, 422)
UNKEPT = OURS | {"password"}
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
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class Sessions:
    """Ends a session nobody used for a while or that is old, keeps when it was last used, lets nothing typed be lost.

    The list of sessions is written once a minute at most, so that looking at pages writes nothing.
    """

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at when this session was last used."""
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            began, seen = request.session.get(SEEN, (now, 0.0))
            idle = seen and now - seen > settings.HUYING_IDLE_MINUTES * 60
            if idle or now - began > settings.SESSION_COOKIE_AGE:
                self._end(request)
            elif now - seen >= 60:
                request.session[SEEN] = (began, now)
                request.minute_begins = True  # type: ignore[attr-defined]
                UserSession.objects.create_from_request(request)
        return self.following(request)

    def _end(self, request: HttpRequest) -> None:
        request.was_in = User.objects.get(pk=request.user.pk)  # type: ignore[attr-defined,misc]
        logout(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """A form sent from a session that is over (it carried the page's token, that was checked before) comes back as a page
        with what was typed; one that keeps drafts has it as its draft."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        user = getattr(request, "was_in", None)
        if request.method != "POST" or not (user or settings.SESSION_COOKIE_NAME in request.COOKIES):
            return None
        if request.content_type == "application/json":
            return HttpResponse(status=401)
        if user is not None and (form := request.POST.get("draft")):
            typed, now = {name: sent for name, sent in request.POST.lists() if name not in UNKEPT}, timezone.now()
            with suppress(Refused):
                keep_draft(form=form, fields=typed, by=member(user, timezone.localdate(now)), at=now)
        context = {"typed": request.POST, "files": bool(request.FILES), "back": _page_of(request)}
        return render(request, "signed_out.html", context, status=403)


def _page_of(request: HttpRequest) -> str:
    """The page a form stood on: some forms go to an address that is no page by itself."""
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all
        return request.path
    if came.netloc != request.get_host() or not came.path.startswith("/"):
        return request.path
    return came.path + (f"?{came.query}" if came.query else "")


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
            actor = member(request.user, timezone.localdate(request.now))  # type: ignore[attr-defined]
            if self._lacks_factor(request, actor):
                return redirect("mfa_index")
            request.actor = actor  # type: ignore[attr-defined]
        with remembering() if request.method in ("GET", "HEAD") else nullcontext():
            return self.following(request)

    def _lacks_factor(self, request: HttpRequest, actor: Member) -> bool:
        """Does a unit ask for a second factor this person has not got?  Looked up once a minute, and as long as it is so."""
        if not (getattr(request, "minute_begins", False) or request.session.get(LACKS)):
            return False
        lacks = needs_factor(actor, by_provider=came_by_provider(request)) and not with_factor(request.user)  # type: ignore[arg-type]
        if lacks:
            request.session[LACKS] = True
        else:
            request.session.pop(LACKS, None)
        return lacks


class Refusals:
    """Turns what an act refuses into a page in plain Chinese; what is not yours looks exactly like what is not there."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; refusals are caught below.  A form that was taken and is sent again is led to its first result: many acts
        close the door they came through, or take away the choice they were, and nobody is to read of a mistake then."""
        answer = self.following(request)
        if answer.status_code in TURNED_AWAY and request.resolver_match and (row := done_before(request)):  # type: ignore[arg-type]
            return redirect(row.result)
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Refusals that a view did not show beside its form."""
        if isinstance(error, NotYours):
            return render(request, "404.html", status=404)
        if isinstance(error, Refused):
            return render(request, "refused.html", {"refusal": error}, status=409)
        return None

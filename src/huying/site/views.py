"""Pages of the frame: errors, the demo's way in, and the counters for a monitoring program."""

import secrets
import sys
from typing import Any

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from huying.desk.reads import SIGNED_IN, own_sign_ins
from huying.kernel import meter
from huying.site.accounts import tried
from huying.site.away import reason
from huying.site.demo.entrance import may_enter, visitor

RETRY_AFTER = 30  # seconds; read by programs, people are told "一两分钟"


@login_not_required
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click signs a visitor in as the chosen demo post; anywhere but in a demo on this very machine it does not exist."""
    if request.method != "POST" or not may_enter(request):
        raise Http404
    user = visitor(request.POST.get("post", ""), timezone.localdate())
    if user is None:
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    tried(user, SIGNED_IN, "demo")
    return redirect(settings.LOGIN_REDIRECT_URL)


class Places(ListUserSessionsView):
    """Where one is signed in, and the last tries to sign in as oneself."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The library's list of sessions, with the tries."""
        person = self.request.user.person_id
        return {**super().get_context_data(**kwargs), "sign_ins": own_sign_ins(person) if person else []}


@require_POST
def session_end(request: HttpRequest, session: int) -> HttpResponse:
    """Sign oneself out at one other place."""
    row = UserSession.objects.filter(user=request.user, pk=session).first()
    if row is None:
        raise Http404
    row.end()
    messages.success(request, "那里已经退出。")
    return redirect("usersessions_list")


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts and durations, for who knows the token and asks from a machine that may; for everybody else it does not exist."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = settings.HUYING_METRICS_TOKEN
    near = request.META.get("REMOTE_ADDR", "") in settings.HUYING_METRICS_FROM
    if not known or not near or not secrets.compare_digest(given.encode(), known.encode()):
        raise Http404
    return HttpResponse(meter.exposition(timezone.now()), content_type=CONTENT_TYPE_LATEST)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long or cookies are off; what was typed goes back into the form."""
    return render(request, "csrf.html", {"typed": request.POST}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Missing and forbidden look the same."""
    return render(request, "404.html", status=404)


def too_often(request: HttpRequest) -> HttpResponse:
    """One device asked for more than a person does."""
    return render(request, "429.html", status=429)


def failed(request: HttpRequest) -> HttpResponse:
    """Something broke on our side; or only the database or the disk does not play along just now, which is said so."""
    why = reason(sys.exc_info()[1])
    return _away(request, why) if why else render(request, "500.html", status=500)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What came was cut off or too large, or the session ended under it; or it could not be kept, because nothing can be
    written just now."""
    why = reason(exception)
    return _away(request, why) if why else render(request, "400.html", {"typed": _typed(request)}, status=400)


def _away(request: HttpRequest, why: str) -> HttpResponse:
    typed = _typed(request)
    context = {"why": why, "typed": typed, "again": "once" in typed and not request.FILES}
    response = render(request, "503.html", context, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _typed(request: HttpRequest) -> QueryDict:
    """What was sent, as far as it came through; passwords are not shown again."""
    try:
        typed = request.POST.copy()
    except (OSError, BadRequest, SuspiciousOperation, MultiPartParserError):  # cut off, too large, no room, no UTF-8
        return QueryDict(mutable=True)
    for name in [name for name in typed if "password" in name]:
        del typed[name]
    return typed

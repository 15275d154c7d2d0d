"""Pages of the frame: errors, and the demo's way in."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from huying.site.demo.entrance import may_enter, visitor


@login_not_required
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click signs a visitor in as the chosen demo post; anywhere but in a demo on this very machine it does not exist."""
    if request.method != "POST" or not may_enter(request):
        raise Http404
    user = visitor(request.POST.get("post", ""), timezone.localdate())
    if user is None:
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(settings.LOGIN_REDIRECT_URL)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long or cookies are off; what was typed goes back into the form."""
    return render(request, "csrf.html", {"typed": request.POST}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Missing and forbidden look the same."""
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Something broke on our side."""
    return render(request, "500.html", status=500)

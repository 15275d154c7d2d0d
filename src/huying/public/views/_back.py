"""Who has come back with a receipt, for the pages under ``/my/``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from huying.cases.reads import worker_of
from huying.kernel.actors import Worker
from huying.kernel.web import Asked
from huying.public.forms import Enter
from huying.public.views._pocket import MY


def who(request: Asked) -> Worker | None:
    """The worker this browser came back as, while it has not been left alone for too long."""
    held = MY.take(request, at=request.now)
    return worker_of(UUID(held[0]["party"])) if held else None


def mine(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the worker's own: ``request.actor`` is the worker, each request keeps the way open for half an hour more.

    Who was away too long enters the digits again; what they had typed is shown to them, not lost.
    """

    @login_not_required
    @wraps(view)
    def inner(request: Asked, *args: object, **kwargs: object) -> HttpResponse:
        held = MY.take(request, at=request.now)
        worker = worker_of(UUID(held[0]["party"])) if held else None
        if held is None or worker is None:
            if request.method == "POST":
                page = render(request, "public/enter.html", {"form": Enter(), "typed": request.POST}, status=403)
            else:
                page = redirect("public:my")
            MY.drop(page)
            return page
        request.actor = worker
        response = view(request, *args, **kwargs)
        if MY.cookie not in response.cookies:
            MY.put(response, held[0], at=request.now, since=held[1])
        return response

    return inner

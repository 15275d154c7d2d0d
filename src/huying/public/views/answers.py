"""What the Party organisation and management of a unit answered to what its union reported (BD-4.3b)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from huying.alerts.reads import answers_for_workers
from huying.kernel.web import Asked
from huying.org.reads import union_of
from huying.public.reads import place

PER_PAGE = 20


@login_not_required
@require_safe
def answers(request: Asked, code: str) -> HttpResponse:
    """Answers that were made known, the newest first."""
    here = place(code)
    if here is None:
        return render(request, "public/no_place.html", status=404)
    if here.unit.code != code:
        return redirect("public:answers", here.unit.code)
    union = union_of(here.unit)
    page = Paginator(answers_for_workers(union), PER_PAGE).get_page(request.GET.get("page"))
    context = {"here": here, "page": page, "union_name": union.name, "union_phone": union.phone}
    return render(request, "public/answers.html", context)


urls = [path("u/<slug:code>/answers/", answers, name="answers")]

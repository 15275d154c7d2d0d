"""What a union promised its workers, how far it is, what they say of it and how they rate it; research that was published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import Asked, once, refusals_on
from huying.org.models import Unit
from huying.org.reads import union_of
from huying.promises import acts
from huying.promises import reads as promises
from huying.promises.lifecycle import OVER
from huying.promises.models import Promise
from huying.public.forms import Comment, Grade
from huying.public.reads import Place, in_words, place
from huying.public.views._pace import COMMENTING, Pace
from huying.public.views._pocket import RATED
from huying.public.views._work import proven

PER_PAGE = 20
VISITOR = Actor(code="public", label="职工本人")
TOO_OFTEN = "这台手机一小时里写了很多次了，请过一会儿再来。"


@login_not_required
@require_safe
def plan(request: Asked, code: str) -> HttpResponse:
    """The plan of a year, the newest unless the address says which."""
    here = place(code)
    if here is None:
        return render(request, "public/no_place.html", status=404)
    if here.unit.code != code:
        return redirect("public:promises", here.unit.code)
    union, today = union_of(here.unit), timezone.localdate(request.now)
    plans = list(promises.published(union))
    shown = next((one for one in plans if str(one.year) == request.GET.get("year")), plans[0] if plans else None)
    rows = list(promises.promises_of(shown)) if shown else []
    year = shown.year if shown else today.year
    context = {
        "plan": shown,
        "rows": [{"promise": one, "late": promises.late(one, today)} for one in rows],
        "done": sum(one.status == "done" for one in rows),
        "years": [one.year for one in plans],
        "reports": promises.published_reports(union, year),
        **_frame(here, union),
    }
    return render(request, "public/promises.html", context)


def _frame(here: Place, union: Unit) -> dict[str, Any]:
    return {"here": here, "union_name": union.name, "union_phone": union.phone}


# --- one of them ------------------------------------------------------------------------------------------------------------


def _found(code: str, promise_id: UUID) -> tuple[Place, Promise]:
    here = place(code)
    if here is None:
        raise NotYours
    return here, promises.published_promise(union_of(here.unit), promise_id)


@login_not_required
@require_safe
def promise(request: Asked, code: str, promise_id: UUID) -> HttpResponse:
    """One promise with its progress, comments and rating."""
    try:
        here, found = _found(code, promise_id)
    except NotYours:
        return render(request, "public/no_promise.html", {"here": place(code)}, status=404)
    return _page(request, here, found)


def _page(
    request: Asked, here: Place, found: Promise, *, said: Comment | None = None, rated: Grade | None = None
) -> HttpResponse:
    union, today = union_of(here.unit), timezone.localdate(request.now)
    grades = promises.grades_of(union, today)
    context = {
        "promise": found,
        "late": promises.late(found, today),
        "due": in_words(found.deadline, today) if found.deadline else "",
        "progress": list(found.progress.order_by("-at")[:50]),
        "page": Paginator(promises.comments_of(found), PER_PAGE).get_page(request.GET.get("page")),
        "over": found.status in OVER,
        "rating": promises.ratings([found], today).get(found.pk),
        "has_rated": _has_rated(request, found),
        "said": said or Comment(auto_id="said_%s"),
        "rated": rated or Grade(grades=grades, auto_id="rate_%s"),
        **_frame(here, union),
    }
    return render(request, "public/promise.html", context, status=422 if said or rated else 200)


def _has_rated(request: Asked, found: Promise) -> bool:
    """Whether this browser says it rated; that is all there is to know without asking who somebody is."""
    held = RATED.take(request, at=request.now)
    return bool(held and found.pk.hex in held[0].get("of", "").split(","))


def _paced(request: Asked, form: str, pace: Pace) -> None:
    if pace.full(request, request.now, proven=proven(request, form)):
        raise Refused(TOO_OFTEN)


@login_not_required
@require_http_methods(["GET", "POST"])
def comment(request: Asked, code: str, promise_id: UUID) -> HttpResponse:
    """Say something of it, without a name."""

    def do(form: Comment, found: Promise) -> None:
        acts.say_of(promise_id=found.pk, text=form.cleaned_data["text"], by=VISITOR, at=request.now)

    return _sent(request, (code, promise_id), "said", lambda found: Comment(request.POST, auto_id="said_%s"), do)


@login_not_required
@require_http_methods(["GET", "POST"])
def rate(request: Asked, code: str, promise_id: UUID) -> HttpResponse:
    """Rate the result, once in each browser."""
    today = timezone.localdate(request.now)

    def form_for(found: Promise) -> Grade:
        if _has_rated(request, found):
            raise Refused("这部手机评过了。")
        return Grade(request.POST, grades=promises.grades_of(found.plan.unit, today), auto_id="rate_%s")

    def do(form: Grade, found: Promise) -> None:
        acts.rate_promise(promise_id=found.pk, grade=form.cleaned_data["grade"], by=VISITOR, at=request.now)

    return _sent(request, (code, promise_id), "rated", form_for, do)


def _sent(
    request: Asked, of: tuple[str, UUID], what: str, form_for: Callable[[Promise], Any], do: Callable[..., None]
) -> HttpResponse:
    """One of the two forms of the page; what was typed stays when it is refused."""
    try:
        here, found = _found(*of)
    except NotYours:
        return render(request, "public/no_promise.html", {"here": place(of[0])}, status=404)
    address = reverse("public:promise", args=[here.unit.code, found.pk])
    if request.method != "POST":
        return redirect(address)
    try:
        form = form_for(found)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(address)
    if not form.is_valid():
        return _page(request, here, found, **{what: form})

    def act() -> str:
        do(form, found)
        return f"{address}#{'talk' if what == 'said' else 'rate'}"

    with refusals_on(form):
        _paced(request, "promise", COMMENTING)
        answer = once(request, act)
        COMMENTING.count(request, request.now)
        messages.success(request, "写上了，谢谢。" if what == "said" else "评价收到了，谢谢。")
        if what == "rated":
            _remember(request, answer, found)
        return answer
    return _page(request, here, found, **{what: form})


def _remember(request: Asked, answer: HttpResponse, found: Promise) -> None:
    """The browser keeps which results it rated; the server does not."""
    held = RATED.take(request, at=request.now)
    before = [one for one in (held[0].get("of", "") if held else "").split(",") if one]
    RATED.put(answer, {"of": ",".join([*before, found.pk.hex][-60:])}, at=request.now)


urls = [
    path("u/<slug:code>/promises/", plan, name="promises"),
    path("u/<slug:code>/promises/<uuid:promise_id>/", promise, name="promise"),
    path("u/<slug:code>/promises/<uuid:promise_id>/say/", comment, name="promise-say"),
    path("u/<slug:code>/promises/<uuid:promise_id>/rate/", rate, name="promise-rate"),
]

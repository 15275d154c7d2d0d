"""A rating by the link on a slip: no account, no login, one answer.  A wrong link looks like a missing page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from huying.cases.reads import rules_of
from huying.feedback.acts import answer
from huying.feedback.models import Group
from huying.feedback.reads import about_matter, invitation, is_open, reasons_of, respondent_behind
from huying.feedback.rules import Given
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.public.forms import Slip
from huying.public.views._pace import LINKS


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: Asked, token: str) -> HttpResponse:
    """What the code on a slip opens: the question once, afterwards a plain page.  Guessing is slowed down as with receipts."""
    if LINKS.full(request, request.now):
        return _plain(request, "rate_often", 429)
    who = respondent_behind(token)
    if who is None:
        LINKS.count(request, request.now)
        raise NotYours
    invited = invitation(who)
    case = invited.survey.case
    if not is_open(invited):
        # what came a moment too late is shown as it was written; what was taken and comes again goes to its first result
        return _plain(request, "rate_done" if hasattr(invited, "answer") else "rate_over", 409 if request.POST else 200)
    scale = [(grade["code"], grade["label"]) for grade in invited.survey.scale]
    reasons = [(one.code, one.label) for one in reasons_of(rules_of(case))]
    form = Slip(request.POST if request.method == "POST" else None, scale=scale, reasons=reasons)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data

        def do() -> str:
            answer(
                invited_id=invited.pk, by=who, at=request.now,
                given=Given(result=given["result"], process=given["process"], words=given["words"],
                            reasons=tuple(given.get("reasons", ()))),
            )  # fmt: skip
            return reverse("public:slip", args=[token])

        with refusals_on(form):
            return _private(once(request, do))
    context = {
        "form": form,
        "survey": invited.survey,
        "asker": invited.group == Group.ASKER,
        "group": invited.group,
        "union_name": case.holder.name,
        "union_phone": case.holder.phone,
        **about_matter(case),
    }
    return _private(render(request, "public/rate.html", context, status=422 if form.errors else 200))


def _plain(request: Asked, page: str, status: int) -> HttpResponse:
    return _private(render(request, f"public/{page}.html", {"typed": request.POST}, status=status))


def _private(answer: HttpResponse) -> HttpResponse:
    """The address is the key: it goes into no cache and to no other site."""
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


urls = [path("rate/<str:token>/", rate, name="slip")]

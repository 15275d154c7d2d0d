"""Somebody's way in, as their security administrator looks after it; and what a unit asks of all who sign in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from huying.desk.acts import reset_factor
from huying.desk.forms.org import SignInForm
from huying.kernel.web import Asked, once, refusals_on
from huying.org import acts, reads
from huying.org.rules import Can, check_manage


@require_POST
def access_act(request: Asked, person_id: UUID, act: str) -> HttpResponse:
    """Unlock the account, sign it out everywhere, take away its second factor."""
    user = reads.kept_account(request.actor, person_id)
    does, said = ACTS[act]

    def do() -> str:
        does(user=user, by=request.actor, at=request.now)
        messages.success(request, said)
        return reverse("desk:org-person", args=[person_id])

    return once(request, do)


ACTS: dict[str, Any] = {
    "factor": (reset_factor, "第二道验证已重置，已经通知本人。"),
    "unlock": (acts.unlock_account, "已解锁，本人可以再试。"),
    "sign-out": (acts.end_sessions, "登录的地方都已退出。"),
}


@require_http_methods(["GET", "POST"])
def sign_in(request: Asked, unit_id: UUID) -> HttpResponse:
    """Which roles need a second factor here and below."""
    one = reads.kept_unit(request.actor, unit_id)
    check_manage(request.actor, Can.POSTS, one)
    own, above = reads.sign_in_rules(one)
    form = SignInForm(request.POST or None, initial=SignInForm.initial_of(own))

    def do() -> str:
        acts.set_sign_in(unit=one, by=request.actor, at=request.now, **form.facts())
        messages.success(request, "登录要求已保存，一分钟内生效。")
        return reverse("desk:org-unit", args=[one.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    crumbs = [("组织和人员", reverse("desk:org")), (one.name, reverse("desk:org-unit", args=[one.pk]))]
    context = {"form": form, "unit": one, "above": [row for row in above if row.roles], "crumbs": crumbs}
    return render(request, "desk/org/sign_in.html", context)


PERSON = "org/people/<uuid:person_id>/account"
urls = [
    path(f"{PERSON}/factor/", access_act, {"act": "factor"}, name="org-account-factor"),
    path(f"{PERSON}/unlock/", access_act, {"act": "unlock"}, name="org-account-unlock"),
    path(f"{PERSON}/sign-out/", access_act, {"act": "sign-out"}, name="org-account-sign-out"),
    path("org/units/<uuid:unit_id>/sign-in/", sign_in, name="org-sign-in"),
]

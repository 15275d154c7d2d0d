"""A page of the desk that is one form: what is refused stands beside what was typed, what was done is said on the next page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from huying.desk.acts import drop_draft
from huying.kernel.web import Asked, once, refusals_on, who

Crumbs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class OneForm:
    """What stands around the form."""

    title: str
    back: str
    crumbs: Crumbs = ()
    note: str = ""
    verb: str = "保存"
    icon: str = "check"
    template: str = "desk/studios/form.html"
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """One of several acts on the same thing: words of its page, its form, what it calls, what is said when it was done.

    ``versioned``: it is told which version of the thing was on the screen.
    """

    verb: str
    note: str
    form: type[forms.Form]
    do: Callable[..., Any]
    said: str
    versioned: bool = True

    def given(self, form: forms.Form) -> dict[str, Any]:
        """What was typed, as the act takes it."""
        return {name: value for name, value in form.cleaned_data.items() if self.versioned or name != "version"}


@dataclass(frozen=True)
class ActPage:
    """What stands around the form of an act: the thing it is done to, the list it stands in (words, name of the address)."""

    label: str
    icon: str
    title: str
    note: str
    back: str
    version: int
    listed: tuple[str, str]
    draft: str
    css: str = "desk/alerts.css"
    drill: bool = False


def one_form(request: Asked, form: forms.Form, page: OneForm, do: Callable[[], str], said: str) -> HttpResponse:
    """Show the form, or do its act and go to the address ``do`` returns."""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, do)
            messages.success(request, said)
            return answer
    context = {"form": form, "page": page, "version": None, "draft": None, **page.more}
    return render(request, page.template, context, status=422 if form.errors else 200)


def one_act(
    request: Asked, form: forms.Form, how: Act, page: ActPage, *, again: Callable[[], ActPage], do: Callable[[], str]
) -> HttpResponse:
    """Show the form of an act, or do it and go to the address ``do`` returns.  After a refusal the page is made ``again``
    with the thing as it is now."""
    if form.is_bound and form.is_valid():

        def whole() -> str:
            address = do()
            drop_draft(form=page.draft, **who(request))
            return address

        with refusals_on(form):
            answer = once(request, whole)
            messages.success(request, how.said)
            return answer
        page = again()
    context = {"form": form, "how": how, "page": page}
    return render(request, "desk/act.html", context, status=422 if form.is_bound else 200)

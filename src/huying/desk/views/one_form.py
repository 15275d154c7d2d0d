"""A page of the desk that is one form: what is refused stands beside what was typed, what was done is said on the next page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from huying.kernel.web import Asked, once, refusals_on

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


def one_form(request: Asked, form: forms.Form, page: OneForm, do: Callable[[], str], said: str) -> HttpResponse:
    """Show the form, or do its act and go to the address ``do`` returns."""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, do)
            messages.success(request, said)
            return answer
    context = {"form": form, "page": page, "version": None, "draft": None, **page.more}
    return render(request, page.template, context, status=422 if form.errors else 200)

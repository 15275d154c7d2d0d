"""Pages of the desk: 开始使用, the matter to try with, accounts for many people at once."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk import reads
from huying.intake.acts import end_trial, try_out
from huying.intake.reads import trial_of
from huying.kernel import crypto
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.web import Asked, once, once_key
from huying.org import acts
from huying.org.models import Person, Unit, User
from huying.org.reads import looked_after
from huying.org.rules import Can, login_name

SHEET = "org.password-sheet"
OFFERED = 100  # accounts in one go
BELOW = 60  # units below offered for looking at
UNITS = (Can.ORG, Can.POSTS, Can.SYSTEM, Can.PACKS)


@require_GET
def setup(request: Asked) -> HttpResponse:
    """What is still missing before workers can speak, and whose turn it is."""
    own = reads.setup_units(request.actor)
    unit = _unit(request, own)
    found = reads.setup_of(request.actor, unit, request.now)
    trial = trial_of(request.actor, unit)
    context = {
        "setup": found,
        "unit": unit,
        "own": own,
        "below": list(looked_after(request.actor, *UNITS).open().filter(has_union=True)[: BELOW + 1]),
        "trial": trial if trial and trial.closed_at is None else None,
    }
    return render(request, "desk/setup/setup.html", context)


def _unit(request: Asked, own: list[Unit]) -> Unit:
    """The unit the address names, of those looked after; a wrong or foreign one is a missing page."""
    given = request.GET.get("unit") or request.POST.get("unit")
    if not given:
        return own[0]
    try:
        wanted = UUID(given)
    except ValueError as error:
        raise NotYours from error
    found = next((unit for unit in own if unit.pk == wanted), None)
    found = found or looked_after(request.actor, *UNITS).open().filter(pk=wanted).first()
    if found is None:
        raise NotYours
    return found


@require_POST
def trial(request: Asked) -> HttpResponse:
    """Try with a matter that is none."""
    unit = _unit(request, reads.setup_units(request.actor))

    def do() -> str:
        received = try_out(unit=unit, once=once_key(request), by=request.actor, at=request.now)
        messages.success(request, f"试登记好了：{received.case.number}。看过以后，请在这里撤回。")
        return f"{reverse('desk:setup')}?unit={unit.pk}#trial"

    return once(request, do)


@require_POST
def trial_end(request: Asked) -> HttpResponse:
    """Take it back."""
    unit = _unit(request, reads.setup_units(request.actor))

    def do() -> str:
        case = end_trial(unit=unit, by=request.actor, at=request.now)
        messages.success(request, f"{case.number} 已经撤回。路是通的，可以请职工说事了。")
        return f"{reverse('desk:setup')}?unit={unit.pk}"

    return once(request, do)


# --- accounts for many --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def accounts(request: Asked) -> HttpResponse:
    """Everybody with a post and without an account, with a login name proposed; those ticked get one."""
    if not request.actor.units(Can.POSTS):
        raise NotYours
    today = timezone.localdate(request.now)
    people = reads.without_account(request.actor, today, delegates=True)
    typed = request.POST if request.method == "POST" else None
    faults: dict[str, str] = {}
    refusal: Refused | None = None
    if typed is not None:
        try:
            return once(request, lambda: _opened(request, people))
        except Invalid as error:
            faults = dict(error.fields)
        except NotYours:
            raise
        except Refused as error:
            refusal = error
    rows = _rows(people[:OFFERED], typed, faults)
    context = {"rows": rows, "more": max(0, len(people) - OFFERED), "faults": len(faults), "refusal": refusal}
    return render(request, "desk/setup/accounts.html", context, status=422 if faults or refusal else 200)


def _rows(people: list[Person], typed: Any, faults: dict[str, str]) -> list[dict[str, Any]]:
    """One line a person: proposed or typed name, ticked or not, what is wrong."""
    taken = set(User.objects.values_list("username", flat=True)) if people else set()
    rows = []
    for person in people:
        proposed = login_name(person.name, taken)
        taken.add(proposed)
        rows.append(
            {
                "person": person,
                "name": typed.get(f"name-{person.pk}", proposed) if typed is not None else proposed,
                "ticked": str(person.pk) in typed.getlist("who") if typed is not None else True,
                "fault": faults.get(str(person.pk), ""),
            }
        )
    return rows


def _opened(request: Asked, people: list[Person]) -> str:
    """Open them; names and one-time passwords go to the next page sealed, as one sheet."""
    chosen = [person for person in people if str(person.pk) in request.POST.getlist("who")]
    names = {person.pk: request.POST.get(f"name-{person.pk}", "") for person in chosen}
    opened = acts.open_accounts(people=chosen, usernames=names, by=request.actor, at=request.now)
    slips = [
        {"name": user.person.name, "unit": user.person.unit.name, "login": user.username, "password": password}
        for user, password in opened
    ]
    sealed = crypto.wrap(json.dumps(slips, ensure_ascii=False).encode(), f"{SHEET}:{request.actor.person_id}")
    request.session[SHEET] = base64.b64encode(sealed).decode()
    return reverse("desk:accounts-sheet")


@require_GET
def sheet(request: Asked) -> HttpResponse:
    """The slips to print, cut and hand over; shown once."""
    if not request.actor.units(Can.POSTS):
        raise NotYours
    kept = request.session.pop(SHEET, None)
    if kept is None:
        return redirect("desk:accounts")
    try:
        slips = json.loads(crypto.unwrap(base64.b64decode(kept), f"{SHEET}:{request.actor.person_id}"))
    except crypto.Unreadable:  # its key was dropped since
        return redirect("desk:accounts")
    return render(
        request,
        "desk/setup/sheet.html",
        {"slips": slips, "entrance": request.build_absolute_uri(reverse("desk:today"))},
    )


urls = [
    path("setup/", setup, name="setup"),
    path("setup/try/", trial, name="setup-try"),
    path("setup/try/end/", trial_end, name="setup-try-end"),
    path("org/accounts/", accounts, name="accounts"),
    path("org/accounts/sheet/", sheet, name="accounts-sheet"),
]

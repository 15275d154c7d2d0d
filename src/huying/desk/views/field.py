"""The page for the field (手机上记): a form that works without a network and is sent when there is a signal.

The page itself says nothing about anybody, so that a phone may keep it; who is signed in and the lists come as data
(``field_now``) and lie sealed on the phone.  Sent twice, a record is one record.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from huying.desk.forms.records import RecordForm
from huying.desk.views.records import cases_named, checked
from huying.fieldwork import acts, reads
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import RecordKind, Rules
from huying.org.models import Unit
from huying.org.rules import Member

MOST_PLACES = 600
# What the page is drawn with; the worker keeps these and nothing else.
FILES = (
    "huying/huying.css", "desk/field.css", "huying/trusted.js", "huying/huying.js", "huying/field-store.js",
    "huying/field-leave.js", "desk/field.js", "huying/vendor/icons.svg", "huying/mark.svg", "huying/icon-192.png",
    "huying/chevron.svg", "desk/field.webmanifest",
)  # fmt: skip


def _offices(request: Asked) -> list[Unit]:
    found = reads.offices(request.actor)
    if not found:
        raise NotYours
    return found


@require_GET
def field(request: Asked) -> HttpResponse:
    """The form; the same for everybody."""
    _offices(request)
    return render(request, "desk/field/field.html")


@require_GET
def worker(request: Asked) -> HttpResponse:
    """The script that lets the page open without a network; a changed page makes it another one."""
    _offices(request)
    files = [static(one) for one in FILES]
    page = render_to_string("desk/field/field.html", request=HttpRequest())
    version = hashlib.sha256((page + "".join(files)).encode()).hexdigest()[:16]
    context = {"version": version, "page": reverse("desk:field"), "files": json.dumps(files)}
    return HttpResponse(
        render_to_string("desk/field/worker.js", context), content_type="text/javascript; charset=utf-8"
    )


@require_GET
def now(request: Asked) -> JsonResponse:
    """Who is signed in, what may be chosen, a fresh guard against forged forms."""
    offices, today = _offices(request), timezone.localdate(request.now)
    unions = [_union(request.actor, unit, today) for unit in offices]
    return JsonResponse({"who": str(request.actor.person_id), "token": get_token(request), "lists": {"unions": unions}})


def _union(actor: Member, unit: Unit, today: date) -> dict[str, Any]:
    rules = rules_for(unit, today)
    people = reads.may_take_part(unit, today)
    within = Unit.objects.within(unit).open().order_by("path").values_list("name", flat=True)[:MOST_PLACES]
    return {
        "id": str(unit.pk), "name": unit.name, "kinds": [_kind(kind, rules) for kind in rules.records()],
        "people": [
            {"id": str(post.pk), "name": post.person.name, "me": post.person_id == actor.person_id} for post in people
        ],
        "places": list(within),
    }  # fmt: skip


def _kind(kind: RecordKind, rules: Rules) -> dict[str, Any]:
    fields = [
        {
            "code": one.code, "label": one.label, "kind": one.kind, "must": one.must,
            "options": [(choice.code, choice.label) for choice in rules.options(one.options).choices]
            if one.kind == "choice" else [],
        }
        for one in kind.fields
    ]  # fmt: skip
    return {
        "code": kind.code, "label": kind.label, "outside": kind.outside, "both": kind.meets_both, "fields": fields,
    }  # fmt: skip


@require_POST
def send(request: Asked) -> HttpResponse:
    """One record from a phone: kept, or refused with why; 409 when somebody else is signed in on that phone now."""
    offices = _offices(request)
    if request.headers.get("X-Field", "") != str(request.actor.person_id):
        return JsonResponse({}, status=409)
    today = timezone.localdate(request.now)
    union = next((unit for unit in offices if str(unit.pk) == request.POST.get("union")), offices[0])
    rules = rules_for(union, today)
    kind = reads.kinds_of(union, today).get(request.POST.get("kind", ""))
    mark, written_at = _mark(request), _written_at(request)
    if kind is None or mark is None:
        return JsonResponse({"errors": [["做了什么", "这一种现在不能记了，请另选。"]]}, status=422)
    form = RecordForm(
        request.POST, request.FILES, actor=request.actor, union=union, kind=kind, rules=rules,
        people=reads.may_take_part(union, today),
    )  # fmt: skip
    if form.is_valid():
        with refusals_on(form):
            files, cases = checked(form), cases_named(request, form.cleaned_data["number"])
            people, leader = form.went()

            def do() -> str:
                made = acts.write_record(
                    union=union, deed=form.deed(), people=people, leader=leader, files=files, case_ids=cases, mark=mark,
                    written_at=written_at, by=request.actor, at=request.now,
                )  # fmt: skip
                return reverse("desk:record", args=[made.pk])

            return JsonResponse({"url": once(request, do)["Location"]})
    return JsonResponse({"errors": _wrong(form)}, status=422)


def _mark(request: Asked) -> UUID | None:
    try:
        return UUID(request.POST.get("mark", ""))
    except ValueError:
        return None


def _written_at(request: Asked) -> datetime | None:
    """When the phone had it written down, if it says so in a way that can be read."""
    try:
        found = parse_datetime(request.POST.get("written_at", ""))
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


def _wrong(form: RecordForm) -> list[list[str]]:
    """What is wrong, field by field, in words."""
    named = [
        [str(form.fields[name].label), " ".join(map(str, words))]
        for name, words in form.errors.items()
        if name in form.fields
    ]
    return [*named, *[["记录", str(words)] for words in form.non_field_errors()]]


urls = [
    path("field/", field, name="field"),
    path("field/worker.js", worker, name="field_worker"),
    path("field/now/", now, name="field_now"),
    path("field/send/", send, name="field_send"),
]

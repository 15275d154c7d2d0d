"""Pages of the desk: 今日, notices, drafts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk import acts, reads
from huying.desk.reads._promises import promise_day
from huying.desk.reads._reception import reception_day
from huying.desk.reads._today import Day
from huying.kernel.errors import Invalid
from huying.kernel.web import Asked, once
from huying.mechanism.reads import warning
from huying.notices.acts import mark_read
from huying.org.rules import ROLES, Can, Member

NOTICES = 50
FARTHEST = 1000  # pages back


@require_GET
def today(request: Asked) -> HttpResponse:
    """What to do today, by what the posts of this person are for."""
    actor: Member = request.actor
    days = reads.days_of(timezone.localdate(request.now))
    can: set[Can] = set().union(*(ROLES[post.role].can for post in actor.posts)) if actor.posts else set()
    context: dict[str, Any] = {
        "days": days,
        "workday": days.calendar.is_work(days.today),
        "can": {one.value for one in can},
    }
    if Can.READ_CASES in can:
        context["office"] = reads.office_day(actor, days)
    if Can.READ_BELOW in can:
        context["below"] = reads.below(actor, days, request.now)
    if can & {Can.HANDLE_CASES, Can.INSTRUCT}:
        climb = context["climb"] = reads.climb_day(actor, days)
        if "office" in context:
            context["office"] = replace(context["office"], figures=(*context["office"].figures, *climb.figures))
    if can & {Can.HANDLE_CASES, Can.ATTEND}:
        context["consult"] = reads.consult_day(actor, days, request.now)
    if can & {Can.ITEMS, Can.ITEMS_OF_UNIT}:
        context["items"] = reads.department_day(actor, days)
    context |= _at_the_grassroots(actor, can, days)
    context["surveys"] = reads.survey_day(actor, days)
    if can & {Can.SYSTEM, Can.POSTS, Can.AUDIT}:
        context["administration"] = reads.administration(actor, request.now)
        context["administers"] = True
        context["setup"] = reads.setup_of(actor, reads.setup_units(actor)[0], request.now)
    if can & {Can.READ_CASES, Can.SYSTEM}:
        context["warning"] = warning(days.today)
    whole = context["whole"] = _whole(context)
    context["beside"] = "office" in context and any(
        (whole.notes, *(context.get(one) for one in ("lacking", "below", "warning")))
    )
    return render(request, "desk/today/today.html", context)


def _whole(context: dict[str, Any]) -> Day:
    """All parts as one: what may turn bad first, then the own cases or items, then what has its day."""
    own = "office" if "office" in context else "items"
    parts = [
        context[name]
        for name in ("alerts", own, "consult", "receives", "promises", "surveys", "climb")
        if name in context
    ]
    return Day(
        figures=(),
        groups=tuple(group for part in parts for group in part.groups),
        notes=(*(note for part in parts for note in part.notes), *context.get("records", ())),
    )


def _at_the_grassroots(actor: Member, can: set[Can], days: reads.Days) -> dict[str, Any]:
    """What waits of visits, receptions, promises and alerts, and the duties with little time left."""
    found: dict[str, Any] = {}
    if Can.HANDLE_CASES in can:
        found["records"] = reads.record_day(actor, days.today)
        found["lacking"] = reads.lacking(actor, days.today)
    if can & {Can.READ_CASES, Can.INSTRUCT}:
        found["receives"] = reception_day(actor, days)
    if can & {Can.READ_CASES, Can.INSTRUCT, Can.ITEMS}:
        found["promises"] = promise_day(actor, days)
    if can & {Can.HANDLE_CASES, Can.ITEMS_OF_UNIT}:
        found["alerts"] = reads.alerts_day(actor, days)
    return found


# --- notices ---------------------------------------------------------------------------------------------------------


@require_GET
def notices(request: Asked) -> HttpResponse:
    """What this person was told, newest first."""
    asked = request.GET.get("page", "")
    page = min(max(1, int(asked)), FARTHEST) if asked.isdecimal() and len(asked) < 9 else 1
    rows = list(reads.notices_of(request.actor)[(page - 1) * NOTICES : page * NOTICES + 1])
    context = {
        "rows": rows[:NOTICES],
        "page": page,
        "more": len(rows) > NOTICES,
        "unread": any(not r.read_at for r in rows),
    }
    return render(request, "desk/today/notices.html", context)


@require_POST
def read_notice(request: Asked, notice_id: UUID | None = None) -> HttpResponse:
    """Mark one notice as read, or all of them."""

    def do() -> str:
        done = mark_read(by=request.actor, at=request.now, notice=notice_id)
        if notice_id is None:
            messages.success(request, f"已把 {done} 条提醒标为已读。" if done else "没有未读的提醒。")
        return reverse("desk:notices")

    return once(request, do)


# --- drafts ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST", "DELETE"])
def draft(request: Asked, form: str) -> HttpResponse:
    """What somebody is typing: kept, given back, forgotten (``desk-draft.js``)."""
    if request.method == "GET":
        kept = reads.draft(request.actor, form)
        return JsonResponse({"at": kept[0].isoformat(), "fields": kept[1]}) if kept else HttpResponse(status=204)
    if request.method == "DELETE":
        acts.drop_draft(form=form, by=request.actor, at=request.now)
        return HttpResponse(status=204)
    try:
        fields = json.loads(request.body)["fields"]
        acts.keep_draft(form=form, fields=fields, by=request.actor, at=request.now)
    except Invalid as error:
        return JsonResponse(dict(error.fields), status=413)
    except (ValueError, TypeError, KeyError, AttributeError):
        return JsonResponse({"fields": "草稿没有传完整。"}, status=400)
    return JsonResponse({"at": request.now.isoformat()})


urls = [
    path("", today, name="today"),
    path("notices/", notices, name="notices"),
    path("notices/read/", read_notice, name="notices-read"),
    path("notices/<uuid:notice_id>/read/", read_notice, name="notice-read"),
    path("drafts/<str:form>", draft, name="draft"),
]

"""Pages of the climb: what was sent up, for unions and for the management above; leaders' instructions and cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.cases.models import Case, Clock
from huying.cases.reads import clock_state
from huying.climb import acts, reads
from huying.climb.models import Instruction, Lead, Rung
from huying.desk import reads as desk
from huying.desk.acts import drop_draft
from huying.desk.forms.climb import InstructForm
from huying.handling import acts as handling
from huying.handling import reads as items
from huying.kernel.errors import NotYours
from huying.kernel.templatetags.huying import qs
from huying.kernel.web import Asked, once, refusals_on, who
from huying.mechanism.reads import calendar
from huying.notices.acts import mark_read
from huying.org.rules import Can, Member
from huying.trail.acts import note_reading

PER_PAGE = 25


# --- unions: what was sent to us, what we sent, what is stuck below --------------------------------------------------


@require_GET
def climb(request: Asked) -> HttpResponse:
    """Levels that wait for us, those we wait for, those below that are overdue, instructions to follow up; filters live in
    the address."""
    actor: Member = request.actor
    if not actor.units(Can.HANDLE_CASES):
        raise NotYours
    days = desk.days_of(timezone.localdate(request.now))
    lists = _lists(actor, days.today)
    tab = request.GET.get("tab", "")
    tab = tab if tab in lists else "here"
    rows = lists[tab][1]
    if tab in ("here", "sent"):
        rows = _filtered(request, rows, days.today)
    page = _page(request, rows)
    shown = list(page.object_list)
    context = {
        "tab": tab,
        "page": page,
        "rows": _rows(tab, shown, actor, days),
        "lists": [{"code": code, "label": label, "n": found.count()} for code, (label, found) in lists.items()],
        "groups": _filters(request) if tab in ("here", "sent") else [],
        "filtered": bool({"state", "late"} & set(request.GET)),
    }
    return render(request, "desk/climb/climb.html", context)


def _rows(tab: str, shown: list[Any], actor: Member, days: desk.Days) -> Sequence[Any]:
    if tab == "said":
        return desk.said_rows(shown)
    return desk.case_rows(shown, actor, days) if tab == "given" else desk.rung_rows(shown, days, ours=tab == "here")


def _lists(actor: Member, today: date) -> dict[str, tuple[str, QuerySet[Any]]]:
    """The tabs, each with what it lists."""
    found: dict[str, tuple[str, QuerySet[Any]]] = {
        "here": ("报到本级", reads.with_us(actor)),
        "sent": ("我们报上去的", reads.sent_by_us(actor)),
    }
    found["given"] = ("本级交办的", desk.with_names(items.given_above(actor)).order_by("-moved_at", "pk"))
    if actor.units(Can.READ_BELOW):
        found["stuck"] = ("下级卡住的", reads.stuck_below(actor, today))
    return found | {"said": ("批示待落实", reads.to_follow(actor))}


STATES = (("", "全部"), ("sent", "待接收"), ("taken", "已接收"))


def _filtered(request: Asked, rows: QuerySet[Any], today: date) -> QuerySet[Any]:
    if (state := request.GET.get("state", "")) in dict(STATES) and state:
        rows = rows.filter(status=state)
    return rows.filter(reads.overdue(today)) if request.GET.get("late") else rows


def _filters(request: Asked) -> list[dict[str, Any]]:
    context: Any = {"request": request}
    groups = (("状态", "state", STATES), ("时限", "late", (("", "全部"), ("1", "只看超期"))))
    return [
        {
            "label": label,
            "options": [
                {
                    "label": words,
                    "url": qs(context, **{key: code or None, "page": None}),
                    "current": request.GET.get(key, "") == code,
                }
                for code, words in options
            ],
        }
        for label, key, options in groups
    ]


# --- the head of management: a code, a brief, dates; no case -----------------------------------------------------------


@require_GET
def sent_up(request: Asked) -> HttpResponse:
    """What was sent up to the management of my units, the longest waiting first; what is answered on the second tab."""
    if not request.actor.units(Can.ITEMS_OF_UNIT):
        raise NotYours
    closed = request.GET.get("tab") == "closed"
    page = _page(request, reads.for_management(request.actor, answered=closed))
    rows = desk.masked_rows(page.object_list, desk.days_of(timezone.localdate(request.now)))
    return render(request, "desk/climb/sent_up.html", {"page": page, "rows": rows, "closed": closed})


def _page(request: Asked, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


@require_http_methods(["GET", "POST"])
def sent_up_rung(request: Asked, rung_id: UUID) -> HttpResponse:
    """One matter as the management above knows it; an instruction is written here."""
    rung = reads.rung_for_management(request.actor, rung_id)
    _looked(request, rung, "rung", rung.unit_id)
    form, answer = _instruct(
        request,
        rung.pk,
        "desk:sent_up_rung",
        lambda text: acts.instruct_rung(rung_id=rung.pk, text=text, **who(request)),
    )
    if answer is not None:
        return answer
    clock = reads.clocks_of([rung]).get(rung.pk)
    context = {
        "rung": rung,
        "chip": _chip(clock, timezone.localdate(request.now)) if clock else None,
        "due": clock.due_on if clock and clock.stopped_at is None else None,
        "sent_on": timezone.localdate(rung.sent_at),
        "answered_on": timezone.localdate(rung.answered_at) if rung.answered_at else None,
        "instructions": desk.said_about(rung.pk),
        "form": form,
        "draft": _draft(rung.pk),
        "open": rung.answered_at is None or not rung.state.final,
    }
    return render(request, "desk/climb/rung.html", context, status=422 if form.errors else 200)


def _chip(clock: Clock, today: date) -> dict[str, str]:
    state, words = clock_state(clock, today, calendar())
    return {"state": state, "words": words}


def _looked(request: Asked, row: Rung | Lead, what: str, unit: UUID) -> None:
    """Reading it is written down; what was said about it counts as read."""
    if request.method == "GET":
        mark_read(subject=row.pk, **who(request))
        note_reading(root=row.root_id, what=what, subject=row.pk, unit=unit, **who(request))


def _draft(subject: UUID) -> str:
    return f"instruct-{subject}"


def _instruct(
    request: Asked, subject: UUID, page: str, do: Callable[[str], Instruction]
) -> tuple[InstructForm, HttpResponse | None]:
    """The form of an instruction, and the answer once it is written."""
    form = InstructForm(request.POST or None)

    def done() -> str:
        do(form.cleaned_data["text"])
        drop_draft(form=_draft(subject), **who(request))
        return reverse(page, args=[subject])

    if form.is_bound and form.is_valid():
        with refusals_on(form):
            answer = once(request, done)
            messages.success(request, "批示写好了，工会责任人会收到提醒。")
            return form, answer
    return form, None


# --- cases under a leader's name ---------------------------------------------------------------------------------------


@require_GET
def leads(request: Asked) -> HttpResponse:
    """The cases under my name; those that are over on the second tab."""
    if not request.actor.units(Can.INSTRUCT):
        raise NotYours
    closed = request.GET.get("tab") == "closed"
    page = _page(request, reads.my_leads(request.actor, ended=closed))
    rows = desk.lead_rows(page.object_list)
    return render(request, "desk/climb/leads.html", {"page": page, "rows": rows, "closed": closed})


@require_http_methods(["GET", "POST"])
def lead(request: Asked, lead_id: UUID) -> HttpResponse:
    """A case under my name: the dossier for a union's leader, a masked page for one on management's side."""
    found = reads.lead_for(request.actor, lead_id)
    if not found.from_management:
        return HttpResponseRedirect(reverse("desk:case", args=[found.case_id]))
    _looked(request, found, "lead", found.post.unit_id)
    form, answer = _instruct(
        request, found.pk, "desk:lead", lambda text: acts.instruct_lead(lead_id=found.pk, text=text, **who(request))
    )
    if answer is not None:
        return answer
    context = {
        "lead": found,
        "state": found.case.state.staff,
        "since": timezone.localdate(found.since),
        "until": timezone.localdate(found.until) if found.until else None,
        "items": _item_lines(found.case, request),
        "instructions": desk.said_about(found.pk),
        "form": form,
        "draft": _draft(found.pk),
        "open": found.until is None and found.case.closed_at is None,
    }
    return render(request, "desk/climb/lead.html", context, status=422 if form.errors else 200)


def _item_lines(case: Case, request: Asked) -> list[dict[str, Any]]:
    """Measures, departments and dates; what departments and union wrote to each other stays with them."""
    rows = list(case.items.exclude(status="dropped").select_related("department").order_by("given_at"))
    clocks, days, today = items.clocks_of(rows), calendar(), timezone.localdate(request.now)
    lines = []
    for item in rows:
        clock = clocks.get(item.pk)
        chip = {"state": "none", "words": item.state.staff}
        if clock is not None:
            chip = dict(zip(("state", "words"), clock_state(clock, today, days), strict=True))
        lines.append({"item": item, "chip": chip})
    return lines


# --- an instruction on an item -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def item_instruct(request: Asked, item_id: UUID) -> HttpResponse:
    """The head of management writes on an item of his unit."""
    item = items.get_for(request.actor, item_id)
    if not isinstance(request.actor, Member) or not request.actor.post_for(Can.INSTRUCT, item.department.unit):
        raise NotYours
    form, answer = _instruct(
        request, item.pk, "desk:item", lambda text: handling.instruct_item(item_id=item.pk, text=text, **who(request))
    )
    if answer is not None:
        return answer
    context = {"item": item, "form": form, "draft": _draft(item.pk)}
    return render(request, "desk/climb/item_instruct.html", context, status=422 if form.errors else 200)


urls = [
    path("climb/", climb, name="climb"),
    path("sent-up/", sent_up, name="sent_up"),
    path("sent-up/<uuid:rung_id>/", sent_up_rung, name="sent_up_rung"),
    path("leads/", leads, name="leads"),
    path("leads/<uuid:lead_id>/", lead, name="lead"),
    path("items/<uuid:item_id>/instruct/", item_instruct, name="item_instruct"),
]

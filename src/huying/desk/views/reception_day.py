"""Pages of the desk: one reception day: its queue, exchanges, cancelling, ending; who came without a booking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.climb.reads import lead_unit
from huying.desk import reads as desk
from huying.desk.acts import drop_draft
from huying.desk.forms.dossier import ActForm
from huying.desk.forms.reception import FinishForm, HoldForm, ReasonForm, SwapForm, WalkInForm
from huying.desk.reads._reception import day_chip, queue_rows
from huying.desk.views.register import keep_slip
from huying.fieldwork import acts, reads
from huying.fieldwork.lifecycle import DAY, OPEN_DAY
from huying.fieldwork.models import Booking, ReceptionDay
from huying.kernel.errors import NotYours, only
from huying.kernel.web import Asked, once, once_key, refusals_on
from huying.mechanism.reads import rules_for
from huying.notices.acts import mark_read
from huying.org.rules import ROLES, Can

# --- one day --------------------------------------------------------------------------------------------------------------


@require_GET
def reception_day(request: Asked, day_id: UUID) -> HttpResponse:
    """One day: who receives, who comes and who waits, who took whose place."""
    day = reads.day_for(request.actor, day_id)
    mark_read(by=request.actor, at=request.now, subject=day.pk)
    today = timezone.localdate(request.now)
    office = reads.makes_rota(request.actor, day)
    opens = office or day.leader.person_id == request.actor.person_id
    rules = rules_for(day.unit, day.on)
    context = {
        "day": day,
        "chip": day_chip(day, today),
        "here": day.on == today and not day.state.final,
        "office": office,
        "opens": opens,
        "queue": queue_rows(request.actor, day, today) if opens else [],
        "swaps": list(
            day.swaps.select_related("before__person", "after__person", "by__person", "other").order_by("-at")
        ),
        "acts": _offered(day, today) if office else [],
        "clauses": reads.day_clauses(day, rules),
        "kind": reads.kind_name(day, rules),
        "way_label": rules.options("reception_forms").label_of(day.form),
    }
    return render(request, "desk/reception/day.html", context)


def _offered(day: ReceptionDay, today: Any) -> list[dict[str, Any]]:
    """What the office may do with a day now."""
    found = []
    for step in DAY.possible(day.status):
        if step.act == "announce":
            url = f"{reverse('desk:reception-announce')}?unit={day.unit_id}"
        else:
            url = reverse("desk:reception-act", args=[day.pk, step.act])
        if step.act in ("announce", "swap") and day.on < today:
            continue
        if step.act == "hold" and day.on > today:
            continue
        found.append(
            {"label": step.label, "url": url, "icon": ICONS[step.act], "main": step.main or step.act == "hold"}
        )
    return sorted(found, key=lambda one: not one["main"])


ICONS = {"announce": "speakerphone", "swap": "transfer", "hold": "clipboard-check", "cancel": "calendar-off"}


# --- acts on a day --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """One act on a day in a form of its own."""

    title: str
    verb: str
    said: str
    form: type[ActForm]
    do: Callable[..., Any]


def _given(form: ActForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "version"}


def _swap(day: ReceptionDay, form: ActForm, **who: Any) -> None:
    given, today = form.cleaned_data, timezone.localdate(who["at"])
    posts = {str(post.pk): post for post in reads.leaders_at(day.unit, day.kind, today)}
    acts.swap_leader(
        day_id=day.pk, leader=posts.get(given["leader"]), other_id=UUID(given["other"]) if given["other"] else None,
        reason=given["reason"], version=given["version"], **who,
    )  # fmt: skip


def _cancel(day: ReceptionDay, form: ActForm, **who: Any) -> None:
    acts.cancel_day(day_id=day.pk, version=form.cleaned_data["version"], **_given(form), **who)


def _hold(day: ReceptionDay, form: ActForm, **who: Any) -> None:
    acts.hold_day(day_id=day.pk, version=form.cleaned_data["version"], **_given(form), **who)


ACTS = {
    "swap": Act("换人接待", "换人", "换好了，两位领导和约了的职工都会知道。", SwapForm, _swap),
    "cancel": Act("取消这一天", "取消接待", "取消了，约了的职工会看到。", ReasonForm, _cancel),
    "hold": Act("接访结束", "登记结束", "登记好了，工作记录也写好了。", HoldForm, _hold),
}


@require_http_methods(["GET", "POST"])
def reception_act(request: Asked, day_id: UUID, act: str) -> HttpResponse:
    """Exchange leaders, cancel the day, end it."""
    day = reads.day_for(request.actor, day_id)
    how = ACTS.get(act)
    if how is None or not reads.makes_rota(request.actor, day):
        raise NotYours
    form = how.form(request.POST or None, initial={"version": day.version})
    if isinstance(form, SwapForm):
        _fill_swap(request, day, form)

    def do() -> str:
        how.do(day, form, by=request.actor, at=request.now)
        drop_draft(form=f"reception-{act}-{day.pk}", by=request.actor, at=request.now)
        return reverse("desk:reception-day", args=[day.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, do)
            messages.success(request, how.said)
            return answer
    context = {"day": day, "form": form, "how": how, "act": act, "draft": f"reception-{act}-{day.pk}"}
    return render(request, "desk/reception/act.html", context, status=422 if form.errors else 200)


def _fill_swap(request: Asked, day: ReceptionDay, form: SwapForm) -> None:
    today = timezone.localdate(request.now)
    posts = [post for post in reads.leaders_at(day.unit, day.kind, today) if post.pk != day.leader_id]
    others = reads.days(request.actor).filter(unit=day.unit, kind=day.kind, on__gte=today, status__in=OPEN_DAY)
    form.fill(posts, others.exclude(pk=day.pk).exclude(leader=day.leader_id).order_by("on")[:60])


# --- the queue --------------------------------------------------------------------------------------------------------------

PLAIN = {"arrive": acts.arrive, "call": acts.call_in, "back": acts.put_back, "absent": acts.mark_absent}


@require_http_methods(["GET", "POST"])
def reception_visit(request: Asked, booking_id: UUID, act: str) -> HttpResponse:
    """One step of somebody in the queue; what came of the talk has a form of its own."""
    rows = Booking.objects.visible_to(request.actor).select_related("day__unit", "day__leader__person", "case__holder")
    booking = only(rows.filter(pk=booking_id))
    if not reads.makes_rota(request.actor, booking.day) or (act not in PLAIN and act != "finish"):
        raise NotYours
    page = reverse("desk:reception-day", args=[booking.day_id])
    form = FinishForm(request.POST or None) if act == "finish" else ActForm(request.POST or None)
    if isinstance(form, FinishForm):
        form.fill(leads=_may_lead(request, booking))

    def do() -> str:
        if isinstance(form, FinishForm):
            acts.finish_visit(booking_id=booking.pk, by=request.actor, at=request.now, **_given(form))
        else:
            PLAIN[act](booking_id=booking.pk, by=request.actor, at=request.now)
        return page

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    context = {"booking": booking, "day": booking.day, "form": form, "act": act, "page": page}
    return render(request, "desk/reception/finish.html", context, status=422 if form.errors else 200)


def _may_lead(request: Asked, booking: Booking) -> bool:
    """Whether this person puts the case under the leader's name: where they approve and the leader leads."""
    leads = Can.INSTRUCT in ROLES[booking.day.leader.role].can
    return leads and bool(booking.case.summary) and lead_unit(request.actor, booking.case) is not None


@require_http_methods(["GET", "POST"])
def reception_walk_in(request: Asked, day_id: UUID) -> HttpResponse:
    """Somebody who came without a booking: registered, in the queue, with their receipt in hand."""
    day = reads.day_for(request.actor, day_id)
    if not reads.makes_rota(request.actor, day):
        raise NotYours
    form = WalkInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):

            def do() -> str:
                _, received = acts.walk_in(
                    day_id=day.pk, first=form.first(), concerns=form.concerns(), once=once_key(request), by=request.actor,
                    at=request.now,
                )  # fmt: skip
                return reverse("desk:registered", args=[received.case.pk])

            until = desk.promise(day.unit, request.now).on
            answer = keep_slip(request, once(request, do), people=1, until=until)
            messages.success(request, "登记好了，也排进了今天的队。请把号码交给他。")
            return answer
    context = {"day": day, "form": form}
    return render(request, "desk/reception/walk_in.html", context, status=422 if form.errors else 200)


urls = [
    path("reception/<uuid:day_id>/", reception_day, name="reception-day"),
    path("reception/<uuid:day_id>/walk-in/", reception_walk_in, name="reception-walk-in"),
    path("reception/<uuid:day_id>/<slug:act>/", reception_act, name="reception-act"),
    path("reception/visits/<uuid:booking_id>/<slug:act>/", reception_visit, name="reception-visit"),
]

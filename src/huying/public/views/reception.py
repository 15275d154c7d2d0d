"""Reception days for workers: who receives when, booking an hour by handing a matter in, coming back on it, talks one is
invited to."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases.models import Secrecy
from huying.cases.reads import case_of
from huying.cases.rules import Concerns, Voice
from huying.fieldwork import acts
from huying.fieldwork import reads as fieldwork
from huying.fieldwork.models import ReceptionDay
from huying.fieldwork.rules import slots
from huying.files.acts import Checked, check
from huying.files.rules import ACCEPT, MAX_BYTES, MAX_FILES, check_count
from huying.kernel.actors import Actor, Worker
from huying.kernel.errors import Invalid, Refused
from huying.kernel.web import Asked, once, once_key, refusals_on
from huying.mechanism.reads import rules_for
from huying.org.reads import union_of
from huying.privacy.reads import Asking, consent_text, separate_consents
from huying.privacy.rules import CONSENT_VERSION, sensitive_in
from huying.public import reads
from huying.public.forms import Again, Book
from huying.public.reads import Place, in_words
from huying.public.rules import companions, hidden_words
from huying.public.views._back import mine
from huying.public.views._pace import BOOKING
from huying.public.views._pocket import RECEIPT
from huying.public.views._work import proven

VISITOR = Actor(code="public", label="职工本人")


# --- which days there are -------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def days(request: Asked, code: str) -> HttpResponse:
    """Announced days, with what is still free."""
    here = reads.place(code)
    if here is None:
        return render(request, "public/no_place.html", status=404)
    if here.unit.code != code:
        return redirect("public:reception", here.unit.code)
    union, today = union_of(here.unit), timezone.localdate(request.now)
    rules = rules_for(union, today)
    ways = rules.options("reception_forms")
    rows = [
        {
            "day": day,
            "name": in_words(day.on, today),
            "kind": fieldwork.kind_name(day, rules),
            "way": ways.label_of(day.form),
            "hours": hours,
        }
        for day, hours in fieldwork.bookable(union, request.now)
    ]
    return render(request, "public/reception.html", {"rows": rows, **_frame(here)})


def _frame(here: Place) -> dict[str, Any]:
    union = union_of(here.unit)
    return {"here": here, "union_name": union.name, "union_phone": union.phone}


# --- booking ----------------------------------------------------------------------------------------------------------------


def _found(here: Place | None, day_id: UUID, at: Any) -> tuple[ReceptionDay | None, list[time]]:
    """The day asked for with its free hours, if it is one of this union's that may be booked."""
    if here is None:
        return None, []
    rows = fieldwork.bookable(union_of(here.unit), at)
    return next(((day, hours) for day, hours in rows if day.pk == day_id), (None, []))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: Asked, code: str, day_id: UUID) -> HttpResponse:
    """Say what it is about and take an hour: handed in like any matter, with the day beside it."""
    here = reads.place(code)
    day, hours = _found(here, day_id, request.now)
    if here is None or day is None:
        return render(request, "public/no_day.html", {"here": here}, status=404)
    sent = request.method == "POST"
    form = Book(
        request.POST if sent else None, request.FILES if sent else None,
        departments=reads.departments_at(here.unit), asking=_asking(request), hours=_with_sent(request, day, hours),
    )  # fmt: skip
    if sent and form.is_valid():
        with refusals_on(form):
            return _send(request, form, here, day)
    return _page(request, form, here, day, hours)


def _with_sent(request: Asked, day: ReceptionDay, hours: list[time]) -> list[time]:
    """The free hours and the one that was sent: whether that is still free the act says, for a form sent twice it is taken
    by itself."""
    sent = [hour for hour in slots(day.begins, day.ends, day.minutes) if f"{hour:%H:%M}" == request.POST.get("hour")]
    return sorted({*hours, *sent})


def _asking(request: Asked) -> list[Asking]:
    """Sensitive kinds somebody wrote of, to be agreed to separately, as on the page for saying it."""
    if request.POST.get("secrecy") == Secrecy.ANONYMOUS:
        return []
    return separate_consents(sensitive_in(request.POST.get("words", "")))


def _send(request: Asked, form: Book, here: Place, day: ReceptionDay) -> HttpResponse:
    given = form.cleaned_data
    if request.POST.get("consent") != CONSENT_VERSION:
        raise Invalid({"agreed": "说明有了新的内容，请再看一遍，同意后再提交。"})
    if missing := [one.label for one in _asking(request) if one.kind not in given["separate"]]:
        raise Invalid({"separate": f"您写到了{'、'.join(missing)}。同意留下的请勾上；不想留的，请从话里去掉再交。"})
    if BOOKING.full(request, request.now, proven=proven(request, "book")):
        raise Refused("这台手机一小时里约了很多次了，先没有收。", "写的都还在，请过一会儿再交，或者打工会电话约。")
    check_count(len(given["files"]))
    checked = tuple(check(upload=upload) for upload in given["files"])
    response = once(request, lambda: _book(request, form, here, day, checked))
    BOOKING.count(request, request.now)
    RECEIPT.put(response, {"once": once_key(request), "kind": "say"}, at=request.now)
    return response


def _book(request: Asked, form: Book, here: Place, day: ReceptionDay, files: tuple[Checked, ...]) -> str:
    given = form.cleaned_data
    unnamed = given["secrecy"] == Secrecy.ANONYMOUS
    acts.book(
        place=here.unit, day_id=day.pk, slot=form.slot(),
        first=Voice(
            receipt="", secrecy=given["secrecy"], name="" if unnamed else given["name"],
            phone="" if unnamed else given["phone"], words=given["words"], separate=tuple(given["separate"]),
        ),
        others=companions(given["together"], given["count"] or 0, given["secrecy"]),
        concerns=Concerns(
            chair=given["chair"], own_union=given["own_union"], superior=given["superior"],
            departments=tuple(UUID(one) for one in given["departments"]),
        ),
        urgent=given["urgent"], marked=hidden_words(given["marked"]), files=files, agreed=given["agreed"],
        once=once_key(request), by=VISITOR, at=request.now,
    )  # fmt: skip
    return reverse("public:receipt")


def _page(request: Asked, form: Book, here: Place, day: ReceptionDay, hours: list[time]) -> HttpResponse:
    today = timezone.localdate(request.now)
    rules = rules_for(day.unit, today)
    context = {
        "form": form,
        "day": day,
        "kind": fieldwork.kind_name(day, rules),
        "name": in_words(day.on, today),
        "way": rules.options("reception_forms").label_of(day.form),
        "full": not hours,
        "answer_by": reads.answer_by(here.unit, request.now),
        "lost": bool(request.FILES) and "X-Requested-With" not in request.headers,
        "accept": ACCEPT,
        "most": MAX_FILES,
        "largest": MAX_BYTES,
        "consent_version": CONSENT_VERSION,
        "consent": consent_text(CONSENT_VERSION),
        "asking": bool(form.fields["separate"].choices) and form.is_bound,  # type: ignore[attr-defined]
        **_frame(here),
    }
    return render(request, "public/book.html", context, status=422 if form.errors else 200)


# --- coming back on it --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@mine
def again(request: Asked) -> HttpResponse:
    """An hour for a matter handed in already; leaders it concerns are not offered."""
    worker: Worker = request.actor
    case, today = case_of(worker), timezone.localdate(request.now)
    rows, rules = fieldwork.free_days(case, request.now), rules_for(case.holder, today)
    choices = [
        (f"{day.pk} {hour:%H:%M}", _offered(day, hour, fieldwork.kind_name(day, rules), today))
        for day, hours in rows
        for hour in hours
    ]
    form = Again(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            day_id, slot = form.chosen()

            def do() -> str:
                acts.book_again(day_id=day_id, slot=slot, by=worker, at=request.now)
                return reverse("public:case")

            answer = once(request, do)
            messages.success(request, "约好了。时间和地点写在下面。")
            return answer
    context = {"form": form, "any": bool(choices), "union_name": case.holder.name, "union_phone": case.holder.phone}
    return render(request, "public/again.html", context, status=422 if form.errors else 200)


def _offered(day: ReceptionDay, hour: time, kind: str, today: date) -> str:
    return f"{in_words(day.on, today)} {hour:%H:%M} {day.leader.person.name}\n{kind}，{day.place}"


@login_not_required
@require_POST
@mine
def unbook(request: Asked, booking_id: UUID) -> HttpResponse:
    """The worker stays away; the matter goes on."""

    def do() -> str:
        acts.cancel_booking(booking_id=booking_id, by=request.actor, at=request.now)
        messages.success(request, "取消了。事情照常办。")
        return reverse("public:case")

    try:
        return once(request, do)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("public:case")


@login_not_required
@require_POST
@mine
def talk(request: Asked, talk_id: UUID) -> HttpResponse:
    """Whether to expect them at a talk they are invited to."""
    comes = request.POST.get("comes") == "yes"

    def do() -> str:
        acts.answer_talk(talk_id=talk_id, comes=comes, by=request.actor, at=request.now)
        messages.success(request, "记下了，到时候见。" if comes else "记下了，不用来。事情照常办。")
        return reverse("public:case")

    try:
        return once(request, do)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("public:case")


urls = [
    path("u/<slug:code>/reception/", days, name="reception"),
    path("u/<slug:code>/reception/<uuid:day_id>/", book, name="book"),
    path("my/reception/", again, name="again"),
    path("my/reception/<uuid:booking_id>/", unbook, name="unbook"),
    path("my/talk/<uuid:talk_id>/", talk, name="talk"),
]

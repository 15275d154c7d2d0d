"""Pages of the desk: registering for somebody who speaks, and the receipt they take home."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, resolve, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.cases.lifecycle import CASE
from huying.cases.models import Case, Secrecy
from huying.cases.reads import likely_duplicates, same_person, worker_by_receipt
from huying.cases.rules import title_from
from huying.desk import acts, reads
from huying.desk.forms.register import RegisterForm
from huying.files.acts import Checked, check
from huying.files.rules import check_count
from huying.intake.acts import Received, join_at_desk, receipts_for, register_at_desk
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.web import Asked, once, once_key, refusals_on
from huying.org.models import Unit
from huying.org.reads import union_of
from huying.org.rules import Can, Member, may
from huying.privacy.rules import mask

FORM = "register"
SLIP = "__Secure-hy-slip" if settings.SECURE else "hy-slip"
SLIP_LIVES = 600  # seconds the receipt can be shown again in the browser that registered


@require_http_methods(["GET", "POST"])
def register(request: Asked) -> HttpResponse:
    """One form filled in while somebody talks (MY-3.2.1, MY-A1)."""
    actor: Member = request.actor
    place = _place(request)
    form = _form(request, place)
    if request.method == "GET":
        return _page(request, form, place)
    wish, join = request.POST.get("do", ""), request.POST.get("join", "")
    if wish in ("mask", "look"):
        return _page(request, _masked(request, place) if wish == "mask" else form, place, look=True)
    if form.is_valid():
        with refusals_on(form):
            files = _checked(form, joining=bool(join))
            received: list[Received] = []

            def do() -> str:
                done = _join(request, form, join) if join else _register(request, form, files)
                acts.drop_draft(form=FORM, by=actor, at=request.now)
                received.append(done)
                return reverse("desk:registered", args=[done.case.pk])

            return with_slip(
                request, once(request, do), place=form.cleaned_data["place"], since=form.received_at(request.now),
                people=1 + len(form.joint()),
            )  # fmt: skip
    return _page(request, form, place, look=True, status=422)


def _register(request: Asked, form: RegisterForm, files: tuple[Checked, ...]) -> Received:
    given = form.cleaned_data
    return register_at_desk(
        place=given["place"],
        channel=given["channel"],
        channel_note=given["channel_note"],
        first=form.first(),
        others=form.joint(),
        concerns=form.concerns(),
        urgent=given["urgent"],
        received_at=form.received_at(request.now),
        title=given["title"],
        summary=given["summary"],
        mine=given["mine"],
        files=files,
        once=once_key(request),
        by=request.actor,
        at=request.now,
    )


def _join(request: Asked, form: RegisterForm, case_id: str) -> Received:
    return join_at_desk(
        case_id=_uuid(case_id),
        first=form.first(),
        others=form.joint(),
        concerns=form.concerns(),
        once=once_key(request),
        by=request.actor,
        at=request.now,
    )


def _checked(form: RegisterForm, *, joining: bool) -> tuple[Checked, ...]:
    """The files that came along, checked before the transaction begins."""
    uploads = form.cleaned_data["files"]
    if joining and uploads:
        raise Invalid({"files": "给已有的事增加联名时不能带附件，请先去掉，登记后在那件事里添加。"})
    check_count(len(uploads))
    return tuple(check(upload=upload) for upload in uploads)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotYours from error


# --- the form on its page --------------------------------------------------------------------------------------------


def _place(request: Asked) -> Unit:
    """Where the form starts from: the first unit this person registers at."""
    offices = reads.offices(request.actor)
    if not offices:
        raise NotYours
    said = request.POST.get("place", "")
    found = reads.place_named(request.actor, said) if said and said.strip() != offices[0].name else None
    return found or offices[0]


def _form(request: Asked, place: Unit, **given: Any) -> RegisterForm:
    data = (request.POST, request.FILES) if request.method == "POST" and not given else ()
    channels = reads.open_channels(place, timezone.localdate(request.now))
    usual = "phone" if _is_office(request.actor) else "relay"
    return RegisterForm(*data, actor=request.actor, place=place, channels=channels, usual=usual, **given)


def _masked(request: Asked, place: Unit) -> RegisterForm:
    """The same form with a proposal of what may be released, made from the words; an officer confirms it."""
    typed = request.POST.copy()
    words = " ".join(typed.get("words", "").split())
    names = [typed.get("name", "").strip(), *reads.roster_names(place, words)]
    proposal = mask(words, names=names)
    typed["summary"] = proposal
    typed["title"] = title_from(proposal)
    return _form(request, place, data=typed)


def _page(request: Asked, form: RegisterForm, place: Unit, *, look: bool = False, status: int = 200) -> HttpResponse:
    actor: Member = request.actor
    office = _is_office(actor)
    wish = request.POST.get("do", "")
    context: dict[str, Any] = {
        "form": form,
        "place": place,
        "places": reads.places(actor).exclude(pk=place.pk).order_by("path")[:60],
        "union": union_of(place),
        "office": office,
        "promise": reads.promise(place, request.now),
        "fresh": wish in ("mask", "look"),
        "masked": wish == "mask",
    }
    if office and look:
        context["alike"] = _alike(request, place)
    return render(request, "desk/register/register.html", context, status=status)


# --- beside the form -------------------------------------------------------------------------------------------------


def _alike(request: Asked, place: Unit) -> list[dict[str, Any]]:
    """Cases that resemble what is being typed, as the one who types may know them."""
    actor: Member = request.actor
    words = f"{request.POST.get('title', '')} {request.POST.get('words', '')}"[:2000]
    found = [case for case, _ in likely_duplicates(actor, union_of(place), words)]
    return _shown(request, found)


def _shown(request: Asked, cases: list[Case]) -> list[dict[str, Any]]:
    if not cases:
        return []
    known = Case.objects.visible_to(request.actor).filter(pk__in=[case.pk for case in cases])
    found = list(reads.with_names(known))
    by_id = {
        row.case.pk: row
        for row in reads.case_rows(found, request.actor, reads.days_of(timezone.localdate(request.now)))
    }
    rows = [by_id[case.pk] for case in cases if case.pk in by_id]
    return [
        {"row": row, "may_join": row.case.closed_at is None and may(request.actor, Can.REGISTER, row.case.holder)}
        for row in rows
    ]


@require_POST
def alike(request: Asked) -> HttpResponse:
    """Likely the same matter: part of the page, asked for while typing."""
    _check_office(request)
    return render(request, "desk/register/_alike.html", {"alike": _alike(request, _place(request))})


@require_POST
def earlier(request: Asked) -> HttpResponse:
    """Earlier matters of the one who speaks, as far as secrecy allows.  Each look-up is counted and written down."""
    _check_office(request)
    context: dict[str, Any] = {}
    name, phone = request.POST.get("name", ""), request.POST.get("phone", "")
    if request.POST.get("secrecy") == Secrecy.ANONYMOUS:
        context["nobody"] = True
    else:
        try:
            found = same_person(request.actor, name=name, phone=phone, at=request.now)
            context |= {"earlier": _shown(request, found), "asked": bool(name.strip() or phone.strip())}
        except Refused as error:
            context["refusal"] = error
    return render(request, "desk/register/_earlier.html", context)


@require_POST
def masked(request: Asked) -> HttpResponse:
    """The proposal of what may be released, put into its two fields."""
    _check_office(request)
    place = _place(request)
    return render(request, "desk/register/_released.html", {"form": _masked(request, place), "masked": True})


@require_POST
def departments(request: Asked) -> HttpResponse:
    """The departments of the place that was named."""
    place = _place(request)
    return render(request, "desk/register/_departments.html", {"form": _form(request, place, initial={})})


@require_GET
def places(request: Asked) -> HttpResponse:
    """Places offered while a name is typed."""
    if not reads.offices(request.actor):
        raise NotYours
    said = request.GET.get("place", "").replace("\0", "").strip()
    found = reads.places(request.actor).filter(name__contains=said).order_by("path")[:20]
    return render(request, "desk/register/_places.html", {"places": found})


def _check_office(request: Asked) -> None:
    if not _is_office(request.actor):
        raise NotYours


def _is_office(actor: Member) -> bool:
    """Does this person handle cases where they register, or only pass on (a liaison)?"""
    return any(may(actor, Can.HANDLE_CASES, unit) for unit in reads.offices(actor))


# --- the receipt -----------------------------------------------------------------------------------------------------


def with_slip(request: Asked, response: HttpResponse, *, place: Unit, since: datetime, people: int = 1) -> HttpResponse:
    """The slip of what was registered at a place: until when somebody answers is said there."""
    return keep_slip(request, response, people=people, until=reads.promise(place, since).on)


def keep_slip(request: Asked, response: HttpResponse, *, people: int, until: date) -> HttpResponse:
    """Let this browser, for a few minutes, show the receipts again: it keeps the form's own key, the server keeps nothing."""
    kept = {
        "once": once_key(request),
        "people": people,
        "case": str(resolve(response["Location"]).kwargs["case_id"]),
        "person": str(request.actor.person_id),
        "until": until.isoformat(),
    }
    response.set_cookie(
        SLIP, signing.dumps(kept, salt=SLIP), max_age=SLIP_LIVES, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE, path=reverse("desk:register"),
    )  # fmt: skip
    return response


def _slip(request: Asked, case_id: UUID) -> dict[str, Any] | None:
    """What the browser kept, if it belongs to this person and case."""
    try:
        kept = signing.loads(request.COOKIES.get(SLIP, ""), salt=SLIP, max_age=SLIP_LIVES)
    except signing.BadSignature:
        return None
    mine = kept["person"] == str(request.actor.person_id) and kept["case"] == str(case_id)
    return kept if mine else None


@require_GET
def registered(request: Asked, case_id: UUID) -> HttpResponse:
    """The slip for the one who spoke: number of the case, their own 16 digits, until when they hear; and the next acts."""
    slip = _slip(request, case_id)
    known = Case.objects.visible_to(request.actor).filter(pk=case_id)
    case = next(iter(known.select_related("unit", "place", "holder", "officer__person")), None)
    if slip is None and case is None:
        raise NotYours
    receipts = receipts_for(slip["once"], slip["people"]) if slip else ()
    worker = worker_by_receipt(receipts[0]) if receipts else None
    if receipts and (worker is None or worker.case_id != case_id):
        raise NotYours
    context = {
        "case": case,
        "slips": [(receipt, _qr(receipt)) for receipt in receipts],
        "until": date.fromisoformat(slip["until"]) if slip else None,
        "today": timezone.localdate(request.now),
        "address": f"{settings.HUYING_BASE_URL}{reverse('public:my')}",
        "acts": _next_acts(request.actor, case) if case else [],
        "reads_cases": bool(request.actor.units(Can.READ_CASES)),
    }
    return render(request, "desk/register/registered.html", context)


def _next_acts(actor: Member, case: Case) -> list[dict[str, str]]:
    """What comes next, by the lifecycle's table."""
    dossier = reverse("desk:case", args=[case.pk])
    steps = [step for step in CASE.possible(case.status) if step.main and may(actor, Can(step.may), case.holder)]
    found = [{"label": step.label, "url": reads.act_url(case, step.act)} for step in steps[:1]]
    return [*found, {"label": "打开卷宗", "url": dossier}]


def _qr(receipt: str) -> SafeString:
    """The worker's way back as a drawing.  The digits stand behind the ``#``, which browsers send to no server."""
    way = segno.make(f"{settings.HUYING_BASE_URL}{reverse('public:my')}#{receipt}", error="m", micro=False)
    return mark_safe(way.svg_inline(omitsize=True, border=2))  # noqa: S308  (digits and our own address)


urls = [
    path("cases/new/", register, name="register"),
    path("cases/new/alike/", alike, name="register-alike"),
    path("cases/new/earlier/", earlier, name="register-earlier"),
    path("cases/new/masked/", masked, name="register-masked"),
    path("cases/new/departments/", departments, name="register-departments"),
    path("cases/new/places/", places, name="register-places"),
    path("cases/new/<uuid:case_id>/", registered, name="registered"),
]

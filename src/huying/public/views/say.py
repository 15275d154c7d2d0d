"""Saying it: one page, no steps, nothing kept before it is sent."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from huying.alerts.reads import answers_for_workers
from huying.cases.models import Secrecy
from huying.cases.rules import Concerns, Voice
from huying.fieldwork.reads import open_days
from huying.files.acts import Checked, check
from huying.files.rules import ACCEPT, MAX_BYTES, MAX_FILES, check_count
from huying.intake.acts import receive_online
from huying.kernel.errors import Invalid, Refused
from huying.kernel.web import Asked, once, once_key, refusals_on
from huying.meetings.reads import tells_of_meetings
from huying.org.reads import union_of
from huying.privacy.reads import Asking, consent_text, separate_consents
from huying.privacy.rules import CONSENT_VERSION, sensitive_in
from huying.promises.reads import published
from huying.public import reads
from huying.public.forms import Say
from huying.public.reads import Place
from huying.public.rules import companions, hidden_words
from huying.public.views._pace import SAYING
from huying.public.views._pocket import RECEIPT
from huying.public.views._work import proven

CODE = re.compile(r"[0-9a-z]{1,12}", re.IGNORECASE)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: Asked, code: str = "") -> HttpResponse:
    """The page with the unit known from the QR code, or to be found by typing; and its sending."""
    here = reads.place(code) if code else None
    if code and here is None:
        return render(request, "public/no_place.html", status=404)
    if here is not None and here.unit.code != code:
        return redirect("public:unit", here.unit.code)
    chosen = here or _chosen(request)
    form = Say(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        departments=reads.departments_at(chosen.unit) if chosen else [],
        asking=_asking(request),
    )
    if request.method != "POST":
        return _page(request, form, here, chosen)
    if "find" in request.POST:
        return _page(request, Say(initial=_typed(request), departments=_known(chosen)), here, chosen)
    if form.is_valid():
        with refusals_on(form):
            return _send(request, form, here, chosen)
    return _page(request, form, here, chosen, status=422)


def _known(chosen: Place | None) -> list:
    return reads.departments_at(chosen.unit) if chosen else []


def _typed(request: Asked) -> dict:
    """What was typed, for showing the page again while the unit is still being looked for."""
    typed: dict = dict(request.POST.items())
    typed["departments"] = request.POST.getlist("departments")
    return typed


def _chosen(request: Asked) -> Place | None:
    """The unit picked on the page: among those found, or the only one that was meant."""
    code = request.POST.get("place", "")
    if CODE.fullmatch(code) and (found := reads.place(code)):
        return found
    typed = request.POST.get("where", "").strip()
    hits, more = reads.places(typed)
    meant = [one for one in hits if typed in (one.unit.name, one.name)] or ([] if more else hits)
    return meant[0] if len(meant) == 1 else None


def _send(request: Asked, form: Say, here: Place | None, chosen: Place | None) -> HttpResponse:
    """One matter for one submission; whatever is refused goes back beside what was typed."""
    given = form.cleaned_data
    if request.POST.get("consent") != CONSENT_VERSION:
        raise Invalid({"agreed": "说明有了新的内容，请再看一遍，同意后再提交。"})
    if chosen is None:
        raise Invalid({"where": _which(given["where"])})
    if missing := [one.label for one in _asking(request) if one.kind not in given["separate"]]:
        raise Invalid({"separate": f"您写到了{'、'.join(missing)}。同意留下的请勾上；不想留的，请从话里去掉再交。"})
    if SAYING.full(request, request.now, proven=proven(request, "say")):
        raise Refused(
            "这台手机一小时里交了很多次了，先没有收。",
            "写的都还在，请过一会儿再交；急事请打 12351，有危险打 120、110。",
        )
    uploads = given["files"]
    check_count(len(uploads))
    others = companions(given["together"], given["count"] or 0, given["secrecy"])
    checked = tuple(check(upload=upload) for upload in uploads)
    response = once(request, lambda: _receive(request, form, chosen, others, checked))
    SAYING.count(request, request.now)
    RECEIPT.put(response, {"once": once_key(request), "kind": "say"}, at=request.now)
    return response


def _asking(request: Asked) -> list[Asking]:
    """Sensitive kinds somebody wrote of, each to be agreed to separately (PIPL 29): not in danger (13), and not where nobody is
    named (4)."""
    if request.POST.get("urgent") or request.POST.get("secrecy") == Secrecy.ANONYMOUS:
        return []
    return separate_consents(sensitive_in(request.POST.get("words", "")))


def _which(typed: str) -> str:
    """What is still missing about the place."""
    if len(typed.strip()) < 2:
        return "请先写您的单位，再从找到的里面选一个。"
    return (
        "请从下面找到的单位里选一个。"
        if reads.places(typed)[0]
        else "没有找到这个单位。请换个写法，或者写它的上级单位。"
    )


def _receive(request: Asked, form: Say, chosen: Place, others: tuple[Voice, ...], files: tuple[Checked, ...]) -> str:
    given = form.cleaned_data
    unnamed = given["secrecy"] == Secrecy.ANONYMOUS
    receive_online(
        place=chosen.unit,
        first=Voice(
            receipt="",
            secrecy=given["secrecy"],
            name="" if unnamed else given["name"],
            phone="" if unnamed else given["phone"],
            words=given["words"],
            separate=tuple(given["separate"]),
        ),
        others=others,
        concerns=Concerns(
            chair=given["chair"],
            own_union=given["own_union"],
            superior=given["superior"],
            departments=tuple(UUID(one) for one in given["departments"]),
        ),
        urgent=given["urgent"],
        marked=hidden_words(given["marked"]),
        files=files,
        agreed=given["agreed"],
        once=once_key(request),
        at=request.now,
    )
    return reverse("public:receipt")


def _page(request: Asked, form: Say, here: Place | None, chosen: Place | None, status: int = 200) -> HttpResponse:
    typed = request.POST.get("where", "")
    found, more = reads.places(typed) if here is None and typed else ([], False)
    if chosen is not None and here is None and chosen.unit.pk not in {one.unit.pk for one in found}:
        found = [chosen, *found]
    union = union_of(chosen.unit) if chosen else None
    context = {
        "form": form,
        "here": here,
        "chosen": chosen,
        "found": found,
        "more": more,
        "looked": bool(typed),
        "answer_by": reads.answer_by(chosen.unit, request.now) if chosen else "",
        "lost": bool(request.FILES) and "X-Requested-With" not in request.headers,
        "accept": ACCEPT,
        "most": MAX_FILES,
        "largest": MAX_BYTES,
        "consent_version": CONSENT_VERSION,
        "consent": consent_text(CONSENT_VERSION),
        "asking": bool(form.fields["separate"].choices) and form.is_bound,  # type: ignore[attr-defined]
        "union_name": union.name if union else "",
        "union_phone": union.phone if union else "",
        "folded": _folded(form),
        "answers": here is not None and union is not None and answers_for_workers(union).exists(),
        "news": here is not None and union is not None and tells_of_meetings(union),
        "receives": here is not None and union is not None and open_days(union, request.now).exists(),
        "promised": here is not None and union is not None and published(union).exists(),
    }
    return render(request, "public/say.html", context, status=status)


def _folded(form: Say) -> dict[str, bool]:
    """Which folded parts hold something, so that they stand open when the page comes back."""

    def any_of(*names: str) -> bool:
        return any(form[name].value() or form.errors.get(name) for name in names)

    return {
        "together": any_of("count", "together"),
        "concerns": any_of("own_union", "chair", "superior", "departments"),
        "marked": any_of("marked"),
    }


@login_not_required
@require_safe
def find(request: Asked) -> HttpResponse:
    """Units by name: the list under the field while typing, or a page of its own without scripts."""
    typed = request.GET.get("q", request.GET.get("where", ""))[:80]
    found, more = reads.places(typed)
    context = {"found": found, "more": more, "looked": len(typed.strip()) > 1, "q": typed}
    inline = bool(request.headers.get("HX-Request"))
    return render(request, "public/_found.html" if inline else "public/find.html", context)


@login_not_required
@require_safe
def about(request: Asked) -> HttpResponse:
    """What depends on the unit once it is picked: its departments, its union, the day of the answer (with scripts only)."""
    chosen = reads.place(request.GET.get("place", "")[:12])
    form = Say(departments=_known(chosen))
    answer = reads.answer_by(chosen.unit, request.now) if chosen else ""
    return render(request, "public/_about.html", {"form": form, "chosen": chosen, "answer_by": answer, "swap": True})


urls = [
    path("", say, name="home"),
    path("u/<slug:code>/", say, name="unit"),
    path("find/", find, name="find"),
    path("find/about/", about, name="about"),
]

"""Pages of a survey: the list, one survey, answers taken by call, on paper or with the telephone handed over, the own one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.cases import acts as cases
from huying.cases import reads as case_reads
from huying.cases.models import Case
from huying.cases.rules import standing
from huying.desk import reads as desk
from huying.desk.forms.surveys import AnswerForm, PaperForm, UnreachedForm, pairs
from huying.desk.views.dossier_parts import badge
from huying.feedback import acts, reads
from huying.feedback.models import Group, Invited, Survey
from huying.files.acts import Checked, check
from huying.files.reads import response
from huying.files.rules import check_count
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import Asked, file_answer, once, refusals_on
from huying.ledger import acts as ledger
from huying.notices.acts import mark_read
from huying.org.rules import Can, Member, check_may
from huying.trail.acts import note_reading

PER_PAGE = 25


@require_GET
def surveys(request: Asked) -> HttpResponse:
    """Surveys of the own unions: open, ending soon, somebody to call, to be signed; the nearest end first."""
    actor: Member = request.actor
    if not actor.units(Can.HANDLE_CASES):
        raise NotYours
    days = desk.days_of(timezone.localdate(request.now))
    lists = desk.survey_lists(actor, days)
    tab = request.GET.get("tab", "")
    tab = tab if tab in lists else "running"
    page = Paginator(lists[tab], PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": tab,
        "lists": [{"code": code, "label": label, "n": lists[code].count()} for code, label in desk.SURVEY_LISTS],
        "page": page,
        "rows": desk.survey_rows(page.object_list, days),
    }
    return render(request, "desk/surveys/surveys.html", context)


# --- one survey -------------------------------------------------------------------------------------------------------


@require_GET
def survey(request: Asked, case_id: UUID) -> HttpResponse:
    """One survey for the union that has the case: who was asked, what came in, what can be done, who signs.

    One who handled the case sees how many, and figures of all together once it is over; names and groups are for the others.
    """
    case = case_reads.get_for(request.actor, case_id)
    stand = standing(request.actor, case)
    found = reads.survey_of(case)
    if not stand.office or (found is None and case.status != "told"):
        raise NotYours
    mark_read(by=request.actor, at=request.now, subject=case.pk)
    context: dict[str, Any] = {"case": case, "survey": found, "stand": stand}
    if found is not None:
        found.case = case
        context |= _shown(request, case, found)
    answer = render(request, "desk/surveys/survey.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _shown(request: Asked, case: Case, found: Survey) -> dict[str, Any]:
    """What this person may see of it."""
    actor, at, rules = request.actor, request.now, case_reads.rules_of(case)
    free = reads.may_take_for(actor, case, at)
    result = next(one for one in reads.results(case) if one.survey.pk == found.pk)
    people = desk.people_asked(found, by=actor, at=at) if free else {}
    groups = [(one, people.get(one.group, [])) for one in result.groups]
    clock = case.clocks.filter(code="survey").order_by("-started_at").first()
    handlers = reads.handled_by(case)
    return {
        "free": free,
        "small": free and actor.person_id in handlers,
        "result": result,
        "groups": groups,
        "slips": any(who.waits for _, asked in groups for who in asked),
        "chip": desk.closes_chip(found, desk.days_of(timezone.localdate(at))),
        "badges": [one for one in (badge(rules, clause) for clause in ("MY-3.2.5a", "MY-3.2.5c")) if one],
        "closes_by": badge(rules, clock.rule.get("clause", "")) if clock else None,
        "reminders": list(found.reminders.order_by("at")),
        "words": _words(request, found, free=free),
        "signs": case.status == "rated" and reads.may_take_for(actor, case, at, Can.HANDLE_CASES),
        "undecided": reads.waiting_reopen(case),
    }


def _words(request: Asked, found: Survey, *, free: bool) -> list[tuple[str, list[str]]]:
    """What was written beside the grades, into the reading log; for one who handled the case without saying which group."""
    stand = standing(request.actor, found.case)
    if not desk.may_read_words(request.actor, found, stand, free=free):
        return []
    said = reads.said_by_group(found)
    if said:
        note_reading(root=found.root_id, by=request.actor, at=request.now, what="rating", subject=found.case_id,
                     unit=found.case.holder_id)  # fmt: skip
    if free or not said:
        return said
    return [("写的话", sorted(text for _, texts in said for text in texts))]


# --- answers taken for somebody ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taking:
    """How one way of taking an answer is put to staff."""

    title: str
    verb: str
    said: str
    icon: str
    note: str
    form: type[AnswerForm]


WAYS = {
    "phone": Taking("电话回访", "登记评价", "评价登记好了。", "phone-check", "由没有经手这件事的同志打电话，照本人说的登记。", AnswerForm),
    "paper": Taking("录入纸质问卷", "录入", "问卷录好了。", "file-check", "照问卷上写的录入，并附上扫描件或照片。", PaperForm),
}  # fmt: skip


def _fill(form: type[AnswerForm], request: Asked, invited: Invited) -> AnswerForm:
    """The form with the survey's grades and the reasons of the case's rules."""
    scale = [(grade["code"], grade["label"]) for grade in invited.survey.scale]
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    reasons = pairs(reads.reasons_of(case_reads.rules_of(invited.survey.case)))
    return form(*given, scale=scale, reasons=reasons)


def _open(request: Asked, invited_id: UUID, *, asker: bool = True) -> Invited:
    """An invitation somebody may act on: for one who did not handle the case.  Who did finds nothing here, not even names."""
    invited = reads.invited_for(request.actor, invited_id)
    if not reads.may_take_for(request.actor, invited.survey.case, request.now):
        raise NotYours
    if invited.party is not None and (invited.party.secrecy != "named" or not asker):
        raise NotYours
    if invited.survey.closed_at is not None and request.method == "GET":
        raise Refused("测评已经结束了。")
    if hasattr(invited, "answer") and request.method == "GET":
        raise Refused("已经评价过了，一人只评一次。")
    return invited


def _known(request: Asked, invited: Invited) -> dict[str, str]:
    """Whom to call: from the roster, or the identity of one who speaks named."""
    if invited.person is not None:
        return {"name": invited.person.name, "phone": invited.person.phone}
    assert invited.party is not None
    found = cases.identities(case=invited.survey.case, parties=[invited.party], by=request.actor, at=request.now)
    one = found[invited.party.pk]
    return {"name": one.name, "phone": one.phone}


@require_http_methods(["GET", "POST"])
def take(request: Asked, invited_id: UUID, way: str) -> HttpResponse:
    """A return call written down while talking, or a paper entered with its scan (MY-3.2.5c)."""
    if way not in WAYS:
        raise NotYours
    invited, how = _open(request, invited_id), WAYS[way]
    case, form = invited.survey.case, _fill(how.form, request, invited)
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            scan = _scan(form.cleaned_data.get("files", []))

            def do() -> str:
                acts.take_answer(
                    invited_id=invited.pk, way=way, given=form.given, scan=scan, by=request.actor, at=request.now
                )
                return reverse("desk:survey", args=[case.pk])

            answer = once(request, do)
            messages.success(request, how.said)
            return answer
    told = case.tellings.filter(round=case.round).order_by("-at").first()
    context = {"case": case, "invited": invited, "how": how, "form": form, "told": told, **_known(request, invited),
               "lost_files": bool(request.FILES)}  # fmt: skip
    return render(request, "desk/surveys/take.html", context, status=422 if form.errors else 200)


def _scan(uploads: list[Any]) -> Checked | None:
    """The one scan of a paper."""
    check_count(len(uploads))
    return check(upload=uploads[0]) if uploads else None


@require_http_methods(["GET", "POST"])
def face(request: Asked, invited_id: UUID) -> HttpResponse:
    """On the spot: the telephone is handed over, the person answers on a page like the worker's own and gives it back.

    Whoever handed it over never sees what was chosen."""
    invited = _open(request, invited_id)
    form = _fill(AnswerForm, request, invited)
    if form.is_bound and form.is_valid():
        with refusals_on(form):

            def do() -> str:
                acts.take_answer(invited_id=invited.pk, way="face", given=form.given, by=request.actor, at=request.now)
                return reverse("desk:survey_face_done", args=[invited.survey.case_id])

            return once(request, do)
    context = {"form": form, **reads.about_matter(invited.survey.case), "name": _known(request, invited)["name"]}
    answer = render(request, "desk/surveys/face.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
def face_done(request: Asked, case_id: UUID) -> HttpResponse:
    """Answered: please give the telephone back."""
    case = case_reads.get_for(request.actor, case_id)
    check_may(request.actor, Can.RETURN_CALL, case.holder)
    return render(request, "desk/surveys/face_done.html", {"case": case})


@require_http_methods(["GET", "POST"])
def unreached(request: Asked, invited_id: UUID) -> HttpResponse:
    """Somebody has left or cannot be reached; for a worker concerned the system draws another."""
    invited = _open(request, invited_id, asker=False)
    case, form = invited.survey.case, UnreachedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_on(form):

            def do() -> str:
                fresh = acts.report_unreached(
                    invited_id=invited.pk, reason=form.cleaned_data["reason"], by=request.actor, at=request.now
                )
                drawn = "系统另抽了一位。" if fresh is not None else ""
                messages.success(request, f"登记好了。{drawn}")
                return reverse("desk:survey", args=[case.pk])

            return once(request, do)
    context = {"case": case, "invited": invited, "form": form, "drawn": invited.group == Group.CONCERNED,
               **_known(request, invited)}  # fmt: skip
    return render(request, "desk/surveys/unreached.html", context, status=422 if form.errors else 200)


# --- the own answer, slips, scans -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def mine(request: Asked, invited_id: UUID) -> HttpResponse:
    """Somebody asked answers under the own account; afterwards the page says so and shows nothing."""
    invited = reads.own_invitation(request.actor, invited_id)
    mark_read(by=request.actor, at=request.now, subject=invited.pk)
    survey = invited.survey
    if not reads.is_open(invited):
        over = {"given": hasattr(invited, "answer"), "typed": request.POST}
        return render(request, "desk/surveys/mine_over.html", over, status=409 if request.POST else 200)
    form = _fill(AnswerForm, request, invited)
    if form.is_bound and form.is_valid():
        with refusals_on(form):

            def do() -> str:
                acts.answer(invited_id=invited.pk, given=form.given, by=request.actor, at=request.now)
                return reverse("desk:survey_mine", args=[invited.pk])

            return once(request, do)
    context = {"form": form, "invited": invited, "survey": survey, **reads.about_matter(survey.case)}
    return render(request, "desk/surveys/mine.html", context, status=422 if form.errors else 200)


@require_GET
def slips(request: Asked, case_id: UUID) -> HttpResponse:
    """A sheet of slips, one for everybody who can be handed one, with the own link as a code; written down."""
    case = case_reads.get_for(request.actor, case_id)
    if not reads.may_take_for(request.actor, case, request.now):
        raise NotYours
    body = ledger.print_slips(case_id=case.pk, by=request.actor, at=request.now)
    return file_answer(body, "测评条.pdf")


@require_GET
def scan(request: Asked, answer_id: UUID) -> HttpResponse:
    """The scan of a paper, for those of the union who did not handle the case, into the reading log."""
    row = reads.scan_of(request.actor, answer_id, request.now)
    note_reading(root=row.root_id, by=request.actor, at=request.now, what="scan", subject=row.survey.case_id)
    assert row.scan is not None
    return response(row.scan, inline=True, span=request.headers.get("Range", ""))


urls = [
    path("surveys/", surveys, name="surveys"),
    path("surveys/scans/<uuid:answer_id>/", scan, name="survey_scan"),
    path("surveys/<uuid:invited_id>/", mine, name="survey_mine"),
    path("surveys/<uuid:invited_id>/face/", face, name="survey_face"),
    path("surveys/<uuid:invited_id>/unreached/", unreached, name="survey_unreached"),
    path("surveys/<uuid:invited_id>/<slug:way>/", take, name="survey_take"),
    path("cases/<uuid:case_id>/survey/", survey, name="survey"),
    path("cases/<uuid:case_id>/survey/handed/", face_done, name="survey_face_done"),
    path("cases/<uuid:case_id>/survey/slips.pdf", slips, name="survey_slips"),
]

"""Pages of the desk: the list of meetings, a new one, one meeting for the office and for who attends, arranging, calling,
cancelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk.acts import drop_draft
from huying.desk.forms import meetings as forms
from huying.desk.forms.dossier import ActForm
from huying.desk.reads._meetings import meeting_rows, quarter_notes
from huying.desk.views import meeting_parts as parts
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import ClauseRef
from huying.meetings import acts, reads
from huying.meetings.lifecycle import MEETING
from huying.meetings.models import Meeting, Topic
from huying.notices.acts import mark_read
from huying.org.models import Post, Unit
from huying.org.rules import Can, Member
from huying.trail.acts import note_reading

MAY_SEE = (Can.READ_CASES, Can.ATTEND)


# --- the list ---------------------------------------------------------------------------------------------------------


@require_GET
def meetings(request: Asked) -> HttpResponse:
    """The next meetings, those whose minutes wait, those that are over; for who attends, their own."""
    actor: Member = request.actor
    if not any(actor.units(can) for can in MAY_SEE):
        raise NotYours
    office = actor.units(Can.HANDLE_CASES)
    context = {
        **meeting_rows(request),
        "office": bool(office),
        "reads_cases": bool(actor.units(Can.READ_CASES)),
        "quarter": quarter_notes(office, timezone.localdate(request.now)),
    }
    return render(request, "desk/meetings/meetings.html", context)


# --- a new one --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def meeting_new(request: Asked) -> HttpResponse:
    """Begin a meeting from ready topics, or enter one that was held on paper (``paper=1``)."""
    ticked = [one for given in request.GET.getlist("topics") for one in given.split(",")]
    unit = _unit(request, ticked)
    on_paper = request.GET.get("paper") == "1"
    today = timezone.localdate(request.now)
    ready, chairs = reads.placeable(request.actor, unit), reads.may_chair(unit, today)
    rules = rules_for(unit, today)
    kinds = rules.options("meeting_kinds").choices
    start = {
        "kind": "consultation",
        "topics": [str(one.pk) for one in ready if str(one.pk) in ticked],
        "chair": str(chairs[0].pk) if chairs else "",
    }
    form = forms.NewForm(request.POST or None, initial=start)
    form.fill(kinds, ready)
    form.chairs(chairs)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = _arranged(form, chairs)
            answer = once(request, lambda: _made(request, unit, given, on_paper=on_paper))
            said = "接着登记到会的人和每个议题的结果。" if on_paper else "接着请人，再发通知。"
            messages.success(request, f"会议建好了。{said}")
            return answer
    context = {
        "form": form,
        "unit": unit,
        "units": [one for one in request.actor.units(Can.HANDLE_CASES) if one.pk != unit.pk],
        "on_paper": on_paper,
        "ready": ready,
        "chairing": next((seat for seat in rules.seats("consultation") if seat.chairs), None),
        "chairing_clause": next((duty.clause for duty in rules.duties() if duty.of == "consultation_meeting"), None),
    }
    return render(request, "desk/meetings/new.html", context, status=422 if form.errors else 200)


def _unit(request: Asked, ticked: list[str]) -> Unit:
    """The union that holds it: the ticked topics', the one in the address, else the first this person works for."""
    units = {str(unit.pk): unit for unit in request.actor.units(Can.HANDLE_CASES)}
    if not units:
        raise NotYours
    known = [_uuid(one) for one in ticked]
    topic = Topic.objects.visible_to(request.actor).filter(pk__in=[one for one in known if one]).first()
    wanted = str(topic.unit_id) if topic else request.GET.get("unit", "")
    return units.get(wanted) or next(iter(units.values()))


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def _arranged(form: forms.PlanForm, chairs: list[Post]) -> dict[str, Any]:
    """What the act takes: the chair as the post it is."""
    given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    given["chair"] = next(one for one in chairs if str(one.pk) == given["chair"])
    return given


def _made(request: Asked, unit: Unit, given: dict[str, Any], *, on_paper: bool) -> str:
    topics = [UUID(one) for one in given.pop("topics")]
    made = acts.make_meeting(unit=unit, topics=topics, on_paper=on_paper, by=request.actor, at=request.now, **given)
    drop_draft(form="meeting-new", by=request.actor, at=request.now)
    return address(made)


def address(meeting: Meeting, part: str = "") -> str:
    """The page of a meeting, at one of its parts."""
    return reverse("desk:meeting", args=[meeting.pk]) + (f"#{part}" if part else "")


# --- one meeting ------------------------------------------------------------------------------------------------------


@require_GET
def meeting(request: Asked, meeting_id: UUID) -> HttpResponse:
    """One meeting.  What this person was told about it counts as read, and the looking is written down."""
    found = reads.get_meeting(request.actor, meeting_id)
    mark_read(by=request.actor, at=request.now, subject=found.pk)
    note_reading(root=found.root_id, by=request.actor, at=request.now, what="meeting", subject=found.pk,
                 unit=found.unit_id)  # fmt: skip
    return hub(request, found)


def hub(request: Asked, found: Meeting, **bound: django_forms.Form) -> HttpResponse:
    """The page, for the office or for who attends; ``bound`` are forms that were sent back."""
    own = reads.participant_of(request.actor, found)
    stands = parts.standing(request, found, own)
    context = {
        "meeting": found,
        "own": own,
        "answering": own is not None and found.status == "called",
        "answer_form": bound.get("answer") or forms.AnswerForm(initial={"note": own.answer_note if own else ""}),
        "minutes_open": reads.minutes_open_to(request.actor, found),
        "prints": parts.prints(found, office=stands == "office"),
        "failed": next(iter(bound.values()), None),
        **parts.when(found),
    }
    if stands == "attendee":
        places = reads.agenda(found)
        context["entries"] = parts.entries(places, office=False)
        context["papers"] = parts.paper_rows(reads.papers_of(found, "paper"), found)
        name = "desk/meetings/attend.html"
    else:
        context |= _prepared(request, found, bound, office=stands == "office")
        name = "desk/meetings/meeting.html"
    return render(request, name, context, status=422 if bound else 200)


def _prepared(request: Asked, found: Meeting, bound: dict[str, Any], *, office: bool) -> dict[str, Any]:
    """Everything the office prepares a meeting with; a reader of another level sees it without the forms."""
    places, people = reads.agenda(found), reads.participants(found)
    before = found.status in parts.BEFORE
    missing = reads.missing_seats(found) if before or found.status == "open" else []
    rows = parts.entries(places, office=office)
    if not before:
        parts.results(rows)
    kinds = ("paper", "scan")
    context = {
        "office": office,
        "before": before,
        "entries": rows,
        "sides": parts.sides(people, found),
        "answered": parts.answered(people) if people and found.status == "called" else "",
        "missing": missing,
        "missing_clause": _clause_of_seats(found) if missing else None,
        "flow": parts.ladder(found, places, missing, people=bool(people)),
        "acts": parts.next_acts(found, places, missing, people=bool(people)) if office else [],
        "papers": parts.paper_rows(reads.papers_of(found, *kinds), found),
        "history": parts.story(reads.history(found, parts.EVENTS)),
    }
    if office and (before or found.status == "open"):
        context |= _forms(request, found, bound, before=before)
    return context


def _clause_of_seats(found: Meeting) -> ClauseRef:
    """Where it stands who attends."""
    return reads.rules_of(found).seats(found.kind)[0].clause


def _forms(request: Asked, found: Meeting, bound: dict[str, Any], *, before: bool) -> dict[str, Any]:
    """The small forms of the hub, those sent back as they were."""
    ready = reads.placeable(request.actor, found.unit) if before else []
    place = bound.get("place") or forms.PlaceForm()
    place.fill(ready)
    return {
        "ready": ready,
        "place_form": place,
        "lacking": parts.lacking(request, found) if before else [],
        "question_form": bound.get("question") or forms.QuestionForm() if found.kind != "consultation" else None,
        "invite_form": bound.get("invite") or parts.invite_form(found),
        "guest_form": bound.get("guest") or forms.GuestForm(),
        "paper_form": bound.get("paper") or forms.PaperForm(),
    }


# --- arranging, calling, cancelling -------------------------------------------------------------------------------------


def office_meeting(request: Asked, meeting_id: UUID) -> Meeting:
    """A meeting for the union office that prepares it; a missing page for everybody else."""
    found = reads.get_meeting(request.actor, meeting_id)
    if not reads.works_on(request.actor, found):
        raise NotYours
    return found


def _act_page(
    request: Asked, found: Meeting, do: Callable[[], None], *, form: ActForm, act: str, said: str, **context: Any
) -> HttpResponse:  # fmt: skip
    """One act in a form of its own; what was typed stays when it is refused."""
    if request.method == "GET":
        MEETING.check_now(found.status, act)
    elif form.is_valid():
        with refusals_on(form):
            answer = once(request, lambda: _done(request, found, act, do))
            messages.success(request, said)
            return answer
        found = reads.get_meeting(request.actor, found.pk)
    context = {"meeting": found, "form": form, **parts.when(found), **context}
    return render(request, f"desk/meetings/{act}.html", context, status=422 if form.errors else 200)


def _done(request: Asked, found: Meeting, act: str, do: Callable[[], None]) -> str:
    """Do it, and forget what was kept while it was being typed."""
    do()
    drop_draft(form=f"meeting-{act}-{found.pk}", by=request.actor, at=request.now)
    return address(found)


@require_http_methods(["GET", "POST"])
def meeting_plan(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Change time, place, chair; whoever was called hears of it."""
    found = office_meeting(request, meeting_id)
    chairs = reads.may_chair(found.unit, timezone.localdate(request.now))
    if found.chair_id not in {one.pk for one in chairs}:
        chairs = [found.chair, *chairs]
    start = {name: getattr(found, name) for name in ("title", "place", "link", "chair_because", "weighty")}
    start |= {"starts_at": timezone.localtime(found.starts_at), "chair": str(found.chair_id)}
    form = forms.PlanForm(request.POST or None, initial=start)
    form.chairs(chairs)

    def do() -> None:
        version = form.cleaned_data["version"]
        acts.plan(meeting_id=found.pk, version=version, by=request.actor, at=request.now, **_arranged(form, chairs))

    hears = [one for one in reads.participants(found) if one.person_id] if found.status == "called" else []
    said = "改好了，已经通知参会人。" if hears else "改好了。"
    return _act_page(request, found, do, form=form, act="plan", said=said, hears=hears)


@require_http_methods(["GET", "POST"])
def meeting_call(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Send invitation and agenda; announce the kin of the consultation meeting to workers."""
    found = office_meeting(request, meeting_id)
    announces = found.kind != "consultation"
    form = forms.CallForm(request.POST or None, initial={"announcement": _announcement(found)})

    def do() -> None:
        text = form.cleaned_data["announcement"] if announces else ""
        version = form.cleaned_data["version"]
        acts.call(meeting_id=found.pk, announcement=text, version=version, by=request.actor, at=request.now)

    people, missing = reads.participants(found), reads.missing_seats(found)
    context = {
        "announces": announces,
        "people": people,
        "unreached": [one for one in people if one.person_id is None],
        "missing": missing,
        "missing_clause": _clause_of_seats(found) if missing else None,
        "entries": parts.entries(reads.agenda(found), office=True),
        "prints": parts.prints(found, office=True),
    }
    return _act_page(request, found, do, form=form, act="call", said="通知发出去了。", **context)


def _announcement(found: Meeting) -> str:
    """Words to begin with."""
    where = f"地点：{found.place}。" if found.place else ""
    link = f"线上参加：{found.link} 。" if found.link else ""
    kind = reads.kind_label(found)
    return (
        f"{found.unit.name}定于{reads.when_words(found)}召开{kind}。{where}{link}\n"
        "有问题想在会上提的，可以在“说一件事”里写下来，也可以告诉职工代表或工会。"
    )


@require_http_methods(["GET", "POST"])
def meeting_cancel(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Call it off, with a reason."""
    found = office_meeting(request, meeting_id)
    form = forms.CancelForm(request.POST or None)

    def do() -> None:
        version, reason = form.cleaned_data["version"], form.cleaned_data["reason"]
        acts.cancel(meeting_id=found.pk, reason=reason, version=version, by=request.actor, at=request.now)

    context = {"entries": parts.entries(reads.agenda(found), office=True)}
    return _act_page(request, found, do, form=form, act="cancel", said="会议取消了。", **context)


urls = [
    path("meetings/", meetings, name="meetings"),
    path("meetings/new/", meeting_new, name="meeting-new"),
    path("meetings/<uuid:meeting_id>/", meeting, name="meeting"),
    path("meetings/<uuid:meeting_id>/plan/", meeting_plan, name="meeting-plan"),
    path("meetings/<uuid:meeting_id>/call/", meeting_call, name="meeting-call"),
    path("meetings/<uuid:meeting_id>/cancel/", meeting_cancel, name="meeting-cancel"),
]

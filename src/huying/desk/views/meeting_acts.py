"""Small acts on the page of a meeting: agenda, people, answers, papers; files, calendar and prints."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huying.desk.forms import meetings as forms
from huying.desk.forms.dossier import ActForm
from huying.desk.views import meeting_parts as parts
from huying.desk.views.meetings import address, hub, office_meeting
from huying.files import acts as files
from huying.files import reads as stored
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, file_answer, once, refusals_on
from huying.meetings import acts, reads
from huying.meetings.models import Meeting
from huying.org.models import Post
from huying.trail.acts import note_reading

NAMES = {what: name for what, name, _ in parts.PRINTS}


def _do(
    request: Asked, found: Meeting, do: Callable[[], object], *, part: str, form: ActForm, said: str, at: str
) -> HttpResponse:
    """One small act: back to its part of the page, or the page again with what was wrong."""
    if form.is_valid():
        with refusals_on(form):
            answer = once(request, lambda: (do(), address(found, at))[1])
            messages.success(request, said)
            return answer
    return hub(request, reads.get_meeting(request.actor, found.pk), **{part: form})


def _plain(request: Asked) -> ActForm:
    return ActForm(request.POST)


# --- the agenda ---------------------------------------------------------------------------------------------------------


@require_POST
def meeting_place(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Put ticked topics on the agenda, all or none."""
    found = office_meeting(request, meeting_id)
    form = forms.PlaceForm(request.POST)
    form.offer("topics", [(one, one) for one in request.POST.getlist("topics")])

    def do() -> None:
        topics = [one for one in map(_uuid, form.cleaned_data["topics"]) if one]
        acts.place_topics(meeting_id=found.pk, topics=topics, by=request.actor, at=request.now)

    return _do(request, found, do, part="place", form=form, said="列入议程了。", at="agenda")


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


@require_POST
def meeting_take_off(request: Asked, meeting_id: UUID, place_id: UUID) -> HttpResponse:
    """Take an entry off the agenda."""
    found = _with(request, meeting_id, place=place_id)
    return _do(
        request, found, lambda: acts.take_off(place_id=place_id, by=request.actor, at=request.now),
        part="plain", form=_plain(request), said="移出议程了，议题可以列入别的会议。", at="agenda",
    )  # fmt: skip


def _with(request: Asked, meeting_id: UUID, *, place: UUID | None = None, person: UUID | None = None) -> Meeting:
    """A meeting of the office together with an entry or somebody asked that is really its own."""
    found = office_meeting(request, meeting_id)
    places, people = found.places.filter(left_at__isnull=True), found.participants.all()
    if not (places.filter(pk=place) if place else people.filter(pk__in=[person])).exists():
        raise NotYours
    return found


@require_POST
def meeting_reorder(request: Asked, meeting_id: UUID, place_id: UUID, way: str) -> HttpResponse:
    """Move an entry up or down by one."""
    found = _with(request, meeting_id, place=place_id)
    order = list(found.places.filter(left_at__isnull=True).order_by("order", "id").values_list("pk", flat=True))
    here = order.index(place_id)
    there = min(max(here + {"up": -1, "down": 1}[way], 0), len(order) - 1)
    order[here], order[there] = order[there], order[here]
    return _do(
        request, found, lambda: acts.reorder(meeting_id=found.pk, order=order, by=request.actor, at=request.now),
        part="plain", form=_plain(request), said="顺序调整了。", at=f"place-{place_id}",
    )  # fmt: skip


@require_POST
def meeting_question(request: Asked, meeting_id: UUID) -> HttpResponse:
    """A question for a talk, an inquiry or a hearing."""
    found = office_meeting(request, meeting_id)
    form = forms.QuestionForm(request.POST)

    def do() -> None:
        acts.add_question(meeting_id=found.pk, question=form.cleaned_data["question"], by=request.actor, at=request.now)

    return _do(request, found, do, part="question", form=form, said="问题列入议程了。", at="agenda")


# --- people -------------------------------------------------------------------------------------------------------------


@require_POST
def meeting_invite(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Ask those ticked, or a guest typed by name."""
    found = office_meeting(request, meeting_id)
    if "name" in request.POST:
        guest = forms.GuestForm(request.POST)
        return _do(
            request, found, lambda: acts.invite(meeting_id=found.pk, guests=[guest.guest()], by=request.actor, at=request.now),
            part="guest", form=guest, said="加到名单里了。", at="people",
        )  # fmt: skip
    form = parts.invite_form(found, forms.InviteForm(request.POST))

    def do() -> None:
        posts = Post.objects.filter(pk__in=form.chosen(), unit=found.unit).select_related("person", "department")
        acts.invite(meeting_id=found.pk, posts=posts, by=request.actor, at=request.now)

    return _do(request, found, do, part="invite", form=form, said="加到名单里了。", at="people")


@require_POST
def meeting_uninvite(request: Asked, meeting_id: UUID, participant_id: UUID) -> HttpResponse:
    """Take somebody off the list."""
    found = _with(request, meeting_id, person=participant_id)
    return _do(
        request, found, lambda: acts.uninvite(participant_id=participant_id, by=request.actor, at=request.now),
        part="plain", form=_plain(request), said="从名单里去掉了。", at="people",
    )  # fmt: skip


@require_POST
def meeting_answer(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Somebody asked says whether they come."""
    found = reads.get_meeting(request.actor, meeting_id)
    if reads.participant_of(request.actor, found) is None:
        raise NotYours
    form = forms.AnswerForm(request.POST)

    def do() -> None:
        acts.answer(meeting_id=found.pk, by=request.actor, at=request.now, **form.given())

    return _do(request, found, do, part="answer", form=form, said="答复记下了。", at="answer")


@require_POST
def meeting_answer_for(request: Asked, meeting_id: UUID, participant_id: UUID) -> HttpResponse:
    """The secretary notes what somebody said by phone."""
    found = _with(request, meeting_id, person=participant_id)
    form = forms.AnswerForm(request.POST)

    def do() -> None:
        acts.answer_for(participant_id=participant_id, by=request.actor, at=request.now, **form.given())

    return _do(request, found, do, part="plain", form=form, said="代记了答复。", at="people")


# --- papers, calendar, prints -------------------------------------------------------------------------------------------


@require_POST
def meeting_paper(request: Asked, meeting_id: UUID) -> HttpResponse:
    """A paper for everybody asked; looked through before the act's transaction begins."""
    found = office_meeting(request, meeting_id)
    form = forms.PaperForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals_on(form):
            checked = files.check(upload=form.cleaned_data["files"])
            answer = once(request, lambda: _added(request, found, checked, form.cleaned_data["label"]))
            messages.success(request, "材料放上去了，参会人都能看到。")
            return answer
    return hub(request, reads.get_meeting(request.actor, meeting_id), paper=form)


def _added(request: Asked, found: Meeting, checked: files.Checked, label: str) -> str:
    acts.add_paper(meeting_id=found.pk, checked=checked, label=label, by=request.actor, at=request.now)
    return address(found, "papers")


@require_GET
def meeting_file(request: Asked, meeting_id: UUID, file_id: UUID) -> HttpResponse:
    """A paper, for everybody who may know of the meeting; the signed scan once the minutes are open to the reader."""
    found = reads.get_meeting(request.actor, meeting_id)
    own = reads.participant_of(request.actor, found)
    kinds = ["paper"]
    if parts.standing(request, found, own) != "attendee" or reads.minutes_open_to(request.actor, found):
        kinds.append("scan")
    row = found.files.filter(pk=file_id, kind__in=kinds).select_related("file__key").first()
    if row is None:
        raise NotYours
    note_reading(root=found.root_id, by=request.actor, at=request.now, what="file", subject=row.pk, unit=found.unit_id)
    return stored.response(row.file, inline=True, span=request.headers.get("Range", ""))


@require_GET
def meeting_ics(request: Asked, meeting_id: UUID) -> HttpResponse:
    """The meeting for the reader's own calendar, once people were called."""
    found = reads.get_meeting(request.actor, meeting_id)
    if found.status == "draft":
        raise NotYours
    url = f"{settings.HUYING_BASE_URL}{reverse('desk:meeting', args=[found.pk])}"
    body = reads.calendar_file(found, reads.participant_of(request.actor, found), url=url, at=request.now)
    method = "CANCEL" if found.status == "cancelled" else "REQUEST"
    return file_answer(body, "会议.ics", media=f"text/calendar; charset=utf-8; method={method}")


@require_GET
def meeting_print(request: Asked, meeting_id: UUID, what: str, fmt: str) -> HttpResponse:
    """Invitation and agenda, for everybody asked; the sign-in sheet for the office."""
    found = reads.get_meeting(request.actor, meeting_id)
    own = reads.participant_of(request.actor, found)
    if what == "sign_in" and parts.standing(request, found, own) != "office":
        raise NotYours
    row = own if parts.standing(request, found, own) == "attendee" else None
    body = reads.call_paper(found, what, fmt, row=row, on=timezone.localdate(request.now))
    note_reading(root=found.root_id, by=request.actor, at=request.now, what=what, subject=found.pk, unit=found.unit_id)
    return file_answer(body, f"{NAMES[what]}.{fmt}", inline=True)


_ONE = "meetings/<uuid:meeting_id>"
urls = [
    path(f"{_ONE}/place/", meeting_place, name="meeting-place"),
    path(f"{_ONE}/places/<uuid:place_id>/off/", meeting_take_off, name="meeting-take-off"),
    path(f"{_ONE}/places/<uuid:place_id>/up/", meeting_reorder, {"way": "up"}, name="meeting-up"),
    path(f"{_ONE}/places/<uuid:place_id>/down/", meeting_reorder, {"way": "down"}, name="meeting-down"),
    path(f"{_ONE}/question/", meeting_question, name="meeting-question"),
    path(f"{_ONE}/invite/", meeting_invite, name="meeting-invite"),
    path(f"{_ONE}/people/<uuid:participant_id>/off/", meeting_uninvite, name="meeting-uninvite"),
    path(f"{_ONE}/people/<uuid:participant_id>/answer/", meeting_answer_for, name="meeting-answer-for"),
    path(f"{_ONE}/answer/", meeting_answer, name="meeting-answer"),
    path(f"{_ONE}/paper/", meeting_paper, name="meeting-paper"),
    path(f"{_ONE}/files/<uuid:file_id>/", meeting_file, name="meeting-file"),
    path(f"{_ONE}/calendar.ics", meeting_ics, name="meeting-ics"),
    path(f"{_ONE}/print/<slug:what>.<slug:fmt>", meeting_print, name="meeting-print"),
]

"""Pages of the desk: a meeting in progress, on one page; the same page takes down a meeting that was held on paper.

Every form is an ordinary one.  The page's script sends the same forms one after another from a queue on the secretary's
machine (``X-Room``) and is answered with what the page shows now, or with why the act refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from huying.desk.forms import meeting_room as forms
from huying.desk.reads import Entry, Room
from huying.files.acts import check
from huying.files.rules import check_count
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.meetings import acts, reads
from huying.meetings.models import Meeting
from huying.meetings.rules import Terms, Vote

BLANK = "PLACE"  # stands for an entry's id in the blank forms the script copies


@dataclass(frozen=True)
class Act:
    """One thing done in the room: its form, whether it speaks of the whole meeting, what is done."""

    form: type[forms.RoomForm]
    do: Callable[..., object]
    of_meeting: bool = False


def _agree(
    *, place: UUID, measure: str, deadline: Any, department: str, handler: str, helping: list[str], **who: Any
) -> None:
    terms = Terms(
        measure=measure, deadline=deadline, department_id=UUID(department), handler_id=UUID(handler),
        helping=tuple(UUID(one) for one in helping),
    )  # fmt: skip
    acts.agree(place_id=place, terms=terms, **who)


def _vote(*, place: UUID, version: int | None, votes_for: int, votes_against: int, abstained: int, **who: Any) -> None:
    figures = Vote(votes_for=votes_for, votes_against=votes_against, abstained=abstained)
    acts.vote(place_id=place, vote=figures, version=version, **who)


def _scan(*, meeting_id: UUID, checked: Iterable[Any], **who: Any) -> None:
    for number, one in enumerate(checked, start=1):
        acts.add_paper(meeting_id=meeting_id, checked=one, label=f"签字扫描件{number}", kind="scan", **who)


ACTS: dict[str, Act] = {
    "attend": Act(forms.AttendForm, acts.attend, of_meeting=True),
    "open": Act(forms.BecauseForm, acts.open_meeting, of_meeting=True),
    "remark": Act(forms.RemarkForm, lambda place, **given: acts.remark(place_id=place, **given)),
    "correct": Act(forms.CorrectForm, lambda remark, **given: acts.correct_remark(remark_id=remark, **given)),
    "agree": Act(forms.AgreeForm, _agree),
    "drop": Act(forms.DropForm, lambda agreed, **given: acts.drop_agreed(agreed_id=agreed, **given)),
    "settle": Act(forms.SettleForm, lambda place, **given: acts.settle(place_id=place, **given)),
    "vote": Act(forms.VoteForm, _vote),
    "unvote": Act(forms.UnvoteForm, lambda place, **given: acts.vote(place_id=place, vote=None, **given)),
    "question": Act(forms.QuestionForm, acts.add_question, of_meeting=True),
    "scan": Act(forms.ScanForm, _scan, of_meeting=True),
    "close": Act(forms.PlainForm, acts.close_meeting, of_meeting=True),
    "entered": Act(forms.BecauseForm, acts.enter_paper, of_meeting=True),
    "back": Act(forms.PlainForm, acts.go_back, of_meeting=True),
}
# The forms that stand below each entry, and what each begins with.
OF_ENTRY = ("remark", "agree", "settle", "vote", "unvote")


def _found(request: Asked, meeting_id: UUID) -> Meeting:
    """The meeting, for whoever keeps its record; to everybody else the room is not there."""
    meeting = reads.get_meeting(request.actor, meeting_id)
    if not reads.works_on(request.actor, meeting):
        raise NotYours
    return meeting


@require_GET
def room(request: Asked, meeting_id: UUID) -> HttpResponse:
    """The room: attendance, the entries one by one, what was said and what came of it."""
    return _page(request, _found(request, meeting_id))


def _page(request: Asked, meeting: Meeting, act: str = "", form: forms.RoomForm | None = None) -> HttpResponse:
    found = Room(meeting, request.actor)
    typed = form.data if form else {}
    shown = _shown(found, str(request.GET.get("entry") or typed.get("entry") or typed.get("place") or ""))
    ground = {
        "room": found,
        "shown": shown,
        "forms": _forms(found, shown, act, form) if shown and found.stage != "after" else None,
        "blank": _forms(found, None) if found.entries and found.stage != "after" else None,
        "blank_id": BLANK,
        "because": form
        if act in ("open", "entered") and form
        else forms.BecauseForm(auto_id="because-%s", asked=bool(found.missing)),
        "question": form if act == "question" and form else forms.QuestionForm(auto_id="question-%s"),
        "scan": form if act == "scan" and form else forms.ScanForm(auto_id="scan-%s"),
        "refused": form if act and act not in (*OF_ENTRY, "open", "entered", "question", "scan") else None,
        "big": request.GET.get("big") == "1",
    }
    return render(request, "desk/meeting_room/room.html", ground, status=422 if form else 200)


def _shown(found: Room, wanted: str) -> Entry | None:
    """The entry in front: the one asked for, else the first that has no result."""
    by_id = {str(one.place.pk): one for one in found.entries}
    undone = [one for one in found.entries if one.state[0] != "done"]
    return by_id.get(wanted) or next(iter([*undone, *found.entries]), None)


def _forms(found: Room, entry: Entry | None, act: str = "", refused: forms.RoomForm | None = None) -> dict[str, Any]:
    """The forms of one entry, or blank ones; the one that was refused as it was typed."""
    made = {}
    for code in OF_ENTRY:
        pk = str(entry.place.pk) if entry else BLANK
        form = ACTS[code].form(auto_id=f"{code}-{pk}-%s", initial={"place": pk, **_begin(entry, code)})
        if refused is not None and code == act and entry and refused.data.get("place") == pk:
            form, refused.auto_id = refused, f"{code}-{pk}-%s"
        if isinstance(form, forms.AgreeForm):
            form.fill(found.departments, found.handlers)
        made[code] = form
    return made


def _begin(entry: Entry | None, code: str) -> dict[str, Any]:
    if entry is None or code in ("remark", "agree"):
        return {}
    place = entry.place
    if code == "settle":
        return {"version": place.version, "result": place.result, "next_way": place.next_way, "text": place.result_text}
    figures = {"votes_for": place.votes_for, "votes_against": place.votes_against, "abstained": place.abstained}
    return {"version": place.version, **figures}


@require_GET
def room_now(request: Asked, meeting_id: UUID) -> JsonResponse:
    """What the page shows now; and a fresh guard against forged forms, for who signed in again beside it."""
    return _answer(request, meeting_id)


def _answer(request: Asked, meeting_id: UUID, form: forms.RoomForm | None = None) -> JsonResponse:
    found = Room(_found(request, meeting_id), request.actor)
    said: dict[str, Any] = {
        "live": render_to_string("desk/meeting_room/_live.html", {"room": found}, request),
        "entries": {str(one.place.pk): one.place.version for one in found.entries},
        "stage": found.stage,
        "token": get_token(request),
        "who": request.actor.code,
    }
    if form is not None:
        wrong = {name: " ".join(map(str, words)) for name, words in form.errors.items() if name != "__all__"}
        errors = {name: f"{form.fields[name].label}：{words}" for name, words in wrong.items()}
        said |= {"errors": errors, "said": list(form.non_field_errors()), "stale": bool(getattr(form, "stale", None))}
    return JsonResponse(said, status=422 if form is not None else 200)


@require_POST
def room_act(request: Asked, meeting_id: UUID, act: str) -> HttpResponse:
    """One thing done in the room; what was typed stays when it is refused."""
    how = ACTS.get(act)
    meeting = _found(request, meeting_id)
    if how is None:
        raise NotYours
    quick = request.headers.get("X-Room", "")
    if quick and quick != request.actor.code:  # somebody else signed in beside the page that wrote this
        return JsonResponse({"who": request.actor.code}, status=409)
    form = how.form(request.POST, request.FILES)
    if isinstance(form, forms.AgreeForm):
        found = Room(meeting, request.actor)
        form.fill(found.departments, found.handlers)
    answer: HttpResponse | None = None
    if form.is_valid():
        with refusals_on(form):
            given = form.given() | ({"meeting_id": meeting_id} if how.of_meeting else {})
            if act == "scan":
                given["checked"] = _checked(request)
            answer = once(request, lambda: _done(how, given, request, meeting_id))
    if quick:
        return _answer(request, meeting_id, None if answer else form)
    return answer or _page(request, _found(request, meeting_id), act, form)


def _checked(request: Asked) -> tuple[Any, ...]:
    """Uploads are looked through before the transaction begins."""
    uploads = request.FILES.getlist("files")
    check_count(len(uploads))
    return tuple(check(upload=one) for one in uploads)


def _done(how: Act, given: dict[str, Any], request: Asked, meeting_id: UUID) -> str:
    """Do it; the page comes back at the same entry."""
    how.do(**given, by=request.actor, at=request.now)
    entry = request.POST.get("place") or request.POST.get("entry") or ""
    back = reverse("desk:meeting-room", args=[meeting_id])
    return f"{back}?entry={entry}" if entry and len(entry) <= 36 else back


urls = [
    path("meetings/<uuid:meeting_id>/room/", room, name="meeting-room"),
    path("meetings/<uuid:meeting_id>/room/now/", room_now, name="meeting-room-now"),
    path("meetings/<uuid:meeting_id>/room/<slug:act>/", room_act, name="meeting-room-act"),
]

"""Pages of the desk: minutes written from the data, checked by who attended, signed by both sides, corrected, published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk.acts import drop_draft
from huying.desk.forms import minutes as forms
from huying.desk.views.minutes_parts import compared_page, minutes_page, publish_page, write_page, write_rows
from huying.files import acts as files
from huying.files.rules import check_count
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import PAPER_FORMATS, Asked, file_answer, once, refusals_on, version_seen
from huying.meetings import acts, reads
from huying.meetings.models import Meeting
from huying.notices.acts import mark_read
from huying.org.rules import Can, check_may


def _of(meeting_id: UUID) -> str:
    return reverse("desk:minutes", args=[meeting_id])


def _of_office(request: Asked, meeting_id: UUID, *statuses: str) -> Meeting:
    """A meeting for the office that holds it, in one of these states."""
    meeting = reads.get_meeting(request.actor, meeting_id)
    if not reads.works_on(request.actor, meeting):
        raise NotYours
    if request.method == "GET" and meeting.status not in statuses:
        raise Refused(f"会议现在是“{meeting.state.staff}”，这一步做不了。", "请回到纪要看看下一步是什么。")
    return meeting


# --- reading -------------------------------------------------------------------------------------------------------------


@require_GET
def minutes(request: Asked, meeting_id: UUID) -> HttpResponse:
    """The minutes with what can be done about them now.  What this person was told about the meeting counts as read."""
    meeting = reads.get_meeting(request.actor, meeting_id)
    mark_read(by=request.actor, at=request.now, subject=meeting.pk)
    return _page(request, meeting)


def _page(request: Asked, meeting: Meeting, status: int = 200, **given: Any) -> HttpResponse:
    context = minutes_page(request.actor, meeting, request.now)
    context.setdefault("reply", forms.ReplyForm())
    return render(request, "desk/minutes/minutes.html", {**context, **given}, status=status)


@require_GET
def minutes_print(request: Asked, meeting_id: UUID, fmt: str) -> HttpResponse:
    """The minutes on the official page."""
    meeting = reads.get_meeting(request.actor, meeting_id)
    if not reads.minutes_open_to(request.actor, meeting):
        raise NotYours
    if fmt not in PAPER_FORMATS:
        raise Http404
    body = reads.printed_minutes(meeting, fmt, on=timezone.localdate(request.now))
    return file_answer(body, f"会议纪要.{fmt}")


@require_GET
def versions(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Every version, and what differs between two of them."""
    meeting = _of_office(request, meeting_id, *reads.WRITTEN)
    return render(request, "desk/minutes/versions.html", compared_page(meeting, request.GET))


# --- writing -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def write(request: Asked, meeting_id: UUID) -> HttpResponse:
    """The words, part by part; saving keeps a new version.  ``fresh`` begins again from what was recorded."""
    meeting = _of_office(request, meeting_id, "held", "circulated")
    page = write_page(meeting, fresh=bool(request.GET.get("fresh")))
    form = forms.MinutesForm(request.POST or None, body=page["body"])
    form.initial["named_because"] = page["last"].named_because if page["last"] else ""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, lambda: _written(request, meeting_id, form))
            messages.success(request, "存好了。送参会人核对以前，随时可以再改。")
            return answer
        meeting = _of_office(request, meeting_id)
        page = write_page(meeting, fresh=False)
    theirs = page["last"].body if getattr(form, "stale", None) and page["last"] else None
    more = {
        **page,
        "rows": write_rows(form, page["agreed"], theirs),
        "draft": _draft("write", meeting_id),
        "theirs": theirs,
    }
    return _form_page(request, "desk/minutes/write.html", meeting, form, more)


def _written(request: Asked, meeting_id: UUID, form: forms.MinutesForm) -> str:
    acts.write_minutes(
        meeting_id=meeting_id, body=form.body(), named_because=form.cleaned_data["named_because"],
        version=form.cleaned_data["version"], by=request.actor, at=request.now,
    )  # fmt: skip
    drop_draft(form=_draft("write", meeting_id), by=request.actor, at=request.now)
    return _of(meeting_id)


def _draft(what: str, meeting_id: UUID) -> str:
    return f"minutes-{what}-{meeting_id}"


def _form_page(
    request: Asked, template: str, meeting: Meeting, form: django_forms.Form, more: dict[str, Any]
) -> HttpResponse:
    """A form of the minutes; what was typed stays when it is refused."""
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"meeting": meeting, "form": form, **more}, status=status)


# --- checking and signing ------------------------------------------------------------------------------------------------


def _act(request: Asked, do: Callable[[], Any], meeting_id: UUID, said: str) -> HttpResponse:
    """One act without a form of its own."""

    def done() -> str:
        do()
        return _of(meeting_id)

    answer = once(request, done)
    if said:
        messages.success(request, said)
    return answer


@require_POST
def circulate(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Send the words round to be checked."""
    given = {"meeting_id": meeting_id, "version": version_seen(request), "by": request.actor, "at": request.now}
    return _act(request, lambda: acts.circulate(**given), meeting_id, "送出去了，参会人都收到了提醒。")


@require_POST
def reply(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Somebody asked agrees, or says what is wrong."""
    meeting = reads.get_meeting(request.actor, meeting_id)
    form = forms.ReplyForm(request.POST)
    if form.is_valid():
        agreed, words = form.cleaned_data["agreed"] == "yes", form.cleaned_data["words"]
        with refusals_on(form):
            given = {"meeting_id": meeting_id, "agreed": agreed, "words": words, "by": request.actor, "at": request.now}
            said = "记下了：您核对无误。" if agreed else "意见交给工会了。"
            return _act(request, lambda: acts.reply(**given), meeting_id, said)
    return _page(request, meeting, status=422, reply=form)


@require_POST
def sign(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Sign for one's own side."""
    given = {"meeting_id": meeting_id, "version": version_seen(request), "by": request.actor, "at": request.now}
    answer = _act(request, lambda: acts.sign(**given), meeting_id, "")
    messages.success(request, f"签好了，{_what_follows(request, meeting_id)}")
    return answer


def _what_follows(request: Asked, meeting_id: UUID) -> str:
    """What a signature brought about."""
    in_force = reads.get_meeting(request.actor, meeting_id).status == "signed"
    return "纪要生效，定下的事项交给部门了。" if in_force else "接着由工会签。"


@require_http_methods(["GET", "POST"])
def sign_paper(request: Asked, meeting_id: UUID) -> HttpResponse:
    """A signature on paper, with the scan that shows it."""
    meeting = _of_office(request, meeting_id, "circulated")
    signed = reads.signatures(meeting)
    start = {"side": "union" if "management" in signed else "management"}
    form = forms.SignPaperForm(request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            uploads = request.FILES.getlist("files")
            check_count(len(uploads))
            given = form.cleaned_data | {"scans": tuple(files.check(upload=upload) for upload in uploads)}
            given |= {"meeting_id": meeting_id, "by": request.actor, "at": request.now}
            given.pop("files")
            answer = _act(request, lambda: acts.sign_on_paper(**given), meeting_id, "")
            messages.success(request, f"登记好了，{_what_follows(request, meeting_id)}")
            return answer
        meeting = _of_office(request, meeting_id)
    scans = meeting.files.filter(kind="scan").order_by("at")
    more = {"signed": signed, "scans": list(scans), "lost": bool(request.FILES)}
    return _form_page(request, "desk/minutes/sign_paper.html", meeting, form, more)


# --- afterwards ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def correct(request: Asked, meeting_id: UUID) -> HttpResponse:
    """A dated addition to signed minutes."""
    meeting = _of_office(request, meeting_id, "signed")
    form = forms.CorrectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            text = form.cleaned_data["text"]
            given = {"meeting_id": meeting_id, "text": text, "by": request.actor, "at": request.now}
            said = "更正附上了，参会人都收到了提醒。"
            return _act(request, lambda: acts.correct_minutes(**given), meeting_id, said)
    return _form_page(request, "desk/minutes/correct.html", meeting, form, {"draft": _draft("correct", meeting_id)})


@require_http_methods(["GET", "POST"])
def publish(request: Asked, meeting_id: UUID) -> HttpResponse:
    """What workers may read, proposed from the data, decided by who approves there."""
    meeting = _of_office(request, meeting_id, "signed")
    check_may(request.actor, Can.APPROVE, meeting.unit)
    page = publish_page(meeting)
    form = forms.PublishForm(request.POST or None, body=page["body"])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = {"meeting_id": meeting_id, "body": form.body(), "by": request.actor, "at": request.now}
            return _act(request, lambda: acts.publish(**given), meeting_id, "公开了，职工在单位的页面上看得到。")
    return _form_page(request, "desk/minutes/publish.html", meeting, form, page)


@require_http_methods(["GET", "POST"])
def unpublish(request: Asked, meeting_id: UUID) -> HttpResponse:
    """Take published minutes back."""
    meeting = _of_office(request, meeting_id, "signed")
    check_may(request.actor, Can.APPROVE, meeting.unit)
    form = forms.TakeBackForm(request.POST or None)
    if request.method == "GET" and reads.publication_of(meeting) is None:
        return redirect(_of(meeting_id))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            reason = form.cleaned_data["reason"]
            given = {"meeting_id": meeting_id, "reason": reason, "by": request.actor, "at": request.now}
            return _act(request, lambda: acts.withdraw_publication(**given), meeting_id, "撤下了，职工看不到了。")
    return _form_page(request, "desk/minutes/unpublish.html", meeting, form, {})


urls = [
    path("meetings/<uuid:meeting_id>/minutes/", minutes, name="minutes"),
    path("meetings/<uuid:meeting_id>/minutes/write/", write, name="minutes-write"),
    path("meetings/<uuid:meeting_id>/minutes/versions/", versions, name="minutes-versions"),
    path("meetings/<uuid:meeting_id>/minutes/circulate/", circulate, name="minutes-circulate"),
    path("meetings/<uuid:meeting_id>/minutes/reply/", reply, name="minutes-reply"),
    path("meetings/<uuid:meeting_id>/minutes/sign/", sign, name="minutes-sign"),
    path("meetings/<uuid:meeting_id>/minutes/sign-paper/", sign_paper, name="minutes-sign-paper"),
    path("meetings/<uuid:meeting_id>/minutes/correct/", correct, name="minutes-correct"),
    path("meetings/<uuid:meeting_id>/minutes/publish/", publish, name="minutes-publish"),
    path("meetings/<uuid:meeting_id>/minutes/unpublish/", unpublish, name="minutes-unpublish"),
    path("meetings/<uuid:meeting_id>/minutes/print.<slug:fmt>", minutes_print, name="minutes-print"),
]

"""My matter: coming back with the sixteen digits, reading on, talking, rating, leaving."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases.acts import case_file, mark_messages_read, supplement, write_message
from huying.cases.models import Case
from huying.cases.reads import case_of, cases_of, rules_of, speaking_of, worker_by_receipt
from huying.feedback.acts import agree_wider
from huying.feedback.acts import rate as give_rating
from huying.feedback.reads import reasons_of, scale_for
from huying.fieldwork.reads import bookings_of, talks_of
from huying.files.acts import Checked, check
from huying.files.reads import response as file_response
from huying.files.rules import ACCEPT, MAX_BYTES, MAX_FILES, check_count
from huying.kernel.actors import Worker
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.public import reads
from huying.public.forms import Enter, Rate, Wider, Write
from huying.public.rules import digits_of
from huying.public.views._back import mine, who
from huying.public.views._pace import TRYING
from huying.public.views._pocket import MY, RECEIPT
from huying.public.views._work import proven


def posts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A form's address: opened by itself (reload, history) it leads to the page the form stands on."""

    @wraps(view)
    def inner(request: Asked) -> HttpResponse:
        return view(request) if request.method == "POST" else redirect("public:case")

    return login_not_required(inner)


WRONG = "没有找到这个号码。请对着记下的号码再看一遍，16 位，一位都不能错。"
TOO_OFTEN = "试的次数太多了。请过十分钟再试；号码丢了，可以打工会电话。"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Asked) -> HttpResponse:
    """Sixteen digits, typed or behind the ``#`` of the QR code.  A wrong one costs the same work and gets one answer."""
    if request.method != "POST":
        # never on to the matter read last: the digits behind the # may be another's, and only the browser knows them
        return render(request, "public/enter.html", {"form": Enter(), "back": who(request) is not None})
    form = Enter(request.POST)
    status = 422
    if TRYING.full(request, request.now, proven=proven(request, "receipt")):
        form.add_error("receipt", TOO_OFTEN)
        status = 429
    elif form.is_valid():
        digits = digits_of(form.cleaned_data["receipt"])
        if len(digits) != 16:
            form.add_error("receipt", f"号码是 16 位数字，您写了 {len(digits)} 位。")
        elif (worker := worker_by_receipt(digits)) is not None:
            response = redirect("public:case")
            MY.put(response, {"party": str(worker.party_id)}, at=request.now)
            return response
        else:
            TRYING.count(request, request.now)
            form.add_error("receipt", WRONG)
    return render(request, "public/enter.html", {"form": form}, status=status)


@require_safe
@mine
def case(request: Asked) -> HttpResponse:
    """Where it stands, until when, and what was said."""
    worker = _worker(request)
    if reads.has_unread(worker):  # reading alone writes nothing, so that it never waits for a writer
        mark_messages_read(case_id=case_of(worker).pk, by=worker, at=request.now)
    return _page(request, {})


def _worker(request: Asked) -> Worker:
    return request.actor


def _page(request: Asked, sent: dict[str, Form], status: int = 200) -> HttpResponse:
    """The page, with the form that was sent back in its place."""
    my = reads.mine(_worker(request), request.now)
    first = my.followed[0].case
    parts: list[dict[str, Any]] = []
    for number, one in enumerate(my.followed):
        key = str(one.case.pk)
        rate = sent.get(f"rate:{key}") or Rate(
            scale=one.scale, reasons=one.reasons, auto_id=f"rate{number}_%s", initial={"case": key}
        )
        answer = sent.get(f"answer:{key}") or Write(auto_id=f"answer{number}_%s", initial={"case": key})
        parts.append({"one": one, "rate": rate, "answer": answer, "number": number})
    shown = [*(part["rate"] for part in parts if part["one"].asks)]
    shown += [part["answer"] for part in parts if part["one"].case.status == "supplement"]
    write = sent.get("write") or Write(auto_id="write_%s", initial={"case": first.pk})
    context = {
        "my": my,
        "parts": parts,
        "write": write,
        "bookings": bookings_of(_worker(request)),
        "talks": talks_of(_worker(request)),
        "today": timezone.localdate(request.now),
        # a form that has no place any more (rated in another window) still says what happened
        "problems": [
            error for form in sent.values() if form not in [*shown, write] for error in form.non_field_errors()
        ],
        "accept": ACCEPT,
        "most": MAX_FILES,
        "largest": MAX_BYTES,
        "lost": bool(request.FILES) and "X-Requested-With" not in request.headers,
        "union_name": first.unit.name,
        "union_phone": first.unit.phone,
    }
    return render(request, "public/case.html", context, status=status)


def _of(request: Asked) -> tuple[Case, Worker]:
    """The matter a form speaks of, one of those this worker follows."""
    worker = _worker(request)
    wanted = request.POST.get("case", "")
    case = next((one for one in cases_of(worker) if str(one.pk) == wanted), None)
    if case is None:
        raise NotYours
    return case, speaking_of(worker, case)


@posts
@mine
def rate(request: Asked) -> HttpResponse:
    """The worker's own rating; 不满意 asks to take it up again."""
    case, worker = _of(request)
    reasons = [(one.code, one.label) for one in reasons_of(rules_of(case))]
    form = Rate(request.POST, scale=scale_for(case), reasons=reasons, auto_id="rate0_%s")
    if form.is_valid():
        given = form.cleaned_data

        def do() -> str:
            give_rating(
                result=given["result"], process=given["process"], words=given["words"],
                reasons=tuple(given.get("reasons", ())), by=worker, at=request.now,
            )  # fmt: skip
            return reverse("public:case")

        with refusals_on(form):
            return _said(request, once(request, do), "您的评价收到了。")
    return _page(request, {f"rate:{case.pk}": form}, status=422)


@posts
@mine
def wider(request: Asked) -> HttpResponse:
    """Whether delegates and colleagues may be asked about the matter as well."""
    _, worker = _of(request)
    form = Wider(request.POST)
    if not form.is_valid():
        return _page(request, {})
    agree = form.cleaned_data["agree"] == "yes"

    def do() -> str:
        agree_wider(agree=agree, by=worker, at=request.now)
        return reverse("public:case")

    return _said(request, once(request, do), "记下了，可以多问几个人。" if agree else "记下了，只问您本人。")


def _said(request: Asked, response: HttpResponse, words: str) -> HttpResponse:
    messages.success(request, words)
    return response


def _checked(form: Write) -> tuple[Checked, ...]:
    uploads = form.cleaned_data["files"]
    check_count(len(uploads))
    return tuple(check(upload=upload) for upload in uploads)


@posts
@mine
def message(request: Asked) -> HttpResponse:
    """One more word to the one who answers for it."""
    case, worker = _of(request)
    form = Write(request.POST, request.FILES, auto_id="write_%s")
    if form.is_valid():
        with refusals_on(form):
            files = _checked(form)

            def do() -> str:
                write_message(
                    case_id=case.pk, party_id=worker.party_id, text=form.cleaned_data["text"], files=files, by=worker,
                    at=request.now,
                )  # fmt: skip
                return reverse("public:case")

            return _said(request, once(request, do), "发出去了。")
    return _page(request, {"write": form}, status=422)


@posts
@mine
def answer(request: Asked) -> HttpResponse:
    """What the union asked for."""
    case, worker = _of(request)
    form = Write(request.POST, request.FILES, auto_id="answer0_%s")
    if form.is_valid():
        with refusals_on(form):
            files = _checked(form)

            def do() -> str:
                supplement(
                    case_id=case.pk, text=form.cleaned_data["text"], files=files, by=worker, at=request.now,
                )  # fmt: skip
                return reverse("public:case")

            return _said(request, once(request, do), "补充的情况交上了，工会接着看。")
    return _page(request, {f"answer:{case.pk}": form}, status=422)


@require_safe
@mine
def file(request: Asked, file_id: UUID) -> HttpResponse:
    """One of the worker's own files."""
    row = case_file(file_id=file_id, by=_worker(request), at=request.now)
    return file_response(row.file, inline=True, span=request.headers.get("Range", ""))


@login_not_required
@require_POST
def leave(request: Asked) -> HttpResponse:
    """Nothing of the visit stays in this browser: cookies, cache, drafts."""
    response = redirect("public:left")
    MY.drop(response)
    RECEIPT.drop(response)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required
@require_safe
def left(request: Asked) -> HttpResponse:
    """Gone, and how to come back."""
    return render(request, "public/left.html")


urls = [
    path("my/", enter, name="my"),
    path("my/case/", case, name="case"),
    path("my/rate/", rate, name="rate"),
    path("my/wider/", wider, name="wider"),
    path("my/message/", message, name="message"),
    path("my/answer/", answer, name="answer"),
    path("my/file/<uuid:file_id>/", file, name="file"),
    path("my/leave/", leave, name="leave"),
    path("my/left/", left, name="left"),
]

"""The edge every page shares: one submission counts once, and a refusal goes back beside what was typed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, BinaryIO

from django import forms
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import content_disposition_header

from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.kernel.models import Draft, Once

SHORTEST_KEY = 16
LONGEST_VERSION = 9  # digits

# What leaves as a file.
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
PAPER_FORMATS = ("pdf", "docx")

# Fields the product puts into a form of its own accord: nothing anybody typed.
OURS = frozenset({"csrfmiddlewaretoken", "once", "version", "draft"})


class Asked(HttpRequest):
    """A request as the edge hands it on (``site.middleware``): the moment, and the member of staff on the desk's pages."""

    now: datetime
    actor: Any


def who(request: Asked) -> dict[str, Any]:
    """By whom and when: what every act is told."""
    return {"by": request.actor, "at": request.now}


def today_of(request: Asked) -> date:
    """The day of the request."""
    return timezone.localdate(request.now)


def once_key(request: Asked) -> str:
    """The form's idempotency key, as the ``{% once %}`` tag wrote it.  ``Refused`` when the page did not send one."""
    key = request.POST.get("once", "")
    if not _whole(key):
        raise Refused("这一页放得太久，或者没有完整打开。", "请返回上一页刷新后再提交，写好的内容请先复制。")
    return key


def version_seen(request: Asked) -> int | None:
    """The version of what the page showed, as its form gives it back; ``None`` when it says none or nonsense."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) <= LONGEST_VERSION else None


def _whole(key: str) -> bool:
    return SHORTEST_KEY <= len(key) <= 64


def _submission(request: Asked) -> tuple[str, str]:
    """Who sends the form, and what its submission is known by."""
    actor = getattr(request, "actor", None)
    code = actor.code if actor else "public"
    return code, hashlib.sha256(f"{code}:{once_key(request)}".encode()).hexdigest()


def done_before(request: Asked) -> Once | None:
    """The row of a form that was sent and taken."""
    if request.method != "POST" or not _whole(request.POST.get("once", "")):
        return None
    return Once.objects.filter(key=_submission(request)[1]).first()


def once(request: Asked, do: Callable[[], str]) -> HttpResponseRedirect:
    """Run one act for one submission and go to the address it returns.

    The key's row is written in the act's own transaction: a double click, a resent request or one sent again after the
    connection broke is answered with the first result, and a killed process leaves neither act nor row.
    """
    code, hashed = _submission(request)
    with transaction.atomic():
        row, fresh = Once.objects.get_or_create(key=hashed, defaults={"actor": code, "at": request.now})
        if not fresh:
            return HttpResponseRedirect(row.result)
        row.result = do()
        row.save(update_fields=["result"])
        _forget_draft(request)
    return HttpResponseRedirect(row.result)


def _forget_draft(request: Asked) -> None:
    """What was typed has become what was sent."""
    person = getattr(getattr(request, "actor", None), "person_id", None)
    if person is not None and (form := request.POST.get("draft")):
        Draft.objects.filter(person=person, form=form[:120]).delete()


@contextmanager
def refusals_on(form: forms.Form | forms.ModelForm[Any]) -> Iterator[None]:
    """Put what an act refuses onto the form: fields for ``Invalid``, ``form.stale`` for ``Stale``, else the summary.

    ``NotYours`` passes through: it is shown as a missing page.
    """
    try:
        yield
    except NotYours:
        raise
    except Invalid as error:
        for name, message in error.fields.items():
            form.add_error(name if name in form.fields else None, message)
    except Stale as error:
        form.stale = error.changes  # type: ignore[union-attr]
        form.add_error(None, str(error))
    except Refused as error:
        form.add_error(None, str(error))


def file_answer(body: bytes | str, name: str, *, inline: bool = False, media: str = "") -> HttpResponse:
    """A file to take along, or to look at first; its name ends in what it is and says nothing of a case."""
    answer = HttpResponse(body, content_type=media or MEDIA[name.rpartition(".")[2]])
    kind = "inline" if inline else "attachment"
    answer.headers["Content-Disposition"] = content_disposition_header(not inline, name) or kind
    return answer


def workbook_answer(book: BinaryIO, name: str) -> FileResponse:
    """A table to take along, sent as it is read."""
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=MEDIA["xlsx"])

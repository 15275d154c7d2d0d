"""The gate every change of a case passes: who may, what the table allows, change, history and trail together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from huying.cases.lifecycle import CASE
from huying.cases.models import Case, Event, Party
from huying.cases.reads import changes_since
from huying.kernel.actors import Actor, Worker
from huying.kernel.errors import Stale, only
from huying.org.models import Post
from huying.org.rules import Can, Member, check_may
from huying.trail.acts import append_line


@dataclass(frozen=True, kw_only=True)
class Said:
    """Words that go with an act: for staff, for the workers behind the case, sealed for the case officer."""

    text: str = ""
    worker_label: str | None = None
    worker_text: str = ""
    label: str = ""
    party: Party | None = None
    sealed: bytes | None = None


def locked(*, case_id: UUID, by: Actor, version: int | None = None) -> Case:
    """The case, locked for this transaction, if the actor may know of it; ``Stale`` when it moved since ``version``."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    if isinstance(by, Worker):
        rows = rows.filter(pk=by.case_id)
    elif isinstance(by, Member):
        rows = rows.visible_to(by)
    case = only(rows.select_related("holder", "unit", "officer", "root", "rules").filter(pk=case_id))
    if version is not None and version != case.version:
        raise Stale(changes_since(case, version))
    return case


def acting_post(case: Case, by: Actor, can: Can = Can.HANDLE_CASES) -> Post | None:
    """May this person: staff need the permission at the union that has the case; the system and the worker need none."""
    return check_may(by, can, case.holder) if isinstance(by, Member) else None


def advance(
    case: Case,
    act: str,
    *,
    by: Actor,
    at: datetime,
    said: Said | None = None,
    data: dict[str, Any] | None = None,
    post: Post | None = None,
) -> Event:
    """Do one step of the table on a locked case: the only writer of ``status``."""
    step = CASE.check_now(case.status, act)
    if step.target is not None:
        case.status = step.target
        case.closed_at = at if CASE.by_code[step.target].final else None
        if step.target == "archived":
            case.archived_at = at
    case.version += 1
    case.moved_at = at
    case.save()
    said = said or Said()
    told = step.told if said.worker_label is None else said.worker_label
    return record(case, act, said.label or step.label, by=by, at=at, said=said, told=told, data=data, post=post)


def note(
    case: Case,
    act: str,
    label: str,
    *,
    by: Actor,
    at: datetime,
    said: Said | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Something that belongs to the story but moves no state (a clock, a message, a look into sealed words)."""
    case.version += 1
    case.moved_at = at
    case.save(update_fields=["version", "moved_at"])
    said = said or Said()
    return record(case, act, said.label or label, by=by, at=at, said=said, told=said.worker_label or "", data=data)


def record(
    case: Case,
    act: str,
    label: str,
    *,
    by: Actor,
    at: datetime,
    said: Said,
    told: str,
    data: dict[str, Any] | None = None,
    post: Post | None = None,
) -> Event:
    """Append one line to the history and one entry to the trail."""
    return append_line(
        history=Event, row=case, kind="case", chain=case.pk, act=act, label=label, by=by, at=at, text=said.text, data=data,
        status=case.status, post_id=post.pk if post else by.post_id, unit_id=case.holder_id, worker_label=told,
        worker_text=said.worker_text, party=said.party, sealed=said.sealed,
    )  # fmt: skip

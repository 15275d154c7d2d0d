"""What a union that only reads a case may do about it: urge the union that has it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huying.cases.acts._advance import Said, locked, note
from huying.cases.acts._notify import tell_officer
from huying.cases.models import Case, Event, Station
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.org.rules import Can, Member, may

LONGEST = 1000


@transaction.atomic
def urge(*, case_id: UUID, text: str, by: Actor, at: datetime) -> Event:
    """A union above, or one that had the case earlier, urges the union that has it now; logged in its history."""
    case = locked(case_id=case_id, by=by)
    if not isinstance(by, Member) or may(by, Can.HANDLE_CASES, case.holder):
        raise NotYours
    if case.closed_at is not None:
        raise Refused("这件事已经办结，不用再督促。")
    if not text.strip():
        raise Invalid({"text": "请写明要督促什么。"})
    if len(text) > LONGEST:
        raise Invalid({"text": f"写了 {len(text)} 字，最多 {LONGEST} 字。"})
    label = "上级工会督促" if _above(case, by) else "原受理工会督促"
    event = note(case, "urge", label, by=by, at=at, said=Said(text=text.strip()))
    tell_officer(case, "urged", label, by=by, at=at)
    return event


def _above(case: Case, by: Member) -> bool:
    """Whether this person stands above the union that has the case, by the tree or by the climb."""
    climbed = Station.objects.filter(case=case, how="climb", unit__in=[unit.pk for unit in by.units(Can.HANDLE_CASES)])
    return may(by, Can.READ_BELOW, case.holder) or climbed.exists()

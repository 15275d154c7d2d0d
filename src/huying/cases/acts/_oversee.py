"""What a union may do about a case that waits for another: urge the union that has it, or the level above that is to answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huying.cases.acts._advance import Said, locked, note
from huying.cases.acts._notify import tell_office, tell_officer
from huying.cases.models import Case, Event, Station
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.org.models import Unit
from huying.org.rules import Can, Member, may

LONGEST = 1000


@transaction.atomic
def urge(*, case_id: UUID, text: str, by: Actor, at: datetime) -> Event:
    """A union above, or one that had the case earlier, urges the union that has it now; while it climbs, every union that
    reads it may urge the level whose answer is awaited.  Logged in its history."""
    case = locked(case_id=case_id, by=by)
    level = _asked(case)
    if not isinstance(by, Member) or may(by, Can.HANDLE_CASES, level or case.holder):
        raise NotYours
    if case.closed_at is not None:
        raise Refused("这件事已经办结，不用再督促。")
    if not text.strip():
        raise Invalid({"text": "请写明要督促什么。"})
    if len(text) > LONGEST:
        raise Invalid({"text": f"写了 {len(text)} 字，最多 {LONGEST} 字。"})
    label = _label(case, level, by)
    event = note(case, "urge", label, by=by, at=at, said=Said(text=text.strip()))
    tell_officer(case, "urged", label, by=by, at=at)
    if level is not None:
        tell_office(case, "urged", label, by=by, at=at, unit=level)
    return event


def _asked(case: Case) -> Unit | None:
    """The level above whose answer the case waits for."""
    clock = case.clocks.filter(code="climb", stopped_at__isnull=True).select_related("unit").first()
    return clock.unit if clock is not None else None


def _label(case: Case, level: Unit | None, by: Member) -> str:
    """Who urges whom: from above or from below, by the tree or by the climb."""
    if level is not None:
        return f"{'上级工会督促' if may(by, Can.READ_BELOW, level) else '下级工会催请'}{level.name}答复"
    units = [unit.pk for unit in by.units(Can.HANDLE_CASES)]
    climbed = Station.objects.filter(case=case, how="climb", unit__in=units).exists()
    return "上级工会督促" if climbed or may(by, Can.READ_BELOW, case.holder) else "原受理工会督促"

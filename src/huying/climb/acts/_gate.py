"""The gate of a level: lock through the case, permission, table, stations, history, trail; and who hears of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from huying.cases.acts import locked, start_clock, stop_clock, tell_office
from huying.cases.models import Case, Station
from huying.cases.reads import keys_against
from huying.cases.rules import free_of
from huying.climb.lifecycle import RUNG
from huying.climb.models import Rung
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.notices.acts import send
from huying.org.models import Unit
from huying.org.reads import holders
from huying.org.rules import Can, Member, check_may
from huying.trail.acts import append


def locked_rung(rung_id: UUID, *, by: Actor, version: int | None = None) -> Rung:
    """A level locked for its union, its case first, as every act on a case does; ``version`` is the case's."""
    row = Rung.objects.filter(pk=rung_id).only("case_id").first()
    if row is None:
        raise NotYours
    case = locked(case_id=row.case_id, by=by, version=version)
    rung = Rung.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "sent_from").get(pk=rung_id)
    rung.case = case
    if isinstance(by, Member):
        check_may(by, Can.HANDLE_CASES, rung.unit)
    return rung


def open_rung(
    case: Case, unit: Unit, *, sent_from: Unit, below: Rung | None, reason: str, tried: str, brief: str, to_management: bool,
    by: Actor, at: datetime,
) -> Rung:  # fmt: skip
    """The next level: the union reads the released text from now on, and its clock starts with the sending, not with the
    taking."""
    rung = Rung.objects.create(
        root_id=case.root_id, case=case, round=case.round, order=below.order + 1 if below else 1, unit=unit,
        sent_from=sent_from, below=below, to_management=to_management, reason=reason, tried=tried, brief=brief, sent_at=at,
        sent_by_id=by.post_id,
    )  # fmt: skip
    Station.objects.create(root_id=case.root_id, case=case, unit=unit, since=at, how="climb")
    _trail(rung, "send", by=by, at=at, data={"to": unit.pk, "from": sent_from.pk, "order": rung.order})
    start_clock(case, "climb", by=by, at=at, subject=rung.pk, unit=unit)
    tell_union(rung, "sent", "报到本级", by=by, at=at)
    tell_management(rung, "sent", "报到本单位", by=by, at=at)
    return rung


def advance_rung(rung: Rung, act: str, *, by: Actor, at: datetime, answer: str = "") -> Rung:
    """Do one step of the table on a locked level: the only writer of its status.  With the answer its clock stops; with the
    end its union's station closes."""
    step = RUNG.check_now(rung.status, act)
    assert step.target is not None
    rung.status = step.target
    if answer:
        rung.answer, rung.answered_at, rung.answered_by_id = answer, at, by.post_id
    rung.save()
    if "climb" in step.stops:
        stop_clock(rung.case, "climb", by=by, at=at, subject=rung.pk)
    if rung.state.final:
        stations = Station.objects.filter(case=rung.case_id, unit=rung.unit_id, how="climb", until__isnull=True)
        stations.update(until=at)
    _trail(rung, act, by=by, at=at, data={"status": rung.status})
    return rung


def _trail(rung: Rung, act: str, *, by: Actor, at: datetime, data: dict[str, Any]) -> None:
    append(chain=rung.case_id, root=rung.root_id, by=by, at=at, act=f"rung.{act}", subject=f"rung:{rung.pk}", data=data)


def tell_union(rung: Rung, kind: str, what: str, *, by: Actor, at: datetime) -> None:
    """The office of a level hears of it under the case's number."""
    key = f"{rung.pk}:{rung.case.version}"
    tell_office(rung.case, f"climb_{kind}", what, by=by, at=at, key=key, unit=rung.unit)


def tell_management(rung: Rung, kind: str, what: str, *, by: Actor, at: datetime) -> None:
    """The head of management of a level hears of it under the level's code, never the case's number; nobody the case
    names."""
    if not rung.to_management:
        return
    heads = free_of(holders(rung.unit, Can.ITEMS_OF_UNIT, timezone.localdate(at)), keys_against(rung.case))
    send(
        to=[post.person for post in heads],
        kind=f"rung.{kind}",
        title=f"事项 {rung.code} {what}",
        url=reverse("desk:sent_up_rung", args=[rung.pk]),
        root=rung.root,
        subject=rung.pk,
        by=by,
        at=at,
        key=str(rung.case.version),
    )

"""Sweeps: what a withdrawn case or a merged union does to the climb."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from huying.cases.acts import Said, note
from huying.cases.models import Clock, Station
from huying.cases.reads import keys_against
from huying.cases.rules import free_of
from huying.climb.acts._climb import step_down
from huying.climb.acts._gate import advance_rung, locked_rung, tell_management, tell_union
from huying.climb.lifecycle import HERE, RUNNING
from huying.climb.models import Rung
from huying.kernel.actors import Actor
from huying.kernel.clock import day_of
from huying.org.models import Unit
from huying.org.reads import holders
from huying.org.rules import Can

AT_ONCE = 500


def end_withdrawn(*, by: Actor, at: datetime) -> int:
    """Levels of cases that were withdrawn or ended otherwise end with them; who had it is told."""
    ended = Rung.objects.filter(status__in=RUNNING, case__closed_at__isnull=False)
    count = 0
    for rung_id in list(ended.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            rung = locked_rung(rung_id, by=by)
            here = rung.status in HERE
            advance_rung(rung, "end", by=by, at=at)
            if here:
                tell_union(rung, "ended", "职工撤回，不用再办", by=by, at=at)
                tell_management(rung, "ended", "不用再办", by=by, at=at)
            count += 1
    return count


def follow_merged(*, by: Actor, at: datetime) -> int:
    """Levels of a union that was merged go where the union went.  Where that one takes part already, has the case by now, has
    nobody the case does not name, or the union was closed for good, the matter is back one level down."""
    gone = Q(unit__merged_into__isnull=False) | Q(unit__closed_on__lte=day_of(at)) | Q(unit=F("case__holder"))
    waiting = Rung.objects.filter(gone, status__in=RUNNING, case__closed_at__isnull=True)
    ids = list(waiting.order_by("case_id", "-order").values_list("pk", flat=True)[:AT_ONCE])
    for rung_id in ids:
        _follow(rung_id, by=by, at=at)
    return len(ids)


@transaction.atomic
def _follow(rung_id: UUID, *, by: Actor, at: datetime) -> None:
    rung = locked_rung(rung_id, by=by)
    if rung.status not in RUNNING:
        return
    if (target := _successor(rung, at)) is None:
        _step_aside(rung, by=by, at=at)
        return
    case, was = rung.case, rung.unit
    Station.objects.filter(case=case, unit=was, how="climb", until__isnull=True).update(until=at)
    Station.objects.create(root_id=case.root_id, case=case, unit=target, since=at, how="climb")
    Clock.objects.filter(case=case, subject=rung.pk, stopped_at__isnull=True).update(unit=target)
    rung.unit = target
    rung.save(update_fields=["unit"])
    said = Said(worker_label=f"转到了{target.name}")
    note(case, "climb_merged", f"{was.name}合并，转到{target.name}", by=by, at=at, said=said)
    tell_union(rung, "merged", "单位合并转来", by=by, at=at)


def _successor(rung: Rung, at: datetime) -> Unit | None:
    """The union that takes the place of a level's, if it may."""
    target, case = rung.unit.merged_into, rung.case
    if target is None or target.pk in (case.holder_id, rung.sent_from_id):
        return None
    if case.rungs.filter(status__in=RUNNING, unit=target).exclude(pk=rung.pk).exists():
        return None
    return target if free_of(holders(target, Can.HANDLE_CASES, day_of(at)), keys_against(case)) else None


def _step_aside(rung: Rung, *, by: Actor, at: datetime) -> None:
    """A level that can answer no more."""
    text = f"{rung.unit.name}已经合并、撤销或者成了承办的工会，由下一级接着办。"
    if rung.status in HERE:
        advance_rung(rung, "give_back", by=by, at=at, answer=text)
        step_down(rung, "退回接着办", text, by=by, at=at)
    else:
        advance_rung(rung, "close", by=by, at=at)

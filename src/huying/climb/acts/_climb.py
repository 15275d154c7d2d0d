"""Sending up what one level cannot solve, and what each level answers: taken, sent on, sent back with guidance, solved,
given to its own departments (MY-3.2.4d, SX-6a, BD-4.6c)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts import Said, carry, locked, note, start_clock, tell_officer
from huying.cases.models import Case
from huying.cases.reads import rules_of
from huying.climb.acts._gate import advance_rung, locked_rung, open_rung, tell_management, tell_union
from huying.climb.models import Rung
from huying.climb.reads import active_rung, targets
from huying.climb.rules import reaches_management, written
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.org.models import Unit
from huying.org.rules import Can, check_may

WHY = "请写明为什么本级解决不了。"
TRIED = "请写明本级已经做过哪些工作。"


@transaction.atomic
def send_up(
    *, case_id: UUID, reason: str, tried: str, brief: str = "", unit: Unit | None = None, by: Actor, at: datetime,
    version: int | None = None,
) -> Rung:  # fmt: skip
    """What this level cannot solve goes to the next union, and in a group to the next management, with what was tried
    (MY-3.2.4d).  ``brief`` is what that management reads; left empty, the released summary."""
    case = locked(case_id=case_id, by=by, version=version)
    check_may(by, Can.HANDLE_CASES, case.holder)
    reason, tried = written(reason=(reason, WHY), tried=(tried, TRIED))
    target = _target(case, case.holder, unit, at)
    said = Said(
        label=f"上报{target.name}",
        text=_words(reason, tried),
        worker_text=f"报到了{target.name}，工会会一直跟到有结果。",
    )
    carry(case=case, act="send_up", by=by, at=at, said=said, data={"to": target.pk})
    return open_rung(
        case, target, sent_from=case.holder, below=None, reason=reason, tried=tried, brief=brief.strip() or case.summary,
        to_management=reaches_management(rules_of(case), target), by=by, at=at,
    )  # fmt: skip


def _target(case: Case, sent_from: Unit, unit: Unit | None, at: datetime) -> Unit:
    """The union it goes to: the one chosen among those offered, else the next one up; never in a circle."""
    offered = [one.unit for one in targets(case, sent_from, timezone.localdate(at))]
    if unit is None:
        if not offered:
            raise Refused("上面没有可以上报的工会了。", "实在解决不了的，请向职工说明理由。")
        return offered[0]
    found = next((one for one in offered if one.pk == unit.pk), None)
    if found is None:
        raise Invalid({"unit": "请选上一级工会或上面的产业工会；已经报过的不能再报一遍。"})
    return found


def _words(reason: str, tried: str) -> str:
    return f"理由：{reason}\n已经做过：{tried}"


@transaction.atomic
def take_rung(*, rung_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Rung:
    """The level has seen it.  Its clock has run since it was sent, not since now."""
    rung = locked_rung(rung_id, by=by, version=version)
    rung.taken_at = at
    advance_rung(rung, "take", by=by, at=at)
    said = Said(worker_label=f"{rung.unit.name}接收了，正在想办法")
    note(rung.case, "climb_take", f"{rung.unit.name}接收", by=by, at=at, said=said)
    _tell_below(rung, "taken", "上级已接收", by=by, at=at)
    return rung


@transaction.atomic
def give_back(*, rung_id: UUID, guidance: str, by: Actor, at: datetime, version: int | None = None) -> Rung:
    """Send it one level down again, with guidance: never without.  The level below goes on with a clock of its own; where
    none is, the union that has the case does."""
    rung = locked_rung(rung_id, by=by, version=version)
    (guidance,) = written(guidance=(guidance, "请写明怎么办：退回时要给出指导意见。"))
    advance_rung(rung, "give_back", by=by, at=at, answer=guidance)
    step_down(rung, f"{rung.unit.name}退回并指导", guidance, by=by, at=at)
    return rung


def step_down(rung: Rung, label: str, text: str, *, by: Actor, at: datetime) -> None:
    """After a level has ended without a result: the one below has it again, or the union that has the case."""
    case, below = rung.case, next((one for one in _below(rung) if one.status == "passed"), None)
    if below is None:
        carry(case=case, act="sent_back", by=by, at=at, said=Said(label=label, text=text))
        tell_officer(case, "climb_back", "上级退回并指导", by=by, at=at, key=str(rung.pk))
        return
    below = (
        Rung.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "sent_from").get(pk=below.pk)
    )
    below.case, below.answer, below.answered_at, below.answered_by_id = case, "", None, None
    advance_rung(below, "come_back", by=by, at=at)
    start_clock(case, "climb", by=by, at=at, subject=below.pk, unit=below.unit)
    told = f"{rung.unit.name}提出了办法，由{below.unit.name}接着办"
    note(case, "climb_back", label, by=by, at=at, said=Said(text=text, worker_label=told))
    tell_union(below, "back", "上级退回并指导", by=by, at=at)
    tell_management(below, "back", "上级退回并指导", by=by, at=at)
    tell_officer(case, "climb_back", "上级退回并指导", by=by, at=at, key=str(rung.pk))


@transaction.atomic
def send_on(
    *,
    rung_id: UUID,
    reason: str,
    tried: str,
    unit: Unit | None = None,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Rung:
    """One level further up; the clock of this level stops, the next one's starts.  Returns the new level."""
    rung = locked_rung(rung_id, by=by, version=version)
    case = rung.case
    reason, tried = written(reason=(reason, WHY), tried=(tried, TRIED))
    target = _target(case, rung.unit, unit, at)
    advance_rung(rung, "send_on", by=by, at=at, answer=reason)
    label = f"{rung.unit.name}再上报{target.name}"
    told = f"{rung.unit.name}又报到了{target.name}"
    note(case, "climb_on", label, by=by, at=at, said=Said(text=_words(reason, tried), worker_label=told))
    above = open_rung(
        case, target, sent_from=rung.unit, below=rung, reason=reason, tried=tried, brief=rung.brief,
        to_management=reaches_management(rules_of(case), target), by=by, at=at,
    )  # fmt: skip
    _tell_below(rung, "on", "又往上报了一级", by=by, at=at)
    return above


@transaction.atomic
def solve(*, rung_id: UUID, result: str, by: Actor, at: datetime, version: int | None = None) -> Rung:
    """The level gives the result; the union where it began has three days to tell the worker (MY-3.2.4b)."""
    rung = locked_rung(rung_id, by=by, version=version)
    (result,) = written(result=(result, "请写明怎么解决的、结果怎样。"))
    advance_rung(rung, "solve", by=by, at=at, answer=result)
    said = Said(label=f"{rung.unit.name}给出结果", text=result)
    carry(case=rung.case, act="solved_above", by=by, at=at, said=said)
    _tell_below(rung, "solved", "上级给了结果", by=by, at=at)
    tell_management(rung, "solved", "有了结果", by=by, at=at)
    _close_below(rung, by=by, at=at)
    return rung


@transaction.atomic
def hand_down(*, case: Case, unit: Unit, words: str, by: Actor, at: datetime) -> Rung | None:
    """A level gives a case its union's departments to work on: that is its answer.  For the room that makes the item, which
    has locked the case; nothing where the climb is over."""
    rung = active_rung(case)
    if rung is None:
        return None
    if rung.unit_id != unit.pk:
        raise Refused(f"已经上报{rung.unit.name}，要等上级答复。", "上级退回以后，本单位再交办。")
    rung.case = case
    advance_rung(rung, "assign", by=by, at=at, answer=words)
    _tell_below(rung, "assigned", "上级交部门办理", by=by, at=at)
    tell_management(rung, "assigned", "交部门办理了", by=by, at=at)
    _close_below(rung, by=by, at=at)
    return rung


def _below(rung: Rung) -> list[Rung]:
    """The levels under one, nearest first."""
    found: list[Rung] = []
    while (below := (found[-1] if found else rung).below) is not None:
        below.case = rung.case
        found.append(below)
    return found


def _tell_below(rung: Rung, kind: str, what: str, *, by: Actor, at: datetime) -> None:
    """The case officer hears of it, and the offices of the levels it came through."""
    tell_officer(rung.case, f"climb_{kind}", what, by=by, at=at, key=f"{rung.pk}:{rung.case.version}")
    for below in _below(rung):
        tell_union(below, kind, what, by=by, at=at)


def _close_below(rung: Rung, *, by: Actor, at: datetime) -> None:
    """The levels it came through have nothing more to do with it; they keep reading."""
    for below in [one for one in _below(rung) if one.status == "passed"]:
        advance_rung(below, "close", by=by, at=at)
        tell_management(below, "solved", "有了结果", by=by, at=at)

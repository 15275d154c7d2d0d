"""Clocks: started when a matter reaches somebody, stopped by the right act, paused and extended only with a reason and an
approver, recomputed when a holiday is announced."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from huying.cases.acts._advance import Said, locked, note
from huying.cases.acts._notify import free, tell_approvers, tell_office, tell_officer
from huying.cases.models import Case, Clock, ClockChange
from huying.cases.reads import due_of, rules_of
from huying.cases.rules import limit_of
from huying.kernel.actors import Actor
from huying.kernel.clock import business_day_offset, day_of
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import calendar
from huying.org.models import Unit
from huying.org.rules import Can, check_may
from huying.trail.acts import append

FARTHEST_REMINDER = 10  # working days; a pack's own number is smaller
LABELS = {
    "accept": "受理",
    "supplement": "补充材料",
    "consult": "上会",
    "climb": "上级答复",
    "item": "办理",
    "report": "书面反馈",
    "tell": "告知职工",
    "survey": "满意度测评",
}


def start_clock(
    case: Case,
    code: str,
    *,
    by: Actor,
    at: datetime,
    since: datetime | None = None,
    subject: UUID | None = None,
    unit: Unit | None = None,
    department: UUID | None = None,
) -> Clock:
    """Start a clock by the rules the case keeps.  ``since`` is when the matter reached them, ``at`` when that was entered."""
    start = day_of(since or at)
    due, rule = rules_of(case).due(code, start, calendar())
    kept = {"clause": rule.clause.id, "badge": rule.clause.badge}
    return _started(
        case, code, kept, start, due.on, provisional=due.provisional, by=by, at=since or at, subject=subject, unit=unit,
        department=department,
    )  # fmt: skip


def start_fixed(
    case: Case,
    code: str,
    due_on: date,
    *,
    by: Actor,
    at: datetime,
    subject: UUID,
    unit: Unit,
    department: UUID,
    clause: str,
    since: date | None = None,
) -> Clock:
    """Start a clock whose date was agreed (the deadline of an item); ``since`` is the day it was agreed, where not now."""
    rule = {"fixed": True, "clause": clause, "badge": rules_of(case).clause(clause).badge}
    return _started(
        case, code, rule, since or day_of(at), due_on, provisional=False, by=by, at=at, subject=subject, unit=unit,
        department=department,
    )  # fmt: skip


def _started(
    case: Case, code: str, rule: dict, start: date, due_on: date, *, provisional: bool, by: Actor, at: datetime,
    subject: UUID | None, unit: Unit | None, department: UUID | None,
) -> Clock:  # fmt: skip
    clock = Clock.objects.create(
        root_id=case.root_id,
        case=case,
        subject=subject or case.pk,
        unit=unit or case.holder,
        department=department,
        code=code,
        rule=rule,
        started_at=at,
        start_day=start,
        due_on=due_on,
        provisional=provisional,
    )
    _trail(clock, "start", by=by, at=at, data={"due": due_on, "from": start})
    return clock


def _trail(clock: Clock, act: str, *, by: Actor, at: datetime, data: dict) -> None:
    append(
        chain=clock.case_id, root=clock.root_id, by=by, at=at, act=f"clock.{act}", subject=f"clock:{clock.pk}",
        data={"code": clock.code, **data},
    )  # fmt: skip


def stop_clock(
    case: Case, *codes: str, by: Actor, at: datetime, subject: UUID | None = None, since: datetime | None = None
) -> None:
    """Stop running clocks of a case (or of one item) and keep whether they were late.  ``since`` is when it really happened,
    where that was before it was entered (``at``)."""
    running = Clock.objects.filter(case=case, code__in=codes, subject=subject or case.pk, stopped_at__isnull=True)
    _stop(running, by, at, since or at)


def stop_all(case: Case, *, by: Actor, at: datetime) -> None:
    """Stop everything that still runs (withdrawn)."""
    _stop(Clock.objects.filter(case=case, stopped_at__isnull=True), by, at, at)


def _stop(clocks: QuerySet[Clock], by: Actor, at: datetime, when: datetime) -> None:
    for clock in clocks:
        clock.stopped_at = when
        clock.late = clock.paused_on is None and day_of(when) > clock.due_on
        clock.save(update_fields=["stopped_at", "late"])
        clock.changes.filter(state="asked").update(state="refused", decided_at=at, decision="时限已结束")
        _trail(clock, "stop", by=by, at=at, data={"late": clock.late})


def pause_for_supplement(case: Case, *, by: Actor, at: datetime) -> None:
    """While the worker is asked, the acceptance clock stands still and the worker's own runs."""
    for clock in Clock.objects.filter(case=case, code="accept", stopped_at__isnull=True, paused_on__isnull=True):
        _pause(clock, day_of(at))
        _changed(clock, "pause", "等职工补充情况", by=by, at=at, before=clock.due_on, after=None)
    start_clock(case, "supplement", by=by, at=at)


def resume_after_supplement(case: Case, *, by: Actor, at: datetime) -> None:
    """The worker answered: the acceptance clock goes on with the days it had left."""
    stop_clock(case, "supplement", by=by, at=at)
    for clock in Clock.objects.filter(case=case, code="accept", stopped_at__isnull=True, paused_on__isnull=False):
        _resume(clock, "职工已补充", by=by, at=at)


def _pause(clock: Clock, day: date) -> None:
    clock.paused_on = day
    clock.save(update_fields=["paused_on"])


def _resume(clock: Clock, reason: str, *, by: Actor, at: datetime) -> None:
    assert clock.paused_on is not None
    before = clock.due_on
    clock.pauses = [*clock.pauses, [clock.paused_on.isoformat(), day_of(at).isoformat()]]
    clock.paused_on = None
    due = due_of(clock, calendar())
    clock.due_on, clock.provisional = due.on, due.provisional
    clock.save(update_fields=["pauses", "paused_on", "due_on", "provisional"])
    _changed(clock, "resume", reason, by=by, at=at, before=before, after=clock.due_on)


def _changed(
    clock: Clock, kind: str, reason: str, *, by: Actor, at: datetime, before: date, after: date | None
) -> ClockChange:
    change = ClockChange.objects.create(
        root_id=clock.root_id, clock=clock, kind=kind, state="done", reason=reason[:300], asked_by_id=by.post_id, asked_at=at,
        decided_by_id=by.post_id, decided_at=at, due_before=before, due_after=after,
    )  # fmt: skip
    _trail(clock, kind, by=by, at=at, data={"before": before, "after": after})
    return change


def _running(clock_id: UUID, *, by: Actor) -> Clock:
    clock = Clock.objects.select_related("case", "unit").filter(pk=clock_id).first()
    if clock is None:
        raise NotYours
    clock.case = locked(case_id=clock.case_id, by=by)
    if clock.stopped_at is not None:
        raise Refused("这个时限已经结束。")
    return clock


@transaction.atomic
def ask_change(*, clock_id: UUID, kind: str, reason: str, new_due: date | None, by: Actor, at: datetime) -> ClockChange:
    """Ask for an extension (``extend`` with a later date) or a pause; it takes effect once approved."""
    clock = _running(clock_id, by=by)
    unit = limit_of(clock, by)
    check_may(by, Can.HANDLE_CASES, unit)
    wrong = {}
    if not reason.strip():
        wrong["reason"] = "请写明理由。"
    if kind == "extend" and (new_due is None or new_due <= clock.due_on):
        wrong["new_due"] = "新的日期要晚于现在的期限。"
    if wrong:
        raise Invalid(wrong)
    if clock.paused_on or clock.changes.filter(state="asked").exists():
        raise Refused("这个时限已暂停，或者已有一份申请在等批准。")
    change = ClockChange.objects.create(
        root_id=clock.root_id, clock=clock, kind=kind, state="asked", reason=reason.strip()[:300], asked_by_id=by.post_id,
        asked_at=at, due_before=clock.due_on, due_after=new_due if kind == "extend" else None,
    )  # fmt: skip
    label = f"申请{change.get_kind_display()}：{LABELS.get(clock.code, clock.code)}"
    note(clock.case, f"ask_{kind}", label, by=by, at=at, said=Said(text=reason.strip()))
    tell_approvers(clock.case, "ask_change", label, by=by, at=at, key=str(change.pk), unit=unit)
    return change


@transaction.atomic
def decide_change(*, change_id: UUID, approve: bool, reason: str, by: Actor, at: datetime) -> ClockChange:
    """Approve or refuse; by somebody with the right to approve who did not ask, except where nobody else is there."""
    change = ClockChange.objects.select_related("clock__case", "asked_by").filter(pk=change_id, state="asked").first()
    if change is None:
        raise Refused("这份申请已经处理过了。")
    clock = _running(change.clock_id, by=by)
    unit = limit_of(clock, by)
    check_may(by, Can.APPROVE, unit)
    others = {post.person_id for post in free(clock.case, Can.APPROVE, at, unit)} - {by.person_id}
    if change.asked_by and change.asked_by.person_id == by.person_id and others:
        raise Refused("自己申请的不能自己批准。", "请由另一位有权批准的同志决定。")
    if not approve and not reason.strip():
        raise Invalid({"reason": "不批准要写明理由。"})
    change.state, change.decided_by_id, change.decided_at = ("done" if approve else "refused"), by.post_id, at
    change.decision = reason.strip()[:300]
    change.save()
    if approve and change.kind == "extend" and change.due_after:
        clock.due_on = change.due_after
        clock.save(update_fields=["due_on"])
    elif approve:
        _pause(clock, day_of(at))
    data = {"before": change.due_before, "after": change.due_after, "approved": approve}
    _trail(clock, change.kind, by=by, at=at, data=data)
    word = "批准" if approve else "不批准"
    label = f"{word}{change.get_kind_display()}：{LABELS.get(clock.code, clock.code)}"
    note(clock.case, f"decide_{change.kind}", label, by=by, at=at, said=Said(text=reason.strip()))
    return change


@transaction.atomic
def resume(*, clock_id: UUID, reason: str, by: Actor, at: datetime) -> Clock:
    """End a pause; the days it lasted do not count."""
    clock = _running(clock_id, by=by)
    check_may(by, Can.HANDLE_CASES, limit_of(clock, by))
    if clock.paused_on is None:
        raise Refused("这个时限没有暂停。")
    _resume(clock, reason or "恢复计时", by=by, at=at)
    note(
        clock.case,
        "resume",
        f"恢复计时：{LABELS.get(clock.code, clock.code)}",
        by=by,
        at=at,
        said=Said(text=reason.strip()),
    )
    return clock


@transaction.atomic
def recount(*, since: date, by: Actor, at: datetime) -> int:
    """Recompute running clocks after the calendar changed; each moved date is written down.  Returns how many moved."""
    days, moved = calendar(), 0
    running = Clock.objects.filter(stopped_at__isnull=True, paused_on__isnull=True, due_on__gte=since)
    for clock in running.select_for_update(of=("self",), no_key=True).select_related("case__rules").order_by("pk"):
        if "fixed" in clock.rule or clock.changes.filter(kind="extend", state="done").exists():
            continue
        due = due_of(clock, days)
        if due.on == clock.due_on and due.provisional == clock.provisional:
            continue
        before, clock.due_on, clock.provisional = clock.due_on, due.on, due.provisional
        clock.save(update_fields=["due_on", "provisional"])
        if before != due.on:
            _changed(clock, "recount", "节假日安排有变化", by=by, at=at, before=before, after=due.on)
            moved += 1
    return moved


def recount_changed(*, by: Actor, at: datetime) -> int:
    """Sweep: every running clock against today's calendar."""
    return recount(since=day_of(at), by=by, at=at)


def remind(*, by: Actor, at: datetime) -> int:
    """Tell whose turn it is when a date comes near (as many working days before as the case's rules say) and when it has
    passed; each notice once for each date."""
    today, days, told = day_of(at), calendar(), 0
    horizon = business_day_offset(today, FARTHEST_REMINDER, days)
    running = Clock.objects.filter(stopped_at__isnull=True, paused_on__isnull=True, due_on__lte=horizon)
    for clock in running.select_related("case__holder", "case__root", "case__officer__person", "unit")[:2000]:
        before = rules_of(clock.case).count("reminder_before").value
        late = clock.due_on < today
        if not late and business_day_offset(clock.due_on, -before, days) > today:
            continue
        words = (
            "超期了"
            if late
            else ("今天到期" if clock.due_on == today else f"{clock.due_on.month}月{clock.due_on.day}日到期")
        )
        kind = "late" if late else "soon"
        what = f"{LABELS.get(clock.code, clock.code)}{words}"
        told += _tell_of(clock, kind, what, by=by, at=at)
    return told


def _tell_of(clock: Clock, kind: str, what: str, *, by: Actor, at: datetime) -> int:
    """An upper union's answer is that union's own date; of an item it gave both it and the case officer hear."""
    case, key, told = clock.case, f"{clock.pk}:{clock.due_on}", 0
    if clock.code != "climb":
        told += tell_officer(case, kind, what, by=by, at=at, key=key)
    if clock.code == "climb" or (clock.code in ("item", "report") and clock.unit_id != case.holder_id):
        told += tell_office(case, kind, what, by=by, at=at, key=key, unit=clock.unit)
    return told

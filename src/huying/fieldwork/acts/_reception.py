"""The office's acts on reception days: make them by rule, announce, exchange leaders, cancel, end (BD-4.4a, SX-10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.models import Case
from huying.cases.reads import keys_against
from huying.fieldwork.acts._reception_gate import (
    advance_day,
    advance_visit,
    day_words,
    locked_day,
    reason_of,
    tell_booked,
    tell_leader,
    write_down,
)
from huying.fieldwork.models import Booking, ReceptionDay, Rota, Swap
from huying.fieldwork.reads import kind_name, kinds_at, leaders_at, proposal, record_kind
from huying.fieldwork.reads._reception import is_free
from huying.fieldwork.rules import Deed, Pattern, Terms
from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.errors import Invalid, Refused
from huying.mechanism.reads import calendar, rules_for
from huying.org.acts.steps import post_of, write
from huying.org.models import Post, Unit
from huying.org.rules import Can, check_may


@transaction.atomic
def make_days(
    *, unit: Unit, terms: Terms, pattern: Pattern, leaders: Sequence[Post], by: Actor, at: datetime
) -> list[ReceptionDay]:
    """Make days by a rule with leaders in turn; days off are respected, days that stand already are left alone.  Workers
    read them once they are announced."""
    check_may(by, Can.HANDLE_CASES, unit)
    today = timezone.localdate(at)
    pattern.check()
    _check_terms(unit, terms, leaders, today)
    wanted = proposal(unit, terms.kind, pattern, leaders, today)
    if not wanted.made:
        raise Refused("按这个规则一天也排不出来。", "请看一下预览里每一天的说明，换个日期或规则。")
    root = unit.root_id or unit.pk
    rule = {**_plain(pattern), "leaders": [str(post.pk) for post in leaders]}
    rota = Rota.objects.create(root_id=root, unit=unit, kind=terms.kind, rule=rule, by_id=post_of(by), at=at)
    given = {**asdict(terms), "theme": terms.theme.strip(), "place": terms.place.strip()}
    days = [
        ReceptionDay(
            root_id=root, unit=unit, rota=rota, on=row.on, moved_from=row.place.moved_from, leader=row.leader,
            by_id=post_of(by), at=at, **given,
        )
        for row in wanted.made
    ]  # fmt: skip
    ReceptionDay.objects.bulk_create(days)
    data = {"days": len(days), "kind": terms.kind}
    write(unit=unit, by=by, at=at, act="reception.make", subject=f"rota:{rota.pk}", data=data)
    return days


def _plain(pattern: Pattern) -> dict[str, Any]:
    return {**asdict(pattern), "since": pattern.since.isoformat(), "until": pattern.until.isoformat()}


def _check_terms(unit: Unit, terms: Terms, leaders: Sequence[Post], today: date) -> None:
    """``Invalid`` unless the adopted document knows the form and the leaders may receive on such a day."""
    wrong, rules = terms.faults(), rules_for(unit, today)
    if terms.form not in {one.code for one in rules.options("reception_forms").choices}:
        wrong["form"] = "请选接待方式。"
    if terms.kind not in dict(kinds_at(rules)):
        wrong["kind"] = "请选哪一种。"
    elif not leaders or {post.pk for post in leaders} - {post.pk for post in leaders_at(unit, terms.kind, today)}:
        wrong["leaders"] = "请选这一种接待日能接待的领导，至少一位。"
    if wrong:
        raise Invalid(wrong)


@transaction.atomic
def announce_days(*, unit: Unit, days: Iterable[UUID], by: Actor, at: datetime) -> list[ReceptionDay]:
    """Let workers read days on the unit's page; their leaders hear of it (BD-4.4a: announced beforehand)."""
    check_may(by, Can.HANDLE_CASES, unit)
    today = timezone.localdate(at)
    rows = ReceptionDay.objects.select_for_update(of=("self",), no_key=True).select_related(
        "unit", "root", "leader__person"
    )
    found = list(rows.filter(unit=unit, pk__in=list(days), status="planned").order_by("on"))
    if not found:
        raise Refused("没有要公告的接待日。", "可能刚刚公告过了，请刷新看看。")
    for day in found:
        if day.on < today:
            raise Refused(f"{day_words(day.on)}已经过去，不能再公告。", "没有公告就接访的，请直接登记接访结束。")
        day.announced_at = at
        advance_day(day, "announce", by=by, at=at)
        tell_leader([day.leader.person], "turn", f"接待日 {day_words(day.on)} 轮到您接待", day, by=by, at=at)
    return found


@transaction.atomic
def swap_leader(
    *, day_id: UUID, leader: Post | None = None, other_id: UUID | None = None, reason: str, by: Actor, at: datetime,
    version: int | None = None,
) -> ReceptionDay:  # fmt: skip
    """Somebody else receives: another leader, or the one of another day in exchange; who, whom and why stay on record.
    Who booked reads the new name; whose matter names the new leader cannot be received that day and is told so."""
    day = locked_day(day_id, by=by, version=version)
    reason = reason_of(reason, "请写明为什么换。")
    other = locked_day(other_id, by=by) if other_id else None
    if other is not None:
        leader = other.leader
        if other.pk == day.pk or other.unit_id != day.unit_id or other.kind != day.kind:
            raise Invalid({"other": "请选同一种接待日的另一天。"})
    today = timezone.localdate(at)
    if leader is None or leader.pk not in {post.pk for post in leaders_at(day.unit, day.kind, today)}:
        raise Invalid({"leader": "请选这一种接待日能接待的领导。"})
    if leader.pk == day.leader_id:
        raise Invalid({"leader": "这一天本来就是这位领导。"})
    before = day.leader
    _replace(day, leader, other, reason, by=by, at=at)
    if other is not None:
        _replace(other, before, day, reason, by=by, at=at)
    return day


def _replace(
    day: ReceptionDay, leader: Post, other: ReceptionDay | None, reason: str, *, by: Actor, at: datetime
) -> None:
    if day.on < timezone.localdate(at):
        raise Refused("这一天已经过去，不能再换人。")
    taken = ReceptionDay.objects.filter(unit=day.unit_id, on=day.on, kind=day.kind, leader=leader)
    if taken.exclude(status="cancelled").exists():
        raise Refused(f"{leader.person.name}在{day_words(day.on)}已经有一场接待。")
    before, day.leader = day.leader, leader
    Swap.objects.create(
        root_id=day.root_id, day=day, other=other, before=before, after=leader, reason=reason, by_id=post_of(by), at=at
    )
    advance_day(day, "swap", by=by, at=at, data={"before": before.pk, "after": leader.pk})
    people = [before.person, leader.person]
    tell_leader(people, "swap", f"接待日 {day_words(day.on)} 改由{leader.person.name}接待", day, by=by, at=at)
    for booking in _standing(day):
        if is_free(leader, keys_against(booking.case), day.on):
            words = f"{day_words(day.on)}改由{leader.person.name}接待，时间地点不变。"
            tell_booked(booking, "接待的领导换人了", words, at=at)
        else:
            _drop(booking, "接待的领导换成了您说到的人，这一次不约给他。请另选一天。", at=at)


def _standing(day: ReceptionDay) -> list[Booking]:
    rows = Booking.objects.select_for_update(of=("self",), no_key=True).select_related("case", "party", "day")
    return list(rows.filter(day=day).going_on().order_by("slot", "at"))


def _drop(booking: Booking, words: str, *, at: datetime) -> None:
    """The worker cannot be received that day and reads why."""
    advance_visit(booking, "drop", by=SYSTEM, at=at)
    tell_booked(booking, "这一次约不成了", words, at=at)


@transaction.atomic
def cancel_day(*, day_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> ReceptionDay:
    """The day does not take place; everybody who booked is told why and may choose another."""
    day = locked_day(day_id, by=by, version=version)
    day.reason = reason_of(reason, "请写明为什么取消，约了的职工会看到。")
    for booking in _standing(day):
        _drop(booking, f"{day_words(day.on)}的接待取消了：{day.reason} 请另选一天。", at=at)
    advance_day(day, "cancel", by=by, at=at)
    tell_leader([day.leader.person], "cancel", f"接待日 {day_words(day.on)} 取消", day, by=by, at=at)
    return day


@transaction.atomic
def hold_day(*, day_id: UUID, text: str = "", by: Actor, at: datetime, version: int | None = None) -> ReceptionDay:
    """The day is over: who booked and did not come is marked so, and the work record of it is written with its figures
    (BD-4.4a, SX-10, PD-5.2.1, PD-5.2.2).  ``Refused`` while somebody waits or is inside."""
    day = locked_day(day_id, by=by, version=version)
    if day.on > timezone.localdate(at):
        raise Refused("这一天还没有到。", "取消的请用“取消”。")
    rules = rules_for(day.unit, day.on)
    known = set(Booking.objects.visible_to(by).filter(day=day).values_list("pk", flat=True))
    waiting = [one for one in _standing(day) if one.status != "booked"]
    if any(one.pk in known for one in waiting):
        raise Refused("还有人在等或正在谈。", "请先把每一位登记完。")
    for one in waiting:  # kept from who ends the day: it ends with the day
        advance_visit(one, "finish", by=SYSTEM, at=at, outcome="taken")
    for one in _standing(day):
        advance_visit(one, "absent", by=SYSTEM, at=at)
    came = list(Booking.objects.filter(day=day, pk__in=known).select_related("case"))
    deed = Deed(
        kind=record_kind(day, rules).code, on=day.on, begins=day.begins, minutes=_length(day), where=day.place,
        theme=day.theme or kind_name(day, rules), workers_met=sum(one.status == "done" for one in came),
        fields=_figures(came), done=text,
    )  # fmt: skip
    day.record = write_down(union=day.unit, deed=deed, leader=day.leader, cases=_cases(came), by=by, at=at)
    advance_day(day, "hold", by=by, at=at, data={"record": day.record.pk})
    return day


def _length(day: ReceptionDay) -> int:
    return day.ends.hour * 60 + day.ends.minute - day.begins.hour * 60 - day.begins.minute


def _figures(came: Iterable[Booking]) -> dict[str, int]:
    rows = list(came)
    return {
        "booked": sum(not one.walk_in for one in rows),
        "walk_in": sum(one.walk_in for one in rows),
        "received": sum(one.status == "done" for one in rows),
        "absent": sum(one.status == "absent" for one in rows),
        "answered": sum(one.outcome == "answered" for one in rows),
    }


def _cases(came: Iterable[Booking]) -> list[Case]:
    return [one.case for one in came if one.status == "done"]


def remind_leaders(*, by: Actor, at: datetime) -> int:
    """Sweep: the working day before, the leader of an announced day and the office hear of it once."""
    today = timezone.localdate(at)
    work, last = calendar(), today + timedelta(days=1)
    while not work.is_work(last):
        last += timedelta(days=1)
    rows = ReceptionDay.objects.filter(status="announced", on__gt=today, on__lte=last)
    found = list(rows.select_related("unit", "root", "leader__person"))
    for day in found:
        with transaction.atomic():
            title = f"接待日 {day_words(day.on)} {day.begins:%H:%M} 您接待"
            tell_leader([day.leader.person], "soon", title, day, by=by, at=at)
    return len(found)

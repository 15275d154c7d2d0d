"""Standing ties: made, ended, and what came of them (SX-8a, SX-8b, SX-15, BD-6.2); leave."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from huying.fieldwork.acts._steps import check_days, check_keeps, check_version, inside, root_id, words
from huying.fieldwork.models import WITH_HOUSEHOLD, Household, Leave, Record, Tie, TieKind, TieResult
from huying.fieldwork.rules import CADRES
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.notices.acts import send
from huying.org.acts.steps import write
from huying.org.models import Post, Unit

LONGEST_RESULT = 300
LONGEST_REASON = 200


@transaction.atomic
def make_tie(
    *, union: Unit, kind: str, post: Post, unit: Unit | None = None, household: Household | None = None, since: date,
    by: Actor, at: datetime,
) -> Tie:  # fmt: skip
    """A cadre of the union stands by a unit or a household from a day on, and is told."""
    check_keeps(by, union)
    today = timezone.localdate(at)
    if kind not in TieKind.values:
        raise Invalid({"kind": "请在列出的里面选。"})
    _check_whom(union, kind, unit, household)
    if post.unit_id != union.pk or post.role not in CADRES or not Post.objects.on(today).filter(pk=post.pk).exists():
        raise Invalid({"post": "请从本单位在任的工会干部里选。"})
    if since > today:
        raise Invalid({"since": "还没有到这一天。"})
    twin = Tie.objects.filter(kind=kind, person=post.person_id, unit=unit, household=household, until__isnull=True)
    if twin.exists():
        raise Invalid({"post": f"{post.person.name}已经有这一个{TieKind(kind).label}。"})
    row = Tie.objects.create(
        root_id=root_id(union), union=union, kind=kind, person_id=post.person_id, post=post, unit=unit,
        household=household, since=since, at=at, moved_at=at,
    )  # fmt: skip
    write(unit=union, by=by, at=at, act="tie.make", subject=row, data={"kind": kind, "post": post.pk})
    send(
        to=[post.person], kind="tie.make", title=f"您有了新的{TieKind(kind).label}", url=reverse("desk:tie", args=[row.pk]),
        root=row.root, subject=row.pk, by=by, at=at, key="1",
    )  # fmt: skip
    return row


def _check_whom(union: Unit, kind: str, unit: Unit | None, household: Household | None) -> None:
    """One of the two, as the kind has it, within the union's own area."""
    if kind in WITH_HOUSEHOLD:
        if household is None or unit is not None:
            raise Invalid({"household": "请选一户困难职工家庭。"})
        if household.closed_on or household.erased_at:
            raise Invalid({"household": "这一户已经不再联系了。"})
        inside(household.unit, union)
        return
    if unit is None or household is not None:
        raise Invalid({"unit": "请选一个单位。"})
    inside(unit, union)
    if unit.closed_on:
        raise Invalid({"unit": f"“{unit.name}”已经撤销。"})
    if kind == TieKind.STATIONING and (unit.is_upper or not unit.has_union):
        raise Invalid({"unit": "进驻点要选有群众工作室的企事业单位。"})


def _locked(tie_id: UUID, by: Actor, version: int | None = None) -> Tie:
    """A tie in reach, as it is now."""
    if not Tie.objects.visible_to(by).filter(pk=tie_id).exists():
        raise NotYours
    row = (
        Tie.objects.select_for_update(of=("self",), no_key=True)
        .select_related("union", "unit", "person")
        .get(pk=tie_id)
    )
    check_version(row, version)
    return row


def _touched(row: Tie, at: datetime) -> None:
    row.moved_at, row.version = at, row.version + 1
    row.save()


@transaction.atomic
def end_tie(*, tie_id: UUID, until: date, reason: str, version: int | None = None, by: Actor, at: datetime) -> Tie:
    """The tie is over; ``until`` is its last day.  It says why."""
    row = _locked(tie_id, by, version)
    check_keeps(by, row.union)
    if row.until is not None:
        raise Refused("这个联系已经结束了。")
    check_days(row.since, until)
    if until > timezone.localdate(at):
        raise Invalid({"until": "还没有到这一天。"})
    row.end_reason = words("reason", reason, "请写明为什么结束。", LONGEST_REASON)
    row.until = until
    _touched(row, at)
    write(unit=row.union, by=by, at=at, act="tie.end", subject=row, data={"version": row.version})
    return row


@transaction.atomic
def add_result(
    *, tie_id: UUID, kind: str, on: date, text: str, record: Record | None = None, by: Actor, at: datetime
) -> TieResult:
    """A problem solved or a practical thing done (SX-8b), by whoever has the tie or the union's office."""
    row = _locked(tie_id, by)
    post_id = by.post_id
    if row.person_id != by.person_id or post_id is None:
        post_id = check_keeps(by, row.union).pk
    if kind not in dict(TieResult.KINDS):
        raise Invalid({"kind": "请在列出的里面选。"})
    text = words("text", text, "请写明解决了什么、办了什么。", LONGEST_RESULT)
    if not row.since <= on <= min(timezone.localdate(at), row.until or on):
        raise Invalid({"on": "日期要在联系的起止时间里，也不能在今天以后。"})
    made = TieResult.objects.create(
        root_id=row.root_id, tie=row, kind=kind, on=on, text=text, record=record, by_id=post_id, at=at
    )
    _touched(row, at)
    write(unit=row.union, by=by, at=at, act="tie.result", subject=row, data={"kind": kind, "result": made.pk})
    return made


# --- leave --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def note_leave(*, post: Post, kind: str, since: date, until: date, by: Actor, at: datetime) -> Leave:
    """Somebody is away: no duty runs on these days."""
    check_keeps(by, post.unit)
    if post.role not in CADRES:
        raise Invalid({"post": "请从本单位的工会干部里选。"})
    if kind not in dict(Leave.KINDS):
        raise Invalid({"kind": "请在列出的里面选。"})
    check_days(since, until)
    other = Leave.objects.filter(person=post.person_id, taken_back_at__isnull=True, since__lte=until, until__gte=since)
    if other.exists():
        raise Invalid({"since": "这几天里已经登记过请假。"})
    row = Leave.objects.create(
        root_id=root_id(post.unit), unit=post.unit, person_id=post.person_id, kind=kind, since=since, until=until,
        by_id=by.post_id or post.pk, at=at,
    )  # fmt: skip
    write(unit=post.unit, by=by, at=at, act="leave.note", subject=row, data={"days": (until - since).days + 1})
    return row


@transaction.atomic
def take_back_leave(*, leave_id: UUID, by: Actor, at: datetime) -> Leave:
    """It was entered wrongly, or did not happen; it stays visible as taken back."""
    row = Leave.objects.select_for_update(of=("self",), no_key=True).select_related("unit").filter(pk=leave_id).first()
    if row is None:
        raise NotYours
    check_keeps(by, row.unit)
    if row.taken_back_at is not None:
        raise Refused("这一条已经撤回了。")
    row.taken_back_at = at
    row.save(update_fields=["taken_back_at"])
    write(unit=row.unit, by=by, at=at, act="leave.take_back", subject=row)
    return row

"""Guides of an area's studios, leading and supervision groups (BD-6.1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.fieldwork.acts._steps import check_keeps, check_version, own_person, root_id
from huying.fieldwork.models import Group, GroupMember, Guide
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours
from huying.org.acts.steps import check_fields, write
from huying.org.models import Level, Unit

GUIDED = (Level.TOWN,)


@dataclass(frozen=True)
class Seat:
    """One member of a group as chosen on the page."""

    person_id: UUID
    duty: str
    task: str = ""


@transaction.atomic
def set_guides(*, unit: Unit, people: Collection[UUID], by: Actor, at: datetime) -> int:
    """Who of a township's full-time union workers guides the studios of the area; how many changed."""
    check_keeps(by, unit)
    if unit.level not in GUIDED:
        raise NotYours
    today = timezone.localdate(at)
    running = {
        one.person_id: one for one in Guide.objects.select_for_update(no_key=True).filter(unit=unit, until__isnull=True)
    }
    gone = [one for person, one in running.items() if person not in set(people)]
    for one in gone:
        Guide.objects.filter(pk=one.pk).update(until=max(one.since, today))
    new = [person for person in dict.fromkeys(people) if person not in running]
    for person_id in new:
        person = own_person(person_id, unit, "people", today)
        Guide.objects.create(root_id=root_id(unit), unit=unit, person=person, since=today)
    write(unit=unit, by=by, at=at, act="guide.set", subject=unit, data={"guides": len(set(people))})
    return len(gone) + len(new)


@transaction.atomic
def set_group(
    *, unit: Unit, kind: str, seats: Sequence[Seat], version: int | None = None, by: Actor, at: datetime
) -> Group | None:
    """Who is in a group, and what for; nobody: the group is dissolved.  A group has exactly one head."""
    check_keeps(by, unit)
    if kind not in dict(Group.KINDS):
        raise NotYours
    today = timezone.localdate(at)
    row = Group.objects.select_for_update(no_key=True).filter(unit=unit, kind=kind, ended_on__isnull=True).first()
    if row is not None:
        check_version(row, version)
    if not seats:
        _dissolve(unit, row, by=by, at=at)
        return None
    _check_seats(seats)
    if row is None:
        row = Group.objects.create(root_id=root_id(unit), unit=unit, kind=kind, since=today, version=0)
    row.members.all().delete()
    for seat in seats:
        member = GroupMember(root_id=row.root_id, group=row, duty=seat.duty, task=seat.task.strip(),
                             person=own_person(seat.person_id, unit, "members", today))  # fmt: skip
        check_fields(member, ("duty", "task"))
        member.save()
    row.version += 1
    row.save(update_fields=["version"])
    data = {"kind": kind, "members": len(seats), "version": row.version}
    write(unit=unit, by=by, at=at, act="group.set", subject=row, data=data)
    return row


def _check_seats(seats: Sequence[Seat]) -> None:
    if len({seat.person_id for seat in seats}) < len(seats):
        raise Invalid({"members": "同一个人选了两次。"})
    if sum(seat.duty == "head" for seat in seats) != 1:
        raise Invalid({"members": "组长要有一位，也只能有一位。"})


def _dissolve(unit: Unit, row: Group | None, *, by: Actor, at: datetime) -> None:
    if row is None:
        raise Invalid({"members": "还没有选人。"})
    Group.objects.filter(pk=row.pk).update(ended_on=max(row.since, timezone.localdate(at)), version=row.version + 1)
    write(unit=unit, by=by, at=at, act="group.end", subject=row, data={"kind": row.kind})

"""Setting up a studio: facts, what is there since when, who works in it, liaisons (BD-2.1, BD-2.2, BD-2.3, BD-4.3a)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.fieldwork.acts._steps import (
    check_days,
    check_keeps,
    check_version,
    own_person,
    root_id,
)
from huying.fieldwork.models import Liaison, Studio, StudioStaff
from huying.fieldwork.rules import kept_as, lists_of
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.org.acts.steps import check_fields, write
from huying.org.models import Department, Level, Unit

FACTS = ("opened_on", "room", "hours", "phone", "email")


def _studio(unit: Unit, at: datetime) -> Studio:
    """The studio of a unit, locked; made with its first act."""
    if unit.is_upper or unit.level == Level.WORKSHOP or not unit.has_union:
        raise NotYours
    row, _ = Studio.objects.select_for_update(no_key=True).get_or_create(
        unit=unit, defaults={"root_id": root_id(unit), "moved_at": at}
    )
    return row


@transaction.atomic
def set_studio(
    *, unit: Unit, facts: Mapping[str, Any], equipped: Mapping[str, date | None], version: int | None = None, by: Actor,
    at: datetime,
) -> Studio:  # fmt: skip
    """Facts of the studio, and of the lists what is there since when; what is left empty is not there.

    ``Invalid`` for a day to come or a code no list has.
    """
    check_keeps(by, unit)
    row = _studio(unit, at)
    check_version(row, version)
    today = timezone.localdate(at)
    for name in FACTS:
        if name in facts:
            setattr(row, name, facts[name])
    check_fields(row, FACTS)
    if row.opened_on is not None and row.opened_on > today:
        raise Invalid({"opened_on": "启用日期还没有到。"})
    row.equipped = _equipped(unit, equipped, today)
    row.moved_at, row.version = at, row.version + 1
    row.save()
    data = {"equipped": sorted(row.equipped), "version": row.version}
    write(unit=unit, by=by, at=at, act="studio.set", subject=row, data=data)
    return row


def _equipped(unit: Unit, given: Mapping[str, date | None], today: date) -> dict[str, str]:
    rules = rules_for(unit, today)
    known = {kept_as(found, one) for found in lists_of(rules) for one in found.choices}
    wrong = {f"has_{code}": "还没有到这一天。" for code, day in given.items() if day and day > today}
    wrong |= {f"has_{code}": "清单里没有这一项。" for code in given if code not in known}
    if wrong:
        raise Invalid(wrong)
    return {code: day.isoformat() for code, day in given.items() if day}


@transaction.atomic
def add_staff(
    *, unit: Unit, kind: str, person_id: UUID | None, name: str = "", since: date, by: Actor, at: datetime
) -> StudioStaff:
    """Somebody works in the studio from a day on: a person of the roster, or a volunteer by name (BD-2.3)."""
    check_keeps(by, unit)
    row, today = _studio(unit, at), timezone.localdate(at)
    if kind not in {one.code for one in rules_for(unit, today).options("studio_staff_kinds").choices}:
        raise Invalid({"kind": "请在列出的里面选。"})
    name = name.strip()
    if bool(person_id) == bool(name):
        raise Invalid({"person": "从名册里选一位，或者写一个姓名，两样选一样。"})
    if since > today:
        raise Invalid({"since": "还没有到这一天。"})
    person = own_person(person_id, unit, "person", today) if person_id else None
    if person and row.staff.filter(person=person, until__isnull=True).exists():
        raise Invalid({"person": f"{person.name}已经在工作室里。"})
    made = StudioStaff(root_id=row.root_id, studio=row, kind=kind, person=person, name=name, since=since)
    check_fields(made, ("name",))
    made.save()
    _touch(row, at)
    write(unit=unit, by=by, at=at, act="studio.staff", subject=row, data={"kind": kind, "staff": made.pk})
    return made


@transaction.atomic
def end_staff(*, staff_id: UUID, until: date, by: Actor, at: datetime) -> StudioStaff:
    """Somebody no longer works there; ``until`` is the last day."""
    row = (
        StudioStaff.objects.select_for_update(of=("self",), no_key=True)
        .select_related("studio__unit")
        .filter(pk=staff_id)
        .first()
    )
    if row is None:
        raise NotYours
    check_keeps(by, row.studio.unit)
    if row.until is not None:
        raise Refused("这位已经不在工作室了。")
    if until > timezone.localdate(at):
        raise Invalid({"until": "还没有到这一天。"})
    check_days(row.since, until)
    row.until = until
    row.save(update_fields=["until"])
    _touch(_studio(row.studio.unit, at), at)
    write(unit=row.studio.unit, by=by, at=at, act="studio.staff_end", subject=row.studio, data={"staff": row.pk})
    return row


def _touch(row: Studio, at: datetime) -> None:
    row.moved_at, row.version = at, row.version + 1
    row.save(update_fields=["moved_at", "version"])


@transaction.atomic
def set_liaisons(
    *, unit: Unit, chosen: Mapping[UUID, UUID | None], version: int | None = None, by: Actor, at: datetime
) -> int:
    """Who is liaison of which workshop or department, by its id; ``None``: nobody (BD-2.1).  How many changed."""
    check_keeps(by, unit)
    row, today = _studio(unit, at), timezone.localdate(at)
    check_version(row, version)
    shops = {one.pk: one for one in Unit.objects.open().within(unit).filter(level=Level.WORKSHOP, pk__in=chosen)}
    rooms = {one.pk: one for one in Department.objects.filter(unit=unit, closed_on__isnull=True, pk__in=chosen)}
    if set(chosen) - set(shops) - set(rooms):
        raise NotYours
    running = {
        one.workshop_id or one.department_id: one
        for one in row.liaisons.filter(until__isnull=True).select_for_update(no_key=True)
    }
    changed = 0
    for place, person_id in chosen.items():
        before = running.get(place)
        if (before.person_id if before else None) == person_id:
            continue
        changed += 1
        if before is not None:
            Liaison.objects.filter(pk=before.pk).update(until=max(before.since, today))
        if person_id is not None:
            Liaison.objects.create(
                root_id=row.root_id, studio=row, workshop=shops.get(place), department=rooms.get(place),
                person=own_person(person_id, unit, f"p{place.hex}", today), since=today,
            )  # fmt: skip
    _touch(row, at)
    data = {"changed": changed, "version": row.version}
    write(unit=unit, by=by, at=at, act="studio.liaisons", subject=row, data=data)
    return changed

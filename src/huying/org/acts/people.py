"""Departments and people of a unit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.org.acts.access import close_sessions
from huying.org.acts.steps import check_fields, check_open, day_of, end_posts, locked, set_fields, write
from huying.org.models import Department, Person, Unit, User
from huying.org.rules import Can, check_manage, name_key

PERSON_FACTS = ("name", "staff_no", "phone", "sex", "is_member")


@transaction.atomic
def open_department(*, unit: Unit, name: str, by: Actor, at: datetime) -> Department:
    """Set up a department; one of the same name that was closed is opened again.  ``NotYours``, ``Refused``, ``Invalid``."""
    check_manage(by, Can.ORG, unit)
    fresh = locked(unit)
    check_open(fresh)
    row = fresh.departments.filter(name=name.strip()).first() or Department(unit=fresh, name=name.strip())
    check_fields(row, ["name"])
    if not row._state.adding and row.closed_on is None:
        raise Invalid({"name": f"“{row.name}”已经有了。"})
    row.version += 0 if row._state.adding else 1
    row.closed_on = None
    row.save()
    write(unit=fresh, by=by, at=at, act="department.opened", subject=row, data={"version": row.version})
    return row


@transaction.atomic
def rename_department(*, department: Department, name: str, version: int, by: Actor, at: datetime) -> Department:
    """Give a department another name.  ``NotYours``, ``Stale``, ``Refused``, ``Invalid``."""
    check_manage(by, Can.ORG, department.unit)
    row = locked(department, version)
    check_open(row.unit)
    if not set_fields(row, {"name": name.strip()}):
        return row
    check_fields(row, ["name"])
    if row.unit.departments.filter(name=row.name).exclude(pk=row.pk).exists():
        raise Invalid({"name": f"“{row.name}”已经有了（包括撤销的部门），请换一个名称。"})
    row.version += 1
    row.save(update_fields=["name", "version"])
    data = {"fields": ["name"], "version": row.version}
    write(unit=row.unit, by=by, at=at, act="department.renamed", subject=row, data=data)
    return row


@transaction.atomic
def close_department(*, department: Department, by: Actor, at: datetime) -> Department:
    """Close a department; its posts end today.  Items it still has are handed over in their own room."""
    check_manage(by, Can.ORG, department.unit)
    row = locked(department)
    if row.closed_on:
        raise Refused(f"“{row.name}”已经撤销。")
    row.closed_on, row.version = day_of(at), row.version + 1
    row.save(update_fields=["closed_on", "version"])
    holders = list(row.posts.on(row.closed_on).values_list("person", flat=True))
    ended = end_posts(Q(department=row), row.closed_on)
    close_sessions(holders)
    data = {"posts_ended": ended, "version": row.version}
    write(unit=row.unit, by=by, at=at, act="department.closed", subject=row, data=data)
    return row


@transaction.atomic
def add_person(
    *,
    unit: Unit,
    name: str,
    by: Actor,
    at: datetime,
    staff_no: str = "",
    phone: str = "",
    sex: str = "",
    is_member: bool = True,
) -> Person:
    """Enter somebody in a unit's roster.  ``NotYours``, ``Refused``, ``Invalid``."""
    check_manage(by, Can.ORG, unit)
    fresh = locked(unit)
    check_open(fresh)
    person = Person(unit=fresh)
    set_fields(person, tidy({"name": name, "staff_no": staff_no, "phone": phone, "sex": sex, "is_member": is_member}))
    check_person(person)
    _check_number(person)
    person.save(force_insert=True)
    write(unit=fresh, by=by, at=at, act="person.added", subject=person, data={"version": person.version})
    return person


@transaction.atomic
def change_person(*, person: Person, version: int, by: Actor, at: datetime, **facts: Any) -> Person:
    """Change facts of a person (any of ``PERSON_FACTS``).  ``NotYours``, ``Stale``, ``Refused``, ``Invalid``."""
    check_manage(by, Can.ORG, person.unit)
    row = locked(person, version)
    if unknown := set(facts) - set(PERSON_FACTS):
        raise TypeError(f"a person has no {sorted(unknown)}")
    if row.erased_at:
        raise Refused("这个人的资料已经删除。")
    changed = set_fields(row, tidy(facts))
    if not changed:
        return row
    check_person(row)
    _check_number(row)
    row.version += 1
    row.save(update_fields=[*changed, "name_sort", "version"])
    data = {"fields": changed, "version": row.version}
    write(unit=row.unit, by=by, at=at, act="person.changed", subject=row, data=data)
    return row


@transaction.atomic
def person_left(*, person: Person, on: date | None = None, by: Actor, at: datetime) -> Person:
    """Somebody left on a day (today unless told, never in the future): posts end, the account closes.

    ``NotYours``, ``Refused``, ``Invalid``.
    """
    check_manage(by, Can.ORG, person.unit)
    row = locked(person)
    day = on or day_of(at)
    if row.left_on:
        raise Refused(f"“{row.name}”已经在{row.left_on:%Y年%-m月%-d日}登记离开。")
    if day > day_of(at):
        raise Invalid({"left_on": "离开日期不能在今天以后，请到那一天再登记。"})
    if by.person_id == row.pk:
        raise Refused("不能登记自己离开。", "请另一位系统管理员办理。")
    # a post that began after the stated day still happened: it ends today, no history is rewritten
    ended = end_posts(Q(person=row, starts_on__lte=day), day) + end_posts(Q(person=row), day_of(at))
    closed = User.objects.filter(person=row, is_active=True).update(is_active=False)
    close_sessions([row.pk])
    row.left_on, row.version = day, row.version + 1
    row.save(update_fields=["left_on", "version"])
    data = {"posts_ended": ended, "account_closed": bool(closed), "version": row.version}
    write(unit=row.unit, by=by, at=at, act="person.left", subject=row, data=data)
    return row


def tidy(facts: dict[str, Any]) -> dict[str, Any]:
    """Blanks around words go; blanks inside numbers go too."""
    tidy = {key: " ".join(value.split()) if isinstance(value, str) else value for key, value in facts.items()}
    for key in ("staff_no", "phone"):
        if key in tidy:
            tidy[key] = tidy[key].replace(" ", "")
    return tidy


def check_person(person: Person) -> Person:
    """The person with the sort key, when everything holds that must hold of a person alone, or ``Invalid``."""
    check_fields(person, PERSON_FACTS)
    person.name_sort = name_key(person.name)
    return person


def _check_number(person: Person) -> None:
    """A staff number is one person's in a unit, those who left included."""
    twin = Person.objects.filter(unit=person.unit, staff_no=person.staff_no).exclude(pk=person.pk).first()
    if person.staff_no and twin:
        raise Invalid({"staff_no": f"工号“{person.staff_no}”已经是“{twin.name}”的。"})

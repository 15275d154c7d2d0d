"""Units, people, posts for tests."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from pypinyin import lazy_pinyin

from huying.org.models import Department, Level, Person, Post, Role, Unit, User
from huying.org.reads import acting_as, chain
from huying.org.rules import Member, root_of

TODAY = date(2026, 11, 20)
_numbers = count(1)


@cache
def _password() -> str:
    """One hash for everybody: hashing is slow on purpose."""
    return make_password("huying-test-1")


def make_unit(name: str = "", *, under: Unit | None = None, level: str = Level.ENTERPRISE, **fields: Any) -> Unit:
    """A unit, at the top of the tree or under another."""
    number = next(_numbers)
    fields = {"short_name": f"单{number}", "opened_on": date(2020, 1, 1), **fields}
    unit = Unit(level=level, name=name or f"第{number}工会", **fields)
    if under is None:
        Unit.objects.add_root(instance=unit)
    else:
        Unit.objects.add_child(Unit.objects.get(pk=under.pk), instance=unit)
    unit.root = root_of(chain(unit))
    unit.save(update_fields=["root"])
    return unit


def make_department(unit: Unit, name: str = "") -> Department:
    """A department of a unit."""
    return Department.objects.create(unit=unit, name=name or f"第{next(_numbers)}科")


def make_person(unit: Unit, name: str = "", *, account: bool = True, **fields: Any) -> Person:
    """Somebody in the roster, with an account (password ``huying-test-1``) unless told otherwise."""
    number = next(_numbers)
    name = name or f"测试员{number}"
    person = Person.objects.create(unit=unit, name=name, name_sort=" ".join(lazy_pinyin(name)), **fields)
    if account:
        user = User(username=f"user{number}", person=person, email=f"user{number}@example.invalid")
        user.password = _password()
        user.save()
    return person


def make_post(
    unit: Unit,
    role: str = Role.OFFICER,
    *,
    person: Person | None = None,
    department: Department | None = None,
    **fields: Any,
) -> Post:
    """A post at a unit; its person and department are made when not given."""
    if role in (Role.HANDLER, Role.DEPARTMENT_HEAD) and department is None:
        department = make_department(unit)
    fields = {"starts_on": date(2026, 1, 1), **fields}
    return Post.objects.create(
        unit=unit, role=role, person=person or make_person(unit), department=department, **fields
    )


def make_member(unit: Unit, role: str = Role.OFFICER, *, on: date = TODAY, **fields: Any) -> Member:
    """The actor who holds a fresh post."""
    return acting_as(make_post(unit, role, **fields), on)

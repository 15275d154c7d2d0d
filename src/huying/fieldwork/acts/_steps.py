"""Steps the acts of studios and ties take: texts, who may."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from huying.climb.rules import written
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.org.models import Level, Person, Post, Unit
from huying.org.rules import Can, check_may

LONGEST = 2000
CHANGED = "有人刚刚改过这一页。"


def root_id(unit: Unit) -> UUID:
    """The root of a unit's rows."""
    return unit.root_id or unit.pk


def check_keeps(by: Actor, unit: Unit) -> Post:
    """The union's own office keeps its rows; nothing is changed at a unit that was closed."""
    post = check_may(by, Can.HANDLE_CASES, unit)
    if unit.closed_on:
        raise Refused(f"“{unit.name}”已经撤销。", "请到现有的组织里办理。")
    return post


def check_version(row: Any, version: int | None) -> None:
    """``Stale`` when somebody changed the row since it was on the screen."""
    if version is not None and row.version != version:
        raise Stale([CHANGED])


def words(name: str, text: str, missing: str, most: int = LONGEST) -> str:
    """Words that have to be there."""
    (found,) = written(most, **{name: (text, missing)})
    return found


def own_person(person_id: UUID, unit: Unit, name: str, on: date) -> Person:
    """Somebody of the unit's roster, or who holds a post there or in one of its workshops; else ``Invalid``."""
    found = Person.objects.filter(pk=person_id, left_on__isnull=True).first()
    if found is not None and (found.unit_id == unit.pk or _serves(found, unit, on)):
        return found
    raise Invalid({name: "请从本单位的人员里选。"})


def _serves(person: Person, unit: Unit, on: date) -> bool:
    home = Unit.objects.filter(pk=person.unit_id).first()
    if home is not None and home.level == Level.WORKSHOP and home.path.startswith(unit.path):
        return True
    return Post.objects.on(on).filter(person=person, unit=unit).exists()


def check_days(since: date, until: date | None, name: str = "until") -> None:
    """An end lies not before its beginning."""
    if until is not None and until < since:
        raise Invalid({name: "结束不能早于开始。"})


def inside(unit: Unit, union: Unit) -> None:
    """The unit is the union's own or one below it; anything else looks missing."""
    if not unit.path.startswith(union.path):
        raise NotYours

"""The steps every act on the rows of a unit takes: lock and compare, check what was given, write the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.org.models import Department, Person, Post, Unit
from huying.org.reads import changes_since
from huying.trail.acts import append

Versioned = TypeVar("Versioned", Unit, Department, Person)


def day_of(at: datetime) -> date:
    """The day of a moment, as the office's calendar shows it."""
    return timezone.localdate(at)


def locked(row: Versioned, version: int | None = None) -> Versioned:
    """The row as it is now, locked until the act ends.  ``Stale`` when somebody changed it since ``version``."""
    fresh = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    if version is not None and fresh.version != version:
        unit = fresh.pk if isinstance(fresh, Unit) else fresh.unit_id
        raise Stale(changes_since(unit, subject_of(fresh), version))
    return fresh


def subject_of(row: Model) -> str:
    """How the trail names a row."""
    return f"{row._meta.model_name}:{row.pk}"


def write(
    *, unit: Unit, by: Actor, at: datetime, act: str, subject: Model | str, data: dict[str, Any] | None = None
) -> None:
    """One entry on the unit's chain.  ``data`` holds codes, ids, counts, never names."""
    named = subject if isinstance(subject, str) else subject_of(subject)
    append(chain=unit.pk, root=unit.root_id or unit.pk, by=by, at=at, act=act, subject=named, data=data)


def post_of(by: Actor) -> UUID:
    """The post under which somebody acts; not for what the system does by itself."""
    if by.post_id is None:
        raise NotYours
    return by.post_id


def set_fields(row: Model, values: dict[str, Any]) -> list[str]:
    """Put values on a row and name the fields that differ from before."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def check_fields(row: Model, names: Iterable[str]) -> None:
    """Length, characters and choices of the named fields, or ``Invalid``."""
    exclude = {field.name for field in row._meta.fields} - set(names)
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        raise Invalid({name: "".join(messages) for name, messages in error.message_dict.items()}) from error


def check_open(unit: Unit) -> None:
    """Nothing is changed at a unit that was closed or merged."""
    if unit.merged_into_id:
        raise Refused(f"“{unit.name}”已经并入“{unit.merged_into}”。", "请到并入的组织里办理。")
    if unit.closed_on:
        raise Refused(f"“{unit.name}”已经撤销。", "请到现有的组织里办理。")


def ids(rows: Iterable[UUID]) -> list[str]:
    """Ids as the trail keeps them."""
    return [str(row) for row in rows]


def end_posts(which: Q, on: date) -> int:
    """End the posts that run past a day; those that would begin later are taken back by it.  Returns how many."""
    running = Post.objects.filter(which).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    return running.update(ends_on=on)

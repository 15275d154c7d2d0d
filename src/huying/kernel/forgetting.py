"""Erasing a person reaches every room: each says, beside its acts, where words about a case lie (secrecy.md, Erasure).

No earlier room knows a later one, and a sweep afterwards would come too late: once the key is destroyed nobody knows any more
which name to look for.  So each room registers one function here, and all of them run inside the erasing transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Protocol
from uuid import UUID

from django.db.models import JSONField, Q, QuerySet
from django.utils.module_loading import autodiscover_modules

from huying.kernel.actors import Actor

GONE = "〔已清除〕"
SHORTEST = 2  # a single character stands in too many other words


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Who goes: the person behind a case, the key, every case the person stands behind, and what names the person."""

    party: UUID
    key: UUID
    cases: tuple[UUID, ...]
    words: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """What is looked for in free words, the longest first, so that a part never leaves the rest standing."""
        return sorted({one.strip() for one in self.words if len(one.strip()) >= SHORTEST}, key=len, reverse=True)


class Forgets(Protocol):
    """One room's part: takes out what it holds, and says how many rows it touched."""

    def __call__(self, *, gone: Gone, by: Actor, at: datetime) -> int:
        """Take it out."""


_ROOMS: dict[str, Forgets] = {}


def forgets(act: Forgets) -> Forgets:
    """Name a room's part in an erasure."""
    _ROOMS[act.__module__] = act
    return act


def forget_everywhere(*, gone: Gone, by: Actor, at: datetime) -> dict[str, int]:
    """Every room's part, in the caller's transaction; rows touched by room."""
    autodiscover_modules("acts")
    touched: dict[str, int] = {}
    for module, act in sorted(_ROOMS.items()):
        room = module.split(".")[1]
        touched[room] = touched.get(room, 0) + act(gone=gone, by=by, at=at)
    return touched


def blot_out(rows: QuerySet[Any], fields: Iterable[str], names: list[str]) -> int:
    """Put a neutral mark where free words name somebody; how many rows were changed.

    Names are looked for as they stand, in JSON fields as well.  ``update`` per row: no ``save`` of a room is run, nothing else
    is touched.
    """
    fields = list(fields)
    if not names:
        return 0
    model = rows.model
    plain = [name for name in fields if not isinstance(model._meta.get_field(name), JSONField)]
    held = [name for name in fields if name not in plain]
    rows = rows if held else rows.filter(reduce(or_, (Q(**{f"{f}__contains": n}) for f in plain for n in names)))
    changed = 0
    for row in rows.values("pk", *fields).iterator():
        new = {name: _blotted(row[name], names, model, name) for name in fields}
        new = {name: value for name, value in new.items() if value != row[name]}
        if new:
            changed += model._base_manager.filter(pk=row["pk"]).update(**new)
    return changed


def _blotted(value: Any, names: list[str], model: Any, field: str) -> Any:
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, GONE)
        return value[: model._meta.get_field(field).max_length or len(value)]
    text = json.dumps(value, ensure_ascii=False)
    for name in names:
        text = text.replace(json.dumps(name, ensure_ascii=False)[1:-1], GONE)
    return json.loads(text)

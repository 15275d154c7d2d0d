"""A line of a room's own history, which people read, with the entry of the trail behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Stale
from huying.trail.acts._write import append

Line = TypeVar("Line", bound=Model)


def check_version(row: Any, version: int | None) -> None:
    """``Stale``, with who changed what while somebody typed, when the row moved since ``version``."""
    if version is None or version == row.version:
        return
    lines = row.events.filter(version__gt=version).order_by("at", "id")[:10]
    said = [f"{timezone.localtime(one.at):%-m月%-d日 %H:%M} {one.who}：{one.label}" for one in lines]
    raise Stale(said or ["刚刚有改动。"])


def append_line(
    *, history: type[Line], row: Any, kind: str, chain: UUID, act: str, label: str, by: Actor, at: datetime,
    text: str = "", data: dict[str, Any] | None = None, **more: Any,
) -> Line:  # fmt: skip
    """Add one line to the history of a row and one entry to its chain.  ``kind`` is what both call the row, ``more`` the
    room's own columns."""
    entry = append(
        chain=chain, root=row.root_id, by=by, at=at, act=f"{kind}.{act}", subject=f"{kind}:{row.pk}",
        data={"status": row.status, "version": row.version, **(data or {})},
    )  # fmt: skip
    return history._default_manager.create(
        root_id=row.root_id, at=at, act=act, version=row.version, label=label, who=by.label, text=text, entry=entry.pk,
        **{kind: row}, **more,
    )  # fmt: skip

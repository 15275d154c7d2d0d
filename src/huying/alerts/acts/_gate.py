"""The gates of the room: locked through the scope, table, history and trail; names that do not belong into what goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from huying.alerts.lifecycle import FINDING, INCIDENT, INFORMATION, WARNING
from huying.alerts.models import Event, Finding, Incident, Information, Warning
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, only
from huying.kernel.lifecycle import Lifecycle
from huying.org.models import Unit
from huying.org.reads import names_in
from huying.org.rules import Can, check_may
from huying.privacy.rules import spans
from huying.trail.acts import append_line, check_version

Row = TypeVar("Row", Warning, Incident, Information, Finding)
TABLES: dict[type[Any], tuple[str, Lifecycle]] = {
    Warning: ("warning", WARNING),
    Incident: ("incident", INCIDENT),
    Information: ("information", INFORMATION),
    Finding: ("finding", FINDING),
}


def locked(
    model: type[Row], pk: UUID, *, by: Actor, version: int | None = None, can: Can | None = Can.HANDLE_CASES,
    known: bool = False,
) -> Row:  # fmt: skip
    """A row locked for its union; with ``can=None`` for whoever may read it.  ``known``: incidents, for those that know only
    what the reports say."""
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    scope: Any = rows.known_to(by) if known else rows.visible_to(by)  # type: ignore[attr-defined]
    row: Row = only(scope.filter(pk=pk).select_related("unit"))
    if can is not None:
        check_may(by, can, row.unit)
    check_version(row, version)
    return row


def begin(row: Row, act: str, *, by: Actor, at: datetime, label: str = "", data: dict[str, Any] | None = None) -> Row:
    """Keep a fresh row with the first line of its history."""
    row.version = 0
    row.moved_at = at
    row.save(force_insert=True)
    advance(row, act, by=by, at=at, label=label, data=data)
    return row


def advance(
    row: Row, act: str, *, by: Actor, at: datetime, label: str = "", text: str = "", data: dict[str, Any] | None = None
) -> Event:
    """Do one step of the row's table on a locked row: the only writer of its status."""
    kind, table = TABLES[type(row)]
    step = table.check_now(row.status, act)
    row.status = step.target or row.status
    row.version += 1
    row.moved_at = at
    row.save()
    return append_line(
        history=Event, row=row, kind=kind, chain=row.unit_id, act=act, label=label or step.label, by=by, at=at, text=text,
        data=data,
    )  # fmt: skip


def check_nameless(unit: Unit, fields: dict[str, str]) -> None:
    """What goes out names no worker, and has no number or address that gives somebody away."""
    names = names_in(unit, "\n".join(fields.values()))
    wrong = {}
    for field, text in fields.items():
        if found := [name for name in names if name in text]:
            wrong[field] = f"写了{'、'.join(f'“{name}”' for name in found[:5])}。这里不写职工姓名。"
        elif {span.kind for span in spans(text)} - {"name"}:
            wrong[field] = "写了电话、证件号、账号或车牌号，请删去。"
    if wrong:
        raise Invalid(wrong)


def root_of(unit: Unit) -> UUID:
    """The root a fresh row is born under."""
    return unit.root_id or unit.pk

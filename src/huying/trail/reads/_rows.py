"""The trail's tables read past the object layer, in steps of constant size: whatever somebody may have written into them.

What is not in the one form the product writes is handed on as ``None``; it counts as changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from huying.trail.rules import ALGORITHMS

_HEX = re.compile("[0-9a-f]{32}")
STEP = 5_000  # rows a statement


def native() -> bool:
    """Whether the database has types of its own for ids and moments (PostgreSQL), or keeps text (SQLite)."""
    return connection.features.has_native_uuid_field


def key_of(one: UUID) -> Any:
    """An id as it stands in the database."""
    return one if native() else one.hex


def uuid_of(value: Any) -> UUID | None:
    """An id in the one form the database keeps it in."""
    if isinstance(value, UUID):
        return value
    return UUID(hex=value) if isinstance(value, str) and _HEX.fullmatch(value) else None


def name_of(value: Any) -> str | None:
    """The same as text, as it is digested; quicker than to make an id of it."""
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        return None
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def moment_of(value: Any) -> datetime | None:
    """A moment in the one form the database keeps it in."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    try:
        naive = datetime.fromisoformat(value)  # SQLite keeps UTC without saying so
    except (TypeError, ValueError):
        return None
    return naive.replace(tzinfo=UTC) if naive.tzinfo is None and str(naive) == value else None


def day_of(value: Any) -> date | None:
    """A day in the one form the database keeps it in."""
    if isinstance(value, date):
        return value
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return day if str(day) == value else None


def bytes_of(value: Any) -> bytes | None:
    """32 bytes."""
    if not isinstance(value, bytes | memoryview):
        return None
    found = bytes(value)
    return found if len(found) == 32 else None


def text_of(value: Any) -> str | None:
    """Text; a blob or a number in its place is none."""
    return value if isinstance(value, str) else None


def json_of(value: Any) -> Any:
    """What a JSON column says, ``None`` when it says nothing."""
    try:
        return json.loads(value)
    except (TypeError, ValueError, RecursionError):
        return None


def algorithm_of(value: Any) -> str | None:
    """The name of a digest we know."""
    return value if value in ALGORITHMS else None


@dataclass(frozen=True, slots=True)
class Scope:
    """Which chains are looked through: those of a root, those that moved since a moment, or all."""

    root: UUID | None = None
    since: datetime | None = None

    def of(self, table: str, chain: str) -> tuple[str, list[Any]]:
        """The condition on a table whose column ``chain`` names the chain."""
        asked, given = "", []
        if self.root is not None:
            asked += f" AND ({table}.root = %s OR {chain} IN (SELECT id FROM trail_chain WHERE root = %s))"  # noqa: S608
            given += [key_of(self.root)] * 2
        if self.since is not None:
            asked += f" AND {chain} IN (SELECT chain FROM trail_entry WHERE at >= %s)"  # noqa: S608
            given.append(connection.ops.adapt_datetimefield_value(self.since))
        return asked, given


def stepwise(
    columns: str, table: str, order: tuple[str, ...], asked: tuple[str, list[Any]] = ("", [])
) -> Iterator[Any]:
    """Rows in the order of some columns, which stand first among the columns read: one statement for every step."""
    places = ", ".join(["%s"] * len(order))
    begin = f"SELECT {columns} FROM {table} WHERE 1 = 1{asked[0]}"  # noqa: S608 - our own words only
    end = f" ORDER BY {', '.join(order)} LIMIT {STEP}"
    after: tuple[Any, ...] = ()
    while True:
        further = f" AND ({', '.join(order)}) > ({places})" if after else ""
        rows = _asked(begin + further + end, [*asked[1], *after])
        yield from rows
        if len(rows) < STEP:
            return
        after = tuple(rows[-1][: len(order)])


def entries(asked: tuple[str, list[Any]]) -> Iterator[Any]:
    """Entries chain by chain: chain, seq, id, root, at, actor, act, subject, data, algorithm, previous, digest."""
    columns = f"chain, seq, id, root, {_plain('at')}, actor, act, subject, data, algorithm, previous, digest"
    return stepwise(columns, "trail_entry", ("chain", "seq"), asked)


def of_chain(chain: UUID) -> Iterator[Any]:
    """The entries of one chain."""
    return entries((" AND chain = %s", [key_of(chain)]))


def head_of(chain: UUID) -> Any:
    """The head of one chain, if it has one."""
    found = stepwise("id, root, length, head", "trail_chain", ("id",), (" AND id = %s", [key_of(chain)]))
    return next(found, None)


def heads(scope: Scope) -> Iterator[Any]:
    """Heads in the order of their chains: id, root, length, head."""
    return stepwise("id, root, length, head", "trail_chain", ("id",), scope.of("trail_chain", "id"))


def anchors(root: UUID | None) -> Iterator[Any]:
    """Anchors root by root and day by day: root, day, chains, algorithm, merkle, previous, digest, heads, looks, digest."""
    columns = f"root, {_plain('day')}, chains, algorithm, merkle, previous, digest, heads, looks, looks_digest"
    asked = ("", []) if root is None else (" AND root = %s", [key_of(root)])
    return stepwise(columns, "trail_anchor", ("root", "day"), asked)


def looks(asked: str, given: list[Any]) -> Iterator[Any]:
    """Looks root by root in order of time: root, at, id, person, post, unit, subject, what, reason."""
    columns = f"root, {_plain('at')}, id, person, post, unit, subject, what, reason"
    return stepwise(columns, "trail_reading", ("root", "at", "id"), (asked, given))


def _asked(sql: str, given: list[Any]) -> list[Any]:
    """The rows of a statement.  SQLite breaks off at text that is none: such text is then read all the same, and found not
    to be what was digested."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql, given)
            return cursor.fetchall()
        except DatabaseError as error:
            if native() or "decode" not in str(error):
                raise
        with _any_text():
            cursor.execute(sql, given)
            return cursor.fetchall()


def _plain(column: str) -> str:
    """A moment or day as it stands: SQLite would make an object of it, and break off at what is none."""
    return column if native() else f"CAST({column} AS TEXT)"


@contextmanager
def _any_text() -> Iterator[None]:
    """Text of any kind, as far as it can be read."""
    own = connection.connection
    before, own.text_factory = own.text_factory, lambda raw: raw.decode("utf-8", "replace")
    try:
        yield
    finally:
        own.text_factory = before

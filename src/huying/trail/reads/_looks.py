"""The looks of a root between two anchors, as one digest."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from huying.trail.reads import _rows as rows
from huying.trail.rules import GENESIS, Looks, look_digest, moment


def ends(day: date) -> datetime:
    """The moment a day is over, in the installation's zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def look_said(root: UUID, at: datetime | None, row: Any) -> list[Any]:
    """What one look says, as it is digested; a moment that is none says nothing."""
    ids = [str(rows.uuid_of(one)) for one in row[2:7]]
    return [ids[0], str(root), moment(at) if at else "", *ids[1:], rows.text_of(row[7]), rows.text_of(row[8])]


def looks_between(root: UUID, after: datetime | None, until: datetime, algorithm: str) -> Looks:
    """How many looks a root has from one moment up to another, and the digest over them in order of time."""
    adapt = connection.ops.adapt_datetimefield_value
    asked, given = " AND root = %s AND at < %s", [rows.key_of(root), adapt(until)]
    if after is not None:
        asked, given = f"{asked} AND at >= %s", [*given, adapt(after)]
    count, digest = 0, GENESIS
    for row in rows.looks(asked, given):
        count += 1
        digest = look_digest(algorithm, digest, look_said(root, rows.moment_of(row[1]), row))
    return Looks(count, digest)

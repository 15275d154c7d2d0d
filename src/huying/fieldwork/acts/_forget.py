"""What records hold of an erased person: names in what was written about their case."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from huying.fieldwork.models import Record, RecordPoint
from huying.kernel.actors import Actor
from huying.kernel.crypto import Unreadable
from huying.kernel.forgetting import GONE, Gone, blot_out, forgets
from huying.kernel.models import DataKey


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot the person out of records joined to their cases, or written of a talk or a reception day they came to: of the
    plain columns, and of what is sealed."""
    joined = Q(cases__case__in=gone.cases)
    heard = Q(invited_talk__case__in=gone.cases) | Q(reception_day__bookings__case__in=gone.cases)
    records = Record.objects.filter(pk__in=Record.objects.filter(joined | heard).values("pk"))
    touched = blot_out(
        records,
        ("theme", "where", "presence_note", "withdrawn_because"),
        gone.names,
    )
    touched += _blot_sealed(records.select_related("key"), lambda row: row.key, gone.names)
    points = RecordPoint.objects.filter(record__in=records.values("pk")).select_related("record__key")
    return touched + _blot_sealed(points, lambda row: row.record.key, gone.names)


def _blot_sealed(rows: QuerySet[Any], key_of: Any, names: Iterable[str]) -> int:
    """The same in sealed words: opened, blotted, sealed again; what cannot be opened any more says nothing."""
    names, changed = list(names), 0
    for row in rows:
        key: DataKey = key_of(row)
        try:
            words = key.open(bytes(row.sealed), row.sealed_place)
        except Unreadable:
            continue
        new = words
        for name in names:
            new = new.replace(json.dumps(name, ensure_ascii=False)[1:-1], GONE)
        if new != words:
            row.sealed = key.seal(new, row.sealed_place)
            row.save(update_fields=["sealed"])
            changed += 1
    return changed

"""A new installation key: everything the old one wrapped is wrapped anew while the site runs, in batches, to be stopped and
continued at any time.

Only wrapped values change: data keys and what people were typing.  What was sealed under data keys stays as it lies, blind
indexes and receipts follow from the salt, which is never rotated.  Both keys stand in the key file until nothing is wrapped by the
old one, so a kill at any moment leaves every value readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Func, Value

from huying.kernel import crypto
from huying.kernel.errors import Refused
from huying.kernel.models import Draft

BATCH = 200
REST = timedelta(days=1)  # cookies and sessions of the day were sealed under it


@dataclass(frozen=True)
class Wrapped:
    """A column of values wrapped by the installation's key, and where each belongs."""

    model: str
    column: str
    place: Callable[[Any], str]


PLACES: list[Wrapped] = [
    Wrapped("kernel.DataKey", "wrapped", lambda row: f"datakey:{row.pk}"),
    Wrapped("kernel.Draft", "sealed", lambda row: Draft.place_of(row.person, row.form)),
]


@dataclass(frozen=True)
class Elsewhere:
    """Wrapped values of a library, that are no column of ours: how many a key wraps, and wrapping anew what others do."""

    count: Callable[[str], int]
    rewrap: Callable[[list[str]], int]


OTHERS: list[Elsewhere] = []


def _path() -> Path:
    return Path(settings.HUYING_KEYS)


def _head(column: str, length: int) -> Func:
    return Func(F(column), Value(1), Value(length), function="SUBSTR", output_field=models.BinaryField())


def _under(rows: Any, column: str, name: str) -> Any:
    """Rows whose value begins with a key's name."""
    head = name.encode() + b":"
    return rows.annotate(of_key=_head(column, len(head))).filter(of_key=head)


def counts() -> dict[str, int]:
    """How many values each key of the file wraps, over every binary column there is, named here or not, and what libraries
    keep in their own way."""
    ring = crypto.keyring()
    found = {name: sum(other.count(name) for other in OTHERS) for name in ring.keys}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.BinaryField) and field.model is model:
                for name in found:
                    found[name] += _under(model._base_manager.all(), field.name, name).count()
    return found


def begin(*, at: datetime) -> bool:
    """Put a fresh current key into the file, unless a rotation is still under way; whether a new one was begun."""
    ring = crypto.keyring()
    found = counts()
    if any(found[name] for name in ring.keys if name != ring.current):
        return False
    crypto.write_keyring(crypto.with_new_key(ring, at), _path(), replace=True)
    return True


def rewrap(progress: Callable[[int, int], bool], batch: int = BATCH) -> bool:
    """Wrap everything anew, batch by batch; ``progress(done, of)`` says whether to go on.  Whether it came to its end."""
    ring = crypto.keyring()
    old = [name for name in ring.keys if name != ring.current]
    total = sum(count for name, count in counts().items() if name in old)
    done = 0
    for place in PLACES:
        for rows in _batches(place, old, batch):
            with transaction.atomic():
                done += sum(_one(place, row) for row in rows)
            if not progress(done, max(total, done)):
                return False
    done += sum(other.rewrap(old) for other in OTHERS)  # a few: one transaction each
    return progress(done, max(total, done))


def _batches(place: Wrapped, old: list[str], batch: int) -> Iterator[list[Any]]:
    model = apps.get_model(place.model)
    for name in old:
        last = None
        while True:
            rows = _under(model._base_manager.order_by("pk"), place.column, name)
            found = list((rows.filter(pk__gt=last) if last else rows)[:batch])
            if not found:
                break
            last = found[-1].pk
            yield found


def _one(place: Wrapped, row: Any) -> int:
    """One value; what was erased or written anew meanwhile is left as it is."""
    before = bytes(getattr(row, place.column))
    where = place.place(row)
    after = crypto.wrap(crypto.unwrap(before, where), where)
    same = {"pk": row.pk, place.column: before}
    changed: int = type(row)._base_manager.filter(**same).update(**{place.column: after})
    return changed


def drop(*, at: datetime, now: bool = False) -> list[str]:
    """Take retired keys out of the file for good; which.  ``Refused`` while anything is wrapped by one."""
    ring = crypto.keyring()
    old = sorted(name for name in ring.keys if name != ring.current)
    if not old:
        raise Refused("没有旧密钥。")
    found = counts()
    if left := sum(found[name] for name in old):
        raise Refused(f"还有 {left} 处由旧密钥封着。", "请运行 huying keys rotate 接着换。")
    fresh = [name for name in old if at - datetime.fromisoformat(ring.retired[name]) < REST]
    if fresh and not now:
        raise Refused("旧密钥停用还不到一天，正在用的页面可能还要它。", "请明天再删；确实要现在删，加上 --now。")
    crypto.write_keyring(crypto.without(ring, set(old)), _path(), replace=True)
    return old

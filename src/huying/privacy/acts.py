"""Destroying keys, and replaying that after a restore."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from huying.kernel.models import DataKey
from huying.org.models import Unit
from huying.privacy.models import Erasure


@transaction.atomic
def destroy_key(*, key: DataKey, root: Unit, why: str, at: datetime) -> None:
    """Make everything sealed under a key unreadable, and remember to do so again after a restore.

    The caller has removed index entries and checked holds first, and writes the trail.
    """
    if key.destroyed_at is not None:
        return
    DataKey.objects.filter(pk=key.pk).update(wrapped=None, destroyed_at=at)
    Erasure.objects.get_or_create(root=root, key=key.pk, defaults={"at": at, "why": why})
    transaction.on_commit(lambda: _append_list(key, at))


def _append_list(key: DataKey, at: datetime) -> None:
    """The list beside the keys outlives a database restored from an older backup."""
    path = Path(settings.HUYING_KEYS).parent / "erased.jsonl"
    with path.open("a") as out:
        out.write(json.dumps({"key": str(key.pk), "at": at.isoformat()}) + "\n")


@transaction.atomic
def replay_erasures(*, at: datetime) -> int:
    """After a restore: destroy every key that the list beside the key file names.  Returns how many were still whole."""
    path = Path(settings.HUYING_KEYS).parent / "erased.jsonl"
    if not path.exists():
        return 0
    gone = {json.loads(line)["key"] for line in path.read_text().splitlines() if line.strip()}
    return DataKey.objects.filter(pk__in=gone, destroyed_at__isnull=True).update(wrapped=None, destroyed_at=at)

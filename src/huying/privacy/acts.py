"""Destroying keys, and replaying that after a restore."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid
from huying.kernel.models import DataKey
from huying.org.models import Unit
from huying.org.rules import Can, check_may
from huying.privacy.models import Assessment, Erasure
from huying.privacy.reads import ERASED, erased_keys
from huying.trail.acts import append


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
    path = Path(settings.HUYING_KEYS).parent / ERASED
    with path.open("a") as out:
        out.write(json.dumps({"key": str(key.pk), "at": at.isoformat()}) + "\n")


@transaction.atomic
def replay_erasures(*, at: datetime) -> int:
    """After a restore: destroy every key that the list beside the key file names.  Returns how many were still whole.

    People behind cases are erased whole before (``site.archive``); this takes what is left: workbooks, files brought in.
    """
    rows = DataKey.objects.filter(pk__in=erased_keys(), destroyed_at__isnull=True)
    return rows.update(wrapped=None, destroyed_at=at)


LONGEST_PART = 2000


@transaction.atomic
def record_assessment(*, unit: Unit, body: dict[str, str], by: Actor, at: datetime) -> Assessment:
    """Keep a unit's impact assessment as it stands now; earlier ones stay (PIPL 56)."""
    post = check_may(by, Can.HANDLE_CASES, unit)
    given = {code: body.get(code, "").strip() for code, _ in Assessment.PARTS}
    wrong = {code: "这一项要填写。" for code, words in given.items() if not words}
    wrong |= {
        code: f"写了 {len(words)} 字，最多 {LONGEST_PART} 字。"
        for code, words in given.items()
        if len(words) > LONGEST_PART
    }
    if wrong:
        raise Invalid(wrong)
    row = Assessment.objects.create(root_id=unit.root_id or unit.pk, unit=unit, body=given, post=post, at=at)
    append(chain=unit.pk, root=row.root_id, by=by, at=at, act="privacy.assessed", subject=f"assessment:{row.pk}")
    return row


OLD_ROWS = (
    "kernel_datakey",
    "kernel_textentry",
    "kernel_draft",
    "cases_party",
    "cases_message",
    "cases_event",
    "cases_case",
)


def scrub(*, at: datetime) -> None:
    """Take out of the database's own files what stood in rows before: SQLite zeroes freed pages (secure_delete), but the text
    index keeps old terms until its parts are merged, and the log keeps pages until it is cut; PostgreSQL keeps dead rows until
    they are vacuumed.  Copies that lie elsewhere (backups, archived logs) open no more once the installation key was rotated.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO kernel_textentry_fts(kernel_textentry_fts) VALUES('optimize')")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for table in OLD_ROWS:
                cursor.execute(f"VACUUM {table}")

"""Keeping, copying and erasing files.

No permission is asked here and no trail written: the room that attaches a file knows whose it is, and does both.  Only what
the virus scanner finds is this room's own affair.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from huying.files import disk, office, pdf, scanner
from huying.files.content import Kept, examine
from huying.files.models import File, Kind, State
from huying.files.reads import content, waiting
from huying.files.reads import name as name_of
from huying.files.rules import MADE, UNMASKABLE, check_size, clean_name, ending_of, with_ending
from huying.kernel import crypto
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.models import DataKey
from huying.org.models import Unit
from huying.org.rules import Can, Member
from huying.trail.acts import append

ORPHAN_AGE = timedelta(days=1)
_GONE = b""


@dataclass(frozen=True)
class Checked:
    """An upload that was looked through and may be kept.  ``fingerprint`` is the SHA-256 of what was uploaded."""

    kept: Kept
    fingerprint: bytes
    state: State


def check(*, upload: UploadedFile) -> Checked:
    """Look through an upload and re-encode pictures.  Raises ``Invalid`` (field ``files``) naming the file.

    Slow and without the database, so that it is done before the act's transaction begins (a writer of SQLite would make
    everybody wait).  With a scanner that does not answer the file goes into quarantine.
    """
    given = clean_name(upload.name or "")
    check_size(given, upload.size or 0)
    upload.seek(0)
    raw = upload.read()
    kept = examine(given, raw)
    state = State.STORED
    if scanner.configured() and not scanner.clean(kept.name, raw):
        state = State.QUARANTINED
    return Checked(kept, hashlib.sha256(raw).digest(), state)


@transaction.atomic(savepoint=False)  # always part of an act, whose own savepoint is enough
def store(*, checked: Checked, key: DataKey, root: Unit, by: Actor, at: datetime) -> File:
    """Keep a checked upload under a data key."""
    digest = _digest_of(key, checked.fingerprint)
    return _keep(checked.kept, key=key, root=root, at=at, state=checked.state, digest=digest)


@transaction.atomic
def keep_made(*, name: str, body: bytes, key: DataKey, root: Unit, by: Actor, at: datetime) -> File:
    """Keep a paper the product itself made (a workbook, an archive of forms) under a data key; nothing to look through."""
    kind, media = MADE[ending_of(name)]
    digest = _digest_of(key, hashlib.sha256(body).digest())
    return _keep(
        Kept(clean_name(name), kind, media, body), key=key, root=root, at=at, state=State.STORED, digest=digest
    )


@transaction.atomic
def release(*, file: File, name: str, key: DataKey, by: Actor, at: datetime) -> File:
    """A copy under another data key, with a neutral name (``附件1``) and without metadata.  Raises ``Refused``.

    What can be seen in it stays: whoever releases has looked at it.
    """
    if file.kind in UNMASKABLE:
        raise Refused("录音能听出是谁，不能生成公开副本。", "请把录音内容写成文字，放进公开摘要。")
    body = content(file)
    if file.kind == Kind.PDF:
        body = pdf.neutral(body)
    elif file.kind in (Kind.DOCUMENT, Kind.SHEET):
        body = office.neutral(body)
    neutral = Kept(with_ending(name, ending_of(name_of(file))), Kind(file.kind), file.media, body)
    digest = _digest_of(key, hashlib.sha256(body).digest())
    return _keep(neutral, key=key, root=file.root, at=at, state=State.STORED, digest=digest, released_from=file)


@transaction.atomic
def rescan(*, file: File, by: Actor, at: datetime) -> File:
    """Ask the scanner again about a quarantined file: let it out, keep it from everybody if something is found, else leave it.

    What is found stands in the trail of the root; the rooms that attach files tell whoever is concerned.
    """
    row = File.objects.select_for_update(no_key=True).get(pk=file.pk)
    if row.state != State.QUARANTINED:
        return row
    try:
        clean = not scanner.configured() or scanner.clean("附件", _opened(row), patient=True)
    except crypto.Unreadable:  # the key was destroyed while it waited
        return _erase(row, at)
    except Invalid:
        row.state = State.INFECTED
        row.save(update_fields=["state"])
        _note(row, "file.infected", by=by, at=at)
        return row
    if clean:
        row.state = State.STORED
        row.save(update_fields=["state"])
    return row


@transaction.atomic
def delete_infected(*, by: Member, at: datetime) -> int:
    """Delete everything the scanner found something in; how many.  Raises ``NotYours``."""
    if not by.units(Can.SYSTEM):
        raise NotYours
    gone = list(File.objects.select_for_update(no_key=True).filter(state=State.INFECTED).order_by("created_at"))
    for row in gone:
        _erase(row, at)
        _note(row, "file.infected_deleted", by=by, at=at)
    return len(gone)


def _note(row: File, act: str, *, by: Actor, at: datetime) -> None:
    append(chain=row.root_id, root=row.root_id, by=by, at=at, act=act, subject=f"file:{row.pk}")


def rescan_waiting(*, by: Actor, at: datetime) -> int:
    """Rescan every file in quarantine, oldest first, until the scanner stays silent; how many were decided."""
    decided = 0
    for file in waiting():
        try:
            if rescan(file=file, by=by, at=at).state == State.QUARANTINED:
                break
        except FileNotFoundError:  # lost on disk: `huying check` names it, the others need not wait for it
            continue
        decided += 1
    return decided


@transaction.atomic
def erase(*, file: File, by: Actor, at: datetime) -> File:
    """Take content and name away; the row stays as a tombstone.  Erasing twice is the same as once."""
    row = File.objects.select_for_update(no_key=True).get(pk=file.pk)
    return row if row.state == State.ERASED else _erase(row, at)


def sweep_orphans(*, by: Actor, at: datetime) -> int:
    """Remove contents without a living row that are older than a day; how many."""
    limit = (at - ORPHAN_AGE).timestamp()
    old = [(path, file_id) for path, file_id, touched in disk.contents() if touched < limit]
    swept = 0
    for start in range(0, len(old), 500):
        batch = old[start : start + 500]
        ids = [file_id for _, file_id in batch if file_id]
        living = set(File.objects.filter(id__in=ids).exclude(state=State.ERASED).values_list("id", flat=True))
        for path, file_id in batch:
            if file_id not in living:
                path.unlink(missing_ok=True)
                swept += 1
    return swept


def _digest_of(key: DataKey, fingerprint: bytes) -> bytes:
    """The keyed digest of an upload: equal for equal files under one data key, else without meaning."""
    return hmac.new(key.secret(), b"file:digest:" + fingerprint, hashlib.sha256).digest()


def _keep(
    kept: Kept,
    *,
    key: DataKey,
    root: Unit,
    at: datetime,
    state: State,
    digest: bytes,
    released_from: File | None = None,
) -> File:
    """Content first, safely on disk, then the row: a killed process leaves at worst an orphan."""
    row = File(root=root, key=key, kind=kept.kind, media=kept.media, size=len(kept.body), digest=digest, state=state)
    row.released_from, row.created_at = released_from, at
    row.name = key.seal(kept.name, row.name_place)
    disk.write(row.id, crypto.encrypt(key.secret(), kept.body, row.body_place))
    row.save(force_insert=True)
    return row


def _erase(row: File, at: datetime) -> File:
    row.name, row.digest, row.size, row.state, row.erased_at = _GONE, _GONE, 0, State.ERASED, at
    row.save(update_fields=["name", "digest", "size", "state", "erased_at"])
    # After commit: were it before, a rolled back erasure would have lost the content.
    transaction.on_commit(lambda: disk.remove(row.id))
    return row


def _opened(row: File) -> bytes:
    return crypto.decrypt(row.key.secret(), disk.read(row.id), row.body_place)

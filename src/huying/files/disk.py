"""Sealed contents on disk: ``<HUYING_FILES>/<first two hex digits>/<file id>``.

Written whole or not at all: into a temporary file, fsynced, renamed, and the folder fsynced, before the row commits.
A process killed in between leaves an orphan, which ``acts.sweep_orphans`` takes away.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

_UNFINISHED = ".part"


def path_of(file_id: UUID) -> Path:
    """Where a content lies."""
    return Path(settings.HUYING_FILES) / file_id.hex[:2] / str(file_id)


def write(file_id: UUID, sealed: bytes) -> None:
    """Write a sealed content so that it survives a power cut once this returns."""
    target = path_of(file_id)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = target.with_name(target.name + _UNFINISHED)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(target)
    _sync(target.parent)
    _sync(target.parent.parent)


def read(file_id: UUID) -> bytes:
    """The sealed content.  Raises ``FileNotFoundError``."""
    return path_of(file_id).read_bytes()


def remove(file_id: UUID) -> None:
    """Take a content away, if it is still there."""
    path_of(file_id).unlink(missing_ok=True)


def contents() -> Iterator[tuple[Path, UUID | None, float]]:
    """Every file under the folder, the id it belongs to (``None``: unfinished or foreign), and its age mark in seconds."""
    for path in Path(settings.HUYING_FILES).glob("[0-9a-f][0-9a-f]/*"):
        try:
            yield path, _id_of(path), path.stat().st_mtime
        except FileNotFoundError:  # taken away meanwhile
            continue


def _id_of(path: Path) -> UUID | None:
    try:
        return UUID(path.name)
    except ValueError:
        return None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

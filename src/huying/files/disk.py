"""Sealed contents on disk: ``<HUYING_FILES>/<first two hex digits>/<file id>``.

Written whole or not at all: into a temporary file, fsynced, renamed, and the folder fsynced, before the row commits.
A process killed in between leaves an orphan, which ``acts.sweep_orphans`` takes away.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

from huying.kernel.errors import Refused

_UNFINISHED = ".part"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def path_of(file_id: UUID) -> Path:
    """Where a content lies."""
    return Path(settings.HUYING_FILES) / file_id.hex[:2] / str(file_id)


def write(file_id: UUID, sealed: bytes) -> None:
    """Write a sealed content so that it survives a power cut once this returns.  Raises ``Refused`` when the disk is full."""
    target = path_of(file_id)
    unfinished = target.with_name(target.name + _UNFINISHED)
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(target)
        _sync(target.parent)
        _sync(target.parent.parent)
    except OSError as error:
        _give_up(unfinished)
        if error.errno in _NO_ROOM:
            raise Refused(
                "服务器的磁盘满了，文件没有存上。", "写好的内容还在：可以先不带文件提交，并请告诉工会的系统管理员。"
            ) from error
        raise


def _give_up(unfinished: Path) -> None:
    """Half a content takes room that others need; if even that fails, the sweep takes it."""
    with suppress(OSError):
        unfinished.unlink(missing_ok=True)


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

"""When the database or the disk does not play along: told apart from a fault of ours, so that people are told what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from django.db import InterfaceError, InternalError, OperationalError
from psycopg.errors import ReadOnlySqlTransaction

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}
# SQLite has one kind of error for everything, told apart by its words.
_NO_ROOM_SAID = ("readonly database", "disk is full", "disk I/O error")


def reason(error: BaseException | None) -> str:
    """``"away"``: the database cannot be reached or does not answer; ``"full"``: nothing can be written; else empty."""
    for one in _behind(error):
        if isinstance(one, OSError) and one.errno in _NO_ROOM:
            return "full"
        if isinstance(one, InternalError) and isinstance(one.__cause__, ReadOnlySqlTransaction):
            return "full"
        if isinstance(one, OperationalError):
            return "full" if _no_room(one) else "away"
        if isinstance(one, InterfaceError):
            return "away"
    return ""


def _no_room(error: OperationalError) -> bool:
    """PostgreSQL says it by its code (class 53: insufficient resources), SQLite by its words."""
    code = getattr(error.__cause__, "sqlstate", None)
    return code == "53100" or any(words in str(error) for words in _NO_ROOM_SAID)


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

"""What this installation runs on: database, room on the disk, version."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

import huying

LEAST_FREE = 2 * 1024**3  # bytes: below this, a busy month can fill the disk
_UNITS = ("B", "KB", "MB", "GB", "TB")


def version() -> str:
    """The version of the product."""
    return huying.__version__


def database_name() -> str:
    """Engine and its version, as its makers write it."""
    number = _asked("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
    return f"{connection.display_name} {number}"


def database_size() -> int:
    """Bytes the database takes."""
    if connection.vendor == "sqlite":
        return int(_asked("PRAGMA page_count")) * int(_asked("PRAGMA page_size"))
    return int(_asked("SELECT pg_database_size(current_database())"))


def _asked(question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


def free_disk() -> int:
    """Bytes left where the installation keeps its data."""
    return shutil.disk_usage(Path(settings.HUYING_HOME)).free


def readable(size: float) -> str:
    """``1.5 GB``."""
    for unit in _UNITS:
        if size < 1024 or unit == _UNITS[-1]:
            break
        size /= 1024
    return f"{size:.1f} {unit}" if unit != "B" else f"{size:.0f} B"

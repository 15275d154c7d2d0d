"""What this installation runs on: database, room on the disk, version; its last backup and its log."""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

import huying

LEAST_FREE = 2 * 1024**3  # bytes: below this, a busy month can fill the disk
LAST_BACKUP = "last-backup.json"
LOGS = "logs"
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


# --- the last backup ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LastBackup:
    """The newest backup made here: when, where, how large; whether it was read back whole; when the keys were last saved."""

    at: datetime
    data: str
    size: int
    verified: bool
    keys_at: datetime | None = None

    @property
    def same_disk(self) -> bool:
        """Whether it lies on the disk it is meant to outlive.  A folder that is not there now (a disk put away) is not."""
        folder, home = Path(self.data).parent, Path(settings.HUYING_HOME)
        return folder.exists() and home.exists() and folder.stat().st_dev == home.stat().st_dev


def last_backup() -> LastBackup | None:
    """The newest backup, or ``None`` when none was made here.  Kept beside the data, not in it: a restore must not bring
    an old answer back."""
    try:
        kept = json.loads((Path(settings.HUYING_HOME) / LAST_BACKUP).read_text())
        keys_at = datetime.fromisoformat(kept["keys_at"]) if kept["keys_at"] else None
        return LastBackup(
            datetime.fromisoformat(kept["at"]), str(kept["data"]), int(kept["size"]), bool(kept["verified"]), keys_at
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_backup(made: LastBackup) -> None:
    """Remember a backup."""
    path = Path(settings.HUYING_HOME) / LAST_BACKUP
    partial = path.with_name(path.name + ".partial")
    kept = {**asdict(made), "at": made.at.isoformat(), "keys_at": made.keys_at.isoformat() if made.keys_at else None}
    partial.write_text(json.dumps(kept, ensure_ascii=False))
    partial.replace(path)


# --- the log ------------------------------------------------------------------------------------------------------------


def log_lines(most: int) -> list[dict[str, Any]]:
    """The newest lines of the kept log, newest first.  A line torn by a crash is passed over."""
    found = [line for path in _log_files() for line in reversed(list(_lines_of(path, most)))]
    return sorted(found, key=lambda line: str(line["timestamp"]), reverse=True)[:most]  # of one moment: as they stand


def log_text() -> bytes:
    """The whole kept log, oldest first, as it is handed to technical support."""
    lines = [line for path in _log_files() for line in path.read_bytes().splitlines()]
    return b"".join(line + b"\n" for line in sorted(lines, key=lambda line: line[:60]))


def _log_files() -> list[Path]:
    return sorted((Path(settings.HUYING_HOME) / LOGS).glob("*.log*"), key=os.path.basename, reverse=True)


def _lines_of(path: Path, most: int) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for text in deque(lines, maxlen=most):
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict) and "timestamp" in line:
                yield line

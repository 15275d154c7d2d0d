"""Where what arrives lies in the clear until it is sealed.  The settings ask, so nothing here may ask them."""

from __future__ import annotations

import os
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  (files there are made without a name)
LEAST = 400 * 1024**2  # bytes: two full submissions of nine files


def memory_folder(folder: Path = SHARED_MEMORY, mounts: Path = Path("/proc/mounts"), least: int = LEAST) -> str:
    """A folder of this machine's memory that is large enough; empty where there is none (then a disk has to do)."""
    try:
        kinds = {line.split()[1]: line.split()[2] for line in mounts.read_text().splitlines()}
        room = os.statvfs(folder)
    except (OSError, AttributeError, IndexError):  # no such folder, or no such system
        return ""
    large = room.f_blocks * room.f_frsize >= least
    return str(folder) if kinds.get(str(folder)) == "tmpfs" and large and os.access(folder, os.W_OK) else ""

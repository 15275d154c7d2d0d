"""How entries and anchors are digested.  Pure functions; changing one breaks every existing chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from huying.trail.models import Entry

GENESIS = bytes(32)


def entry_digest(entry: Entry) -> bytes:
    """SHA-256 over everything an entry says and the digest before it."""
    said = [
        str(entry.id),
        str(entry.chain),
        str(entry.root),
        entry.seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.act,
        entry.subject,
        entry.data,
    ]
    body = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(bytes(entry.previous) + body).digest()


def merkle(leaves: Sequence[bytes]) -> bytes:
    """Merkle root; an odd last leaf goes up as it is.  Inner nodes are marked so no leaf can pose as one."""
    row = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves] or [GENESIS]
    while len(row) > 1:
        paired = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        row = paired + ([row[-1]] if len(row) % 2 else [])
    return row[0]


def anchor_digest(root: UUID, day: date, chains: int, top: bytes, previous: bytes) -> bytes:
    """SHA-256 of one day's anchor, chained to the anchor before."""
    return hashlib.sha256(previous + f"{root}|{day.isoformat()}|{chains}|".encode() + top).digest()

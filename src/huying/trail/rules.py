"""How entries, anchors and looks are digested, and how anchors are written down to be kept elsewhere.

Pure functions; changing how something is digested breaks every existing chain.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes

GENESIS = bytes(32)
SHA256, SM3 = "sha256", "sm3"  # both give 32 bytes
ALGORITHMS = (SHA256, SM3)
_LINE = re.compile(r"^(\d{4}-\d{2}-\d{2})\t([0-9a-f-]{36})\t(\d+)\t([0-9a-f]{64})$")
_SEAL = "# 以上各行的校验值（SHA-256）："


def hashed(algorithm: str, said: bytes) -> bytes:
    """32 bytes of SHA-256 or SM3.  ``ValueError`` for another name."""
    if algorithm == SHA256:
        return hashlib.sha256(said).digest()
    if algorithm == SM3:  # not from hashlib: whether that has it depends on how the machine's OpenSSL was built
        digest = hashes.Hash(hashes.SM3())
        digest.update(said)
        return digest.finalize()
    raise ValueError(f"no such digest: {algorithm!r}")


_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))  # made once: a million rows use it


def _packed(said: Sequence[Any]) -> bytes:
    return _json.encode(said).encode()


def entry_digest(algorithm: str, previous: bytes, said: Sequence[Any]) -> bytes:
    """Over everything an entry says (id, chain, root, seq, at, actor, act, subject, data) and the digest before it."""
    return hashed(algorithm, previous + _packed(said))


def moment(at: datetime) -> str:
    """A moment as it is digested: UTC, with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def leaf(algorithm: str, chain: UUID, length: int, head: bytes) -> bytes:
    """What an anchor keeps of one chain."""
    return hashed(algorithm, chain.bytes + length.to_bytes(4, "big") + head)


def merkle(leaves: Iterable[bytes], algorithm: str = SHA256) -> bytes:
    """Merkle root; an odd last leaf goes up as it is.  Inner nodes are marked so no leaf can pose as one."""
    row = [hashed(algorithm, b"\x00" + one) for one in leaves] or [GENESIS]
    while len(row) > 1:
        paired = [hashed(algorithm, b"\x01" + row[i] + row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = paired + ([row[-1]] if len(row) % 2 else [])
    return row[0]


class Tree:
    """The Merkle tree of one root as its anchors go from day to day; what did not move is not digested again."""

    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm
        self.keys: list[bytes] = []
        self.rows: list[list[bytes]] = [[]]
        self._moved: set[int] = set()
        self._from: int | None = None  # everything from here on stands in a new place

    def put(self, chain: UUID, length: int, head: bytes) -> None:
        """A chain stands here now."""
        at = bisect_left(self.keys, chain.bytes)
        marked = hashed(self.algorithm, b"\x00" + leaf(self.algorithm, chain, length, head))
        if at < len(self.keys) and self.keys[at] == chain.bytes:
            self.rows[0][at] = marked
            self._moved.add(at)
            return
        self.keys.insert(at, chain.bytes)
        self.rows[0].insert(at, marked)
        self._from = at if self._from is None else min(self._from, at)

    def top(self) -> bytes:
        """The Merkle root of what stands now: the same as ``merkle`` over all leaves."""
        moved, start, level = self._moved, self._from, 0
        while len(self.rows[level]) > 1:
            below = self.rows[level]
            count = (len(below) + 1) // 2
            if len(self.rows) == level + 1:
                self.rows.append([])
            row = self.rows[level + 1]
            moved = {one // 2 for one in moved}
            if start is not None:
                start //= 2
                del row[start:]
                moved = {one for one in moved if one < start}
                row.extend(GENESIS for _ in range(count - start))
            for at in [*moved, *(range(start, count) if start is not None else ())]:
                pair = below[2 * at : 2 * at + 2]
                row[at] = hashed(self.algorithm, b"\x01" + pair[0] + pair[1]) if len(pair) == 2 else pair[0]
            level += 1
        del self.rows[level + 1 :]
        self._moved, self._from = set(), None
        return self.rows[level][0] if self.rows[0] else GENESIS


@dataclass(frozen=True)
class Looks:
    """The looks of a root between two anchors: how many, and one digest over all of them in their order."""

    count: int
    digest: bytes


def look_digest(algorithm: str, previous: bytes, said: Sequence[Any]) -> bytes:
    """Over everything one look says (id, root, at, person, post, unit, subject, what, reason) and those before it."""
    return hashed(algorithm, previous + _packed(said))


def anchor_digest(
    algorithm: str, previous: bytes, root: UUID, day: date, *, chains: int, top: bytes, looks: Looks | None
) -> bytes:
    """One day's anchor, chained to the anchor before.  Anchors of version 0.2 and before say nothing of looks."""
    said = previous + f"{root}|{day.isoformat()}|{chains}|".encode() + top
    return hashed(algorithm, said if looks is None else said + f"|{looks.count}|".encode() + looks.digest)


# --- anchors on a sheet -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """One anchor as it was carried out of the house."""

    day: date
    root: UUID
    chains: int
    digest: str


class Damaged(ValueError):
    """A file of anchors whose lines do not give its own check value: cut short or changed on the way."""


def kept_text(anchors: Iterable[Kept], names: Mapping[UUID, str], made: str) -> str:
    """Anchors as a text people and programs can read; its last line lets damage on the way be noticed."""
    lines = [
        "呼应 日锚",
        f"存下的时间：{made}",
        "每行依次是：日期、范围、链数、摘要。请保存在这套系统之外；以后在“留痕”页面，或者用 huying trail verify --anchors 核对。",
        *[f"# {root} 是{name}" for root, name in names.items()],
        *[f"{one.day:%Y-%m-%d}\t{one.root}\t{one.chains}\t{one.digest}" for one in anchors],
    ]
    return "\r\n".join([*lines, f"{_SEAL}{_sum(lines)}"]) + "\r\n"


def read_kept(text: str) -> list[Kept]:
    """The anchors of such a text.  Other lines explain; ``Damaged`` when its own check value does not fit."""
    lines = [line.strip(" \r\ufeff") for line in text.splitlines()]
    sealed = next((number for number, line in enumerate(lines) if line.startswith(_SEAL)), None)
    if sealed is not None and lines[sealed].removeprefix(_SEAL) != _sum(lines[:sealed]):
        raise Damaged
    return [one for line in lines if (match := _LINE.match(line)) and (one := _kept(match))]


def _kept(match: re.Match[str]) -> Kept | None:
    try:
        return Kept(date.fromisoformat(match[1]), UUID(match[2]), int(match[3]), match[4])
    except ValueError:
        return None


def _sum(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def grouped(digest: str, size: int = 4) -> list[str]:
    """A digest in groups that two people can read to each other."""
    return [digest[start : start + size] for start in range(0, len(digest), size)]

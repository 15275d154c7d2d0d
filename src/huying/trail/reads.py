"""Reading the trail: verify chains and anchors, who looked at what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from huying.trail.models import Anchor, Chain, Entry, Reading
from huying.trail.rules import GENESIS, anchor_digest, entry_digest, merkle


@dataclass(frozen=True)
class Fault:
    """Where a chain or anchor does not hold, in words."""

    chain: UUID | None
    seq: int | None
    what: str


def entries(chain: UUID) -> QuerySet[Entry]:
    """Entries of one chain, oldest first."""
    return Entry.objects.filter(chain=chain).order_by("seq")


def verify_chain(chain: UUID) -> list[Fault]:
    """Faults of one chain: gaps, changed entries, a head that does not match."""
    previous, expected, faults = GENESIS, 1, []
    for entry in entries(chain).iterator():
        if entry.seq != expected:
            faults.append(Fault(chain, expected, "缺少记录"))
            expected = entry.seq
        if bytes(entry.previous) != previous:
            faults.append(Fault(chain, entry.seq, "与前一条记录接不上"))
        if entry_digest(entry) != bytes(entry.digest):
            faults.append(Fault(chain, entry.seq, "记录被改动"))
        previous, expected = bytes(entry.digest), expected + 1
    head = Chain.objects.filter(id=chain).first()
    if head is None:
        faults.append(Fault(chain, None, "缺少链头"))
    elif head.length != expected - 1 or bytes(head.head) != previous:
        faults.append(Fault(chain, head.length, "链尾缺失或被替换"))
    return faults


def verify_anchors(root: UUID) -> list[Fault]:
    """Faults of a root's anchors: each must follow the one before and match the chains as they stood that day."""
    previous, faults = GENESIS, []
    heads: dict[str, tuple[int, str]] = {}
    for anchor in Anchor.objects.filter(root=root).order_by("day").iterator():
        heads.update({chain: (pair[0], pair[1]) for chain, pair in anchor.heads.items()})
        leaves = [
            hashlib.sha256(UUID(chain).bytes + length.to_bytes(4, "big") + bytes.fromhex(head)).digest()
            for chain, (length, head) in sorted(heads.items(), key=lambda item: UUID(item[0]).bytes)
        ]
        digest = anchor_digest(root, anchor.day, anchor.chains, bytes(anchor.merkle), previous)
        if (
            bytes(anchor.previous) != previous
            or digest != bytes(anchor.digest)
            or merkle(leaves) != bytes(anchor.merkle)
        ):
            faults.append(Fault(None, None, f"{anchor.day:%Y-%m-%d} 的日锚不符"))
        previous = bytes(anchor.digest)
    for chain, (length, head) in heads.items():
        entry = Entry.objects.filter(chain=chain, seq=length).first()
        if entry is None or bytes(entry.digest).hex() != head:
            faults.append(Fault(UUID(chain), length, "与日锚记下的不符"))
    return faults


def verify(root: UUID | None = None) -> list[Fault]:
    """All faults of a root, or of everything."""
    chains = Chain.objects.all() if root is None else Chain.objects.filter(root=root)
    faults = [fault for chain in chains.values_list("id", flat=True).iterator() for fault in verify_chain(chain)]
    roots = [root] if root else list(Anchor.objects.values_list("root", flat=True).distinct())
    for one in roots:
        faults += verify_anchors(one)
    return faults


def readings(subject: UUID) -> QuerySet[Reading]:
    """Who looked at a case, newest first."""
    return Reading.objects.filter(subject=subject).order_by("-at", "-id")

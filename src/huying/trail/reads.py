"""Reading the trail: verify chains and anchors, who looked at what."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

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


def verify(root: UUID | None = None, since: datetime | None = None) -> list[Fault]:
    """All faults of a root, or of everything; with ``since`` only chains that moved since then, and all anchors."""
    chains = Chain.objects.all() if root is None else Chain.objects.filter(root=root)
    if since is not None:
        chains = chains.filter(pk__in=Entry.objects.filter(at__gte=since).values("chain"))
    faults = [fault for chain in chains.values_list("id", flat=True).iterator() for fault in verify_chain(chain)]
    roots = [root] if root else list(Anchor.objects.values_list("root", flat=True).distinct())
    for one in roots:
        faults += verify_anchors(one)
    return faults


def readings(subject: UUID) -> QuerySet[Reading]:
    """Who looked at a case, newest first."""
    return Reading.objects.filter(subject=subject).order_by("-at", "-id")


def readings_of(units: QuerySet, posts: QuerySet) -> QuerySet[Reading]:
    """Looks at what belongs to these units, and looks by whoever holds these posts (ids), newest first."""
    return Reading.objects.filter(Q(unit__in=units) | Q(post__in=posts)).order_by("-at", "-id")


def neutral_code(subject: UUID) -> str:
    """Eight characters that stand for a case or item where its number may not be read: always the same, leading nowhere."""
    found = hashlib.sha256(b"neutral" + subject.bytes).hexdigest()[:8].upper()
    return f"{found[:4]}-{found[4:]}"


def size(roots: Iterable[UUID]) -> tuple[int, int]:
    """How many chains and entries these roots have."""
    found = Chain.objects.filter(root__in=list(roots)).aggregate(chains=Count("pk"), entries=Sum("length"))
    return found["chains"], found["entries"] or 0


def anchors(roots: Iterable[UUID]) -> QuerySet[Anchor]:
    """Anchors of these roots, newest first."""
    return Anchor.objects.filter(root__in=list(roots)).order_by("-day", "root")


def differing(kept: Iterable[tuple[date, UUID, str]], roots: Iterable[UUID]) -> tuple[int, list[date]]:
    """How many anchors kept outside are the same here, and the days of those that are not."""
    here = {(row.day, row.root): bytes(row.digest).hex() for row in anchors(roots)}
    same, other = 0, []
    for day, root, digest in kept:
        if here.get((day, root)) == digest:
            same += 1
        else:
            other.append(day)
    return same, sorted(set(other))

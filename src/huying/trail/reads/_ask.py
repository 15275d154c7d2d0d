"""What pages ask of the trail."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from huying.trail.models import Anchor, Chain, Entry, Reading


def entries(chain: UUID) -> QuerySet[Entry]:
    """Entries of one chain, oldest first."""
    return Entry.objects.filter(chain=chain).order_by("seq")


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
    here = {(row.day, row.root): bytes(row.digest).hex() for row in anchors(roots).only("day", "root", "digest")}
    same, other = 0, []
    for day, root, digest in kept:
        if here.get((day, root)) == digest:
            same += 1
        else:
            other.append(day)
    return same, sorted(set(other))

"""Anchors that left the house: what goes out, who gets it, and what a kept file proves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max, QuerySet

from huying.trail.models import Anchor, Chain, Keeper
from huying.trail.rules import Kept


@dataclass(frozen=True)
class Proof:
    """What a kept file says of one root.  ``until`` is the last day that is the same here; ``covered`` entries were written
    by then, ``after`` later: those follow each other, but a chain rebuilt whole since then could not be told."""

    root: UUID
    same: int
    other: tuple[date, ...]
    until: date | None
    covered: int
    after: int


def kept(roots: Iterable[UUID] | None = None, *, after: date | None = None, day: date | None = None) -> list[Kept]:
    """Anchors as they are carried out of the house, oldest first."""
    rows = Anchor.objects.order_by("day", "root")
    if roots is not None:
        rows = rows.filter(root__in=list(roots))
    if after is not None:
        rows = rows.filter(day__gt=after)
    if day is not None:
        rows = rows.filter(day=day)
    found = rows.values_list("day", "root", "chains", "digest")
    return [Kept(on, root, chains, bytes(digest).hex()) for on, root, chains, digest in found]


def compare(out: Iterable[Kept]) -> list[Proof]:
    """What anchors kept outside prove of the trail here, root by root.

    Only what comes before the first day that differs counts as proven.
    """
    by_root: dict[UUID, list[Kept]] = {}
    for one in out:
        by_root.setdefault(one.root, []).append(one)
    return [proof(root, rows) for root, rows in sorted(by_root.items(), key=lambda pair: pair[0].bytes)]


def proof(root: UUID, out: Iterable[Kept]) -> Proof:
    """What anchors of one root kept outside prove."""
    here = {one.day: one.digest for one in kept([root])}
    days = sorted({(one.day, one.digest) for one in out})
    other = tuple(sorted({day for day, digest in days if here.get(day) != digest}))
    same = [day for day, digest in days if here.get(day) == digest]
    held = [day for day in same if not other or day < other[0]]
    until = held[-1] if held else None
    covered = _covered(root, until) if until else 0
    entries = sum(Chain.objects.filter(root=root).values_list("length", flat=True))
    return Proof(root, len(same), other, until, covered, max(entries - covered, 0))


def _covered(root: UUID, until: date) -> int:
    """How many entries the anchors up to a day stand for."""
    lengths: dict[str, int] = {}
    heads = Anchor.objects.filter(root=root, day__lte=until).order_by("day").values_list("heads", flat=True)
    for moved in heads.iterator():
        lengths.update({chain: pair[0] for chain, pair in moved.items()})
    return sum(lengths.values())


def newest() -> date | None:
    """The day of the newest anchor."""
    return Anchor.objects.aggregate(day=Max("day"))["day"]


def keepers(roots: Iterable[UUID]) -> QuerySet[Keeper]:
    """Who gets the anchors of these roots by e-mail, longest first."""
    return Keeper.objects.filter(root__in=list(roots), ended_at=None).order_by("since", "address")

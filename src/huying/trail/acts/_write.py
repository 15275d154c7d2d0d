"""Entries, readings, anchors."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from huying.kernel.actors import Actor
from huying.trail.models import Anchor, Chain, Entry, Reading
from huying.trail.reads import ends, looks_between
from huying.trail.rules import GENESIS, anchor_digest, entry_digest, leaf, merkle, moment


@transaction.atomic(savepoint=False)  # always part of an act, whose own savepoint is enough
def append(
    *, chain: UUID, root: UUID, by: Actor, at: datetime, act: str, subject: str, data: dict[str, Any] | None = None
) -> Entry:
    """Add one entry to a chain, making the chain with its first entry.

    ``subject`` is ``kind:<uuid>``; ``data`` holds codes, ids, counts and digests only.
    """
    head, _ = Chain.objects.select_for_update(no_key=True).get_or_create(
        id=chain, defaults={"root": root, "head": GENESIS}
    )
    entry = Entry(
        chain=chain,
        root=head.root,
        seq=head.length + 1,
        at=at,
        actor=by.code,
        act=act,
        subject=subject,
        data=json.loads(json.dumps(data or {}, default=str, sort_keys=True)),
        algorithm=settings.HUYING_DIGEST,
        previous=bytes(head.head),
    )
    entry.digest = entry_digest(entry.algorithm, bytes(head.head), _said(entry))
    entry.save(force_insert=True)
    head.length, head.head = entry.seq, entry.digest
    head.save(update_fields=["length", "head"])
    return entry


def _said(entry: Entry) -> list[Any]:
    named = [str(entry.id), str(entry.chain), str(entry.root), entry.seq, moment(entry.at)]
    return [*named, entry.actor, entry.act, entry.subject, entry.data]


def note_reading(
    *,
    root: UUID,
    by: Actor,
    at: datetime,
    what: str,
    subject: UUID | None = None,
    unit: UUID | None = None,
    reason: str = "",
) -> None:
    """Write down that a member of staff looked.  Workers looking at their own case are not logged."""
    if by.person_id is None:
        return
    Reading.objects.create(
        root=root, at=at, person=by.person_id, post=by.post_id, unit=unit, subject=subject, what=what, reason=reason
    )


@transaction.atomic
def anchor_day(*, root: UUID, day: date) -> Anchor:
    """The anchor of one root for one day: all chains as they stand, all looks since the last anchor until the day's end.

    The same anchor again if it exists already; the last one when the clock was set back.
    """
    last = Anchor.objects.filter(root=root).order_by("-day").first()
    if last is not None and last.day >= day:
        return Anchor.objects.filter(root=root, day=day).first() or last
    algorithm = settings.HUYING_DIGEST
    known = {} if last is None else _lengths(root)
    heads = {}
    leaves = []
    for chain in Chain.objects.filter(root=root).order_by("id").iterator():
        leaves.append(leaf(algorithm, chain.id, chain.length, bytes(chain.head)))
        if known.get(str(chain.id)) != chain.length:
            heads[str(chain.id)] = [chain.length, bytes(chain.head).hex()]
    previous = bytes(last.digest) if last else GENESIS
    top = merkle(leaves, algorithm)
    looks = looks_between(root, ends(last.day) if last else None, ends(day), algorithm)
    return Anchor.objects.create(
        root=root,
        day=day,
        chains=len(leaves),
        algorithm=algorithm,
        merkle=top,
        previous=previous,
        digest=anchor_digest(algorithm, previous, root, day, chains=len(leaves), top=top, looks=looks),
        heads=heads,
        looks=looks.count,
        looks_digest=looks.digest,
    )


def anchor_all(*, day: date) -> int:
    """Anchor every root that has a chain; roots already anchored for the day stay as they are."""
    roots = set(Chain.objects.values_list("root", flat=True).distinct())
    for root in roots:
        anchor_day(root=root, day=day)
    return len(roots)


def _lengths(root: UUID) -> dict[str, int]:
    """Chain lengths as the anchors so far have seen them."""
    known: dict[str, int] = {}
    for heads in Anchor.objects.filter(root=root).order_by("day").values_list("heads", flat=True):
        known.update({chain: pair[0] for chain, pair in heads.items()})
    return known

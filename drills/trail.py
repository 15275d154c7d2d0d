"""A small trail to tamper with, and what somebody who knows the code can digest anew."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

START = datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAYS, CARRIED = 8, 6  # days anchored; days whose anchors were carried out of the house
ROOTS, CHAINS = 3, 6  # chains of each root


class Trail:
    """A small trail as the product writes it, and the anchors somebody outside has kept of it."""

    def __init__(self, seed: int) -> None:
        from django.db import connection

        self.rng = random.Random(seed)
        self.native = connection.features.has_native_uuid_field
        self.roots = [self.uuid() for _ in range(ROOTS)]
        self.chains = {self.uuid(): self.roots[number % ROOTS] for number in range(ROOTS * CHAINS)}
        self._live()
        drop_triggers()

    def _live(self) -> None:
        from django.test import override_settings

        from huying.kernel.actors import Actor
        from huying.trail import acts, reads

        somebody = Actor(code="post:1", label="甲", person_id=self.uuid(), post_id=self.uuid())
        for day in range(DAYS + 1):
            at = START + timedelta(days=day)
            with override_settings(HUYING_DIGEST="sm3" if day in (3, 4) else "sha256"):
                for number, (chain, root) in enumerate(self.chains.items()):
                    for _ in range(self.rng.randint(1, 2) if number % 5 <= day else 0):
                        at += timedelta(seconds=self.rng.randint(1, 60))
                        data = {"n": self.rng.randint(0, 99), "code": self.rng.choice(("甲", "b", "c"))}
                        acts.append(
                            chain=chain, root=root, by=somebody, at=at, act="case.step", subject="case:1", data=data
                        )
                for root in self.roots:
                    acts.note_reading(
                        root=root, by=somebody, at=at, what="dossier", subject=self.rng.choice(list(self.chains))
                    )
                if day < DAYS:
                    acts.anchor_all(day=at.date())
            if day == CARRIED - 1:
                self.kept = reads.kept()
                counted = rows("SELECT chain, count(*) FROM trail_entry GROUP BY chain")
                self.lengths = {chain: length for chain, length in counted if self.id(chain) in self.chains}
                looked = rows("SELECT id, root FROM trail_reading ORDER BY at, id")
                self.readings = [one for one, root in looked if self.id(root) in self.roots]
        self.last = (START + timedelta(days=CARRIED - 1)).date()

    def uuid(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def key(self, one: UUID) -> Any:
        return one if self.native else one.hex

    def id(self, value: Any) -> UUID:
        return value if isinstance(value, UUID) else UUID(value)

    def chain(self, least: int = 1) -> Any:
        """A chain of which the carried anchors know at least so many entries, as the database names it."""
        return self.rng.choice(sorted((chain for chain, length in self.lengths.items() if length >= least), key=str))

    def seq(self, chain: Any) -> int:
        return self.rng.randint(1, self.lengths[chain])

    def found(self) -> str:
        """How the tampering is found: by the trail itself, by what was carried out, or not at all."""
        from huying.trail import reads

        if reads.verify():
            return "trail"
        return "kept" if any(one.other for one in reads.compare(self.kept)) else ""


def rows(sql: str, *given: Any) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall() if cursor.description else []


def drop_triggers() -> None:
    from django.db import connection

    if connection.vendor == "postgresql":
        for table in ("entry", "anchor", "reading"):
            rows(f"ALTER TABLE trail_{table} DISABLE TRIGGER USER")
    else:
        for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'trail_%%'"):
            rows(f"DROP TRIGGER {name}")


# --- digesting anew what was changed ----------------------------------------------------------------------------------------


def rebuild(trail: Trail, chain: UUID) -> None:
    """Number and digest a chain anew from its first entry, and set its head."""
    from huying.trail.models import Chain, Entry
    from huying.trail.rules import GENESIS, entry_digest, moment

    previous, own = GENESIS, list(Entry.objects.filter(chain=chain).order_by("seq"))
    for number, one in enumerate(own, 1):
        said = [
            str(one.id),
            str(chain),
            str(one.root),
            number,
            moment(one.at),
            one.actor,
            one.act,
            one.subject,
            one.data,
        ]
        digest = entry_digest(one.algorithm, previous, said)
        rows(
            "UPDATE trail_entry SET seq = %s, previous = %s, digest = %s WHERE id = %s",
            number,
            previous,
            digest,
            trail.key(one.id),
        )
        previous = digest
    Chain.objects.filter(pk=chain).update(length=len(own), head=previous)


def rebuild_anchors(root: UUID) -> None:
    """Make every anchor of a root anew, from the chains and looks as they now stand."""
    from huying.trail.models import Anchor, Entry
    from huying.trail.reads import ends, looks_between
    from huying.trail.rules import GENESIS, Tree, anchor_digest

    previous, last, trees, heads = GENESIS, None, {}, {}
    for one in Anchor.objects.filter(root=root).order_by("day"):
        moved = {}
        for entry in Entry.objects.filter(root=root, at__lt=ends(one.day)).order_by("seq"):
            moved[entry.chain] = (entry.seq, bytes(entry.digest))
        fresh = {chain: pair for chain, pair in moved.items() if heads.get(chain) != pair}
        heads |= fresh
        tree = trees.setdefault(one.day, Tree(one.algorithm))
        for chain, pair in heads.items():
            tree.put(chain, *pair)
        looks = looks_between(root, ends(last) if last else None, ends(one.day), one.algorithm)
        digest = anchor_digest(one.algorithm, previous, root, one.day, chains=len(heads), top=tree.top(), looks=looks)
        Anchor.objects.filter(pk=one.pk).update(
            chains=len(heads), merkle=tree.top(), previous=previous, digest=digest, looks=looks.count,
            looks_digest=looks.digest, heads={str(chain): [length, head.hex()] for chain, (length, head) in fresh.items()},
        )  # fmt: skip
        previous, last = digest, one.day

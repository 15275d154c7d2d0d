"""``python -m drills.tampering``: change the trail behind the product's back a thousand times, and see that each is found.

Whoever does it here has the database in hand, with all triggers gone, knows the code, and digests anew what he changed.
Only the anchors carried out of the house are out of his reach.  Every tampering is taken back before the next.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from drills.trail import CARRIED, START, Trail, rebuild, rebuild_anchors, rows

# --- what is tried ----------------------------------------------------------------------------------------------------------


def change_column(trail: Trail) -> None:
    """One column of an entry is changed."""
    chain = trail.chain()
    seq = trail.seq(chain)
    column = trail.rng.choice(
        ("id", "chain", "root", "seq", "at", "actor", "act", "subject", "data", "algorithm", "previous", "digest")
    )
    new: Any = {
        "id": lambda: trail.key(trail.uuid()),
        "chain": lambda: trail.key(trail.uuid()),
        "root": lambda: trail.key(trail.rng.choice([root for root in trail.roots if root != trail.chains[trail.id(chain)]])),
        "seq": lambda: seq + trail.rng.randint(100, 900),
        "at": lambda: moved_time(trail, chain, seq),
        "actor": lambda: "post:2",
        "act": lambda: "case.other",
        "subject": lambda: "case:2",
        "data": lambda: json.dumps({"n": trail.rng.randint(100, 200)}),
        "algorithm": lambda: other_digest("trail_entry WHERE chain = %s AND seq = %s", chain, seq),
        "previous": lambda: trail.rng.randbytes(32),
        "digest": lambda: trail.rng.randbytes(32),
    }[column]()  # fmt: skip
    rows(f"UPDATE trail_entry SET {column} = %s WHERE chain = %s AND seq = %s", new, chain, seq)


def other_digest(place: str, *given: Any) -> str:
    ((algorithm,),) = rows(f"SELECT algorithm FROM {place}", *given)
    return "sha256" if algorithm == "sm3" else "sm3"


def moved_time(trail: Trail, chain: Any, seq: int) -> Any:
    from django.db import connection

    from huying.trail.models import Entry

    at = Entry.objects.get(chain=chain, seq=seq).at + timedelta(
        microseconds=trail.rng.choice((-1, 1)) * trail.rng.randint(1, 10**11)
    )
    return connection.ops.adapt_datetimefield_value(at)


def change_and_digest_one(trail: Trail) -> None:
    """An entry is changed and digested anew, the entries after it are not."""
    from huying.trail.models import Entry
    from huying.trail.rules import entry_digest, moment

    chain = trail.chain()
    one = Entry.objects.get(chain=chain, seq=trail.seq(chain))
    said = [
        str(one.id),
        str(one.chain),
        str(one.root),
        one.seq,
        moment(one.at),
        "post:2",
        one.act,
        one.subject,
        one.data,
    ]
    rows(
        "UPDATE trail_entry SET actor = 'post:2', digest = %s WHERE id = %s",
        entry_digest(one.algorithm, bytes(one.previous), said),
        trail.key(one.id),
    )


def change_and_rebuild(trail: Trail) -> None:
    """An entry is changed and its whole chain digested anew, head and all."""
    chain = trail.chain()
    rows("UPDATE trail_entry SET act = 'case.other' WHERE chain = %s AND seq = %s", chain, trail.seq(chain))
    rebuild(trail, trail.id(chain))


def rebuild_in_the_other_digest(trail: Trail) -> None:
    """A whole chain is digested anew with the other algorithm."""
    chain = trail.chain()
    rows(
        "UPDATE trail_entry SET algorithm = CASE algorithm WHEN 'sm3' THEN 'sha256' ELSE 'sm3' END WHERE chain = %s",
        chain,
    )
    rebuild(trail, trail.id(chain))


def delete_one(trail: Trail) -> None:
    """An entry is taken out."""
    chain = trail.chain()
    rows("DELETE FROM trail_entry WHERE chain = %s AND seq = %s", chain, trail.seq(chain))


def delete_some(trail: Trail) -> None:
    """All entries of a stretch of time are taken out."""
    from django.db import connection

    day = START + timedelta(days=trail.rng.randint(1, CARRIED - 1))
    adapt = connection.ops.adapt_datetimefield_value
    rows("DELETE FROM trail_entry WHERE at >= %s AND at < %s", adapt(day), adapt(day + timedelta(hours=9)))


def delete_and_rebuild(trail: Trail) -> None:
    """An entry is taken out, the rest numbered and digested anew."""
    chain = trail.chain(2)
    rows("DELETE FROM trail_entry WHERE chain = %s AND seq = %s", chain, trail.seq(chain))
    rebuild(trail, trail.id(chain))


def forged(trail: Trail, chain: UUID, root: UUID, seq: int, at: datetime) -> None:
    from huying.trail.models import Entry

    Entry.objects.create(
        id=trail.uuid(), chain=chain, root=root, seq=seq, at=at, actor="post:1", act="case.forged", subject="case:1",
        data={"n": 1}, algorithm="sha256", previous=trail.rng.randbytes(32), digest=trail.rng.randbytes(32),
    )  # fmt: skip


def early(trail: Trail) -> datetime:
    return START + timedelta(days=trail.rng.randint(0, CARRIED - 1), minutes=trail.rng.randint(0, 600))


def insert_between(trail: Trail) -> None:
    """A forged entry is put between others, everything after it numbered and digested anew."""
    chain = trail.chain(2)
    seq = trail.seq(chain)
    rows("UPDATE trail_entry SET seq = seq + 10000 WHERE chain = %s AND seq >= %s", chain, seq)
    forged(trail, trail.id(chain), trail.chains[trail.id(chain)], seq, early(trail))
    rebuild(trail, trail.id(chain))


def insert_loose(trail: Trail) -> None:
    """A forged entry is put behind the last, the head forgotten."""
    chain = trail.chain()
    ((last,),) = rows("SELECT max(seq) FROM trail_entry WHERE chain = %s", chain)
    forged(trail, trail.id(chain), trail.chains[trail.id(chain)], last + 1, early(trail))


def insert_backdated(trail: Trail) -> None:
    """A forged entry with an early date is put behind the last, rightly digested, head and all."""
    insert_loose(trail)
    (chain,) = rows("SELECT chain FROM trail_entry WHERE act = 'case.forged'")[0]
    rebuild(trail, trail.id(chain))


def swap(trail: Trail) -> None:
    """Two entries of a chain change places."""
    chain = trail.chain(2)
    first, second = trail.rng.sample(range(1, trail.lengths[chain] + 1), 2)
    for old, new in ((first, 20000), (second, first), (20000, second)):
        rows("UPDATE trail_entry SET seq = %s WHERE chain = %s AND seq = %s", new, chain, old)


def swap_and_rebuild(trail: Trail) -> None:
    """Two entries change places, and the chain is digested anew."""
    chain = trail.chain(2)
    first, second = trail.rng.sample(range(1, trail.lengths[chain] + 1), 2)
    for old, new in ((first, 20000), (second, first), (20000, second)):
        rows("UPDATE trail_entry SET seq = %s WHERE chain = %s AND seq = %s", new, chain, old)
    rebuild(trail, trail.id(chain))


def swap_chains(trail: Trail) -> None:
    """Two chains change their names: what was done to one case is said of another."""
    first, second = trail.rng.sample(sorted(trail.lengths, key=str), 2)
    for old, new in ((first, trail.key(trail.uuid())), (second, first)):
        rows("UPDATE trail_entry SET chain = %s WHERE chain = %s", new, old)
        if old == first:
            between = new
    rows("UPDATE trail_entry SET chain = %s WHERE chain = %s", second, between)
    for chain in (first, second):
        rows("UPDATE trail_entry SET root = %s WHERE chain = %s", trail.key(trail.chains[trail.id(chain)]), chain)
        rebuild(trail, trail.id(chain))


def cut_tail(trail: Trail) -> None:
    """The last entries of a chain are cut off, its head left as it was."""
    chain = trail.chain()
    rows("DELETE FROM trail_entry WHERE chain = %s AND seq >= %s", chain, trail.seq(chain))


def cut_tail_and_head(trail: Trail) -> None:
    """The last entries are cut off and the head set to what is left."""
    chain = trail.chain(2)
    rows("DELETE FROM trail_entry WHERE chain = %s AND seq > %s", chain, trail.rng.randint(1, trail.lengths[chain] - 1))
    rebuild(trail, trail.id(chain))


def remove_chain(trail: Trail) -> None:
    """A chain goes whole, head and all."""
    chain = trail.chain()
    rows("DELETE FROM trail_entry WHERE chain = %s", chain)
    rows("DELETE FROM trail_chain WHERE id = %s", chain)


def remove_entries(trail: Trail) -> None:
    """All entries of a chain go, the head stays or is set to nothing."""
    chain = trail.chain()
    rows("DELETE FROM trail_entry WHERE chain = %s", chain)
    if trail.rng.random() < 0.5:
        rows("UPDATE trail_chain SET length = 0, head = %s WHERE id = %s", bytes(32), chain)


def change_head(trail: Trail) -> None:
    """The head of a chain is changed or taken away."""
    chain = trail.chain()
    how = trail.rng.choice(("length = length - 1", "length = length + 1", "head = %s", "root = %s", ""))
    other = trail.key(trail.rng.choice([root for root in trail.roots if root != trail.chains[trail.id(chain)]]))
    if not how:
        rows("DELETE FROM trail_chain WHERE id = %s", chain)
    elif "%s" in how:
        rows(f"UPDATE trail_chain SET {how} WHERE id = %s", other if "root" in how else trail.rng.randbytes(32), chain)
    else:
        rows(f"UPDATE trail_chain SET {how} WHERE id = %s", chain)


def move_chain(trail: Trail) -> None:
    """A chain is moved under another root, digested anew or not."""
    chain = trail.chain()
    other = trail.key(trail.rng.choice([root for root in trail.roots if root != trail.chains[trail.id(chain)]]))
    rows("UPDATE trail_entry SET root = %s WHERE chain = %s", other, chain)
    rows("UPDATE trail_chain SET root = %s WHERE id = %s", other, chain)
    if trail.rng.random() < 0.7:
        rebuild(trail, trail.id(chain))


def forge_chain(trail: Trail) -> None:
    """A whole chain is invented, with early dates, rightly digested."""
    from huying.trail.models import Chain

    chain, root = trail.uuid(), trail.rng.choice(trail.roots)
    Chain.objects.create(id=chain, root=root, length=0, head=bytes(32))
    at = early(trail)
    for number in range(trail.rng.randint(1, 4)):
        forged(trail, chain, root, number + 1, at + timedelta(minutes=number))
    rebuild(trail, chain)


def anchor(trail: Trail) -> tuple[Any, Any]:
    """An anchor among those carried out: id and root."""
    from django.db import connection

    day = trail.last if connection.vendor == "postgresql" else str(trail.last)
    return trail.rng.choice(sorted(rows("SELECT id, root FROM trail_anchor WHERE day <= %s", day), key=str))


def change_anchor(trail: Trail) -> None:
    """One column of an anchor is changed."""
    one, _ = anchor(trail)
    column = trail.rng.choice(
        ("root", "day", "chains", "algorithm", "merkle", "previous", "digest", "heads", "looks", "looks_digest")
    )
    new: Any = {
        "root": lambda: trail.key(trail.uuid()),
        "day": lambda: str(trail.last + timedelta(days=trail.rng.randint(100, 200))),
        "chains": lambda: trail.rng.randint(50, 90),
        "algorithm": lambda: other_digest("trail_anchor WHERE id = %s", one),
        "heads": lambda: changed_heads(trail, one),
        "looks": lambda: trail.rng.randint(50, 90),
    }.get(column, lambda: trail.rng.randbytes(32))()  # fmt: skip
    rows(f"UPDATE trail_anchor SET {column} = %s WHERE id = %s", new, one)


def changed_heads(trail: Trail, one: Any) -> str:
    ((found,),) = rows("SELECT heads FROM trail_anchor WHERE id = %s", one)
    heads = json.loads(found)
    chain = trail.rng.choice(sorted(heads) or [str(trail.uuid())])
    how = trail.rng.randint(0, 2)
    if how == 0:
        heads.pop(chain, None)
        return json.dumps(heads or "nothing")
    length, head = heads.get(chain, [1, "00" * 32])
    heads[chain] = [length + 1, head] if how == 1 else [length, trail.rng.randbytes(32).hex()]
    return json.dumps(heads)


def delete_anchor(trail: Trail) -> None:
    """An anchor is taken away."""
    rows("DELETE FROM trail_anchor WHERE id = %s", anchor(trail)[0])


def delete_anchors(trail: Trail) -> None:
    """All anchors of a root are taken away."""
    rows("DELETE FROM trail_anchor WHERE root = %s", trail.key(trail.rng.choice(trail.roots)))


def rebuild_everything(trail: Trail) -> None:
    """A chain is changed, it and every anchor after it made anew: only what was carried out tells."""
    how = trail.rng.choice(
        (
            change_and_rebuild,
            delete_and_rebuild,
            insert_between,
            swap_and_rebuild,
            forge_chain,
            remove_chain,
            insert_backdated,
        )
    )
    how(trail)
    for root in trail.roots:
        rebuild_anchors(root)


def change_look(trail: Trail) -> None:
    """One column of a look is changed."""
    one = trail.rng.choice(trail.readings)
    column = trail.rng.choice(("id", "root", "at", "person", "post", "unit", "subject", "what", "reason"))
    from django.db import connection

    new: Any = {
        "at": lambda: connection.ops.adapt_datetimefield_value(early(trail) + timedelta(days=30)),
        "what": lambda: "print",
        "reason": lambda: "verify",
        "root": lambda: trail.key(trail.uuid()),
    }.get(column, lambda: trail.key(trail.uuid()))()
    rows(f"UPDATE trail_reading SET {column} = %s WHERE id = %s", new, one)


def delete_look(trail: Trail) -> None:
    """Somebody looked, and takes away the trace."""
    rows("DELETE FROM trail_reading WHERE id = %s", trail.rng.choice(trail.readings))


def invent_look(trail: Trail) -> None:
    """A look is put on somebody who did not look."""
    from huying.trail.models import Reading

    Reading.objects.create(
        id=trail.uuid(), root=trail.rng.choice(trail.roots), at=early(trail), person=trail.uuid(), what="dossier"
    )


def change_look_and_rebuild(trail: Trail) -> None:
    """A look is taken away, invented or changed, and every anchor made anew."""
    trail.rng.choice((delete_look, invent_look, change_look))(trail)
    for root in trail.roots:
        rebuild_anchors(root)


KINDS: tuple[tuple[Callable[[Trail], None], int], ...] = (
    (change_column, 6), (change_and_digest_one, 2), (change_and_rebuild, 2), (rebuild_in_the_other_digest, 1), (delete_one, 2),
    (delete_some, 1), (delete_and_rebuild, 2), (insert_between, 2), (insert_loose, 1), (insert_backdated, 2), (swap, 1),
    (swap_and_rebuild, 1), (swap_chains, 1), (cut_tail, 1), (cut_tail_and_head, 2), (remove_chain, 2), (remove_entries, 1),
    (change_head, 2), (move_chain, 2), (forge_chain, 2), (change_anchor, 3), (delete_anchor, 1), (delete_anchors, 1),
    (rebuild_everything, 4), (change_look, 2), (delete_look, 1), (invent_look, 1), (change_look_and_rebuild, 1),
)  # fmt: skip


def rebuild_tail(trail: Trail) -> None:
    """What was written after the last anchor carried out is changed, with everything that hangs on it made anew."""
    from huying.trail.models import Entry

    chain = trail.rng.choice(
        [one for one in trail.lengths if Entry.objects.filter(chain=one, seq__gt=trail.lengths[one]).exists()]
    )
    late = Entry.objects.filter(chain=chain, seq__gt=trail.lengths[chain]).order_by("seq").first()
    assert late is not None
    rows("UPDATE trail_entry SET act = 'case.other' WHERE id = %s", trail.key(late.id))
    rebuild(trail, trail.id(chain))
    rebuild_anchors(trail.chains[trail.id(chain)])


def drill(
    count: int, seed: int, say: Callable[[str], None] = lambda words: None
) -> tuple[Counter[str], Counter[str], list[str]]:
    """Try so many tamperings; how many of each kind were tried, by what they were found, and which were not."""
    from django.db import transaction

    trail = Trail(seed)
    if trail.found():
        raise RuntimeError("the trail has a fault before anybody touched it")
    kinds = [kind for kind, weight in KINDS for _ in range(weight)]
    tried: Counter[str] = Counter()
    by: Counter[str] = Counter()
    missed = []
    for number in range(count):
        kind = KINDS[number][0] if number < len(KINDS) else trail.rng.choice(kinds)
        with transaction.atomic():
            kind(trail)
            found = trail.found()
            transaction.set_rollback(True)
        tried[kind.__name__] += 1
        by[found] += 1
        if not found:
            missed.append(f"{number}: {kind.__name__}")
        if number % 100 == 99:
            say(f"{number + 1} / {count}")
    return tried, by, missed


def main() -> None:
    """Build a trail in a throw-away database, tamper with it, print the figures; exit code 1 when something was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(
            HUYING_HOME=home,
            HUYING_SECRET="drill",
            HUYING_MAIL="dummy://",
            DJANGO_SETTINGS_MODULE="huying.site.settings",
        )
        os.environ.pop("HUYING_KEYS", None)
        os.environ.pop("DATABASE_URL", None)
        if given.engine == "sqlite":
            sys.exit(_run(given))
        from tests.postgres import Cluster

        with Cluster() as cluster:
            os.environ["DATABASE_URL"] = cluster.url
            sys.exit(_run(given))


def _run(given: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from huying.kernel import crypto

    crypto.write_keyring(crypto.new_keyring(), Path(os.environ["HUYING_HOME"]) / "keys" / "huying-keys.json")
    call_command("migrate", "trail", verbosity=0)
    began = time.perf_counter()
    tried, by, missed = drill(given.count, given.seed, lambda words: print(words, file=sys.stderr))
    print(f"{given.engine}, seed {given.seed}: {given.count} tamperings in {time.perf_counter() - began:.0f} s")
    print(f"found by the trail itself: {by['trail']}; only by anchors carried out: {by['kept']}; not found: {by['']}")
    for name, times in sorted(tried.items()):
        print(f"  {name}: {times}")
    for one in missed:
        print(f"  missed {one}")
    connection.close()
    return int(bool(missed))


if __name__ == "__main__":
    main()

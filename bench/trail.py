"""``python -m bench.trail``: rows a second of appending to and verifying a trail of a million rows, on both engines.

For docs/trail.md.  The rows are put in as the product would have written them (right digests, heads, a daily anchor), in
bulk; then single acts are appended as the product does, and everything is verified.  Each figure stands beside the bare
database doing what it cannot do without, in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

START = datetime(2026, 1, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
EACH = 10  # entries of a chain: a case's acts, half of them on one day, half on the next
DAYS = 20
ACTS = 500
DATA = {"from": "accepted", "to": "handling", "n": 1}
ENTRY = (
    "INSERT INTO trail_entry (id, chain, root, seq, at, actor, act, subject, data, algorithm, previous, digest) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure one engine after the other, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--digest", choices=("sha256", "sm3"), default="sha256")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as home:
        os.environ.update(
            HUYING_HOME=home, HUYING_SECRET=__name__, HUYING_MAIL="dummy://", HUYING_DIGEST=given.digest,
            DJANGO_SETTINGS_MODULE="huying.site.settings",
        )  # fmt: skip
        for name in ("HUYING_KEYS", "DATABASE_URL"):
            os.environ.pop(name, None)
        if given.engine == "sqlite":
            _run(given.rows)
            return
        from tests.postgres import Cluster

        with Cluster() as cluster:
            os.environ["DATABASE_URL"] = cluster.url
            _run(given.rows)


def _run(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from huying.kernel import crypto

    crypto.write_keyring(crypto.new_keyring(), Path(os.environ["HUYING_HOME"]) / "keys" / "huying-keys.json")
    call_command("migrate", "trail", verbosity=0)
    root, chains = UUID(int=1), fill(count)
    say(
        f"{connection.vendor}, {os.environ['HUYING_DIGEST']}, {count:,} rows in {len(chains):,} chains, {platform.python_version()}"
    )
    append(root, chains)
    verify(count)
    connection.close()


def fill(count: int) -> list[UUID]:
    """Chains, entries and anchors as the product writes them, many at once."""
    from django.db import connection, transaction

    from huying.trail.acts import anchor_day
    from huying.trail.rules import GENESIS, entry_digest, moment

    rng = random.Random(1)
    root, algorithm = UUID(int=1), os.environ["HUYING_DIGEST"]
    chains = sorted(UUID(int=rng.getrandbits(128), version=4) for _ in range(count // EACH))
    heads = dict.fromkeys(chains, (0, GENESIS))
    native, packed = connection.features.has_native_uuid_field, json.dumps(DATA)
    key = (lambda one: one) if native else (lambda one: one.hex)
    for day in range(DAYS):
        at = START + timedelta(days=day)
        stamp, batch = connection.ops.adapt_datetimefield_value(at), []
        for chain in [
            one for number, one in enumerate(chains) if day - number % (DAYS - 1) in {0, 1} for _ in range(EACH // 2)
        ]:
            length, previous = heads[chain]
            one = UUID(int=rng.getrandbits(128), version=4)
            actor, subject = f"post:{chain}", f"case:{chain}"
            said = [str(one), str(chain), str(root), length + 1, moment(at), actor, "case.advance", subject, DATA]
            digest = entry_digest(algorithm, previous, said)
            heads[chain] = (length + 1, digest)
            batch.append(
                (
                    key(one),
                    key(chain),
                    key(root),
                    length + 1,
                    stamp,
                    actor,
                    "case.advance",
                    subject,
                    packed,
                    algorithm,
                    previous,
                    digest,
                )
            )
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(ENTRY, batch)
            moved = {row[1] for row in batch}
            cursor.executemany(
                "INSERT INTO trail_chain (id, root, length, head) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (id) DO UPDATE SET length = excluded.length, head = excluded.head",
                [(key(chain), key(root), *pair) for chain, pair in heads.items() if key(chain) in moved],
            )
        anchor_day(root=root, day=at.date())
    return chains


def append(root: UUID, chains: list[UUID]) -> None:
    """Single acts, each in a transaction of its own, beside the bare INSERT and UPDATE."""
    from django.db import connection, transaction

    from huying.kernel.actors import SYSTEM
    from huying.trail import acts
    from huying.trail.models import Entry

    rng, at = random.Random(2), START + timedelta(days=DAYS)
    began = time.perf_counter()
    for number in range(ACTS):
        acts.append(
            chain=rng.choice(chains),
            root=root,
            by=SYSTEM,
            at=at + timedelta(seconds=number),
            act="case.step",
            subject="case:1",
        )
    ours = time.perf_counter() - began
    columns = [field.column for field in Entry._meta.concrete_fields]
    taken = Entry.objects.order_by("-id")[:1].get()
    bare = {
        field.column: field.get_db_prep_save(getattr(taken, field.attname), connection)
        for field in Entry._meta.concrete_fields
    }
    insert = f"INSERT INTO trail_entry ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    key = (lambda one: one) if connection.features.has_native_uuid_field else (lambda one: one.hex)
    began = time.perf_counter()
    for number in range(ACTS):
        chain = rng.choice(chains)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                insert,
                [
                    (bare | {"id": key(UUID(int=10**9 + number)), "chain": key(UUID(int=10**12 + number))})[one]
                    for one in columns
                ],
            )
            cursor.execute("UPDATE trail_chain SET length = length + 0 WHERE id = %s", [key(chain)])
    plain = time.perf_counter() - began
    say(f"append: {ACTS / ours:,.0f} rows/s, {ours / plain:.1f} x bare INSERT and UPDATE ({ACTS / plain:,.0f}/s)")
    _forget(key)


def _forget(key) -> None:
    """Take the bare rows away again."""
    from drills.trail import drop_triggers, rows

    drop_triggers()
    for number in range(ACTS):
        rows("DELETE FROM trail_entry WHERE id = %s", key(UUID(int=10**9 + number)))


def verify(count: int) -> None:
    """The whole trail, beside reading it once through."""
    from django.db import connection

    from huying.trail import reads
    from huying.trail.reads import _rows

    began = time.perf_counter()
    for _ in _rows.entries(("", [])):
        pass
    plain = time.perf_counter() - began
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    statements = 0

    def counting(execute, sql, params, many, context):
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    began, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counting):
        faults = reads.verify()
    took, spent = time.perf_counter() - began, time.process_time() - cpu
    if faults:
        sys.exit(f"faults where there are none: {faults[:3]}")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    say(
        f"verify: {count / took:,.0f} rows/s ({count / spent:,.0f} a second of processor), {took / plain:.1f} x reading the rows, "
        f"{statements} statements, {grown:.0f} MB more at the highest"
    )


if __name__ == "__main__":
    main()

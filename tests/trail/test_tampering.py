"""What somebody with the database in hand can do to the trail, a hundred and fifty ways at random; none goes unseen.

The long form, a thousand and more on either engine: ``python -m drills.tampering`` (docs/trail.md).
"""

from __future__ import annotations

import pytest
from django.db import transaction

from drills import tampering
from huying.trail import reads

pytestmark = pytest.mark.django_db
COUNT = 150
FIRST_CHAIN = "(SELECT min(chain) FROM trail_entry)"
RUBBISH = {
    "postgresql": [
        "UPDATE trail_entry SET data = '[[[]]]'",
        "UPDATE trail_anchor SET heads = '{\"x\": 1}'",
        "UPDATE trail_entry SET digest = ''",
    ],
    "sqlite": [
        *(
            f"UPDATE trail_entry SET {column} = {value} WHERE seq = 2"
            for column in ("at", "actor", "subject", "algorithm", "digest")
            for value in ("x'ff00'", "CAST(x'ff' AS TEXT)", "'2026-13-45 00:00:00'", "17")
        ),
        "UPDATE trail_entry SET data = '{' WHERE seq = 1",
        "UPDATE trail_entry SET root = upper(root), id = upper(id)",
        f"UPDATE trail_entry SET chain = 5 WHERE seq = 1 AND chain = {FIRST_CHAIN}",
        "UPDATE trail_anchor SET day = 'x' WHERE day = (SELECT max(day) FROM trail_anchor) AND chains > 1",
        "UPDATE trail_anchor SET heads = '[1]'",
        "UPDATE trail_anchor SET chains = 'x'",
        "UPDATE trail_chain SET length = 'x', head = 4",
        "UPDATE trail_chain SET id = 'x' WHERE id = (SELECT min(id) FROM trail_chain)",
        "UPDATE trail_reading SET at = '', what = x'ff'",
    ],
}


@pytest.mark.attack(
    "system", "changes, deletes, inserts, swaps, cuts and rebuilds entries, heads, anchors and looks with raw SQL and triggers dropped",
    found="mended: a head taken away, a backdated entry behind the last, any change of the reading log went unseen; now found",
)  # fmt: skip
def test_every_tampering_before_the_last_carried_anchor_is_found() -> None:
    tried, by, missed = tampering.drill(COUNT, seed=7)
    assert missed == []
    assert set(tried) == {kind.__name__ for kind, _ in tampering.KINDS}, "each kind is tried at least once"
    assert by["kept"], "some are seen by what was carried out of the house only"


@pytest.mark.attack(
    "system", "rebuilds what was written after the last carried anchor, with every later anchor made anew",
    found="held: it cannot be found, and the product says for how many entries that is so",
)  # fmt: skip
def test_what_lies_after_the_last_carried_anchor_is_said_not_to_be_proven() -> None:
    trail = tampering.Trail(11)
    whole = {one.root: one for one in reads.compare(trail.kept)}
    with transaction.atomic():
        tampering.rebuild_tail(trail)
        assert trail.found() == ""
        found = {one.root: one for one in reads.compare(trail.kept)}
        for root, one in ((root, found[root]) for root in trail.roots):
            assert one.until == trail.last
            assert (one.covered, one.after) == (whole[root].covered, whole[root].after)
            assert one.after > 0
            assert one.covered == sum(
                length for chain, length in trail.lengths.items() if trail.chains[trail.id(chain)] == root
            )
        transaction.set_rollback(True)


@pytest.mark.attack(
    "system",
    "writes what no program could read into the trail's tables, to make the verification break off",
    found="held",
)
def test_rubbish_is_a_fault_and_never_an_error() -> None:
    from django.db import connection

    tampering.Trail(5)
    rubbish = RUBBISH["postgresql" if connection.vendor == "postgresql" else "sqlite"]
    if connection.vendor == "sqlite":  # whoever drops triggers leaves no CHECK in his way either
        tampering.rows("PRAGMA ignore_check_constraints = ON")
    for sql in rubbish:
        with transaction.atomic():
            tampering.rows(sql)
            assert reads.verify(), sql
            transaction.set_rollback(True)
    assert reads.verify() == []
    if connection.vendor == "sqlite":
        tampering.rows("PRAGMA ignore_check_constraints = OFF")

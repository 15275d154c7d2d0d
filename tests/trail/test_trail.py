"""Chains and anchors: whatever is changed behind the product's back is found."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from huying.kernel.actors import SYSTEM
from huying.trail import acts
from huying.trail.models import Anchor, Chain, Entry
from huying.trail.reads import verify, verify_anchors, verify_chain
from huying.trail.rules import GENESIS, merkle


@pytest.fixture
def chain(db, now):
    """A chain of five entries and another of two, anchored."""
    root, one, other = uuid4(), uuid4(), uuid4()
    for number in range(5):
        acts.append(
            chain=one, root=root, by=SYSTEM, at=now + timedelta(seconds=number), act="a.b", subject=f"x:{number}"
        )
    for number in range(2):
        acts.append(chain=other, root=root, by=SYSTEM, at=now, act="a.b", subject=f"y:{number}", data={"n": number})
    acts.anchor_day(root=root, day=now.date())
    return root, one, other


def without_triggers(sql: str, *params) -> None:
    """Raw SQL as somebody with the database in hand would run it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE trail_entry DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE trail_anchor DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'trail_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, params)


def key(value):
    return value.hex if connection.vendor == "sqlite" else value


def test_a_whole_trail_has_no_fault(chain):
    root, one, _ = chain
    assert verify(root) == []
    assert Chain.objects.get(pk=one).length == 5
    assert [entry.seq for entry in Entry.objects.filter(chain=one).order_by("seq")] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE trail_entry SET act = 'z' WHERE chain = %s AND seq = 3",
        "UPDATE trail_entry SET subject = 'x:9' WHERE chain = %s AND seq = 1",
        "UPDATE trail_entry SET actor = 'somebody' WHERE chain = %s AND seq = 5",
        "DELETE FROM trail_entry WHERE chain = %s AND seq = 3",
        "DELETE FROM trail_entry WHERE chain = %s AND seq = 5",
        "DELETE FROM trail_entry WHERE chain = %s",
        "UPDATE trail_chain SET length = 4 WHERE id = %s",
    ],
)
def test_every_kind_of_change_is_found(chain, sql):
    root, one, other = chain
    without_triggers(sql, key(one))
    assert verify_chain(one)
    assert not verify_chain(other)
    assert verify(root)


def test_swapped_entries_are_found(chain):
    _, one, _ = chain
    without_triggers(
        "UPDATE trail_entry SET seq = CASE seq WHEN 2 THEN 103 WHEN 3 THEN 102 ELSE seq END WHERE chain = %s", key(one)
    )
    without_triggers("UPDATE trail_entry SET seq = seq - 100 WHERE chain = %s AND seq > 100", key(one))
    assert verify_chain(one)


def test_a_rebuilt_chain_does_not_match_its_anchor(chain, now):
    root, one, _ = chain
    without_triggers("DELETE FROM trail_entry WHERE chain = %s", key(one))
    Chain.objects.filter(pk=one).update(length=0, head=GENESIS)
    for number in range(5):
        acts.append(chain=one, root=root, by=SYSTEM, at=now, act="forged", subject=f"x:{number}")
    assert verify_chain(one) == []
    assert verify_anchors(root)


def test_anchors_are_chained_day_to_day_and_made_once(chain, now):
    root, one, _ = chain
    acts.append(chain=one, root=root, by=SYSTEM, at=now, act="c.d", subject="x:6")
    second = acts.anchor_day(root=root, day=now.date() + timedelta(days=1))
    assert acts.anchor_day(root=root, day=now.date() + timedelta(days=1)) == second
    assert list(second.heads) == [str(one)]
    assert bytes(second.previous) == bytes(Anchor.objects.order_by("day").first().digest)
    assert verify(root) == []
    without_triggers("UPDATE trail_anchor SET merkle = %s WHERE id = %s", b"x" * 32, key(second.pk))
    assert verify_anchors(root)


def test_no_leaf_poses_as_an_inner_node():
    leaves = [bytes([n]) * 32 for n in range(5)]
    assert merkle(leaves) != merkle(leaves[:4])
    assert merkle([merkle(leaves)]) != merkle(leaves)
    assert merkle(leaves[:2]) != merkle(list(reversed(leaves[:2])))

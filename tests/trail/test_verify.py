"""How the trail is verified: either digest, in steps, in few statements, while others act; and what keeps being refused."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from huying.kernel.actors import SYSTEM, Actor
from huying.trail import acts, reads
from huying.trail.models import Anchor, Chain, Entry, Reading
from huying.trail.reads import _rows, _verify
from huying.trail.rules import SHA256, SM3, Damaged, Kept, Tree, grouped, hashed, kept_text, leaf, merkle, read_kept
from tests.trail.test_trail import key, without_triggers

SOMEBODY = Actor(code="post:1", label="甲", person_id=uuid4(), post_id=uuid4())


def grow(chains, root, at, entries=3):
    for number in range(entries):
        for chain in chains:
            acts.append(
                chain=chain, root=root, by=SOMEBODY, at=at + timedelta(seconds=number), act="a.b", subject="x:1"
            )


def test_sm3_is_the_standards_own_example():
    """GB/T 32905-2016, A.1."""
    assert hashed(SM3, b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    with pytest.raises(ValueError, match="md5"):
        hashed("md5", b"abc")


@pytest.mark.django_db
def test_a_chain_may_change_its_digest_from_one_entry_to_the_next(settings, now):
    root, one = uuid4(), uuid4()
    for day, digest in enumerate((SHA256, SM3, SM3, SHA256)):
        settings.HUYING_DIGEST = digest
        at = now + timedelta(days=day)
        grow([one], root, at, 2)
        acts.note_reading(root=root, by=SOMEBODY, at=at, what="dossier", subject=one)
        assert acts.anchor_day(root=root, day=at.date()).algorithm == digest
    assert (
        list(Entry.objects.filter(chain=one).order_by("seq").values_list("algorithm", flat=True))
        == [SHA256] * 2 + [SM3] * 4 + [SHA256] * 2
    )
    assert reads.verify(root) == []
    without_triggers("UPDATE trail_entry SET algorithm = 'sha256' WHERE seq = 3")
    assert [(one.seq, one.what) for one in reads.verify(root)] == [(3, "记录被改动")]


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["trail_entry", "trail_anchor", "trail_reading"])
@pytest.mark.attack("system", "runs UPDATE and DELETE on the trail through the product's own connection", found="held")
def test_the_database_itself_refuses_change(table, now):
    root = uuid4()
    grow([uuid4()], root, now)
    acts.note_reading(root=root, by=SOMEBODY, at=now, what="dossier")
    acts.anchor_day(root=root, day=now.date())
    for sql in (f"UPDATE {table} SET root = root", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.django_db
def test_anchors_of_the_version_before_keep_their_digest(now):
    """They said nothing of looks; the looks since the last of them are covered by the first new one."""
    root, one = uuid4(), uuid4()
    grow([one], root, now)
    acts.note_reading(root=root, by=SOMEBODY, at=now, what="dossier")
    old = acts.anchor_day(root=root, day=now.date())
    from huying.trail.rules import GENESIS, anchor_digest

    digest = anchor_digest(SHA256, GENESIS, root, old.day, chains=1, top=bytes(old.merkle), looks=None)
    without_triggers("UPDATE trail_anchor SET looks = NULL, looks_digest = NULL, digest = %s", digest)
    acts.note_reading(root=root, by=SOMEBODY, at=now + timedelta(days=1), what="print")
    assert acts.anchor_day(root=root, day=now.date() + timedelta(days=1)).looks == 1
    assert reads.verify(root) == []


@pytest.mark.django_db
def test_nothing_is_anchored_for_a_day_that_is_over_already(now):
    root = uuid4()
    grow([uuid4()], root, now)
    first = acts.anchor_day(root=root, day=now.date())
    assert acts.anchor_day(root=root, day=now.date() - timedelta(days=2)) == first
    assert Anchor.objects.count() == 1


def test_the_growing_tree_is_the_merkle_root_of_all_leaves():
    rng = random.Random(3)
    for algorithm in (SHA256, SM3):
        tree, heads = Tree(algorithm), {}
        assert tree.top() == merkle([], algorithm)
        for _ in range(60):
            for chain in [uuid4() for _ in range(rng.randint(0, 3))] + rng.sample(
                list(heads), min(len(heads), rng.randint(0, 4))
            ):
                heads[chain] = (heads.get(chain, (0, b""))[0] + 1, rng.randbytes(32))
                tree.put(chain, *heads[chain])
            leaves = [leaf(algorithm, chain, *heads[chain]) for chain in sorted(heads, key=lambda one: one.bytes)]
            assert tree.top() == merkle(leaves, algorithm)


@pytest.mark.django_db
def test_statements_grow_with_steps_and_not_with_chains(now, django_assert_num_queries, monkeypatch):
    root = uuid4()
    chains = [uuid4() for _ in range(4)]
    grow(chains, root, now)
    acts.anchor_day(root=root, day=now.date())
    with django_assert_num_queries(4):  # anchors, entries, heads, looks
        assert reads.verify() == []
    grow([uuid4() for _ in range(40)], root, now + timedelta(days=1))
    acts.anchor_day(root=root, day=now.date() + timedelta(days=1))
    with django_assert_num_queries(4):
        assert reads.verify() == []
    monkeypatch.setattr(_rows, "STEP", 10)
    assert reads.verify() == []
    assert reads.verify(root) == []
    assert reads.verify(since=now + timedelta(hours=12)) == []


@pytest.mark.django_db
def test_progress_is_told_and_can_end_it(now, monkeypatch):
    root = uuid4()
    grow([uuid4() for _ in range(10)], root, now)
    monkeypatch.setattr(_rows, "STEP", 10)
    seen = []
    assert reads.verify(root, progress=lambda done, of: seen.append((done, of)) or True) == []
    assert seen == [(10, 30), (20, 30), (30, 30), (30, 30)]
    with pytest.raises(reads.Stopped) as stopped:
        reads.verify(root, progress=lambda done, of: done < 20)
    assert stopped.value.done == 20


@pytest.mark.django_db
def test_an_act_in_the_middle_is_no_fault(now, monkeypatch):
    """Between the reading of a chain's entries and of its head somebody acts."""
    root, one = uuid4(), uuid4()
    grow([one], root, now)
    read, first = _rows.heads, []

    def late(scope):
        if not first:
            first.append(True)
            grow([one], root, now, 1)
        return read(scope)

    before, again = [list(_rows.entries(("", [])))], _rows.entries
    monkeypatch.setattr(_verify.rows, "entries", lambda asked: iter(before.pop()) if before else again(asked))
    monkeypatch.setattr(_verify.rows, "heads", late)
    assert reads.verify() == []
    assert Chain.objects.get(pk=one).length == 4


@pytest.mark.django_db
def test_only_the_root_asked_for_is_verified(now):
    mine, other = uuid4(), uuid4()
    one, two = uuid4(), uuid4()
    grow([one], mine, now)
    grow([two], other, now)
    without_triggers("UPDATE trail_entry SET act = 'z' WHERE chain = %s AND seq = 2", key(two))
    assert reads.verify(mine) == []
    assert reads.verify(other)
    Chain.objects.filter(pk=two).delete()
    assert "缺少链头" in {fault.what for fault in reads.verify(other)}


@pytest.mark.django_db
def test_so_many_faults_are_enough(now, monkeypatch):
    grow([uuid4() for _ in range(5)], uuid4(), now)
    without_triggers("UPDATE trail_entry SET act = 'z'")
    monkeypatch.setattr(_verify, "MOST", 4)
    assert len(reads.verify()) == 4


@pytest.mark.django_db
def test_a_look_after_the_last_anchor_is_free_until_the_next(now):
    root = uuid4()
    grow([uuid4()], root, now)
    acts.anchor_day(root=root, day=now.date())
    acts.note_reading(root=root, by=SOMEBODY, at=now + timedelta(days=1), what="dossier")
    assert reads.verify() == []
    assert Reading.objects.count() == 1
    assert acts.note_reading(root=root, by=SYSTEM, at=now, what="dossier") is None


# --- anchors on a sheet -------------------------------------------------------------------------------------------------


def test_a_file_of_anchors_is_read_back_and_damage_on_the_way_is_seen(now):
    one = Kept(now.date(), uuid4(), 7, "ab" * 32)
    text = kept_text([one], {one.root: "县总工会"}, "2026-11-20 09:00")
    assert read_kept("\ufeff" + text.replace("\r\n", "\n")) == [one]
    assert read_kept(text.rsplit("# 以上", 1)[0]) == [one]  # copied without its last line
    with pytest.raises(Damaged):
        read_kept(text.replace("\t7\t", "\t8\t"))
    assert read_kept(f"2026-13-40\t{one.root}\t7\t{'ab' * 32}\n") == []
    assert grouped("0123456789ab") == ["0123", "4567", "89ab"]

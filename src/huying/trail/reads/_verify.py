"""Verifying the trail: every entry, head, anchor and look is digested anew, in a few statements and without keeping rows.

Anchors first, then entries chain by chain beside their heads, then looks beside the anchors.  What is kept meanwhile grows
with the number of chains (their last anchored head), not with the number of entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from huying.trail.models import Anchor, Entry, Reading
from huying.trail.reads import _rows as rows
from huying.trail.reads._looks import ends, look_said
from huying.trail.rules import (
    GENESIS,
    SHA256,
    Looks,
    Tree,
    anchor_digest,
    entry_digest,
    look_digest,
    moment,
)

MOST = 10_000  # faults that are named; after so many nothing new is learned
TRIES = 5
PAIRS = 400
Progress = Callable[[int, int], bool]


@dataclass(frozen=True)
class Fault:
    """Where a chain or anchor does not hold, in words.  ``doubtful``: a clock that was wrong would look the same."""

    chain: UUID | None
    seq: int | None
    what: str
    doubtful: bool = False


class Stopped(Exception):
    """Whoever watched asked to stop; ``done`` rows had been verified."""

    def __init__(self, done: int) -> None:
        super().__init__(str(done))
        self.done = done


class _Enough(Exception):
    """So much is wrong that looking on would say nothing more."""


@dataclass(slots=True)
class _Anchored:
    """Where a chain stood when it last went into an anchor."""

    root: UUID
    seq: int
    head: bytes


@dataclass
class _State:
    """One verification under way."""

    scope: rows.Scope
    progress: Progress | None
    of: int
    done: int = 0
    faults: list[Fault] = field(default_factory=list)
    anchored: dict[UUID, _Anchored] = field(default_factory=dict)
    days: dict[UUID, list[tuple[date, str, Looks | None]]] = field(default_factory=dict)

    def step(self) -> None:
        self.done += 1
        if self.progress is not None and self.done % rows.STEP == 0 and not self.progress(self.done, self.of):
            raise Stopped(self.done)

    def fault(self, chain: UUID | None, seq: int | None, what: str, *, doubtful: bool = False) -> None:
        self.faults.append(Fault(chain, seq, what, doubtful))
        if len(self.faults) >= MOST:
            raise _Enough


def verify(root: UUID | None = None, since: datetime | None = None, progress: Progress | None = None) -> list[Fault]:
    """All faults of a root, or of everything; with ``since`` only chains that moved since then, but all anchors and looks.

    ``progress(done, of)`` is called every few thousand rows and answers whether to go on; else ``Stopped`` is raised.
    """
    state = _State(rows.Scope(root, since), progress, _size(root, since) if progress else 0)
    try:
        _anchors(state)
        _chains(state)
        _lost(state)
        _looks(state)
    except _Enough:
        pass
    if progress is not None:
        whole = max(state.of, state.done)  # looks since the last anchor are counted and not looked at
        progress(whole, whole)
    return state.faults


def verify_chain(chain: UUID) -> list[Fault]:
    """Faults of one chain: gaps, changed entries, a head that does not match; anchors are not looked at."""
    state = _State(rows.Scope(), None, 0)
    walk = _Walk(state, chain)
    for row in rows.of_chain(chain):
        walk.entry(row)
    _ended(state, walk, rows.head_of(chain))
    return state.faults


def verify_anchors(root: UUID) -> list[Fault]:
    """Faults of a root's anchors: each must follow the one before and match the chains and looks as they stood that day."""
    state = _State(rows.Scope(root), None, 0)
    _anchors(state)
    _lost(state)
    _looks(state)
    return state.faults


def _size(root: UUID | None, since: datetime | None) -> int:
    entries: Any = Entry.objects.all()
    if since is not None:
        entries = entries.filter(chain__in=Entry.objects.filter(at__gte=since).values("chain"))
    of_root = {} if root is None else {"root": root}
    return sum(rows_.filter(**of_root).count() for rows_ in (entries, Anchor.objects, Reading.objects))


# --- anchors ------------------------------------------------------------------------------------------------------------


@dataclass
class _Root:
    """The anchors of one root, day after day."""

    root: UUID
    previous: bytes = GENESIS
    heads: dict[UUID, tuple[int, bytes]] = field(default_factory=dict)
    tree: Tree = field(default_factory=lambda: Tree(SHA256))

    def top(self, algorithm: str, moved: dict[UUID, tuple[int, bytes]]) -> bytes:
        """The Merkle root after a day's moves."""
        self.heads.update(moved)
        if self.tree.algorithm != algorithm:
            self.tree, moved = Tree(algorithm), self.heads
        for chain, (length, head) in moved.items():
            self.tree.put(chain, length, head)
        return self.tree.top()


def _anchors(state: _State) -> None:
    """Digest every anchor anew, and remember where each chain stood when it was last anchored."""
    now: _Root | None = None
    for row in rows.anchors(state.scope.root):
        state.step()
        root = rows.uuid_of(row[0])
        if root is None:
            state.fault(None, None, "有日锚被改动，看不出属于哪里")
            continue
        if now is None or now.root != root:
            _keep(state, now)
            now = _Root(root)
        if not _anchor(state, now, row):
            state.fault(None, None, f"{row[1]} 的日锚不符")
    _keep(state, now)


def _anchor(state: _State, now: _Root, row: Any) -> bool:
    """Whether one anchor follows from the one before and from its own heads."""
    _, day, chains, algorithm, merkle, previous, digest, heads, looks, looks_digest = row
    day, algorithm, moved = rows.day_of(day), rows.algorithm_of(algorithm), _moved(rows.json_of(heads))
    top, own = rows.bytes_of(merkle), rows.bytes_of(digest)
    seen = None if looks is None and looks_digest is None else Looks(looks, rows.bytes_of(looks_digest) or b"")
    follows = rows.bytes_of(previous) == now.previous
    now.previous = own or GENESIS
    if day is None or algorithm is None or moved is None or top is None or not isinstance(chains, int):
        return False
    state.days.setdefault(now.root, []).append((day, algorithm, seen))
    stands = now.top(algorithm, moved) == top and len(now.heads) == chains
    said = anchor_digest(algorithm, rows.bytes_of(previous) or b"", now.root, day, chains=chains, top=top, looks=seen)
    return follows and stands and said == own


def _moved(heads: Any) -> dict[UUID, tuple[int, bytes]] | None:
    """Heads of an anchor, ``None`` when they are not what the product writes."""
    try:
        found = {UUID(chain): (pair[0], bytes.fromhex(pair[1])) for chain, pair in heads.items()}
    except (AttributeError, TypeError, ValueError, IndexError, KeyError):
        return None
    fit = all(type(length) is int and 0 < length < 2**32 and len(head) == 32 for length, head in found.values())
    return found if fit and all(str(chain) in heads for chain in found) else None


def _keep(state: _State, now: _Root | None) -> None:
    if now is not None:
        for chain, (length, head) in now.heads.items():
            state.anchored[chain] = _Anchored(now.root, length, head)


# --- chains -------------------------------------------------------------------------------------------------------------


class _Walk:
    """One chain, entry by entry."""

    def __init__(self, state: _State, chain: UUID) -> None:
        self.state, self.chain = state, chain
        self.previous, self.expected = GENESIS, 1
        self.name = str(chain)
        self.root: UUID | None = None
        self._raw: Any = None
        self.anchored = state.anchored.pop(chain, None)
        last = state.days.get(self.anchored.root) if self.anchored else None
        self.until = ends(last[-1][0]) if last else None

    def entry(self, row: Any) -> None:
        """Digest one entry anew and see that it follows."""
        _, seq, one, root, at, actor, act, subject, data, algorithm, previous, digest = row
        fault = self.state.fault
        if seq != self.expected:
            fault(self.chain, self.expected, "缺少记录")
            self.expected = seq if isinstance(seq, int) else self.expected
        before, own, when = rows.bytes_of(previous), rows.bytes_of(digest), rows.moment_of(at)
        if before != self.previous:
            fault(self.chain, seq, "与前一条记录接不上")
        one, known = rows.name_of(one), rows.algorithm_of(algorithm)
        if root != self._raw:  # the same from entry to entry, unless somebody changed it
            self._raw, of = root, rows.uuid_of(root)
            if self.root is None:
                self.root, self.until = of, self.until or self._until(of)
            elif of != self.root:
                fault(self.chain, seq, "换了范围")
        named = [one, self.name, rows.name_of(root), seq, moment(when) if when else ""]
        said = [*named, *(rows.text_of(one) for one in (actor, act, subject)), rows.json_of(data)]
        if None in (own, one) or own != entry_digest(known or SHA256, before or GENESIS, said):
            fault(self.chain, seq, "记录被改动")
        self._against_anchor(seq, own, when)
        self.previous, self.expected = own or GENESIS, self.expected + 1

    def _until(self, root: UUID | None) -> datetime | None:
        days = self.state.days.get(root) if root else None
        return ends(days[-1][0]) if days else None

    def _against_anchor(self, seq: int, own: bytes | None, when: datetime | None) -> None:
        """An anchored entry is the one the anchor names; an entry after it is not older than the anchor."""
        if self.anchored is not None and seq == self.anchored.seq:
            if own != self.anchored.head or self.root != self.anchored.root:
                self.state.fault(self.chain, seq, "与日锚记下的不符")
        elif (
            (self.anchored is None or seq > self.anchored.seq)
            and self.until is not None
            and when is not None
            and when < self.until
        ):
            self.state.fault(
                self.chain, seq, "写的时间在日锚之前，日锚里却没有（事后补进去的，或者当时钟不准）", doubtful=True
            )

    def end(self, head: Any) -> None:
        """Compare with the chain's head."""
        if self.anchored is not None and self.anchored.seq >= self.expected:
            self.state.fault(self.chain, self.anchored.seq, "与日锚记下的不符")
        if head is None:
            self.state.fault(self.chain, None, "缺少链头")
        elif (rows.uuid_of(head[1]), head[2], rows.bytes_of(head[3])) != (self.root, self.expected - 1, self.previous):
            self.state.fault(self.chain, head[2] if isinstance(head[2], int) else None, "链尾缺失或被替换")


def _chains(state: _State) -> None:
    """Entries and heads side by side, both in the order of their chains."""
    waiting = _named(state, rows.heads(state.scope))
    head = next(waiting, None)
    for chain, found in _by_chain(state):
        while head is not None and head[0].bytes < chain.bytes:
            _ended(state, _Walk(state, head[0]), head[1])  # a head without any entry
            head = next(waiting, None)
        own = head[1] if head is not None and head[0] == chain else None
        walk = _Walk(state, chain)
        for row in found:
            state.step()
            walk.entry(row)
        _ended(state, walk, own)
        if own is not None:
            head = next(waiting, None)
    while head is not None:
        _ended(state, _Walk(state, head[0]), head[1])
        head = next(waiting, None)


def _ended(state: _State, walk: _Walk, head: Any) -> None:
    """End of a chain.  Somebody may have acted between the reading of its entries and of its head: then read it again."""
    before = len(state.faults)
    anchored = walk.anchored
    walk.end(head)
    if len(state.faults) == before:
        return
    for _ in range(TRIES):
        first = rows.head_of(walk.chain)
        again = _State(state.scope, None, 0, days=state.days)
        if anchored is not None:
            again.anchored[walk.chain] = anchored
        anew = _Walk(again, walk.chain)
        for row in rows.of_chain(walk.chain):
            anew.entry(row)
        if rows.head_of(walk.chain) == first:
            anew.end(first)
            del state.faults[before:]
            known = {(one.chain, one.seq, one.what) for one in state.faults if one.chain == walk.chain}
            state.faults += [one for one in again.faults if (one.chain, one.seq, one.what) not in known]
            return


def _named(state: _State, found: Iterator[Any]) -> Iterator[tuple[UUID, Any]]:
    """Rows with the chain they belong to; a name that is none is a fault by itself."""
    raw, chain = None, None
    for row in found:
        if row[0] != raw:
            raw, chain = row[0], rows.uuid_of(row[0])
        if chain is None:
            state.fault(None, None, "有记录被改动，看不出属于哪条链")
        else:
            yield chain, row


def _by_chain(state: _State) -> Iterator[tuple[UUID, Iterator[Any]]]:
    """Each chain with its entries."""
    for chain, found in groupby(_named(state, rows.entries(state.scope.of("trail_entry", "chain"))), key=itemgetter(0)):
        yield chain, (row for _, row in found)


def _lost(state: _State) -> None:
    """Anchored chains that were not met: looked up by the entry the anchor names, some hundreds a statement."""
    left = iter(list(state.anchored.items()))
    while some := dict(islice(left, PAIRS)):
        given = [part for chain, known in some.items() for part in (rows.key_of(chain), known.seq)]
        pairs = ", ".join(["(%s, %s)"] * len(some))
        sql = f"SELECT chain, seq, root, digest FROM trail_entry WHERE (chain, seq) IN (VALUES {pairs})"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            found = {
                (rows.uuid_of(row[0]), row[1]): (rows.uuid_of(row[2]), rows.bytes_of(row[3]))
                for row in cursor.fetchall()
            }
        for chain, known in some.items():
            if found.get((chain, known.seq)) != (known.root, known.head):
                state.fault(chain, known.seq, "与日锚记下的不符")


# --- looks --------------------------------------------------------------------------------------------------------------


def _looks(state: _State) -> None:
    """Who looked, beside what the anchors say of it: each anchor covers the looks since the one before."""
    root = state.scope.root
    asked: tuple[str, list[Any]] = ("", []) if root is None else (" AND root = %s", [rows.key_of(root)])
    found = _of_root(state, rows.looks(*asked))
    ahead = next(found, None)
    for one in sorted(state.days, key=lambda root: root.bytes):
        while ahead is not None and ahead[0].bytes < one.bytes:
            ahead = next(found, None)
        for day, algorithm, said in state.days[one]:
            count, digest = 0, GENESIS
            while ahead is not None and ahead[0] == one and (ahead[1] is None or ahead[1] < ends(day)):
                state.step()
                count, digest = count + 1, look_digest(algorithm, digest, look_said(one, ahead[1], ahead[2]))
                ahead = next(found, None)
            if said is not None and said != Looks(count, digest):
                state.fault(None, None, f"{day} 的日锚和查阅记录对不上：有查阅记录被改动、抽掉或者补进")


def _of_root(state: _State, found: Iterator[Any]) -> Iterator[tuple[UUID, datetime | None, Any]]:
    for row in found:
        root = rows.uuid_of(row[0])
        if root is None:
            state.fault(None, None, "有查阅记录被改动，看不出属于哪里")
        else:
            yield root, rows.moment_of(row[1]), row

"""Keeping the figures: every minute what moved is taken again and corrected by the difference; by night whatever slipped by.

What is written follows from the cases alone, so all of this may stop anywhere and run again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from huying.cases.models import Case, Clock, Station
from huying.climb.models import Rung
from huying.feedback.models import Invited, Survey
from huying.handling.models import Item
from huying.kernel.actors import Actor
from huying.ledger.facts import Key, counted, lines_of
from huying.ledger.models import CaseFact, Scope, Swept, Tally
from huying.ledger.reads import roots
from huying.ledger.rules import PEOPLE, STEPS, month_of, published, quarter_of
from huying.mechanism.reads import rules_for
from huying.org.models import Unit

BATCH = 500
OVERLAP = timedelta(minutes=10)  # an act may commit after a later one: what moved just before is looked at again
Figures = dict[Key, tuple[int, int]]
Progress = Callable[[int, int], bool]  # done, of how many → go on?
_T = TypeVar("_T")


def _batched(things: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (things[start : start + BATCH] for start in range(0, len(things), BATCH))


def sweep_figures(*, by: Actor, at: datetime) -> int:
    """Take every case that moved since the last time; how many were looked at.  Roots never wait for each other."""
    return sum(_sweep(root, at) for root in roots())


def _sweep(root: UUID, at: datetime) -> int:
    mark = Swept.objects.filter(root=root).values_list("until", flat=True).first()
    moved = Case.objects.filter(root=root)
    if mark is not None:
        moved = moved.filter(moved_at__gte=mark - OVERLAP)
    ids = list(moved.order_by("moved_at", "pk").values_list("pk", flat=True))
    for batch in _batched(ids):
        with transaction.atomic():
            _locked(root)
            _take(root, batch, at)
    _swept(root, at)
    return len(ids)


@transaction.atomic
def _swept(root: UUID, at: datetime) -> None:
    row = _locked(root)
    row.until = max(at, row.until or at)
    row.save(update_fields=["until"])


def settle_figures(*, by: Actor, at: datetime) -> int:
    """By night: cases that moved unnoticed (entered late with an earlier time), open ones, and those of units that moved in
    the tree; how many were looked at."""
    fact = CaseFact.objects.filter(case=OuterRef("pk"), moved_at=OuterRef("moved_at"), path=OuterRef("unit__path"))
    strayed = Case.objects.filter(~Exists(fact) | Q(closed_at__isnull=True))
    looked = 0
    for root in roots():
        carried = CaseFact.objects.filter(root=root).exclude(path=F("unit__path")).exists()
        for batch in _batched(list(strayed.filter(root=root).order_by("unit", "pk").values_list("pk", flat=True))):
            with transaction.atomic():
                _locked(root)
                _take(root, batch, at)
            looked += len(batch)
        if carried:
            mend_figures(root=root, by=by, at=at)
    return looked


def rebuild_figures(*, root: UUID, by: Actor, at: datetime, progress: Progress) -> bool:
    """Take every case of a root anew, then set right what the figures say.  False when ``progress`` wanted to stop: what is
    there stays right, and the next run begins again."""
    ids = list(Case.objects.filter(root=root).order_by("unit", "pk").values_list("pk", flat=True))
    done = 0
    for batch in _batched(ids):
        if not progress(done, len(ids)):
            return False
        with transaction.atomic():
            _locked(root)
            _take(root, batch, at)
        done += len(batch)
    mend_figures(root=root, by=by, at=at)
    _swept(root, at)
    progress(done, len(ids))
    return True


@transaction.atomic
def mend_figures(*, root: UUID, by: Actor, at: datetime) -> int:
    """Make the figures of a root equal to the sum of its facts; how many were wrong."""
    _locked(root)
    wrong = _differences(root, _summed(root, at))
    _apply(root, wrong)
    return len(wrong)


def check_figures(*, root: UUID, by: Actor, at: datetime) -> int:
    """How many cases and figures of a root differ from a recount.  Writes nothing."""
    ids = list(Case.objects.filter(root=root).order_by("pk").values_list("pk", flat=True))
    wrong = 0
    for batch in _batched(ids):
        kept = {fact.case_id: fact for fact in CaseFact.objects.filter(case__in=batch)}
        for fact in _facts(batch):
            old = kept.get(fact.case_id)
            wrong += old is None or _says(old) != _says(fact)
    wrong += CaseFact.objects.filter(root=root).count() - len(ids)
    return wrong + len(_differences(root, _summed(root, at)))


def _locked(root: UUID) -> Swept:
    Swept.objects.get_or_create(root_id=root)
    return Swept.objects.select_for_update(of=("self",), no_key=True).get(root=root)


# --- taking cases -------------------------------------------------------------------------------------------------------


def _take(root: UUID, ids: Iterable[UUID], at: datetime) -> None:
    """Take some cases of one root and correct the figures by what changed."""
    kept = {fact.case_id: fact for fact in CaseFact.objects.filter(case__in=list(ids))}
    fresh: list[CaseFact] = []
    changed: list[CaseFact] = []
    delta = _Sum()
    for fact in _facts(ids):
        old = kept.get(fact.case_id)
        if old is None:
            fresh.append(fact)
        elif _says(old) != _says(fact) or old.moved_at != fact.moved_at:
            changed.append(fact)
            delta.add(old, -1)
        else:
            continue
        delta.add(fact, 1)
    CaseFact.objects.bulk_create(fresh)
    CaseFact.objects.bulk_update(changed, ["unit", "path", "chain", "month", "past", "moved_at", "lines"])
    _apply(root, delta.figures())
    _publish(root, delta.answered, at)


def _says(fact: CaseFact) -> tuple[object, ...]:
    """All that counts of a fact, as the database gives it back."""
    lines = [tuple(line) for line in fact.lines]
    return fact.unit_id, fact.path, list(fact.chain), fact.month, fact.past, lines


@dataclass
class _Sum:
    """Figures being added up, and the unions and quarters whose answers changed."""

    n: Counter[Key] = field(default_factory=Counter)
    total: Counter[Key] = field(default_factory=Counter)
    answered: set[tuple[UUID, date]] = field(default_factory=set)

    def add(self, fact: CaseFact, sign: int) -> None:
        """Put a fact in, or take it out."""
        for key, n, total in counted(fact):
            self.n[key] += sign * n
            self.total[key] += sign * total
            if key.measure.startswith(PEOPLE):
                self.answered.add((key.unit, quarter_of(key.month)))

    def figures(self) -> Figures:
        """What is not nought."""
        return {key: (n, self.total[key]) for key, n in self.n.items() if n or self.total[key]}


def _facts(ids: Iterable[UUID]) -> Iterator[CaseFact]:
    """Cases as facts that are not saved yet, in a fixed number of statements."""
    cases = list(_fetched(Case.objects.filter(pk__in=list(ids))))
    ends = {end for case in cases for path in (case.unit.path, case.place.path) for end in _ends(path)}
    by_path = dict(Unit.objects.order_by().filter(path__in=ends).values_list("path", "pk"))
    for case in cases:
        yield CaseFact(
            case=case,
            root_id=case.root_id,
            unit=case.unit,
            path=case.unit.path,
            chain=[str(by_path[end]) for end in _way(case)],
            month=month_of(timezone.localdate(case.received_at)),
            past=not any(station.unit.path.startswith(case.unit.path) for station in case.stations.all()),
            moved_at=case.moved_at,
            lines=lines_of(case, climbed=case.climbed),  # type: ignore[attr-defined]
        )


def _ends(path: str) -> list[str]:
    return [path[:end] for end in range(Unit.steplen, len(path) + 1, Unit.steplen)]


def _way(case: Case) -> list[str]:
    """Paths from the top to the union, and one step on towards the place."""
    union, place = case.unit.path, case.place.path
    return _ends(place)[: len(union) // Unit.steplen + 1] if place.startswith(union) else _ends(union)


def _fetched(cases: QuerySet[Case]) -> QuerySet[Case]:
    return (
        cases.annotate(climbed=Exists(Rung.objects.filter(case=OuterRef("pk"))))
        .select_related("unit", "place")
        .prefetch_related(
            Prefetch("clocks", Clock.objects.filter(code__in=[code for code, _ in STEPS])),
            Prefetch("items", Item.objects.exclude(status="dropped")),
            Prefetch(
                "surveys",
                Survey.objects.prefetch_related(Prefetch("invited", Invited.objects.select_related("answer"))),
            ),
            Prefetch("stations", Station.objects.select_related("unit")),
        )
    )


# --- what is written ----------------------------------------------------------------------------------------------------


def _rows(root: UUID, keys: Iterable[Key]) -> dict[Key, Tally]:
    """The kept figures of some keys, and of others beside them."""
    keys = set(keys)
    found: dict[Key, Tally] = {}
    for units in _batched(sorted({key.unit for key in keys})):
        rows = Tally.objects.filter(
            root=root,
            unit__in=units,
            month__in={key.month for key in keys},
            measure__in={key.measure for key in keys},
        )
        found |= {key: row for row in rows if (key := _key(row)) in keys}
    return found


def _key(row: Tally) -> Key:
    return Key(row.unit_id, row.scope, row.month, row.measure, row.value)


def _apply(root: UUID, delta: Mapping[Key, tuple[int, int]]) -> None:
    """Add differences to the kept figures.  What becomes nought goes."""
    kept = _rows(root, delta)
    fresh: list[Tally] = []
    changed: list[Tally] = []
    gone: list[Tally] = []
    for key, (n, total) in delta.items():
        row = kept.get(key)
        if row is None:
            fresh.append(
                Tally(root_id=root, unit_id=key.unit, scope=key.scope, month=key.month, measure=key.measure,
                      value=key.value, n=n, total=total)
            )  # fmt: skip
            continue
        row.n, row.total = row.n + n, row.total + total
        (changed if row.n or row.total else gone).append(row)
    Tally.objects.bulk_create(fresh, batch_size=BATCH)
    Tally.objects.bulk_update(changed, ["n", "total"], batch_size=BATCH)
    for some in _batched(gone):
        Tally.objects.filter(pk__in=[row.pk for row in some]).delete()


def _publish(root: UUID, quarters: Iterable[tuple[UUID, date]], at: datetime) -> None:
    """Say again above what people answered about the cases of some unions and quarters, as far as others may see it."""
    quarters = set(quarters)
    if not quarters:
        return
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in={pk for pk, _ in quarters})}
    own, out = _atoms(root, quarters)
    delta: dict[Key, tuple[int, int]] = {}
    above = _above(units.values())
    for unit, quarter in quarters:
        atom, old = own[unit, quarter], out[unit, quarter]
        new = published(atom, _smallest(units[unit], at), old)
        for name in {*new, *old}:
            change = tuple(a - b for a, b in zip(new.get(name, (0, 0)), old.get(name, (0, 0)), strict=True))
            if any(change):
                for key in _published_keys(unit, above[unit], quarter, name):
                    before = delta.get(key, (0, 0))
                    delta[key] = (before[0] + change[0], before[1] + change[1])
    _apply(root, {key: change for key, change in delta.items() if any(change)})


_Atoms = defaultdict[tuple[UUID, date], dict[tuple[str, str], tuple[int, int]]]


def _atoms(root: UUID, quarters: set[tuple[UUID, date]]) -> tuple[_Atoms, _Atoms]:
    """What people answered, whole, and what is published of it now, by union and quarter."""
    people = Q()
    for beginning in PEOPLE:
        people |= Q(measure__startswith=beginning)
    rows = Tally.objects.filter(people, root=root, unit__in={unit for unit, _ in quarters}).exclude(scope=Scope.BELOW)
    own: _Atoms = defaultdict(dict)
    out: _Atoms = defaultdict(dict)
    for row in rows:
        atom = (own if row.scope == Scope.OWN else out)[row.unit_id, quarter_of(row.month)]
        n, total = atom.get((row.measure, row.value), (0, 0))
        atom[row.measure, row.value] = (n + row.n, total + row.total)
    return own, out


def _published_keys(unit: UUID, above: list[UUID], quarter: date, name: tuple[str, str]) -> Iterator[Key]:
    yield Key(unit, Scope.OUT, quarter, *name)
    for upper in above:
        yield Key(upper, Scope.BELOW, quarter, *name)


def _above(units: Iterable[Unit]) -> dict[UUID, list[UUID]]:
    """The unions above each."""
    ends = {unit.pk: _ends(unit.path)[:-1] for unit in units}
    by_path = dict(
        Unit.objects.order_by().filter(path__in={e for some in ends.values() for e in some}).values_list("path", "pk")
    )
    return {pk: [by_path[end] for end in some] for pk, some in ends.items()}


def _smallest(unit: Unit, at: datetime) -> int:
    return rules_for(unit, timezone.localdate(at)).count("small_cell").value


# --- recounting ---------------------------------------------------------------------------------------------------------


def _summed(root: UUID, at: datetime) -> Figures:
    """The figures as they follow from the facts of a root."""
    found = _Sum()
    for fact in CaseFact.objects.filter(root=root).iterator(chunk_size=2_000):
        found.add(fact, 1)
    figures = found.figures()
    atoms: _Atoms = defaultdict(dict)
    for key, figure in figures.items():
        if key.scope == Scope.OWN and key.measure.startswith(PEOPLE):
            atom = atoms[key.unit, quarter_of(key.month)]
            n, total = atom.get((key.measure, key.value), (0, 0))
            atom[key.measure, key.value] = (n + figure[0], total + figure[1])
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in={pk for pk, _ in atoms})}
    above = _above(units.values())
    _, out = _atoms(root, set(atoms))  # what is published grows in steps, so it depends on what stands there already
    for (unit, quarter), atom in atoms.items():
        for name, (n, total) in published(atom, _smallest(units[unit], at), out[unit, quarter]).items():
            for published_key in _published_keys(unit, above[unit], quarter, name):
                before = figures.get(published_key, (0, 0))
                figures[published_key] = (before[0] + n, before[1] + total)
    return figures


def _differences(root: UUID, right: Figures) -> dict[Key, tuple[int, int]]:
    """What must be added to the kept figures to make them right."""
    wrong = dict(right)
    for row in Tally.objects.filter(root=root).iterator(chunk_size=5_000):
        key = _key(row)
        n, total = wrong.pop(key, (0, 0))
        if (n - row.n, total - row.total) != (0, 0):
            wrong[key] = (n - row.n, total - row.total)
    return wrong

"""Asking for figures: what is kept, for whoever may read it, without what names them and without what is too small to show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from huying.cases.lifecycle import CASE
from huying.cases.models import Case, Recusal
from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.errors import NotYours
from huying.ledger.facts import counted
from huying.ledger.models import CaseFact, Scope, Tally
from huying.ledger.rules import (
    COUNTED,
    NONE,
    STEPS,
    Share,
    hidden_cells,
    is_of_people,
    month_of,
    months_on,
    quarter_of,
)
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Rules
from huying.org.models import Unit, path_end
from huying.org.rules import Can, may

Name = tuple[str, str]  # measure, value
_Cells = dict[Name, tuple[int, int]]
GRADES = {"satisfied": "满意", "basic": "基本满意", "unsatisfied": "不满意"}
STANDS = {"ok": "按时", "late": "超期", "running": "在办"}


def roots() -> list[UUID]:
    """Unions under which cases are born; each has figures of its own."""
    given = Unit.objects.order_by().exclude(root=None).values_list("root_id", flat=True).distinct()
    return sorted({*given, *Unit.objects.order_by().filter(root=None).values_list("pk", flat=True)})


@dataclass(frozen=True)
class Sight:
    """How somebody sees the figures of a unit.  ``inside``: of the union itself; ``below``: also the unions below;
    ``cases``: may read the cases behind them."""

    inside: bool
    below: bool
    cases: bool


def sight(by: Actor, unit: Unit) -> Sight:
    """Own unit for its union and its management, units below for an upper union; ``NotYours`` for anybody else."""
    if by == SYSTEM:
        return Sight(inside=True, below=True, cases=True)
    if may(by, Can.READ_FIGURES, unit):
        union = may(by, Can.READ_CASES, unit)
        return Sight(inside=union, below=may(by, Can.READ_BELOW, unit), cases=union)
    if may(by, Can.READ_BELOW, unit):
        return Sight(inside=False, below=True, cases=True)
    raise NotYours


@dataclass(frozen=True)
class Figures:
    """The figures of a unit for cases received from the first of a month to the end of another.

    ``None`` stands for a figure that is hidden because too few are behind it.  ``outside``: as those see it who may not read
    the cases.  ``quarterly``: so people's answers are counted by whole quarters only.
    """

    unit: Unit
    since: date
    until: date
    outside: bool
    cases: bool
    below: bool
    smallest: int
    cells: _Cells
    hidden: frozenset[Name]
    by_month: dict[date, _Cells]
    hidden_by_month: dict[date, frozenset[Name]]
    labels: dict[Name, str]

    def n(self, measure: str, value: str = "") -> int | None:
        """How many; of a measure with values without saying which, all of them."""
        return self._figure(measure, value, 0)

    def total(self, measure: str, value: str = "") -> int | None:
        """The sum that goes with it: days of a step, how often sent back."""
        return self._figure(measure, value, 1)

    def _figure(self, measure: str, value: str, which: int) -> int | None:
        names = [(measure, value)] if (measure, value) in self.cells else self._names(measure) if not value else []
        if any(name in self.hidden for name in names):
            return None
        return sum(self.cells[name][which] for name in names)

    def _names(self, measure: str) -> list[Name]:
        return [name for name in self.cells if name[0] == measure]

    def values(self, measure: str) -> list[tuple[str, int | None]]:
        """Each value with how many, the largest first, the hidden ones last; nought is left out."""
        found = [(value, self.n(measure, value)) for _, value in self._names(measure)]
        return sorted((one for one in found if one[1] != 0), key=lambda one: (-(one[1] or 0), one[0]))

    def share(self, label: str, measure: str, *values: str, of: str) -> Share | None:
        """Some values of a measure as a part of another one, or nothing when a figure in it is hidden."""
        parts = [self.n(measure, value) for value in values or ("",)]
        whole = self.n(of)
        if whole is None or None in parts:
            return None
        return Share(label, sum(part or 0 for part in parts), whole)

    def months(self, measure: str, value: str = "") -> list[tuple[date, int | None]]:
        """How many by month of receipt, without a gap; outside the union by quarter."""
        found = []
        for month, cells in self.by_month.items():
            names = [(measure, value)] if value else [name for name in cells if name[0] == measure]
            hidden = any(name in self.hidden_by_month.get(month, ()) for name in names)
            found.append((month, None if hidden else sum(cells.get(name, (0, 0))[0] for name in names)))
        return found

    def days(self, step: str) -> float | None:
        """How many days a step took on average, of those that are done; nothing when none is or too few are."""
        done, days = self.n(f"days:{step}"), self.total(f"days:{step}")
        return round(days / done, 1) if done and days is not None else None

    def label(self, measure: str, value: str) -> str:
        """A value in words."""
        return self.labels.get((measure, value), value or "未定")


def figures(
    *, by: Actor, unit: Unit, since: date, until: date, on: date | None = None, outside: bool = False
) -> Figures:
    """The figures of a unit for cases received in the months from ``since`` to ``until``, as they stood on ``on`` (what has
    run past its date by then is late).  ``outside``: as it may be handed on to others.

    Kept figures only, in a fixed number of statements; cases that name the reader are taken out again.
    """
    seen = sight(by, unit)
    since, until = month_of(since), months_on(month_of(until), 1) - timedelta(days=1)
    outside = outside or not seen.cases
    rules = rules_for(unit, on or until)
    kept = _kept(by, unit, seen, (since, until), inside=seen.inside and not outside)
    months = {month: _resolved(kept.get(month, {}), on or until) for month in _months(since, until)}
    cells = _added(months.values())
    hidden: frozenset[Name] = frozenset()
    by_month, hidden_by_month = months, dict[date, frozenset[Name]]()
    if outside:
        by_month = _by_quarter(months)
        smallest = rules.count("small_cell").value
        hidden_by_month = {quarter: hidden_cells(some, smallest) for quarter, some in by_month.items()}
        # A longer period shows a figure only where each of its quarters does: it tells nothing they do not.
        hidden = frozenset().union(*hidden_by_month.values())
    return Figures(
        unit=unit, since=since, until=until, outside=outside, cases=seen.cases, below=seen.below,
        smallest=rules.count("small_cell").value, cells=cells, hidden=hidden, by_month=by_month,
        hidden_by_month=hidden_by_month, labels=_labels(cells, rules),
    )  # fmt: skip


def _months(since: date, until: date) -> Iterator[date]:
    month = since
    while month <= until:
        yield month
        month = months_on(month, 1)


def _kept(by: Actor, unit: Unit, seen: Sight, period: tuple[date, date], *, inside: bool) -> dict[date, _Cells]:
    """The kept figures by month, as far as this reader may know.  Outside the union people's answers come from what is
    published, which stands at the beginning of a quarter and counts when the quarter lies in the period whole."""
    scopes = [Scope.OWN, Scope.OUT, *([Scope.BELOW] if seen.below else [])]
    since, until = period
    rows = Tally.objects.filter(unit=unit, scope__in=scopes, month__gte=since, month__lte=until)
    found: dict[date, _Cells] = defaultdict(dict)
    for row in rows.values_list("scope", "month", "measure", "value", "n", "total"):
        if _counts(row[0], row[1], row[2], until, inside=inside):
            _add(found[row[1]], (row[2], row[3]), row[4], row[5])
    if by != SYSTEM:
        _without(found, by, unit, seen, period, inside=inside)
    return found


def _counts(scope: str, month: date, measure: str, until: date, *, inside: bool) -> bool:
    if not is_of_people(measure):
        return True
    if scope == Scope.OWN:
        return inside
    whole = months_on(month, 3) - timedelta(days=1) <= until
    return whole and not (scope == Scope.OUT and inside)


def _add(cells: _Cells, name: Name, n: int, total: int) -> None:
    before = cells.get(name, (0, 0))
    cells[name] = (before[0] + n, before[1] + total)


def _without(
    found: dict[date, _Cells], by: Actor, unit: Unit, seen: Sight, period: tuple[date, date], *, inside: bool
) -> None:
    """Take out what this reader must not know: cases that name them, and those that went past the union and are not theirs
    to read.  Of what is published the whole quarter of that union goes, so that nothing shows by the difference."""
    # The few cases first, then their facts: asking every fact of a province whether it names somebody would grow with them.
    below = Q(path__gte=unit.path, path__lt=path_end(unit.path)) if seen.below else Q(path=unit.path)
    naming = set(Recusal.objects.filter(key__in=list(by.keys)).values_list("case", flat=True))
    past = set(CaseFact.objects.filter(below, past=True).values_list("case", flat=True))
    unseen = past - set(Case.objects.visible_to(by).filter(pk__in=past).values_list("pk", flat=True))
    facts = CaseFact.objects.filter(below, case__in=naming | unseen, month__range=period)
    atoms: set[tuple[UUID, date]] = set()
    for fact in facts:
        for key, n, total in counted(fact):
            if key.unit == unit.pk and _counts(key.scope, key.month, key.measure, period[1], inside=inside):
                _add(found[key.month], (key.measure, key.value), -n, -total)
        if any(is_of_people(line[0]) for line in fact.lines) and not (inside and fact.unit_id == unit.pk):
            atoms.add((fact.unit_id, quarter_of(fact.month)))
    if not atoms:
        return
    rows = Tally.objects.filter(scope=Scope.OUT, unit__in={u for u, _ in atoms}, month__in={q for _, q in atoms})
    for row in rows:
        if (row.unit_id, row.month) in atoms and row.month in found:
            _add(found[row.month], (row.measure, row.value), -row.n, -row.total)


def _resolved(cells: _Cells, on: date) -> _Cells:
    """Steps that run: in time still, or late by now."""
    found: _Cells = {}
    for (measure, value), (n, total) in cells.items():
        if not measure.startswith("due:"):
            _add(found, (measure, value), n, total)
            continue
        step = measure.removeprefix("due:")
        late = date.fromisoformat(value) < on
        _add(found, (f"step:{step}", "late" if late else "running"), n, 0)
        if late:
            _add(found, (f"overdue:{step}", ""), n, 0)
    return {name: figure for name, figure in found.items() if figure[0] > 0}


def _added(some: Iterable[_Cells]) -> _Cells:
    found: _Cells = {}
    for cells in some:
        for name, (n, total) in cells.items():
            _add(found, name, n, total)
    return found


def _by_quarter(months: dict[date, _Cells]) -> dict[date, _Cells]:
    quarters: dict[date, list[_Cells]] = defaultdict(list)
    for month, cells in months.items():
        quarters[quarter_of(month)].append(cells)
    return {quarter: _added(some) for quarter, some in quarters.items()}


def _labels(cells: _Cells, rules: Rules) -> dict[Name, str]:
    """Values in words: channels and categories as the unit calls them, places by name."""
    found: dict[Name, str] = {("channel", one.code): one.label for one in rules.all_channels()}
    found["channel", "retaliation"] = "反映打击报复"
    for top in rules.categories(""):
        found["class", top.code] = found["category", f"{top.code}/"] = top.label
        for one in rules.categories(top.code):
            found["category", f"{top.code}/{one.code}"] = one.label
    found["class", NONE] = found["category", f"{NONE}/"] = "还没有分类"
    found |= {("state", state.code): state.staff for state in CASE.states}
    found |= {(f"step:{code}", value): word for code, _ in STEPS for value, word in STANDS.items()}
    for measure, _ in cells:
        if measure.startswith(("grade:", "process:")):
            found |= {(measure, grade): word for grade, word in GRADES.items()}
    places = [value for measure, value in cells if measure == "place"]
    named = Unit.objects.order_by().filter(pk__in=places).values_list("pk", "name") if places else ()
    return found | {("place", str(pk)): name for pk, name in named}


def opening(found: Figures, measure: str, value: str = "") -> dict[str, str] | None:
    """The selection of the ledger behind a figure: exactly its cases.  Nothing for figures about people, hidden ones, and
    readers who do not read cases."""
    if not found.cases or found.outside or is_of_people(measure) or (measure, value) in found.hidden:
        return None
    narrowed = _narrowed(measure, value)
    if narrowed is None:
        return None
    period = {"since": found.since.isoformat(), "until": found.until.isoformat()}
    scope = {"at": str(found.unit.pk), **({"below": "1"} if found.below else {})}
    return {**period, **scope, "state": COUNTED, **narrowed}


def _narrowed(measure: str, value: str) -> dict[str, str] | None:
    kind, _, step = measure.partition(":")
    content_class, _, category = value.partition("/")
    return {
        "received": {},
        "channel": {"channel": value},
        "state": {"state": value},
        "place": {"place": value},
        "class": {"content_class": value},
        "category": {"content_class": content_class, "category": category or NONE},
        "step": {"step": f"{step}:{value}"},
        "filed": {"state": "archived", "archived_since": f"{value}-01-01", "archived_until": f"{value}-12-31"},
        "overdue": {"step": f"{step}:overdue"},
        **{mark: {"mark": mark} for mark in ("returned", "reopened", "climbed")},
    }.get(kind)

"""What one case adds to the figures, and to whose.  Pure: the caller has fetched everything.

A case counts in the month it was received, at the union where it belongs and at every union above.  Spam never counts; a
case joined to another counts as that and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from huying.cases.models import Case, Clock
from huying.feedback.models import Group, Survey
from huying.ledger.models import CaseFact, Scope
from huying.ledger.rules import NONE, STEPS, is_of_people

Line = tuple[str, str, int, int]  # measure, value, n, total


@dataclass(frozen=True)
class Key:
    """Which kept figure."""

    unit: UUID
    scope: str
    month: date
    measure: str
    value: str


def lines_of(case: Case, *, climbed: bool) -> list[Line]:
    """What a case adds.  Clocks, items and surveys with whom they asked are fetched."""
    if case.status == "spam":
        return []
    state: Line = ("state", case.status, 1, 0)
    if case.status == "merged":
        return [state]
    content_class = case.content_class or NONE
    lines: list[Line] = [
        ("received", "", 1, 0),
        state,
        ("channel", case.channel, 1, 0),
        ("class", content_class, 1, 0),
        ("category", f"{content_class}/{case.category}", 1, 0),
    ]
    clocks = list(case.clocks.all())
    for code, _ in STEPS:
        lines += _step(code, [clock for clock in clocks if clock.code == code])
    returns = sum(item.returns for item in case.items.all())
    lines += [("returned", "", 1, returns)] if returns else []
    lines += [("reopened", "", 1, case.round - 1)] if case.round > 1 else []
    lines += [("climbed", "", 1, 0)] if climbed else []
    if case.status == "archived" and case.archived_at:
        lines.append(("filed", str(timezone.localdate(case.archived_at).year), 1, 0))
    surveys = sorted(case.surveys.all(), key=lambda one: one.round)
    return [*lines, *(_survey(surveys[-1]) if surveys else ())]


def _step(code: str, clocks: list[Clock]) -> Iterator[Line]:
    """How a step stands: finished late or in time with the days its longest limit took; running with its nearest date, by
    which it becomes late without anybody doing anything; or standing still."""
    if not clocks:
        return
    running = [clock for clock in clocks if clock.stopped_at is None]
    due = min((clock.due_on for clock in running if clock.paused_on is None), default=None)
    if any(clock.late and clock.stopped_at for clock in clocks):
        # One late limit makes its step late, for good; how long it took is known when nothing of it runs any more.
        yield f"step:{code}", "late", 1, 0 if running else _days(clocks)
    elif due is not None:
        yield f"due:{code}", due.isoformat(), 1, 0
    elif running:
        yield f"step:{code}", "running", 1, 0
    else:
        yield f"step:{code}", "ok", 1, _days(clocks)
    if not running:
        yield f"days:{code}", "", 1, _days(clocks)


def _days(clocks: Iterable[Clock]) -> int:
    return max((timezone.localdate(one.stopped_at) - one.start_day).days for one in clocks if one.stopped_at)


def _survey(survey: Survey) -> Iterator[Line]:
    """Of each group asked in the last round: how many were asked or could not be, how many answered, and what."""
    asked = list(survey.invited.all())
    for group in Group.values:
        people = [one for one in asked if one.group == group]
        answers = [one.answer for one in people if hasattr(one, "answer")]
        given = Counter(("grade", one.counts_as) for one in answers)
        given.update(("process", one.process_counts_as) for one in answers if one.process_counts_as)
        counts = {("asked", ""): len(people), ("unasked", ""): survey.unasked.get(group, 0),
                  ("answered", ""): len(answers), **given}  # fmt: skip
        yield from ((f"{measure}:{group}", value, n, 0) for (measure, value), n in counts.items() if n)


def counted(fact: CaseFact) -> Iterator[tuple[Key, int, int]]:
    """Every figure a case adds to: at its own union all of it, above what may be told of it.

    What people answered goes up by other ways (``published``).  Where a union's cases come from is, at each union, the next
    unit below it on the way to the place; at the last one the place itself.
    """
    if not fact.lines:
        return
    units = [UUID(one) for one in fact.chain]
    counts = any(line[0] == "received" for line in fact.lines)
    own = next(number for number, unit in enumerate(units) if unit == fact.unit_id)
    for number, unit in enumerate(units[: own + 1]):
        scope = Scope.OWN if number == own else Scope.BELOW
        for measure, value, n, total in fact.lines:
            if scope == Scope.OWN or not is_of_people(measure):
                yield Key(unit, scope, fact.month, measure, value), n, total
        if counts:
            where = units[min(number + 1, len(units) - 1)]
            yield Key(unit, scope, fact.month, "place", str(where)), 1, 0

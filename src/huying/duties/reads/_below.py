"""The units below from kept figures: worst first, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from huying.cases.models import Case, Clock, Recusal
from huying.duties.models import Kept
from huying.duties.rules import Tallied, state_of
from huying.fieldwork.models import RecordCase
from huying.kernel.actors import Actor
from huying.meetings.models import Meeting
from huying.org.models import Level, Unit

LACKING = ("missed", "soon")


@dataclass(frozen=True)
class Lack:
    """A duty that is missed or nearly due."""

    label: str
    state: str
    due_on: date


def unions_below(unit: Unit) -> QuerySet[Unit]:
    """Open unions below a unit."""
    rows = Unit.objects.within(unit).exclude(pk=unit.pk).open().filter(has_union=True)
    return rows.exclude(level=Level.WORKSHOP)


def below(unit: Unit, *, instead: Iterable[tuple[UUID, Tallied]] = ()) -> QuerySet[Unit]:
    """Unions below a unit with how they stood at the last count, worst first (see ``acts.recount``).

    Rows carry ``n_missed``, ``n_soon`` and ``n_met`` (duties of the running period) and ``n_year`` (periods of the last
    twelve months that ended without).  ``instead``: units with other figures, because the reader must not know of some case
    behind theirs.
    """
    others = list(instead)
    rows = unions_below(unit).annotate(
        n_missed=_n("missed", others), n_soon=_n("soon", others), n_met=_n("met", others), n_year=_n("year", others)
    )
    return rows.order_by("-n_missed", "-n_soon", "-n_year", "name", "pk")


def _n(name: str, others: list[tuple[UUID, Tallied]]) -> Choose | Coalesce:
    found = Coalesce(F(f"duty_tally__{name}"), 0, output_field=IntegerField())
    if not others:
        return found
    return Choose(
        *(When(pk=pk, then=Value(getattr(given, name), output_field=IntegerField())) for pk, given in others),
        default=found,
    )


def lacking(units: Sequence[Unit], on: date) -> dict[UUID, list[Lack]]:
    """What kept figures say is missing or nearly due at each of these units, what is missing first."""
    found: dict[UUID, list[Lack]] = {unit.pk: [] for unit in units}
    running = Kept.objects.filter(unit__in=found, since__lte=on, until__gt=on, need__gt=0)
    for row in running.filter(Q(missed__gt=0) | Q(done__lt=F("need"))).order_by("due_on", "duty"):
        state = state_of(row.need, row.done, row.missed, on, until=row.until, remind_on=row.remind_on)
        if state in LACKING:
            found[row.unit_id].append(Lack(row.label, state, row.due_on))
    return {pk: sorted(rows, key=lambda row: LACKING.index(row.state)) for pk, rows in found.items()}


def touched_below(actor: Actor, unit: Unit) -> QuerySet[Unit]:
    """Unions below whose figures count a case that names this person."""
    return unions_below(unit).filter(_reached_by(actor))


def touched_by(actor: Actor, units: Sequence[Unit]) -> QuerySet[Unit]:
    """Those of some units."""
    return Unit.objects.filter(_reached_by(actor), pk__in=[unit.pk for unit in units])


def _reached_by(actor: Actor) -> Q:
    """Where a case that names this person counts."""
    named = Exists(Recusal.objects.filter(case=OuterRef("pk"), key__in=list(actor.keys)))
    cases = Case.objects.filter(named).order_by().values("pk")
    of_clocks = Clock.objects.filter(case__in=cases).order_by().values("unit")
    holders = Case.objects.filter(pk__in=cases).order_by().values("holder")
    meetings = Meeting.objects.filter(places__topic__gathered__case__in=cases).order_by().values("unit")
    records = RecordCase.objects.filter(case__in=cases).order_by().values("record__union")
    return Q(pk__in=of_clocks) | Q(pk__in=holders) | Q(pk__in=meetings) | Q(pk__in=records)

"""The units below from kept figures: worst first, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from huying.cases.models import Case, Clock, Recusal
from huying.duties.models import Kept
from huying.duties.rules import kept_from
from huying.fieldwork.models import RecordCase
from huying.kernel.actors import Actor
from huying.meetings.models import Meeting
from huying.org.models import Level, Unit


def missed(on: date) -> Q:
    """Kept figures of duties that were not kept."""
    return Q(missed__gt=0) | Q(need__gt=0, done__lt=F("need"), until__lte=on)


def soon(on: date) -> Q:
    """Those for which there is little time left."""
    return Q(missed=0, need__gt=0, done__lt=F("need"), until__gt=on, remind_on__lte=on)


def met() -> Q:
    """Those that were kept."""
    return Q(need__gt=0, missed=0, done__gte=F("need"))


def unions_below(unit: Unit) -> QuerySet[Unit]:
    """Open unions below a unit."""
    rows = Unit.objects.within(unit).exclude(pk=unit.pk).open().filter(has_union=True)
    return rows.exclude(level=Level.WORKSHOP)


def below(unit: Unit, on: date, *, instead: Iterable[tuple[UUID, dict[str, int]]] = ()) -> QuerySet[Unit]:
    """Unions below a unit with how they stand, worst first (kept figures; see ``acts.recount``).

    Rows carry ``n_missed``, ``n_soon`` and ``n_met`` (duties of the running period) and ``n_year`` (periods of the last
    twelve months that ended without).  ``instead``: units with other figures, because the reader must not know of some case behind theirs.
    """
    current = Kept.objects.filter(unit=OuterRef("pk"), since__lte=on, until__gt=on)
    ended = Kept.objects.filter(unit=OuterRef("pk"), until__gt=kept_from(on), until__lte=on)
    others = list(instead)
    rows = unions_below(unit).annotate(
        n_missed=_n("n_missed", current.filter(missed(on)), others),
        n_soon=_n("n_soon", current.filter(soon(on)), others),
        n_met=_n("n_met", current.filter(met()), others),
        n_year=_n("n_year", ended.filter(missed(on)), others),
    )
    return rows.order_by("-n_missed", "-n_soon", "-n_year", "name", "pk")


def _n(name: str, rows: QuerySet[Kept], others: list[tuple[UUID, dict[str, int]]]) -> Choose | Coalesce:
    counts = rows.order_by().values("unit").annotate(n=Count("pk")).values("n")
    found = Coalesce(Subquery(counts, output_field=IntegerField()), 0)
    if not others:
        return found
    return Choose(*(When(pk=pk, then=Value(given[name])) for pk, given in others), default=found)


def touched_by(actor: Actor, unit: Unit) -> QuerySet[Unit]:
    """Unions below whose figures count a case that names this person."""
    named = Exists(Recusal.objects.filter(case=OuterRef("pk"), key__in=list(actor.keys)))
    cases = Case.objects.filter(named).order_by().values("pk")
    of_clocks = Clock.objects.filter(case__in=cases).order_by().values("unit")
    holders = Case.objects.filter(pk__in=cases).order_by().values("holder")
    meetings = Meeting.objects.filter(places__topic__gathered__case__in=cases).order_by().values("unit")
    records = RecordCase.objects.filter(case__in=cases).order_by().values("record__union")
    reach = Q(pk__in=of_clocks) | Q(pk__in=holders) | Q(pk__in=meetings) | Q(pk__in=records)
    return unions_below(unit).filter(reach)

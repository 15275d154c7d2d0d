"""Which enterprises were visited for a survey, and which were not (QD-4.2)."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from huying.fieldwork.models import Record
from huying.fieldwork.rules import SURVEY
from huying.kernel.actors import Actor
from huying.org.models import Level, Unit, path_end

EMPLOYERS = (Level.GROUP, Level.ENTERPRISE, Level.SUBSIDIARY)


def enterprises(union: Unit) -> QuerySet[Unit]:
    """Employers below a union, as they stand in the tree."""
    return Unit.objects.open().filter(
        path__gt=union.path, path__lt=path_end(union.path), level__in=EMPLOYERS
    )  # fmt: skip


def surveys_of(actor: Actor, union: Unit, since: date, until: date) -> QuerySet[Record]:
    """Surveys of enterprises by this union and the unions below it, in a period, as far as the reader may know of them."""
    rows = Record.objects.visible_to(actor).standing().filter(kind=SURVEY, on__lte=until, until__gte=since)
    return rows.filter(union__path__gte=union.path, union__path__lt=path_end(union.path)).exclude(place__isnull=True)


def surveyed(actor: Actor, union: Unit, since: date, until: date) -> QuerySet[Unit]:
    """Every enterprise below with ``last`` (the last survey there in the period) and ``times``; those without one first.

    A survey of one of its workshops is a survey of the enterprise.
    """
    counted = surveys_of(actor, union, since, until).annotate(there=Coalesce(F("visited"), F("place")))
    of_unit = counted.filter(there=OuterRef("pk")).order_by().values("there")
    last = of_unit.annotate(value=Max("on")).values("value")
    times = of_unit.annotate(value=Count("pk")).values("value")
    rows = enterprises(union).annotate(last=Subquery(last), times=Coalesce(Subquery(times), 0))
    return rows.order_by(F("last").asc(nulls_first=True), "path")

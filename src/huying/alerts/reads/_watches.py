"""Enterprises and trades at risk: when somebody was there last, and whose visit is overdue (QD-4.6a)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from huying.alerts.models import Watch
from huying.fieldwork.models import Record
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.org.models import UPPER, Unit, path_end
from huying.org.rules import Can, Member


@dataclass(frozen=True)
class Watched:
    """One line of the list: the last visit and the day of the next."""

    watch: Watch
    last: date | None
    due: date
    late: bool


def watches_of(actor: Actor, *, ended: bool = False) -> QuerySet[Watch]:
    """What is watched, or was."""
    rows = Watch.objects.visible_to(actor).filter(ended_on__isnull=not ended)
    return rows.select_related("unit", "place", "post__person").order_by("since", "pk")


def watch_for(actor: Actor, watch_id: UUID) -> Watch:
    """One, or ``NotYours``."""
    return only(Watch.objects.visible_to(actor).select_related("unit", "place", "post__person").filter(pk=watch_id))


def watched(watches: Iterable[Watch], today: date) -> list[Watched]:
    """The last visit of each (one query), the longest overdue first."""
    watches = list(watches)
    last = _last_visits(watches)
    found = []
    for one in watches:
        seen = last.get(one.pk)
        due = max(one.since, seen or one.since) + timedelta(days=one.days)
        found.append(Watched(one, seen, due, late=one.ended_on is None and due < today))
    return sorted(found, key=lambda row: (row.due, row.watch.pk))


def _last_visits(watches: list[Watch]) -> dict[UUID, date]:
    """Work records at the place by the watching union, or by a local or industry union below it: what an employer's own union
    writes is no visit."""
    if not watches:
        return {}
    reach = Q(pk__in=[])
    for one in watches:
        reach |= _at(one)
    rows = Record.objects.standing().filter(reach)
    seen = (
        rows.values("place__path", "place__industry", "union", "union__path", "union__level")
        .annotate(last=Max("until"))
        .order_by()
    )
    found: dict[UUID, date] = {}
    for row in seen:
        for one in watches:
            ours = row["union"] == one.unit_id or (
                row["union__level"] in UPPER and row["union__path"].startswith(one.unit.path)
            )
            if ours and _is_there(one, row["place__path"], row["place__industry"]):
                found[one.pk] = max(found.get(one.pk, row["last"]), row["last"])
    return found


def _at(watch: Watch) -> Q:
    if watch.place is not None:
        return Q(place__path__gte=watch.place.path, place__path__lt=path_end(watch.place.path))
    below = Q(place__path__gt=watch.unit.path, place__path__lt=path_end(watch.unit.path))
    return below & Q(place__industry=watch.industry)


def _is_there(watch: Watch, path: str, industry: str) -> bool:
    return path.startswith(watch.place.path) if watch.place else industry == watch.industry


def visits_overdue(actor: Actor, today: date) -> list[Watched]:
    """Those of the own unions whose visit is overdue."""
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    return [row for row in watched(watches_of(actor).filter(unit__in=units), today) if row.late]


def industries_below(unit: Unit) -> list[str]:
    """Trades of the units below a union."""
    rows = Unit.objects.within(unit).exclude(industry="").order_by("industry")
    return list(rows.values_list("industry", flat=True).distinct())

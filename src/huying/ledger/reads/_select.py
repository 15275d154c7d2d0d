"""Choosing cases of the ledger: who asks, what the filters select."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from huying.cases.models import Case, Clock, Recusal, Station, lies_in
from huying.climb.models import Rung
from huying.feedback.models import Answer, Survey
from huying.handling.models import Item
from huying.kernel import search
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.ledger.models import Export, Frozen, SavedView
from huying.ledger.reads._figures import sight
from huying.ledger.rules import COUNTED, NONE, STEPS, Selection
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Rules
from huying.org.models import Department, Unit, path_end
from huying.org.rules import Can, Member


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who asks: the scope of cases, the unions whose figures are their own, the rules of the first."""

    cases: QuerySet[Case]
    own: frozenset[UUID]
    unit: Unit
    rules: Rules

    @property
    def smallest(self) -> int:
        """The smallest group whose figures others may see."""
        return self.rules.count("small_cell").value


def viewer(actor: Actor, today: date) -> Viewer:
    """The ledger of a member of staff; ``NotYours`` for who reads no cases."""
    units = actor.units(Can.READ_CASES) if isinstance(actor, Member) else []
    if not units:
        raise NotYours
    own = frozenset(unit.pk for unit in units)
    return Viewer(cases=Case.objects.visible_to(actor), own=own, unit=units[0], rules=rules_for(units[0], today))


def viewer_of_unit(unit: Unit, today: date) -> Viewer:
    """The ledger of a unit written from the command line.  It may reach anybody at the unit, so cases that must stay
    unknown to somebody there are not in it."""
    reach = Q(unit=unit)
    if unit.is_upper:
        reach |= Q(unit__path__gte=unit.path, unit__path__lt=path_end(unit.path))
    cases = Case.objects.filter(Exists(Station.objects.filter(reach, case=OuterRef("pk"))))
    cases = cases.exclude(Exists(Recusal.objects.filter(case=OuterRef("pk"))))
    return Viewer(cases=cases, own=frozenset({unit.pk}), unit=unit, rules=rules_for(unit, today))


def selected(seen: Viewer, chosen: Selection, today: date) -> QuerySet[Case]:
    """The cases of a selection in the order asked for."""
    rows = _between(seen.cases.exclude(status="spam"), "received_at", chosen.since, chosen.until)
    # Nothing is registered before it is received (a constraint): said again so that the order's own index can be walked.
    rows = _between(rows, "registered_at", chosen.since, None)
    rows = _between(rows, "archived_at", chosen.archived_since, chosen.archived_until)
    rows = rows.exclude(status="merged") if chosen.state == COUNTED else rows
    for name, value in (
        ("status", chosen.state if chosen.state != COUNTED else ""),
        ("content_class", chosen.content_class),
        ("category", chosen.category),
        ("channel", chosen.channel),
        ("difficulty", chosen.difficulty),
        ("officer__person__name", chosen.officer),
    ):
        if value:
            rows = rows.filter(**{name: "" if value == NONE else value})
    if chosen.department:
        rows = rows.filter(Exists(Item.objects.filter(case=OuterRef("pk"), department__name=chosen.department)))
    if chosen.timing:
        rows = _by_timing(rows, chosen.timing, today)
    if chosen.step:
        rows = _by_step(rows, chosen.step, today)
    if chosen.mark:
        rows = _by_mark(rows, chosen.mark)
    if chosen.satisfaction:
        rows = _by_satisfaction(rows, chosen.satisfaction, seen)
    if chosen.unit:
        rows = _below(rows, chosen.unit, seen)
    if chosen.at:
        rows = _at(rows, chosen)
    if chosen.words:
        hits = search.hits("case", chosen.words)
        rows = rows.filter(hits) if hits is not None else rows.none()
    return rows.order_by(*_ORDERS.get(chosen.sort, _ORDERS[""]))


_ORDERS: dict[str, tuple[str | Combinable, ...]] = {
    "": ("-registered_at", "-id"),
    "oldest": ("registered_at", "id"),
    "received": ("-received_at", "-id"),
    "moved": ("-moved_at", "-id"),
    "archived": (F("archived_at").desc(nulls_last=True), "-id"),
}


def _between(rows: QuerySet[Case], name: str, since: date | None, until: date | None) -> QuerySet[Case]:
    if since:
        rows = rows.filter(**{f"{name}__gte": _midnight(since)})
    if until:
        rows = rows.filter(**{f"{name}__lt": _midnight(until + timedelta(days=1))})
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _by_timing(rows: QuerySet[Case], timing: str, today: date) -> QuerySet[Case]:
    mine = Clock.objects.filter(case=OuterRef("pk"), code__in=[code for code, _ in STEPS])
    passed = Q(stopped_at__isnull=True, paused_on__isnull=True, due_on__lt=today)
    late = Exists(mine.filter(Q(late=True) | passed))
    return rows.filter(late) if timing == "late" else rows.filter(~late)


def _by_step(rows: QuerySet[Case], step: str, today: date) -> QuerySet[Case]:
    """Cases in which a step stands so, as the kept figures count it: one late limit makes it late."""
    code, _, stands = step.partition(":")
    mine = Clock.objects.filter(case=OuterRef("pk"), code=code)
    was_late = Exists(mine.filter(late=True, stopped_at__isnull=False))
    runs = Exists(mine.filter(stopped_at__isnull=True))
    overdue = Exists(mine.filter(stopped_at__isnull=True, paused_on__isnull=True, due_on__lt=today))
    match stands:
        case "late":
            return rows.filter(was_late | overdue)
        case "overdue":
            return rows.filter(~was_late & overdue)
        case "running":
            return rows.filter(runs & ~was_late & ~overdue)
        case "ok":
            return rows.filter(Exists(mine), ~was_late & ~runs)
    return rows.none()


def _by_mark(rows: QuerySet[Case], mark: str) -> QuerySet[Case]:
    happened = {
        "returned": Exists(Item.objects.filter(case=OuterRef("pk"), returns__gt=0).exclude(status="dropped")),
        "reopened": Q(round__gt=1),
        "climbed": Exists(Rung.objects.filter(case=OuterRef("pk"))),
        "surveyed": Exists(Survey.objects.filter(case=OuterRef("pk"))),
        "archived": Q(status="archived"),
    }
    return rows.filter(happened[mark]) if mark in happened else rows.none()


def _at(rows: QuerySet[Case], chosen: Selection) -> QuerySet[Case]:
    """Cases that belong to a union, and to those below it; narrowed to one part of it, or to what comes from no part."""
    unit = Unit.objects.filter(pk=_id(chosen.at)).first()
    if unit is None:
        return rows.none()
    rows = rows.filter(_within("unit", unit)) if chosen.below else rows.filter(unit=unit)
    if not chosen.place:
        return rows
    place = Unit.objects.filter(pk=_id(chosen.place)).first()
    if place is None:
        return rows.none()
    return rows.filter(unit=unit, place=unit) if place.pk == unit.pk else rows.filter(_within("place", place))


def _within(name: str, unit: Unit) -> Q:
    """At a unit or below it.  Above employers asked case by case: a join would sort all of a province for the first
    page."""
    if unit.is_upper:
        return lies_in(name, Unit.objects.within(unit))
    return Q(**{f"{name}__path__gte": unit.path, f"{name}__path__lt": path_end(unit.path)})


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _by_satisfaction(rows: QuerySet[Case], grade: str, seen: Viewer) -> QuerySet[Case]:
    """Cases of the own unions with such an answer in a survey that is over.  Of other unions' none: a filter must not tell
    what only a joint grade may."""
    answers = Answer.objects.filter(survey__case=OuterRef("pk"), survey__closed_at__isnull=False, counts_as=grade)
    return rows.filter(Exists(answers), holder__in=seen.own)


def _below(rows: QuerySet[Case], name: str, seen: Viewer) -> QuerySet[Case]:
    """Cases of the units of that name below the viewer's own, with all that belongs to them."""
    units = Unit.objects.within(seen.unit).filter(Q(name__icontains=name) | Q(code=name))[:50]
    reach = [_within("place", unit) for unit in units]
    return rows.filter(reduce(or_, reach)) if reach else rows.none()


def units_below(seen: Viewer) -> list[str]:
    """Names to choose a unit from; a large union types instead."""
    names = Unit.objects.within(seen.unit).open().exclude(pk=seen.unit.pk).values_list("name", flat=True)[:201]
    return [] if len(names) > 200 else sorted(set(names))


def departments_of(seen: Viewer) -> list[str]:
    """Names of the departments of the viewer's own units."""
    rows = Department.objects.filter(unit__in=seen.own).order_by("name")
    return list(dict.fromkeys(rows.values_list("name", flat=True)))


def export_for(actor: Actor, export_id: UUID) -> Export:
    """A workbook this person asked for, or ``NotYours``: nobody else ever gets it."""
    export = Export.objects.select_related("file__key").filter(pk=export_id, person=actor.person_id).first()
    if export is None or actor.person_id is None:
        raise NotYours
    return export


def exports_of(actor: Actor) -> QuerySet[Export]:
    """Workbooks this person asked for that are still kept, newest first."""
    return Export.objects.filter(person=actor.person_id, gone_at__isnull=True).order_by("-asked_at")


def view_for(actor: Actor, view_id: UUID) -> SavedView:
    """A view this person saved, or ``NotYours``."""
    view = SavedView.objects.filter(pk=view_id, person=actor.person_id).first() if actor.person_id else None
    if view is None:
        raise NotYours
    return view


def views_of(actor: Actor) -> list[SavedView]:
    """Views this person saved, then those colleagues share at the same union; a view is nothing but an address."""
    units = [unit.pk for unit in actor.units(Can.READ_CASES)] if isinstance(actor, Member) else []
    rows = SavedView.objects.filter(Q(person=actor.person_id) | Q(shared=True, unit__in=units)).select_related("person")
    return sorted(rows, key=lambda one: (one.person_id != actor.person_id, one.name))


def frozen(actor: Actor, frozen_id: UUID) -> Frozen:
    """Figures this person kept and may still read, or ``NotYours``: a colleague keeps their own, for others may see less."""
    found = Frozen.objects.select_related("unit").filter(pk=frozen_id, person=actor.person_id).first()
    if found is None or actor.person_id is None:
        raise NotYours
    sight(actor, found.unit)
    return found


def frozen_of(actor: Actor) -> QuerySet[Frozen]:
    """What this person kept, newest first."""
    return Frozen.objects.filter(person=actor.person_id).select_related("unit").order_by("-at")

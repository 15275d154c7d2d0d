"""Asking about incidents: one, lists, who has taken note and who has not, the plan of a unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from huying.alerts.models import Call, Incident, IncidentLevel, IncidentReport, Plan, PlanCall, SceneEntry
from huying.alerts.reads._warnings import keys_behind
from huying.cases.rules import free_of
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.org.models import Post, Unit
from huying.org.reads import holders
from huying.org.rules import Can, Member, may

RUNNING = ("reported", "handling")


def incidents_of(actor: Actor) -> QuerySet[Incident]:
    """Incidents this person knows of, drills among them, the newest first."""
    rows = Incident.objects.known_to(actor).select_related("unit", "by_unit", "reported_by__person")
    return rows.order_by("-reported_at", "-pk")


def incident_for(actor: Actor, incident_id: UUID) -> Incident:
    """One incident, or ``NotYours``."""
    rows = Incident.objects.known_to(actor).select_related("unit", "by_unit", "plan", "warning", "reported_by__person")
    return only(rows.filter(pk=incident_id))


def reads_all(actor: Actor, incident: Incident) -> bool:
    """Whether this person reads the log of the scene and the calls, too: unions, not management and not a liaison."""
    return Incident.objects.visible_to(actor).filter(pk=incident.pk).exists()


def acts_on(actor: Actor, incident: Incident) -> bool:
    """Whether this person acts on it: the office where it happened, or of the union that reported it."""
    return may(actor, Can.HANDLE_CASES, incident.unit) or may(actor, Can.HANDLE_CASES, incident.by_unit)


@dataclass(frozen=True)
class Story:
    """What hangs on an incident."""

    levels: tuple[IncidentLevel, ...]
    reports: tuple[IncidentReport, ...]
    scene: tuple[SceneEntry, ...]
    links: tuple[PlanCall, ...]
    calls: dict[UUID, Call]


def story_of(incident: Incident, *, whole: bool) -> Story:
    """Levels and reports; with ``whole`` also scene and calls (at most five queries)."""
    levels = incident.levels.select_related("unit", "noted_by__person").order_by("order", "told_at", "pk")
    reports = incident.reports.select_related("unit", "post__person").order_by("-at", "-pk")
    if not whole:
        return Story(tuple(levels), tuple(reports), (), (), {})
    scene = incident.scene.select_related("post__person").order_by("-happened_at", "-pk")
    links = incident.plan.calls.order_by("order") if incident.plan else PlanCall.objects.none()
    calls = {call.link_id: call for call in incident.calls.select_related("post__person").order_by("at", "pk")}
    return Story(tuple(levels), tuple(reports), tuple(scene), tuple(links), calls)


def open_levels(actor: Actor, incident: Incident) -> list[IncidentLevel]:
    """The links of the chain for which this person has yet to say that it arrived."""
    rows = incident.levels.filter(noted_at__isnull=True).select_related("unit")
    return [one for one in rows if may(actor, _needs(one.side), one.unit)]


def _needs(side: str) -> Can:
    return Can.ITEMS_OF_UNIT if side == "management" else Can.HANDLE_CASES


def people_of(level: IncidentLevel, on: date) -> list[Post]:
    """Who is told at one link: nobody the cases behind its warning name."""
    return people_at(level.unit, level.side, level.incident, on)


def people_at(unit: Unit, side: str, incident: Incident, on: date) -> list[Post]:
    """The same for a link that is not there yet."""
    return free_of(holders(unit, _needs(side), on), keys_behind(incident.warning))


def not_noted(actor: Actor) -> QuerySet[Incident]:
    """Running incidents for which some union or management of this person has not taken note."""
    if not isinstance(actor, Member):
        return Incident.objects.none()
    unions = [unit.pk for unit in actor.units(Can.HANDLE_CASES)]
    heads = [unit.pk for unit in actor.units(Can.ITEMS_OF_UNIT)]
    waiting = Q(unit__in=unions) & ~Q(side="management") | Q(unit__in=heads, side="management")
    levels = IncidentLevel.objects.filter(waiting, incident=OuterRef("pk"), noted_at__isnull=True)
    rows = Incident.objects.known_to(actor).filter(Exists(levels), status__in=RUNNING)
    return rows.select_related("unit").order_by("drill", "reported_at", "pk")


# --- plans --------------------------------------------------------------------------------------------------------------


def plan_of(unit: Unit) -> Plan | None:
    """The plan in force, or ``None``."""
    return Plan.objects.filter(unit=unit).select_related("unit", "post__person").order_by("-number").first()


def plan_for(actor: Actor, unit: Unit) -> Plan | None:
    """The same for its reader: ``NotYours`` for who may not know of the unit's plan."""
    if not (may(actor, Can.READ_CASES, unit) or may(actor, Can.READ_BELOW, unit)):
        only(())
    return plan_of(unit)


def without_plan(actor: Actor) -> list[Unit]:
    """Own unions that have no plan yet (BD-4.7)."""
    units = {unit.pk: unit for unit in actor.units(Can.HANDLE_CASES)} if isinstance(actor, Member) else {}
    with_plan = set(Plan.objects.filter(unit__in=units).values_list("unit", flat=True))
    return [unit for pk, unit in units.items() if pk not in with_plan]

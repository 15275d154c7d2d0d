"""Asking about links and who answers for them, own rules, yearly plans, demonstration points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from huying.fieldwork.models import DemoPoint, LinkPerson, OwnRule, PlanTask, YearPlan
from huying.fieldwork.reads._studios import unions
from huying.fieldwork.rules import list_of
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.mechanism.reads import rules_of_units
from huying.mechanism.rules import Choice, ClauseRef
from huying.org.models import Person, Unit


@dataclass(frozen=True)
class Linked:
    """The links of one union: each with who answers for it, and what it has laid down for itself (PD-6.2a, PD-6.2b)."""

    unit: Unit
    links: tuple[tuple[Choice, Person | None], ...]
    own_rules: tuple[tuple[Choice, OwnRule | None], ...]
    clause: ClauseRef | None
    own_clause: ClauseRef | None

    @property
    def lacks(self) -> list[str]:
        """Links nobody answers for, and rules still to be laid down."""
        found = [f"“{choice.label}”没有责任人" for choice, person in self.links if person is None]
        return found + [f"还没有定《{choice.label}》" for choice, row in self.own_rules if row is None]


def linked(units: Iterable[Unit], on: date) -> list[Linked]:
    """The links of these unions (two queries and the rules)."""
    units = list(units)
    rules, ids = rules_of_units(units, on), [unit.pk for unit in units]
    people = {
        (row.unit_id, row.link): row.person
        for row in LinkPerson.objects.filter(unit__in=ids, until__isnull=True).select_related("person")
    }
    own = {(row.unit_id, row.code): row for row in OwnRule.objects.filter(unit__in=ids)}
    found = []
    for unit in units:
        links, needed = list_of(rules[unit.pk], "links"), list_of(rules[unit.pk], "own_rules")
        found.append(
            Linked(
                unit,
                tuple((one, people.get((unit.pk, one.code))) for one in (links.choices if links else ())),
                tuple((one, own.get((unit.pk, one.code))) for one in (needed.choices if needed else ())),
                links.clause if links else None,
                needed.clause if needed else None,
            )
        )
    return found


def plans(actor: Actor, year: int) -> QuerySet[YearPlan]:
    """Plans of a year in reach."""
    rows = YearPlan.objects.filter(unit__in=unions(actor).order_by().values("pk"), year=year)
    return rows.select_related("unit").prefetch_related("tasks__person").order_by("unit__path")


def plan_for(actor: Actor, plan_id: UUID) -> YearPlan:
    """One plan, or ``NotYours``."""
    return only(
        YearPlan.objects.filter(unit__in=unions(actor).order_by().values("pk"), pk=plan_id).select_related("unit")
    )


def task_for(actor: Actor, task_id: UUID) -> PlanTask:
    """One task, or ``NotYours``."""
    rows = PlanTask.objects.filter(plan__unit__in=unions(actor).order_by().values("pk"), pk=task_id)
    return only(rows.select_related("plan__unit", "person"))


def demo_points(actor: Actor) -> QuerySet[DemoPoint]:
    """Demonstration points of the unions in reach, and those that are one themselves."""
    rows = DemoPoint.objects.filter(union__in=unions(actor).order_by().values("pk"))
    rows |= DemoPoint.objects.filter(unit__in=unions(actor).order_by().values("pk"))
    return rows.select_related("union", "unit").order_by("-since", "id")

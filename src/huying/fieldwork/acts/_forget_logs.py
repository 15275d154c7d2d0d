"""What studios, ties and reception days hold of an erased person: names in logs, results, plans, reasons."""

from __future__ import annotations

from datetime import datetime

from huying.cases.models import Case, Station
from huying.fieldwork.models import (
    DayLog,
    DemoPoint,
    GroupMember,
    Household,
    OwnRule,
    PlanTask,
    ReceptionDay,
    Swap,
    Tie,
    TieResult,
    YearPlan,
)
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forgets


@forgets
def forget_logs(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot the person out of what the unions that had the cases wrote down by hand."""
    cases = Case.objects.filter(pk__in=gone.cases)
    stations = Station.objects.filter(case__in=gone.cases)
    units = {*cases.values_list("unit", flat=True), *stations.values_list("unit", flat=True)}
    days = ReceptionDay.objects.filter(unit__in=units)
    places = (
        (DayLog.objects.filter(unit__in=units), ("text",)),
        (TieResult.objects.filter(tie__union__in=units), ("text",)),
        (Tie.objects.filter(union__in=units), ("end_reason",)),
        (PlanTask.objects.filter(plan__unit__in=units), ("text", "result")),
        (YearPlan.objects.filter(unit__in=units), ("goal",)),
        (OwnRule.objects.filter(unit__in=units), ("text",)),
        (DemoPoint.objects.filter(union__in=units), ("learned",)),
        (GroupMember.objects.filter(group__unit__in=units), ("task",)),
        (Household.objects.filter(unit__in=units), ("closed_because",)),
        (days, ("theme", "reason")),
        (Swap.objects.filter(day__in=days), ("reason",)),
    )
    return sum(blot_out(rows, fields, gone.names) for rows, fields in places)

"""What studios and ties hold of an erased person: names in logs, results, plans."""

from __future__ import annotations

from datetime import datetime

from huying.cases.models import Case, Station
from huying.fieldwork.models import DayLog, PlanTask, Tie, TieResult, YearPlan
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forgets


@forgets
def forget_logs(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot the person out of what the unions that had the cases wrote down by hand."""
    cases = Case.objects.filter(pk__in=gone.cases)
    stations = Station.objects.filter(case__in=gone.cases)
    units = {*cases.values_list("unit", flat=True), *stations.values_list("unit", flat=True)}
    touched = blot_out(DayLog.objects.filter(unit__in=units), ("text",), gone.names)
    touched += blot_out(TieResult.objects.filter(tie__union__in=units), ("text",), gone.names)
    touched += blot_out(Tie.objects.filter(union__in=units), ("end_reason",), gone.names)
    touched += blot_out(PlanTask.objects.filter(plan__unit__in=units), ("text", "result"), gone.names)
    return touched + blot_out(YearPlan.objects.filter(unit__in=units), ("goal",), gone.names)

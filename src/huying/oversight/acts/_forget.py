"""What reports hold of an erased person: names in their words, every version."""

from __future__ import annotations

from datetime import datetime

from huying.cases.models import Case
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forgets
from huying.oversight.models import Report, ReportText


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot the person out of the words of the reports of the unions that had the case."""
    units = Case.objects.filter(pk__in=gone.cases).values("stations__unit")
    reports = Report.objects.filter(unit__in=units)
    touched = blot_out(reports, ("title",), gone.names)
    return touched + blot_out(ReportText.objects.filter(report__in=reports), ("body",), gone.names)

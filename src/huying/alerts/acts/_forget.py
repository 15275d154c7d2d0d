"""What the room holds of an erased person: names in free words of the unions that had the case."""

from __future__ import annotations

from datetime import datetime

from huying.alerts.models import (
    Event,
    Finding,
    Incident,
    IncidentReport,
    Information,
    InformationAnswer,
    SceneEntry,
    Warned,
    Warning,
    Watch,
)
from huying.cases.models import Case
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forgets


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot the person out of warnings, incidents, information and findings."""
    units = Case.objects.filter(pk__in=gone.cases).values("stations__unit")
    warnings, incidents = Warning.objects.filter(unit__in=units), Incident.objects.filter(unit__in=units)
    sent, findings = Information.objects.filter(unit__in=units), Finding.objects.filter(unit__in=units)
    places = (
        (warnings, ("title", "risk", "next_step", "outcome")),
        (Warned.objects.filter(warning__in=warnings), ("text",)),
        (Watch.objects.filter(unit__in=units), ("why", "ended_because")),
        (incidents, ("what", "place", "outcome")),
        (IncidentReport.objects.filter(incident__in=incidents), ("text",)),
        (SceneEntry.objects.filter(incident__in=incidents), ("text",)),
        (sent, ("title", "body", "facts", "because")),
        (InformationAnswer.objects.filter(information__in=sent), ("text", "public_text")),
        (findings, ("what", "question", "explanation", "reason")),
        (Event.objects.filter(warning__in=warnings), ("text",)),
        (Event.objects.filter(incident__in=incidents), ("text",)),
        (Event.objects.filter(information__in=sent), ("text",)),
        (Event.objects.filter(finding__in=findings), ("text",)),
    )
    return sum(blot_out(rows, fields, gone.names) for rows, fields in places)

"""What surveys hold of an erased person: the own words, and names in what staff wrote."""

from __future__ import annotations

from datetime import datetime

from huying.feedback.models import Answer, Invited, ReopenRequest, Survey
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forgets


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """The words of the person's answers go (a scan lies under the same key); the grades stay counted."""
    touched = Answer.objects.filter(invited__party=gone.party, words__isnull=False).update(words=None)
    surveys = Survey.objects.filter(case__in=gone.cases)
    touched += blot_out(surveys, ("review",), gone.names)
    touched += blot_out(Invited.objects.filter(survey__in=surveys), ("unreached_because",), gone.names)
    return touched + blot_out(ReopenRequest.objects.filter(case__in=gone.cases), ("reason",), gone.names)

"""What promises and research hold of an erased person: names in free words, workers' own among them."""

from __future__ import annotations

from datetime import datetime

from huying.cases.models import Case
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forgets
from huying.promises.models import Comment, Plan, Progress, Promise, ResearchReport, ResearchTopic


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot the person out of plans, comments and research of the unions that had the case.  Who wrote a comment nobody knows:
    only what it says of the person goes."""
    units = Case.objects.filter(pk__in=gone.cases).values("stations__unit")
    plans, topics = Plan.objects.filter(unit__in=units), ResearchTopic.objects.filter(unit__in=units)
    promises = Promise.objects.filter(plan__in=plans)
    places = (
        (plans, ("opening",)),
        (promises, ("title", "measure", "result")),
        (Progress.objects.filter(promise__in=promises), ("text",)),
        (Comment.objects.filter(promise__in=promises), ("text", "hidden_because")),
        (topics, ("title", "why", "dropped_because")),
        (ResearchReport.objects.filter(topic__in=topics), ("text",)),
    )
    return sum(blot_out(rows, fields, gone.names) for rows, fields in places)

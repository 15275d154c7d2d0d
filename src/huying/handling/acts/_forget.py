"""What items and tellings hold of an erased person: names in words of departments and of the union."""

from __future__ import annotations

from datetime import datetime

from huying.handling.models import Item, ItemEvent, Telling
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forgets


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot the person out of briefs, measures, reports and what was told."""
    touched = blot_out(Item.objects.filter(case__in=gone.cases), ("brief", "measure", "report"), gone.names)
    touched += blot_out(ItemEvent.objects.filter(item__case__in=gone.cases), ("text",), gone.names)
    return touched + blot_out(Telling.objects.filter(case__in=gone.cases), ("text",), gone.names)

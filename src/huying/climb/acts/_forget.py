"""What the climb holds of an erased person: names in what unions and leaders wrote."""

from __future__ import annotations

from datetime import datetime

from huying.climb.models import Instruction, Lead, Rung
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forgets


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot the person out of reasons, answers, instructions and briefs."""
    touched = blot_out(Rung.objects.filter(case__in=gone.cases), ("reason", "tried", "brief", "answer"), gone.names)
    touched += blot_out(Instruction.objects.filter(case__in=gone.cases), ("text", "followed_text"), gone.names)
    return touched + blot_out(Lead.objects.filter(case__in=gone.cases), ("brief", "reason", "end_reason"), gone.names)

"""Questions about secrecy that are not about one case."""

from __future__ import annotations

from datetime import datetime, timedelta

from huying.kernel.actors import Actor
from huying.privacy.rules import LOOKUPS_PER_HOUR
from huying.trail.models import Reading


def lookups_left(actor: Actor, at: datetime) -> int:
    """How many more exact look-ups this person may make within the hour (nobody can try a colleague's number)."""
    if actor.person_id is None:
        return 0
    made = Reading.objects.filter(person=actor.person_id, what="lookup", at__gt=at - timedelta(hours=1)).count()
    return max(0, LOOKUPS_PER_HOUR - made)

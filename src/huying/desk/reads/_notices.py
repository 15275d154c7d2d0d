"""Notices as their reader may see them: never one about a case that names the reader, not even an older one."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from huying.cases.models import Recusal
from huying.kernel.actors import Actor
from huying.notices import reads as notices
from huying.notices.models import Notice


def notices_of(actor: Actor) -> QuerySet[Notice]:
    """What this person was told, newest first."""
    return _known(notices.history(actor.person_id), actor) if actor.person_id else Notice.objects.none()


def unread_of(actor: Actor) -> QuerySet[Notice]:
    """What this person has not read yet."""
    return _known(notices.unread(actor.person_id), actor) if actor.person_id else Notice.objects.none()


def _known(rows: QuerySet[Notice], actor: Actor) -> QuerySet[Notice]:
    naming = Recusal.objects.filter(key__in=list(actor.keys))
    return rows.exclude(Exists(naming.filter(case=OuterRef("subject")))).exclude(
        Exists(naming.filter(case__items=OuterRef("subject")))
    )

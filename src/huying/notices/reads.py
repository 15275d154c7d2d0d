"""What a person has been told and not yet read, and which letters did not arrive."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from huying.notices.models import Delivery, DeliveryState, Notice


def unread(person: UUID) -> QuerySet[Notice]:
    """A person's unread notices, newest first."""
    return Notice.objects.filter(recipient=person, read_at__isnull=True).order_by("-created_at", "-pk")


def count(person: UUID) -> int:
    """How many a person has not read."""
    return unread(person).count()


def history(person: UUID) -> QuerySet[Notice]:
    """Everything a person was told, newest first, with how its letters fared."""
    return Notice.objects.filter(recipient=person).prefetch_related("deliveries").order_by("-created_at", "-pk")


def mail_is_on() -> bool:
    """Whether this installation sends e-mail at all (``HUYING_MAIL``)."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def undelivered(since: datetime) -> QuerySet[Delivery]:
    """Letters given up since a moment, newest first."""
    return Delivery.objects.filter(state=DeliveryState.GIVEN_UP, notice__created_at__gte=since).order_by("-next_try_at")

"""What passes by itself: counters and marks of the shared cache that have served their time, sessions that are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection

from huying.kernel.jobs import scheduled
from huying.org.reads import open_sessions


@scheduled(every=timedelta(hours=1))
def forget_tries(*, at: datetime) -> None:
    """Remove what the shared cache holds beyond its time; by itself it only does so when it is full."""
    table = connection.ops.quote_name(cache._table)  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        moment = connection.ops.adapt_datetimefield_value(at.replace(microsecond=0))
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [moment])  # noqa: S608 (our own table's name)


@scheduled(every=timedelta(hours=1))
def forget_sessions(*, at: datetime) -> None:
    """Remove from the list where people are signed in what is over."""
    UserSession.objects.exclude(session_key__in=open_sessions(at)).delete()

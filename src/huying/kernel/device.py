"""A device by a mark nobody can read back: its address under a key of the day, the same in every web process.

Of the two halves of that key one lies in the key file, one in the shared cache; that one is random and forgotten after the
day, so that neither who has the database nor, tomorrow, who has both learns an address.  Nothing here is ever logged.
"""

from __future__ import annotations

import hmac
import os
from datetime import date, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from huying.kernel import crypto

KEPT = timedelta(days=2).total_seconds()


def mark(request: HttpRequest, at: datetime, *, browser: bool = False) -> str:
    """The mark of the device that asks; with ``browser``, one for each kind of browser behind the same address.

    Written as an address of the private range fd00::/8, because that is what the libraries that keep it expect.
    """
    said = address(request)
    if browser:
        said += "\n" + request.headers.get("User-Agent", "")
    digest = hmac.digest(_key(timezone.localdate(at)), said.encode(), "sha256")
    return str(IPv6Address(b"\xfd" + digest[:15]))


def address(request: HttpRequest) -> str:
    """The device's address; behind a proxy, the one the proxy saw."""
    if settings.SECURE_PROXY_SSL_HEADER:
        return request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _key(day: date) -> bytes:
    half = _halves(day, settings.DATABASES["default"]["NAME"])
    return hmac.digest(crypto.keyring().derive("device"), half, "sha256")


@lru_cache(maxsize=2)
def _halves(day: date, database: object) -> bytes:
    """The random half of the day: who asks first makes it, all others find it."""
    return cast("bytes", cache.get_or_set(f"device-key:{day.isoformat()}", lambda: os.urandom(32), KEPT))

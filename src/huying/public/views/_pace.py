"""How often one device may send or try, counted in memory only.

A device is the hash of its address and browser name under a key that is thrown away every day and with the process;
neither is written down or logged.  Limits are per process and generous: a whole workshop may share one address.
"""

from __future__ import annotations

import hmac
import os
import threading
from collections import deque
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

MOST_DEVICES = 50_000


class _Day:
    """The key of the day."""

    def __init__(self) -> None:
        self.day = date.min
        self.key = b""

    def device(self, request: HttpRequest, at: datetime) -> bytes:
        """Who is asking, as nobody can read it back."""
        if self.day != timezone.localdate(at):
            self.day, self.key = timezone.localdate(at), os.urandom(32)
        said = f"{_address(request)}\n{request.headers.get('User-Agent', '')}"
        return hmac.digest(self.key, said.encode(), "sha256")


def _address(request: HttpRequest) -> str:
    """The device's address; behind a proxy, the one the proxy saw."""
    if settings.SECURE_PROXY_SSL_HEADER:
        return request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


_today = _Day()


class Pace:
    """At most so many in a span for each device, and so many by devices that already failed once, all together."""

    def __init__(self, most: int, span: timedelta, *, together: int = 0) -> None:
        self.most = most
        self.span = span
        self.together = together
        self.seen: dict[bytes, deque[datetime]] = {}
        self.all: deque[datetime] = deque()
        self.lock = threading.Lock()

    def full(self, request: HttpRequest, at: datetime) -> bool:
        """Whether this device has to wait.  In a storm of tries, one that never failed need not."""
        with self.lock:
            mine = self._fresh(self.seen.get(_today.device(request, at), deque()), at)
            stormy = bool(self.together) and len(self._fresh(self.all, at)) >= self.together
            return len(mine) >= self.most or (stormy and bool(mine))

    def count(self, request: HttpRequest, at: datetime) -> None:
        """One more by this device."""
        with self.lock:
            if len(self.seen) >= MOST_DEVICES:
                self.seen = {key: times for key, times in self.seen.items() if self._fresh(times, at)}
            self.seen.setdefault(_today.device(request, at), deque(maxlen=self.most)).append(at)
            if self.together:
                self.all.append(at)

    def _fresh(self, times: deque[datetime], at: datetime) -> deque[datetime]:
        while times and at - times[0] > self.span:
            times.popleft()
        return times


SAYING = Pace(20, timedelta(hours=1))
TRYING = Pace(10, timedelta(minutes=10), together=300)
LINKS = Pace(
    60, timedelta(minutes=10), together=300
)  # a link cannot be mistyped by hand, but a whole team scans old slips

"""How often one device may send or try, and the small puzzle a browser solves instead of waiting.

Counted in the shared cache, so for all web processes together, by marks of the day (``kernel.device``): nobody can read an
address back.  Limits are generous: a whole workshop may share one address.  A browser that solved its puzzle (``_work``)
may come more often than one that did not; without scripts everything works, only at the slower pace.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.core.internal.ratelimit import cache_lock
from django.core.cache import cache
from django.http import HttpRequest

from huying.kernel import device


@dataclass(frozen=True)
class Pace:
    """At most so many in a span: for each browser (``most``, or ``proven`` once it solved its puzzle), for all browsers of
    one address that solved none, and by devices that already failed once, all together."""

    name: str
    span: timedelta
    most: int
    proven: int
    address: int
    together: int = 0

    def full(self, request: HttpRequest, at: datetime, *, proven: bool = False) -> bool:
        """Whether this device has to wait.  In a storm of tries, one that never failed need not."""
        mine = self._seen(self._mine(request, at), at)
        if len(mine) >= (self.proven if proven else self.most):
            return True
        if not proven and len(self._seen(self._near(request, at), at)) >= self.address:
            return True
        return bool(self.together and mine) and len(self._seen(self._all, at)) >= self.together

    def count(self, request: HttpRequest, at: datetime) -> None:
        """One more by this device."""
        for key in (self._mine(request, at), self._near(request, at), *([self._all] if self.together else [])):
            with cache_lock(key):
                times = [*self._seen(key, at), at.timestamp()]
                cache.set(key, times[-self._longest :], self.span.total_seconds())

    @property
    def _longest(self) -> int:
        return max(self.most, self.proven, self.address, self.together)

    def _seen(self, key: str, at: datetime) -> list[float]:
        since = (at - self.span).timestamp()
        return [moment for moment in cache.get(key, []) if moment >= since]

    def _mine(self, request: HttpRequest, at: datetime) -> str:
        return f"pace:{self.name}:browser:{device.mark(request, at, browser=True)}"

    def _near(self, request: HttpRequest, at: datetime) -> str:
        return f"pace:{self.name}:address:{device.mark(request, at)}"

    @property
    def _all(self) -> str:
        return f"pace:{self.name}:all"


SAYING = Pace("say", timedelta(hours=1), most=20, proven=60, address=120)
TRYING = Pace("receipt", timedelta(minutes=10), most=10, proven=20, address=40, together=300)
# a link cannot be mistyped by hand, but a whole team scans old slips
LINKS = Pace("slip", timedelta(minutes=10), most=60, proven=60, address=300, together=300)
BOOKING = Pace("book", timedelta(hours=1), most=6, proven=20, address=60)
COMMENTING = Pace("promise", timedelta(hours=1), most=10, proven=30, address=100)

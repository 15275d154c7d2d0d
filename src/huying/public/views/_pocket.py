"""What a worker's own browser carries between two pages, sealed, so that the server need not remember anybody.

Two cookies, encrypted under the installation's key and bound to their names: ``hy-receipt`` holds the form's key, from
which the receipt shown once can be made again (a double click and a reload show the same digits), for thirty minutes and
for the receipt page only; ``hy-my`` holds the party that came back, until thirty minutes have passed without a request.
The session table would tie a browser to a case on the server, and a staff session on the same machine to both; these
cookies leave nothing behind when the browser forgets them.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from huying.kernel import crypto


@dataclass(frozen=True)
class Pocket:
    """One sealed cookie.  ``idle`` is how long it opens after it was last written, ``longest`` after it was first."""

    name: str
    path: str
    idle: timedelta
    longest: timedelta

    @property
    def cookie(self) -> str:
        """What the cookie is called: behind https its name promises that it never went in the clear."""
        return f"__Secure-{self.name}" if settings.SECURE else self.name

    def put(self, response: HttpResponse, what: dict[str, str], *, at: datetime, since: datetime | None = None) -> None:
        """Give the browser something to keep, readable here only."""
        body = {"what": what, "at": at.timestamp(), "since": (since or at).timestamp()}
        sealed = crypto.wrap(json.dumps(body).encode(), f"cookie:{self.name}")
        response.set_cookie(
            self.cookie,
            urlsafe_b64encode(sealed).decode(),
            path=self.path,
            httponly=True,
            secure=settings.SECURE,
            samesite="Lax",
        )

    def take(self, request: HttpRequest, *, at: datetime) -> tuple[dict[str, str], datetime] | None:
        """What the browser kept and since when; ``None`` when there is nothing, or it is too old, or not ours."""
        try:
            sealed = urlsafe_b64decode(request.COOKIES.get(self.cookie, ""))
            body: dict[str, Any] = json.loads(crypto.unwrap(sealed, f"cookie:{self.name}"))
        except (crypto.Unreadable, ValueError):
            return None
        written, since = (datetime.fromtimestamp(body[name], at.tzinfo) for name in ("at", "since"))
        if at - written > self.idle or at - since > self.longest:
            return None
        return body["what"], since

    def drop(self, response: HttpResponse) -> None:
        """Take it out of the browser."""
        response.delete_cookie(self.cookie, path=self.path, samesite="Lax")


HALF_HOUR = timedelta(minutes=30)
RECEIPT = Pocket("hy-receipt", "/receipt/", HALF_HOUR, HALF_HOUR)
MY = Pocket("hy-my", "/my/", HALF_HOUR, timedelta(hours=8))
RATED = Pocket("hy-rated", "/u/", timedelta(days=400), timedelta(days=400))

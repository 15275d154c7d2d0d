"""Browsers an account came in with before.  Whoever mistypes its password on purpose locks the account, but not these."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from huying.org.models import User
from huying.org.reads import account_named

COOKIE = "__Secure-hy-known" if settings.SECURE else "hy-known"
PATH, SALT = "/accounts/", "huying.known-browser"
LIFE = timedelta(days=180)
ACCOUNTS = 5  # that share one browser, as in an office


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """This browser came in as this account; the cookie holds numbers and random marks, no name."""
    kept = _kept(request)
    mark = kept.pop(str(user.pk), "") or secrets.token_urlsafe(9)
    newest = dict([*kept.items(), (str(user.pk), mark)][-ACCOUNTS:])
    response.set_cookie(
        COOKIE,
        signing.dumps(newest, salt=SALT),
        max_age=LIFE,
        path=PATH,
        httponly=True,
        secure=settings.SECURE,
        samesite="Lax",
    )


def mark_of(request: HttpRequest, username: str) -> str:
    """The mark of this browser for the account of that login name; empty when it never came in here."""
    kept = _kept(request)
    user = account_named(username) if kept else None
    return kept.get(str(user.pk), "") if user else ""


def _kept(request: HttpRequest) -> dict[str, str]:
    try:
        kept: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return {}
    return kept

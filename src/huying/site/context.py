"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from huying.org.reads import member, needs_factor
from huying.site.accounts import came_by_provider, with_factor
from huying.site.demo.entrance import demo_posts, may_enter, receipts, to_be_first
from huying.site.sso import configured


def page(request: HttpRequest) -> dict[str, Any]:
    """Large-text mode (cookie), whether this is a demo, who is signed in; for the sign-in page the demo posts to choose from."""
    posts = SimpleLazyObject(lambda: list(demo_posts(timezone.localdate())) if may_enter(request) else [])
    return {
        "large_text": request.COOKIES.get("hy-large") == "1",
        "is_demo": settings.HUYING_DEMO,
        "actor": getattr(request, "actor", None),
        "demo_posts": posts,
        "demo_first": SimpleLazyObject(lambda: to_be_first(posts)),
        "demo_receipts": SimpleLazyObject(lambda: list(receipts()) if posts else []),
        "demo_url": reverse("demo_sign_in"),
        "factor_wanted": SimpleLazyObject(lambda: _factor_wanted(request)),
        "sso_name": settings.HUYING_OIDC["name"] if configured() else "",
    }


def _factor_wanted(request: HttpRequest) -> bool:
    """Does the desk stay closed until this person set up a second factor?"""
    user = request.user
    if not user.is_authenticated or with_factor(user):
        return False
    return needs_factor(member(user, timezone.localdate()), by_provider=came_by_provider(request))

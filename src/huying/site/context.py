"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from huying.site.demo.entrance import demo_posts, may_enter


def page(request: HttpRequest) -> dict[str, Any]:
    """Large-text mode (cookie), whether this is a demo, who is signed in; for the sign-in page the demo posts to choose from."""
    return {
        "large_text": request.COOKIES.get("hy-large") == "1",
        "is_demo": settings.HUYING_DEMO,
        "actor": getattr(request, "actor", None),
        "demo_posts": SimpleLazyObject(lambda: list(demo_posts(timezone.localdate())) if may_enter(request) else []),
        "demo_url": reverse("demo_sign_in"),
    }

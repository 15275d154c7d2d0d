"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Large-text mode (cookie), whether this is a demo, who is signed in."""
    return {
        "large_text": request.COOKIES.get("hy-large") == "1",
        "is_demo": settings.HUYING_DEMO,
        "actor": getattr(request, "actor", None),
    }

"""The manual of the desk, and which of its sections explains a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.urls import ResolverMatch, reverse

from huying.kernel.manual import Manual, read

FOLDER = Path(__file__).resolve().parents[1] / "manual"


@cache
def manual() -> Manual:
    """The chapters, read once."""
    return read(FOLDER, address=lambda name: reverse("desk:manual-chapter", args=[name]))


def help_url(match: ResolverMatch | None) -> str:
    """Where the page shown is explained: an act's own section, else that of the page, else the contents."""
    name, act = (match.view_name, match.kwargs.get("act", "")) if match else ("", "")
    pages = manual().by_page
    found = pages.get(f"{name}/{act}") or pages.get(name)
    if found is None:
        return reverse("desk:manual")
    chapter, section = found
    return f"{reverse('desk:manual-chapter', args=[chapter.name])}#{section.anchor}"

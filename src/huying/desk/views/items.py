"""Pages of the desk: items."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []

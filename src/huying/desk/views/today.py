"""Pages of the desk: today."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []

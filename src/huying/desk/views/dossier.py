"""Pages of the desk: dossier."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []

"""Pages of the desk: what was archived, by year, how long it is kept, what is due for appraisal."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from huying.desk import reads as desk
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked
from huying.ledger import reads
from huying.org.rules import Can

HEADS = ({"label": "归档年份"}, {"label": "件数", "num": True}, {"label": "保管到"}, {"label": "现在"})
FARTHEST = 100  # years looked back


@require_GET
def archive(request: Asked) -> HttpResponse:
    """Years of archiving of the first union of this person, with the end of each; nothing is destroyed here."""
    units = [unit for unit in request.actor.units(Can.READ_CASES) if reads.sight(request.actor, unit).cases]
    if not units:
        raise NotYours
    today = timezone.localdate(request.now)
    found = reads.figures(
        by=request.actor, unit=units[0], since=today.replace(year=today.year - FARTHEST, month=1, day=1), until=today
    )
    kept = reads.viewer(request.actor, today).rules.count("retention_years")
    rows = [_year(found, value, n or 0, kept.value, today.year) for value, n in found.values("filed")]
    rows.sort(key=lambda row: row["year"], reverse=True)
    shown = {
        "unit": units[0],
        "below": found.below,
        "rows": rows,
        "kept": kept,
        "heads": HEADS,
        "of_house": not kept.by,
    }
    return render(request, "desk/ledger/archive.html", {**shown, "due": [row for row in rows if row["due"]]})


def _year(found: reads.Figures, value: str, n: int, years: int, now: int) -> dict[str, Any]:
    """One year: kept from the year after, so many years; then it is appraised."""
    until = int(value) + years
    href = desk.ledger_of(reads.opening(found, "filed", value))
    return {"year": int(value), "n": n, "until": until, "left": until - now, "due": until < now, "href": href}


urls = [path("archive/", archive, name="archive")]

"""Asking about reports: one, a list, its words, what hangs on it, how many went to the Party organisation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.org.models import Post, Unit
from huying.org.reads import holders
from huying.org.rules import Can, may
from huying.oversight.models import Report, ReportText


def reports_of(actor: Actor) -> QuerySet[Report]:
    """Every report this person may read, the newest first."""
    rows = Report.objects.visible_to(actor).exclude(status="dropped").select_related("unit", "mends")
    return rows.prefetch_related("sendings", "mended_by").order_by("-made_at", "-pk")


def report_for(actor: Actor, report_id: UUID) -> Report:
    """One report, or ``NotYours``."""
    rows = Report.objects.visible_to(actor).select_related("unit", "mends", "made_by__person", "issued_by__person")
    report = rows.filter(pk=report_id).first()
    if report is None:
        raise NotYours
    return report


def writes_here(actor: Actor, report: Report) -> bool:
    """Whether this person writes and looks after the report."""
    return may(actor, Can.HANDLE_CASES, report.unit)


def words_of(report: Report) -> ReportText:
    """The newest words."""
    text = report.texts.select_related("post__person").order_by("-number").first()
    if text is None:
        raise NotYours
    return text


def mended_by(report: Report) -> Report | None:
    """The issued report that corrects or withdraws this one."""
    return report.mended_by.filter(status="issued").first()


def management_heads(unit: Unit, on: date) -> list[Post]:
    """Whom the report reaches on the desk."""
    return list(holders(unit, Can.ITEMS_OF_UNIT, on).filter(person__user__is_active=True))


def reports_issued(units: Collection[str], since: date, until: date) -> QuerySet[Report]:
    """Reports that went to the Party organisation on a day of the period, of units at or below these paths; a report that
    was withdrawn, or only withdraws one, is none (MY-4.1)."""
    reach = Q(pk__in=[])
    for path in units:
        reach |= Q(unit__path=path)
    rows = Report.objects.filter(reach, status="issued", sendings__side="party", sendings__on__range=(since, until))
    return rows.exclude(how="withdrawal").exclude(mended_by__status="issued", mended_by__how="withdrawal").distinct()


def rows_of(report: Report) -> dict[str, Any]:
    """What hangs on an issued report: to whom it went, what they wrote."""
    return {
        "sendings": {row.side: row for row in report.sendings.all()},
        "remarks": list(report.remarks.order_by("on", "at")),
    }

"""Asking about reports: one, a list, its words, what hangs on it, how many went to the Party organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from huying.duties.rules import Asked, Counted, Counter, Deed, Figure
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.org.models import Post, Unit
from huying.org.reads import holders
from huying.org.rules import Can, may
from huying.oversight.models import Report, ReportText, Sending


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


def reports_issued(units: QuerySet[Unit], since: date, until: date) -> QuerySet[Sending]:
    """When issued reports of these units went to the Party organisation, from ``since`` to the day before ``until``; one
    that was withdrawn, or only withdraws another, is none (MY-4.1)."""
    sent = Sending.objects.filter(side="party", report__unit__in=units, on__gte=since, on__lt=until)
    withdrawn = Report.objects.filter(mends=OuterRef("report"), status="issued", how="withdrawal")
    return sent.exclude(report__how="withdrawal").exclude(Exists(withdrawn)).order_by("on", "pk")


def _count(asked: Asked) -> Iterator[Counted]:
    for unit, day in reports_issued(asked.units, asked.since, asked.until).values_list("report__unit", "on"):
        yield Counted(unit, day, Figure(done=1))


def _deeds(asked: Asked) -> list[Deed]:
    rows = reports_issued(asked.units, asked.since, asked.until).select_related("report")
    return [Deed("report", one.report_id, one.on, "met", f"情况报告{one.report.number}送党组织") for one in rows]


REPORTS_COUNTED = Counter(count=_count, deeds=_deeds)


def rows_of(report: Report) -> dict[str, Any]:
    """What hangs on an issued report: to whom it went, what they wrote."""
    return {
        "sendings": {row.side: row for row in report.sendings.all()},
        "remarks": list(report.remarks.order_by("on", "at")),
    }

"""The gates of reports and sheets: locked through the scope, table, history and trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Stale
from huying.org.models import Post, Unit
from huying.org.rules import Can, Member, check_may
from huying.oversight.lifecycle import REPORT, SHEET
from huying.oversight.models import Event, Report, Sheet
from huying.trail.acts import append

LONGEST_TEXT = 2000


def locked_report(
    report_id: UUID, *, by: Actor, version: int | None = None, can: Can | None = Can.HANDLE_CASES
) -> Report:
    """A report locked for its union; with ``can=None`` for whoever may read it."""
    rows = Report.objects.select_for_update(of=("self",)).visible_to(by).select_related("unit", "mends")
    report = rows.filter(pk=report_id).first()
    if report is None:
        raise NotYours
    if can is not None:
        check_may(by, can, report.unit)
    if version is not None and version != report.version:
        raise Stale(_since(report.events.filter(version__gt=version)))
    return report


def locked_sheet(sheet_id: UUID, *, by: Actor, version: int | None = None) -> Sheet:
    """A sheet locked for whoever may see it; which side acts is asked by the act."""
    rows = Sheet.objects.select_for_update(of=("self",)).visible_to(by)
    sheet = rows.select_related("unit", "round__unit").filter(pk=sheet_id).first()
    if sheet is None:
        raise NotYours
    if version is not None and version != sheet.version:
        raise Stale(_since(sheet.events.filter(version__gt=version)))
    return sheet


def assessor(by: Actor, unit: Unit) -> Post:
    """The post at the union that assesses; those further up read, and do not assess in its place."""
    for post in by.posts if isinstance(by, Member) else ():
        if post.unit_id == unit.pk and Member(code="", label="", posts=(post,)).post_for(Can.READ_BELOW):
            return post
    raise NotYours


def _since(events: Any) -> list[str]:
    """Who changed what while somebody typed, as sentences."""
    rows = events.order_by("at", "id")[:10]
    said = [f"{timezone.localtime(one.at):%-m月%-d日 %H:%M} {one.who}：{one.label}" for one in rows]
    return said or ["刚刚有改动。"]


def advance_report(
    report: Report,
    act: str,
    *,
    by: Actor,
    at: datetime,
    label: str = "",
    text: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """Do one step of the report's table on a locked report: the only writer of its status."""
    step = REPORT.check_now(report.status, act)
    report.status = step.target or report.status
    report.version += 1
    report.moved_at = at
    report.save()
    entry = append(
        chain=report.unit_id, root=report.root_id, by=by, at=at, act=f"report.{act}", subject=f"report:{report.pk}",
        data={"status": report.status, "version": report.version, **(data or {})},
    )  # fmt: skip
    return Event.objects.create(
        root_id=report.root_id, report=report, at=at, act=act, version=report.version, label=label or step.label,
        who=by.label, text=text, entry=entry.pk,
    )  # fmt: skip


def advance_sheet(
    sheet: Sheet,
    act: str,
    *,
    by: Actor,
    at: datetime,
    label: str = "",
    text: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """Do one step of the sheet's table on a locked sheet: the only writer of its status."""
    step = SHEET.check_now(sheet.status, act)
    sheet.status = step.target or sheet.status
    sheet.version += 1
    sheet.save()
    entry = append(
        chain=sheet.unit_id, root=sheet.root_id, by=by, at=at, act=f"sheet.{act}", subject=f"sheet:{sheet.pk}",
        data={"status": sheet.status, "version": sheet.version, **(data or {})},
    )  # fmt: skip
    return Event.objects.create(
        root_id=sheet.root_id, sheet=sheet, at=at, act=act, version=sheet.version, label=label or step.label,
        who=by.label, text=text, entry=entry.pk,
    )  # fmt: skip


def given(longest: int = LONGEST_TEXT, **texts: str) -> None:
    """``Invalid`` for every text that is empty or too long."""
    wrong = {}
    for name, text in texts.items():
        if not text.strip():
            wrong[name] = "这一项要填写。"
        elif len(text.strip()) > longest:
            wrong[name] = f"写了 {len(text.strip())} 字，最多 {longest} 字。"
    if wrong:
        raise Invalid(wrong)

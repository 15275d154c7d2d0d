"""The gates of reports and sheets: locked through the scope, table, history and trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, only
from huying.org.models import Post, Unit
from huying.org.rules import Can, Member, check_may
from huying.oversight.lifecycle import REPORT, SHEET
from huying.oversight.models import Event, Report, Sheet
from huying.trail.acts import append_line, check_version

LONGEST_TEXT = 2000


def locked_report(
    report_id: UUID, *, by: Actor, version: int | None = None, can: Can | None = Can.HANDLE_CASES
) -> Report:
    """A report locked for its union; with ``can=None`` for whoever may read it."""
    rows = Report.objects.select_for_update(of=("self",), no_key=True).visible_to(by).select_related("unit", "mends")
    report = only(rows.filter(pk=report_id))
    if can is not None:
        check_may(by, can, report.unit)
    check_version(report, version)
    return report


def locked_sheet(sheet_id: UUID, *, by: Actor, version: int | None = None) -> Sheet:
    """A sheet locked for whoever may see it; which side acts is asked by the act."""
    rows = Sheet.objects.select_for_update(of=("self",), no_key=True).visible_to(by)
    sheet = only(rows.select_related("unit", "round__unit").filter(pk=sheet_id))
    check_version(sheet, version)
    return sheet


def assessor(by: Actor, unit: Unit) -> Post:
    """The post at the union that assesses; those further up read, and do not assess in its place."""
    for post in by.posts if isinstance(by, Member) else ():
        if post.unit_id == unit.pk and Member(code="", label="", posts=(post,)).post_for(Can.READ_BELOW):
            return post
    raise NotYours


def advance(
    row: Report | Sheet, act: str, *, by: Actor, at: datetime, label: str = "", text: str = "",
    data: dict[str, Any] | None = None,
) -> Event:  # fmt: skip
    """Do one step of the table on a locked report or sheet: the only writer of its status."""
    kind, table = ("report", REPORT) if isinstance(row, Report) else ("sheet", SHEET)
    step = table.check_now(row.status, act)
    row.status = step.target or row.status
    row.version += 1
    if isinstance(row, Report):
        row.moved_at = at
    row.save()
    return append_line(
        history=Event, row=row, kind=kind, chain=row.unit_id, act=act, label=label or step.label, by=by, at=at, text=text,
        data=data,
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

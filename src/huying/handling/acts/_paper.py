"""A department that works on paper: the union enters its written report with the scan."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts import start_clock, stop_clock
from huying.cases.models import Case
from huying.files.acts import Checked
from huying.handling.acts._department import last_progress
from huying.handling.acts._gate import (
    advance_item,
    check_union,
    for_union,
    keep_item_files,
    moment_of,
    said,
    tell_handler,
)
from huying.handling.acts._union import close_if_all_reported
from huying.handling.models import Item
from huying.handling.reads import union_behind
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid


@transaction.atomic
def report_on_paper(
    *,
    item_id: UUID,
    able: bool,
    text: str,
    done_on: date | None,
    handed_on: date,
    files: tuple[Checked, ...],
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Item:
    """Enter what a department handed in on paper: done (or not able) on ``done_on``, given to the union on ``handed_on``,
    with the scan (MY-3.2.4a).

    For departments whose people have no account, and for papers that came by hand.  The department's limits stop on the day
    it handed the paper in and the union's own begins that day, so neither side wins or loses days by when it was entered.
    An item the department itself has called done keeps its day.
    """
    item = for_union(item_id, by=by, version=version)
    check_union(item, by)
    text = said(text, "text", "请照书面材料写明怎么办的、结果怎样。")
    if item.done_on is not None:
        done_on, able = item.done_on, item.status != "unable"
    done_on = _checked_days(item, done_on, handed_on, timezone.localdate(at))
    if not files:
        raise Invalid({"files": "请附上部门的书面材料（照片或扫描件）。"})
    for one in (item, *_twins(item, by)):
        _enter(one, able=able, text=text, done_on=done_on, handed_on=handed_on, files=files, by=by, at=at)
    return item


def _checked_days(item: Item, done_on: date | None, handed_on: date, today: date) -> date:
    """The day it was done; ``Invalid`` unless last entry ≤ done ≤ handed in ≤ today."""
    if done_on is None:
        raise Invalid({"done_on": "请写办结的日子，书面材料上有。"})
    earliest = last_progress(item)
    if item.done_on is None and not earliest <= done_on <= today:
        raise Invalid({"done_on": f"办结日期要在 {earliest.month}月{earliest.day}日（上次登记）到今天之间。"})
    if not done_on <= handed_on <= today:
        raise Invalid({"handed_on": "交来的日子要在办结以后、今天或以前。"})
    return done_on


def _twins(item: Item, by: Actor) -> list[Item]:
    """The same commitment for other cases this person may know of, where it stands alike."""
    known = Case.objects.visible_to(by).values("pk")
    rows = Item.objects.filter(code=item.code, department=item.department_id, status=item.status, case__in=known)
    return [for_union(pk, by=by) for pk in rows.exclude(pk=item.pk).order_by("case_id").values_list("pk", flat=True)]


def _enter(
    item: Item,
    *,
    able: bool,
    text: str,
    done_on: date,
    handed_on: date,
    files: tuple[Checked, ...],
    by: Actor,
    at: datetime,
) -> None:
    """One item: its end, its report, its limits."""
    handed = moment_of(handed_on, at)
    fresh = item.done_on is None
    if fresh:
        item.done_on, item.done_said_at = done_on, handed
    item.report, item.reported_at = text, handed
    day = f"{handed_on.month}月{handed_on.day}日"
    event = advance_item(
        item, "report_on_paper", by=by, at=at, text=text, state="done" if able else "unable",
        label=f"书面反馈（纸面，{day}交来，工会补录）", data={"done_on": done_on, "handed_on": handed_on},
    )  # fmt: skip
    keep_item_files(item, event, files, by=by, at=at)
    tell_handler(item, "on_paper", "的书面反馈由工会照纸面补录", by=by, at=at)
    if fresh:
        stop_clock(item.case, "item", by=by, at=at, subject=item.pk, since=handed)
        start_clock(
            item.case, "report", by=by, at=at, since=moment_of(done_on, at), subject=item.pk, unit=union_behind(item),
            department=item.department_id,
        )  # fmt: skip
    stop_clock(item.case, "report", by=by, at=at, subject=item.pk, since=handed)
    close_if_all_reported(item.case, by=by, at=at, since=handed)

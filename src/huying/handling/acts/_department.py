"""The department's side: it sees a code and a masked brief, says how it goes, reports in writing."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts import start_clock, stop_clock, tell_officer
from huying.cases.reads import rules_of
from huying.files.acts import Checked
from huying.handling.acts._gate import advance_item, for_department, keep_item_files, moment_of, said
from huying.handling.acts._union import close_if_all_reported
from huying.handling.models import Item, ItemEvent
from huying.handling.reads import union_behind
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused


@transaction.atomic
def take_item(*, item_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Item:
    """The department has seen it.  Its clock has run since it was given, not since now."""
    items = for_department(item_id, by=by, version=version)
    for item in items:
        advance_item(item, "take", by=by, at=at)
    return items[0]


@transaction.atomic
def ask_union(*, item_id: UUID, text: str, by: Actor, at: datetime) -> Item:
    """A question to the union; nothing stops."""
    item, *_ = for_department(item_id, by=by)
    advance_item(item, "ask_union", by=by, at=at, text=said(text))
    tell_officer(item.case, "asked", "部门有问题要问", by=by, at=at, key=f"{item.pk}:{item.version}")
    return item


@transaction.atomic
def send_back(*, item_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Item:
    """Send an item back to the union: with a reason, counted, limited by the pack; the clock runs on."""
    items = for_department(item_id, by=by, version=version)
    reason = said(reason, "reason", "请写明退回的理由。")
    for item in items:
        if item.returns >= rules_of(item.case).count("returns_allowed").value:
            raise Refused(f"这个事项已经退回 {item.returns} 次，不能再退。", "请与工会当面商量，或登记“不具备条件”。")
        item.returns += 1
        advance_item(item, "send_back", by=by, at=at, text=reason, data={"returns": item.returns})
        tell_officer(item.case, "sent_back", "部门退回", by=by, at=at, key=f"{item.pk}:{item.version}")
    return items[0]


@transaction.atomic
def progress(
    *, item_id: UUID, text: str, by: Actor, at: datetime, files: tuple[Checked, ...] = (), version: int | None = None
) -> Item:
    """A tracking entry “正在进行中” (form 3)."""
    items = for_department(item_id, by=by, version=version)
    text = said(text)
    for item in items:
        event = advance_item(item, "progress", by=by, at=at, text=text, state="doing", label="正在进行中")
        keep_item_files(item, event, files, by=by, at=at)
        tell_officer(item.case, "progress", "部门登记了进展", by=by, at=at, key=f"{item.pk}:{item.version}")
    return items[0]


def last_progress(item: Item) -> date:
    """The day of the last tracking entry, or the day it was given."""
    last = (
        ItemEvent.objects.filter(item=item, act__in=["progress", "redo"])
        .order_by("-at")
        .values_list("at", flat=True)
        .first()
    )
    return timezone.localdate(last or item.given_at)


@transaction.atomic
def finish(
    *,
    item_id: UUID,
    able: bool,
    text: str,
    done_on: date | None,
    by: Actor,
    at: datetime,
    files: tuple[Checked, ...] = (),
    version: int | None = None,
) -> Item:
    """“已完成” or “不具备条件无法执行”: the clock of the written report starts on the day it was done (MY-3.2.4a).

    ``done_on`` lies between the last tracking entry and today, so that nobody wins days by naming an odd date; a day before
    today shows in the history.
    """
    items = for_department(item_id, by=by, version=version)
    text = said(text)
    today = timezone.localdate(at)
    done_on = done_on or today
    earliest = max(last_progress(item) for item in items)
    if not earliest <= done_on <= today:
        raise Invalid({"done_on": f"办结日期要在 {earliest.month}月{earliest.day}日（上次登记）到今天之间。"})
    for item in items:
        _finish(item, able=able, text=text, done_on=done_on, files=files, by=by, at=at)
    return items[0]


def _finish(
    item: Item, *, able: bool, text: str, done_on: date, files: tuple[Checked, ...], by: Actor, at: datetime
) -> None:
    item.done_on, item.done_said_at = done_on, at
    act, state = ("done", "done") if able else ("unable", "unable")
    late = f"（补报，实际 {done_on.month}月{done_on.day}日）" if done_on < timezone.localdate(at) else ""
    label = ("已完成" if able else "不具备条件无法执行") + late
    event = advance_item(item, act, by=by, at=at, text=text, state=state, label=label, data={"done_on": done_on})
    keep_item_files(item, event, files, by=by, at=at)
    stop_clock(item.case, "item", by=by, at=at, subject=item.pk)
    start_clock(
        item.case, "report", by=by, at=at, since=moment_of(done_on, at), subject=item.pk, unit=union_behind(item),
        department=item.department_id,
    )  # fmt: skip
    tell_officer(
        item.case, state, "部门说办好了" if able else "部门说不具备条件", by=by, at=at, key=f"{item.pk}:{item.version}"
    )


@transaction.atomic
def report(
    *, item_id: UUID, text: str, by: Actor, at: datetime, files: tuple[Checked, ...] = (), version: int | None = None
) -> Item:
    """The written report to the union; with the last one in, the union's own three days begin (MY-3.2.4a, b)."""
    items = for_department(item_id, by=by, version=version)
    text = said(text, "text", "请写明怎么办的、结果怎样。")
    for item in items:
        item.report, item.reported_at = text, at
        event = advance_item(item, "report", by=by, at=at, text=text)
        keep_item_files(item, event, files, by=by, at=at)
        stop_clock(item.case, "report", by=by, at=at, subject=item.pk)
        tell_officer(item.case, "reported", "部门交来书面反馈", by=by, at=at, key=f"{item.pk}:{item.version}")
        close_if_all_reported(item.case, by=by, at=at)
    return items[0]

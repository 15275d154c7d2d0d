"""The gate of an item: lock, permission, table, history, trail, and the files that came with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from huying.cases.acts import locked as locked_case
from huying.cases.acts import tell_officer
from huying.cases.models import Case
from huying.files.acts import Checked, store
from huying.files.models import State
from huying.handling.lifecycle import ITEM
from huying.handling.models import Item, ItemEvent, ItemFile
from huying.handling.reads import union_behind
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Stale, only
from huying.kernel.models import DataKey
from huying.notices.acts import send
from huying.org.models import Post
from huying.org.rules import Can, check_may, may
from huying.trail.acts import append_line

LONGEST = 5000  # characters of what is said about an item


def said(text: str, field: str = "text", what: str = "请写明情况。") -> str:
    """What was written, trimmed; ``Invalid`` when it is empty or too long."""
    text = text.strip()
    if not text:
        raise Invalid({field: what})
    if len(text) > LONGEST:
        raise Invalid({field: f"写了 {len(text)} 字，最多 {LONGEST} 字。"})
    return text


def moment_of(day: date, at: datetime) -> datetime:
    """The end of an earlier day, or the moment itself for today."""
    local = timezone.localtime(at)
    if day == local.date():
        return at
    return local.replace(year=day.year, month=day.month, day=day.day, hour=18, minute=0, second=0)


def for_department(item_id: UUID, *, by: Actor, version: int | None = None) -> list[Item]:
    """A commitment locked for the department that works on it: the item asked for, then its twins that stand alike.

    Cases are locked first and in one order, as every act on a case does.
    """
    item = only(Item.objects.visible_to(by).filter(pk=item_id))
    if item.department_id not in getattr(by, "departments", list)():
        raise NotYours
    twins = Item.objects.visible_to(by).filter(code=item.code, department=item.department_id)
    ids = dict(twins.order_by("case_id").values_list("pk", "case_id"))
    list(Case.objects.select_for_update(no_key=True).filter(pk__in=ids.values()).order_by("pk"))
    asked = _fresh(item_id, version, for_department=True)
    others = [_fresh(twin, None) for twin in ids if twin != item_id]
    return [asked, *(one for one in others if one.status == asked.status)]


def for_union(item_id: UUID, *, by: Actor, version: int | None = None) -> Item:
    """An item locked for the union, through the case's own scope."""
    item = Item.objects.filter(pk=item_id).only("case_id").first()
    if item is None:
        raise NotYours
    locked_case(case_id=item.case_id, by=by)
    return _fresh(item_id, version)


def check_union(item: Item, by: Actor) -> Post:
    """The post of somebody at the union that has the case, or at the level above that gave the item; ``NotYours`` else."""
    unit = union_behind(item)
    return check_may(by, Can.HANDLE_CASES, unit if may(by, Can.HANDLE_CASES, unit) else item.case.holder)


def _fresh(item_id: UUID, version: int | None, *, for_department: bool = False) -> Item:
    item = (
        Item.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "case__holder",
            "case__officer__person",
            "case__root",
            "department__unit",
            "given_by__unit__merged_into",
            "handler__person",
            "root",
        )
        .get(pk=item_id)
    )
    if version is not None and version != item.version:
        raise Stale(item_changes(item, version, for_department=for_department))
    return item


def item_changes(item: Item, version: int, *, for_department: bool = False) -> list[str]:
    """Who changed what on an item while somebody typed; a department reads its own lines, with dates and not times."""
    events = ItemEvent.objects.filter(item=item, version__gt=version).order_by("at", "id")
    if for_department:
        events = events.filter(union_only=False)
    when = "%-m月%-d日" if for_department else "%-m月%-d日 %H:%M"
    return [f"{timezone.localtime(e.at):{when}} {e.who}：{e.label}" for e in events[:10]] or ["这个事项刚刚被改动过。"]


def advance_item(
    item: Item,
    act: str,
    *,
    by: Actor,
    at: datetime,
    text: str = "",
    label: str = "",
    state: str = "",
    union_only: bool = False,
    data: dict[str, Any] | None = None,
) -> ItemEvent:
    """Do one step of the item's table: the only writer of its status."""
    step = ITEM.check_now(item.status, act)
    if step.target is not None:
        item.status = step.target
    item.version += 1
    item.save()
    return record_item(
        item, act, label or step.label, by=by, at=at, text=text, state=state, union_only=union_only, data=data
    )


def record_item(
    item: Item,
    act: str,
    label: str,
    *,
    by: Actor,
    at: datetime,
    text: str = "",
    state: str = "",
    union_only: bool = False,
    data: dict[str, Any] | None = None,
) -> ItemEvent:
    """Append one line to the item's history and one entry to the case's trail; the case has moved."""
    item.case.moved_at = at
    item.case.save(update_fields=["moved_at"])
    return append_line(
        history=ItemEvent, row=item, kind="item", chain=item.case_id, act=act, label=label, by=by, at=at, text=text,
        data=data, state=state, post_id=by.post_id, union_only=union_only,
    )  # fmt: skip


def keep_item_files(item: Item, event: ItemEvent, checked: tuple[Checked, ...], *, by: Actor, at: datetime) -> None:
    """Keep what a department adds, under a key of the item's own."""
    for one in checked:
        key = DataKey.fresh(at)
        kept = store(checked=one, key=key, root=item.root, by=by, at=at)
        ItemFile.objects.create(root_id=item.root_id, item=item, event=event, key=key, file=kept, at=at)


def tell_of_infected(*, by: Actor, at: datetime) -> int:
    """The handler who added a file, and who has the case, hear that a virus was found in it; once for each.  How many files."""
    rows = ItemFile.objects.filter(file__state=State.INFECTED, event__isnull=False)
    rows = rows.select_related(
        "item__handler__person", "item__root", "item__case__holder", "item__case__root", "item__case__officer"
    )
    words = "有一个附件查出病毒，已隔离，请杀毒以后再传"
    for row in rows:
        tell_handler(row.item, "file_infected", words, by=by, at=at, key=str(row.pk))
        tell_officer(
            row.item.case, "file_infected", "部门交来的一个附件查出病毒，已隔离", by=by, at=at, key=str(row.pk)
        )
    return len(rows)


def tell_handler(item: Item, kind: str, what: str, *, by: Actor, at: datetime, key: str = "") -> None:
    """The department's handler hears of it under the item's code, never the case's number."""
    send(
        to=[item.handler.person],
        kind=f"item.{kind}",
        title=f"事项 {item.code} {what}",
        url=reverse("desk:item", args=[item.pk]),
        root=item.root,
        subject=item.pk,
        by=by,
        at=at,
        key=key or str(item.version),
    )

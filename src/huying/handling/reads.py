"""Asking about items: one item for its department, lists, what the union sees of them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from huying.cases.models import Case, Clock
from huying.handling.models import Item, ItemEvent, ItemFile, Telling
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours


def get_for(actor: Actor, item_id: UUID) -> Item:
    """One item for the department that works on it or its unit's management head; ``NotYours`` otherwise."""
    item = (
        Item.objects.visible_to(actor)
        .select_related("department__unit", "handler__person", "case__rules")
        .filter(pk=item_id)
        .first()
    )
    if item is None:
        raise NotYours
    return item


def department_story(item: Item) -> QuerySet[ItemEvent]:
    """The item's history as the department reads it: dates, its own words and what the union said to it."""
    return item.events.filter(union_only=False).order_by("-at", "-version").prefetch_related("files__file__key")


def items_of(case: Case) -> QuerySet[Item]:
    """Every item of a case with its history, for the dossier."""
    return (
        case.items.select_related("department", "handler__person", "given_by__person")
        .prefetch_related(
            Prefetch("events", ItemEvent.objects.order_by("-at", "-version").prefetch_related("files__file__key")),
            "helping__department",
        )
        .order_by("round", "given_at")
    )


def clock_of(item: Item) -> Clock | None:
    """The item's running clock: its deadline, or the three days of the written report."""
    return Clock.objects.filter(case=item.case_id, subject=item.pk, stopped_at__isnull=True).order_by("due_on").first()


def clocks_of(items: list[Item]) -> dict[UUID, Clock]:
    """The running clock of each item, in one query."""
    rows = Clock.objects.filter(subject__in=[item.pk for item in items], stopped_at__isnull=True).order_by("-due_on")
    return {clock.subject: clock for clock in rows}


def tellings(case: Case) -> QuerySet[Telling]:
    """How and when the workers were told, newest first."""
    return case.tellings.select_related("post__person").order_by("-at")


def item_file(actor: Actor, file_id: UUID) -> ItemFile:
    """A file of an item for its department, or for the union through the case's scope."""
    row = ItemFile.objects.select_related("file__key", "item").filter(pk=file_id).first()
    if row is None:
        raise NotYours
    working = Item.objects.visible_to(actor).filter(pk=row.item_id)
    if not working.exists() and not Case.objects.visible_to(actor).filter(pk=row.item.case_id).exists():
        raise NotYours
    return row

"""Asking about items: one item for its department, lists, what the union sees of them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from huying.cases.models import Case, CaseFile, CaseQuerySet, Clock
from huying.cases.reads import rules_of
from huying.handling.lifecycle import ITEM
from huying.handling.models import CoHandling, Item, ItemEvent, ItemFile, Telling
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, only
from huying.org.models import Post, Unit
from huying.org.rules import Can, Member, may

CLOSED = tuple(state.code for state in ITEM.states if state.final)


def get_for(actor: Actor, item_id: UUID) -> Item:
    """One item for the department that works on it or its unit's management head; ``NotYours`` otherwise."""
    rows = Item.objects.visible_to(actor).filter(pk=item_id)
    return only(rows.select_related("department__unit", "handler__person", "case__rules"))


def listed(actor: Actor, *, closed: bool = False) -> QuerySet[Item]:
    """The items an actor's departments have in hand, the nearest deadline first; or those that are closed, newest first.

    Of twins that stand alike only the first: they are one commitment.
    """
    seen = Item.objects.visible_to(actor)
    twin = seen.filter(code=OuterRef("code"), status=OuterRef("status"), pk__lt=OuterRef("pk"))
    rows = seen.exclude(Exists(twin)).select_related("department", "handler__person")
    if closed:
        return rows.filter(status__in=CLOSED).order_by("-given_at", "-id")
    return rows.exclude(status__in=CLOSED).order_by("deadline", "id")


def overdue(items: QuerySet[Item], today: date) -> QuerySet[Item]:
    """Of some items those with a running limit that has passed."""
    passed = Clock.objects.filter(subject=OuterRef("pk"), stopped_at__isnull=True, paused_on__isnull=True)
    return items.filter(Exists(passed.filter(due_on__lt=today)))


def works_on(actor: Actor, item: Item) -> bool:
    """May this person act on the item: somebody of its lead department.  Co-handling ones and the management head read."""
    return isinstance(actor, Member) and item.department_id in actor.departments()


def union_behind(item: Item) -> Unit:
    """The union an item comes from: the one that gave it, or where that one was merged, the one it went into."""
    return item.given_by.unit.merged_into or item.given_by.unit


def returns_left(item: Item) -> int:
    """How many times the department may still send it back, by the rules its case keeps."""
    return max(0, rules_of(item.case).count("returns_allowed").value - item.returns)


def limits_of(item: Item) -> list[Clock]:
    """The item's own limits, running and met, in the order they began."""
    return list(Clock.objects.filter(subject=item.pk).prefetch_related("changes").order_by("started_at", "id"))


def released_files(item: Item) -> list[ItemFile | CaseFile]:
    """What the union gave the department to read: released copies only, with neutral names."""
    given = ItemFile.objects.filter(item=item, event__isnull=True)
    copies = _released_copies().filter(case=item.case_id)
    return [*given.select_related("file__key").order_by("at"), *copies.order_by("at")]


def _released_copies() -> QuerySet[CaseFile]:
    """Copies of a worker's files that an officer looked at and released."""
    return CaseFile.objects.filter(sealed=False, file__released_from__isnull=False).select_related("file__key")


def department_story(item: Item) -> QuerySet[ItemEvent]:
    """The item's history as the department reads it: dates, its own words and what the union said to it."""
    return item.events.filter(union_only=False).order_by("-at", "-version").prefetch_related("files__file__key")


def question_of(item: Item) -> ItemEvent | None:
    """The department's last question, as long as the union has not answered it."""
    return item.events.filter(_OPEN_QUESTION).order_by("-at", "-version").first()


def asking() -> Exists:
    """Of an item (``OuterRef("pk")``): whether its department waits for an answer of the union."""
    return Exists(ItemEvent.objects.filter(_OPEN_QUESTION, item=OuterRef("pk")))


_OPEN_QUESTION = Q(act="ask_union") & ~Exists(
    ItemEvent.objects.filter(item=OuterRef("item"), act="answer", version__gt=OuterRef("version"))
)


def items_of(case: Case) -> list[Item]:
    """Every item of a case with its history, for the dossier; ``helped``: whether other departments help with it."""
    files = ItemFile.objects.select_related("file__key").order_by("at", "id")
    events = ItemEvent.objects.order_by("-at", "-version").prefetch_related(Prefetch("files", files))
    items: list[Item] = list(
        case.items.select_related("department", "handler__person", "given_by__person", "given_by__unit__merged_into")
        .prefetch_related(Prefetch("events", events))
        .annotate(helped=Exists(CoHandling.objects.filter(item=OuterRef("pk"))))
        .order_by("round", "given_at")
    )
    helping = Prefetch("helping", CoHandling.objects.select_related("department"))
    prefetch_related_objects([item for item in items if item.helped], helping)  # type: ignore[attr-defined]
    return items


def open_of(actor: Actor, post: Post) -> list[Case] | list[Item]:
    """What a post still has open and this person may hand over: cases a union office answers for, items of a department's
    handler; only what this person's union has."""
    if post.department_id is None:
        return list(_to_pass_on(actor).filter(officer=post).order_by("registered_at", "pk"))
    return list(open_items_of(actor, post).order_by("deadline", "pk"))


def open_items_of(actor: Actor, post: Post) -> QuerySet[Item]:
    """Items a handler has not finished, of cases this person may handle."""
    return _items_in_hand(actor).filter(handler=post).exclude(status__in=CLOSED)


def owing(actor: Actor) -> dict[UUID, int]:
    """Posts with something open that this person may hand over, each with how much."""
    cases = _to_pass_on(actor).filter(officer__isnull=False)
    items = _items_in_hand(actor).exclude(status__in=CLOSED)
    found = dict(cases.values_list("officer").annotate(n=Count("pk")).order_by())
    return found | dict(items.values_list("handler").annotate(n=Count("pk")).order_by())


def _in_hand(actor: Actor) -> CaseQuerySet:
    """Open cases that this person may handle."""
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    return Case.objects.visible_to(actor).open().filter(holder__in=units)


def _items_in_hand(actor: Actor) -> QuerySet[Item]:
    """Items of open cases that this person may handle, and those the own union gave as the level above."""
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    seen = Case.objects.visible_to(actor).open().order_by().values("pk")
    return Item.objects.filter(Q(case__holder__in=units) | Q(given_by__unit__in=units), case__in=seen)


def given_above(actor: Actor) -> CaseQuerySet:
    """Cases of other unions whose departments work on what this person's union gave them as the level above."""
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    ours = Item.objects.filter(case=OuterRef("pk"), round=OuterRef("round"), given_by__unit__in=units)
    ours = ours.exclude(status="dropped")
    return Case.objects.visible_to(actor).filter(Exists(ours), status="handling").exclude(holder__in=units)


def may_hand_over(actor: Actor, post: Post) -> bool:
    """Whether this person may hand over what a post has open: for cases its holder and who approves there, for items the
    office of the union."""
    unit = post.unit.merged_into or post.unit
    if post.department_id or post.person_id == actor.person_id:
        return may(actor, Can.HANDLE_CASES, unit)
    return may(actor, Can.APPROVE, unit) and may(actor, Can.HANDLE_CASES, unit)


def _to_pass_on(actor: Actor) -> CaseQuerySet:
    """Open cases for which this person may make somebody else answer: the own ones, and all where this person approves."""
    units = [unit.pk for unit in actor.units(Can.APPROVE)] if isinstance(actor, Member) else []
    return _in_hand(actor).filter(Q(holder__in=units) | Q(officer__person=actor.person_id))


def clocks_of(items: list[Item]) -> dict[UUID, Clock]:
    """The running clock of each item, in one query."""
    rows = Clock.objects.filter(subject__in=[item.pk for item in items], stopped_at__isnull=True).order_by("-due_on")
    return {clock.subject: clock for clock in rows}


def tellings(case: Case) -> QuerySet[Telling]:
    """How and when the workers were told, newest first."""
    return case.tellings.select_related("post__person").order_by("-at")


def item_file(actor: Actor, file_id: UUID) -> ItemFile | CaseFile:
    """A file of an item, or a released copy that came with it, for its department; any of its files for the union through
    the case's scope."""
    row = ItemFile.objects.select_related("file__key", "item", "event").filter(pk=file_id).first()
    items = Item.objects.visible_to(actor)
    if row is None:
        copy = _released_copies().filter(pk=file_id).first()
        if copy is None or not items.filter(case=copy.case_id).exists():
            raise NotYours
        return copy
    unions_own = row.event is not None and row.event.union_only
    if not unions_own and items.filter(pk=row.item_id).exists():
        return row
    if not Case.objects.visible_to(actor).filter(pk=row.item.case_id).exists():
        raise NotYours
    return row

"""A leader's instruction on an item: by the head of management of the department's unit, or by a leader of the unions that
act on its case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huying.cases.models import Case
from huying.climb.acts import write_instruction
from huying.climb.models import Instruction
from huying.climb.reads import instructing_post
from huying.handling.acts._gate import tell_handler
from huying.handling.models import Item
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, Refused
from huying.org.models import Post
from huying.org.rules import Can, Member


@transaction.atomic
def instruct_item(*, item_id: UUID, text: str, by: Actor, at: datetime) -> Instruction:
    """Write on an item; its handler hears of it, and the case officer.  The department reads what is written here."""
    row = Item.objects.filter(pk=item_id).only("case_id").first()
    if row is None:
        raise NotYours
    case = (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("holder", "officer__person", "root", "rules")
        .get(pk=row.case_id)
    )
    item = Item.objects.select_related("department__unit", "handler__person", "root").get(pk=item_id)
    post = _post(item, case, by)
    if post is None:
        raise NotYours
    if item.state.final:
        raise Refused("这个事项已经办结。", "有新的要求，请向工会提出。")
    made = write_instruction(
        case=case, about="item", subject=item.pk, known_as=f"事项 {item.code}", post=post, text=text, by=by, at=at
    )
    tell_handler(item, "instructed", "有批示", by=by, at=at, key=str(made.pk))
    return made


def _post(item: Item, case: Case, by: Actor) -> Post | None:
    """The head of management, who reads items and no cases; else a union's leader who reads the case."""
    if not isinstance(by, Member):
        return None
    unit = item.department.unit
    if by.post_for(Can.ITEMS_OF_UNIT, unit) and Item.objects.visible_to(by).filter(pk=item.pk).exists():
        return by.post_for(Can.INSTRUCT, unit)
    seen = Case.objects.visible_to(by).filter(pk=case.pk).exists()
    return instructing_post(by, case) if seen else None

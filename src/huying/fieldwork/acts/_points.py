"""What joint meetings and tripartite consultations settled, followed up to the end (SX-16)."""

from __future__ import annotations

import json
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.fieldwork.acts._records import locked_record, note
from huying.fieldwork.models import RecordPoint
from huying.fieldwork.rules import settles
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.org.rules import Can, check_may

LONGEST = 500


@transaction.atomic
def settle_point(
    *, record_id: UUID, what: str, who: str, due_on: date | None = None, by: Actor, at: datetime
) -> RecordPoint:
    """Write down one thing that was settled: what, who does it, by when."""
    record = locked_record(record_id, by=by)
    kinds = {one.code: one for one in rules_for(record.union, timezone.localdate(at)).records()}
    if not settles(kinds.get(record.kind)):
        raise Refused("这一种记录没有议定的事。")
    wrong = {name: words for name, words in (("what", "请写议定了什么。"), ("who", "请写由谁去办。"))
             if not (what if name == "what" else who).strip()}  # fmt: skip
    if len(what) > LONGEST or len(who) > LONGEST:
        wrong["what"] = f"最多 {LONGEST} 字。"
    if due_on is not None and due_on < record.on:
        wrong["due_on"] = "不能早于开会那天。"
    if wrong:
        raise Invalid(wrong)
    point = RecordPoint(
        root_id=record.root_id, record=record, due_on=due_on, by=check_may(by, Can.HANDLE_CASES, record.union), at=at
    )
    words = {"what": what.strip(), "who": who.strip(), "result": ""}
    point.sealed = record.key.seal(json.dumps(words, ensure_ascii=False), point.sealed_place)
    point.save(force_insert=True)
    note(record, "settle", by=by, at=at, data={"point": point.pk})
    return point


@transaction.atomic
def follow_point(*, point_id: UUID, result: str, done: bool, by: Actor, at: datetime) -> RecordPoint:
    """How far it got; ``done`` closes it."""
    found = RecordPoint.objects.filter(pk=point_id).only("record_id").first()
    if found is None:
        raise NotYours
    record = locked_record(found.record_id, by=by)
    point = RecordPoint.objects.select_for_update(of=("self",), no_key=True).get(pk=point_id)
    if point.done_on is not None:
        raise Refused("这件事已经登记落实了。")
    if not result.strip():
        raise Invalid({"result": "请写落实到哪一步。"})
    if len(result) > LONGEST:
        raise Invalid({"result": f"最多 {LONGEST} 字。"})
    words = json.loads(record.key.open(bytes(point.sealed), point.sealed_place))
    point.sealed = record.key.seal(
        json.dumps({**words, "result": result.strip()}, ensure_ascii=False), point.sealed_place
    )
    if done:
        point.done_on, point.closed_by = timezone.localdate(at), check_may(by, Can.HANDLE_CASES, record.union)
    point.save()
    note(record, "follow", by=by, at=at, data={"point": point.pk, "done": done})
    return point

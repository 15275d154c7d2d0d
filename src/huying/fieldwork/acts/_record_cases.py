"""Cases of a record: those it is about, and those that came out of it."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts import locked as locked_case
from huying.cases.rules import Concerns, Voice
from huying.fieldwork.acts._presence import hush
from huying.fieldwork.acts._records import locked_record, note
from huying.fieldwork.models import Record, RecordCase
from huying.fieldwork.rules import channel_for
from huying.intake.acts import Received, register_at_desk
from huying.kernel.actors import Actor
from huying.kernel.errors import Refused, only
from huying.mechanism.reads import rules_for
from huying.org.reads import union_of

NOON = time(12, 0)


@transaction.atomic
def join_case(*, record_id: UUID, case_id: UUID, by: Actor, at: datetime) -> Record:
    """Say that the record is about a case (带案下访, SX-10).  Where the case names somebody, nobody is asked to confirm."""
    record = locked_record(record_id, by=by)
    case = locked_case(case_id=case_id, by=by)
    if record.cases.filter(case=case).exists():
        raise Refused("这件事已经连上了。")
    RecordCase.objects.create(root_id=record.root_id, record=record, case=case)
    if case.recusals.exists():
        hush(record=record)
    _moved(record, at)
    note(record, "join_case", by=by, at=at, data={"case": case.pk})
    return record


@transaction.atomic
def part_case(*, record_id: UUID, case_id: UUID, by: Actor, at: datetime) -> Record:
    """Take a wrong link away; a case that came out of the record stays."""
    record = locked_record(record_id, by=by)
    case = locked_case(case_id=case_id, by=by)
    link = only(record.cases.filter(case=case))
    if link.born:
        raise Refused("这件事是从这条记录来的，不能断开。")
    link.delete()
    _moved(record, at)
    note(record, "part_case", by=by, at=at, data={"case": case.pk})
    return record


@transaction.atomic
def bear_case(*, record_id: UUID, voice: Voice, concerns: Concerns, once: str, by: Actor, at: datetime) -> Received:
    """Make a case of what was heard.  It keeps where it comes from (place, way, day) and how its worker wants to be known; the
    clock starts on the day it was heard."""
    record = locked_record(record_id, by=by)
    place = record.place or record.union
    rules = rules_for(union_of(place), timezone.localdate(at))
    label = rules_for(record.union, timezone.localdate(at)).record(record.kind).label
    heard_at = timezone.make_aware(datetime.combine(record.on, record.begins or NOON))
    received = register_at_desk(
        place=place, channel=channel_for(record.kind, {one.code for one in rules.channels()}),
        channel_note=f"{label}{record.on:%m-%d}", first=voice, concerns=concerns, urgent=False,
        received_at=min(heard_at, at), once=once, by=by, at=at,
    )  # fmt: skip
    RecordCase.objects.create(root_id=record.root_id, record=record, case=received.case, born=True)
    if received.case.recusals.exists():
        hush(record=record)
    _moved(record, at)
    note(record, "bear_case", by=by, at=at, data={"case": received.case.pk})
    return received


def _moved(record: Record, at: datetime) -> None:
    record.moved_at = at
    record.save(update_fields=["moved_at"])

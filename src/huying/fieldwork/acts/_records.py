"""Writing a work record, amending it, taking it back.  What may name people is sealed under the record's own key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts import locked as locked_case
from huying.cases.models import Case
from huying.fieldwork.acts._presence import ask_presence
from huying.fieldwork.models import Presence, Record, RecordCase, RecordFile, RecordPerson
from huying.fieldwork.reads import may_take_part
from huying.fieldwork.rules import MOST_PEOPLE, PARTS, Deed, check_deed
from huying.files.acts import Checked, store
from huying.files.rules import check_count
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused, Stale, only
from huying.kernel.ids import random_id
from huying.kernel.models import DataKey
from huying.mechanism.reads import rules_for
from huying.org.models import Post, Unit
from huying.org.reads import union_of
from huying.org.rules import Can, Member, check_may
from huying.trail.acts import append

# The figures and the texts of the kind's own fields.
Own = tuple[dict[str, Any], dict[str, str]]
# What counts as having been there: when it changes, the unit visited is asked anew.
WHERE_AND_WHEN = ("on", "until", "place_id")


@transaction.atomic
def write_record(
    *, union: Unit, deed: Deed, people: Iterable[Post], leader: UUID | None = None, files: tuple[Checked, ...] = (),
    case_ids: Iterable[UUID] = (), written_at: datetime | None = None, mark: UUID | None = None, by: Actor, at: datetime,
) -> Record:  # fmt: skip
    """Write down what was done (BD-4.2, SX-3, PD-5.3).  ``mark`` comes from the device: sent twice, it is one record.

    ``written_at`` is when the phone had it written down; a phone whose clock runs ahead is not believed.
    """
    post = check_may(by, Can.HANDLE_CASES, union)
    if mark is not None and (known := Record.objects.filter(by__person=by.person_id, mark=mark).first()) is not None:
        return known
    own = check_deed(deed, rules_for(union, timezone.localdate(at)), timezone.localdate(at))
    record = set_down(
        union=union, deed=deed, own=own, people=_who_went(union, deed.on, list(people)), leader=leader,
        cases=[locked_case(case_id=case_id, by=by) for case_id in dict.fromkeys(case_ids)], files=files, post=post.pk,
        written_at=written_at, mark=mark, by=by, at=at,
    )  # fmt: skip
    ask_presence(record=record, ask=deed.ask, by=by, at=at)
    return record


@transaction.atomic
def amend_record(
    *, record_id: UUID, deed: Deed, people: Iterable[Post], leader: UUID | None = None, version: int | None = None,
    by: Actor, at: datetime,
) -> Record:  # fmt: skip
    """Put right what was written.  Another day or place is confirmed anew; the trail keeps which fields were changed."""
    record = locked_record(record_id, by=by, version=version)
    before = {name: getattr(record, name) for name in WHERE_AND_WHEN}
    taken = (json.loads(words_open(record)), {f.name: getattr(record, f.attname) for f in Record._meta.fields})
    own = check_deed(deed, rules_for(record.union, timezone.localdate(at)), timezone.localdate(at))
    _fill(record, deed, own, at)
    moved = any(before[name] != getattr(record, name) for name in WHERE_AND_WHEN)
    if moved:
        record.presence, record.presence_by, record.presence_at = Presence.UNASKED, None, None
        record.presence_note = ""
    record.version += 1
    record.save()
    record.people.all().delete()
    _take_part(record, _who_went(record.union, record.on, list(people)), leader)
    note(record, "amend", by=by, at=at, data={"changed": _changed(record, *taken)})
    if moved or (record.presence == Presence.UNASKED and deed.ask) or not deed.ask:
        ask_presence(record=record, ask=deed.ask, by=by, at=at)
    return record


@transaction.atomic
def withdraw_record(*, record_id: UUID, reason: str, version: int | None = None, by: Actor, at: datetime) -> Record:
    """Take a record back, with the reason: it stays, struck out, and counts nowhere."""
    record = locked_record(record_id, by=by, version=version)
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": "请写明为什么撤回。"})
    if len(reason) > 200:
        raise Invalid({"reason": "最多 200 字。"})
    record.withdrawn_at, record.withdrawn_because, record.moved_at = at, reason, at
    record.version += 1
    record.save()
    note(record, "withdraw", by=by, at=at)
    return record


@transaction.atomic
def add_files(*, record_id: UUID, files: tuple[Checked, ...], by: Actor, at: datetime) -> Record:
    """Photos that came after the record."""
    record = locked_record(record_id, by=by)
    check_count(len(files) + record.files.count())
    keep_files(record, files, by=by, at=at)
    note(record, "add_files", by=by, at=at, data={"files": len(files)})
    return record


# --- the gate ------------------------------------------------------------------------------------------------------------


def locked_record(record_id: UUID, *, by: Actor, version: int | None = None) -> Record:
    """A standing record locked for the office of its union; ``Stale`` when it was changed since ``version``."""
    rows = Record.objects.select_for_update(of=("self",), no_key=True).select_related(
        "union", "key", "place", "by__person", "root"
    )
    if isinstance(by, Member):
        rows = rows.visible_to(by)
    record = only(rows.filter(pk=record_id))
    if isinstance(by, Member):
        check_may(by, Can.HANDLE_CASES, record.union)
    if record.withdrawn_at is not None:
        raise Refused("这条记录已经撤回。", "需要的话请另记一条。")
    if version is not None and version != record.version:
        raise Stale(["这条记录刚刚有人改过。"])
    return record


def note(record: Record, act: str, *, by: Actor, at: datetime, data: dict[str, Any] | None = None) -> None:
    """One entry of the trail on the union's chain: codes and ids only."""
    append(
        chain=record.union_id, root=record.root_id, by=by, at=at, act=f"record.{act}", subject=f"record:{record.pk}",
        data=data,
    )  # fmt: skip


def words_open(record: Record) -> str:
    """The sealed words as they lie there."""
    return record.key.open(bytes(record.sealed), record.sealed_place)


def keep_files(record: Record, files: Iterable[Checked], *, by: Actor, at: datetime) -> None:
    """Photos and papers under the record's key."""
    for one in files:
        file = store(checked=one, key=record.key, root=record.root, by=by, at=at)
        RecordFile.objects.create(root_id=record.root_id, record=record, file=file)


def set_down(
    *, union: Unit, deed: Deed, own: Own, people: list[Post], leader: UUID | None, cases: Iterable[Case],
    files: Iterable[Checked] = (), post: UUID, written_at: datetime | None = None, mark: UUID | None = None, by: Actor,
    at: datetime,
) -> Record:  # fmt: skip
    """The one way a record comes to be, whoever checked what is in it: its words under a key of its own, who took part, what
    it is about."""
    root = union.root_id or union.pk
    record = Record(root_id=root, union=union, by_id=post, at=at, mark=mark or random_id())
    record.written_at = min(written_at or at, at)
    record.key = DataKey.fresh(at)
    _fill(record, deed, own, at)
    record.save(force_insert=True)
    _take_part(record, people, leader)
    keep_files(record, files, by=by, at=at)
    RecordCase.objects.bulk_create(RecordCase(root_id=root, record=record, case=case) for case in cases)
    note(record, "write", by=by, at=at, data={"kind": record.kind, "minutes": record.minutes})
    return record


def _fill(record: Record, deed: Deed, own: Own, at: datetime) -> None:
    """Put what was typed into the row."""
    figures, texts = own
    record.kind, record.on, record.until, record.begins = deed.kind, deed.on, deed.last, deed.begins
    record.minutes, record.place, record.where, record.theme = deed.minutes, deed.place, deed.where, deed.theme
    record.workers_met, record.managers_met, record.figures = deed.workers_met, deed.managers_met, figures
    visited = union_of(deed.place) if deed.place is not None else None
    record.visited = visited if visited is not None and visited.pk != record.union_id else None
    words = {name: getattr(deed, name).strip() for name, _ in PARTS}
    record.sealed = record.key.seal(json.dumps({**words, "texts": texts}, ensure_ascii=False), record.sealed_place)
    record.moved_at = at


def _who_went(union: Unit, on: date, people: list[Post]) -> list[Post]:
    """People of the unions, each once; never somebody of the employer's side."""
    if not people:
        raise Invalid({"people": "请选谁参加了。"})
    if len(people) > MOST_PEOPLE:
        raise Invalid({"people": f"最多 {MOST_PEOPLE} 人。"})
    allowed = {post.pk for post in may_take_part(union, on)}
    if any(post.pk not in allowed for post in people):
        raise Invalid({"people": "只能选那天在任的工会干部和工作室人员。"})
    return list({post.person_id: post for post in people}.values())


def _take_part(record: Record, people: list[Post], leader: UUID | None) -> None:
    RecordPerson.objects.bulk_create(
        RecordPerson(
            root_id=record.root_id, record=record, person_id=post.person_id, post=post, leads=post.pk == leader
        )
        for post in people
    )  # fmt: skip


def _changed(record: Record, words: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """Codes of the fields that are not as before."""
    now = json.loads(words_open(record))
    quiet = {"sealed", "version", "moved_at", "key", "presence", "presence_by", "presence_at", "presence_note"}
    plain = [
        f.name for f in Record._meta.fields if f.name not in quiet and before[f.name] != getattr(record, f.attname)
    ]
    return sorted([*plain, *[name for name in now if now[name] != words.get(name)]])

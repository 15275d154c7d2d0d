"""The unit that was visited says whether somebody was there on that day.  It learns nothing else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from huying.fieldwork.models import Presence, Record
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused, only
from huying.notices.acts import send
from huying.org.reads import holders
from huying.org.rules import Can, check_may
from huying.trail.acts import append

LONGEST_NOTE = 200


def ask_presence(*, record: Record, ask: bool, by: Actor, at: datetime) -> None:
    """Ask the unit visited, unless nobody of another union was visited, the visit was to stay quiet, or a case it is about names
    somebody: then that somebody was here would say too much."""
    quiet = record.cases.filter(case__recusals__isnull=False).exists()
    if record.visited is None or not ask or quiet:
        hush(record=record)
        return
    if record.presence != Presence.UNASKED:
        return
    record.presence = Presence.ASKED
    record.save(update_fields=["presence"])
    there = set(record.people.values_list("person", flat=True))
    posts = holders(record.visited, Can.HANDLE_CASES, timezone.localdate(at))
    send(
        to=[post.person for post in posts if post.person_id not in there],
        kind="record.asked", title=f"请确认 {record.on.month}月{record.on.day}日的来访", url=reverse("desk:visit", args=[record.pk]),
        root=record.root, subject=record.pk, by=by, at=at, key=str(record.version),
    )  # fmt: skip


def hush(*, record: Record) -> None:
    """Nobody is asked any more; an answer that was given stays."""
    if record.presence == Presence.ASKED:
        record.presence = Presence.UNASKED
        record.save(update_fields=["presence"])


@transaction.atomic
def confirm_presence(*, record_id: UUID, by: Actor, at: datetime) -> Record:
    """Somebody of that union was there on that day."""
    return _answer(record_id, Presence.CONFIRMED, "", by=by, at=at)


@transaction.atomic
def deny_presence(*, record_id: UUID, text: str, by: Actor, at: datetime) -> Record:
    """Nobody came; what is known instead.  The union whose record it is hears of it."""
    record = _answer(record_id, Presence.DENIED, text.strip(), by=by, at=at)
    people = [record.by.person, *[one.person for one in record.people.select_related("person")]]
    send(
        to=people, kind="record.denied", title=f"{record.on.month}月{record.on.day}日的记录，对方说没有来过",
        url=reverse("desk:record", args=[record.pk]), root=record.root, subject=record.pk, by=by, at=at,
        key=str(record.version),
    )  # fmt: skip
    return record


def _answer(record_id: UUID, presence: Presence, text: str, *, by: Actor, at: datetime) -> Record:
    rows = Record.objects.select_for_update(of=("self",), no_key=True).select_related("visited", "by__person", "root")
    record = only(rows.to_confirm(by).filter(pk=record_id))
    assert record.visited is not None
    post = check_may(by, Can.HANDLE_CASES, record.visited)
    if record.presence not in (Presence.ASKED, Presence.DENIED) or record.presence == presence:
        raise Refused("这一次已经确认过了。")
    if presence == Presence.DENIED and not text:
        raise Invalid({"text": "请写一句说明。"})
    if len(text) > LONGEST_NOTE:
        raise Invalid({"text": f"最多 {LONGEST_NOTE} 字。"})
    record.presence, record.presence_by, record.presence_at = presence, post, at
    record.presence_note = text
    record.save(update_fields=["presence", "presence_by", "presence_at", "presence_note"])
    append(
        chain=record.visited.pk, root=record.visited.root_id or record.visited.pk, by=by, at=at,
        act="record.confirm" if presence == Presence.CONFIRMED else "record.deny", subject=f"record:{record.pk}",
    )  # fmt: skip
    return record

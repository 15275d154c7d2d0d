"""Records as their readers may see them: lists, one record, its words, what cannot be true beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from huying.cases.models import Case
from huying.fieldwork.models import Presence, Record, RecordCase, RecordPerson, RecordPoint, StudioStaff
from huying.fieldwork.rules import Clash, Span, clashes, is_late
from huying.kernel.actors import Actor
from huying.kernel.crypto import Unreadable
from huying.kernel.errors import only
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import RecordKind
from huying.org.models import Level, Post, Role, Unit, path_end
from huying.org.rules import ADMINISTRATORS, EMPLOYER_SIDE, Can, Member

# Who goes out for a union.
CADRES = (Role.CHAIR, Role.OFFICER, Role.UPPER_OFFICER, Role.LIAISON)


# --- who, and what kinds -----------------------------------------------------------------------------------------------


def offices(actor: Actor) -> list[Unit]:
    """Unions whose records this person writes."""
    if not isinstance(actor, Member):
        return []
    return list({unit.pk: unit for unit in actor.units(Can.HANDLE_CASES)}.values())


def kinds_of(union: Unit, on: date) -> dict[str, RecordKind]:
    """The kinds of record of a union on a day, by code."""
    return {kind.code: kind for kind in rules_for(union, on).records()}


def may_take_part(union: Unit, on: date) -> list[Post]:
    """Who may have gone out for a union on a day, each person once: its cadres, the liaisons of its own workshops, who works
    in its studio.  Nobody of the employer's side."""
    held = Post.objects.on(on).exclude(role__in=(*EMPLOYER_SIDE, *ADMINISTRATORS)).select_related("person", "unit")
    staff = StudioStaff.objects.filter(studio__unit=union, person__isnull=False, since__lte=on)
    inside = staff.filter(Q(until__isnull=True) | Q(until__gte=on)).values("person")
    cadres = Q(role__in=CADRES, unit__in=[union.pk, *_workshops(union)])
    rows = held.filter(cadres | Q(unit=union, person__in=inside))
    by_person: dict[UUID, Post] = {}
    for post in sorted(rows, key=lambda one: (one.role not in CADRES, one.person.name_sort, one.pk)):
        by_person.setdefault(post.person_id, post)
    return list(by_person.values())


def _workshops(union: Unit) -> list[UUID]:
    """Workshops that belong to this union and to no union in between; an upper union has none."""
    if union.is_upper:
        return []
    below = list(Unit.objects.within(union).open().exclude(pk=union.pk).only("pk", "path", "level", "has_union"))
    unions = [unit.path for unit in below if unit.has_union and unit.level != Level.WORKSHOP]
    shops = [unit for unit in below if unit.level == Level.WORKSHOP]
    return [unit.pk for unit in shops if not any(unit.path.startswith(path) for path in unions)]


# --- lists ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """What a list of records is narrowed to."""

    kind: str = ""
    union: UUID | None = None
    person: UUID | None = None
    since: date | None = None
    until: date | None = None
    place: str = ""
    withdrawn: bool = False


def records_of(actor: Actor) -> QuerySet[Record]:
    """Records this person may know of, the latest first, with what a row shows (a constant number of queries)."""
    people = RecordPerson.objects.select_related("person").order_by("-leads", "person__name_sort")
    rows = Record.objects.visible_to(actor).select_related("union", "place", "visited", "by__person", "key")
    return rows.prefetch_related(Prefetch("people", queryset=people)).order_by("-on", "-at", "pk")


def selected(actor: Actor, chosen: Chosen) -> QuerySet[Record]:
    """Records of a selection."""
    rows = records_of(actor)
    rows = rows if chosen.withdrawn else rows.standing()  # type: ignore[attr-defined]
    narrow: Mapping[str, Any] = {
        "kind": chosen.kind, "union": chosen.union, "people__person": chosen.person, "until__gte": chosen.since,
        "on__lte": chosen.until,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in narrow.items() if value})
    if chosen.place:
        rows = rows.filter(Q(place__name__contains=chosen.place) | Q(where__contains=chosen.place))
    return rows


def get_record(actor: Actor, record_id: UUID) -> Record:
    """One record; ``NotYours`` when it is not there for this person."""
    return only(records_of(actor).filter(pk=record_id))


def visits(actor: Actor) -> QuerySet[Record]:
    """What the units this person works for are asked to confirm; those that wait first."""
    rows = Record.objects.to_confirm(actor).select_related("union", "visited", "presence_by__person")
    people = RecordPerson.objects.select_related("person", "post").order_by("-leads", "person__name_sort")
    return rows.prefetch_related(Prefetch("people", queryset=people)).order_by("-on", "pk")


def visit_for(actor: Actor, record_id: UUID) -> Record:
    """One of them."""
    return only(visits(actor).filter(pk=record_id))


def waiting(actor: Actor) -> QuerySet[Record]:
    """Those without an answer."""
    return visits(actor).filter(presence=Presence.ASKED)


# --- words -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """What was heard, promised, done, and the texts of the kind's own fields."""

    heard: str = ""
    promised: str = ""
    done: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


def opens(actor: Actor, record: Record) -> bool:
    """Whether this person reads what was heard: the office of the union whose work it was, and whoever was there.  The union
    above sees that the work was done, and the released summaries of the cases that came of it (secrecy.md)."""
    if not isinstance(actor, Member):
        return False
    if any(unit.pk == record.union_id for unit in actor.units(Can.READ_CASES)):
        return True
    if {post.role for post in actor.posts} & {*EMPLOYER_SIDE, *ADMINISTRATORS}:
        return False
    there = {one.person_id for one in record.people.all()} | {record.by.person_id}
    return actor.person_id in there


def words_of(record: Record) -> Words:
    """The sealed words, opened; for whom ``opens`` lets."""
    try:
        return Words(**json.loads(record.key.open(bytes(record.sealed), record.sealed_place)))
    except Unreadable:
        return Words(heard="（已经不能打开）")


def point_words(record: Record, point: RecordPoint) -> dict[str, str]:
    """What was settled, who does it, what came of it."""
    try:
        found: dict[str, str] = json.loads(record.key.open(bytes(point.sealed), point.sealed_place))
    except Unreadable:
        return {"what": "（已经不能打开）", "who": "", "result": ""}
    return found


def open_points(actor: Actor) -> QuerySet[RecordPoint]:
    """What was settled by the unions of this person and is not done, the most urgent first."""
    unions = [unit.pk for unit in offices(actor)]
    standing = Record.objects.visible_to(actor).standing().filter(union__in=unions)
    rows = RecordPoint.objects.filter(record__in=standing.values("pk"), done_on__isnull=True)
    return rows.select_related("record__key", "record__union").order_by("due_on", "at")


def cases_of(actor: Actor, records: Iterable[Record]) -> dict[UUID, list[RecordCase]]:
    """The cases of records that this person may know of, in one query."""
    ids = [record.pk for record in records]
    seen = Case.objects.visible_to(actor)
    rows = RecordCase.objects.filter(record__in=ids, case__in=seen.values("pk")).select_related("case__holder")
    found: dict[UUID, list[RecordCase]] = {}
    for row in rows.order_by("case__registered_at"):
        found.setdefault(row.record_id, []).append(row)
    return found


# --- what stands out ---------------------------------------------------------------------------------------------------------


def late_of(record: Record, late_days: int) -> bool:
    """Whether it was written down late.  What lay on the phone without a signal was not late."""
    return is_late(record.until, timezone.localdate(record.written_at), late_days)


def clashes_of(actor: Actor, record: Record) -> list[tuple[str, Clash, list[Record]]]:
    """What cannot be true beside this record: whose, what, and which other records, as far as the reader may know of them."""
    people = {one.person_id: one.person.name for one in record.people.all()}
    rows = RecordPerson.objects.filter(
        person__in=people, record__on__lte=record.until, record__until__gte=record.on,
        record__withdrawn_at__isnull=True, record__in=Record.objects.visible_to(actor).values("pk"),
    ).select_related("record")  # fmt: skip
    spans: dict[UUID, list[Span]] = {}
    by_id: dict[UUID, Record] = {}
    for row in rows:
        one = row.record
        by_id[one.pk] = one
        spans.setdefault(row.person_id, []).append(
            Span(one.pk, one.on, one.until, one.begins, one.minutes, one.place_id, one.where)
        )
    return [
        (people[person], clash, [by_id[pk] for pk in sorted(clash.records) if pk != record.pk])
        for person, of_person in spans.items()
        for clash in clashes(of_person)
        if record.pk in clash.records and record.on <= clash.day <= record.until
    ]


def unions_below(actor: Member) -> QuerySet[Unit]:
    """Unions whose records this person reads from above."""
    reach = Q(pk__in=[])
    for unit in actor.units(Can.READ_BELOW):
        reach |= Q(path__gt=unit.path, path__lt=path_end(unit.path))
    return Unit.objects.open().filter(reach, has_union=True).exclude(level=Level.WORKSHOP)

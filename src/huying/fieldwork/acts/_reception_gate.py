"""Gates of reception: a day and a booking locked, the one writer of their status, what the workers who booked are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from huying.cases.acts import Said, locked, note
from huying.cases.models import Case, Recusal
from huying.climb.rules import written
from huying.fieldwork.acts._records import set_down
from huying.fieldwork.lifecycle import DAY, VISIT
from huying.fieldwork.models import Booking, ReceptionDay, Record
from huying.fieldwork.rules import Deed
from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.errors import Stale, only
from huying.notices.acts import send
from huying.org.acts.steps import post_of, write
from huying.org.models import Person, Post, Unit
from huying.org.rules import Can, Member, check_may
from huying.trail.acts import append

LONGEST_REASON = 200


def locked_day(day_id: UUID, *, by: Actor, version: int | None = None) -> ReceptionDay:
    """A day locked for the office that looks after it; ``Stale`` when it changed since ``version``."""
    rows = ReceptionDay.objects.select_for_update(of=("self",), no_key=True).select_related(
        "unit", "root", "leader__person"
    )
    rows = rows.visible_to(by) if isinstance(by, Member) else rows
    day = only(rows.filter(pk=day_id))
    if isinstance(by, Member):
        check_may(by, Can.HANDLE_CASES, day.unit)
    if version is not None and version != day.version:
        raise Stale(["这个接待日刚刚改过。"])
    return day


def advance_day(day: ReceptionDay, act: str, *, by: Actor, at: datetime, data: dict[str, Any] | None = None) -> None:
    """Do one step of the table on a locked day: the only writer of its status."""
    step = DAY.check_now(day.status, act)
    if step.target is not None:
        day.status = step.target
    if day.state.final:
        day.ended_at = at
    day.version += 1
    day.save()
    data = {"status": day.status, **(data or {})}
    write(unit=day.unit, by=by, at=at, act=f"reception.{act}", subject=f"reception:{day.pk}", data=data)


def advance_visit(booking: Booking, act: str, *, by: Actor, at: datetime, outcome: str = "") -> Booking:
    """Do one step of the table on a locked booking: the only writer of its status.  The trail of its case has it."""
    step = VISIT.check_now(booking.status, act)
    assert step.target is not None
    booking.status, booking.moved_at = step.target, at
    booking.outcome = outcome or booking.outcome
    booking.save(update_fields=["status", "moved_at", "outcome"])
    append(
        chain=booking.case_id, root=booking.case.root_id, by=by, at=at, act=f"visit.{act}",
        subject=f"visit:{booking.pk}", data={"day": booking.day_id, "status": booking.status},
    )  # fmt: skip
    return booking


def tell_booked(booking: Booking, label: str, words: str, *, at: datetime) -> None:
    """The worker reads it on the page of the matter; only who booked, never the others behind the case."""
    case = locked(case_id=booking.case_id, by=SYSTEM)
    said = Said(worker_label=label, worker_text=words, party=booking.party)
    note(case, "reception", "接待日", by=SYSTEM, at=at, said=said, data={"day": booking.day_id})


def tell_leader(people: Iterable[Person], kind: str, title: str, day: ReceptionDay, *, by: Actor, at: datetime) -> None:
    """Leaders hear of their days."""
    url = reverse("desk:reception-day", args=[day.pk])
    send(to=people, kind=f"reception.{kind}", title=title, url=url, root=day.root, subject=day.pk, by=by, at=at,
         key=f"{day.leader_id}:{day.version}")  # fmt: skip


def day_words(on: date) -> str:
    """A day in a title."""
    return f"{on.month}月{on.day}日"


def reason_of(text: str, missing: str) -> str:
    """A reason that was given, or ``Invalid``."""
    (reason,) = written(LONGEST_REASON, reason=(text, missing))
    return reason


def write_down(*, union: Unit, deed: Deed, leader: Post, cases: Iterable[Case], by: Actor, at: datetime) -> Record:
    """The work record of a reception day or of an invited talk.  A case that is kept from somebody is not joined to it, so
    that the record itself need not be kept from anybody."""
    found = {case.pk: case for case in cases}
    kept = set(Recusal.objects.filter(case__in=found).values_list("case", flat=True))
    return set_down(
        union=union, deed=deed, own=(dict(deed.fields), {}), people=[leader], leader=leader.pk,
        cases=[case for pk, case in found.items() if pk not in kept], post=post_of(by), by=by, at=at,
    )  # fmt: skip

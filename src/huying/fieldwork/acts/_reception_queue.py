"""Coming to a reception day: a worker books, comes back on it or stays away; on the day arrived, called, done, did not
come; who comes without a booking is registered in one go."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from huying.cases.acts import Said, locked, note
from huying.cases.models import Case, Party
from huying.cases.reads import keys_against
from huying.cases.rules import Concerns, Voice
from huying.climb.acts import put_under
from huying.fieldwork.acts._reception_gate import advance_visit, day_words, locked_day, tell_booked
from huying.fieldwork.models import Booking, ReceptionDay
from huying.fieldwork.reads import booking_of, places_left
from huying.fieldwork.reads._reception import is_free
from huying.files.acts import Checked
from huying.intake.acts import Received, receive_online, register_at_desk
from huying.kernel.actors import SYSTEM, Actor, Worker
from huying.kernel.errors import Invalid, NotYours, Refused, only
from huying.mechanism.reads import rules_for
from huying.org.models import Unit
from huying.org.rules import Can, Member, check_may

NOT_HIM = "这一天接待的领导同您说到的人有关，请换一天，或者不约接待、直接交给工会。"
NOT_HERE = "照您说的，本单位工会看不到这件事，所以不能约本单位的接待日。请直接交给工会，或者约上级工会的接待日。"
FULL = "这个时间刚刚约满了，请换一个。写的都还在。"


@transaction.atomic
def book(
    *, place: Unit, day_id: UUID, slot: time, first: Voice, others: tuple[Voice, ...], concerns: Concerns, urgent: bool,
    marked: tuple[str, ...], files: tuple[Checked, ...], agreed: bool, once: str, by: Actor, at: datetime,
) -> Booking:  # fmt: skip
    """A worker hands a matter in and books an hour with a leader; without an account, unnamed too.  ``Invalid`` where the
    leader, or this union, is who the matter concerns: nothing is kept then, and another day may be chosen."""
    day = _announced(day_id, at)
    received = receive_online(
        place=place, first=first, others=others, concerns=concerns, urgent=urgent, marked=marked, files=files,
        agreed=agreed, once=once, at=at,
    )  # fmt: skip
    if received.case.holder_id != day.unit_id:
        raise Invalid({"own_union": NOT_HERE})
    party = received.case.parties.get(first=True)
    return _place(day, slot, received.case, party, by=by, at=at)


def _announced(day_id: UUID, at: datetime) -> ReceptionDay:
    """A day workers may come to, locked: places are given one after the other."""
    rows = ReceptionDay.objects.select_for_update(of=("self",), no_key=True).select_related(
        "unit", "root", "leader__person"
    )
    day = only(rows.filter(pk=day_id))
    if day.status != "announced" or day.on < timezone.localdate(at):
        raise Invalid({"slot": "这一天不能约了，请选别的日子。"})
    return day


def _place(day: ReceptionDay, slot: time, case: Case, party: Party, *, by: Actor, at: datetime) -> Booking:
    """Give a place, if there is one and the leader is not who the matter names."""
    keys = keys_against(case)
    if not is_free(day.leader, keys, day.on):
        raise Invalid({"slot": NOT_HIM})
    if not places_left([day], at, hidden=bool(keys))[day.pk].get(slot):
        raise Invalid({"slot": FULL})
    booking = Booking.objects.create(
        root_id=day.root_id, day=day, case=case, party=party, slot=slot, at=at, moved_at=at
    )
    words = (
        f"{day_words(day.on)} {slot:%H:%M}，{day.place}，{day.leader.person.name}接待。那天叫到 {booking.code} 就请进。"
    )
    tell_booked(booking, "约好了，领导当面听您说", words, at=at)
    return booking


@transaction.atomic
def book_again(*, day_id: UUID, slot: time, by: Worker, at: datetime) -> Booking:
    """A worker who has handed a matter in already wants to talk of it to a leader."""
    case = locked(case_id=by.case_id, by=by)
    party = case.parties.filter(pk=by.party_id, withdrawn_at__isnull=True, erased_at__isnull=True).first()
    if party is None:
        raise NotYours
    if case.closed_at is not None:
        raise Refused("这件事已经结束了。", "还想说，请在下面写给工会。")
    if Booking.objects.filter(party=party).going_on().exists():
        raise Refused("您已经约了一次。", "要换一天，请先取消那一次。")
    day = _announced(day_id, at)
    if day.unit_id != case.holder_id:
        raise NotYours
    return _place(day, slot, case, party, by=by, at=at)


@transaction.atomic
def cancel_booking(*, booking_id: UUID, by: Worker, at: datetime) -> Booking:
    """The worker does not come; the place is free again, the matter goes on."""
    booking_of(by, booking_id)
    booking = _locked(booking_id)
    advance_visit(booking, "cancel", by=by, at=at)
    tell_booked(booking, "您取消了接待日的预约", "事情照常办。想当面说，可以再约。", at=at)
    return booking


def _locked(booking_id: UUID) -> Booking:
    rows = Booking.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("day__unit", "day__leader__person", "case__root", "party")
    return only(rows.filter(pk=booking_id))


# --- on the day -----------------------------------------------------------------------------------------------------------


def _of_office(booking_id: UUID, by: Actor) -> Booking:
    """A booking for the office of its day; whom its case names knows of none."""
    only(Booking.objects.visible_to(by).filter(pk=booking_id))
    booking = _locked(booking_id)
    if isinstance(by, Member):
        check_may(by, Can.HANDLE_CASES, booking.day.unit)
    return booking


@transaction.atomic
def arrive(*, booking_id: UUID, by: Actor, at: datetime) -> Booking:
    """Here, and waiting; also somebody who comes after all."""
    booking = _of_office(booking_id, by)
    if booking.day.on != timezone.localdate(at):
        raise Refused("只在接待的那一天登记谁到了。")
    return advance_visit(booking, "arrive", by=by, at=at)


@transaction.atomic
def call_in(*, booking_id: UUID, by: Actor, at: datetime) -> Booking:
    """Called; one at a time is inside with each leader."""
    booking = _of_office(booking_id, by)
    inside = Booking.objects.visible_to(by).filter(day=booking.day_id, status="called").exclude(pk=booking.pk)
    if inside.exists():
        raise Refused("里面还有一位没有谈完。", "请先登记“谈完了”，或者“没应，放回去”。")
    return advance_visit(booking, "call", by=by, at=at)


@transaction.atomic
def put_back(*, booking_id: UUID, by: Actor, at: datetime) -> Booking:
    """Called and did not answer: waits on."""
    return advance_visit(_of_office(booking_id, by), "back", by=by, at=at)


@transaction.atomic
def mark_absent(*, booking_id: UUID, by: Actor, at: datetime) -> Booking:
    """Did not come; only once the hour has passed."""
    booking = _of_office(booking_id, by)
    now = timezone.localtime(at)
    if (booking.day.on, booking.slot) > (now.date(), now.time()):
        raise Refused("约的时间还没有到。")
    return advance_visit(booking, "absent", by=by, at=at)


@transaction.atomic
def finish_visit(*, booking_id: UUID, outcome: str, reason: str = "", by: Actor, at: datetime) -> Booking:
    """The talk is over: answered there and then, taken along, or put under the leader's own name (领导包案, SX-10).  The
    story of the case says which leader it was."""
    booking = _of_office(booking_id, by)
    if outcome not in dict(Booking.OUTCOMES):
        raise Invalid({"outcome": "请选谈的结果。"})
    leader = booking.day.leader
    case = locked(case_id=booking.case_id, by=by)
    advance_visit(booking, "finish", by=by, at=at, outcome=outcome)
    label = f"{leader.person.name}当面接待：{booking.get_outcome_display()}"
    said = Said(worker_label="领导当面听您说了", worker_text=f"{leader.person.name}接待。", party=booking.party)
    note(case, "received", label, by=by, at=at, said=said, data={"day": booking.day_id, "post": leader.pk})
    if outcome == "led":
        put_under(
            case_id=case.pk, leader=leader, reason=reason or "接待日当面接下的事，由接待的领导包案。", by=by, at=at
        )
    return booking


@transaction.atomic
def walk_in(
    *, day_id: UUID, first: Voice, concerns: Concerns, once: str, by: Actor, at: datetime
) -> tuple[Booking, Received]:
    """Somebody who came without a booking: registered and in the queue in one go.  ``Invalid`` when the matter concerns
    who receives today; it is then registered on the ordinary page."""
    day = locked_day(day_id, by=by)
    now = timezone.localtime(at)
    if day.on != now.date() or day.state.final:
        raise Refused("只在接待的那一天、接访结束以前登记来的人。", "别的时候请用“登记”。")
    channels = {one.code for one in rules_for(day.unit, day.on).channels()}
    received = register_at_desk(
        place=day.unit, channel="visit" if "visit" in channels else "talk", channel_note="接待日", first=first,
        concerns=concerns, urgent=False, received_at=at, once=once, by=by, at=at,
    )  # fmt: skip
    case = Case.objects.get(pk=received.case.pk)
    if case.holder_id != day.unit_id or not is_free(day.leader, keys_against(case), day.on):
        raise Invalid({"chair": "这件事涉及今天接待的领导或本单位工会，请改用“登记”，交给能回避的人。"})
    party = case.parties.get(first=True)
    slot = now.time().replace(second=0, microsecond=0, tzinfo=None)
    booking = Booking.objects.create(
        root_id=day.root_id,
        day=day,
        case=case,
        party=party,
        slot=slot,
        walk_in=True,
        status="arrived",
        at=at,
        moved_at=at,
    )
    tell_booked(booking, "您来接待日了", f"{day.leader.person.name}接待，叫到 {booking.code} 就请进。", at=at)
    return booking, received


# --- what follows the case ------------------------------------------------------------------------------------------------


def follow_cases(*, by: Actor, at: datetime) -> int:
    """Sweep: who withdrew, was erased, or whose matter is over does not hold a place any more."""
    over = Q(case__closed_at__isnull=False) | Q(party__withdrawn_at__isnull=False) | Q(party__erased_at__isnull=False)
    rows = list(Booking.objects.filter(over, status="booked").values_list("pk", flat=True)[:200])
    for pk in rows:
        with transaction.atomic():
            booking = _locked(pk)
            if booking.status == "booked":
                advance_visit(booking, "drop", by=SYSTEM, at=at)
    return len(rows)

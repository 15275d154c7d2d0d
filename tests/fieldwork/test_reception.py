"""Reception days: rules as tables, making, announcing, exchanging, ending; who never learns of whom."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from huying.cases import acts as cases
from huying.cases.models import Case, Event
from huying.cases.reads import worker_of
from huying.cases.rules import Concerns
from huying.climb.models import Lead
from huying.fieldwork import acts, reads
from huying.fieldwork.models import Booking, Leave, ReceptionDay, RecordCase, Swap
from huying.fieldwork.rules import Pattern, placed, slots, weeks_without
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.models import Adoption
from huying.mechanism.reads import calendar, rules_for
from huying.notices.models import Notice
from tests.factories import reception as days
from tests.factories import world as make

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)  # the frozen day
WEDNESDAY = date(2026, 11, 25)


def pattern(**given):
    fields = {"repeat": "week", "weekdays": (2,), "since": date(2026, 9, 1), "until": date(2026, 10, 31)}
    return Pattern(**{**fields, **given})


def after(world, **span):
    world.now = world.now + timedelta(**span)
    return world.now


# --- rules ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"weekdays": (2,), "since": date(2026, 11, 1), "until": date(2026, 11, 30)}, [4, 11, 18, 25]),
        ({"weekdays": (0, 3), "since": date(2026, 11, 9), "until": date(2026, 11, 20)}, [9, 12, 16, 19]),
        ({"repeat": "month_week", "nth": 1, "since": date(2026, 11, 1), "until": date(2026, 11, 30)}, [4]),
        ({"repeat": "month_week", "nth": -1, "since": date(2026, 11, 1), "until": date(2026, 11, 30)}, [25]),
        ({"repeat": "month_day", "month_day": 12, "since": date(2026, 11, 1), "until": date(2026, 11, 30)}, [12]),
        ({"repeat": "month_day", "month_day": 31, "since": date(2026, 11, 1), "until": date(2026, 11, 30)}, [30]),
        ({"repeat": "once", "since": date(2026, 11, 24), "until": date(2026, 11, 24)}, [24]),
    ],
)
def test_days_of_a_pattern(world, given, wanted):
    assert [one.on.day for one in placed(pattern(**given), calendar())] == wanted


def test_a_day_off_moves_to_the_next_working_day_or_is_left_out(world):
    """国庆 2026: 1 to 7 October are off; Wednesday the 7th moves to Thursday the 8th."""
    moved = {one.wanted: one for one in placed(pattern(), calendar())}[date(2026, 10, 7)]
    assert (moved.on, moved.moved_from, moved.why) == (date(2026, 10, 8), date(2026, 10, 7), "国庆节")
    left_out = {one.wanted: one for one in placed(pattern(rest="skip"), calendar())}[date(2026, 10, 7)]
    assert left_out.on is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"until": date(2026, 8, 1)}, "until"),
        ({"until": date(2028, 8, 1)}, "until"),
        ({"weekdays": ()}, "weekdays"),
        ({"repeat": "month_day", "month_day": 0}, "month_day"),
    ],
)
def test_a_pattern_that_cannot_be(given, field):
    with pytest.raises(Invalid) as refused:
        pattern(**given).check()
    assert set(refused.value.fields) == {field}


def test_hours_are_whole():
    assert slots(time(9), time(10, 45), 30) == [time(9), time(9, 30), time(10)]
    assert slots(time(9), time(9, 20), 30) == []


def test_weeks_without_a_day(world):
    found = weeks_without({date(2026, 11, 25)}, date(2026, 11, 20), date(2026, 12, 13), calendar())
    assert found == [date(2026, 11, 30), date(2026, 12, 7)]
    golden_week = weeks_without(set(), date(2026, 9, 28), date(2026, 10, 11), calendar())
    assert golden_week == [date(2026, 9, 28), date(2026, 10, 5)]  # both have a working day


# --- making and announcing ------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.4a", "SX-10")
def test_leaders_take_turns_and_who_is_away_is_passed_over(world):
    chair, manager = world.posts["chair"], world.posts["manager"]
    Leave.objects.create(
        root=world.plant.root, unit=world.plant, person=manager.person, kind="leave", since=date(2026, 12, 1),
        until=date(2026, 12, 3), by=chair, at=world.now,
    )  # fmt: skip
    made = acts.make_days(
        unit=world.plant, terms=days.terms(), pattern=days.pattern(WEDNESDAY, date(2026, 12, 16)),
        leaders=[chair, manager], by=world.as_("officer"), at=world.now,
    )  # fmt: skip
    assert [(day.on.day, day.leader.person.name) for day in made] == [
        (25, "郑卫国"), (2, "郑卫国"), (9, "冯国庆"), (16, "郑卫国"),
    ]  # fmt: skip
    assert {day.status for day in made} == {"planned"}


@pytest.mark.clause("BD-4.4a")
def test_a_week_without_a_day_is_pointed_out_where_the_document_wants_one_each_week(world):
    every_other = days.pattern(FRIDAY, date(2026, 12, 20), repeat="month_week", nth=1)
    chair = [world.posts["chair"]]
    assert reads.proposal(world.plant, "leaders", every_other, chair, FRIDAY).empty == ()
    days.adopt(world, "baoding-studio")
    found = reads.proposal(world.plant, "leaders", every_other, chair, FRIDAY)
    assert found.empty == (date(2026, 11, 23), date(2026, 12, 7), date(2026, 12, 14))
    clauses = [clause.id for clause in reads.duty_clauses(rules_for(world.plant, FRIDAY))]
    assert clauses == ["BD-4.4a"]


@pytest.mark.clause("SX-10")
def test_a_themed_day_says_its_theme_and_the_forms_come_from_the_document(world):
    days.adopt(world, "shaanxi-2012-38")
    ways = rules_for(world.plant, FRIDAY).options("reception_forms")
    assert (ways.clause.id, [one.code for one in ways.choices]) == ("SX-10", ["duty", "themed"])
    with pytest.raises(Invalid) as refused:
        days.planned(world, WEDNESDAY, form="themed")
    assert set(refused.value.fields) == {"theme"}
    assert days.planned(world, WEDNESDAY, form="themed", theme="工资支付").theme == "工资支付"
    with pytest.raises(Invalid) as refused:
        days.planned(world, WEDNESDAY, form="by_letter")
    assert set(refused.value.fields) == {"form"}


@pytest.mark.clause("PD-5.2.1")
def test_the_managers_day_is_a_kind_of_the_document_and_written_down_under_its_own_name(world):
    manager = world.posts["manager"]
    with pytest.raises(Invalid) as refused:
        days.planned(world, WEDNESDAY, manager, kind="manager")
    assert set(refused.value.fields) == {"kind"}
    days.adopt(world, "pingdingshan-2013")
    rules = rules_for(world.plant, FRIDAY)
    assert rules.options("reception_kinds").clause.id == "PD-5.2.1"
    assert [code for code, _ in reads.kinds_at(rules)] == ["chair", "leaders", "manager"]
    for post in (world.posts["chair"], world.posts["officer"]):
        with pytest.raises(Invalid) as refused:
            days.planned(world, WEDNESDAY, post, kind="manager")
        assert set(refused.value.fields) == {"leaders"}
    day = days.announced(world, WEDNESDAY, manager, kind="manager")
    assert reads.kind_name(day, rules) == "经理接待日"
    assert "PD-5.2.1" in [clause.id for clause in reads.day_clauses(day, rules)]
    held = acts.hold_day(day_id=day.pk, by=world.as_("officer"), at=world.now + timedelta(days=5))
    assert (held.record.kind, held.record.theme) == ("manager_reception", "经理接待日")
    assert rules.record("manager_reception").clause.id == "PD-5.2.1"
    assert list(held.record.people.values_list("person", flat=True)) == [manager.person_id]


def test_a_managers_day_keeps_its_name_where_the_document_is_given_up(world):
    days.adopt(world, "pingdingshan-2013")
    day = days.announced(world, WEDNESDAY, world.posts["manager"], kind="manager")
    Adoption.objects.filter(code="pingdingshan-2013").update(until=FRIDAY)
    held = acts.hold_day(day_id=day.pk, by=world.as_("officer"), at=world.now + timedelta(days=5))
    rules = rules_for(world.plant, WEDNESDAY)
    assert (reads.kind_name(held, rules), held.record.kind) == ("经理接待日", "reception")


@pytest.mark.clause("PD-5.2.2")
def test_the_chairs_day_is_held_by_those_who_work_for_the_union(world):
    days.adopt(world, "pingdingshan-2013")
    assert [clause.id for clause in reads.duty_clauses(rules_for(world.plant, FRIDAY))] == ["PD-5.2.2"]
    names = [post.person.name for post in reads.leaders_at(world.plant, "chair", FRIDAY)]
    assert names == ["郑卫国", "李慧敏", "周明远"]
    with pytest.raises(Invalid) as refused:
        days.planned(world, WEDNESDAY, world.posts["manager"], kind="chair")
    assert set(refused.value.fields) == {"leaders"}
    assert days.planned(world, WEDNESDAY, world.posts["manager"], kind="leaders").leader == world.posts["manager"]


@pytest.mark.parametrize("name", ["manager", "handler", "delegate", "upper", "foreign", "system"])
def test_only_the_office_makes_days(world, name):
    with pytest.raises(NotYours):
        acts.make_days(
            unit=world.plant, terms=days.terms(), pattern=days.pattern(WEDNESDAY), leaders=[world.posts["chair"]],
            by=world.as_(name), at=world.now,
        )  # fmt: skip


def test_a_day_that_stands_is_left_alone(world):
    days.planned(world, WEDNESDAY)
    with pytest.raises(Refused):
        days.planned(world, WEDNESDAY)
    acts.make_days(
        unit=world.plant, terms=days.terms(), pattern=days.pattern(WEDNESDAY, date(2026, 12, 2)),
        leaders=[world.posts["chair"]], by=world.as_("officer"), at=world.now,
    )  # fmt: skip
    assert ReceptionDay.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceptionDay.objects.filter(on=date(2026, 12, 2)).update(on=WEDNESDAY)


@pytest.mark.clause("BD-4.4a")
def test_kept_is_announced_before_the_day_and_held(world):
    early = days.announced(world, WEDNESDAY)
    after(world, days=5)
    acts.hold_day(day_id=early.pk, by=world.as_("officer"), at=world.now)
    on_the_day = days.announced(world, world.now.date() + timedelta(days=1))
    after(world, days=1)
    ReceptionDay.objects.filter(pk=on_the_day.pk).update(announced_at=world.now)
    acts.hold_day(day_id=on_the_day.pk, by=world.as_("officer"), at=world.now)
    assert list(ReceptionDay.objects.kept()) == [early]


def test_the_leader_hears_of_the_day_and_again_the_working_day_before(world):
    days.announced(world, date(2026, 11, 23))  # Monday
    assert Notice.objects.get().title == "接待日 11月23日 轮到您接待"
    assert acts.remind_leaders(by=SYSTEM, at=world.now) == 1
    acts.remind_leaders(by=SYSTEM, at=world.now)
    assert Notice.objects.filter(kind="reception.soon", recipient=world.posts["chair"].person).count() == 1


# --- exchanging, cancelling ------------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-10")
def test_two_leaders_exchange_and_it_stays_on_record(world):
    one = days.announced(world, WEDNESDAY, world.posts["chair"])
    other = days.announced(world, date(2026, 12, 2), world.posts["manager"])
    booking = days.booked(world, one)
    acts.swap_leader(day_id=one.pk, other_id=other.pk, reason="出差", by=world.as_("officer"), at=world.now)
    found = {day.on: day.leader.person.name for day in ReceptionDay.objects.all()}
    assert found == {WEDNESDAY: "冯国庆", date(2026, 12, 2): "郑卫国"}
    assert {(swap.before.person.name, swap.after.person.name, swap.reason) for swap in Swap.objects.all()} == {
        ("郑卫国", "冯国庆", "出差"), ("冯国庆", "郑卫国", "出差"),
    }  # fmt: skip
    told = Event.objects.filter(case=booking.case).latest("at", "version")
    assert told.worker_label == "接待的领导换人了"
    with pytest.raises(Invalid):
        acts.swap_leader(day_id=one.pk, leader=world.posts["second"], reason="x", by=world.as_("officer"), at=world.now)
    with pytest.raises(Invalid):
        acts.swap_leader(day_id=one.pk, leader=world.posts["chair"], reason=" ", by=world.as_("officer"), at=world.now)


def test_who_is_named_never_receives_and_the_worker_is_told(world):
    day = days.announced(world, WEDNESDAY, world.posts["manager"])
    booking = days.booked(world, day, concerns=Concerns(chair=True))
    acts.swap_leader(day_id=day.pk, leader=world.posts["chair"], reason="出差", by=world.as_("officer"), at=world.now)
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    told = Event.objects.filter(case=booking.case).latest("at", "version")
    assert told.worker_label == "这一次约不成了"
    assert reads.queue(world.as_("chair"), ReceptionDay.objects.get()) == []


def test_a_cancelled_day_tells_who_booked_why(world):
    day = days.announced(world, WEDNESDAY)
    booking = days.booked(world, day)
    with pytest.raises(Invalid):
        acts.cancel_day(day_id=day.pk, reason="", by=world.as_("officer"), at=world.now)
    acts.cancel_day(day_id=day.pk, reason="停电检修。", by=world.as_("officer"), at=world.now)
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert "停电检修" in Event.objects.filter(case=booking.case).latest("at", "version").worker_text
    with pytest.raises(Refused):
        acts.hold_day(day_id=day.pk, by=world.as_("officer"), at=world.now)


# --- booking ----------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("PD-5.2.2", "SX-10")
@pytest.mark.parametrize("secrecy", ["named", "sealed", "anonymous"])
def test_a_booking_is_a_matter_with_an_hour(world, secrecy):
    day = days.announced(world, WEDNESDAY)
    booking = days.booked(world, day, secrecy=secrecy)
    assert (booking.case.status, booking.case.channel, booking.case.place) == ("registered", "online", world.shop)
    worker = worker_of(booking.party_id)
    (shown,) = reads.bookings_of(worker)
    assert (shown.slot, shown.day_id, len(shown.code)) == (time(9), day.pk, 4)


def test_an_hour_is_given_once(world):
    day = days.announced(world, WEDNESDAY)
    days.booked(world, day)
    with pytest.raises(Invalid) as refused:
        days.booked(world, day, once="another-form-key-0001")
    assert set(refused.value.fields) == {"slot"}
    assert Case.objects.count() == 1, "nothing is kept of what was refused"
    assert time(9) not in dict(reads.bookable(world.plant, world.now))[day]


@pytest.mark.parametrize(
    ("leader", "concerns", "field"),
    [
        ("chair", Concerns(chair=True), "slot"),
        ("manager", Concerns(superior="冯国庆"), "slot"),
        ("chair", Concerns(own_union=True), "own_union"),
    ],
)
def test_nobody_is_received_by_whom_the_matter_names(world, leader, concerns, field):
    day = days.announced(world, WEDNESDAY, world.posts[leader])
    with pytest.raises(Invalid) as refused:
        days.booked(world, day, concerns=concerns)
    assert set(refused.value.fields) == {field}
    assert not Case.objects.exists()


def test_whom_a_matter_names_finds_no_trace_of_the_booking(world):
    """On another leader's day: not in the queue, not in the counts, not as an hour that is gone."""
    day = days.announced(world, WEDNESDAY, world.posts["manager"])
    days.booked(world, day, concerns=Concerns(chair=True))
    assert len(reads.queue(world.as_("officer"), day)) == 1
    assert reads.queue(world.as_("chair"), day) == []
    assert reads.queue_counts(world.as_("chair"), [day]) == {}
    assert time(9) in dict(reads.bookable(world.plant, world.now))[day]
    days.booked(world, day, once="another-form-key-0001")  # the hour is still there for others
    with pytest.raises(NotYours):
        acts.call_in(booking_id=Booking.objects.earliest("at").pk, by=world.as_("chair"), at=world.now)


def test_a_worker_cancels_and_books_again(world):
    day, next_week = days.announced(world, WEDNESDAY), days.announced(world, date(2026, 12, 2))
    booking = days.booked(world, day)
    worker = worker_of(booking.party_id)
    with pytest.raises(Refused):
        acts.book_again(day_id=next_week.pk, slot=time(10), by=worker, at=world.now)
    acts.cancel_booking(booking_id=booking.pk, by=worker, at=world.now)
    again = acts.book_again(day_id=next_week.pk, slot=time(10), by=worker, at=world.now)
    assert (again.case_id, again.status) == (booking.case_id, "booked")
    other = worker_of(days.booked(world, day, once="another-form-key-0001").party_id)
    with pytest.raises(NotYours):
        acts.cancel_booking(booking_id=again.pk, by=other, at=world.now)


def test_a_matter_that_names_the_leader_is_offered_other_days_only(world):
    days.announced(world, WEDNESDAY, world.posts["chair"])
    free = days.announced(world, date(2026, 12, 2), world.posts["manager"])
    case = make.said(world, concerns=Concerns(chair=True))
    assert [day for day, _ in reads.free_days(case, world.now)] == [free]


# --- on the day -------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.4a", "SX-10", "PD-5.2.2")
def test_the_day_itself_and_the_record_it_leaves(world):
    days.adopt(world, "pingdingshan-2013", "shaanxi-2012-38", "baoding-studio")
    assert rules_for(world.plant, FRIDAY).record("reception").clause.id == "BD-4.4a"
    day = days.announced(world, WEDNESDAY)
    first, second = days.booked(world, day), days.booked(world, day, slot=time(9, 30), secrecy="anonymous")
    officer = world.as_("officer")
    with pytest.raises(Refused):
        acts.arrive(booking_id=first.pk, by=officer, at=world.now)
    after(world, days=5)
    acts.arrive(booking_id=first.pk, by=officer, at=world.now)
    acts.call_in(booking_id=first.pk, by=officer, at=world.now)
    come, received = acts.walk_in(
        day_id=day.pk, first=make.voice(receipt=""), concerns=Concerns(), once="walk-in-form-key-0001", by=officer,
        at=world.now,
    )  # fmt: skip
    assert (come.status, come.walk_in, received.case.channel) == ("arrived", True, "visit")
    with pytest.raises(Refused):
        acts.call_in(booking_id=come.pk, by=officer, at=world.now)
    with pytest.raises(Refused):
        acts.hold_day(day_id=day.pk, by=officer, at=world.now)
    acts.finish_visit(booking_id=first.pk, outcome="answered", by=officer, at=world.now)
    acts.finish_visit(booking_id=come.pk, outcome="taken", by=officer, at=world.now)
    acts.hold_day(day_id=day.pk, text="来的都是炉前班的。", by=officer, at=world.now)
    second.refresh_from_db()
    assert second.status == "absent"
    record = ReceptionDay.objects.get().record
    assert (record.kind, record.minutes, record.workers_met, record.union) == ("reception", 120, 2, world.plant)
    assert record.figures == {"booked": 2, "walk_in": 1, "received": 2, "absent": 1, "answered": 1}
    assert {row.case_id for row in RecordCase.objects.all()} == {first.case_id, come.case_id}
    assert [row.person.name for row in record.people.all()] == ["郑卫国"]
    said = Event.objects.filter(case=first.case, act="received").get()
    assert said.label == "郑卫国当面接待：当场答复"


@pytest.mark.clause("SX-10")
def test_the_leader_takes_the_case_under_his_name(world):
    day = days.announced(world, WEDNESDAY)
    case = make.accepted(world)
    worker = worker_of(case.parties.get().pk)
    booking = acts.book_again(day_id=day.pk, slot=time(9), by=worker, at=world.now)
    after(world, days=5)
    acts.arrive(booking_id=booking.pk, by=world.as_("chair"), at=world.now)
    with pytest.raises(NotYours):
        acts.finish_visit(booking_id=booking.pk, outcome="led", by=world.as_("officer"), at=world.now)
    acts.finish_visit(booking_id=booking.pk, outcome="led", reason="我来协调。", by=world.as_("chair"), at=world.now)
    assert Lead.objects.get().post == world.posts["chair"]


def test_what_is_kept_from_who_ends_the_day_is_not_in_the_record(world):
    day = days.announced(world, WEDNESDAY, world.posts["manager"])
    hidden = days.booked(world, day, concerns=Concerns(chair=True))
    after(world, days=5)
    acts.arrive(booking_id=hidden.pk, by=world.as_("officer"), at=world.now)
    acts.hold_day(day_id=day.pk, by=world.as_("chair"), at=world.now)
    hidden.refresh_from_db()
    assert hidden.status == "done"
    record = ReceptionDay.objects.get().record
    assert record.workers_met == 0
    assert not RecordCase.objects.exists()


def test_a_withdrawn_matter_gives_its_hour_back(world):
    day = days.announced(world, WEDNESDAY)
    booking = days.booked(world, day)
    cases.withdraw(reason="", by=worker_of(booking.party_id), at=world.now)
    assert acts.follow_cases(by=SYSTEM, at=world.now) == 1
    assert time(9) in dict(reads.bookable(world.plant, world.now))[day]


def test_what_a_day_shows_to_whom(world):
    day = days.announced(world, WEDNESDAY, world.posts["manager"])
    days.booked(world, day)
    opens = {
        name: len(reads.queue(world.as_(name), day)) for name in ("officer", "chair", "manager", "upper", "foreign")
    }
    assert opens == {"officer": 1, "chair": 1, "manager": 1, "upper": 0, "foreign": 0}
    sees = {name: reads.days(world.as_(name)).count() for name in ("officer", "manager", "upper", "foreign", "handler")}
    assert sees == {"officer": 1, "manager": 1, "upper": 1, "foreign": 0, "handler": 0}

"""The working-day calendar: seeded, edited, its year unknown, and what that does to dates."""

from datetime import date, timedelta

import pytest

from huying.kernel.actors import SYSTEM
from huying.kernel.clock import DayKind, Rule, due
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism import acts, reads
from huying.mechanism.calendar import SpecialDay
from huying.mechanism.models import CalendarYear, Day
from huying.org.reads import acting_as

THREE = Rule(3, DayKind.CALENDAR, roll=True)
TODAY = date(2026, 11, 20)


def d(text):
    return date.fromisoformat(text)


@pytest.mark.clause("MY-3.2.4a", "MY-3.2.4b")
@pytest.mark.parametrize(
    ("start", "three", "five", "fifteen"),
    [
        ("2026-11-18", "2026-11-23", "2026-11-25", "2026-12-03"),
        ("2026-09-30", "2026-10-08", "2026-10-13", "2026-10-15"),
        ("2026-02-12", "2026-02-24", "2026-02-26", "2026-02-27"),
        ("2026-09-17", "2026-09-20", "2026-09-23", "2026-10-08"),
    ],
)
def test_dates_of_the_law_notes(prepared, start, three, five, fifteen):
    calendar = reads.calendar()
    assert due(d(start), THREE, calendar).on == d(three)
    assert due(d(start), Rule(5, DayKind.WORKING), calendar).on == d(five)
    assert due(d(start), Rule(15, DayKind.CALENDAR, roll=True), calendar).on == d(fifteen)


def test_seeding_twice_changes_nothing(prepared, now):
    before = list(Day.objects.values_list("day", "is_work", "name"))
    assert acts.seed_years(by=SYSTEM, at=now) == []
    assert list(Day.objects.values_list("day", "is_work", "name")) == before
    assert reads.calendar().name(d("2026-10-10")) == "国庆节调休上班"
    assert reads.calendar().name(d("2026-02-16")) == "春节"
    assert reads.special_days(2026)[0].name == "元旦"


def test_the_unknown_year_has_the_fixed_holidays_and_is_provisional(prepared):
    calendar = reads.calendar()
    assert calendar.known_until() == d("2026-12-31")
    assert not calendar.is_work(d("2027-01-01"))
    found = due(d("2026-12-29"), THREE, calendar)  # ends on Friday 1 January 2027
    assert (found.on, found.provisional) == (d("2027-01-04"), True)


def test_a_holiday_announced_later_moves_a_date(prepared, make_unit, now):
    province = make_unit(level="province")
    rule = Rule(5, DayKind.WORKING)
    assert due(d("2027-02-02"), rule, reads.calendar()).on == d("2027-02-09")
    days = [SpecialDay(d("2027-02-05") + timedelta(days=n), False, "春节", "公告") for n in range(7)]
    days.append(SpecialDay(d("2027-02-14"), True, "春节调休上班", "公告"))
    changes = acts.set_days(unit=province, days=days, known=[2027], by=SYSTEM, at=now)
    assert [change.day for change in changes] == [
        d("2027-02-05"), d("2027-02-08"), d("2027-02-09"), d("2027-02-10"), d("2027-02-11"), d("2027-02-14"),
    ]  # fmt: skip
    found = due(d("2027-02-02"), rule, reads.calendar())
    assert (found.on, found.provisional) == (d("2027-02-15"), False)


def test_a_mistake_can_be_taken_back(prepared, make_unit, now):
    top = make_unit(level="province")
    day = d("2026-12-01")
    acts.set_days(unit=top, days=[SpecialDay(day, False, "测试假日")], by=SYSTEM, at=now)
    assert not reads.calendar().is_work(day)
    (change,) = acts.set_days(unit=top, days=[SpecialDay(day, True, "工作日")], by=SYSTEM, at=now)
    assert (change.was_work, change.is_work) == (False, True)
    assert reads.calendar().is_work(day)
    assert not Day.objects.filter(day=day).exists()
    assert acts.set_days(unit=top, days=[SpecialDay(day, True, "工作日")], by=SYSTEM, at=now) == []


def test_who_may_edit_the_calendar(prepared, make_unit, make_post, now):
    top = make_unit(level="province")
    below = make_unit(under=top)
    days = [SpecialDay(d("2026-12-01"), False, "测试假日")]
    admin = acting_as(make_post(top, "system_admin"), TODAY)
    assert acts.set_days(unit=top, days=days, by=admin, at=now)
    with pytest.raises(Refused, match="最上一级"):
        acts.set_days(unit=below, days=days, by=admin, at=now)
    for role in ("chair", "security_admin"):
        with pytest.raises(NotYours):
            acts.set_days(unit=top, days=days, by=acting_as(make_post(top, role), TODAY), at=now)


def test_bad_days_are_refused(prepared, make_unit, now):
    top = make_unit(level="province")
    with pytest.raises(Invalid) as error:
        acts.set_days(unit=top, days=[], known=[2028], by=SYSTEM, at=now)
    assert "2027" in error.value.fields["known"]
    with pytest.raises(Invalid):
        acts.set_days(unit=top, days=[SpecialDay(d("2027-02-05"), False, " ")], by=SYSTEM, at=now)


@pytest.mark.parametrize(
    ("on", "known", "said"),
    [
        ("2026-10-31", [2026], ""),
        ("2026-11-01", [2026], "2027"),
        ("2026-11-01", [2026, 2027], ""),
        ("2027-03-01", [2026], "2027"),
        ("2027-11-01", [2026], "2027、2028"),
    ],
)
def test_warning_from_november(db, on, known, said):
    for year in known:
        CalendarYear.objects.create(year=year, known=True, source="公告")
    warning = reads.warning(d(on))
    assert warning.startswith(f"{said} 年") if said else warning == ""


def test_an_empty_calendar_guesses_and_says_so(db):
    found = due(d("2026-11-18"), THREE, reads.calendar())
    assert (found.on, found.provisional) == (d("2026-11-23"), True)

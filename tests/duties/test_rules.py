"""Truth tables: periods, from when a duty is owed, what a figure means on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from huying.duties.rules import (
    WEEK,
    WEEKS_KEPT,
    Figure,
    Holder,
    Period,
    WorkingDays,
    first_owed,
    merged,
    needed,
    of_all,
    owed,
    owes,
    period_of,
    periods_of_year,
    recent_periods,
    standing_of,
    state_of,
)
from huying.mechanism.calendar import Calendar
from huying.mechanism.rules import ClauseRef, Duty
from huying.org.models import Level, Person, Unit

PLAIN = Calendar(special={}, years=frozenset(range(2020, 2031)))
Q4 = Period(date(2026, 10, 1), date(2027, 1, 1))


def duty(every: str = "quarter", who: str = "employer_union", times: int = 1) -> Duty:
    return Duty("x", "每季度一次", ClauseRef("MY-3.2.3a", "蒙会发", "三"), "", who, "y", times, every, "", "")


def unit(level: str = Level.ENTERPRISE, **fields) -> Unit:
    return Unit(level=level, name="厂", **{"opened_on": date(2020, 1, 1), **fields})


@pytest.mark.parametrize(
    ("months", "day", "label"),
    [
        (1, date(2026, 11, 20), "2026年11月"),
        (3, date(2026, 11, 20), "2026年第四季度"),
        (3, date(2026, 1, 1), "2026年第一季度"),
        (6, date(2026, 6, 30), "2026年上半年"),
        (6, date(2026, 7, 1), "2026年下半年"),
        (12, date(2026, 12, 31), "2026年"),
        (2, date(2026, 12, 31), "2026年11月至12月"),
    ],
)
def test_period_of_a_day(months: int, day: date, label: str) -> None:
    period = period_of(day, months)
    assert period.since <= day < period.until
    assert period.label == label


@pytest.mark.parametrize(("months", "n"), [(1, 12), (2, 6), (3, 4), (4, 3), (6, 2), (12, 1)])
def test_periods_fill_the_year_without_gaps(months: int, n: int) -> None:
    found = periods_of_year(2026, months)
    assert len(found) == n
    assert (found[0].since, found[-1].until) == (date(2026, 1, 1), date(2027, 1, 1))
    assert all(one.until == other.since for one, other in pairwise(found))


@pytest.mark.clause("MY-3.2.3a", "MY-4.1")
@pytest.mark.parametrize(
    ("who", "level", "own", "expected"),
    [
        ("employer_union", Level.ENTERPRISE, True, True),
        ("employer_union", Level.SUBSIDIARY, True, True),
        ("employer_union", Level.COUNTY, True, False),
        ("employer_union", Level.ENTERPRISE, False, False),
        ("employer_union", Level.WORKSHOP, True, False),
        ("union", Level.COUNTY, True, True),
        ("union", Level.TOWN, False, False),
    ],
)
def test_who_owes(who: str, level: str, own: bool, expected: bool) -> None:
    assert owes(duty(who=who), unit(level, has_union=own)) is expected


@pytest.mark.clause("MY-3.2.3a")
@pytest.mark.parametrize(
    ("opened", "closed", "adopted", "expected"),
    [
        (date(2020, 1, 1), None, date(2026, 9, 30), True),
        (date(2020, 1, 1), None, date(2026, 10, 1), True),
        (date(2020, 1, 1), None, date(2026, 10, 2), False),  # adopted within the quarter: from the next full one
        (date(2026, 10, 2), None, date(2026, 1, 1), False),  # founded within the quarter
        (date(2020, 1, 1), date(2026, 12, 31), date(2026, 1, 1), False),  # closed before it ended
        (date(2020, 1, 1), date(2027, 1, 1), date(2026, 1, 1), True),
        (date(2020, 1, 1), date(2026, 3, 1), date(2026, 1, 1), False),  # closed long ago
    ],
)
def test_which_quarter_counts(opened: date, closed: date | None, adopted: date, expected: bool) -> None:
    assert owed(duty(), Q4, unit(opened_on=opened, closed_on=closed), adopted) is expected


def test_first_full_quarter() -> None:
    assert first_owed(3, unit(), date(2026, 11, 20)).label == "2027年第一季度"
    assert first_owed(3, unit(), date(2026, 10, 1)).label == "2026年第四季度"
    assert first_owed(1, unit(opened_on=date(2026, 12, 5)), date(2026, 10, 1)).label == "2027年1月"


def test_what_is_owed_for_every_case_counts_from_the_day_of_adoption() -> None:
    month = Period(date(2026, 11, 1), date(2026, 12, 1))
    assert owed(duty("case"), month, unit(), date(2026, 11, 20))
    assert not owed(duty("case"), month, unit(), date(2026, 12, 1))
    assert not owed(duty("case"), month, unit(closed_on=date(2026, 11, 1)), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("need", "done", "missed", "on", "state"),
    [
        (0, 0, 0, date(2026, 11, 1), "nothing"),
        (1, 1, 0, date(2026, 11, 1), "met"),
        (1, 2, 0, date(2027, 5, 1), "met"),
        (1, 0, 0, date(2026, 12, 16), "open"),
        (1, 0, 0, date(2026, 12, 17), "soon"),
        (1, 0, 0, date(2026, 12, 31), "soon"),
        (1, 0, 0, date(2027, 1, 1), "missed"),
        (2, 1, 0, date(2027, 1, 1), "missed"),
        (5, 4, 1, date(2026, 11, 1), "missed"),
    ],
)
def test_what_a_figure_means(need: int, done: int, missed: int, on: date, state: str) -> None:
    assert state_of(need, done, missed, on, until=Q4.until, remind_on=date(2026, 12, 17)) == state


def test_little_time_is_counted_in_working_days() -> None:
    rows = {remind: standing_of(duty(), unit(), Q4, Figure(), date(2026, 12, 20), need=1, remind=remind, calendar=PLAIN)
            for remind in (5, 10)}  # fmt: skip
    assert (rows[10].remind_on, rows[10].state) == (date(2026, 12, 17), "soon")
    assert (rows[5].remind_on, rows[5].state) == (date(2026, 12, 24), "open")
    assert rows[10].due_on == date(2026, 12, 31)


def test_cases_are_needed_as_many_as_there_are() -> None:
    figure = Figure(done=3, missed=1, running=2, due_on=date(2026, 11, 24))
    row = standing_of(duty("case"), unit(), Period(date(2026, 11, 1), date(2026, 12, 1)), figure, date(2026, 11, 20),
                      need=1, remind=10, calendar=PLAIN)  # fmt: skip
    assert (row.need, row.done, row.left, row.state) == (6, 3, 3, "missed")
    assert row.due_on == date(2026, 11, 24)


# --- weeks -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "since", "label"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), "11月23日至29日"),
        (date(2026, 11, 29), date(2026, 11, 23), "11月23日至29日"),
        (date(2026, 12, 1), date(2026, 11, 30), "11月30日至12月6日"),
        (date(2027, 1, 1), date(2026, 12, 28), "12月28日至1月3日"),
    ],
)
def test_a_week_begins_on_monday(day: date, since: date, label: str) -> None:
    period = period_of(day, WEEK)
    assert (period.since, period.label) == (since, label)
    assert period.until - period.since == timedelta(days=7)


def test_weeks_of_a_year_follow_each_other_and_few_are_kept() -> None:
    weeks = periods_of_year(2026, WEEK)
    assert len(weeks) == 52
    assert all(one.until == other.since for one, other in pairwise(weeks))
    kept = recent_periods(date(2026, 11, 25), WEEK)
    assert (len(kept), kept[-1].since) == (WEEKS_KEPT, date(2026, 11, 23))


# --- persons -----------------------------------------------------------------------------------------------------------------

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
WEEKDAYS = 261  # of 2026, in a calendar without holidays


def holder(*spans: tuple[date, date], away: tuple[tuple[date, date], ...] = ()) -> Holder:
    return Holder(Person(name="崔明远"), spans, away)


def present(one: Holder, period: Period = YEAR) -> int:
    return WorkingDays(date(2026, 1, 1), date(2027, 1, 1), PLAIN).present(one, period)


def test_only_working_days_in_post_and_not_away_count() -> None:
    whole = (date(2020, 1, 1), date(2027, 6, 1))
    assert present(holder(whole)) == WEEKDAYS
    assert present(holder((date(2026, 7, 1), date(2027, 6, 1)))) == 132
    assert present(holder(whole, whole)) == WEEKDAYS, "two posts at once are one person"
    week = Period(date(2026, 11, 23), date(2026, 11, 30))
    assert present(holder(whole, away=((date(2026, 11, 25), date(2026, 11, 26)),)), week) == 3
    twice = ((date(2026, 11, 25), date(2026, 11, 26)), (date(2026, 11, 26), date(2026, 11, 29)))
    assert present(holder(whole, away=twice), week) == 2, "a day away is away once"
    assert present(holder((date(2026, 12, 1), date(2027, 1, 1))), week) == 0


def test_spans_that_touch_are_one() -> None:
    days = [date(2026, 1, day) for day in range(1, 9)]
    assert merged([(days[4], days[6]), (days[0], days[1]), (days[2], days[3])]) == [(days[0], days[6])]
    assert merged([(days[0], days[1]), (days[3], days[4])]) == [(days[0], days[1]), (days[3], days[4])]


@pytest.mark.parametrize(
    ("measure", "times", "present", "total", "need"),
    [
        ("days", 60, 261, 261, 120),
        ("days", 60, 132, 261, 61),  # 30.3 days, rounded up to half a day
        ("days", 60, 0, 261, 0),
        ("days", 0, 261, 261, 0),
        ("times", 1, 5, 5, 1),
        ("times", 1, 3, 5, 1),
        ("times", 1, 2, 5, 0),
        ("times", 2, 0, 0, 0),
    ],
)
def test_whoever_was_there_for_a_part_owes_a_part(
    measure: str, times: int, present: int, total: int, need: int
) -> None:
    assert needed(measure, times, present, total) == need


@pytest.mark.parametrize(
    ("who", "levels", "level", "falls"),
    [
        ("employer_union", (), Level.ENTERPRISE, True),
        ("employer_union", (), Level.COUNTY, False),
        ("upper_union", (), Level.COUNTY, True),
        ("upper_union", (), Level.ENTERPRISE, False),
        ("person", (), Level.ENTERPRISE, True),
        ("person", ("city", "county"), Level.COUNTY, True),
        ("person", ("city", "county"), Level.ENTERPRISE, False),
        ("person", ("province",), Level.COUNTY, False),
    ],
)
def test_on_which_units_a_duty_falls(who: str, levels: tuple[str, ...], level: str, falls: bool) -> None:
    assert owes(replace(duty("year", who), levels=levels), unit(level)) is falls


def test_for_the_whole_unit_people_are_counted() -> None:
    days = replace(duty("year", "person", 60), measure="days")
    ended = date(2027, 1, 4)
    rows = [
        replace(standing_of(days, unit(), YEAR, Figure(done=done), ended, need=120, remind=10, calendar=PLAIN),
                person=Person(name=name))
        for name, done in (("甲", 120), ("乙", 97), ("丙", 0))
    ]  # fmt: skip
    row = of_all(days, unit(), YEAR, rows)
    assert (row.need, row.done, row.missed, row.state, row.measure) == (3, 1, 2, "missed", "人")
    assert [one.person.name for one in row.people if one.person] == ["丙", "乙", "甲"], "who is furthest behind first"
    assert (rows[1].left, rows[1].measure, rows[1].halves) == (23, "天", True)

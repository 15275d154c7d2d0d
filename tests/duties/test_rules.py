"""Truth tables: periods, from when a duty is owed, what a figure means on a day."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from huying.duties.rules import (
    Figure,
    Period,
    first_owed,
    owed,
    owes,
    period_of,
    periods_of_year,
    standing_of,
    state_of,
)
from huying.mechanism.calendar import Calendar
from huying.mechanism.rules import ClauseRef, Duty
from huying.org.models import Level, Unit

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
    rows = {remind: standing_of(duty(), unit(), Q4, Figure(), date(2026, 12, 20), remind=remind, calendar=PLAIN)
            for remind in (5, 10)}  # fmt: skip
    assert (rows[10].remind_on, rows[10].state) == (date(2026, 12, 17), "soon")
    assert (rows[5].remind_on, rows[5].state) == (date(2026, 12, 24), "open")
    assert rows[10].due_on == date(2026, 12, 31)


def test_cases_are_needed_as_many_as_there_are() -> None:
    figure = Figure(done=3, missed=1, running=2, due_on=date(2026, 11, 24))
    row = standing_of(duty("case"), unit(), Period(date(2026, 11, 1), date(2026, 12, 1)), figure, date(2026, 11, 20),
                      remind=10, calendar=PLAIN)  # fmt: skip
    assert (row.need, row.done, row.left, row.state) == (6, 3, 3, "missed")
    assert row.due_on == date(2026, 11, 24)

"""Truth tables of records: how many days, what is late, what cannot both be true."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID, uuid4

import pytest

from huying.fieldwork.rules import FULL, HALF, Span, channel_for, clashes, days_of, is_late

MON, TUE, SAT = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 21)
ONE, TWO = uuid4(), uuid4()
SHOP, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], {}),
        ([(MON, MON, 240)], {MON: FULL}),
        ([(MON, MON, 239)], {MON: HALF}),
        ([(MON, MON, 120), (MON, MON, 120)], {MON: FULL}),  # two short visits make a day
        ([(MON, MON, 480), (MON, MON, 480)], {MON: FULL}),  # a day counts once
        ([(MON, TUE, 300)], {MON: FULL, TUE: FULL}),
        ([(MON, TUE, 100), (TUE, TUE, 140)], {MON: HALF, TUE: FULL}),
        ([(SAT, SAT, 400)], {SAT: FULL}),  # out on a Saturday is out
    ],
)
def test_days_count_once_and_short_ones_half(spans: list, expected: dict) -> None:
    assert days_of(spans, 240) == expected


@pytest.mark.parametrize(
    ("until", "written", "late"),
    [(MON, MON, False), (MON, date(2026, 11, 19), False), (MON, date(2026, 11, 20), True)],
)
def test_what_is_late(until: date, written: date, late: bool) -> None:
    assert is_late(until, written, 3) is late


def span(
    record: UUID = ONE, begins: time | None = time(9), minutes: int = 120, place: UUID = SHOP, **more: object
) -> Span:
    return Span(record, MON, more.get("until", MON), begins, minutes, place, more.get("where", ""))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (span(TWO, time(10), place=OTHER), ["two_places"]),
        (span(TWO, time(11), place=OTHER), []),  # the one ends as the other begins
        (span(TWO, time(10)), []),  # the same place twice is no contradiction
        (span(TWO, None, place=OTHER), []),  # nobody said when
        (span(TWO, None, 1400, place=OTHER), ["too_long"]),
        (span(TWO, time(10), 1400, place=OTHER), ["two_places", "too_long"]),
    ],
)
def test_what_cannot_both_be_true(other: Span, expected: list[str]) -> None:
    assert [clash.kind for clash in clashes([span(), other])] == expected


def test_a_record_of_several_days_clashes_on_its_day_only() -> None:
    found = clashes([span(until=TUE), span(TWO, time(9), place=OTHER)])
    assert [(clash.day, clash.records) for clash in found] == [(MON, frozenset({ONE, TWO}))]


@pytest.mark.parametrize(
    ("kind", "offered", "expected"),
    [
        ("reception", {"visit", "talk"}, "visit"),
        ("visit", {"visit", "talk"}, "talk"),
        ("reception", {"talk"}, "talk"),
        ("visit", {"relay"}, "relay"),
        ("visit", {"online"}, ""),
    ],
)
def test_how_what_was_heard_came_in(kind: str, offered: set[str], expected: str) -> None:
    assert channel_for(kind, offered) == expected

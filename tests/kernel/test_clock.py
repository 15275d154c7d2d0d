"""Days: the dates of the law notes, rolling on, pausing, the unknown year, and the words for all that."""

from datetime import date, timedelta

import pytest

from huying.kernel.clock import DayKind, Rule, StepKind, business_day_offset, due, explain


class Year2026:
    """What the State Council announced for 2026, as far as these tests cross it."""

    REST = {
        **{date(2026, 1, day): "元旦" for day in (1, 2, 3)},
        **{date(2026, 2, day): "春节" for day in range(15, 24)},
        **{date(2026, 9, day): "中秋节" for day in (25, 26, 27)},
        **{date(2026, 10, day): "国庆节" for day in range(1, 8)},
    }
    WORK = {
        date(2026, 2, 14): "春节调休",
        date(2026, 2, 28): "春节调休",
        date(2026, 9, 20): "国庆节调休",
        date(2026, 10, 10): "国庆节调休",
    }

    def is_work(self, day):
        return day in self.WORK or (day not in self.REST and day.weekday() < 5)

    def known_until(self):
        return date(2026, 12, 31)

    def name(self, day):
        return self.WORK.get(day) or self.REST.get(day, "")


CALENDAR = Year2026()
THREE = Rule(3, DayKind.CALENDAR, roll=True)
FIVE_WORKING = Rule(5, DayKind.WORKING)
FIFTEEN = Rule(15, DayKind.CALENDAR, roll=True)


def d(text):
    return date.fromisoformat(f"2026-{text}")


@pytest.mark.clause("MY-3.2.4a", "MY-3.2.4b")
@pytest.mark.parametrize(
    ("start", "three", "five", "fifteen"),
    [
        ("11-18", "11-23", "11-25", "12-03"),
        ("09-30", "10-08", "10-13", "10-15"),
        ("02-12", "02-24", "02-26", "02-27"),
        ("09-17", "09-20", "09-23", "10-08"),
    ],
)
def test_dates_of_the_law_notes(start, three, five, fifteen):
    assert due(d(start), THREE, CALENDAR).on == d(three)
    assert due(d(start), FIVE_WORKING, CALENDAR).on == d(five)
    assert due(d(start), FIFTEEN, CALENDAR).on == d(fifteen)


def test_without_rolling_a_rest_day_ends_it():
    assert due(d("11-18"), Rule(3, DayKind.CALENDAR), CALENDAR).on == d("11-21")


def test_ruler_has_one_last_day_and_every_day_once():
    found = due(d("09-30"), THREE, CALENDAR)
    assert [step.day for step in found.steps] == [d("09-30") + timedelta(days=n) for n in range(9)]
    assert [step.kind.value for step in found.steps] == [
        "start", "counted", "counted", "rolled", "rest", "rest", "rest", "rest", "last",
    ]  # fmt: skip
    assert found.steps[3].label == "第 3 日，逢休息"
    assert found.on == found.steps[-1].day


@pytest.mark.parametrize("rule", [THREE, FIVE_WORKING, FIFTEEN, Rule(1, DayKind.WORKING), Rule(40, DayKind.CALENDAR)])
def test_every_start_of_the_year_ends_rightly(rule):
    """Against a second, plainer way of counting."""
    for offset in range(330):
        start = date(2026, 1, 1) + timedelta(days=offset)
        if rule.kind is DayKind.CALENDAR:
            expected = start + timedelta(days=rule.days)
            while rule.roll and not CALENDAR.is_work(expected):
                expected += timedelta(days=1)
        else:
            after = (start + timedelta(days=n) for n in range(1, 100))
            expected = [day for day in after if CALENDAR.is_work(day)][rule.days - 1]
        found = due(start, rule, CALENDAR)
        assert found.on == expected
        assert [step.kind for step in found.steps].count(StepKind.LAST) == 1
        assert business_day_offset(start, 1, CALENDAR) == due(start, Rule(1, DayKind.WORKING), CALENDAR).on


def test_paused_days_do_not_count():
    pause = {d("11-19"), d("11-20")}
    found = due(d("11-18"), THREE, CALENDAR, pause)
    assert found.on == d("11-23")
    assert "其间暂停 2 天，不计。" in explain(found, THREE)
    assert due(d("11-18"), FIVE_WORKING, CALENDAR, pause).on == d("11-27")
    over_weekend = {d("11-20"), d("11-21"), d("11-22")}
    assert due(d("11-18"), FIVE_WORKING, CALENDAR, over_weekend).on == d("11-26")


def test_beyond_the_known_year_is_provisional():
    found = due(d("12-30"), THREE, CALENDAR)
    assert found.provisional
    assert "2027年的放假安排还没有公布" in explain(found, THREE)
    assert not due(d("12-28"), THREE, CALENDAR).provisional
    assert not due(d("12-30"), Rule(3, DayKind.CALENDAR), CALENDAR).provisional, "plain calendar days need no calendar"


@pytest.mark.parametrize(
    ("start", "rule", "words"),
    [
        ("11-17", THREE, "11月17日办结，当日不计；自然日 3 天，末日 11月20日 是工作日，不顺延。"),
        ("11-18", THREE, "11月18日办结，当日不计；自然日 3 天，末日 11月21日 是休息日（周六），顺延到 11月23日。"),
        ("09-30", THREE, "9月30日办结，当日不计；自然日 3 天，末日 10月3日 是休息日（国庆节），顺延到 10月8日。"),
        ("09-17", THREE, "9月17日办结，当日不计；自然日 3 天，末日 9月20日 是周日，但调休上班，不顺延。"),
        (
            "09-30",
            FIVE_WORKING,
            (
                "9月30日办结，当日不计；工作日 5 天，末日 10月13日。"
                "途中休息日 8 天不计（含国庆节 10月1日至10月7日）。10月10日 调休上班，照计。"
            ),
        ),
        ("11-18", FIVE_WORKING, "11月18日办结，当日不计；工作日 5 天，末日 11月25日。途中休息日 2 天不计。"),
    ],
)
def test_words(start, rule, words):
    assert explain(due(d(start), rule, CALENDAR), rule, "办结") == words


def test_reminders_go_backwards_over_rest_days():
    assert business_day_offset(d("10-08"), -1, CALENDAR) == d("09-30")
    assert business_day_offset(d("10-12"), -1, CALENDAR) == d("10-10")
    assert business_day_offset(d("10-03"), 0, CALENDAR) == d("10-03")


def test_a_limit_has_at_least_one_day():
    with pytest.raises(ValueError, match="at least one day"):
        Rule(0, DayKind.CALENDAR)

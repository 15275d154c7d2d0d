"""Reading the wording of a holiday announcement into a proposal."""

from __future__ import annotations

from datetime import date

import pytest
from chinese_calendar.constants import holidays, workdays

from huying.mechanism.reads import announcement

WORDING_2025 = """关于2025年部分节假日安排的通知
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
节假日期间，各单位要妥善安排好值班工作。"""


@pytest.mark.parametrize(
    "wording",
    [
        WORDING_2025,
        WORDING_2025.replace("\n", ""),
        WORDING_2025.replace("（", " (").replace("）", ") ").replace("：", ": ").replace("周", "星期"),
    ],
    ids=["lines", "one paragraph", "other marks"],
)
def test_a_whole_year_is_read_as_the_library_knows_it(wording: str) -> None:
    found = announcement(wording, 2031)
    assert (found.year, found.complete, found.doubts) == (2025, True, ())
    assert {one.day for one in found.days if not one.is_work} == {day for day in holidays if day.year == 2025}
    assert {one.day for one in found.days if one.is_work} == {day for day in workdays if day.year == 2025}


def test_one_line_is_read_but_does_not_make_a_year() -> None:
    said = "国庆节：10月1日至7日放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"
    found = announcement(said, 2026)
    assert [one.day for one in found.days if one.is_work] == [date(2026, 9, 20), date(2026, 10, 10)]
    assert {one.name for one in found.days} == {"国庆节", "国庆节调休上班"}
    assert not found.complete
    assert "元旦" in found.doubts[0]


def test_a_holiday_may_begin_in_the_year_before() -> None:
    found = announcement("元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)
    assert [one.day for one in found.days] == [date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2)]


def test_advice_settles_nothing() -> None:
    said = "春节：2月10日至17日放假调休，共8天。2月4日、2月18日上班。鼓励各单位安排职工在除夕（2月9日）休息。"
    assert date(2024, 2, 9) not in [one.day for one in announcement(said, 2024).days]


@pytest.mark.parametrize(
    ("wording", "doubt"),
    [
        ("春节：2月10日至17日放假调休，共9天。", "共 9 天，读出来是 8 天"),
        ("春节：2月4日（星期六）上班。2月10日放假。", "是周日，文中写的是周六"),
        ("春节：2月30日放假。", "不是一个日子"),
        ("春节：2月17日至10日放假。", "前后不合"),
        ("春节：2月10日休市。", "没有读懂"),
    ],
)
def test_what_does_not_fit_is_said(wording: str, doubt: str) -> None:
    found = announcement(wording, 2024)
    assert any(doubt in one for one in found.doubts)
    assert not found.complete


@pytest.mark.parametrize("wording", ["", "随便写几个字", "：：：", "1月1日", "共天"])
def test_nothing_is_read_from_something_else(wording: str) -> None:
    assert announcement(wording, 2027).days == ()

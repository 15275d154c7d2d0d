"""Titles proposed from what somebody said."""

import pytest

from huying.cases.reads import summary_proposal
from huying.cases.rules import LONGEST_TITLE, title_from
from tests.factories import world as make

LONG = "三班倒的夜班补贴从去年六月起一直没有按新标准发到手里" * 3


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("食堂夜宵饭凉", "食堂夜宵饭凉"),
        ("关于宿舍热水的问题\n三层热水器坏了一周，没有人修。", "关于宿舍热水的问题"),
        (
            "食堂夜宵窗口九点半以后饭是凉的，大家下夜班都吃不上热饭，已经说过两次了。",
            "食堂夜宵窗口九点半以后饭是凉的，大家下夜班都吃不上热饭",
        ),
        (
            "尊敬的领导：您好！车间的排风扇坏了半个月没有人来修，夏天里面闷得站不住人，要出事。",
            "车间的排风扇坏了半个月没有人来修，夏天里面闷得站不住人",
        ),
        ("尊敬的工会领导：\n宿舍没有热水。", "宿舍没有热水"),
        ("主席台的灯坏了", "主席台的灯坏了"),
        (LONG, LONG[:29] + "…"),
        (f"{LONG}\n再说一件", LONG[:29] + "…"),
    ],
)
def test_a_title_is_a_heading_or_the_opening(words, title):
    assert title_from(words) == title
    assert len(title_from(words)) <= LONGEST_TITLE


def test_a_heading_is_not_said_again_in_the_summary(world):
    case = make.said(world)
    said = "宿舍热水的问题\n三层热水器坏了一周，没有人修。"
    assert summary_proposal(case, [said]) == ("宿舍热水的问题", "三层热水器坏了一周，没有人修。")
    assert summary_proposal(case, [said, "我也一样。"]) == ("宿舍热水的问题", f"{said}\n\n我也一样。")

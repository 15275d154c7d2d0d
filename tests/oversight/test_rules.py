"""Rules of reports and assessment: periods, points, thresholds, words; pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from huying.kernel.errors import Invalid
from huying.oversight.rules import (
    ITEMS,
    DutyFact,
    Group,
    Named,
    Picture,
    Promise,
    Step,
    checked_body,
    draft,
    gaps,
    measured,
    period_called,
    periods_near,
    points_of,
    standing_of,
    table,
    total,
    words_of_mending,
)

QUARTER = period_called("2026Q3")


def duty(state: str, label: str = "每季度一次协商会议", **more: Any) -> DutyFact:
    fields = {"code": "m", "badge": "蒙会发〔2017〕21号 三(二)3", "period": "2026年第三季度", "need": 1, "done": 0,
              "due_on": "2026-09-30", **more}  # fmt: skip
    return DutyFact(label=label, state=state, **fields)


def picture(**given: Any) -> Picture:
    """A quarter in which everything happened."""
    fields: dict[str, Any] = {
        "unit": "山泉机械有限公司工会", "whose": "本单位", "as_of": "2026-11-20", "received": 40,
        "classes": (Named("rights", "职工权益和困难", 30), Named("suggestion", "合理化建议", 10)),
        "channels": (Named("online", "网络", 40),), "open": 10, "closed": 30,
        "states": (Named("handling", "办理中", 10), Named("archived", "已归档", 24), Named("rated", "待归档", 6)),
        "steps": (Step("item", "办理", 18, 6, 10),), "returned": 5, "reopened": 0, "climbed": 8,
        "groups": (Group("asker", "诉求提出者", 20, 5, 16, 10, 6, 0),),
        "duties": (duty("met"), duty("missed", "报告党组织"), duty("soon", "每季度一次协商会议", due_on="2026-12-31")),
        "meetings": 1, "agreed": 3,
        "promises": (Promise("〔2026〕1号", "末班车恢复 22:40。", "行政保障部", "2026-12-01", late=False),), "smallest": 5,
    }  # fmt: skip
    return Picture(**{**fields, **given})


# --- periods ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "label", "since", "until"),
    [
        ("2026Q1", "2026年第一季度", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026Q4", "2026年第四季度", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028Q1", "2028年第一季度", date(2028, 1, 1), date(2028, 3, 31)),
        ("2026H1", "2026年上半年", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026H2", "2026年下半年", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", "2026年度", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_its_days(code, label, since, until) -> None:
    found = period_called(code)
    assert (found.label, found.since, found.until) == (label, since, until)


@pytest.mark.parametrize("code", ["", "2026Q5", "2026Q0", "2026H3", "1999", "2026Q1 ", "20261", "二〇二六"])
def test_anything_else_is_no_period(code) -> None:
    with pytest.raises(Invalid):
        period_called(code)


@pytest.mark.parametrize(
    ("today", "codes"),
    [
        (date(2026, 11, 20), ["2026Q3", "2026Q4", "2026H1", "2026H2", "2025", "2026"]),
        (date(2026, 1, 1), ["2025Q4", "2026Q1", "2025H2", "2026H1", "2025", "2026"]),
        (date(2026, 7, 1), ["2026Q2", "2026Q3", "2026H1", "2026H2", "2025", "2026"]),
    ],
)
def test_the_periods_near_a_day(today, codes) -> None:
    assert [one.code for one in periods_near(today)] == codes


# --- points -------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-4.2")
@pytest.mark.parametrize(
    ("weight", "part", "of", "points"),
    [
        (20, 0, 4, "0.0"),
        (20, 4, 4, "20.0"),
        (20, 3, 4, "15.0"),
        (10, 1, 3, "3.3"),
        (10, 2, 3, "6.7"),
        (5, 1, 4, "1.3"),  # 1.25 goes up
        (20, 0, 0, None),  # nothing to measure
        (20, None, None, None),  # not shown
        (20, None, 9, None),
    ],
)
def test_points_are_a_plain_share_of_the_weight(weight, part, of, points) -> None:
    assert points_of(weight, part, of) == (None if points is None else Decimal(points))


@pytest.mark.clause("MY-4.2")
@pytest.mark.parametrize(
    ("lines", "score"),
    [
        ([(20, "20"), (80, "80")], "100.0"),
        ([(20, "10"), (80, None)], "50.0"),  # what cannot be measured counts neither way
        ([(30, "10"), (60, "20")], "33.3"),
        ([(20, "0"), (10, "0")], "0.0"),
        ([(20, None)], None),
        ([], None),
    ],
)
def test_the_score_is_of_what_could_be_measured(lines, score) -> None:
    given = [(weight, None if points is None else Decimal(points)) for weight, points in lines]
    assert total(given) == (None if score is None else Decimal(score))


def test_each_item_measures_what_it_says() -> None:
    found = {one.item.code: (one.part, one.of) for one in measured(picture(), lambda code: 10)}
    assert found == {
        "duties": (1, 2), "accept": (0, 0), "item": (18, 24), "report": (0, 0), "tell": (0, 0), "satisfied": (10, 16),
        "surveyed": (20, 25), "ledger": (24, 30), "reopened": (40, 40), "returned": (35, 40),
    }  # fmt: skip


def test_an_item_without_weight_is_not_assessed() -> None:
    found = measured(picture(), lambda code: 0 if code == "assess_duties" else 10)
    assert [one.item.code for one in found] == [item.code for item in ITEMS if item.code != "duties"]


@pytest.mark.parametrize(
    ("code", "hidden"),
    [
        ("item", {"steps": (Step("item", "办理", 18, None, 10),)}),
        ("satisfied", {"groups": (Group("asker", "诉求提出者", 20, 0, None, None, None, None),)}),
        ("surveyed", {"groups": (Group("asker", "诉求提出者", None, None, None, None, None, None),)}),
        ("ledger", {"states": (Named("archived", "已归档", None),)}),
        ("reopened", {"reopened": None}),
        ("returned", {"received": None}),
    ],
)
def test_what_is_not_shown_gives_no_points(code, hidden) -> None:
    found = {one.item.code: one.points for one in measured(picture(**hidden), lambda _: 10)}
    assert found[code] is None


# --- thresholds ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-4.2")
@pytest.mark.parametrize(
    ("closed", "score", "missed", "why"),
    [
        (True, "80.0", 0, []),
        (True, "79.9", 0, ["得 79.9 分，不到 80 分"]),
        (True, "95.0", 1, ["有 1 项履职要求没有做到，最多 0 项"]),
        (False, "95.0", 0, ["考核表还没有定下"]),
        (True, None, 0, ["没有可以计分的事项"]),
        (False, "10.0", 2, ["考核表还没有定下", "得 10.0 分，不到 80 分", "有 2 项履职要求没有做到，最多 0 项"]),
    ],
)
def test_who_may_be_proposed_and_why_not(closed, score, missed, why) -> None:
    found = standing_of(closed=closed, score=Decimal(score) if score else None, missed=missed, least=80, most_missed=0)
    assert (list(found.why), found.qualifies) == (why, not why)


# --- words --------------------------------------------------------------------------------------------------------------


def text_of(body: dict[str, Any]) -> str:
    return "\n".join(f"{one['heading']}\n{one['text']}" for one in body["sections"])


@pytest.mark.clause("MY-4.1")
def test_a_draft_says_every_figure_and_leaves_reasons_to_a_person() -> None:
    body = draft(picture(), QUARTER)
    assert [one["heading"] for one in body["sections"]] == [
        "基本情况", "协商会议和事项办理", "职工满意度", "没有办结的和原因", "下一步",
    ]  # fmt: skip
    text = text_of(body)
    for words in ("2026年第三季度（7月1日至9月30日）", "共收到职工诉求和建议40件", "职工权益和困难30件、合理化建议10件",
                  "召开协商会议1次，纪要定下协商事项3项", "办理到期24件，按时18件", "部门退回5件、上报上级8件",
                  "到期的履职要求2项，做到1项", "没有做到的：报告党组织（应1，实际0）",
                  "问到20人，没有问到5人，收到16人的评价，其中满意10人、基本满意6人、不满意0人", "还没有办结的10件：办理中10件",
                  "办理超期6件", "1. 末班车恢复 22:40。行政保障部承办，2026年12月1日前办结（〔2026〕1号纪要）",
                  "每季度一次协商会议，2026年12月31日前完成", "数字截至2026年11月20日"):  # fmt: skip
        assert words in text
    assert gaps(body) == ["【请写明没有办结的原因】", "【请写明下一步打算】"]


def test_few_are_said_to_be_few_and_not_how_few() -> None:
    seen = picture(
        received=12, classes=(Named("rights", "职工权益和困难", 12), Named("suggestion", "合理化建议", None)), open=None,
        states=(Named("handling", "办理中", None),), groups=(Group("asker", "诉求提出者", 6, 0, 4, None, None, None),),
    )  # fmt: skip
    text = text_of(draft(seen, QUARTER))
    assert "职工权益和困难12件、其余件数少的不列出" in text
    assert "合理化建议" not in text
    assert "还没有办结的件数少，不列出" in text
    assert "满意4" not in text
    assert "None" not in text
    assert "None" not in "".join(row.label + row.figure for block in table(seen) for row in block.rows)


def test_a_quarter_in_which_nothing_happened_reads_well() -> None:
    empty = picture(received=0, classes=(), channels=(), open=0, closed=0, states=(), steps=(), returned=0, climbed=0,
                    groups=(), duties=(), meetings=0, agreed=0, promises=())  # fmt: skip
    text = text_of(draft(empty, QUARTER))
    for words in ("没有收到职工诉求和建议", "没有召开协商会议", "没有到期的满意度测评", "收到的都已办结"):
        assert words in text


def test_what_corrects_or_withdraws_says_so_first() -> None:
    body = draft(picture(), QUARTER)
    correction = words_of_mending("correction", "〔2026〕2号", "报告", "数字有误", body)
    assert correction["sections"][0]["text"] == "本报告更正〔2026〕2号《报告》，以本报告为准。更正的原因：数字有误。"
    assert correction["sections"][1:] == body["sections"]
    withdrawal = words_of_mending("withdrawal", "〔2026〕2号", "报告", "数字有误。", body)
    assert [one["text"] for one in withdrawal["sections"]] == ["现撤回〔2026〕2号《报告》。撤回的原因：数字有误。"]


@pytest.mark.parametrize(
    ("sections", "field"),
    [
        ([], "text-0"),
        ([{"heading": "一", "text": " "}], "text-0"),
        ([{"heading": "一", "text": "有"}, {"heading": "", "text": "有"}], "heading-1"),
        ([{"heading": "题" * 41, "text": "有"}], "heading-0"),
        ([{"heading": "一", "text": "字" * 20_001}], "text-0"),
    ],
)
def test_a_body_that_is_empty_or_too_long_is_refused_beside_its_field(sections, field) -> None:
    with pytest.raises(Invalid) as caught:
        checked_body({"sections": sections})
    assert field in caught.value.fields


def test_figures_come_back_as_they_were_kept() -> None:
    assert Picture.of(picture().plain()) == picture()

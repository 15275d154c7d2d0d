"""职工诉求业务办理流程图, annex 2: it is drawn from the table that runs, and from nothing else."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from docx import Document

from huying.cases.lifecycle import CASE, FLOW
from huying.handling.lifecycle import ITEM
from huying.kernel.lifecycle import Lifecycle, State, Step
from huying.ledger.form2 import Inside, chart, form2_docx, form2_pdf
from tests.papers.measure import texts

WHOLE = chart(CASE, FLOW, inside=Inside("handling", ITEM))


def word_text(raw: bytes) -> str:
    paper = Document(io.BytesIO(raw))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


@pytest.mark.clause("MY-A2")
def test_every_state_and_every_way_of_the_table_stands_in_it() -> None:
    (text,) = texts(form2_pdf(WHOLE))
    word = "".join(word_text(form2_docx(WHOLE)).split())
    for drawn in (text, word):
        for name, codes in FLOW:
            assert name in drawn
            assert all(CASE.by_code[code].staff in drawn for code in codes)
        assert all(state.staff in drawn for state in CASE.states)
        moving = [step for step in CASE.steps if step.target is not None]
        assert [step.label for step in moving if step.label not in drawn] == []
        assert all(state.staff in drawn for state in ITEM.states)
        asked = [step for step in ITEM.steps if step.target is not None and step.may]
        assert [step.label for step in asked if step.label not in drawn] == []
        assert "目前" not in drawn


@pytest.mark.clause("MY-A2")
@pytest.mark.parametrize("code", [state.code for state in CASE.states])
def test_the_present_step_is_marked_and_only_that(code: str) -> None:
    here = chart(CASE, FLOW, here=code, number="甲〔2026〕1号")
    lit = [box.code for stage in here.stages for box in stage.boxes if box.here] + (
        [here.end.code] if here.end.here else []
    )
    assert lit == [code]
    assert here.here == CASE.by_code[code].staff
    text = "".join(texts(form2_pdf(here)))
    assert text.count("目前在这里") == 1
    assert f"目前：{here.here}" in text
    assert "【" in word_text(form2_docx(here))


@pytest.mark.clause("MY-A2")
def test_another_table_gives_another_chart() -> None:
    """Nobody can keep an old drawing: a new state, a new act, an act taken away, all show."""
    later = State("frozen", "暂缓办理", "暂缓", "工会")
    steps = tuple(step for step in CASE.steps if step.act != "settle")
    freeze = Step("freeze", "暂缓", ("handling",), "frozen", may="approve", needs=("reason",))
    changed = Lifecycle(name="case", start="registered", states=(*CASE.states, later), steps=(*steps, freeze))
    flow = [(name, (*codes, "frozen") if "handling" in codes else codes) for name, codes in FLOW]
    before, after = "".join(texts(form2_pdf(WHOLE))), "".join(texts(form2_pdf(chart(changed, flow))))
    assert "暂缓办理" in after
    assert "办理中→暂缓办理：暂缓" in after
    assert "工会直接办理" in before
    assert "工会直接办理" not in after
    assert "暂缓办理" not in before


def test_where_each_act_leads_is_said_in_words() -> None:
    by_name = {stage.name: stage for stage in WHOLE.stages}
    assert by_name["受理"].onward == ("受理",)
    assert "不予受理，办理结束" in by_name["受理"].also
    assert "已受理，待交办 → 协商中：列为协商议题" in by_name["交办"].also
    assert "工会直接办理：直接到“待告知”" in by_name["交办"].also
    assert "退回补办：回到“办理中”" in by_name["告知职工"].also
    assert by_name["归档"].onward == ("归档",)
    assert WHOLE.end.code == "archived"
    assert any("撤回" in one for one in WHOLE.anytime)


def test_limits_stand_in_the_stage_that_must_keep_them() -> None:
    limits = {"accept": "受理：收到后 5 日内", "report": "书面反馈：办结后 3 日内", "tell": "告知：3 日内"}
    found = {
        stage.name: stage.limits
        for stage in chart(CASE, FLOW, inside=Inside("handling", ITEM), limits=limits).stages
        if stage.limits
    }
    assert found == {
        "受理": (limits["accept"],),
        "办理和反馈": (limits["report"],),
        "告知职工": (limits["tell"],),
    }


def test_the_general_chart_is_blank_and_names_its_issuer() -> None:
    text = "".join(texts(form2_pdf(replace(WHOLE, issuer="甲机械公司工会"))))
    assert "编号：" not in text
    assert "甲机械公司工会" in text

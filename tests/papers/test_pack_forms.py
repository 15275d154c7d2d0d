"""The printed forms and the packs say the same: a form has the fields its pack names, no more and no fewer."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from huying.mechanism.reads import rules_for
from tests.desk.browser import as_

pytestmark = pytest.mark.django_db

RECORD = ("受理方式", "编号", "受理时间", "受理类别", "诉求人", "单位", "电话", "诉求内容", "诉求办理意见",
          "职能部门意见（解决措施）")  # fmt: skip
BOXES = ("谈话", "电话", "转达", "网络")


def printed(world: Any, form: str) -> str:
    """A blank form as it comes out of the printer, without spaces and line ends."""
    body = as_(world, "officer").get(reverse("desk:blank", args=[form, "pdf"])).content
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(body)).pages)


@pytest.mark.clause("MY-A1")
def test_the_record_has_the_fields_of_annex_1(world: Any) -> None:
    form = rules_for(world.plant, world.now.date()).form("record")
    text = printed(world, "form1")
    assert form.clause.id == "MY-A1"
    assert form.label in text
    assert tuple(field.label for field in form.fields) == RECORD
    for label in RECORD:  # the long ones stand upright, in pieces
        assert all(part in text for part in (label[:4], label[-3:].strip("）")))


@pytest.mark.clause("MY-A1")
def test_the_boxes_of_the_record_are_those_of_annex_1(world: Any) -> None:
    rules = rules_for(world.plant, world.now.date())
    boxes = rules.options(rules.form("record").fields[0].options)
    assert tuple(one.label for one in boxes.choices) == BOXES
    text = printed(world, "form1")
    line = text[text.index("受理方式") :][:40]
    assert [line.index(label) for label in BOXES] == sorted(line.index(label) for label in BOXES)
    assert {channel.box for channel in rules.all_channels()} == {one.code for one in boxes.choices}


@pytest.mark.clause("MY-A2")
def test_the_chart_is_called_what_annex_2_calls_it(world: Any) -> None:
    form = rules_for(world.plant, world.now.date()).form("flow")
    assert (form.clause.id, form.fields) == ("MY-A2", ())
    assert form.label in printed(world, "form2")


@pytest.mark.clause("MY-A3")
def test_the_progress_sheet_has_the_fields_of_annex_3(world: Any) -> None:
    rules = rules_for(world.plant, world.now.date())
    form, text = rules.form("progress"), printed(world, "form3")
    assert form.clause.id == "MY-A3"
    assert [field.label for field in form.fields] == ["跟踪时间", "进展", "受理结果反馈"]
    states = rules.options(form.fields[1].options)
    assert states.clause.id == "MY-A3"
    assert [one.label for one in states.choices] == ["已完成", "正在进行中", "不具备条件无法执行"]
    assert all(
        words in text for words in (form.label, "跟踪时间", "受理结果反馈", *(one.label for one in states.choices))
    )


@pytest.mark.clause("MY-A4")
def test_the_survey_sheet_has_the_fields_and_ways_of_annex_4(world: Any) -> None:
    rules = rules_for(world.plant, world.now.date())
    form = rules.form("survey")
    assert form.clause.id == "MY-A4"
    assert [field.label for field in form.fields] == [
        "调查方式",
        "诉求满意度",
        "诉求督办人",
        "满意度调查时间",
        "工会审阅反馈",
    ]
    ways = rules.options(form.fields[0].options)
    assert (ways.clause.id, [one.label for one in ways.choices]) == (
        "MY-A4",
        ["电话回访", "网络或问卷调查", "现场答复"],
    )
    assert [grade.label for grade in rules.scale(form.fields[1].options).grades] == [
        "非常满意",
        "满意",
        "基本满意",
        "不满意",
    ]

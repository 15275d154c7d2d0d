"""Pack files: the shipped ones are complete, and every complaint names file, line and clause."""

from pathlib import Path

import pytest

from huying.mechanism.pack_file import SHIPPED, PackError, digest, read, read_shipped, shipped

HEAD = """pack: try
title: 试
issuer: 试
number: 试〔2020〕1号
date: "2020"
clauses:
  - {id: T-1, at: 一, kind: flow, summary: 试}
"""
CLOCK = "{code: report, clause: T-1, label: 反馈, what: 反馈, days: 3, kind: calendar, starts: 办结, stops: 反馈}"


def body(code):
    return next(found for found in map(read_shipped, shipped()) if found["pack"] == code)


def row(section, code):
    return next(found for found in body("mengyin-2017-21")[section] if found["code"] == code)


CLAUSES = {
    "MY-2.1", "MY-2.2", "MY-2.3", "MY-3.1", "MY-3.2", "MY-3.2.1", "MY-3.2.2", "MY-3.2.3a", "MY-3.2.3b", "MY-3.2.3c",
    "MY-3.2.3d", "MY-3.2.4a", "MY-3.2.4b", "MY-3.2.4c", "MY-3.2.4d", "MY-3.2.4e", "MY-3.2.5a", "MY-3.2.5b", "MY-3.2.5c",
    "MY-3.2.6", "MY-4.1", "MY-4.2", "MY-4.3", "MY-A1", "MY-A2", "MY-A3", "MY-A4",
}  # fmt: skip


def test_every_clause_of_the_document_is_there():
    marked = CLAUSES
    assert {clause["id"] for clause in body("mengyin-2017-21")["clauses"]} == marked


@pytest.mark.parametrize(("code", "clause"), [("report", "MY-3.2.4a"), ("tell", "MY-3.2.4b")])
def test_three_days(code, clause):
    clock = row("clocks", code)
    assert (clock["days"], clock["kind"], clock["roll"], clock["clause"]) == (3, "calendar", True, clause)
    assert "本机制包的选择" in clock["note"], "the document does not say which days; the pack says that it chose"


def test_a_meeting_each_quarter():
    duty = row("duties", "meeting_each_quarter")
    assert (duty["times"], duty["every"], duty["clause"]) == (1, "quarter", "MY-3.2.3a")


def test_both_scales_with_what_counts_as_satisfied():
    three, four = row("scales", "three"), row("scales", "four")
    assert [grade["label"] for grade in three["grades"]] == ["满意", "基本满意", "不满意"]
    assert [grade["label"] for grade in four["grades"]] == ["非常满意", "满意", "基本满意", "不满意"]
    assert [grade["counts_as"] for grade in four["grades"]] == ["satisfied", "satisfied", "basic", "unsatisfied"]


def test_four_classes_and_only_notices_have_no_worker():
    classes = body("mengyin-2017-21")["categories"]
    assert [(c["code"], c["has_worker"]) for c in classes] == [
        ("rights", True), ("suggestion", True), ("notice", False), ("other", True),
    ]  # fmt: skip


def test_lists_of_the_document():
    found = body("mengyin-2017-21")
    assert [seat["code"] for seat in found["roles"]] == [
        "union_head",
        "management_head",
        "delegates",
        "department_head",
    ]
    assert [seat["code"] for seat in found["roles"] if seat["per_topic"]] == ["department_head"]
    item = [choice["code"] for choice in row("needs", "item")["choices"]]
    assert item == ["measure", "deadline", "department", "person"]
    assert len(row("options", "survey_groups")["choices"]) == 3
    progress = [choice["label"] for choice in row("options", "progress")["choices"]]
    assert progress == ["已完成", "正在进行中", "不具备条件无法执行"]


def test_official_forms_and_fields():
    forms = {form["title"]: [field["label"] for field in form["fields"]] for form in body("mengyin-2017-21")["forms"]}
    assert forms == {
        "职工诉求记录表": [
            "受理方式", "编号", "受理时间", "受理类别", "诉求人", "单位", "电话", "诉求内容", "诉求办理意见", "职能部门意见（解决措施）",
        ],
        "职工诉求业务办理流程图": [],
        "职工诉求工作进展情况跟踪表": ["跟踪时间", "进展", "受理结果反馈"],
        "职工诉求满意度调查表": ["调查方式", "诉求满意度", "诉求督办人", "满意度调查时间", "工会审阅反馈"],
    }  # fmt: skip


def test_second_level_categories_stand_under_the_classes_of_the_document():
    classes = {row["code"] for row in body("mengyin-2017-21")["categories"]}
    assert {row["parent"] for row in body("house")["categories"] if row["parent"]} <= classes


def test_digest_does_not_depend_on_order_of_keys():
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1}) != digest({"a": 1, "b": [3]})


def test_every_shipped_file_is_read():
    assert {path.name for path in shipped()} == {path.name for path in Path(SHIPPED).iterdir()}


@pytest.mark.parametrize(
    ("tail", "line", "clause", "said"),
    [
        (f"clocks:\n  - {CLOCK}\n  - {CLOCK}\n", 10, "T-1", "代码“report”重复"),
        (f"clocks:\n  - {CLOCK.replace('T-1', 'T-9')}\n", 9, "T-9", "没有编号为“T-9”的条款"),
        (f"clocks:\n  - {CLOCK.replace('what', 'whta')}\n", 9, "", "不认识的键“whta”"),
        (f"clocks:\n  - {CLOCK.replace('days: 3, ', '')}\n", 9, "T-1", "缺少 days"),
        (f"clocks:\n  - {CLOCK.replace('days: 3', 'days: 三')}\n", 9, "T-1", "days 应该是整数，写成了“三”"),
        (f"clocks:\n  - {CLOCK.replace('days: 3', 'days: 0')}\n", 9, "T-1", "至少是 1"),
        (f"clocks:\n  - {CLOCK.replace('days: 3', 'days: -3')}\n", 9, "T-1", "应该是整数"),
        (f"clocks:\n  - {CLOCK.replace('calendar', 'lunar')}\n", 9, "T-1", "只能是 calendar、working"),
        (f"clocks:\n  - {CLOCK.replace('days: 3', 'roll: 是, days: 3')}\n", 9, "T-1", "true 或 false"),
        (f"clocks:\n  - {CLOCK.replace('code: report', 'code: 反馈')}\n", 9, "T-1", "只能用小写字母"),
        (f"clocks:\n  - {CLOCK.replace('label: 反馈', 'label: [反馈]')}\n", 9, "T-1", "不是列表或表"),
        ("clocks: 3\n", 8, "", "应该是列表"),
        ("clocks:\n  - 3\n", 9, "", "键: 值"),
        ("clokcs: []\n", 8, "", "不认识的键“clokcs”"),
        ("title: 又一次\n", 8, "", "写了两次"),
        ("clocks: [\n", 9, "", "不是合格的 YAML"),
        ("counts:\n  - {code: a, clause: T-1, label: 数, what: 数, measure: 次}\n", 9, "T-1", "at_least 和 at_most"),
        (
            "counts:\n  - {code: a, clause: T-1, label: 数, what: 数, measure: 次, at_least: 1, at_most: 2}\n",
            9, "T-1", "只写一个",
        ),
        ("categories:\n  - {code: a, clause: T-1, label: 类, parent: b}\n", 9, "T-1", "不是前面已写的一级类别"),
        ("scales:\n  - {code: a, clause: T-1, label: 档, grades: []}\n", 9, "T-1", "至少要有一个选项"),
        (
            ("scales:\n  - code: a\n    clause: T-1\n    label: 档\n    grades:\n"
            "      - {code: x, label: 好, counts_as: satisfied}\n      - {code: x, label: 坏, counts_as: basic}\n"),
            14, "T-1", "代码“x”重复",
        ),
        (
            "forms:\n  - code: a\n    clause: T-1\n    title: 表\n    fields:\n      - {code: x, label: 栏, options: nil}\n",
            13, "T-1", "不在 scales 或 options 里",
        ),
        ("duties:\n  - {code: a, clause: T-1, label: 会, what: 会, who: union, of: m, times: 1, every: fortnight}\n", 9, "T-1", "只能是"),
        ("duties:\n  - {code: a, clause: T-1, label: 会, what: 会, who: union, of: m, times: 1, every: months}\n", 9, "T-1", "由哪个数目"),
    ],
)  # fmt: skip
def test_complaints_name_file_line_and_clause(tail, line, clause, said):
    with pytest.raises(PackError) as error:
        read(HEAD + tail, "try.yaml")
    assert (error.value.file, error.value.line, error.value.clause) == ("try.yaml", line, clause)
    assert said in error.value.message
    assert str(error.value).startswith(f"try.yaml 第 {line} 行")


def test_clauses_are_wanted_and_unique():
    with pytest.raises(PackError, match="缺少 clauses"):
        read(HEAD.split("clauses:", maxsplit=1)[0], "try.yaml")
    with pytest.raises(PackError, match="条款编号“T-1”重复"):
        read(HEAD + "  - {id: T-1, at: 二, kind: flow, summary: 试}\n", "try.yaml")
    with pytest.raises(PackError, match="文件是空的"):
        read("# nothing\n", "try.yaml")

"""What the document lists, on the pages where people choose or look it up."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from huying.mechanism.reads import rules_for
from tests.desk.browser import address, as_, page
from tests.factories import world as make

pytestmark = pytest.mark.django_db


@pytest.mark.clause("MY-3.1")
@pytest.mark.parametrize(
    ("code", "label", "of_workers"),
    [
        ("rights", "职工权益和困难", True),
        ("suggestion", "合理化建议", True),
        ("notice", "行政通报说明", False),
        ("other", "其他协商事项", True),
    ],
)
def test_a_class_is_offered_where_it_belongs(world: Any, code: str, label: str, of_workers: bool) -> None:
    """What a worker says goes into three classes; what management tells is raised by management only."""
    rules = rules_for(world.plant, world.now.date())
    assert (rules.category(code).label, rules.category(code).clause.id) == (label, "MY-3.1")
    accept = page(as_(world, "officer").get(address(make.said(world), "accept")))
    assert (f'value="{code}"' in accept) is of_workers
    raised = page(as_(world, "officer").get(reverse("desk:topic-new"), {"origin": "management"}))
    assert (f'value="{code}"' in raised) is not of_workers


@pytest.mark.parametrize(
    ("clause", "label", "says"),
    [
        pytest.param("MY-2.1", "合法性审查", "内容、形式、程序", marks=pytest.mark.clause("MY-2.1")),
        pytest.param(
            "MY-3.2.3b",
            "协商事项要定下的四项",
            "解决措施、解决时限、承办部门、具体人员",
            marks=pytest.mark.clause("MY-3.2.3b"),
        ),
        pytest.param("MY-3.2.4b", "告知方式", "面谈、电话、网络", marks=pytest.mark.clause("MY-3.2.4b")),
        pytest.param("MY-3.2.4d", "逐级报送对象", "上一级工会、上一级行政", marks=pytest.mark.clause("MY-3.2.4d")),
        pytest.param(
            "MY-3.2.5a", "测评对象", "诉求提出者、参加会议的职工代表、相关职工", marks=pytest.mark.clause("MY-3.2.5a")
        ),
        pytest.param(
            "MY-3.2.5c", "测评结果反馈对象", "承办部门、承办人、单位主要负责人", marks=pytest.mark.clause("MY-3.2.5c")
        ),
        pytest.param("MY-A1", "受理方式", "谈话、电话、转达、网络", marks=pytest.mark.clause("MY-A1")),
        pytest.param("MY-A3", "进展", "已完成、正在进行中、不具备条件无法执行", marks=pytest.mark.clause("MY-A3")),
        pytest.param("MY-A4", "调查方式", "电话回访、网络或问卷调查、现场答复", marks=pytest.mark.clause("MY-A4")),
    ],
)
def test_a_clause_shows_the_list_that_comes_from_it(world: Any, clause: str, label: str, says: str) -> None:
    html = page(as_(world, "chair").get(reverse("desk:clause", args=[clause])))
    assert f'<th scope="row">{label}</th>' in html
    assert f">{says}</td>" in html

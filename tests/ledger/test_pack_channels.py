"""Every channel of the document: whether it is open without anybody's doing, and which box of form 1 it ticks."""

from __future__ import annotations

from typing import Any

import pytest

from huying.ledger.reads import form1_of
from huying.mechanism.reads import rules_for
from tests.factories import world as make

pytestmark = pytest.mark.django_db

CHANNELS = (
    ("talk", "谈话", "talk", True, "MY-3.2.1"),
    ("phone", "电话（热线）", "phone", True, "MY-3.2.1"),
    ("relay", "转达", "relay", True, "MY-A1"),
    ("online", "网络", "web", True, "MY-A1"),
    ("visit_workers", "深入调研", "talk", True, "MY-3.2.1"),
    ("mailbox", "意见箱", "relay", True, "MY-3.2.1"),
    ("wechat", "微信", "web", True, "MY-3.2.1"),
    ("qq", "QQ群", "web", True, "MY-3.2.1"),
    ("microblog", "微博", "web", False, "MY-3.2.1"),
    ("blog", "博客", "web", False, "MY-3.2.1"),
)


@pytest.mark.parametrize(
    ("code", "label", "box", "opened"),
    [
        pytest.param(code, label, box, opened, marks=pytest.mark.clause(clause), id=code)
        for code, label, box, opened, clause in CHANNELS
    ],
)
def test_a_channel_of_the_document(world: Any, code: str, label: str, box: str, opened: bool) -> None:
    rules = rules_for(world.plant, world.now.date())
    assert (code in [one.code for one in rules.channels()]) is opened
    assert rules.channel(code).label == label
    case = make.accepted(world, channel=code)
    form = form1_of(case, applicant="", phone="", issuer="", on=world.now.date())
    assert form.channel == box


@pytest.mark.clause("MY-3.2.1", "MY-A1")
def test_each_channel_names_the_clause_it_comes_from(world: Any) -> None:
    rules = rules_for(world.plant, world.now.date())
    said = {one.code: one.clause.id for one in rules.all_channels()}
    assert {code: said[code] for code, *_ in CHANNELS} == {code: clause for code, *_, clause in CHANNELS}

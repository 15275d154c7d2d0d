"""Every channel of the document: whether it is open without anybody's doing, and which box of form 1 it ticks."""

from __future__ import annotations

from typing import Any

import pytest

from huying.ledger.reads import form1_of
from huying.mechanism.reads import rules_for
from tests.factories import world as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "label", "box", "opened", "clause"),
    [
        pytest.param("talk", "谈话", "talk", True, "MY-3.2.1", marks=pytest.mark.clause("MY-3.2.1"), id="talk"),
        pytest.param("phone", "电话（热线）", "phone", True, "MY-3.2.1", marks=pytest.mark.clause("MY-3.2.1"), id="phone"),
        pytest.param("relay", "转达", "relay", True, "MY-A1", marks=pytest.mark.clause("MY-A1"), id="relay"),
        pytest.param("online", "网络", "web", True, "MY-A1", marks=pytest.mark.clause("MY-A1"), id="online"),
        pytest.param("visit_workers", "深入调研", "talk", True, "MY-3.2.1", marks=pytest.mark.clause("MY-3.2.1"), id="visit_workers"),
        pytest.param("mailbox", "意见箱", "relay", True, "MY-3.2.1", marks=pytest.mark.clause("MY-3.2.1"), id="mailbox"),
        pytest.param("wechat", "微信", "web", True, "MY-3.2.1", marks=pytest.mark.clause("MY-3.2.1"), id="wechat"),
        pytest.param("qq", "QQ群", "web", True, "MY-3.2.1", marks=pytest.mark.clause("MY-3.2.1"), id="qq"),
        pytest.param("microblog", "微博", "web", False, "MY-3.2.1", marks=pytest.mark.clause("MY-3.2.1"), id="microblog"),
        pytest.param("blog", "博客", "web", False, "MY-3.2.1", marks=pytest.mark.clause("MY-3.2.1"), id="blog"),
    ],
)  # fmt: skip
def test_a_channel_of_the_document(world: Any, code: str, label: str, box: str, opened: bool, clause: str) -> None:
    rules = rules_for(world.plant, world.now.date())
    assert (code in [one.code for one in rules.channels()]) is opened
    assert (rules.channel(code).label, rules.channel(code).clause.id) == (label, clause)
    case = make.accepted(world, channel=code)
    form = form1_of(case, applicant="", phone="", issuer="", on=world.now.date())
    assert form.channel == box

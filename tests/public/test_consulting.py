"""What the worker reads while the union talks it over with management: plain words, no topic, nobody's name."""

from __future__ import annotations

import pytest

from tests.factories import consultation as make
from tests.factories.world import accepted, voice


@pytest.mark.clause("MY-3.2.1")
def test_the_worker_reads_that_it_goes_to_the_table_and_until_when(worker, world):
    spoken = voice()
    make.raised(world, accepted(world, spoken), title="夜班末班车时间")
    worker.come_back(spoken.receipt)
    page = worker.page()
    assert "工会正在就这件事同单位协商" in page
    assert "工会要把这件事拿到会上，同单位商量" in page
    assert "前，工会同单位开会商量" in page
    assert "议题" not in page


@pytest.mark.clause("MY-3.2.1")
def test_the_worker_hears_why_management_refused_and_what_the_union_will_do(worker, world):
    spoken = voice()
    topic = make.raised(world, accepted(world, spoken))
    make.reviewed(world, topic)
    make.talked(world, topic, agreed=False)
    worker.come_back(spoken.receipt)
    page = worker.page()
    assert "单位没有同意把这件事拿到会上商量" in page
    assert "今年没有这笔预算" in page
    assert "再次提出，或者报到上一级" in page


@pytest.mark.clause("MY-3.2.3b")
def test_the_worker_reads_what_was_agreed_and_by_when(worker, world):
    spoken = voice()
    make.signed(world, make.ready(world, accepted(world, spoken)))
    worker.come_back(spoken.receipt)
    page = worker.page()
    assert "会上定下了，交给行政保障部办理" in page
    assert "末班车恢复 22:40 发车。" in page
    assert "孙立" not in page

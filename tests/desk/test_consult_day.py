"""今日 and consultation: what waits for whom, and nothing of it for who is not concerned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huying.meetings import acts
from tests.desk.browser import as_, page
from tests.factories import consultation as make
from tests.factories.world import accepted

TODAY = "/desk/"


def seen(world, name):
    """今日 as somebody sees it."""
    return page(as_(world, name).get(TODAY))


def test_topics_that_lack_something_stand_there_with_their_next_step(world):
    topic = make.raised(world)
    html = seen(world, "officer")
    assert "还差审查、沟通的议题" in html
    assert f"/desk/topics/{topic.pk}/review/" in html
    make.reviewed(world, topic)
    assert f"/desk/topics/{topic.pk}/talk/" in seen(world, "officer")
    make.talked(world, topic)
    html = seen(world, "officer")
    assert "还差审查、沟通的议题" not in html
    assert "个议题可以上会，还没有列入议程" in html


@pytest.mark.clause("MY-3.2.3a")
def test_the_quarters_meeting_is_asked_for_until_it_was_held(world):
    asks = "还没有开协商会议"
    assert asks in seen(world, "chair")
    assert asks not in seen(world, "upper")
    assert asks not in seen(world, "manager")
    make.held(world, make.ready(world))
    assert asks not in seen(world, "chair")


def test_a_meeting_shows_what_is_to_be_done_with_it(world, monkeypatch):
    meeting = make.planned(world, make.ready(world))
    assert "接着准备" in seen(world, "officer")
    assert meeting.title not in seen(world, "manager")
    acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=world.now)
    assert "看准备" in seen(world, "officer")
    monkeypatch.setattr("django.utils.timezone.now", lambda: meeting.starts_at + timedelta(minutes=5))
    assert "开会" in seen(world, "officer").split('id="meetings"')[1]


@pytest.mark.parametrize("who", ["manager", "head", "delegate"])
def test_who_was_asked_is_reminded_until_answered(world, who):
    meeting = make.planned(world, make.ready(world))
    assert "会议等您答复" not in seen(world, who)
    acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=world.now)
    html = seen(world, who)
    assert "去答复" in html
    assert "末班车" not in html
    acts.answer(meeting_id=meeting.pk, coming=True, by=world.as_(who), at=world.now)
    assert "会议等您答复" not in seen(world, who)
    assert "会议等您答复" not in seen(world, "handler")


@pytest.mark.clause("MY-3.2.3c")
def test_minutes_wait_for_management_then_for_the_chair(world):
    meeting = make.circulated(world, make.ready(world))
    assert "签字" in seen(world, "manager").split('id="asked"')[1]
    assert "核对纪要" in seen(world, "delegate")
    acts.sign(meeting_id=meeting.pk, by=world.as_("manager"), at=meeting.starts_at + timedelta(hours=3))
    assert "工会方签字" in seen(world, "chair")
    assert "等主席签字" in seen(world, "officer")


def test_statements_do_not_grow_with_topics(world):
    client = as_(world, "chair")

    def statements() -> int:
        client.get(TODAY)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(TODAY).status_code == 200
        return len(caught)

    make.raised(world)
    make.planned(world, make.ready(world))
    accepted(world)
    few = statements()
    for n in range(7):
        make.raised(world, title=f"议题{n}")
        make.planned(world, make.ready(world, title=f"再一个{n}"))
    assert statements() == few


def test_a_refused_topic_waits_until_its_case_goes_another_way(world):
    topic = make.raised(world)
    make.reviewed(world, topic)
    make.talked(world, topic, agreed=False)
    assert "个议题行政不同意上会" in seen(world, "officer")
    topic.refresh_from_db()
    acts.drop(topic_id=topic.pk, reason="改找别的办法。", by=world.as_("officer"), at=world.now)
    assert "个议题行政不同意上会" not in seen(world, "officer")

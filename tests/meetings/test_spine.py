"""Topics go to the table, a meeting settles them, both sides sign, and every promise has a clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases.models import Case, Clock
from huying.handling import acts as handling
from huying.handling.models import Item
from huying.handling.reads import listed
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.meetings import acts, reads
from huying.meetings.models import AgreedItem, Meeting, Topic
from huying.meetings.rules import Finding, Terms, Vote
from huying.trail.reads import verify
from tests.factories import consultation as make
from tests.factories.world import accepted, voice


@pytest.mark.clause("MY-3.2.3b")
@pytest.mark.clause("MY-3.2")
def test_what_is_agreed_becomes_items_with_clocks_the_moment_both_sides_have_signed(world):
    one, two = accepted(world), accepted(world, voice(name="马兰"))
    meeting = make.circulated(world, make.ready(world, one, two))
    at = meeting.starts_at + timedelta(hours=3)
    assert not Item.objects.exists()
    acts.sign(meeting_id=meeting.pk, by=world.as_("manager"), at=at)
    meeting = acts.sign(meeting_id=meeting.pk, by=world.as_("chair"), at=at)
    assert (meeting.status, meeting.year, meeting.seq) == ("signed", 2026, 1)
    items = list(Item.objects.order_by("pk"))
    assert {item.case_id for item in items} == {one.pk, two.pk}
    assert len({item.code for item in items}) == 1
    assert AgreedItem.objects.count() == 2
    for item in items:
        clock = Clock.objects.get(case=item.case_id, subject=item.pk, stopped_at__isnull=True)
        assert clock.due_on == item.deadline
        assert clock.start_day == reads.day_of_meeting(meeting)
    assert {case.status for case in Case.objects.all()} == {"handling"}
    assert not Clock.objects.filter(code="consult", stopped_at__isnull=True).exists()
    assert verify() == []


def test_one_commitment_is_one_thing_for_the_department_and_one_for_every_case(world):
    one, two = accepted(world), accepted(world, voice(name="马兰"))
    make.signed(world, make.ready(world, one, two))
    at = world.now + timedelta(days=8)
    by = world.as_("handler")
    (shown,) = listed(by)
    handling.take_item(item_id=shown.pk, by=by, at=at)
    handling.finish(item_id=shown.pk, able=True, text="已恢复。", done_on=None, by=by, at=at)
    handling.report(item_id=shown.pk, text="自即日起恢复 22:40 发车。", by=by, at=at)
    assert [item.status for item in Item.objects.all()] == ["reported", "reported"]
    assert {case.status for case in Case.objects.all()} == {"reported"}


@pytest.mark.clause("MY-2.1")
@pytest.mark.clause("MY-2.2")
def test_only_a_reviewed_and_talked_over_topic_goes_on_an_agenda(world):
    by = world.as_("officer")
    topic = make.raised(world)
    meeting = make.planned(world, make.ready(world))
    with pytest.raises(Refused, match="还没有合法性审查；还没有会前同行政沟通"):
        acts.place_topics(meeting_id=meeting.pk, topics=[topic.pk], by=by, at=world.now)
    make.reviewed(world, topic)
    with pytest.raises(Refused, match="还没有会前同行政沟通"):
        acts.place_topics(meeting_id=meeting.pk, topics=[topic.pk], by=by, at=world.now)
    make.talked(world, topic)
    acts.place_topics(meeting_id=meeting.pk, topics=[topic.pk], by=by, at=world.now)
    assert Topic.objects.get(pk=topic.pk).status == "agenda"


@pytest.mark.clause("MY-2.1")
def test_a_topic_that_fails_its_review_goes_to_no_meeting_until_worded_anew(world):
    by = world.as_("officer")
    topic = make.raised(world)
    findings = [*make.LAWFUL[:2], Finding(code="procedure", lawful=False, reason="要先经职代会讨论。")]
    topic = acts.review(
        topic_id=topic.pk, reviewer="法律顾问", findings=findings, reviewed_on=world.now.date(), by=by, at=world.now
    )
    assert topic.status == "failed"
    assert Case.objects.get().status == "consulting"
    with pytest.raises(Refused):
        make.talked(world, topic)
    topic = acts.word(
        topic_id=topic.pk,
        title=topic.title,
        body="改到职代会讨论以后再商量。",
        ask="",
        departments=[],
        by=by,
        at=world.now,
    )
    assert topic.status == "draft"
    make.reviewed(world, topic)
    assert make.talked(world, topic).status == "ready"


def test_reworded_topics_need_a_new_review_and_a_new_talk(world):
    topic = make.ready(world)
    topic = acts.word(
        topic_id=topic.pk,
        title="夜班班车",
        body=topic.body,
        ask="",
        departments=[],
        by=world.as_("officer"),
        at=world.now,
    )
    assert topic.status == "draft"
    assert reads.missing_for(topic) == ["文字改过，要重新做合法性审查", "文字改过，要重新同行政沟通"]


@pytest.mark.clause("MY-3.2.1")
def test_managements_refusal_is_an_end_of_its_own_and_the_worker_hears_why(world):
    topic = make.raised(world)
    make.reviewed(world, topic)
    topic = make.talked(world, topic, agreed=False)
    case = Case.objects.get()
    assert (topic.status, case.status) == ("refused", "accepted")
    assert "没有这笔预算" in case.events.filter(act="off_table").get().worker_text
    topic = acts.bring_again(topic_id=topic.pk, reason="明年预算已经列了。", by=world.as_("officer"), at=world.now)
    assert (topic.status, Case.objects.get().status) == ("draft", "consulting")
    assert len(reads.missing_for(topic)) == 2


@pytest.mark.clause("MY-3.2.3d")
def test_no_worker_is_named_without_consent(world):
    named = accepted(world, voice(secrecy="named", name="刘春华"))
    with pytest.raises(Invalid) as refused:
        make.raised(world, named, body="刘春华反映末班车提前。")
    assert "刘春华" in refused.value.fields["body"]
    topic = make.raised(world, named, body="刘春华反映末班车提前。", named_because="刘春华 11 月 19 日当面同意")
    assert topic.named_because


@pytest.mark.clause("MY-3.2.2")
def test_a_missing_seat_is_pointed_out_before_the_meeting_opens(world):
    meeting = make.planned(world, make.ready(world))
    by = world.as_("officer")
    assert reads.missing_seats(meeting) == []
    there = {row.pk: "absent" if row.seat == "department_head" else "present" for row in meeting.participants.all()}
    acts.attend(meeting_id=meeting.pk, there=there, by=by, at=world.now)
    with pytest.raises(Invalid, match="补正") as refused:
        acts.open_meeting(meeting_id=meeting.pk, by=by, at=world.now)
    assert "行政保障部的负责人" in refused.value.fields["because"]
    meeting = acts.open_meeting(meeting_id=meeting.pk, because="出差，委托总经理说明", by=by, at=world.now)
    assert "行政保障部的负责人" in reads.draft_minutes(meeting)["opening"]


@pytest.mark.clause("MY-3.2.3b")
@pytest.mark.parametrize("lacking", ["measure", "deadline", "department_id", "handler_id"])
def test_all_four_or_it_is_not_settled(world, lacking):
    meeting = make.opened(world, make.ready(world))
    (place,) = reads.agenda(meeting)
    given = {**make.terms(world, meeting).__dict__, lacking: "" if lacking == "measure" else None}
    with pytest.raises(Invalid, match="补正"):
        acts.agree(place_id=place.pk, terms=Terms(**given), by=world.as_("officer"), at=meeting.starts_at)
    with pytest.raises(Refused, match="还没有结果"):
        acts.close_meeting(meeting_id=meeting.pk, by=world.as_("officer"), at=meeting.starts_at)


@pytest.mark.clause("MY-2.2")
def test_no_vote_before_a_discussion_is_written_down(world):
    meeting = make.opened(world, make.ready(world))
    (place,) = reads.agenda(meeting)
    by, figures = world.as_("officer"), Vote(votes_for=7, votes_against=1, abstained=2)
    with pytest.raises(Refused, match="先讨论，后表决"):
        acts.vote(place_id=place.pk, vote=figures, by=by, at=meeting.starts_at)
    line = acts.remark(place_id=place.pk, speaker="代表", text="赞成恢复。", by=by, at=meeting.starts_at)
    acts.vote(place_id=place.pk, vote=figures, by=by, at=meeting.starts_at)
    with pytest.raises(Refused, match="不能没有讨论记录"):
        acts.correct_remark(remark_id=line.pk, speaker="", text="", by=by, at=meeting.starts_at)


def test_two_secretaries_never_overwrite_each_other(world):
    meeting = make.opened(world, make.ready(world))
    (place,) = reads.agenda(meeting)
    at = meeting.starts_at
    acts.remark(place_id=place.pk, speaker="工会方", text="一", by=world.as_("officer"), at=at)
    acts.remark(place_id=place.pk, speaker="行政方", text="二", by=world.as_("second"), at=at)
    (place,) = reads.agenda(meeting)
    assert [line.text for line in place.remarks.all()] == ["一", "二"]
    acts.settle(
        place_id=place.pk, result="noted", text="已说明。", by=world.as_("officer"), at=at, version=place.version
    )
    with pytest.raises(Stale):
        acts.settle(place_id=place.pk, result="later", by=world.as_("second"), at=at, version=place.version)


@pytest.mark.clause("MY-3.2.3c")
def test_the_union_signs_last_and_changed_words_take_signatures_back(world):
    meeting = make.circulated(world, make.ready(world))
    at = meeting.starts_at + timedelta(hours=3)
    with pytest.raises(Refused, match="行政方还没有签字"):
        acts.sign(meeting_id=meeting.pk, by=world.as_("chair"), at=at)
    acts.sign(meeting_id=meeting.pk, by=world.as_("manager"), at=at)
    body = reads.latest_minutes(meeting).body
    body["closing"] = "散会。"
    acts.write_minutes(meeting_id=meeting.pk, body=body, by=world.as_("officer"), at=at)
    assert reads.signatures(meeting) == {}
    assert Meeting.objects.get().status == "held"
    with pytest.raises(NotYours):
        acts.sign(meeting_id=meeting.pk, by=world.as_("delegate"), at=at)


def test_signed_minutes_are_never_changed_only_added_to(world):
    meeting = make.signed(world, make.ready(world))
    at = meeting.starts_at + timedelta(days=1)
    with pytest.raises(Refused):
        acts.write_minutes(
            meeting_id=meeting.pk,
            body=reads.latest_minutes(meeting).body | {"closing": "改"},
            by=world.as_("officer"),
            at=at,
        )
    acts.correct_minutes(meeting_id=meeting.pk, text="地点应为二楼会议室。", by=world.as_("officer"), at=at)
    assert meeting.corrections.get().at == at

"""What was not agreed goes on, up or is explained; what is only told is told on; paper meetings; questions; who may know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huying.cases.models import Case, Clock, Recusal
from huying.cases.rules import Concerns
from huying.climb.reads import active_rung
from huying.files.acts import check
from huying.handling.models import Item
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.meetings import acts, reads
from huying.meetings.models import Meeting, Topic
from huying.meetings.rules import Terms
from huying.notices.models import Notice
from tests.factories import consultation as make
from tests.factories.world import accepted, voice
from tests.files.samples import photo


def _concluded(world, topic, result, **given):
    """A meeting that came to one result, signed by both sides."""
    meeting = make.opened(world, topic)
    by, at = world.as_("officer"), meeting.starts_at
    for place in reads.agenda(meeting):
        acts.remark(place_id=place.pk, speaker="行政方", text="今年没有预算。", by=by, at=at)
        acts.settle(place_id=place.pk, result=result, by=by, at=at, **given)
    acts.close_meeting(meeting_id=meeting.pk, by=by, at=at)
    acts.circulate(meeting_id=meeting.pk, by=by, at=at)
    acts.sign(meeting_id=meeting.pk, by=world.as_("manager"), at=at)
    return acts.sign(meeting_id=meeting.pk, by=world.as_("chair"), at=at)


@pytest.mark.clause("MY-3.2.4d")
def test_what_is_not_agreed_goes_up_a_level_with_what_was_tried(world):
    topic = make.ready(world)
    _concluded(world, topic, "not_agreed", text="要两百万，年内没有预算。", next_way="up")
    case = Case.objects.get()
    assert case.status == "climbing"
    rung = active_rung(case)
    assert rung.unit == world.county
    assert "协商会议讨论，未达成一致：要两百万" in rung.tried
    assert Topic.objects.get().status == "not_agreed"


def test_what_is_not_agreed_goes_on_at_the_table(world):
    topic = make.ready(world)
    _concluded(world, topic, "not_agreed", text="下季度再谈。", next_way="on")
    assert Case.objects.get().status == "consulting"
    assert Clock.objects.filter(code="consult", stopped_at__isnull=True).exists()
    topic = acts.bring_again(
        topic_id=topic.pk, reason="补充了报价。", by=world.as_("officer"), at=world.now + timedelta(days=9)
    )
    assert len(reads.missing_for(topic)) == 2


@pytest.mark.clause("MY-3.2.4c")
def test_what_is_not_agreed_and_not_carried_on_is_explained_to_the_worker(world):
    _concluded(world, make.ready(world), "not_agreed", text="线路归公交公司管，单位改不了。", next_way="explain")
    case = Case.objects.get()
    assert case.status == "accepted"
    assert case.events.filter(act="off_table").get().worker_text == "线路归公交公司管，单位改不了。"


@pytest.mark.clause("MY-3.1")
def test_what_management_has_to_tell_has_no_worker_behind_it(world):
    by = world.as_("officer")
    topic = acts.raise_topic(
        unit=world.plant, origin="management", title="四季度生产经营情况", body="行政通报四季度生产经营情况。",
        content_class="notice", category="operations", by=by, at=world.now,
    )  # fmt: skip
    case = Case.objects.get()
    assert (case.status, case.parties.count(), case.content_class) == ("consulting", 0, "notice")
    make.reviewed(world, topic)
    make.talked(world, topic)
    _concluded(world, topic, "noted", text="全年任务完成九成。")
    case.refresh_from_db()
    assert case.status == "reported"
    assert Topic.objects.get().status == "noted"


def test_topics_left_for_next_time_wait_ready(world):
    topic = make.ready(world)
    _concluded(world, topic, "later")
    topic.refresh_from_db()
    assert topic.status == "ready"
    again = make.planned(world, topic, at=world.now + timedelta(days=20))
    assert again.places.count() == 1


@pytest.mark.clause("PD-5.2.1")
def test_a_promise_at_a_talk_is_followed_up_as_an_item(world):
    by = world.as_("officer")
    meeting = make.planned(world, kind="talk")
    acts.call(meeting_id=meeting.pk, announcement="总经理恳谈会，欢迎提问。", by=by, at=world.now)
    place = acts.add_question(meeting_id=meeting.pk, question="食堂夜班窗口什么时候开？", by=by, at=world.now)
    at = meeting.starts_at
    acts.attend(
        meeting_id=meeting.pk,
        there=dict.fromkeys(meeting.participants.values_list("pk", flat=True), "present"),
        by=by,
        at=at,
    )
    acts.open_meeting(meeting_id=meeting.pk, by=by, at=at)
    make.settled(world, place, at, measure="夜班窗口下月开。")
    acts.close_meeting(meeting_id=meeting.pk, by=by, at=at)
    acts.circulate(meeting_id=meeting.pk, by=by, at=at)
    acts.sign(meeting_id=meeting.pk, by=world.as_("manager"), at=at)
    acts.sign(meeting_id=meeting.pk, by=world.as_("chair"), at=at)
    item = Item.objects.get()
    assert (item.measure, item.case.status, item.case.parties.count()) == ("夜班窗口下月开。", "handling", 0)


@pytest.mark.clause("PD-5.2.1")
def test_a_consultation_meeting_takes_no_loose_questions(world):
    meeting = make.planned(world, make.ready(world))
    with pytest.raises(Refused, match="提成议题"):
        acts.add_question(meeting_id=meeting.pk, question="食堂？", by=world.as_("officer"), at=world.now)


@pytest.mark.clause("MY-3.2.3c")
def test_a_meeting_held_on_paper_is_entered_with_its_scan_and_marked(world):
    by, topic = world.as_("officer"), make.ready(world)
    at = world.now + timedelta(days=3)
    meeting = make.planned(world, topic, at=at, starts_at=world.now + timedelta(days=1), on_paper=True)
    acts.attend(
        meeting_id=meeting.pk,
        there=dict.fromkeys(meeting.participants.values_list("pk", flat=True), "present"),
        by=by,
        at=at,
    )
    (place,) = reads.agenda(meeting)
    make.settled(world, place, at)
    with pytest.raises(Refused, match="扫描件"):
        acts.enter_paper(meeting_id=meeting.pk, by=by, at=at)
    acts.add_paper(
        meeting_id=meeting.pk,
        checked=check(upload=SimpleUploadedFile("scan.jpg", photo())),
        label="签字纪要",
        kind="scan",
        by=by,
        at=at,
    )
    acts.enter_paper(meeting_id=meeting.pk, by=by, at=at)
    acts.circulate(meeting_id=meeting.pk, by=by, at=at)
    day = reads.day_of_meeting(meeting)
    for side in ("management", "union"):
        acts.sign_on_paper(meeting_id=meeting.pk, side=side, name="某人", title="", signed_on=day, by=by, at=at)
    meeting.refresh_from_db()
    assert (meeting.status, meeting.on_paper) == ("signed", True)
    assert Clock.objects.get(code="item").start_day == day


def test_a_paper_meeting_cannot_lie_in_the_future(world):
    with pytest.raises(Invalid, match="补正"):
        make.planned(world, make.ready(world), on_paper=True)


@pytest.mark.clause("MY-3.2.3a")
def test_somebody_else_chairs_only_with_a_reason(world):
    with pytest.raises(Invalid) as refused:
        make.planned(world, make.ready(world), chair=world.posts["officer"])
    assert "chair_because" in refused.value.fields
    meeting = make.planned(
        world, make.ready(world, accepted(world, voice())), chair=world.posts["officer"], chair_because="主席住院"
    )
    assert meeting.chair_because == "主席住院"


@pytest.mark.clause("MY-3.2.3a")
def test_the_quarter_counts_meetings_that_were_held(world):
    day = world.now.date()
    assert reads.held_in_quarter(world.plant, day) == (0, 0)
    make.held(world, make.ready(world))
    assert reads.held_in_quarter(world.plant, day) == (1, 0)
    make.signed(world, make.ready(world, title="食堂"))
    assert reads.held_in_quarter(world.plant, day) == (2, 1)
    assert reads.quarter_of(day)[0].isoformat() == "2026-10-01"
    assert reads.quarter_of(day)[1].isoformat() == "2027-01-01"


def test_whoever_is_named_hears_nothing_of_the_meeting(world):
    by = world.as_("officer")
    concerned = accepted(world, voice(), concerns=Concerns(departments=(world.admin.pk,)))
    topic = make.ready(world, concerned, departments=[])
    meeting = make.planned(world, topic)
    assert "head" not in {row.seat for row in meeting.participants.all()}
    with pytest.raises(Refused, match="钱进"):
        acts.invite(meeting_id=meeting.pk, posts=[world.posts["head"]], by=by, at=world.now)
    for name in ("head", "handler"):
        assert not Meeting.objects.visible_to(world.as_(name)).exists()
        assert not Topic.objects.visible_to(world.as_(name)).exists()
    other = make.planned(world, make.ready(world, accepted(world, voice())), at=world.now)
    assert Meeting.objects.visible_to(world.as_("head")).count() == 0  # not called yet
    acts.call(meeting_id=other.pk, by=by, at=world.now)
    assert list(Meeting.objects.visible_to(world.as_("head"))) == [other]


def test_people_who_are_asked_hear_the_day_and_never_a_topic(world):
    meeting = make.planned(world, make.ready(world))
    acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=world.now)
    titles = set(Notice.objects.filter(kind="meeting.called").values_list("title", flat=True))
    assert titles == {"11月27日协商会议：请确认能否参加"}
    acts.answer(meeting_id=meeting.pk, coming=True, by=world.as_("delegate"), at=world.now)
    with pytest.raises(Invalid):
        acts.answer(meeting_id=meeting.pk, coming=False, by=world.as_("manager"), at=world.now)
    with pytest.raises(NotYours):
        acts.answer(meeting_id=meeting.pk, coming=True, by=world.as_("foreign"), at=world.now)


def test_a_cancelled_meeting_gives_its_topics_back(world):
    topic = make.ready(world)
    meeting = make.planned(world, topic)
    acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=world.now)
    acts.cancel(meeting_id=meeting.pk, reason="总经理出差", by=world.as_("officer"), at=world.now)
    topic.refresh_from_db()
    assert topic.status == "ready"
    assert Notice.objects.filter(kind="meeting.cancelled").count() == 4


def test_a_promise_whose_worker_withdrew_keeps_its_clock(world):
    meeting = make.circulated(world, make.ready(world))
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(status="withdrawn", closed_at=world.now)
    at = meeting.starts_at + timedelta(hours=3)
    acts.sign(meeting_id=meeting.pk, by=world.as_("manager"), at=at)
    acts.sign(meeting_id=meeting.pk, by=world.as_("chair"), at=at)
    item = Item.objects.get()
    assert item.case_id != case.pk
    assert Clock.objects.filter(subject=item.pk, code="item").exists()


def test_signing_says_which_item_cannot_be_given(world):
    meeting = make.circulated(world, make.ready(world))
    at = meeting.starts_at + timedelta(hours=3)
    acts.sign(meeting_id=meeting.pk, by=world.as_("manager"), at=at)
    case = Case.objects.get()
    Recusal.objects.create(
        root_id=case.root_id, case=case, key=f"department:{world.admin.pk}", said="department", at=at
    )
    with pytest.raises(Refused, match="夜班末班车时间"):
        acts.sign(meeting_id=meeting.pk, by=world.as_("chair"), at=at)
    assert Meeting.objects.get().status == "circulated"
    assert not Item.objects.exists()


def test_terms_without_anything_name_all_four(world):
    meeting = make.opened(world, make.ready(world))
    (place,) = reads.agenda(meeting)
    empty = Terms(measure="", deadline=None, department_id=None, handler_id=None)
    with pytest.raises(Invalid) as refused:
        acts.agree(place_id=place.pk, terms=empty, by=world.as_("officer"), at=meeting.starts_at)
    assert set(refused.value.fields) == {"measure", "deadline", "department", "handler"}

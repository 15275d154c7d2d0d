"""Getting a meeting ready on the desk: the list, a new one, what is next, agenda, who is asked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from huying.desk.acts import keep_draft
from huying.kernel.models import Draft
from huying.meetings import acts, reads
from huying.meetings.models import Meeting
from huying.notices.models import Notice
from tests.desk.browser import as_, page
from tests.desk.meeting_pages import hub, main, new, send, statements, topic_naming_the_chair, url
from tests.factories import consultation as make

# --- the list -----------------------------------------------------------------------------------------------------------


def test_the_list_begins_with_how_to_begin(world):
    html = page(as_(world, "officer").get(url("meetings")))
    assert "还没有开过会" in html
    assert "协商议题" in html


@pytest.mark.clause("MY-3.2.3a")
def test_the_list_says_whether_this_quarters_meeting_was_held(world):
    html = page(as_(world, "officer").get(url("meetings")))
    assert "2026年第四季度的协商会议还没有开" in html
    assert "三(二)3" in html
    make.held(world, make.ready(world), starts_at=world.now + timedelta(days=1))
    html = page(as_(world, "chair").get(url("meetings")))
    assert "2026年第四季度的协商会议开过了" in html
    assert "纪要签了字，履职里才算做到" in html
    make.signed(world, make.ready(world, title="食堂"))
    assert "纪要签了字" not in page(as_(world, "chair").get(url("meetings")))


def test_the_next_ones_stand_on_top_then_what_waits_then_the_past(world):
    past, waiting = make.signed(world, make.ready(world)), make.held(world, make.ready(world, title="食堂"))
    ahead = make.planned(world, make.ready(world, title="宿舍"))
    html = page(as_(world, "officer").get(url("meetings")))
    where = [html.index(url("meeting", one.pk)) for one in (ahead, waiting, past)]
    assert where == sorted(where)
    assert url("meeting", past.pk) not in page(as_(world, "officer").get(url("meetings", kind="talk")))


def test_who_attends_has_only_their_own_and_only_once_called(world):
    meeting = make.planned(world, make.ready(world))
    acts.invite(meeting_id=meeting.pk, posts=[world.posts["other_handler"]], by=world.as_("officer"), at=world.now)
    assert "现在没有请您参加的会议" in page(as_(world, "delegate").get(url("meetings")))
    acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=world.now)
    for who in ("manager", "delegate", "head", "other_handler"):
        html = page(as_(world, who).get(url("meetings")))
        assert url("meeting", meeting.pk) in html
        assert "去答复" in html
        assert "第四季度" not in html
    assert as_(world, "liaison").get(url("meetings")).status_code == 404


def test_the_union_above_finds_meetings_below_on_a_list_of_their_own(world):
    meeting = make.planned(world, make.ready(world))
    client = as_(world, "upper")
    assert "还没有开过会" in page(client.get(url("meetings")))
    html = page(client.get(url("meetings", scope="below")))
    assert url("meeting", meeting.pk) in html
    assert "接着准备" not in html
    assert "没有符合的会议" in page(client.get(url("meetings", scope="below", kind="talk")))
    assert "还没有开过会" in page(as_(world, "foreign").get(url("meetings")))


def test_the_past_is_found_by_year(world):
    old = make.signed(world, make.ready(world))
    Meeting.objects.filter(pk=old.pk).update(starts_at=old.starts_at - timedelta(days=400))
    new_one = make.signed(world, make.ready(world, title="食堂"))
    html = page(as_(world, "officer").get(url("meetings", year=2025)))
    assert url("meeting", old.pk) in html
    assert url("meeting", new_one.pk) not in html
    assert "2026年" in html


def test_the_list_takes_as_many_statements_for_three_as_for_thirty(world):
    for number in range(3):
        make.planned(world, starts_at=world.now + timedelta(days=1 + number))
    few = statements(world, url("meetings"))
    for number in range(27):
        make.planned(world, starts_at=world.now + timedelta(days=5 + number))
    assert statements(world, url("meetings")) == few


# --- a new one ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.3a")
def test_a_meeting_begins_from_ticked_topics_with_the_union_head_in_the_chair(world):
    one, two = make.ready(world), make.ready(world, title="食堂热水")
    html = page(as_(world, "officer").get(url("meeting-new", topics=f"{one.pk},{two.pk}")))
    assert html.count(" checked") >= 3
    assert re.search(rf'value="{world.posts["chair"].pk}" selected', html)
    answer = send(world, "meeting-new", **new(world, topics=[str(one.pk), str(two.pk)]))
    meeting = Meeting.objects.get()
    assert answer["Location"] == url("meeting", meeting.pk)
    assert meeting.title == "2026年11月27日协商会议"
    assert [place.topic for place in reads.agenda(meeting)] == [one, two]


@pytest.mark.clause("MY-3.2.3a")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"starts_at": "2026-11-19T14:30"}, "会议时间已经过了"),
        ({"place": ""}, "请写会议地点"),
        ({"chair": "officer"}, "由别人主持，请写明原因"),
        ({"chair": "manager"}, "按要求由工会一方主持"),
        ({"starts_at": "昨天"}, "请写全日期和几点几分"),
        ({"kind": "party"}, "请在列出的里面选"),
        ({"link": "会议室"}, "网址认不出来"),
        ({"title": "长" * 61}, "60"),
    ],
)
def test_what_a_new_meeting_is_refused_for_and_the_words_stay(world, typed, said):
    if typed.get("chair") in world.posts:
        typed = {"chair": str(world.posts[typed["chair"]].pk)}
    html = page(send(world, "meeting-new", status=422, **new(world, **{"weighty": "重要设备检修", **typed})), 422)
    assert said in html
    assert "重要设备检修" in html
    assert not Meeting.objects.exists()


def test_a_deputy_chairs_with_a_reason(world):
    given = new(world, chair=str(world.posts["officer"].pk), chair_because="主席出差，委托主持")
    send(world, "meeting-new", **given)
    assert "主席出差，委托主持" in hub(world, Meeting.objects.get())


def test_a_topic_about_the_chair_is_not_put_before_the_chair(world):
    topic = topic_naming_the_chair(world)
    html = page(send(world, "meeting-new", status=422, **new(world, topics=[str(topic.pk)])), 422)
    assert "有议题涉及郑卫国" in html
    assert topic.title not in page(as_(world, "chair").get(url("meeting-new")))
    assert not Meeting.objects.exists()


def test_what_was_kept_while_typing_is_forgotten_once_it_is_made(world):
    by, at = world.as_("officer"), world.now
    keep_draft(form="meeting-new", fields={"place": ["二楼"]}, by=by, at=at)
    send(world, "meeting-new", **new(world))
    meeting = Meeting.objects.get()
    keep_draft(form=f"meeting-cancel-{meeting.pk}", fields={"reason": ["改期"]}, by=by, at=at)
    send(world, "meeting-cancel", meeting.pk, version=meeting.version, reason="改期")
    assert not Draft.objects.exists()


def test_one_submission_makes_one_meeting(world):
    client, typed = as_(world, "officer"), {"once": "k" * 32, **new(world)}
    first, again = (client.post(url("meeting-new"), typed) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert Meeting.objects.count() == 1


def test_a_meeting_held_on_paper_lies_in_the_past_and_is_marked(world):
    query = {"paper": 1}
    html = page(send(world, "meeting-new", status=422, query=query, **new(world)), 422)
    assert "时间不能晚于现在" in html
    send(world, "meeting-new", query=query, **new(world, starts_at="2026-11-18T09:00"))
    shown = hub(world, Meeting.objects.get())
    assert "补录" in shown
    assert "登记结果和扫描件" in shown
    assert "发通知" not in shown


@pytest.mark.parametrize("who", ["manager", "delegate", "head", "handler", "liaison", "system", "audit"])
def test_only_the_union_office_begins_one(world, who):
    assert as_(world, who).get(url("meeting-new")).status_code == 404


# --- the hub: what is next ----------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.2")
def test_the_page_shows_the_one_next_step_in_every_state(world):
    by, at = world.as_("officer"), world.now
    topic = make.ready(world)
    meeting = acts.make_meeting(
        unit=world.plant, kind="consultation", starts_at=at + timedelta(days=7), place="三楼", chair=world.posts["chair"],
        by=by, at=at,
    )  # fmt: skip
    assert main(hub(world, meeting)) == "列入议题"
    acts.place_topics(meeting_id=meeting.pk, topics=[topic.pk], by=by, at=at)
    assert main(hub(world, meeting)) == "请人"
    posts = [one.post for one in reads.proposed(meeting, reads.day_of_meeting(meeting))]
    acts.invite(meeting_id=meeting.pk, posts=posts, by=by, at=at)
    assert main(hub(world, meeting)) == "发通知"
    acts.call(meeting_id=meeting.pk, by=by, at=at)
    assert main(hub(world, meeting)) == "进会场"


@pytest.mark.parametrize(
    ("state", "button"),
    [("opened", "回会场"), ("held", "写纪要"), ("circulated", "看核对和签字"), ("signed", "看纪要")],
)
def test_after_the_call_likewise(world, state, button):
    meeting = getattr(make, state)(world, make.ready(world))
    html = hub(world, meeting)
    assert main(html) == button
    assert html.count('aria-current="step"') == (0 if state == "signed" else 1)
    if state != "opened":
        assert "末班车恢复 22:40 发车。" in html


def test_a_foreign_union_and_who_was_not_asked_find_nothing(world):
    meeting = make.planned(world, make.ready(world))
    for who in ("foreign", "liaison", "handler", "system", "security", "audit", "delegate"):
        assert as_(world, who).get(url("meeting", meeting.pk)).status_code == 404


def test_whom_a_topic_names_does_not_find_the_meeting(world):
    topic = topic_naming_the_chair(world)
    meeting = acts.make_meeting(
        unit=world.plant, kind="consultation", starts_at=world.now + timedelta(days=7), place="三楼",
        chair=world.posts["second"], chair_because="回避", topics=[topic.pk], by=world.as_("officer"), at=world.now,
    )  # fmt: skip
    assert as_(world, "chair").get(url("meeting", meeting.pk)).status_code == 404
    assert topic.title not in page(as_(world, "chair").get(url("meetings")))
    html = page(send(world, "meeting-invite", meeting.pk, status=422, posts=[str(world.posts["chair"].pk)]), 422)
    assert "请在列出的里面选" in html
    assert f'value="{world.posts["chair"].pk}"' not in hub(world, meeting)


def test_the_union_above_reads_without_buttons(world):
    meeting = make.planned(world, make.ready(world))
    html = hub(world, meeting, by="upper")
    assert "只看，不办" in html
    assert url("meeting-invite", meeting.pk) not in html
    send(world, "meeting-question", meeting.pk, by="upper", status=404, question="几点？")


def test_the_page_takes_as_many_statements_for_three_topics_as_for_ten(world):
    few = make.planned(world, *[make.ready(world, title=f"议题{n}") for n in range(3)])
    many = make.planned(world, *[make.ready(world, title=f"议题{n}") for n in range(10)])
    assert statements(world, url("meeting", few.pk)) == statements(world, url("meeting", many.pk))


# --- the agenda ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-2.1")
@pytest.mark.clause("MY-2.2")
def test_a_topic_that_is_not_ready_says_what_is_missing_and_is_refused(world):
    meeting = make.planned(world, make.ready(world))
    raw = make.raised(world, title="没审查的议题")
    html = hub(world, meeting)
    assert "没审查的议题" in html
    assert "还没有合法性审查；还没有会前同行政沟通" in html
    html = page(send(world, "meeting-place", meeting.pk, status=422, topics=[str(raw.pk)]), 422)
    assert "“没审查的议题”还不能上会" in html


def test_topics_are_put_on_moved_and_taken_off(world):
    meeting = make.planned(world, make.ready(world))
    two, three = make.ready(world, title="二"), make.ready(world, title="三")
    send(world, "meeting-place", meeting.pk, topics=[str(two.pk), str(three.pk)])
    places = reads.agenda(meeting)
    send(world, "meeting-up", meeting.pk, places[2].pk)
    assert [place.topic.title for place in reads.agenda(meeting)][1:] == ["三", "二"]
    send(world, "meeting-up", meeting.pk, places[0].pk)
    send(world, "meeting-down", meeting.pk, places[0].pk)
    assert [place.topic.title for place in reads.agenda(meeting)] == ["三", places[0].topic.title, "二"]
    send(world, "meeting-take-off", meeting.pk, places[1].pk)
    two.refresh_from_db()
    assert two.status == "ready"
    send(world, "meeting-take-off", meeting.pk, places[1].pk, status=404)


def test_all_or_none_of_the_ticked_topics(world):
    meeting = make.planned(world)
    good, raw = make.ready(world), make.raised(world, title="没审查")
    send(world, "meeting-place", meeting.pk, status=422, topics=[str(good.pk), str(raw.pk)])
    assert reads.agenda(meeting) == []


def test_a_topic_of_another_union_is_not_there(world):
    meeting = make.planned(world)
    theirs = make.ready(world)
    theirs.unit = world.other
    theirs.save()
    assert theirs.title not in hub(world, meeting)
    send(world, "meeting-place", meeting.pk, status=404, topics=[str(theirs.pk)])


def test_an_entry_of_another_meeting_is_not_moved_through_this_one(world):
    one, two = make.planned(world, make.ready(world)), make.planned(world, make.ready(world, title="二"))
    (place,) = reads.agenda(two)
    row = two.participants.first()
    for name, about in (("meeting-take-off", place), ("meeting-up", place), ("meeting-uninvite", row)):
        send(world, name, one.pk, about.pk, status=404)
    send(world, "meeting-answer-for", one.pk, row.pk, status=404, coming="yes")


@pytest.mark.clause("PD-5.2.1")
def test_questions_stand_on_a_talk_and_not_on_a_consultation(world):
    talk = make.planned(world, kind="talk")
    assert main(hub(world, talk)) == "列入议题或问题"
    send(world, "meeting-question", talk.pk, question="年终奖什么时候发？")
    assert "年终奖什么时候发？" in hub(world, talk)
    html = page(send(world, "meeting-question", talk.pk, status=422, question="问" * 301), 422)
    assert "300" in html
    meeting = make.planned(world)
    html = page(send(world, "meeting-question", meeting.pk, status=422, question="行不行？"), 422)
    assert "协商会议商量的是议题" in html


# --- who is asked -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.2")
def test_people_are_proposed_by_seat_with_ticks_and_why(world):
    by, at = world.as_("officer"), world.now
    meeting = acts.make_meeting(
        unit=world.plant, kind="consultation", starts_at=at + timedelta(days=7), place="三楼", chair=world.posts["chair"],
        topics=[make.ready(world).pk], by=by, at=at,
    )  # fmt: skip
    html = hub(world, meeting)
    assert "应当到会的还缺：工会负责人、行政负责人、职工代表、行政保障部的负责人" in html
    assert "议题涉及行政保障部" in html
    assert "蒙会发〔2017〕21号" in html
    for who in ("chair", "manager", "delegate", "head"):
        assert re.search(rf'value="{world.posts[who].pk}"[^>]* checked', html), who
    posts = [str(world.posts[who].pk) for who in ("chair", "manager", "delegate")]
    send(world, "meeting-invite", meeting.pk, posts=posts, other=str(world.posts["other_handler"].pk))
    assert set(meeting.participants.values_list("seat", flat=True)) == {
        "union_head",
        "management_head",
        "delegates",
        "",
    }
    html = hub(world, meeting)
    assert "应当到会的还缺：行政保障部的负责人" in html
    assert "吴强" in html


def test_a_guest_is_typed_and_cannot_be_reached(world):
    meeting = make.planned(world, make.ready(world))
    send(world, "meeting-invite", meeting.pk, name="法律顾问", title="律师", side="guest")
    assert "法律顾问" in hub(world, meeting)
    html = page(as_(world, "officer").get(url("meeting-call", meeting.pk)))
    assert "法律顾问不在名册里" in html
    html = page(send(world, "meeting-invite", meeting.pk, status=422, name="", side="guest"), 422)
    assert "这一项要填写" in html


def test_nobody_chosen_is_said(world):
    meeting = make.planned(world, make.ready(world))
    html = page(send(world, "meeting-invite", meeting.pk, status=422, posts=[]), 422)
    assert "请选要请的人" in html


def test_somebody_taken_off_the_list_hears_of_it_once_called(world):
    meeting = make.planned(world, make.ready(world))
    acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=world.now)
    row = meeting.participants.get(person=world.posts["delegate"].person)
    send(world, "meeting-uninvite", meeting.pk, row.pk)
    assert "不用参加了" in Notice.objects.filter(recipient=world.posts["delegate"].person).last().title
    assert as_(world, "delegate").get(url("meeting", meeting.pk)).status_code == 404

"""Getting a meeting ready on the desk: list, new, hub, people, agenda, papers, call, answers; who attends sees little."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar
from pypdf import PdfReader

from huying.cases.rules import Concerns
from huying.meetings import acts, reads
from huying.meetings.models import Meeting, Participant
from huying.notices.models import Notice
from huying.trail.models import Reading
from tests.desk.browser import as_, page
from tests.factories import consultation as make
from tests.factories.world import accepted, voice

_keys = count(1)


def url(name: str, /, *args, **query) -> str:
    tail = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    return reverse(f"desk:{name}", args=args) + tail


def send(world, name: str, /, *args, by: str = "officer", status: int = 302, query: dict | None = None, **typed):
    """Send a form as its page would."""
    answer = as_(world, by).post(url(name, *args, **(query or {})), {"once": f"{next(_keys):032d}", **typed})
    assert answer.status_code == status, answer.content.decode()[:6000]
    return answer


def hub(world, meeting, by: str = "officer", status: int = 200) -> str:
    return page(as_(world, by).get(url("meeting", meeting.pk)), status)


def new(world, **given):
    """What the form of a new meeting carries."""
    return {
        "kind": "consultation", "starts_at": "2026-11-27T14:30", "place": "三楼会议室", "chair": str(world.posts["chair"].pk),
        **given,
    }  # fmt: skip


def topic_naming_the_chair(world):
    case = accepted(world, voice(), concerns=Concerns(chair=True))
    return make.ready(world, case, title="工会主席的车")


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
    assert "2026年第四季度的协商会议开过了" in page(as_(world, "chair").get(url("meetings")))


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


def test_the_list_takes_as_many_statements_for_three_as_for_thirty(world):
    for number in range(3):
        make.planned(world, starts_at=world.now + timedelta(days=1 + number))
    few = statements(world, url("meetings"))
    for number in range(27):
        make.planned(world, starts_at=world.now + timedelta(days=5 + number))
    assert statements(world, url("meetings")) == few


def statements(world, address: str) -> int:
    client = as_(world, "officer")
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


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


def main(html: str) -> str:
    """The one red button of the bar."""
    bar = html[html.index('class="hy-bar"') :]
    found = re.findall(r'class="btn btn-primary"[^>]*>(?:<svg.*?</svg>)?([^<]+)', bar[: bar.index("</div></div>")])
    assert len(found) == 1, found
    return found[0]


@pytest.mark.clause("MY-3.2.2")
def test_the_page_shows_the_one_next_step_in_every_state(world):
    by, at = world.as_("officer"), world.now
    topic = make.ready(world)
    meeting = acts.make_meeting(
        unit=world.plant, kind="consultation", starts_at=at + timedelta(days=7), place="三楼", chair=world.posts["chair"],
        by=by, at=at,
    )  # fmt: skip
    assert main(hub(world, meeting)) == "列入议题"
    acts.place_topic(meeting_id=meeting.pk, topic_id=topic.pk, by=by, at=at)
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


def test_the_page_takes_as_many_statements_for_three_topics_as_for_thirty(world):
    few = make.planned(world, *[make.ready(world, title=f"议题{n}") for n in range(3)])
    many = make.planned(world, *[make.ready(world, title=f"议题{n}") for n in range(30)])
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


# --- the call and the answers -------------------------------------------------------------------------------------------


def version(meeting) -> int:
    meeting.refresh_from_db()
    return meeting.version


def test_the_call_tells_the_day_and_the_kind_and_no_topic(world):
    meeting = make.planned(world, make.ready(world))
    assert "夜班末班车时间" in page(as_(world, "officer").get(url("meeting-call", meeting.pk)))
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    told = Notice.objects.filter(kind="meeting.called")
    assert told.count() == meeting.participants.count()
    assert {one.title for one in told} == {"11月27日协商会议：请确认能否参加"}
    assert "请了 4 人：0 人参加，0 人请假，4 人还没答复" in hub(world, meeting)


def test_a_meeting_is_called_once(world):
    meeting = make.planned(world, make.ready(world))
    seen = version(meeting)
    send(world, "meeting-call", meeting.pk, version=seen)
    html = page(send(world, "meeting-call", meeting.pk, status=422, version=seen), 422)
    assert "发通知" in html
    assert as_(world, "officer").get(url("meeting-call", meeting.pk)).status_code == 409
    assert Notice.objects.filter(kind="meeting.called").count() == 4


def test_an_empty_meeting_is_not_called(world):
    by, at = world.as_("officer"), world.now
    meeting = acts.make_meeting(
        unit=world.plant, kind="consultation", starts_at=at + timedelta(days=7), place="三楼", chair=world.posts["chair"],
        by=by, at=at,
    )  # fmt: skip
    html = page(send(world, "meeting-call", meeting.pk, status=422, version=version(meeting)), 422)
    assert "还不能发通知：还没有请人、议程里还没有议题。" in html


@pytest.mark.clause("PD-5.2.1")
def test_the_kin_of_the_meeting_are_announced_and_name_nobody(world):
    meeting = make.planned(world, kind="hearing")
    html = page(as_(world, "officer").get(url("meeting-call", meeting.pk)))
    assert "定于2026年11月27日（星期五）09:00召开听证会" in html
    typed = {"version": version(meeting), "announcement": "11月27日听证会，有事请打 13800001111。"}
    html = page(send(world, "meeting-call", meeting.pk, status=422, **typed), 422)
    assert "写了电话" in html
    send(world, "meeting-call", meeting.pk, version=version(meeting), announcement="11月27日三楼开听证会，欢迎提问。")
    assert "欢迎提问" in hub(world, meeting)


def test_a_change_of_time_is_heard_by_whom_it_concerns_and_says_who(world):
    meeting = make.planned(world, make.ready(world))
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    html = page(as_(world, "officer").get(url("meeting-plan", meeting.pk)))
    assert "这 4 位会收到提醒" in html
    given = {
        "title": meeting.title, "starts_at": "2026-11-28T09:30", "place": "二楼", "chair": str(world.posts["chair"].pk)
    }  # fmt: skip
    seen = version(meeting)
    send(world, "meeting-plan", meeting.pk, version=seen, **given)
    assert Notice.objects.filter(kind="meeting.moved").count() == 4
    meeting.refresh_from_db()
    assert meeting.sequence == 1
    html = page(send(world, "meeting-plan", meeting.pk, status=422, version=seen, **given), 422)
    assert "有了新的变化" in html
    html = page(send(world, "meeting-plan", meeting.pk, status=422, version=version(meeting),
                     **{**given, "starts_at": "2026-11-01T09:00"}), 422)  # fmt: skip
    assert "会议时间已经过了" in html


def test_cancelling_needs_a_reason_and_frees_the_topics(world):
    topic = make.ready(world)
    meeting = make.planned(world, topic)
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    page(send(world, "meeting-cancel", meeting.pk, status=422, version=version(meeting), reason=" "), 422)
    send(world, "meeting-cancel", meeting.pk, version=version(meeting), reason="总经理出差")
    topic.refresh_from_db()
    assert topic.status == "ready"
    assert Notice.objects.filter(kind="meeting.cancelled").count() == 4
    html = hub(world, meeting, by="manager")
    assert "会议取消了" in html
    assert "总经理出差" not in html


def test_who_is_asked_answers_and_an_excuse_has_its_reason(world):
    meeting = make.planned(world, make.ready(world))
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    html = page(send(world, "meeting-answer", meeting.pk, by="manager", status=422, coming="no", note=""), 422)
    assert "请写一下请假的原因" in html
    send(world, "meeting-answer", meeting.pk, by="manager", coming="no", note="出差")
    row = meeting.participants.get(person=world.posts["manager"].person)
    assert (row.answer, row.answer_note) == ("excused", "出差")
    assert "出差" in hub(world, meeting)
    send(world, "meeting-answer", meeting.pk, by="chair", coming="yes")
    send(world, "meeting-answer", meeting.pk, by="officer", status=404, coming="yes")
    row = meeting.participants.get(person=world.posts["delegate"].person)
    send(world, "meeting-answer-for", meeting.pk, row.pk, coming="yes", note="电话里说来")
    assert "2 人参加，1 人请假，1 人还没答复" in hub(world, meeting)
    send(world, "meeting-answer-for", meeting.pk, row.pk, by="manager", status=404, coming="no")


def test_nobody_answers_when_the_meeting_is_on(world):
    meeting = make.opened(world, make.ready(world))
    html = page(send(world, "meeting-answer", meeting.pk, by="manager", status=422, coming="yes"), 422)
    assert "不用再答复" in html


# --- who attends --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.3d")
@pytest.mark.parametrize("who", ["manager", "head", "delegate"])
def test_who_attends_reads_neutral_words_and_nothing_else(world, who):
    case = accepted(world, voice(secrecy="sealed", name="刘春华"))
    topic = make.ready(world, case)
    meeting = make.planned(world, topic)
    raw = make.raised(world, title="还没审查的另一个议题")
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    html = hub(world, meeting, by=who)
    assert topic.body in html
    assert "您能参加吗" in html
    for hidden in (case.number, case.title, "刘春华", raw.title, url("topic", topic.pk), "合法性审查", "经过", "何平（",
                   url("meeting-invite", meeting.pk), url("meeting-plan", meeting.pk), "签到表", "看纪要"):  # fmt: skip
        assert hidden not in html, hidden
    for name in ("meeting-plan", "meeting-call", "meeting-cancel"):
        assert as_(world, who).get(url(name, meeting.pk)).status_code == 404
    for name in ("meeting-place", "meeting-question", "meeting-invite", "meeting-paper"):
        send(
            world, name, meeting.pk, by=who, status=404, question="问", topics=[str(topic.pk)], name="甲", side="guest"
        )
    assert Reading.objects.filter(what="meeting", subject=str(meeting.pk)).exists()


def test_what_was_told_counts_as_read_once_opened(world):
    meeting = make.planned(world, make.ready(world))
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    mine = Notice.objects.filter(recipient=world.posts["manager"].person, subject=meeting.pk)
    assert mine.filter(read_at__isnull=True).exists()
    hub(world, meeting, by="manager")
    assert not mine.filter(read_at__isnull=True).exists()


def test_the_minutes_are_reached_once_they_go_round(world):
    meeting = make.held(world, make.ready(world))
    assert url("minutes", meeting.pk) not in hub(world, meeting, by="manager")
    acts.circulate(meeting_id=meeting.pk, by=world.as_("officer"), at=meeting.closed_at)
    assert "核对纪要" in hub(world, meeting, by="manager")


# --- papers, calendar, prints -------------------------------------------------------------------------------------------


def upload(name: str = "班车运行.txt", body: bytes = "十月：准点率 96%".encode()) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="text/plain")


def test_papers_are_read_by_everybody_asked_and_each_look_is_kept(world):
    meeting = make.planned(world, make.ready(world))
    send(world, "meeting-paper", meeting.pk, label="班车运行情况", files=upload())
    row = meeting.files.get()
    address = url("meeting-file", meeting.pk, row.pk)
    assert as_(world, "manager").get(address).status_code == 404  # not called yet
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    assert "班车运行情况" in hub(world, meeting, by="manager")
    answer = as_(world, "manager").get(address)
    assert (answer.status_code, answer.content) == (200, "十月：准点率 96%".encode())
    assert Reading.objects.filter(what="file", subject=str(row.pk)).exists()
    for who in ("foreign", "other_handler", "audit"):
        assert as_(world, who).get(address).status_code == 404


def test_a_bad_paper_is_refused_and_its_label_stays(world):
    meeting = make.planned(world, make.ready(world))
    html = page(send(world, "meeting-paper", meeting.pk, status=422, label="程序", files=upload("a.exe", b"MZ")), 422)
    assert 'value="程序"' in html
    page(send(world, "meeting-paper", meeting.pk, status=422, label="", files=upload()), 422)
    assert not meeting.files.exists()


def test_the_scan_is_for_who_attends_only_when_the_minutes_are(world):
    meeting = make.planned(world, make.ready(world))
    send(world, "meeting-paper", meeting.pk, label="扫描件", files=upload())
    meeting.files.update(kind="scan")
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    address = url("meeting-file", meeting.pk, meeting.files.get().pk)
    assert as_(world, "manager").get(address).status_code == 404
    assert as_(world, "officer").get(address).status_code == 200


def calendar(world, meeting, by: str = "manager"):
    answer = as_(world, by).get(url("meeting-ics", meeting.pk))
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content), answer


def test_the_calendar_file_says_kind_place_and_time_and_no_topic(world):
    meeting = make.planned(world, make.ready(world), link="https://meet.example.invalid/1")
    assert as_(world, "officer").get(url("meeting-ics", meeting.pk)).status_code == 404
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    found, answer = calendar(world, meeting)
    (event,) = found.walk("VEVENT")
    assert "method=REQUEST" in answer["Content-Type"]
    assert (found["METHOD"], event["SEQUENCE"], event["SUMMARY"]) == ("REQUEST", 0, "协商会议")
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert event["DTSTART"].dt == meeting.starts_at
    assert event["LOCATION"] == "三楼会议室"
    assert "meet.example.invalid" in event["DESCRIPTION"]
    assert found.walk("VTIMEZONE")
    assert "末班车".encode() not in answer.content.replace(b"\r\n ", b"")
    uid = event["UID"]
    acts.plan(
        meeting_id=meeting.pk, title=meeting.title, starts_at=meeting.starts_at + timedelta(days=1), place="二楼",
        chair=world.posts["chair"], by=world.as_("officer"), at=world.now,
    )  # fmt: skip
    (event,) = calendar(world, meeting)[0].walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"], event["LOCATION"]) == (uid, 1, "二楼")
    acts.cancel(meeting_id=meeting.pk, reason="改期", by=world.as_("officer"), at=world.now)
    found, _ = calendar(world, meeting)
    (event,) = found.walk("VEVENT")
    assert (found["METHOD"], event["STATUS"], event["UID"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", uid, 2)


def text_of(answer) -> str:
    from io import BytesIO

    pages = PdfReader(BytesIO(answer.content)).pages
    return "".join(one.extract_text() for one in pages).replace("\n", "").replace(" ", "")


def test_invitation_agenda_and_sign_in_sheet_are_printed(world):
    meeting = make.planned(world, make.ready(world))
    send(world, "meeting-call", meeting.pk, version=version(meeting))
    office, manager = as_(world, "officer"), as_(world, "manager")
    invited = manager.get(url("meeting-print", meeting.pk, "invitation", "pdf"))
    assert "冯国庆" in text_of(invited)
    assert "夜班末班车时间" in text_of(invited)
    assert "各参会人员" in text_of(office.get(url("meeting-print", meeting.pk, "invitation", "pdf")))
    assert "何平" in text_of(office.get(url("meeting-print", meeting.pk, "agenda", "pdf")))
    assert "钱进" in text_of(office.get(url("meeting-print", meeting.pk, "sign_in", "pdf")))
    for what in ("invitation", "agenda"):
        answer = manager.get(url("meeting-print", meeting.pk, what, "docx"))
        assert answer.content[:2] == b"PK"
        assert "%E4%BC%9A%E8%AE%AE" in answer["Content-Disposition"]
    assert manager.get(url("meeting-print", meeting.pk, "sign_in", "pdf")).status_code == 404
    for what, fmt in (("sign_in", "docx"), ("minutes", "pdf"), ("invitation", "exe")):
        assert office.get(url("meeting-print", meeting.pk, what, fmt)).status_code == 404
    assert Participant.objects.filter(meeting=meeting).count() == 4

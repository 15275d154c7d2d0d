"""Calling a meeting on the desk: who hears, who answers, what they see, papers, calendar, prints."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from icalendar import Calendar
from pypdf import PdfReader

from huying.meetings import acts
from huying.meetings.models import Participant
from huying.notices.models import Notice
from huying.trail.models import Reading
from tests.desk.browser import as_, page
from tests.desk.meeting_pages import hub, send, statements, url, version
from tests.factories import consultation as make
from tests.factories.world import accepted, voice

# --- the call and the answers -------------------------------------------------------------------------------------------


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
    send(world, "meeting-answer", meeting.pk, by="officer", status=404)  # nor is a form with mistakes looked at
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


def test_who_attends_asks_as_much_for_three_topics_as_for_ten(world):
    few = make.planned(world, *[make.ready(world, title=f"议题{n}") for n in range(3)])
    many = make.planned(world, *[make.ready(world, title=f"议题{n}") for n in range(10)])
    for meeting in (few, many):
        acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=world.now)
    counts = [statements(world, url("meeting", one.pk), by="delegate") for one in (few, many)]
    assert counts[0] == counts[1] < 40


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
    agenda = text_of(office.get(url("meeting-print", meeting.pk, "agenda", "pdf")))
    assert "何平" in agenda
    assert "行政保障部" in agenda
    assert "钱进" in text_of(office.get(url("meeting-print", meeting.pk, "sign_in", "pdf")))
    for what in ("invitation", "agenda"):
        answer = manager.get(url("meeting-print", meeting.pk, what, "docx"))
        assert answer.content[:2] == b"PK"
        assert "%E4%BC%9A%E8%AE%AE" in answer["Content-Disposition"]
    assert manager.get(url("meeting-print", meeting.pk, "sign_in", "pdf")).status_code == 404
    for what, fmt in (("sign_in", "docx"), ("minutes", "pdf"), ("invitation", "exe")):
        assert office.get(url("meeting-print", meeting.pk, what, fmt)).status_code == 404
    assert Participant.objects.filter(meeting=meeting).count() == 4

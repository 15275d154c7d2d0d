"""The room: every act through its form, what is refused, and what the page's script is answered."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.meetings import acts, reads
from huying.meetings.models import Agreed, Meeting, Participant, Place, Remark
from tests.desk.browser import as_, page, post
from tests.factories import consultation as make
from tests.files.samples import photo

_keys = count(1)


def at(meeting, act=""):
    """An address of the room."""
    if act:
        return reverse("desk:meeting-room-act", args=[meeting.pk, act])
    return reverse("desk:meeting-room", args=[meeting.pk])


def do(world, meeting, act, *, by="officer", quick=False, status=302, once="", **typed):
    """Send one form of the room; ``quick`` as its script does."""
    client = as_(world, by)
    headers = {"X-Room": world.as_(by).code} if quick else {}
    answer = client.post(at(meeting, act), {"once": once or f"{next(_keys):032d}", **typed}, headers=headers)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer


def place_of(meeting):
    return reads.agenda(meeting)[0]


def four(world, meeting, **other):
    """The four as the form sends them."""
    return {
        "place": str(place_of(meeting).pk), "measure": "末班车恢复 22:40 发车。", "deadline": "2026-12-15",
        "department": str(world.admin.pk), "handler": post(world, "handler"), **other,
    }  # fmt: skip


@pytest.fixture
def opened(world):
    """A meeting that was opened yesterday, one topic."""
    before = world.now - timedelta(days=8)
    return make.opened(world, make.ready(world, at=before), at=before)


# --- before it opens ----------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.2")
def test_who_is_there_is_one_tap_and_an_empty_seat_is_pointed_out_before_it_opens(world):
    meeting = make.planned(world, make.ready(world))
    html = page(as_(world, "officer").get(at(meeting)))
    assert "全部到会" in html
    assert "行政保障部的负责人" in html
    head = meeting.participants.get(seat="department_head")
    others = meeting.participants.exclude(pk=head.pk)
    do(world, meeting, "attend", there=[f"{one.pk}:present" for one in others])
    do(world, meeting, "attend", there=f"{head.pk}:absent")
    html = page(do(world, meeting, "open", status=422), 422)
    assert "会议还没有开始" in html
    assert "还缺：行政保障部的负责人" in html
    do(world, meeting, "open", because="出差，委托总经理说明")
    assert Meeting.objects.get().status == "open"
    assert "出差，委托总经理说明" in Meeting.objects.get().missing_because


def test_nobody_there_is_no_meeting(world):
    meeting = make.planned(world, make.ready(world))
    assert "还没有登记谁到会" in page(do(world, meeting, "open", status=422), 422)


def test_whoever_asked_for_leave_is_not_marked_present_by_the_one_click(world):
    meeting = make.planned(world, make.ready(world))
    acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=world.now)
    acts.answer(meeting_id=meeting.pk, coming=False, note="出差", by=world.as_("head"), at=world.now)
    html = page(as_(world, "officer").get(at(meeting)))
    away = Participant.objects.get(answer="excused")
    assert f'value="{away.pk}:excused"' in html
    assert "请过假：出差" in html


def test_who_is_no_participant_is_not_marked(world, opened):
    answer = as_(world, "officer").post(at(opened, "attend"), {"once": "x" * 32, "there": f"{world.plant.pk}:present"})
    assert answer.status_code == 404


# --- in the room --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-2.2")
def test_lines_are_added_corrected_and_struck(world, opened):
    place = place_of(opened)
    answer = do(world, opened, "remark", place=str(place.pk), speaker="行政方", text="车队可以调整。")
    assert answer["Location"].endswith(f"?entry={place.pk}")
    (line,) = place_of(opened).remarks.all()
    do(world, opened, "correct", remark=str(line.pk), speaker="行政方", text="车队可以调整班次。")
    (line,) = place_of(opened).remarks.all()
    html = page(as_(world, "officer").get(at(opened)))
    assert "车队可以调整班次。" in html
    do(world, opened, "correct", remark=str(line.pk), speaker="行政方", text=line.text, strike="on")
    assert not place_of(opened).remarks.all()
    assert Remark.objects.count() == 2


def test_an_empty_line_and_a_line_of_the_past_are_refused_and_what_was_typed_stays(world, opened):
    place = place_of(opened)
    html = page(do(world, opened, "remark", place=str(place.pk), speaker="行政方", text=" ", status=422), 422)
    assert 'value="行政方"' in html
    line = acts.remark(place_id=place.pk, speaker="", text="一", by=world.as_("officer"), at=world.now)
    acts.correct_remark(remark_id=line.pk, speaker="", text="二", by=world.as_("second"), at=world.now)
    html = page(do(world, opened, "correct", remark=str(line.pk), speaker="", text="三", status=422), 422)
    assert "刚刚被改过" in html
    assert "您写的：" in html


@pytest.mark.clause("MY-3.2.3b")
def test_the_four_settle_an_entry_and_it_can_be_taken_back(world, opened):
    do(world, opened, "agree", **four(world, opened, helping=[str(world.logistics.pk)]))
    html = page(as_(world, "officer").get(at(opened)))
    assert "定下 1 项" in html
    assert "协办：后勤部" in html
    assert "每一项都有结果了" in html
    agreed = Agreed.objects.get()
    do(world, opened, "drop", agreed=str(agreed.pk), entry=str(agreed.place_id))
    html = page(as_(world, "officer").get(at(opened)))
    assert "未定" in html
    answer = as_(world, "officer").post(at(opened, "drop"), {"once": "y" * 32, "agreed": str(agreed.pk)})
    assert answer.status_code == 404


@pytest.mark.clause("MY-3.2.3b")
@pytest.mark.parametrize("lacking", ["measure", "deadline", "department", "handler"])
def test_with_one_of_the_four_missing_nothing_is_settled(world, opened, lacking):
    html = page(do(world, opened, "agree", status=422, **four(world, opened, **{lacking: ""})), 422)
    assert "四项齐了才算定下来" in html
    assert not Agreed.objects.exists()
    if lacking != "measure":
        assert "末班车恢复 22:40 发车。" in html
    html = page(do(world, opened, "close", status=422), 422)
    assert "还没有结果" in html


def test_a_person_of_another_department_is_refused(world, opened):
    html = page(do(world, opened, "agree", status=422, **four(world, opened, department=str(world.logistics.pk))), 422)
    assert "承办人要是后勤部的人" in html


@pytest.mark.clause("MY-2.2")
def test_the_vote_is_closed_until_a_discussion_is_written_down_and_says_why(world, opened):
    figures = {"place": str(place_of(opened).pk), "votes_for": "7", "votes_against": "1", "abstained": "2"}
    html = page(as_(world, "officer").get(at(opened)))
    assert "先讨论，后表决：记下至少一条发言" in html
    assert "data-votes disabled" in html.partition("<template")[0]
    assert "先讨论，后表决：这个议题还没有讨论记录" in page(do(world, opened, "vote", status=422, **figures), 422)
    do(world, opened, "remark", place=figures["place"], speaker="代表", text="赞成恢复。")
    do(world, opened, "vote", **figures)
    html = page(as_(world, "officer").get(at(opened)))
    assert "赞成 7" in html
    assert "data-votes disabled" not in html.partition("<template")[0]  # after it come the blank forms
    do(world, opened, "unvote", place=figures["place"])
    assert place_of(opened).votes_for is None


def test_not_agreed_needs_its_way_on_and_noted_its_words(world, opened):
    place = str(place_of(opened).pk)
    html = page(do(world, opened, "settle", place=place, result="not_agreed", text="没有预算", status=422), 422)
    assert "没谈成的，请选下一步怎么办" in html
    assert "没有预算" in html
    assert "请写一句话说明" in page(do(world, opened, "settle", place=place, result="noted", status=422), 422)
    do(world, opened, "settle", place=place, result="not_agreed", next_way="up", text="没有预算")
    assert (place_of(opened).result, place_of(opened).next_way) == ("not_agreed", "up")


def test_another_secretarys_result_is_shown_and_nothing_overwritten(world, opened):
    place = place_of(opened)
    acts.settle(place_id=place.pk, result="noted", text="已说明。", by=world.as_("second"), at=world.now)
    typed = {"place": str(place.pk), "version": str(place.version), "result": "later", "text": "等预算"}
    html = page(do(world, opened, "settle", status=422, **typed), 422)
    assert "另一位同志刚刚改了这个议题的结果" in html
    assert "已说明。" in html
    assert "等预算" in html
    answer = do(world, opened, "settle", quick=True, status=422, **typed).json()
    assert answer["stale"]
    assert answer["entries"][str(place.pk)] == place.version + 1
    assert Place.objects.get().result == "noted"


def test_it_closes_with_every_entry_settled_and_may_go_on(world, opened):
    do(world, opened, "agree", **four(world, opened))
    do(world, opened, "close")
    html = page(as_(world, "officer").get(at(opened)))
    assert "会开完了，这里不能再记" in html
    assert "去写纪要" in html
    assert "散会以后要补记" not in html
    refused = do(world, opened, "remark", place=str(place_of(opened).pk), text="晚了", status=422)
    assert "不能再记" in page(refused, 422)
    do(world, opened, "back")
    assert Meeting.objects.get().status == "open"


def test_questions_are_put_in_the_room_of_an_inquiry_but_not_of_a_consultation(world, opened):
    page(do(world, opened, "question", question="食堂几点开门？", status=422), 422)
    inquiry = make.opened(world, kind="inquiry")
    assert "议程里还没有内容" in page(as_(world, "officer").get(at(inquiry)))
    do(world, inquiry, "question", question="食堂几点开门？")
    assert "食堂几点开门？" in page(as_(world, "officer").get(at(inquiry)))


# --- held on paper ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.3c")
def test_a_meeting_held_on_paper_is_entered_with_its_signed_scan(world):
    start = world.now - timedelta(hours=1)
    meeting = make.planned(world, make.ready(world), starts_at=start, on_paper=True)
    html = page(as_(world, "officer").get(at(meeting)))
    assert "补录完毕" in html
    assert "还没有上传签字的扫描件" in html
    do(world, meeting, "attend", there=[f"{one.pk}:present" for one in meeting.participants.all()])
    do(world, meeting, "remark", place=str(place_of(meeting).pk), speaker="行政方", text="同意。")
    do(world, meeting, "agree", **four(world, meeting))
    assert "还没有上传签字的扫描件" in page(do(world, meeting, "entered", status=422), 422)
    assert "请选签字的扫描件" in page(do(world, meeting, "scan", status=422), 422)
    do(world, meeting, "scan", files=SimpleUploadedFile("纪要.jpg", photo(size=(60, 40)), content_type="image/jpeg"))
    assert "纪要" in page(as_(world, "officer").get(at(meeting)))
    do(world, meeting, "entered")
    meeting = Meeting.objects.get()
    assert (meeting.status, meeting.on_paper) == ("held", True)
    assert "继续补录" in page(as_(world, "officer").get(at(meeting)))


# --- what the script is answered ----------------------------------------------------------------------------------------


def test_a_line_sent_twice_counts_once(world, opened):
    place = str(place_of(opened).pk)
    for _ in range(2):
        answer = do(world, opened, "remark", quick=True, status=200, once="room-" + "a" * 36, place=place, text="一次")
        assert "一次" in answer.json()["live"]
    assert Remark.objects.count() == 1


def test_a_form_without_its_id_is_refused(world, opened):
    client = as_(world, "officer")
    answer = client.post(
        at(opened, "remark"),
        {"place": str(place_of(opened).pk), "text": "x"},
        headers={"X-Room": world.as_("officer").code},
    )
    assert answer.status_code == 422
    assert answer.json()["said"]


def test_what_one_account_wrote_is_not_sent_by_another(world, opened):
    client = as_(world, "second")
    sent = {"once": "z" * 32, "place": str(place_of(opened).pk), "text": "不是我写的"}
    answer = client.post(at(opened, "remark"), sent, headers={"X-Room": world.as_("officer").code})
    assert (answer.status_code, answer.json()) == (409, {"who": world.as_("second").code})
    assert not Remark.objects.exists()


def test_the_page_asks_again_and_hears_what_others_wrote(world, opened):
    acts.remark(place_id=place_of(opened).pk, speaker="工会方", text="我方意见", by=world.as_("second"), at=world.now)
    answer = as_(world, "officer").get(reverse("desk:meeting-room-now", args=[opened.pk])).json()
    assert "我方意见" in answer["live"]
    assert answer["stage"] == "in"
    assert answer["token"]


@pytest.mark.parametrize("by", ["manager", "delegate", "head", "foreign", "upper"])
def test_the_room_is_there_for_the_union_office_only(world, opened, by):
    client = as_(world, by)
    for address in (at(opened), reverse("desk:meeting-room-now", args=[opened.pk])):
        assert client.get(address).status_code == 404
    sent = {"once": "w" * 32, "place": str(place_of(opened).pk), "text": "x"}
    assert client.post(at(opened, "remark"), sent).status_code == 404


@pytest.mark.parametrize("quick", [False, True])
def test_as_many_statements_for_ten_entries_as_for_three(world, quick):
    few = make.opened(world, *(make.ready(world, title=f"议题{n}") for n in range(3)))
    many = make.opened(world, *(make.ready(world, title=f"议题{n}") for n in range(10)))
    for meeting in (few, many):
        for place in reads.agenda(meeting)[:20]:
            make.settled(world, place, meeting.starts_at)
    client, name = as_(world, "officer"), "desk:meeting-room-now" if quick else "desk:meeting-room"
    asked = []
    for meeting in (few, few, many):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(name, args=[meeting.pk])).status_code == 200
        asked.append(len(seen))
    assert asked[1] == asked[2], asked
    assert asked[1] <= 14, asked

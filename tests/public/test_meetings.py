"""What workers read of meetings: announcements, published minutes and how far promises are; nothing else leaves."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huying.handling import acts as handling
from huying.handling.models import Item
from huying.kernel.errors import Invalid
from huying.meetings import acts, reads
from huying.meetings.models import Meeting
from tests.factories import consultation as make
from tests.factories.world import accepted, voice
from tests.kernel.rendering import Page

pytestmark = pytest.mark.django_db


def home(unit) -> str:
    return f"/u/{unit.code}/meetings/"


def read(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    html = answer.content.decode()
    assert answer.status_code == status, html[:2000]
    assert Page(html).faults == []
    assert "style=" not in html
    return html


def out(world, meeting: Meeting, **changed) -> None:
    """Published as proposed."""
    body = {**reads.draft_publication(meeting), **changed}
    acts.publish(meeting_id=meeting.pk, body=body, by=world.as_("chair"), at=meeting.starts_at + timedelta(days=1))


def talk(world, **given) -> Meeting:
    """A 恳谈会 with one question, answered and promised, signed."""
    at = world.now
    meeting = make.planned(world, at=at, kind="talk", **given)
    by = world.as_("officer")
    acts.add_question(meeting_id=meeting.pk, question="夏天车间降温怎么安排？", by=by, at=at)
    acts.call(meeting_id=meeting.pk, announcement="想问的事，会前交给工会。", by=by, at=at)
    return meeting


def over(world, meeting: Meeting) -> Meeting:
    """The talk held and signed."""
    by, start = world.as_("officer"), meeting.starts_at
    there = dict.fromkeys(meeting.participants.values_list("pk", flat=True), "present")
    acts.attend(meeting_id=meeting.pk, there=there, by=by, at=start)
    acts.open_meeting(meeting_id=meeting.pk, by=by, at=start)
    (place,) = reads.agenda(meeting)
    acts.remark(place_id=place.pk, speaker="冯国庆", text="六月底前装好风机。", by=by, at=start)
    acts.agree(place_id=place.pk, terms=make.terms(world, meeting, measure="装好车间风机。"), by=by, at=start)
    acts.close_meeting(meeting_id=meeting.pk, by=by, at=start + timedelta(hours=1))
    acts.circulate(meeting_id=meeting.pk, by=by, at=start + timedelta(hours=2))
    for who in ("manager", "chair"):
        acts.sign(meeting_id=meeting.pk, by=world.as_(who), at=start + timedelta(hours=3))
    return Meeting.objects.get(pk=meeting.pk)


# --- announcements --------------------------------------------------------------------------------------------------


@pytest.mark.clause("PD-5.2.1")
def test_a_talk_is_announced_with_time_place_and_how_to_ask(phone, world):
    meeting = talk(world)
    page = read(phone, home(world.shop))
    assert "恳谈会" in page
    assert "11月27日 周五 09:00" in page
    assert "三楼会议室" in page
    assert "想问的事，会前交给工会。" in page
    assert f'href="/u/{world.shop.code}/"' in page
    assert "夏天车间降温" not in page
    acts.cancel(meeting_id=meeting.pk, reason="改期", by=world.as_("officer"), at=world.now)
    assert "取消了" in read(phone, home(world.plant))


def test_what_is_not_announced_is_not_there(phone, world):
    meeting = make.planned(world, make.ready(world))
    acts.call(meeting_id=meeting.pk, by=world.as_("officer"), at=world.now)
    page = read(phone, home(world.plant))
    assert "还没有公告" in page
    assert "三楼会议室" not in page


def test_a_unit_shows_its_own_only(phone, world):
    out(world, over(world, talk(world)))
    assert "还没有公告" in read(phone, home(world.other))
    assert read(phone, home(world.shop)).count("恳谈会") >= 1


def test_an_address_that_leads_nowhere(phone, world):
    read(phone, "/u/nowhere/meetings/", 404)
    read(phone, f"/u/nowhere/meetings/{uuid4()}/", 404)
    assert "没有找到这份纪要" in read(phone, f"{home(world.plant)}{uuid4()}/", 404)


def test_the_unit_page_leads_there_once_there_is_something(phone, world):
    assert home(world.shop) not in read(phone, f"/u/{world.shop.code}/")
    talk(world)
    assert home(world.shop) in read(phone, f"/u/{world.shop.code}/")


# --- minutes --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("PD-5.2.1")
@pytest.mark.clause("MY-3.2.3c")
def test_question_answer_and_promise_are_read_and_followed_up(phone, world, clock):
    meeting = over(world, talk(world))
    out(world, meeting)
    address = f"{home(world.shop)}{meeting.pk}/"
    assert address in read(phone, home(world.shop))
    page = read(phone, address)
    assert "夏天车间降温怎么安排？" in page
    assert "行政方：六月底前装好风机。" in page
    assert "装好车间风机。由行政保障部承办" in page
    assert "办理中" in page
    item = Item.objects.get()
    by, at = world.as_("handler"), meeting.starts_at + timedelta(days=2)
    handling.finish(item_id=item.pk, able=True, text="装好了。", done_on=None, by=by, at=at)
    assert "办理中" in read(phone, address)
    handling.report(item_id=item.pk, text="六台都装好了。", by=by, at=at)
    page = read(phone, address)
    assert "已办结" in page
    assert "六台都装好了" not in page


def test_what_cannot_be_done_is_not_called_done(phone, world):
    meeting = over(world, talk(world))
    out(world, meeting)
    by, at = world.as_("handler"), meeting.starts_at + timedelta(days=2)
    item = Item.objects.get()
    handling.finish(item_id=item.pk, able=False, text="电力不够。", done_on=None, by=by, at=at)
    handling.report(item_id=item.pk, text="要等扩容。", by=by, at=at)
    page = read(phone, f"{home(world.plant)}{meeting.pk}/")
    assert "暂时办不了" in page
    assert "已办结" not in page


@pytest.mark.clause("MY-3.2.3d")
def test_nothing_but_the_published_body_leaves(phone, world):
    one, two = accepted(world), accepted(world, voice(name="马兰"))
    meeting = make.signed(world, make.ready(world, one, two))
    closed = read(phone, home(world.plant))
    assert "还没有公告" in closed
    read(phone, f"{home(world.plant)}{meeting.pk}/", 404)
    sections = reads.draft_publication(meeting)["sections"]
    out(world, meeting, sections=[{**sections[0], "heading": "通勤", "text": "末班车恢复 22:40。"}])
    item = Item.objects.first()
    whole = [item.code, one.number, two.number, "马兰", "刘春华", "孙立", "冯国庆", "郑卫国", "何平", "22:20",
             "车队可以调整班次", "夜班末班车时间"]  # fmt: skip
    for address in (home(world.plant), f"{home(world.plant)}{meeting.pk}/"):
        page = read(phone, address)
        assert [word for word in whole if word in page] == [], address
    assert "末班车恢复 22:40。" in page


@pytest.mark.clause("PD-5.2.1")
@pytest.mark.clause("MY-3.2.3d")
def test_an_answer_is_not_published_with_the_name_of_who_asked(phone, world):
    meeting = over(world, talk(world))
    sections = reads.draft_publication(meeting)["sections"]
    with pytest.raises(Invalid) as refused:
        out(world, meeting, sections=[{**sections[0], "text": "何平问到降温，行政答应装风机。"}])
    assert "何平" in refused.value.fields[f"text-{sections[0]['place']}"]
    read(phone, f"{home(world.plant)}{meeting.pk}/", 404)


@pytest.mark.clause("MY-3.2.3d")
def test_minutes_taken_back_are_gone(phone, world):
    meeting = make.signed(world, make.ready(world))
    out(world, meeting)
    address = f"{home(world.plant)}{meeting.pk}/"
    read(phone, address)
    acts.withdraw_publication(
        meeting_id=meeting.pk, reason="数字要核对", by=world.as_("chair"), at=meeting.starts_at + timedelta(days=2)
    )
    page = read(phone, address, 404)
    assert "数字要核对" not in page
    assert "末班车" not in read(phone, home(world.plant))


def test_statements_do_not_grow(phone, world):
    def count() -> int:
        phone.get(home(world.plant))
        with CaptureQueriesContext(connection) as seen:
            assert phone.get(home(world.plant)).status_code == 200
        return len(seen)

    for _ in range(2):
        out(world, make.signed(world, make.ready(world)))
    few = count()
    for _ in range(4):
        out(world, make.signed(world, make.ready(world)))
    assert count() == few <= 10

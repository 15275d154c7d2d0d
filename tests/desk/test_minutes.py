"""Minutes on the desk: written from the data, checked, signed by both sides in order, corrected, published; who may what."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from huying.cases.models import Clock
from huying.files.acts import check
from huying.handling.models import Item
from huying.meetings import acts, reads
from huying.meetings.models import Meeting
from tests.desk.browser import as_, page
from tests.factories import consultation as make
from tests.factories.world import accepted, voice
from tests.files.samples import photo

OFFICE_ONLY = ("write", "versions", "sign-paper", "correct", "publish", "unpublish")


@pytest.fixture
def clock(monkeypatch, now):
    """The moment at the edge; ``clock(at)`` moves it."""
    moment = [now]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment[0])

    def move(at):
        moment[0] = at

    return move


@pytest.fixture
def held(world, clock) -> Meeting:
    """A meeting that is over, an hour later."""
    meeting = make.held(world, make.ready(world))
    clock(meeting.starts_at + timedelta(hours=2))
    return meeting


def address(meeting, name: str = "", *more) -> str:
    return reverse(f"desk:minutes-{name}" if name else "desk:minutes", args=[meeting.pk, *more])


def shown(client: Client, meeting, name: str = "") -> str:
    return page(client.get(address(meeting, name)))


def send(client: Client, meeting, act: str, /, *, status: int = 302, **typed):
    meeting.refresh_from_db()
    data = {"once": uuid4().hex, "version": meeting.version, **typed}
    answer = client.post(address(meeting, act), data)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer


def typed(meeting, **changed) -> dict[str, str]:
    """The editor's fields as the page shows them, some changed."""
    body = reads.words_of(meeting, reads.agenda(meeting), reads.latest_minutes(meeting))
    fields = {"opening": body["opening"], "closing": body["closing"]}
    for one in body["sections"]:
        fields |= {f"heading-{one['place']}": one["heading"], f"text-{one['place']}": one["text"]}
    return {**fields, **changed}


def first(meeting, what: str = "text") -> str:
    """The name of the first entry's field."""
    return f"{what}-{reads.agenda(meeting)[0].pk}"


# --- the story ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.3c")
def test_from_the_draft_to_signed_minutes_and_items_with_clocks(world, held):
    office, manager, delegate, chair = (as_(world, name) for name in ("officer", "manager", "delegate", "chair"))
    first_look = shown(office, held)
    assert "车队可以调整班次" in first_look
    assert "末班车恢复 22:40 发车" in first_look
    send(office, held, "write", **typed(held, closing="会议希望各部门按时办结。"))
    assert reads.latest_minutes(held).number == 1
    send(office, held, "circulate")
    assert "核对无误" in shown(delegate, held)
    send(delegate, held, "reply", agreed="yes")
    assert "您核对过了" in shown(delegate, held)
    assert "何平" in shown(office, held)
    assert "代表行政方签字" in shown(manager, held)
    assert "签字生效" not in shown(chair, held)
    send(manager, held, "sign")
    assert not Item.objects.exists()
    assert "签字生效" in shown(chair, held)
    send(chair, held, "sign")
    held.refresh_from_db()
    assert (held.status, held.seq) == ("signed", 1)
    item = Item.objects.get()
    assert Clock.objects.filter(subject=item.pk, code="item").exists()
    after = shown(office, held)
    assert item.code in after
    assert reverse("desk:case", args=[item.case_id]) in after
    assert "〔2026〕1号" in after


@pytest.mark.clause("MY-3.2.3c")
def test_the_union_cannot_sign_first(world, held):
    acts.circulate(meeting_id=held.pk, by=world.as_("officer"), at=held.starts_at + timedelta(hours=2))
    answer = send(as_(world, "chair"), held, "sign", status=409)
    assert "行政方还没有签字" in answer.content.decode()
    assert not held.signatures.exists()


@pytest.mark.clause("MY-3.2.3c")
def test_changed_words_take_signatures_and_answers_back(world, held):
    office, manager = as_(world, "officer"), as_(world, "manager")
    send(office, held, "circulate")
    send(as_(world, "delegate"), held, "reply", agreed="yes")
    send(manager, held, "sign")
    said = reads.answers(reads.participants(held), reads.latest_minutes(held), reads.signatures(held).values())
    assert {one.name for one in said.agreed} == {"何平", "冯国庆"}
    assert "已经签的字作废" in shown(office, held, "write")
    send(office, held, "write", **typed(held, **{first(held): "行政方同意恢复末班车。"}))
    held.refresh_from_db()
    assert held.status == "held"
    assert reads.signatures(held) == {}
    waiting = reads.answers(reads.participants(held), reads.latest_minutes(held)).waiting
    assert "何平" in {one.name for one in waiting}
    assert "纪要正在写" in shown(manager, held)
    send(manager, held, "sign", status=409)


def test_objections_reach_the_office_in_words(world, held):
    office, delegate = as_(world, "officer"), as_(world, "delegate")
    send(office, held, "circulate")
    answer = send(delegate, held, "reply", agreed="no", words=" ", status=422)
    assert "请写明哪里不对" in page(answer, 422)
    send(delegate, held, "reply", agreed="no", words="第一项应写明双休日也发车。")
    assert "第一项应写明双休日也发车。" in shown(office, held)
    send(office, held, "write", **typed(held, closing="双休日照常发车。"))
    send(office, held, "circulate")
    assert "对第 1 稿的意见" in shown(office, held)
    assert "第一项应写明双休日也发车。" not in shown(as_(world, "manager"), held)


def test_two_editors_at_once_see_both_texts(world, held):
    one, two = as_(world, "officer"), as_(world, "second")
    before = held.version
    send(one, held, "write", **typed(held, **{first(held): "第一位写的。"}))
    held.refresh_from_db()
    data = {"once": uuid4().hex, "version": before, **typed(held, **{first(held): "第二位写的。"})}
    answer = two.post(address(held, "write"), data)
    text = page(answer, 422)
    assert "李慧敏" in text
    assert "第一位写的。" in text
    assert "第二位写的。" in text
    assert reads.latest_minutes(held).number == 1
    version = re.search(r'name="version" value="(\d+)"', text)[1]
    assert two.post(address(held, "write"), {**data, "version": version}).status_code == 302
    assert reads.latest_minutes(held).number == 2
    compared = shown(one, held, "versions")
    assert "<del>" in compared
    assert "<ins>" in compared
    assert "〔加上：" in compared


def test_versions_are_compared_sentence_by_sentence():
    old = {
        "opening": "开会。",
        "sections": [{"place": "p", "heading": "班车", "text": "同意恢复。月底前办。"}],
        "closing": "",
    }
    new = {
        "opening": "开会。",
        "sections": [{"place": "p", "heading": "班车", "text": "同意恢复。下周一前办。"}],
        "closing": "完。",
    }
    parts = reads.compared(old, new)
    assert [part.changed for part in parts] == [False, True, True]
    kinds = {(one.kind, one.text) for one in parts[1].pieces}
    assert ("same", "同意恢复。") in kinds
    whole = "".join(one.text for one in parts[1].pieces if one.kind != "gone")
    assert whole == "同意恢复。下周一前办。"


@pytest.mark.clause("MY-3.2.3d")
def test_a_worker_is_named_in_minutes_only_with_consent(world, clock):
    case = accepted(world, voice(secrecy="named", name="刘春华"))
    from tests.factories.org import make_person

    make_person(world.plant, "刘春华", account=False)
    meeting = make.held(world, make.ready(world, case))
    office = as_(world, "officer")
    fields = typed(meeting, **{first(meeting): "刘春华反映赶不上车。"})
    answer = send(office, meeting, "write", status=422, **fields)
    assert "刘春华" in page(answer, 422)
    assert "不写职工姓名" in answer.content.decode()
    assert reads.latest_minutes(meeting) is None
    send(office, meeting, "write", **fields, named_because="刘春华 11 月 20 日当面同意")
    assert "写到姓名：刘春华 11 月 20 日当面同意" in shown(office, meeting)


# --- on paper -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.3c")
def test_signatures_on_paper_need_the_scan_and_their_order(world, held):
    office, day = as_(world, "officer"), held.starts_at.date().isoformat()
    send(office, held, "circulate")
    given = {"side": "management", "name": "冯国庆", "title": "总经理", "signed_on": day}
    answer = send(office, held, "sign-paper", status=422, **given)
    assert "还没有上传签字的扫描件" in page(answer, 422)
    scan = SimpleUploadedFile("签字.jpg", photo(), content_type="image/jpeg")
    answer = send(office, held, "sign-paper", status=422, **{**given, "side": "union", "files": scan})
    assert "请先登记行政方的签字" in page(answer, 422)
    assert not held.files.exists()
    scan.seek(0)
    send(office, held, "sign-paper", **given, files=scan)
    send(office, held, "sign-paper", side="union", name="郑卫国", title="工会主席", signed_on=day)
    held.refresh_from_db()
    assert held.status == "signed"
    assert "签在纸上" in shown(office, held)


def test_a_signature_on_paper_is_refused_when_the_words_moved(world, held):
    office = as_(world, "officer")
    send(office, held, "circulate")
    held.refresh_from_db()
    seen = held.version
    send(as_(world, "delegate"), held, "reply", agreed="no", words="日期写错了。")
    scan = SimpleUploadedFile("签字.jpg", photo(), content_type="image/jpeg")
    data = {"side": "management", "name": "冯国庆", "signed_on": held.starts_at.date().isoformat(), "files": scan}
    answer = office.post(address(held, "sign-paper"), {"once": uuid4().hex, "version": seen, **data})
    assert "何平提出意见" in page(answer, 422)
    assert not held.signatures.exists()


def test_minutes_of_a_meeting_held_on_paper_are_marked_for_ever(world, clock):
    by, at = world.as_("officer"), world.now + timedelta(days=3)
    clock(at)
    topic = make.ready(world)
    meeting = make.planned(world, topic, at=at, starts_at=world.now + timedelta(days=1), on_paper=True)
    there = dict.fromkeys(meeting.participants.values_list("pk", flat=True), "present")
    acts.attend(meeting_id=meeting.pk, there=there, by=by, at=at)
    make.settled(world, reads.agenda(meeting)[0], at)
    scan = check(upload=SimpleUploadedFile("scan.jpg", photo()))
    acts.add_paper(meeting_id=meeting.pk, checked=scan, label="签字纪要", kind="scan", by=by, at=at)
    acts.enter_paper(meeting_id=meeting.pk, by=by, at=at)
    office = as_(world, "officer")
    assert "补录" in shown(office, meeting)
    send(office, meeting, "circulate")
    day = reads.day_of_meeting(meeting).isoformat()
    for side, name in (("management", "冯国庆"), ("union", "郑卫国")):
        send(office, meeting, "sign-paper", side=side, name=name, signed_on=day)
    assert "签字纪要（扫描件）" in shown(office, meeting)
    paper = Document(io.BytesIO(office.get(address(meeting, "print", "docx")).content))
    assert "会后补录" in "\n".join(p.text for p in paper.paragraphs)


def test_words_older_than_the_record_are_pointed_out_and_sent_round_whole(world, held, clock):
    by, office, at = world.as_("officer"), as_(world, "officer"), held.starts_at + timedelta(hours=3)
    send(office, held, "write", **typed(held, closing="完。"))
    acts.go_back(meeting_id=held.pk, by=by, at=at)
    acts.remark(place_id=reads.agenda(held)[0].pk, speaker="", text="双休日也发车。", by=by, at=at)
    acts.close_meeting(meeting_id=held.pk, by=by, at=at)
    clock(at + timedelta(hours=1))
    office = as_(world, "officer")  # nobody stays signed in for hours
    assert "会议记录在第 1 稿以后改过" in shown(office, held)
    assert "双休日也发车。" in page(office.get(address(held, "write") + "?fresh=1"))
    send(office, held, "circulate")
    last = reads.latest_minutes(held)
    assert (last.number, last.body["closing"]) == (1, "完。")


# --- afterwards -----------------------------------------------------------------------------------------------------


@pytest.fixture
def signed(world, clock) -> Meeting:
    """Minutes in force."""
    meeting = make.signed(world, make.ready(world))
    clock(meeting.starts_at + timedelta(hours=4))
    return meeting


@pytest.mark.clause("MY-3.2.3c")
def test_signed_minutes_are_corrected_by_dated_additions_only(world, signed):
    office = as_(world, "officer")
    send(office, signed, "write", status=422, **typed(signed, closing="改一个字。"))
    assert signed.minutes.count() == 1
    assert "已签字生效" in page_of_refusal(office, signed, "write")
    send(office, signed, "correct", text="第一项的“22:40”指发车时间。")
    text = shown(office, signed)
    assert "更正（11月27日 周五）" in text
    assert "指发车时间" in text
    assert "指发车时间" in shown(as_(world, "delegate"), signed)


def page_of_refusal(client, meeting, name) -> str:
    answer = client.get(address(meeting, name))
    assert answer.status_code == 409
    return answer.content.decode()


def test_printed_minutes_carry_draft_paper_and_corrections(world, held):
    office = as_(world, "officer")

    def words() -> str:
        raw = office.get(address(held, "print", "docx")).content
        paper = Document(io.BytesIO(raw))
        cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(p.text for p in paper.paragraphs), *cells])

    assert "草稿" in words()
    send(office, held, "circulate")
    assert "征求意见稿" in words()
    send(as_(world, "manager"), held, "sign")
    send(as_(world, "chair"), held, "sign")
    send(office, held, "correct", text="补充一句。")
    final = words()
    assert "稿）" not in final
    assert "〔2026〕1号" in final
    assert "补充一句。" in final
    assert "末班车恢复 22:40 发车。" in final
    assert "冯国庆" in final
    pdf = office.get(address(held, "print", "pdf"))
    assert pdf.content.startswith(b"%PDF")
    assert office.get(address(held, "print", "txt")).status_code == 404


@pytest.mark.clause("MY-3.2.3d")
def test_the_chair_publishes_a_redacted_body_and_takes_it_back(world, signed):
    chair = as_(world, "chair")
    place = reads.agenda(signed)[0]
    text = shown(chair, signed, "publish")
    assert "孙立" not in text.split("<form")[-1]
    fields = {"opening": "开了会。", "closing": "", f"out-{place.pk}": "on", f"heading-{place.pk}": "末班车"}
    answer = send(chair, signed, "publish", status=422, **fields, **{f"text-{place.pk}": "何平提出恢复末班车。"})
    assert "何平" in page(answer, 422)
    assert reads.publication_of(signed) is None
    send(chair, signed, "publish", **fields, **{f"text-{place.pk}": "末班车恢复。"})
    assert reads.publication_of(signed).body["sections"][0]["text"] == "末班车恢复。"
    assert "看职工看到的样子" in shown(chair, signed)
    send(chair, signed, "unpublish", status=422, reason="")
    send(chair, signed, "unpublish", reason="数字要核对。")
    assert reads.publication_of(signed) is None
    send(chair, signed, "publish", status=302, **{k: v for k, v in fields.items() if not k.startswith("out-")})
    assert reads.publication_of(signed).body["sections"] == []


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "head", "delegate", "upper", "foreign", "liaison", "system"])
def test_nobody_but_the_office_works_on_minutes(world, held, who):
    client, before = as_(world, who), held.version
    for name in OFFICE_ONLY:
        assert client.get(address(held, name)).status_code == 404
        answer = client.post(address(held, name), {"once": uuid4().hex, **typed(held, text="x", reason="x")})
        assert answer.status_code == (405 if name == "versions" else 404)
    held.refresh_from_db()
    assert held.version == before


def test_attendees_read_no_draft(world, held):
    for who in ("manager", "head", "delegate"):
        text = shown(as_(world, who), held)
        assert "纪要正在写" in text
        assert "车队可以调整班次" not in text
        assert as_(world, who).get(address(held, "print", "pdf")).status_code == 404
    send(as_(world, "officer"), held, "circulate")
    text = shown(as_(world, "head"), held)
    assert "车队可以调整班次" in text
    assert "各稿" not in text
    assert "改纪要" not in text


def test_another_unit_finds_nothing(world, signed):
    for name in ("", *OFFICE_ONLY):
        assert as_(world, "foreign").get(address(signed, name)).status_code == 404
    assert as_(world, "foreign").get(address(signed, "print", "pdf")).status_code == 404


def test_an_officer_who_does_not_approve_publishes_nothing(world, signed):
    assert as_(world, "officer").get(address(signed, "publish")).status_code == 404
    assert "由工会主席决定" in shown(as_(world, "officer"), signed)


def test_a_handler_who_was_not_asked_sees_nothing(world, held):
    send(as_(world, "officer"), held, "circulate")
    assert as_(world, "other_handler").get(address(held)).status_code == 404
    send(as_(world, "other_handler"), held, "reply", status=404, agreed="yes")


def test_before_the_meeting_is_over_there_are_no_minutes(world, clock):
    meeting = make.planned(world, make.ready(world))
    assert "会还没有开完" in shown(as_(world, "officer"), meeting)
    assert as_(world, "manager").get(address(meeting)).status_code == 404
    assert as_(world, "officer").get(address(meeting, "write")).status_code == 409


# --- statements -----------------------------------------------------------------------------------------------------


def count_of(client, place) -> int:
    client.get(place)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(place).status_code == 200
    return len(seen)


@pytest.mark.parametrize("name", ["", "write"])
def test_statements_do_not_grow_with_the_agenda(world, clock, name):
    few = make.circulated(world, make.ready(world))
    many = make.circulated(world, *(make.ready(world, title=f"第 {n} 件事") for n in range(6)))
    office = as_(world, "officer")
    small, large = count_of(office, address(few, name)), count_of(office, address(many, name))
    assert small == large
    assert large <= 24

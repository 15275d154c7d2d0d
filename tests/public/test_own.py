"""The person's own data: read, taken along, set right, erased; separate consent only where something sensitive is said."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from huying.cases import acts
from huying.cases.models import Consent, Party, PersonRequest
from huying.cases.reads import worker_by_receipt, worker_of
from huying.fieldwork import acts as fieldwork
from huying.public.own import gathered
from huying.trail.acts import note_reading
from tests.factories import reception
from tests.factories import world as make
from tests.fieldwork.records import written
from tests.privacy.people import ABOUT, NAME, PHONE, SECRET, archived, speaks
from tests.public.conftest import ONCE

pytestmark = pytest.mark.django_db


def back(worker, voice):
    worker.come_back(voice.receipt)
    return worker.client


def shown(client, address="/my/data/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.clause("HY-personal")
def test_everything_kept_stands_on_the_page_and_in_the_copy(worker, now):
    life = archived(worker.world)
    client = back(worker, life.voice)
    page = shown(client)
    for words in (NAME, PHONE, ABOUT, SECRET, f"{SECRET}还没修", "谢谢，", "说明版本", "本单位工会"):
        assert words in page, words
    answer = client.post("/my/data/copy.json", {"once": ONCE})
    assert answer["Content-Disposition"] == 'attachment; filename="huying-20261120.json"'
    taken = json.loads(answer.content)
    assert taken["format"] == "huying-person"
    assert NAME in answer.content.decode()
    assert client.post("/my/data/copy.pdf", {"once": ONCE + "2"}).content.startswith(b"%PDF")
    assert client.post("/my/data/copy.exe", {"once": ONCE + "3"}).status_code == 404
    assert PersonRequest.objects.filter(kind="access", state="done").count() == 2


def test_the_page_says_how_often_and_by_which_office_it_was_looked_at(worker, now):
    voice = speaks()
    case = make.accepted(worker.world, voice)
    for who in ("officer", "officer", "upper"):
        note_reading(
            root=case.root_id, by=worker.world.as_(who), at=now, what="dossier", subject=case.pk, unit=case.holder_id
        )
    page = shown(back(worker, voice))
    assert "本单位工会" in page
    assert "2 次" in page
    assert "沂河县总工会" in page
    assert "李慧敏" not in page.split("谁看过")[1]


@pytest.mark.attack("worker", "opens the own-data page of somebody else behind the same case", found="held")
def test_somebody_else_behind_the_case_sees_only_themselves(worker):
    one, two = speaks(), make.voice(name="赵桂兰", phone="13700003333", words="我也是。")
    make.accepted(worker.world, one, two)
    page = shown(back(worker, two))
    assert "赵桂兰" in page
    for word in (NAME, PHONE, SECRET):
        assert word not in page
    taken = worker.client.post("/my/data/copy.json", {"once": ONCE}).content.decode()
    assert NAME not in taken
    assert SECRET not in taken


@pytest.mark.parametrize("address", ["/my/data/", "/my/data/correct/", "/my/data/erase/"])
def test_without_the_digits_nothing_opens(phone, address):
    assert phone.get(address).status_code == 302
    assert phone.post(address, {"once": ONCE}).status_code in (302, 403, 405)
    assert phone.post("/my/data/copy.json", {"once": ONCE}).status_code == 403


def test_what_the_person_was_to_be_received_and_visited_for_stands_there_without_others(worker, now):
    world = worker.world
    reception.adopt(world, "pingdingshan-2013")
    day = reception.announced(world, now.date() + timedelta(days=5), world.posts["manager"], kind="manager")
    booking = reception.booked(world, day)
    digits = worker_of(booking.party_id)
    fieldwork.cancel_booking(booking_id=booking.pk, by=digits, at=now)
    case = acts.accept(
        case_id=booking.case_id, content_class="rights", category="living", difficulty="easy",
        officer=world.posts["officer"], title="炉前没有水", summary="炉前没有水喝。", by=world.as_("officer"), at=now,
    )  # fmt: skip
    talk = reception.invited(world, case=case, words="请您谈谈炉前的水。")
    fieldwork.answer_talk(talk_id=talk.pk, comes=True, by=digits, at=now)
    written(world, "household_visit", who="upper", place=world.plant, case_ids=[case.pk], heard=f"同{NAME}谈了")
    parts = {part.heading: part.rows for part in gathered(digits, now)}
    assert parts["您约的接待"] == [("2026-11-25 09:00", f"经理接待日，行政楼 201，叫号 {booking.code}：取消了")]
    assert parts["工会约您谈"] == [("2026-11-22 15:00", "图书室：工会约您谈谈，您说会来\n请您谈谈炉前的水。")]
    assert parts["写到您这件事的工作记录"] == [("2026-11-19", "入户走访，沂河县总工会")]
    said = json.dumps(
        [parts[name] for name in ("您约的接待", "工会约您谈", "写到您这件事的工作记录")], ensure_ascii=False
    )
    for word in ("冯国庆", "郑卫国", "高敏", NAME, "谈了"):
        assert word not in said


def test_of_a_matter_of_several_no_record_tells_one_of_a_visit_to_the_other(worker, now):
    one, two = speaks(), make.voice(name="赵桂兰", phone="13700003333", words="我也是。")
    case = make.accepted(worker.world, one, two)
    written(worker.world, "household_visit", who="upper", place=worker.world.plant, case_ids=[case.pk])
    for party in case.parties.all():
        assert "写到您这件事的工作记录" not in [part.heading for part in gathered(worker_of(party.pk), now)]


def test_asking_to_set_right_and_a_missing_word(worker):
    voice = speaks()
    make.accepted(worker.world, voice)
    client = back(worker, voice)
    answer = client.post("/my/data/correct/", {"once": ONCE, "said": ""})
    assert answer.status_code == 422
    assert "请写明哪里不对" in answer.content.decode()
    assert client.post("/my/data/correct/", {"once": ONCE + "1", "said": "日期记错了"}).status_code == 302
    assert "前答复" in shown(client)
    answer = client.post("/my/data/correct/", {"once": ONCE + "2", "said": "又错了"})
    assert "已经有一个在办" in answer.content.decode()
    assert "又错了" in answer.content.decode()


def test_erasing_needs_a_second_look_and_says_when_not_yet(worker):
    voice = speaks()
    make.accepted(worker.world, voice)
    client = back(worker, voice)
    assert "请先撤回" in shown(client)
    assert "请先撤回" in client.post("/my/data/erase/", {"once": ONCE, "sure": "on"}).content.decode()
    assert PersonRequest.objects.count() == 0


def test_after_the_erasure_the_digits_lead_nowhere(worker, now):
    world = worker.world
    life = archived(world)
    client = back(worker, life.voice)
    assert client.post("/my/data/erase/", {"once": ONCE}).status_code == 422
    assert client.post("/my/data/erase/", {"once": ONCE + "1", "sure": "on"}).status_code == 302
    row = PersonRequest.objects.get(kind="erase")
    acts.grant_erasure(request_id=row.pk, by=world.as_("officer"), at=now)
    acts.approve_erasure(request_id=row.pk, by=world.as_("chair"), at=now)
    assert client.get("/my/data/").status_code == 302
    assert "没有找到这个号码" in worker.come_back(life.voice.receipt).content.decode()


# --- consent ------------------------------------------------------------------------------------------------------------

HURT = "上夜班时手受伤了，住院三天，说是不算。"


def test_sensitive_words_ask_for_a_consent_of_their_own(worker):
    answer = worker.say(words=HURT)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "健康和伤病" in page
    assert HURT in page
    assert worker.say(words=HURT, separate=["health"], once=ONCE + "1").status_code == 302
    consent = Consent.objects.get()
    assert (consent.kind, consent.version) == ("health", Party.objects.get().consent)


@pytest.mark.parametrize("given", [{"secrecy": "anonymous"}, {"urgent": "on"}, {"words": "夜班没有热水。"}])
def test_nothing_is_asked_where_nobody_is_named_in_danger_or_without_need(worker, given):
    assert worker.say(**{"words": HURT, **given}).status_code == 302
    assert not Consent.objects.exists()


def test_a_consent_is_taken_back_by_its_own_person_only(worker, another):
    worker.say(words=HURT, separate=["health"])
    receipt = worker.receipts()[0]
    consent = Consent.objects.get()
    other = make.voice()
    make.accepted(worker.world, other)
    stranger = back(another, other)
    assert stranger.post(f"/my/data/consent/{consent.pk}/", {"once": ONCE}).status_code == 404
    worker.come_back(receipt)
    assert "撤回这一项同意" in shown(worker.client)
    assert worker.client.post(f"/my/data/consent/{consent.pk}/", {"once": ONCE + "9"}).status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    assert worker_by_receipt(receipt) is not None


def test_an_old_version_of_the_text_can_still_be_read(phone):
    old = phone.get("/consent/2026-11/").content.decode()
    assert "以前的说明" in old
    assert "凭号码在“我说的事”里留言" in old
    assert "我的信息" in phone.get("/consent/").content.decode()
    assert phone.get("/consent/1999-01/").status_code == 404

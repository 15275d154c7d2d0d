"""Saying it on one page: three ways to speak, what it concerns, what goes wrong, once only."""

from __future__ import annotations

import errno
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huying.cases.models import Case, CaseFile, Party, Recusal
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import place_of
from huying.kernel.models import Draft
from huying.notices.models import Notice
from huying.privacy.rules import CONSENT_VERSION
from tests.factories.org import make_unit
from tests.files.test_hostile import FORMS, HOSTILE

pytestmark = pytest.mark.django_db


def identity(party: Party) -> dict[str, str]:
    return json.loads(party.key.open(party.identity, place_of("party", "identity", party.pk)))


@pytest.mark.clause("MY-3.2.1")
def test_a_worker_says_it_and_takes_home_sixteen_digits(worker):
    answer = worker.say()
    assert (answer.status_code, answer.url) == (302, "/receipt/")
    case = Case.objects.get()
    assert (case.channel, case.status, case.place) == ("online", "registered", worker.world.shop)
    (receipt,) = worker.receipts()
    assert worker_by_receipt(receipt).case_id == case.pk
    page = worker.client.get("/receipt/").content.decode()
    assert case.number in page
    assert "11月24日 周二" in page  # two working days
    assert 'href="tel:12351"' in page
    assert "<svg" in page
    assert "style=" not in page


def test_sealed_is_preselected_and_three_things_are_required(phone, world):
    page = phone.get(f"/u/{world.shop.code}/").content.decode()
    assert 'value="sealed" id="id_secrecy_0" checked' in page or "checked" in page.split('value="sealed"')[1][:60]
    assert page.count(" required") <= 6  # words, consent, and the three radio buttons of one choice
    assert "山泉机械有限公司 · 铸造车间" in page


@pytest.mark.parametrize("secrecy", ["named", "sealed", "anonymous"])
def test_each_way_to_speak(worker, secrecy):
    worker.say(secrecy=secrecy, name="刘春华", phone="138 0000 1111")
    party = Party.objects.get()
    assert party.secrecy == secrecy
    if secrecy == "anonymous":
        assert (party.identity, party.name_index, party.phone_index) == (None, None, None)
    else:
        assert identity(party)["name"] == "刘春华"
    stored = [str(value) for row in Case.objects.values() for value in row.values()]
    stored += [str(value) for row in Notice.objects.values() for value in row.values()]
    assert not any("刘春华" in value or "13800001111" in value for value in stored)


def test_anonymous_keeps_nothing_of_the_others_either(worker):
    worker.say(secrecy="anonymous", name="刘春华", together="张三 13800001111\n李四", count="2")
    assert [p.identity for p in Party.objects.all()] == [None, None, None]


def test_people_who_speak_along_get_a_receipt_each_and_stay_sealed(worker):
    worker.say(secrecy="named", name="刘春华", together="张三 13800001111\n李四", count="4")
    parties = list(Party.objects.select_related("key").order_by("-first"))
    assert sorted(p.secrecy for p in parties) == ["anonymous", "anonymous", "named", "sealed", "sealed"]
    assert {identity(p)["name"] for p in parties if p.identity} == {"刘春华", "张三", "李四"}
    receipts = worker.receipts()
    assert len(set(receipts)) == 5
    assert {worker_by_receipt(one).party_id for one in receipts} == {p.pk for p in parties}


@pytest.mark.parametrize(
    ("said", "hidden", "sees"),
    [
        ({"chair": "on"}, ["chair"], ["officer"]),
        ({"superior": "郑主席"}, ["chair"], ["officer"]),
        ({"superior": "李慧敏"}, ["officer"], ["second", "chair"]),
        ({"own_union": "on"}, ["officer", "chair", "second"], ["upper"]),
    ],
)
def test_whoever_it_concerns_gets_no_trace(worker, said, hidden, sees):
    worker.say(**said)
    case = Case.objects.get()
    for name in hidden:
        actor = worker.world.as_(name)
        assert not Case.objects.visible_to(actor).exists(), name
        assert not Notice.objects.filter(recipient=actor.person_id).exists(), name
    for name in sees:
        assert Case.objects.visible_to(worker.world.as_(name)).filter(pk=case.pk).exists(), name


def test_a_department_it_concerns_is_written_down_before_anybody_reads(worker):
    page = worker.client.get(f"/u/{worker.world.shop.code}/").content.decode()
    assert "行政保障部" in page
    worker.say(departments=str(worker.world.admin.pk))
    keys = set(Recusal.objects.values_list("key", flat=True))
    assert f"department:{worker.world.admin.pk}" in keys
    assert f"person:{worker.world.posts['handler'].person_id}" in keys


def test_past_the_own_union_says_who_has_it(worker):
    worker.say(own_union="on")
    assert "沂河县总工会" in worker.client.get("/receipt/").content.decode()


def test_a_double_click_makes_one_case_and_shows_the_same_receipt(worker):
    worker.say()
    first = worker.receipts()
    assert worker.say().url == "/receipt/"
    assert worker.receipts() == first
    assert worker.receipts() == first  # and again after a reload
    assert Case.objects.count() == 1


def test_the_receipt_is_in_no_address_and_gone_after_half_an_hour(worker, clock, now):
    answer = worker.say()
    (receipt,) = worker.receipts()
    assert receipt not in answer.url
    assert receipt not in str(worker.client.cookies)
    assert "sessionid" not in worker.client.cookies
    clock(now + timedelta(minutes=31))
    page = worker.client.get("/receipt/").content.decode()
    assert receipt[:4] + " " + receipt[4:8] not in page
    assert "重新说一次" in page


def test_written_down_leads_on_and_takes_the_digits_out_of_the_browser(worker):
    worker.say()
    answer = worker.client.post("/receipt/noted/", follow=True)
    assert "走到哪一步了" in answer.content.decode()
    assert worker.receipts() == []


def test_another_browser_sees_no_receipt(worker, another):
    worker.say()
    assert another.receipts() == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": ""}, "请写一写是什么事"),
        ({"words": "字" * 5001}, "写了 5001 字"),
        ({"agreed": None}, "请先看一下说明"),
        ({"consent": "2020-01"}, "说明有了新的内容"),
        ({"secrecy": "named"}, "实名反映请写姓名"),
        ({"phone": "12"}, "电话号码好像不对"),
        ({"count": "31"}, "一次最多写 30 位"),
        ({"together": "张三 1380000111122223333"}, "这一行看不明白"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_is_still_there(worker, given, said):
    body = {"words": "末班车没了", "marked": "三号线", "superior": "王主任", **given}
    answer = worker.say(**body)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "三号线" in page
    assert "王主任" in page
    if "words" not in given:
        assert "末班车没了" in page
    assert not Case.objects.exists()


def test_a_wrong_file_is_named_and_lost_files_are_said_beside_the_field(worker):
    answer = worker.say(files=SimpleUploadedFile("程序.exe", b"MZ"))
    page = answer.content.decode()
    assert "程序.exe" in page
    assert "请把照片和文件重新选一次" in page
    assert "夜班的末班车提前了" in page
    assert not Case.objects.exists()


@pytest.mark.attack(
    "outsider", "sends programs, bombs and documents that act by themselves through a worker's form", found="held"
)
@pytest.mark.parametrize("case", FORMS, ids=str)
def test_whatever_is_wrong_with_a_file_the_words_stay(worker, case):
    name, raw, why = HOSTILE[case]
    answer = worker.say(files=[SimpleUploadedFile("好.txt", b"x"), SimpleUploadedFile(name, raw)])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert name in page
    assert "夜班的末班车提前了" in page
    assert not Case.objects.exists()


def test_a_full_disk_keeps_the_words(worker, monkeypatch):
    from huying.files import disk

    def full(*_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(disk.os, "fsync", full)
    answer = worker.say(files=SimpleUploadedFile("单子.txt", b"x"))
    page = answer.content.decode()
    assert answer.status_code in (409, 422)
    assert "磁盘满了" in page
    assert "夜班的末班车提前了" in page
    assert not Case.objects.exists()
    assert not [path for path, _, _ in disk.contents() if path.suffix == ".part"]


def test_too_many_files(worker):
    answer = worker.say(files=[SimpleUploadedFile(f"{n}.txt", b"x") for n in range(10)])
    assert "最多 9 个" in answer.content.decode()


def test_files_go_along_sealed(worker):
    worker.say(files=SimpleUploadedFile("单子.txt", "末班车 22:00".encode()))
    assert CaseFile.objects.get().sealed


def test_nothing_is_kept_before_sending(worker):
    worker.say(words="", name="刘春华")
    assert not Draft.objects.exists()
    assert not Party.objects.exists()
    assert "刘春华" not in str(worker.client.cookies)


def test_one_device_may_send_twenty_times_an_hour(worker, clock, now):
    for number in range(20):
        assert worker.say(once=f"{'k' * 20}{number}").status_code == 302
    refused = worker.say(once="k" * 24)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "请过一会儿再交" in page
    assert "夜班的末班车提前了" in page
    assert Case.objects.count() == 20
    other = Client(headers={"user-agent": "another phone"})
    page = other.get("/")
    assert page.status_code == 200
    clock(now + timedelta(minutes=61))
    assert worker.say(once="k" * 24).status_code == 302


# --- finding the unit -------------------------------------------------------------------------------------------------


def test_units_are_found_by_any_part_of_their_name_with_their_place(phone, world):
    page = phone.get("/find/", {"q": "山泉"}).content.decode()
    assert "山泉机械有限公司 · 铸造车间" in page
    assert f"/u/{world.plant.code}/" in page
    page = phone.get("/find/", {"q": "山泉 铸造"}, headers={"hx-request": "true"}).content.decode()
    assert f'value="{world.shop.code}"' in page
    assert f'value="{world.plant.code}"' not in page
    assert "没有找到" in phone.get("/find/", {"q": "没有这样的"}).content.decode()


def test_closed_units_are_not_offered_and_a_merged_one_leads_on(phone, world, now):
    make_unit("旧厂工会", under=world.county, closed_on=now.date(), merged_into=world.plant, code="oldone")
    make_unit("关了的厂工会", under=world.county, closed_on=now.date(), code="closed")
    assert "旧厂" not in phone.get("/find/", {"q": "旧厂"}).content.decode().split("</form>")[1]
    assert phone.get("/u/oldone/").url == f"/u/{world.plant.code}/"
    assert phone.get("/u/closed/").status_code == 404


def test_without_scripts_the_unit_is_looked_for_without_losing_what_was_typed(phone, world):
    answer = phone.post("/", {"find": "1", "where": "山泉", "words": "末班车没了", "secrecy": "sealed"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "末班车没了" in page
    assert f'value="{world.plant.code}"' in page
    assert f'value="{world.shop.code}"' in page


def test_without_a_code_the_page_asks_for_the_unit_and_takes_the_picked_one(worker):
    body = {"words": "末班车没了", "secrecy": "sealed", "agreed": "on", "consent": CONSENT_VERSION, "once": "x" * 24}
    assert "请先写您的单位" in worker.client.post("/", body).content.decode()
    assert "没有找到这个单位" in worker.client.post("/", {**body, "where": "没有这样的"}).content.decode()
    assert "请从下面找到的单位里选一个" in worker.client.post("/", {**body, "where": "工会"}).content.decode()
    assert worker.client.post("/", {**body, "where": "山泉", "place": worker.world.shop.code}).status_code == 302
    assert Case.objects.get().place == worker.world.shop


def test_pages_that_explain(phone, world):
    for address in ("/help/", "/consent/", "/my/left/", "/"):
        assert phone.get(address).status_code == 200

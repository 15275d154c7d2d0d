"""Registering while somebody talks: one form, a receipt shown once, likely twins beside it, nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huying.cases import acts as cases
from huying.cases.models import Case, Clock, Party
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import Concerns
from huying.desk import acts as desk
from huying.desk import reads
from huying.intake.acts import receipts_for
from huying.kernel.models import Draft
from huying.trail.models import Reading
from tests.desk.browser import as_
from tests.factories import world as make
from tests.files.test_hostile import FORMS, HOSTILE

FORM = "/desk/cases/new/"
KEY = "once-key-for-one-form-0001"


def typed(**given) -> dict:
    """What somebody fills in; a sealed phone call unless told otherwise."""
    fields = {
        "once": KEY, "words": "食堂夜宵窗口九点半以后都是凉的。", "place": "铸造车间", "secrecy": "sealed", "name": "高秀梅",
        "phone": "138 0000 0027", "about": "装配二班", "channel": "phone", "mine": "on",
    }  # fmt: skip
    fields.update(given)
    return {name: value for name, value in fields.items() if value is not None}


def send(client: Client, **given):
    """Send the form and open what comes after."""
    answer = client.post(FORM, typed(**given))
    return answer, client.get(answer["Location"]) if answer.status_code == 302 else None


@pytest.mark.clause("MY-3.2.1")
@pytest.mark.clause("MY-A1")
def test_a_phone_call_becomes_a_case_with_a_receipt(world):
    answer, slip = send(as_(world, "officer"))
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.channel, case.place, case.secrecy, case.status) == ("phone", world.shop, "sealed", "registered")
    assert case.officer == world.posts["officer"]
    assert case.title == ""
    text = slip.content.decode()
    receipt = receipts_for(KEY, 1)[0]
    assert " ".join(receipt[i : i + 4] for i in range(0, 16, 4)) in text
    assert case.number in text
    assert "11月24日" in text or "11月25日" in text
    assert worker_by_receipt(receipt).case_id == case.pk


def test_the_receipt_is_shown_to_the_browser_that_registered_and_to_nobody_else(world):
    client = as_(world, "officer")
    answer, _ = send(client)
    receipt = receipts_for(KEY, 1)[0]
    other = as_(world, "second").get(answer["Location"]).content.decode()
    assert receipt[:4] + " " + receipt[4:8] not in other
    assert "号码只在登记完显示一次" in other
    assert as_(world, "foreign").get(answer["Location"]).status_code == 404
    stolen = as_(world, "second")
    stolen.cookies["hy-slip"] = client.cookies["hy-slip"].value
    assert receipt[:4] + " " + receipt[4:8] not in stolen.get(answer["Location"]).content.decode()


def test_a_double_click_registers_once_and_shows_the_same_receipt(world):
    client = as_(world, "officer")
    first, one = send(client)
    second, two = send(client)
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1
    receipt = receipts_for(KEY, 1)[0][:4]
    assert receipt in one.content.decode()
    assert receipt in two.content.decode()


@pytest.mark.clause("MY-3.2.1")
def test_a_liaison_passes_on_and_sees_only_the_receipt(world):
    client = as_(world, "liaison")
    form = client.get(FORM).content.decode()
    assert "我来负责" not in form
    assert "像是同一件事" not in form
    answer, slip = send(client, channel="relay", mine=None)
    assert answer.status_code == 302
    case = Case.objects.get()
    text = slip.content.decode()
    assert receipts_for(KEY, 1)[0][:4] in text
    assert case.number not in text
    assert case.officer is None
    assert as_(world, "liaison").get(answer["Location"]).status_code == 404
    for address in ("alike", "earlier", "masked"):
        assert client.post(f"{FORM}{address}/", typed(once="once-key-for-one-form-0002")).status_code == 404


@pytest.mark.clause("MY-3.2.1")
def test_when_it_concerns_the_one_who_writes_it_down_they_see_the_receipt_only(world):
    answer, slip = send(as_(world, "chair"), chair="on", words="主席不公平")
    case = Case.objects.get()
    text = slip.content.decode()
    assert answer.status_code == 302
    assert case.number not in text
    assert "要求有人回避" in text
    assert receipts_for(KEY, 1)[0][:4] in text
    assert case.officer is None
    assert case.number not in as_(world, "chair").get("/desk/").content.decode()


def test_only_who_registers_gets_the_form(world):
    for name in ("handler", "head", "manager", "delegate", "system", "security", "audit"):
        assert as_(world, name).get(FORM).status_code == 404, name
    assert as_(world, "foreign").post(FORM, typed()).status_code == 422  # 铸造车间 is not in that union
    assert not Case.objects.exists()


def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(world):
    client = as_(world, "officer")
    answer = client.post(FORM, typed(words="", about="装配二班"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请写一写是什么事" in text
    assert "装配二班" in text
    assert f'value="{KEY}"' in text
    named = client.post(FORM, typed(secrecy="named", name=""))
    assert "实名反映请写姓名" in named.content.decode()
    nowhere = client.post(FORM, typed(place="火星"))
    assert "没有找到“火星”" in nowhere.content.decode()
    late = client.post(FORM, typed(received_on="2026-11-21"))
    assert "不能晚于现在" in late.content.decode()
    unclaimed = client.post(FORM, typed(mine=None, title="食堂饭凉", summary="食堂饭凉"))
    assert "公开摘要由责任人写" in unclaimed.content.decode()
    assert not Case.objects.exists()


@pytest.mark.clause("MY-A1")
def test_a_paper_of_an_earlier_day_keeps_its_day_and_shows_as_entered_later(world):
    send(as_(world, "officer"), received_on="2026-11-13", channel="letter")
    case = Case.objects.get()
    assert case.received_at.astimezone(world.now.tzinfo).date().isoformat() == "2026-11-13"
    assert case.events.get(act="register").text.startswith("补录")
    assert Clock.objects.get(case=case, code="accept").start_day.isoformat() == "2026-11-13"


def test_joint_persons_each_get_a_receipt(world):
    _, slip = send(as_(world, "officer"), others="王明，13811112222，一班\n\n赵丽 二班")
    text = slip.content.decode()
    assert Party.objects.count() == 3
    for receipt in receipts_for(KEY, 3):
        assert f"{receipt[:4]} {receipt[4:8]}" in text


def test_nothing_of_an_anonymous_person_is_kept(world):
    send(as_(world, "officer"), secrecy="anonymous")
    party = Party.objects.get()
    assert (party.identity, party.name_index, party.phone_index) == (None, None, None)


def test_a_summary_given_at_once_is_released(world):
    send(as_(world, "officer"), title="食堂夜宵饭凉", summary="夜宵窗口九点半以后饭凉。")
    case = Case.objects.get()
    assert (case.title, bool(case.released_at)) == ("食堂夜宵饭凉", True)


def test_files_are_checked_and_sealed(world):
    client = as_(world, "officer")
    bad = client.post(FORM, typed(files=SimpleUploadedFile("a.exe", b"MZ\x90")))
    assert bad.status_code == 422
    assert "这种格式不能上传" in bad.content.decode()
    good = client.post(FORM, typed(files=SimpleUploadedFile("经过.txt", "经过如下".encode())))
    assert good.status_code == 302
    assert Case.objects.get().files.count() == 1


@pytest.mark.parametrize("case", FORMS, ids=str)
def test_whatever_is_wrong_with_a_file_the_words_stay(world, case):
    name, raw, why = HOSTILE[case]
    answer = as_(world, "officer").post(
        FORM, typed(words="夜宵窗口九点半以后饭是凉的。", files=SimpleUploadedFile(name, raw))
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert "夜宵窗口九点半以后饭是凉的。" in page
    assert not Case.objects.exists()


def test_masking_proposes_and_keeps_the_rest(world):
    client = as_(world, "officer")
    words = "我叫高秀梅，电话13800000027，李慧敏知道这事。"
    page = client.post(FORM, typed(words=words, do="mask")).content.decode()
    released = page.split('id="id_summary"')[1].split("</textarea>")[0]
    assert "高秀梅" not in released
    assert "13800000027" not in released
    assert "李慧敏" not in released
    assert "〔电话〕" in released
    assert "装配二班" in page
    assert not Case.objects.exists()
    part = client.post(f"{FORM}masked/", typed(words=words)).content.decode()
    assert "〔电话〕" in part
    assert "<html" not in part


# --- likely twins and earlier matters --------------------------------------------------------------------------------


def cold_food(world, **more) -> Case:
    """A released case about the canteen."""
    case = make.said(world, **more)
    return cases.accept(
        case_id=case.pk, content_class="rights", category="living", difficulty="easy", officer=world.posts["officer"],
        title="食堂夜宵饭凉", summary="食堂夜宵窗口九点半以后饭是凉的。", by=world.as_("officer"), at=world.now,
    )  # fmt: skip


@pytest.mark.clause("MY-3.2.1")
def test_likely_twins_are_shown_while_typing_except_to_whom_they_name(world):
    case = cold_food(world, concerns=Concerns(chair=True))
    hidden = make.said(world, make.voice(words="食堂夜宵窗口都是凉的"))
    part = as_(world, "officer").post(f"{FORM}alike/", typed()).content.decode()
    assert case.number in part
    assert hidden.number not in part  # nothing of it is released yet
    assert "增加联名" in part
    chair = as_(world, "chair").post(f"{FORM}alike/", typed()).content.decode()
    assert case.number not in chair
    assert "没有相像的事" in chair
    assert case.number in as_(world, "officer").post(FORM, typed(do="look")).content.decode()


def test_joining_gives_a_receipt_and_no_new_case(world):
    case = cold_food(world)
    answer, slip = send(as_(world, "officer"), join=str(case.pk))
    assert answer.status_code == 302
    assert Case.objects.count() == 1
    assert case.parties.count() == 2
    receipt = receipts_for(KEY, 1)[0]
    assert receipt[:4] in slip.content.decode()
    assert worker_by_receipt(receipt).case_id == case.pk


def test_joining_never_brings_the_matter_before_whom_the_joiner_keeps_away(world):
    case = cold_food(world)
    answer = as_(world, "officer").post(FORM, typed(join=str(case.pk), chair="on"))
    assert answer.status_code == 422
    assert "请单独登记" in answer.content.decode()
    assert case.parties.count() == 1


def test_nobody_joins_what_they_may_not_know(world):
    case = cold_food(world, concerns=Concerns(chair=True))
    assert as_(world, "chair").post(FORM, typed(join=str(case.pk))).status_code == 404
    assert as_(world, "officer").post(FORM, typed(join="x")).status_code == 404
    assert case.parties.count() == 1


def test_joining_takes_no_files(world):
    case = cold_food(world)
    answer = as_(world, "officer").post(
        FORM, typed(join=str(case.pk), files=SimpleUploadedFile("a.txt", "字".encode()))
    )
    assert answer.status_code == 422
    assert "不能带附件" in answer.content.decode()


@pytest.mark.clause("MY-3.2.1")
def test_earlier_matters_follow_secrecy_and_every_look_is_written_down(world):
    named = make.said(world, make.voice(secrecy="named", name="高秀梅", phone="13800000027"))
    sealed = make.said(world, make.voice(name="高秀梅", phone="13800000027"))
    mine = make.accepted(world, make.voice(name="高秀梅", phone="13800000027"))
    anonymous = make.said(world, make.voice(secrecy="anonymous"))
    officer = as_(world, "officer").post(f"{FORM}earlier/", typed()).content.decode()
    assert named.number in officer
    assert mine.number in officer
    assert sealed.number not in officer
    assert anonymous.number not in officer
    second = as_(world, "second").post(f"{FORM}earlier/", typed()).content.decode()
    assert mine.number not in second
    assert Reading.objects.filter(what="lookup").count() == 2
    nobody = as_(world, "officer").post(f"{FORM}earlier/", typed(secrecy="anonymous")).content.decode()
    assert "匿名的不查" in nobody
    assert Reading.objects.filter(what="lookup").count() == 2


def test_looking_up_is_limited(world):
    client = as_(world, "officer")
    for _ in range(20):
        client.post(f"{FORM}earlier/", typed())
    assert "这一小时查得太多了" in client.post(f"{FORM}earlier/", typed()).content.decode()


# --- the rest --------------------------------------------------------------------------------------------------------


def test_strange_places_break_nothing(world):
    client = as_(world, "officer")
    assert client.get(f"{FORM}places/?place=%00").status_code == 200
    for place in ("\0", "（", "）", "%", "x" * 5000):
        assert client.post(FORM, typed(place=place)).status_code == 422
    assert client.post(f"{FORM}alike/", {}).status_code == 200
    assert client.post(f"{FORM}earlier/", {}).status_code == 200
    assert not Case.objects.exists()


def test_places_are_found_by_part_of_their_name_and_only_the_own(world):
    client = as_(world, "officer")
    assert "铸造车间" in client.get(f"{FORM}places/?place=铸造").content.decode()
    assert "青石医院" not in client.get(f"{FORM}places/?place=青石").content.decode()
    send(client, place="铸造")
    assert Case.objects.get().place == world.shop
    above = as_(world, "upper")
    assert "青石医院工会" in above.get(f"{FORM}places/?place=青石").content.decode()
    assert "后勤部" in above.post(f"{FORM}departments/", typed(place="山泉机械有限公司工会")).content.decode()


def test_the_draft_goes_when_the_form_has_been_sent(world):
    desk.keep_draft(form="register", fields={"words": ["半句"]}, by=world.as_("officer"), at=world.now)
    client = as_(world, "officer")
    client.post(FORM, typed(words=""))
    assert reads.draft(world.as_("officer"), "register") is not None
    send(client)
    assert not Draft.objects.exists()


def test_statements_do_not_grow_with_the_register(world):
    client = as_(world, "officer")

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.post(f"{FORM}alike/", typed())
        return len(caught)

    cold_food(world)
    client.post(f"{FORM}alike/", typed())
    few = count()
    for _ in range(6):
        cold_food(world, at=world.now - timedelta(days=1))
    assert count() == few

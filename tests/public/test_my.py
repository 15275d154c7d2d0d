"""Coming back: reading on, talking, rating, joining, stepping back, reporting retaliation, leaving."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huying.cases import acts
from huying.cases.models import Case, Message, Party
from huying.cases.reads import people_behind, worker_by_receipt
from huying.feedback.models import Answer, ReopenRequest
from huying.handling import acts as handling
from huying.trail.acts import note_reading
from tests.factories import world as make

pytestmark = pytest.mark.django_db


def has(page: str, *words: str) -> None:
    for word in words:
        assert word in page, word


# --- the way back -------------------------------------------------------------------------------------------------------


def test_blanks_and_full_width_digits_are_accepted(worker):
    voice = make.voice(receipt="1234567890123456")
    make.said(worker.world, voice)
    for typed in ("1234 5678 9012 3456", "１２３４５６７８９０１２３４５６", "1234-5678-9012-3456"):
        assert worker.come_back(typed).redirect_chain[-1][0] == "/my/case/"


def test_a_wrong_receipt_gets_one_answer(worker):
    answer = worker.come_back("9999999999999999")
    has(answer.content.decode(), "没有找到这个号码")
    assert answer.status_code == 422
    has(worker.come_back("123").content.decode(), "您写了 3 位")
    assert worker.client.get("/my/case/").status_code == 302


def test_wrong_receipts_are_slowed_down_for_this_device_only(worker, another, clock, now):
    make.said(worker.world, make.voice(receipt="1234567890123456"))
    another.client.defaults["HTTP_USER_AGENT"] = "another phone"
    for number in range(10):
        worker.come_back(f"{number:016d}")
    refused = worker.come_back("1234567890123456")
    assert refused.status_code == 429
    has(refused.content.decode(), "请过十分钟再试")
    assert another.come_back("1234567890123456").status_code == 200
    clock(now + timedelta(minutes=11))
    assert worker.come_back("1234567890123456").status_code == 200


def test_the_way_stays_open_while_used_and_closes_after_half_an_hour(worker, clock, now):
    voice = make.voice()
    make.said(worker.world, voice)
    worker.come_back(voice.receipt)
    clock(now + timedelta(minutes=25))
    assert worker.client.get("/my/case/").status_code == 200
    clock(now + timedelta(minutes=50))
    assert worker.client.get("/my/case/").status_code == 200
    clock(now + timedelta(minutes=81))
    late = worker.client.post(
        "/my/message/", {"text": "写了很久的一段话，说说宿舍的事情到底是怎么回事。", "once": "x" * 24}
    )
    assert late.status_code == 403
    has(late.content.decode(), "写了很久的一段话", "自动退出")
    assert not Message.objects.exists()


@pytest.mark.attack(
    "worker",
    "picks up a phone somebody laid down: goes back to the matter after 退出, or half an hour later without it",
    found="held",
)
@pytest.mark.parametrize("left", [True, False])
def test_a_phone_laid_down_opens_nothing(worker, clock, now, left):
    voice = make.voice()
    make.said(worker.world, voice)
    worker.come_back(voice.receipt)
    page = worker.client.get("/my/case/")
    assert page.status_code == 200
    assert voice.words in page.content.decode()
    assert "no-store" in page["Cache-Control"]  # the way back in the browser asks again
    assert voice.receipt not in page.content.decode() + str(worker.client.cookies)
    if left:
        worker.client.post("/my/leave/")
    else:
        clock(now + timedelta(minutes=31))
    for address in ("/my/case/", "/my/data/", "/my/"):
        answer = worker.client.get(address, follow=True)
        assert voice.words not in answer.content.decode()


def test_digits_scanned_on_a_phone_that_reads_another_matter_are_not_sent_past(worker):
    first, second = make.voice(), make.voice()
    make.said(worker.world, first)
    other = make.said(worker.world, second)
    worker.come_back(first.receipt)
    has(worker.client.get("/my/").content.decode(), "data-receipt", "接着看刚才那件事")
    worker.come_back(second.receipt)
    has(worker.page(), other.number)


def test_leaving_takes_everything_out_of_the_browser(worker):
    voice = make.voice()
    make.said(worker.world, voice)
    worker.come_back(voice.receipt)
    left = worker.client.post("/my/leave/")
    assert "storage" in left["Clear-Site-Data"]
    assert worker.client.get("/my/case/").status_code == 302


def test_somebody_else_s_cookie_and_a_made_up_one_open_nothing(worker):
    worker.client.cookies["hy-my"] = "abc"
    assert worker.client.get("/my/case/").status_code == 302
    worker.say()
    worker.client.cookies["hy-my"] = worker.client.cookies["hy-receipt"].value
    assert worker.client.get("/my/case/").status_code == 302


# --- where it stands -----------------------------------------------------------------------------------------------------


def test_each_state_in_plain_words(world, another):
    def page(voice):
        another.come_back(voice.receipt)
        return another.page()

    officer = world.as_("officer")
    voice = make.voice()
    case = make.said(world, voice)
    has(page(voice), "工会收到了，正在看", "11月24日 周二 前，告诉您收没收")
    acts.ask(case_id=case.pk, question="是每层都没有吗？", by=officer, at=world.now)
    has(page(voice), "工会想再问您几句", "是每层都没有吗？", "交上回答")
    voice = make.voice()
    make.assigned(world, voice)
    has(page(voice), "正在办理", "11月25日 周三 前办好", "交给行政保障部办理")
    voice = make.voice()
    make.reported(world, voice)
    has(page(voice), "有结果了")
    voice = make.voice()
    case = make.said(world, voice)
    acts.decline(case_id=case.pk, reason="不归工会管", other_way="请打 12333", by=officer, at=world.now)
    has(page(voice), "工会没有受理", "不归工会管", "请打 12333")
    voice = make.voice()
    case = make.said(world, voice)
    acts.mark_spam(case_id=case.pk, reason="广告", by=officer, at=world.now)
    assert "广告" not in page(voice)


def test_a_day_that_has_passed_is_said_plainly(world, worker, clock):
    voice = make.voice()
    make.said(world, voice)
    worker.come_back(voice.receipt)
    clock(world.now + timedelta(minutes=20))
    worker.page()
    clock(world.now + timedelta(days=6))
    worker.come_back(voice.receipt)
    has(worker.page(), "已经晚了 2 天")


def test_a_merged_matter_is_followed_under_the_old_receipt_without_reading_what_went_before(world, worker, clock):
    first, second = make.voice(), make.voice()
    into, case = make.said(world, first), make.said(world, second)
    acts.ask(case_id=into.pk, question="只问第一个人的话", by=world.as_("officer"), at=world.now)
    own = worker_by_receipt(first.receipt)
    acts.supplement(case_id=into.pk, text="只有第一个人说的话", by=own, at=world.now)
    later = world.now + timedelta(hours=1)
    acts.merge(case_id=case.pk, into_id=into.pk, by=world.as_("officer"), at=later)
    clock(later)
    worker.come_back(second.receipt)
    page = worker.page()
    has(page, "和同样的事并在一起办", case.number)
    assert "只问第一个人的话" not in page
    assert "只有第一个人说的话" not in page
    worker.send("message", text="我也想说")
    assert Message.objects.get(party=worker_by_receipt(second.receipt).party_id).case_id == into.pk


def test_what_was_split_off_is_followed_and_rated_too(world, worker):
    voice = make.voice()
    case = make.accepted(world, voice)
    part = acts.split(case_id=case.pk, title="宿舍热水", summary="没有热水", by=world.as_("officer"), at=world.now)
    worker.come_back(voice.receipt)
    has(worker.page(), "分出来的另一件：宿舍热水")
    officer = world.as_("officer")
    acts.accept(case_id=part.pk, content_class="rights", category="living", difficulty="easy",
                officer=world.posts["officer"], title="宿舍热水", summary="没有热水", by=officer, at=world.now)  # fmt: skip
    acts.settle(case_id=part.pk, result="修好了", by=officer, at=world.now)
    handling.tell(case_id=part.pk, how="phone", kind="result", text="热水修好了。", told_on=world.now.date(),
                  by=officer, at=world.now)  # fmt: skip
    has(worker.page(), "热水修好了。")
    sent = worker.client.post("/my/rate/", {"case": str(part.pk), "result": "satisfied", "once": "r" * 24})
    assert sent.status_code == 302
    assert Answer.objects.get().survey.case_id == part.pk


def test_who_looked_is_counted_by_office_without_names(world, worker):
    voice = make.voice()
    item = make.assigned(world, voice)
    for name, subject in (
        ("officer", item.case_id),
        ("officer", item.case_id),
        ("handler", item.pk),
        ("upper", item.case_id),
    ):
        note_reading(root=world.county.pk, by=world.as_(name), at=world.now, what="dossier", subject=subject)
    worker.come_back(voice.receipt)
    page = worker.page()
    has(page, "本单位工会看过 2 次", "部门看过 1 次", "沂河县总工会看过 1 次")
    assert "孙立" not in page


# --- talking --------------------------------------------------------------------------------------------------------------


@pytest.mark.attack("worker", "opens the file of another worker of the same case by its address", found="held")
def test_two_way_talk_with_files_is_read_by_the_two_alone(world, worker, another):
    mine, theirs = make.voice(), make.voice()
    case = make.accepted(world, mine, theirs)
    worker.come_back(mine.receipt)
    sent = worker.send("message", text="四层以上没有。", files=SimpleUploadedFile("单子.txt", "第一页".encode()))
    assert sent.status_code == 302
    acts.write_message(case_id=case.pk, party_id=worker_by_receipt(mine.receipt).party_id, text="明天去看。",
                       by=world.as_("officer"), at=world.now)  # fmt: skip
    page = worker.page()
    has(page, "四层以上没有。", "明天去看。", "单子.txt", "李慧敏")
    assert Message.objects.get(from_worker=False).read_at == world.now
    address = re.search(r"/my/file/[0-9a-f-]{36}/", page).group()
    assert worker.client.get(address).content == "第一页".encode()
    another.come_back(theirs.receipt)
    page = another.page()
    assert "四层以上没有。" not in page
    assert "明天去看。" not in page
    assert another.client.get(address).status_code == 404


def test_no_form_reaches_a_matter_that_is_not_one_s_own(world, worker):
    mine, foreign = make.voice(), make.voice()
    make.said(world, mine)
    other = make.told(world, foreign)
    worker.come_back(mine.receipt)
    for address, given in (("message", {"text": "x"}), ("rate", {"result": "satisfied"}), ("answer", {"text": "x"})):
        sent = worker.client.post(f"/my/{address}/", {"case": str(other.pk), "once": "f" * 24, **given})
        assert sent.status_code == 404, address
    assert not Message.objects.exists()


def test_a_message_too_long_comes_back_whole(world, worker):
    voice = make.voice()
    make.said(world, voice)
    worker.come_back(voice.receipt)
    answer = worker.send("message", text="长" * 5001)
    assert answer.status_code == 422
    has(answer.content.decode(), "写了 5001 字", "长" * 5001)
    assert worker.client.get("/my/message/").url == "/my/case/"


def test_the_answer_to_a_question_lets_acceptance_go_on(world, worker):
    voice = make.voice()
    case = make.said(world, voice)
    acts.ask(case_id=case.pk, question="哪一层？", by=world.as_("officer"), at=world.now)
    worker.come_back(voice.receipt)
    assert worker.send("answer", text="").status_code == 422
    worker.send("answer", text="四层。", once="q" * 24)
    case.refresh_from_db()
    assert case.status == "registered"
    has(worker.page(), "四层。", "您补充了情况")


# --- rating ---------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.5a")
@pytest.mark.clause("MY-3.2.4b")
def test_whoever_was_told_rates_by_the_own_receipt(world, worker):
    voice = make.voice()
    case = make.told(world, voice)
    worker.come_back(voice.receipt)
    page = worker.page()
    has(page, "末班车恢复了。", "非常满意", "12月7日 周一 前都可以评")
    assert page.index("末班车恢复了。") < page.index("非常满意")  # first what came of it, then the question
    assert worker.send("rate", result="").status_code == 422
    worker.send("rate", result="satisfied", process="basic", words="谢谢", once="r" * 24)
    answer = Answer.objects.get()
    assert (answer.way, answer.result, answer.process, answer.by) == ("online", "satisfied", "basic", None)
    case.refresh_from_db()
    assert case.status == "rated"
    page = worker.page()
    has(page, "结果：满意，过程：基本满意")
    assert "交上评价" not in page


def test_who_rated_waits_for_the_others(world, worker):
    first, second = make.voice(), make.voice()
    make.told(world, first, second)
    worker.come_back(first.receipt)
    worker.send("rate", result="satisfied", once="q" * 24)
    has(worker.page(), "一起说的还有人没评")
    assert "前都可以评" not in worker.page()


@pytest.mark.clause("MY-3.2.5c")
def test_not_satisfied_asks_to_take_it_up_again(world, worker):
    voice = make.voice()
    make.told(world, voice)
    worker.come_back(voice.receipt)
    worker.send("rate", result="unsatisfied", words="车还是没有。")
    assert ReopenRequest.objects.get().granted is None
    has(worker.page(), "您请求重新办理")


def test_rated_in_another_window_is_said(world, worker):
    voice = make.voice()
    case = make.told(world, voice, make.voice())
    worker.come_back(voice.receipt)
    worker.send("rate", result="satisfied")
    again = worker.client.post("/my/rate/", {"case": str(case.pk), "result": "basic", "once": "z" * 24})
    has(again.content.decode(), "已经评价过了")
    assert Answer.objects.count() == 1


# --- joining, speaking openly, stepping back, upward -----------------------------------------------------------------------


def test_another_person_joins_with_a_receipt_of_their_own(world, worker, another):
    voice = make.voice()
    case = make.said(world, voice)
    worker.come_back(voice.receipt)
    answer = worker.client.post("/my/join/", {"name": "张三", "phone": "", "once": "j" * 24})
    assert answer.url == "/receipt/"
    (receipt,) = worker.receipts()
    assert people_behind(case).count() == 2
    assert another.come_back(receipt).status_code == 200
    assert "夜班的末班车提前了" not in another.page()  # the first one's own words


def test_speaking_more_openly_later(world, worker):
    voice = make.voice(secrecy="anonymous")
    make.said(world, voice)
    worker.come_back(voice.receipt)
    missing = worker.client.post("/my/disclose/", {"secrecy": "sealed", "once": "d" * 24})
    has(missing.content.decode(), "请留下称呼或电话")
    worker.client.post("/my/disclose/", {"secrecy": "named", "name": "刘春华", "once": "e" * 24})
    assert Party.objects.get().secrecy == "named"
    assert worker.client.get("/my/disclose/").status_code == 302


def test_stepping_back_ends_it_only_when_nobody_is_left(world, worker, another):
    first, second = make.voice(), make.voice()
    case = make.said(world, first, second)
    worker.come_back(first.receipt)
    has(worker.client.get("/my/withdraw/").content.decode(), "真的不说了吗")
    worker.client.post("/my/withdraw/", {"reason": "", "once": "w" * 24})
    case.refresh_from_db()
    assert case.status == "registered"
    has(worker.page(), "您已经退出了这件事")
    another.come_back(second.receipt)
    assert "退出了" not in another.page().split("看完了")[0]
    another.client.post("/my/withdraw/", {"reason": "想好了", "once": "v" * 24})
    case.refresh_from_db()
    assert case.status == "withdrawn"
    has(another.page(), "您撤回了这件事")


def test_retaliation_goes_straight_upward_unseen_by_the_own_union(world, worker):
    voice = make.voice(secrecy="named")
    make.said(world, voice)
    worker.come_back(voice.receipt)
    assert worker.client.post("/my/retaliation/", {"words": "", "once": "t" * 24}).status_code == 422
    answer = worker.client.post("/my/retaliation/", {"words": "把我调到夜班。", "once": "u" * 24})
    assert answer.url == "/receipt/"
    (receipt,) = worker.receipts()
    case = Case.objects.get(channel="retaliation")
    assert (case.holder, case.urgent, case.secrecy) == (world.county, True, "sealed")
    assert worker_by_receipt(receipt).case_id == case.pk
    for name in ("officer", "second", "chair", "manager"):
        assert not Case.objects.visible_to(world.as_(name)).filter(pk=case.pk).exists()
    assert Case.objects.visible_to(world.as_("upper")).filter(pk=case.pk).exists()


# --- weight ---------------------------------------------------------------------------------------------------------------


def test_statements_do_not_grow_with_the_talk(world, worker):
    voice = make.voice()
    case = make.accepted(world, voice)
    worker.come_back(voice.receipt)
    own = worker_by_receipt(voice.receipt)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            worker.page()
        return len(seen)

    acts.write_message(case_id=case.pk, party_id=own.party_id, text="第一句", by=own, at=world.now)
    before = count()
    for number in range(20):
        acts.write_message(case_id=case.pk, party_id=own.party_id, text=f"第 {number} 句", by=own, at=world.now)
        note_reading(root=world.county.pk, by=world.as_("officer"), at=world.now, what="dossier", subject=case.pk)
    assert count() <= before + 1  # the post of whoever looked
    assert before <= 16


def test_pages_are_light(world, worker):
    page = worker.client.get(f"/u/{world.shop.code}/").content
    assert len(page) < 20_000
    assert b"htmx" not in page

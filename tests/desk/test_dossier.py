"""The dossier: what stands on it for whom, that what is sealed stays sealed, how many statements it takes."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from huying.cases import acts as cases
from huying.cases.models import Case, CaseFile, Event, Message
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import Concerns
from huying.feedback import acts as feedback
from huying.files.acts import check
from huying.handling import acts as handling
from huying.trail.models import Reading
from tests.desk.browser import as_
from tests.factories import world as make

CANARY = "金丝雀原话"
NAME, PHONE = "刘春华", "13800001111"
LOOK = {"reason": "verify", "words": "", "once": "a" * 32}


def address(case, *parts) -> str:
    """The dossier's address, or that of an act on it."""
    if not parts:
        return reverse("desk:case", args=[case.pk])
    return reverse("desk:case_act" if len(parts) == 1 else "desk:case_act_of", args=[case.pk, *parts])


def text_of(answer) -> str:
    """The main part of a page."""
    return answer.content.decode().split("<main")[1].split("</main>")[0]


def sealed(world, **given):
    """A sealed case 李慧敏 answers for, whose words and identity carry what must never be seen."""
    case = make.said(world, make.voice(words=f"{CANARY}，我叫{NAME}，电话{PHONE}。"), **given)
    return cases.take(case_id=case.pk, officer=world.posts["officer"], by=world.as_("officer"), at=world.now)


def picture() -> SimpleUploadedFile:
    """A photo whose name says who took it."""
    body = BytesIO()
    Image.new("RGB", (20, 20), "red").save(body, "PNG")
    return SimpleUploadedFile(f"{NAME}拍的.png", body.getvalue(), "image/png")


# --- who sees it ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["officer", "second", "chair", "upper"])
def test_the_union_that_has_it_and_those_above_see_it(world, name):
    assert as_(world, name).get(address(sealed(world))).status_code == 200


@pytest.mark.parametrize(
    "name", ["foreign", "handler", "head", "manager", "liaison", "delegate", "system", "security", "audit"]
)
def test_for_everybody_else_it_is_a_missing_page(world, name):
    case, client = sealed(world), as_(world, name)
    assert client.get(address(case)).status_code == 404
    assert client.get(address(case, "accept")).status_code == 404
    assert client.post(address(case, "decline"), {"reason": "x", "other_way": "y", "once": "b" * 32}).status_code == 404
    assert client.post(reverse("desk:open", args=[case.pk]), LOOK).status_code == 404


def test_a_chair_whom_it_concerns_meets_a_missing_page(world):
    case = make.said(world, concerns=Concerns(chair=True))
    assert as_(world, "chair").get(address(case)).status_code == 404
    assert as_(world, "officer").get(address(case)).status_code == 200


# --- sealed ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["officer", "second", "chair", "upper"])
def test_sealed_words_and_identity_are_nowhere_on_the_page(world, name):
    case = sealed(world)
    html = as_(world, name).get(address(case)).content.decode()
    assert not [word for word in (CANARY, NAME, PHONE) if word in html]
    if name != "upper":
        html = as_(world, name).get(address(case, "accept")).content.decode()
        assert not [word for word in (CANARY, NAME, PHONE) if word in html]


def test_opening_shows_them_once_and_is_written_down(world):
    case, client = sealed(world), as_(world, "officer")
    answer = client.post(reverse("desk:open", args=[case.pk]), LOOK)
    html = text_of(answer)
    assert CANARY in html
    assert NAME in html
    assert PHONE in html
    assert answer["Cache-Control"] == "no-store"
    assert Reading.objects.filter(subject=case.pk, what="sealed", reason="verify").count() == 1
    assert Event.objects.filter(case=case, act="open_sealed").count() == 1
    proposed = html.split('name="summary"')[1].split("</textarea>")[0]
    assert CANARY in proposed
    assert NAME not in proposed
    assert PHONE not in proposed
    assert CANARY not in client.get(address(case)).content.decode()


def test_opening_without_a_reason_stays_closed(world):
    case, client = sealed(world), as_(world, "officer")
    answer = client.post(reverse("desk:open", args=[case.pk]), {"once": "a" * 32, "reason": "other", "words": ""})
    assert answer.status_code == 422
    assert CANARY not in answer.content.decode()
    assert not Reading.objects.filter(what="sealed").exists()


def test_a_colleague_who_is_not_the_officer_cannot_open(world):
    case = sealed(world)
    answer = as_(world, "second").post(reverse("desk:open", args=[case.pk]), LOOK)
    assert answer.status_code == 422
    assert CANARY not in answer.content.decode()


def test_words_open_beside_the_form_and_what_was_typed_stays(world):
    case, client = sealed(world), as_(world, "officer")
    typed = {"look": "1", "look-reason": "summary", "look-words": "", "difficulty": "hard", "version": case.version,
             "title": "写了一半的标题", "once": "a" * 32}  # fmt: skip
    html = text_of(client.post(address(case, "accept"), typed))
    assert CANARY in html
    assert "写了一半的标题" in html
    assert Reading.objects.filter(what="sealed", reason="summary").count() == 1
    case.refresh_from_db()
    assert f'name="version" value="{case.version}"' in html


def test_a_named_person_is_shown_to_the_office_and_that_is_written_down(world):
    case = make.said(world, make.voice(secrecy="named", name="王建国", phone="13900001234", words="饭" * 30 + CANARY))
    html = text_of(as_(world, "second").get(address(case)))
    assert "王建国" in html
    assert "13900001234" in html
    assert CANARY not in html
    assert Reading.objects.filter(subject=case.pk, what="identity").count() == 1
    assert "王建国" not in as_(world, "upper").get(address(case)).content.decode()
    assert Reading.objects.filter(subject=case.pk, what="dossier").count() == 1


def test_what_was_not_released_is_not_shown_to_a_union_above(world):
    case = make.said(world, make.voice(secrecy="named", name="王建国", words="食堂的饭菜太凉了。"))
    cases.take(case_id=case.pk, officer=world.posts["officer"], by=world.as_("officer"), at=world.now)
    cases.ask(case_id=case.pk, question="是哪个食堂窗口？", by=world.as_("officer"), at=world.now)
    assert "食堂的饭菜" in text_of(as_(world, "officer").get(address(case)))
    html = text_of(as_(world, "upper").get(address(case)))
    assert "食堂" not in html
    assert "（待写公开摘要）" in html


def test_originals_are_listed_by_kind_and_a_released_copy_is_open_to_readers(world):
    files = (check(upload=picture()),)
    case = make.said(world, make.voice(words=CANARY), files=files)
    cases.take(case_id=case.pk, officer=world.posts["officer"], by=world.as_("officer"), at=world.now)
    client, original = as_(world, "officer"), CaseFile.objects.get(case=case)
    html = text_of(client.get(address(case)))
    assert "图片" in html
    assert "拍的" not in html
    assert str(original.pk) not in html
    assert as_(world, "second").get(reverse("desk:file", args=[original.pk])).status_code == 409
    assert as_(world, "foreign").get(reverse("desk:file", args=[original.pk])).status_code == 404
    assert client.get(reverse("desk:file", args=[original.pk])).status_code == 200
    opened = text_of(client.post(reverse("desk:open", args=[case.pk]), LOOK))
    assert f"{NAME}拍的" in opened
    assert client.post(address(case, "release_file", original.pk), {"once": "c" * 32}).status_code == 302
    copy = CaseFile.objects.get(case=case, sealed=False)
    html = text_of(as_(world, "upper").get(address(case)))
    assert "附件1" in html
    assert str(original.pk) not in html
    answer = as_(world, "upper").get(reverse("desk:file", args=[copy.pk]))
    assert answer.status_code == 200
    assert NAME not in answer["Content-Disposition"]
    assert client.post(address(case, "release_file", original.pk), {"once": "d" * 32}).status_code == 422


def test_the_words_of_a_merged_case_open_with_the_one_it_went_into(world):
    case = sealed(world)
    other = make.said(world, make.voice(words="第二个人的原话"))
    cases.merge(case_id=other.pk, into_id=case.pk, by=world.as_("officer"), at=world.now)
    html = text_of(as_(world, "officer").post(reverse("desk:open", args=[case.pk]), LOOK))
    assert CANARY in html
    assert "第二个人的原话" in html
    assert "并案带来" in html


def test_talk_lies_open_with_the_words_and_counts_as_read(world):
    voice = make.voice(words=CANARY)
    case = make.said(world, voice)
    cases.take(case_id=case.pk, officer=world.posts["officer"], by=world.as_("officer"), at=world.now)
    worker = worker_by_receipt(voice.receipt)
    cases.write_message(case_id=case.pk, party_id=worker.party_id, text="还有一件要补充", by=worker, at=world.now)
    client = as_(world, "officer")
    html = text_of(client.get(address(case)))
    assert "1 条新留言" in html
    assert "还有一件要补充" not in html
    assert "还有一件要补充" in text_of(client.post(reverse("desk:open", args=[case.pk]), LOOK))
    assert not Message.objects.filter(read_at__isnull=True).exists()


def test_a_message_cannot_be_written_to_somebody_of_another_case(world):
    case, other = sealed(world), sealed(world)
    stranger = other.parties.get()
    answer = as_(world, "officer").post(address(case, "message", stranger.pk), {"text": "你好", "once": "e" * 32})
    assert answer.status_code == 404


def test_who_looked_by_name_for_officer_and_chair_else_a_number(world):
    case = sealed(world)
    as_(world, "upper").get(address(case))
    assert "高敏" in text_of(as_(world, "chair").get(address(case), {"show": "looks"}))
    html = text_of(as_(world, "second").get(address(case), {"show": "looks"}))
    assert "高敏" not in html
    assert "人看过" in html


# --- every state ------------------------------------------------------------------------------------------------------------


def _withdrawn(world) -> Case:
    voice = make.voice()
    case = make.said(world, voice)
    cases.withdraw(reason="", by=worker_by_receipt(voice.receipt), at=world.now)
    return case


def _rated(world) -> Case:
    voice = make.voice()
    case = make.told(world, voice)
    feedback.rate(result="satisfied", process="", words="", by=worker_by_receipt(voice.receipt), at=world.now)
    return case


def _done(act, **given):
    def reach(world) -> Case:
        case = make.said(world)
        act(case_id=case.pk, by=world.as_("officer"), at=world.now, **given)
        return case

    return reach


def _merged(world) -> Case:
    case = make.said(world)
    cases.merge(case_id=case.pk, into_id=make.accepted(world).pk, by=world.as_("officer"), at=world.now)
    return case


def _archived(world) -> Case:
    case = _rated(world)
    feedback.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    return case


STATES = {
    "待受理": (make.said, "接手"),
    "待补充": (_done(cases.ask, question="哪一条线路？"), "补充完毕"),
    "已受理，待交办": (make.accepted, "交办"),
    "办理中": (lambda world: make.assigned(world).case, "催办行政保障部"),
    "待告知": (make.reported, "告知职工"),
    "待测评": (make.told, ""),
    "待归档": (_rated, "归档"),
    "已归档": (_archived, ""),
    "不予受理": (_done(cases.decline, reason="归仲裁委管", other_way="可以申请仲裁"), ""),
    "已撤回": (_withdrawn, ""),
    "已并案": (_merged, ""),
    "无效件": (_done(cases.mark_spam, reason="广告"), "撤销无效件"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.clause("MY-3.2")
def test_every_state_has_its_page_and_its_next_act(world, state):
    reach, act = STATES[state]
    case = reach(world)
    for name in ("officer", "upper"):
        html = text_of(as_(world, name).get(address(case)))
        assert state in html
    html = text_of(as_(world, "officer").get(address(case)))
    if act:
        assert act in html.split('class="hy-bar"')[1].split("更多")[0]
    assert html.count("btn-primary") <= 2  # one next act, and the button in the dialog


@pytest.mark.clause("MY-3.2.4a")
@pytest.mark.clause("MY-3.2.4b")
def test_limits_carry_their_clause_and_how_the_date_was_found(world):
    html = text_of(as_(world, "officer").get(address(make.reported(world))))
    assert "蒙会发〔2017〕21号 三(二)4" in html
    assert "这个日子怎么算的" in html
    assert "11月23日" in html


@pytest.mark.clause("MY-3.2.6")
def test_the_story_has_case_and_item_and_can_be_narrowed(world):
    case = make.told(world)
    client = as_(world, "officer")
    html = text_of(client.get(address(case)))
    for line in ("登记", "受理，李慧敏负责", "行政保障部：已完成", "行政保障部：书面反馈", "告知结果（电话）"):
        assert line in html
    assert "行政保障部：已完成" not in text_of(client.get(address(case), {"show": "talk"})).split('id="story"')[1]


def test_a_long_and_hostile_summary_is_shown_as_it_is(world):
    case = make.accepted(world)
    Case.objects.filter(pk=case.pk).update(
        title='<b>"长"</b>' * 5, summary='引号" 和 <script>x</script> {{ x }}' + "长" * 4000
    )
    html = text_of(as_(world, "officer").get(address(case)))
    assert "<script>x" not in html
    assert "&lt;script&gt;x&lt;/script&gt; {{ x }}" in html
    assert "&amp;lt;" not in html


def test_statements_do_not_grow_with_rows(world):
    def statements(case) -> int:
        client = as_(world, "officer")
        client.get(address(case))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address(case)).status_code == 200
        return len(caught)

    def busy(people: int, lines: int) -> Case:
        item = make.assigned(world, *[make.voice(secrecy="named", name=f"职工{n}") for n in range(people)])
        for n in range(lines):
            at = world.now + timedelta(minutes=n)
            handling.progress(item_id=item.pk, text="办着", by=world.as_("handler"), at=at)
            handling.check(item_id=item.pk, text="催", urge=n % 2 == 0, by=world.as_("officer"), at=at)
        return item.case

    few, many = statements(busy(2, 2)), statements(busy(60, 40))
    assert few == many
    # the page's own; holds, requests and the rule of the second person; session, account, posts and frame
    assert many <= 12 + 4 + 6

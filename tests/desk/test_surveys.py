"""Pages of surveys: the list and 今日, what one who handled the case sees, what departments read, the worker's own page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.feedback import acts
from huying.feedback.models import Answer, Invited
from huying.feedback.reads import TOO_FEW, link_token, respondent
from huying.feedback.rules import Given
from huying.handling.models import Item
from huying.public.views._pace import LINKS
from huying.trail.models import Reading
from tests.desk.browser import as_, page
from tests.factories import world as make
from tests.factories.survey import asked, colleagues, named, opened
from tests.matrix.scene import picture


def survey_url(case) -> str:
    return reverse("desk:survey", args=[case.pk])


def everybody_answers(world, survey, **said) -> None:
    for number, one in enumerate(survey.invited.all()):
        given = Given(result="satisfied", words="写的话" if number == 0 else "", **said)
        acts.answer(invited_id=one.pk, given=given, by=respondent(one.pk), at=world.now)


@pytest.mark.clause("MY-3.2.5c")
def test_who_handled_it_sees_no_grade_before_the_end_and_no_name_at_all(world):
    people = colleagues(world)
    case = make.told(world, named())
    survey = opened(world, case)
    one, *_ = asked(survey, "concerned")
    acts.answer(invited_id=one.pk, given=Given(result="basic"), by=respondent(one.pk), at=world.now)
    running = page(as_(world, "officer").get(survey_url(case)))
    assert "测评结束以后公布" in running
    assert not any(person.name in running for person in people)
    assert "基本满意</dt>" not in running
    assert "基本满意</dt>" in page(as_(world, "second").get(survey_url(case)))
    assert "结束以后公布档次" in page(as_(world, "officer").get(reverse("desk:case", args=[case.pk])))
    for invited in survey.invited.filter(answer__isnull=True):
        acts.answer(invited_id=invited.pk, given=Given(result="satisfied"), by=respondent(invited.pk), at=world.now)
    over = page(as_(world, "officer").get(survey_url(case)))
    assert "基本满意</dt>" in over
    assert not any(person.name in over for person in people)


def test_words_are_for_the_union_and_the_look_is_written_down(world):
    case = make.told(world, named())
    everybody_answers(world, opened(world, case))
    assert "写的话" in page(as_(world, "second").get(survey_url(case)))
    assert Reading.objects.filter(what="rating", person=world.posts["second"].person_id).exists()
    for name in ("handler", "manager", "upper", "foreign", "delegate"):
        assert as_(world, name).get(survey_url(case)).status_code == 404


@pytest.mark.clause("MY-3.2.5c")
@pytest.mark.parametrize(("people", "words"), [(3, TOO_FEW), (4, "总体评价：满意")])
def test_department_and_head_read_one_grade_and_nothing_of_a_few(world, people, words):
    colleagues(world, *("赵铁山", "钱小梅", "孙大勇", "李秋月")[:people])
    case = make.told(world, named())
    everybody_answers(world, opened(world, case))
    url = reverse("desk:item", args=[Item.objects.get(case=case).pk])
    assert "满意度测评" not in page(as_(world, "handler").get(url))
    acts.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    for name in ("handler", "head", "manager"):
        shown = page(as_(world, name).get(url))
        assert words in shown
        assert "写的话" not in shown
        assert f"{people + 1} 份" not in shown
    above = page(as_(world, "upper").get(reverse("desk:case", args=[case.pk])))
    assert words in above
    assert "收到" not in above.split('id="rating"')[1].split("</section>")[0]


def test_the_list_asks_as_much_for_many_as_for_one(world):
    url = reverse("desk:surveys")
    opened(world, make.told(world, named()))
    client = as_(world, "second")
    page(client.get(url))
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _ in range(4):
        opened(world, make.told(world, named()))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(one)


def test_today_says_what_waits(world):
    colleagues(world, "赵铁山")
    survey = opened(world, make.told(world, named()))
    person = world.posts["delegate"].person
    own = Invited.objects.create(root=survey.root, survey=survey, group="delegate", person=person, asked_at=world.now)
    assert "要打电话" not in page(as_(world, "officer").get("/desk/"))
    assert "件测评还有人没评，可以打电话" in page(as_(world, "second").get("/desk/"))
    assert reverse("desk:survey_mine", args=[own.pk]) in page(as_(world, "delegate").get("/desk/"))


def test_a_paper_can_be_looked_at_by_who_may_take_one(world):
    case = make.told(world, named())
    (one,) = asked(opened(world, case), "asker")
    url = reverse("desk:survey_take", args=[one.pk, "paper"])
    client = as_(world, "second")
    typed = {"once": "p" * 32, "result": "satisfied", "process": "", "words": "准时了"}
    refused = page(client.post(url, typed), 422)
    assert "请附上问卷的扫描件或照片" in refused
    assert "准时了" in refused
    assert client.post(url, {**typed, "once": "q" * 32, "files": picture()}).status_code == 302
    answer = Answer.objects.get()
    scan = reverse("desk:survey_scan", args=[answer.pk])
    assert client.get(scan).status_code == 200
    assert as_(world, "officer").get(scan).status_code == 404
    assert scan in page(client.get(survey_url(case)))


# --- the link on a slip -----------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.5c")
def test_the_link_asks_once_then_says_thanks_then_that_it_is_over(world, client):
    colleagues(world)
    case = make.told(world, named())
    survey = opened(world, case)
    one, other, *_ = asked(survey, "concerned")
    url = f"/rate/{link_token(one.pk)}/"
    shown = client.get(url)
    assert "马丽" not in page(shown)
    assert (shown["Cache-Control"], shown["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "请选一个满意程度" in page(client.post(url, {"once": "a" * 32}), 422)
    sent = {"once": "b" * 32, "result": "basic", "reasons": ["slow"], "words": ""}
    assert client.post(url, sent)["Location"] == url
    assert Answer.objects.get().reasons == ["slow"]
    assert "一人只评一次" in page(client.get(url))
    assert client.post(url, {**sent, "once": "c" * 32, "result": "satisfied"}).status_code == 409
    assert client.post(url, sent)["Location"] == url  # the same one again
    assert Answer.objects.get().result == "basic"
    acts.report_unreached(invited_id=other.pk, reason="离职", by=world.as_("second"), at=world.now)
    over = f"/rate/{link_token(other.pk)}/"
    assert "测评已经结束了" in page(client.get(over))
    assert "等了一个月才修好" in page(client.post(over, {**sent, "once": "d" * 32, "words": "等了一个月才修好"}), 409)


def test_an_own_answer_counts_once_and_what_came_too_late_is_still_there(world):
    colleagues(world, "赵铁山")
    survey = opened(world, make.told(world, named()))
    own, late = (
        Invited.objects.create(root=survey.root, survey=survey, group=group, person=person, asked_at=world.now)
        for group, person in (
            ("delegate", world.posts["delegate"].person),
            ("concerned", world.posts["liaison"].person),
        )
    )
    sent = {"once": "e" * 32, "result": "satisfied", "words": "修好了"}
    url = reverse("desk:survey_mine", args=[own.pk])
    for _ in range(2):
        assert as_(world, "delegate").post(url, sent)["Location"] == url
    assert Answer.objects.filter(invited=own).count() == 1
    acts.report_unreached(invited_id=late.pk, reason="离职", by=world.as_("second"), at=world.now)
    closed = as_(world, "liaison").post(reverse("desk:survey_mine", args=[late.pk]), {**sent, "words": "还漏水"})
    assert "还漏水" in page(closed, 409)


def test_a_wrong_link_is_a_missing_page_and_too_many_have_to_wait(world, client):
    missing = client.get("/rate-nowhere/x/").content
    wrong = client.get(f"/rate/{'A' * 40}/")
    assert (wrong.status_code, wrong.content) == (404, missing)
    for _ in range(LINKS.most):
        last = client.get(f"/rate/{'B' * 40}/")
    assert last.status_code in (404, 429)
    assert client.get(f"/rate/{'B' * 40}/").status_code == 429

"""Answers by link, account, call, paper and on the spot; who may not take them; what each must have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from huying.cases.reads import rules_of
from huying.feedback import acts
from huying.feedback.models import Answer, Invited, ReopenRequest
from huying.feedback.reads import link_token, outside_words, respondent, respondent_behind, results, words_of
from huying.feedback.rules import Given, check_given, joint_grade
from huying.files.acts import check
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.org.models import Post
from tests.factories import world as make
from tests.factories.survey import asked, colleagues, named, opened, told_after_meeting
from tests.matrix.scene import picture

GOOD = Given(result="satisfied")
BAD = Given(result="unsatisfied", reasons=("not_solved",))
SCALE = [
    {"code": "very_satisfied", "label": "非常满意", "counts_as": "satisfied"},
    {"code": "basic", "label": "基本满意", "counts_as": "basic"},
    {"code": "unsatisfied", "label": "不满意", "counts_as": "unsatisfied"},
]


@pytest.fixture
def surveyed(world):
    """A named worker, a delegate who attended, five colleagues."""
    colleagues(world)
    case, later = told_after_meeting(world, named())
    return later, case, opened(later, case)


def by_link(invited, given=GOOD, *, at):
    return acts.answer(invited_id=invited.pk, given=given, by=respondent(invited.pk), at=at)


# --- the link ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.5c")
def test_a_link_answers_for_its_own_person_once(surveyed):
    world, _, survey = surveyed
    one, other = asked(survey, "concerned")[:2]
    answer = by_link(one, Given(result="basic", process="satisfied", reasons=("slow",), words="慢了"), at=world.now)
    assert (answer.way, answer.by, answer.counts_as, answer.process_counts_as) == ("online", None, "basic", "satisfied")
    with pytest.raises(Refused, match="一人只评一次"):
        by_link(one, at=world.now)
    with pytest.raises(NotYours):
        acts.answer(invited_id=other.pk, given=GOOD, by=respondent(one.pk), at=world.now)
    assert Answer.objects.count() == 1


def test_a_link_is_derived_and_a_changed_one_opens_nothing(surveyed):
    _, _, survey = surveyed
    one, other = asked(survey, "concerned")[:2]
    token = link_token(one.pk)
    assert link_token(one.pk) == token, "a slip can be printed again"
    assert respondent_behind(token).invited_id == one.pk
    mixed = link_token(other.pk)[:20] + token[20:]
    for wrong in (token[:-1], token[:-2] + "AA", mixed, "", "x" * 40, "不是", token + "AAAA"):
        assert respondent_behind(wrong) is None


def test_a_link_to_nobody_with_the_right_proof(surveyed):
    gone = asked(surveyed[2], "concerned")[0].pk
    token = link_token(gone)
    Invited.objects.filter(pk=gone).delete()
    assert respondent_behind(token) is None


def test_no_answer_after_the_end(surveyed):
    world, case, survey = surveyed
    one = asked(survey, "concerned")[0]
    for invited in survey.invited.exclude(pk=one.pk):
        by_link(invited, at=world.now)
    close = world.now + timedelta(days=40)
    assert acts.close_due(by=SYSTEM, at=close) == 1
    with pytest.raises(Refused, match="已经结束"):
        by_link(one, at=close)
    case.refresh_from_db()
    assert case.status == "rated"


# --- the own account --------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.5a")
def test_a_delegate_answers_under_the_own_account_and_nobody_else_does(surveyed):
    world, _, survey = surveyed
    (delegate,) = asked(survey, "delegate")
    for name in ("officer", "second", "chair", "manager", "handler"):
        with pytest.raises(NotYours):
            acts.answer(invited_id=delegate.pk, given=GOOD, by=world.as_(name), at=world.now)
    answer = acts.answer(invited_id=delegate.pk, given=GOOD, by=world.as_("delegate"), at=world.now)
    assert answer.by is None


# --- taken by staff ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.5c")
@pytest.mark.parametrize("way", ["phone", "paper", "face"])
def test_who_handled_it_takes_no_answer_in_any_way(surveyed, way):
    world, _, survey = surveyed
    for group in ("asker", "delegate", "concerned"):
        given = {"invited_id": asked(survey, group)[0].pk, "way": way, "given": GOOD, "at": world.now}
        with pytest.raises(Refused, match="没有经手的同志"):
            acts.take_answer(by=world.as_("officer"), scan=check(upload=picture()), **given)
        for name in ("handler", "manager", "delegate", "upper", "foreign"):
            with pytest.raises(NotYours):
                acts.take_answer(by=world.as_(name), **given)
    assert not Answer.objects.exists()


def test_a_paper_needs_its_scan(surveyed):
    world, _, survey = surveyed
    one = asked(survey, "concerned")[0]
    given = {"invited_id": one.pk, "way": "paper", "given": GOOD, "by": world.as_("second"), "at": world.now}
    with pytest.raises(Invalid) as error:
        acts.take_answer(**given)
    assert "files" in error.value.fields
    answer = acts.take_answer(scan=check(upload=picture()), **given)
    assert answer.scan is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(scan=None)


def test_in_a_union_of_one_the_answer_is_marked(world):
    for name in ("second", "chair"):
        Post.objects.filter(pk=world.posts[name].pk).update(ends_on=world.now.date().replace(day=1))
    case = make.told(world, named())
    (asker,) = asked(opened(world, case), "asker")
    answer = acts.take_answer(invited_id=asker.pk, way="phone", given=GOOD, by=world.as_("officer"), at=world.now)
    assert answer.handled
    assert results(case)[0].handled == 1


@pytest.mark.clause("MY-3.2.5b")
@pytest.mark.parametrize(
    ("result", "reasons", "words", "by_staff", "wrong"),
    [
        ("very_satisfied", (), "", True, set()), ("basic", (), "", True, {"reasons"}), ("basic", ("slow",), "", True, set()),
        ("unsatisfied", (), "太慢", True, set()), ("unsatisfied", (), "", False, set()), ("", (), "", False, {"result"}),
        ("satisfied", (), "", False, {"result"}), ("basic", ("made_up",), "", False, {"reasons"}),
        ("basic", (), "字" * 2001, False, {"words"}),
    ],
)  # fmt: skip
def test_what_an_answer_must_have(result, reasons, words, by_staff, wrong):
    given = Given(result=result, reasons=reasons, words=words)
    if not wrong:
        assert check_given(SCALE, {"slow"}, given, by_staff=by_staff)[0]
        return
    with pytest.raises(Invalid) as error:
        check_given(SCALE, {"slow"}, given, by_staff=by_staff)
    assert set(error.value.fields) == wrong


# --- what comes of it -------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.5a")
def test_only_the_worker_asks_to_reopen(surveyed):
    world, _, survey = surveyed
    for group in ("delegate", "concerned"):
        by_link(asked(survey, group)[0], BAD, at=world.now)
    assert not ReopenRequest.objects.exists()
    by_link(asked(survey, "asker")[0], BAD, at=world.now)
    assert ReopenRequest.objects.get().party == asked(survey, "asker")[0].party


def test_figures_by_group_with_who_did_not_answer(surveyed):
    world, case, survey = surveyed
    first, second, *_ = asked(survey, "concerned")
    by_link(first, Given(result="very_satisfied", process="basic"), at=world.now)
    by_link(second, BAD, at=world.now)
    result = results(case)[0]
    assert (result.asked, result.answered) == (7, 2)
    concerned = next(row for row in result.groups if row.group == "concerned")
    assert (concerned.asked, concerned.answered, concerned.silent) == (5, 2, 3)
    assert concerned.counts == {"satisfied": 1, "basic": 0, "unsatisfied": 1}
    assert concerned.process_counts == {"satisfied": 0, "basic": 1, "unsatisfied": 0}
    assert concerned.reasons == [("没有解决", 1)]


@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        ([], ""), (["satisfied"] * 4, ""), (["satisfied"] * 5, "satisfied"),
        (["satisfied"] * 3 + ["unsatisfied"] * 2, "satisfied"), (["satisfied"] * 2 + ["basic"] * 3, "basic"),
        (["satisfied"] * 3 + ["unsatisfied"] * 3, "unsatisfied"),
    ],
)  # fmt: skip
def test_one_joint_grade_leaves_the_union_and_none_for_a_few(counts, grade):
    assert joint_grade(counts, 5) == grade


def test_nothing_leaves_before_it_is_signed(surveyed):
    world, case, survey = surveyed
    assert outside_words(survey, rules_of(case), ["satisfied"] * 7) == ""
    survey.signed_at = world.now
    assert outside_words(survey, rules_of(case), ["satisfied"] * 7) == "总体评价：满意"
    assert outside_words(survey, rules_of(case), ["satisfied"] * 4) == "已测评，人数少，不公布档次"


def test_words_are_sealed_under_the_surveys_key(surveyed):
    world, _, survey = surveyed
    answer = by_link(asked(survey, "concerned")[0], Given(result="basic", words="悄悄话"), at=world.now)
    assert "悄悄话".encode() not in bytes(answer.words)
    assert words_of(Answer.objects.select_related("invited__party__key", "survey__key").get()) == "悄悄话"

"""The rating belongs to the worker; not satisfied asks to reopen; a person decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases.models import Case, Event
from huying.cases.reads import worker_by_receipt
from huying.feedback import acts
from huying.feedback.models import Answer, Invited, ReopenRequest, Survey
from huying.feedback.reads import results, scale_for
from huying.feedback.rules import Given, may_take
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism import acts as mechanism
from tests.factories import world as make


def rate(voice, at, result="satisfied", words=""):
    return acts.rate(result=result, process="", words=words, by=worker_by_receipt(voice.receipt), at=at)


@pytest.mark.clause("MY-3.2.5a")
def test_the_worker_rates_by_the_own_receipt(world):
    voice = make.voice()
    case = make.told(world, voice)
    answer = rate(voice, world.now, words="谢谢")
    assert (answer.way, answer.by, answer.counts_as) == ("online", None, "satisfied")
    case.refresh_from_db()
    assert case.status == "rated"


@pytest.mark.clause("MY-3.2.5a")
def test_nobody_rates_before_the_worker_was_told_or_twice(world):
    voice, other = make.voice(), make.voice()
    make.reported(world, voice)
    with pytest.raises(Refused):
        rate(voice, world.now)
    make.told(world, other, make.voice())
    rate(other, world.now)
    with pytest.raises(Refused):
        rate(other, world.now)
    assert Answer.objects.count() == 1


@pytest.mark.clause("MY-3.2.5b")
def test_four_grades_and_three_count_alike(world):
    voice = make.voice()
    case = make.told(world, voice)
    assert [code for code, _ in scale_for(case)] == ["very_satisfied", "satisfied", "basic", "unsatisfied"]
    assert rate(voice, world.now, "very_satisfied").counts_as == "satisfied"
    mechanism.set_house_rules(unit=world.plant, changes={"scale": "three"}, by=world.as_("chair"), at=world.now)
    second = make.voice()
    other = make.told(world, second)
    assert [code for code, _ in scale_for(other)] == ["satisfied", "basic", "unsatisfied"]
    with pytest.raises(Invalid):
        rate(second, world.now, "very_satisfied")


def invited(case, at, group="asker"):
    acts.open_survey(case=case, by=SYSTEM, at=at)
    return Invited.objects.filter(survey__case=case, group=group).first()


@pytest.mark.clause("MY-3.2.5c")
def test_a_return_call_is_made_by_somebody_who_did_not_handle_it(world):
    case = make.told(world, make.voice(secrecy="named"))
    given = {
        "invited_id": invited(case, world.now).pk,
        "way": "phone",
        "given": Given(result="satisfied"),
        "at": world.now,
    }
    with pytest.raises(Refused, match="不能做测评的事"):
        acts.take_answer(by=world.as_("officer"), **given)
    for name in ("handler", "upper", "foreign", "manager", "delegate"):
        with pytest.raises(NotYours):
            acts.take_answer(by=world.as_(name), **given)
    answer = acts.take_answer(by=world.as_("second"), **given)
    assert (answer.way, answer.by, answer.handled) == ("phone", world.posts["second"], False)


@pytest.mark.clause("MY-3.2.5c")
def test_nobody_answers_for_a_sealed_or_anonymous_person(world):
    for secrecy in ("sealed", "anonymous"):
        case = make.told(world, make.voice(secrecy=secrecy))
        for way in ("phone", "face"):
            with pytest.raises(Refused, match="只能由本人"):
                acts.take_answer(
                    invited_id=invited(case, world.now).pk, way=way, given=Given(result="satisfied"),
                    by=world.as_("second"), at=world.now,
                )  # fmt: skip


@pytest.mark.parametrize(
    ("caller", "handled", "others", "allowed"),
    [
        ("a", [], ["a", "b"], True), ("a", ["a"], ["a", "b"], False), ("a", ["a"], ["a"], True),
        ("a", ["a", "b"], ["a", "b"], True), (None, [], [], False),
    ],
)  # fmt: skip
def test_who_may_take_an_answer(caller, handled, others, allowed):
    assert may_take(caller, handled, others) is allowed


def test_every_joint_person_is_asked(world):
    one, two = make.voice(), make.voice()
    case = make.told(world, one, two)
    rate(one, world.now)
    case.refresh_from_db()
    assert case.status == "told"
    rate(two, world.now, "basic")
    case.refresh_from_db()
    assert case.status == "rated"
    result = results(case)[0]
    assert (result.asked, result.answered) == (2, 2)


@pytest.mark.clause("MY-3.2.5a")
def test_not_satisfied_asks_to_reopen_and_a_person_decides(world):
    voice = make.voice()
    case = make.told(world, voice)
    rate(voice, world.now, "unsatisfied", "车还是没来")
    assert ReopenRequest.objects.get(case=case).granted is None
    with pytest.raises(Refused):
        acts.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    with pytest.raises(NotYours):
        acts.decide_reopen(case_id=case.pk, grant=True, reason="再查", by=world.as_("officer"), at=world.now)
    with pytest.raises(Invalid):
        acts.decide_reopen(case_id=case.pk, grant=True, reason="", by=world.as_("chair"), at=world.now)
    case = acts.decide_reopen(case_id=case.pk, grant=True, reason="再查一次车次", by=world.as_("chair"), at=world.now)
    assert (case.status, case.round) == ("accepted", 2)


def test_not_reopening_gives_the_worker_a_reason(world):
    voice = make.voice()
    case = make.told(world, voice)
    rate(voice, world.now, "unsatisfied")
    acts.decide_reopen(
        case_id=case.pk, grant=False, reason="车次已经恢复，现场看过。", by=world.as_("chair"), at=world.now
    )
    assert "现场看过" in Event.objects.get(case=case, act="no_reopen").worker_text
    acts.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    assert Case.objects.get(pk=case.pk).status == "archived"


@pytest.mark.clause("MY-3.2.5c")
def test_archiving_is_signed_for_the_file(world):
    voice = make.voice()
    case = make.told(world, voice)
    rate(voice, world.now)
    acts.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    survey = Survey.objects.get(case=case)
    assert (survey.signed_by, survey.signed_at) == (world.posts["second"], world.now)


def test_a_survey_past_its_date_ends_with_what_was_answered(world):
    case = make.told(world)
    acts.open_missing(by=SYSTEM, at=world.now)
    survey = Survey.objects.get(case=case)
    assert survey.closes_on.isoformat() == "2026-12-07"
    assert acts.close_due(by=SYSTEM, at=world.now + timedelta(days=17)) == 0
    assert acts.close_due(by=SYSTEM, at=world.now + timedelta(days=18)) == 1
    case.refresh_from_db()
    assert case.status == "rated"


def test_words_of_a_rating_are_sealed(world):
    voice = make.voice()
    make.told(world, voice)
    answer = rate(voice, world.now, words="悄悄话")
    assert "悄悄话".encode() not in bytes(answer.words)

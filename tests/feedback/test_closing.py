"""Reminders, the end, the supervisor's signature, who then hears the result, and one level up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases.models import Case, Recusal
from huying.cases.reads import worker_by_receipt
from huying.climb.models import Rung
from huying.feedback import acts
from huying.feedback.models import Invited, ReopenRequest, Survey
from huying.feedback.reads import TOO_FEW, outside_of_item, respondent, to_call, to_sign
from huying.feedback.rules import Given
from huying.handling.models import Item
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.ledger.acts import print_slips
from huying.notices.models import Notice
from tests.factories import world as make
from tests.factories.survey import asked, colleagues, named, opened, told_after_meeting

GOOD = Given(result="satisfied")


def answered(world, *voices, others=True) -> Case:
    """A case whose survey everybody answered."""
    case = make.told(world, *(voices or (named(),)))
    survey = opened(world, case)
    for one in survey.invited.all():
        acts.answer(invited_id=one.pk, given=GOOD, by=respondent(one.pk), at=world.now)
    case.refresh_from_db()
    assert case.status == "rated"
    return case


def told_about(person, kind) -> int:
    return Notice.objects.filter(recipient=person, kind=kind).count()


# --- reminders --------------------------------------------------------------------------------------------------------


def test_reminders_half_way_and_before_the_end_once_each(world):
    colleagues(world)
    case, later = told_after_meeting(world, named())
    survey = opened(later, case)
    delegate = world.posts["delegate"].person
    moments = [later.now + timedelta(days=days) for days in range(18)]
    sent = [acts.remind(by=SYSTEM, at=at) for at in moments]
    assert sum(sent) == 2
    assert [one.kind for one in survey.reminders.order_by("at")] == ["half", "last"]
    assert told_about(delegate, "survey.remind") == 2
    assert told_about(world.posts["second"].person, "case.survey") == 2
    assert told_about(world.posts["officer"].person, "case.survey") == 0, "who handled it calls nobody"


def test_who_answered_is_not_reminded(world):
    case, later = told_after_meeting(world, named())
    survey = opened(later, case)
    (delegate,) = asked(survey, "delegate")
    acts.answer(invited_id=delegate.pk, given=GOOD, by=respondent(delegate.pk), at=later.now)
    acts.remind(by=SYSTEM, at=later.now + timedelta(days=10))
    assert told_about(delegate.person, "survey.remind") == 0


def test_what_waits_for_whom(world):
    case = make.told(world, named())
    opened(world, case)
    today = world.now.date()
    assert [one.case for one in to_call(world.as_("second"), today)] == [case]
    assert not to_call(world.as_("officer"), today)
    assert not to_call(world.as_("foreign"), today)
    done = answered(world)
    assert [one.case for one in to_sign(world.as_("second"), today)] == [done]
    assert not to_sign(world.as_("officer"), today)
    assert not to_sign(world.as_("upper"), today)


# --- slips ------------------------------------------------------------------------------------------------------------


def test_slips_are_refused_to_who_handled_it_and_after_the_end(world):
    colleagues(world)
    case = make.told(world, named())
    opened(world, case)
    with pytest.raises(Refused, match="没有经手"):
        print_slips(case_id=case.pk, by=world.as_("officer"), at=world.now)
    for name in ("handler", "manager", "liaison", "foreign"):
        with pytest.raises(NotYours):
            print_slips(case_id=case.pk, by=world.as_(name), at=world.now)
    assert print_slips(case_id=case.pk, by=world.as_("second"), at=world.now).startswith(b"%PDF")
    with pytest.raises(Refused):
        print_slips(case_id=answered(world).pk, by=world.as_("second"), at=world.now)


def test_no_slip_for_who_spoke_sealed(world):
    case = make.told(world)
    opened(world, case)
    with pytest.raises(Refused, match="回执"):
        print_slips(case_id=case.pk, by=world.as_("second"), at=world.now)


# --- signing ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.5c")
def test_who_handled_it_does_not_sign_for_it(world):
    case = answered(world)
    with pytest.raises(Refused, match="没有经手"):
        acts.sign_and_archive(case_id=case.pk, review="看过。", by=world.as_("officer"), at=world.now)
    with pytest.raises(Invalid):
        acts.sign_and_archive(case_id=case.pk, review="字" * 1001, by=world.as_("second"), at=world.now)
    acts.sign_and_archive(case_id=case.pk, review="看过。", by=world.as_("second"), at=world.now)
    survey = Survey.objects.get(case=case)
    assert (survey.signed_by, survey.review) == (world.posts["second"], "看过。")
    assert Case.objects.get(pk=case.pk).status == "archived"


@pytest.mark.clause("MY-3.2.5c")
def test_the_result_goes_to_department_person_and_heads(world):
    case = answered(world)
    people = {
        name: world.posts[name].person for name in ("handler", "head", "manager", "chair", "other_handler", "upper")
    }
    assert not any(told_about(one, "item.rated") for one in people.values()), "nothing before it is signed"
    acts.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    assert {name for name, one in people.items() if told_about(one, "item.rated")} == {"handler", "head", "manager"}
    assert told_about(people["chair"], "case.result") == 1
    item = Item.objects.get(case=case)
    assert all(case.number not in one.title for one in Notice.objects.filter(kind="item.rated"))
    assert all(item.code in one.title for one in Notice.objects.filter(kind="item.rated"))


@pytest.mark.clause("MY-3.2.5c")
def test_a_head_whom_the_case_names_hears_nothing(world):
    case = answered(world)
    manager = world.posts["manager"].person
    Recusal.objects.create(root=case.root, case=case, key=f"person:{manager.pk}", said="superior", at=world.now)
    acts.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    assert told_about(manager, "item.rated") == 0
    assert told_about(world.posts["handler"].person, "item.rated") == 1


@pytest.mark.clause("MY-3.2.5c")
@pytest.mark.parametrize(("people", "words"), [(3, TOO_FEW), (4, "总体评价：满意")])
def test_a_department_reads_one_grade_of_five_people_and_none_of_fewer(world, people, words):
    colleagues(world, *("赵铁山", "钱小梅", "孙大勇", "李秋月")[:people])
    case = answered(world)
    item = Item.objects.get(case=case)
    assert outside_of_item(item) == ""
    acts.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    assert outside_of_item(item) == words


# --- one level up -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.4d", "MY-3.2.5a")
def test_not_satisfied_may_go_one_level_up_in_the_same_act(world):
    voice = named()
    case = make.told(world, voice)
    acts.rate(result="unsatisfied", process="", words="", by=worker_by_receipt(voice.receipt), at=world.now)
    given = {"case_id": case.pk, "grant": False, "up": True, "reason": "车队归县里管", "at": world.now}
    with pytest.raises(Invalid) as error:
        acts.decide_reopen(by=world.as_("chair"), **given)
    assert "tried" in error.value.fields
    assert ReopenRequest.objects.get().granted is None
    with pytest.raises(NotYours):
        acts.decide_reopen(tried="谈过", by=world.as_("officer"), **given)
    case = acts.decide_reopen(tried="谈过三次", by=world.as_("chair"), **given)
    case.refresh_from_db()
    assert (case.status, case.round) == ("climbing", 2)
    rung = Rung.objects.get(case=case)
    assert (rung.unit, rung.tried) == (world.county, "谈过三次")
    row = ReopenRequest.objects.get()
    assert (row.granted, row.sent_up) == (True, True)
    assert Invited.objects.filter(survey__case=case).count() == 1

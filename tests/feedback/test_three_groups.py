"""Who is asked: the worker, the delegates who attended, workers drawn by the system; and whom nobody may choose or leave out."""

from __future__ import annotations

import inspect

import pytest

from huying.cases import acts as cases
from huying.cases.acts import raise_own
from huying.cases.models import Case, Recusal
from huying.cases.reads import worker_by_receipt
from huying.feedback import acts
from huying.feedback.models import Invited, Survey
from huying.feedback.reads import eligible, results, unnamed
from huying.feedback.rules import Given, how_many
from huying.handling import acts as handling
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism import acts as mechanism
from huying.org.models import Role
from huying.trail.models import Entry
from tests.factories import world as make
from tests.factories.org import make_person, make_post
from tests.factories.survey import COLLEAGUES, asked, colleagues, named, opened, told_after_meeting

GOOD = Given(result="satisfied")


def names(survey: Survey, group: str) -> set[str]:
    return {one.person.name for one in asked(survey, group)}


@pytest.mark.clause("MY-3.2.5a")
def test_three_groups_are_asked(world):
    colleagues(world)
    case, later = told_after_meeting(world, named())
    survey = opened(later, case)
    assert len(asked(survey, "asker")) == 1
    assert names(survey, "delegate") == {"何平"}
    drawn = names(survey, "concerned")
    assert len(drawn) == 5
    assert drawn <= set(COLLEAGUES)
    assert opened(later, case) == survey
    assert survey.invited.count() == 7, "opening again draws nobody anew"
    entry = Entry.objects.get(act="survey.open", chain=case.pk)
    assert entry.data["asked"] == {"asker": 1, "delegate": 1, "concerned": 5}


@pytest.mark.clause("MY-3.2.5a")
def test_nobody_chooses_whom_the_survey_asks(world):
    """No act takes a person to ask; a new draw takes a reason and nothing else."""
    for act in (acts.open_survey, acts.open_missing, acts.report_unreached):
        assert not {"people", "person", "persons", "invited"} & set(inspect.signature(act).parameters)
    colleagues(world)
    seen = set()
    for _ in range(12):
        survey = opened(world, make.told(world, named(name="外人", phone="")))
        seen |= names(survey, "concerned")
    assert len(seen) > 5, "the draw is the same each time"


def test_the_number_drawn_is_the_units_own_but_not_below_five(world):
    colleagues(world)
    with pytest.raises(Invalid):
        mechanism.set_house_rules(
            unit=world.plant, changes={"counts": {"survey_concerned": 4}}, by=world.as_("chair"), at=world.now
        )
    mechanism.set_house_rules(
        unit=world.plant, changes={"counts": {"survey_concerned": 7}}, by=world.as_("chair"), at=world.now
    )
    assert len(asked(opened(world, make.told(world, named())), "concerned")) == 7


@pytest.mark.clause("MY-3.2.5a")
def test_who_is_never_drawn(world):
    """The worker by name or telephone, who handled it and their department, the office, the liaison, management, whom the
    case names."""
    make_person(world.shop, "马丽")
    caller = make_person(world.shop, "同名不同")
    caller.phone = "13900002222"
    caller.save()
    make_post(world.plant, Role.HANDLER, person=make_person(world.shop, "行政的人"), department=world.admin)
    hidden = make_person(world.shop, "被说到的人")
    free = make_person(world.shop, "普通工人")
    case = make.told(world, named())
    Recusal.objects.create(root=case.root, case=case, key=f"person:{hidden.pk}", said="superior", at=world.now)
    assert eligible(case, world.now.date(), set()) == [free.pk]
    case.place = world.plant
    pool = set(eligible(case, world.now.date(), set()))
    never = {
        world.posts[one].person_id for one in ("officer", "second", "chair", "handler", "head", "manager", "liaison")
    }
    assert free.pk in pool
    assert world.posts["other_handler"].person_id in pool
    assert not pool & never


@pytest.mark.parametrize(
    ("wanted", "pool", "quiet", "drawn"),
    [(5, 20, False, 5), (5, 3, False, 3), (5, 0, False, 0), (5, 8, True, 4), (5, 20, True, 5), (5, 1, True, 0)],
)
def test_how_many_are_drawn(wanted, pool, quiet, drawn):
    """With somebody sealed behind the case so many are left out that being left out says nothing."""
    assert how_many(wanted, pool, quiet=quiet) == drawn


@pytest.mark.parametrize("secrecy", ["sealed", "anonymous"])
def test_only_a_sealed_or_anonymous_person_is_asked_unless_they_agree(world, secrecy):
    colleagues(world)
    one = make.voice(secrecy=secrecy)
    case, later = told_after_meeting(world, one)
    survey = opened(later, case)
    assert {invited.group for invited in survey.invited.all()} == {"asker"}
    assert survey.unasked == {"delegate": 1, "concerned": 4}
    result = results(case)[0]
    assert [(row.group, row.asked, row.unasked) for row in result.groups] == [
        ("asker", 1, 0), ("delegate", 0, 1), ("concerned", 0, 4),
    ]  # fmt: skip


def test_all_of_them_must_agree_and_may_take_it_back_until_they_are_told(world):
    colleagues(world)
    one, two = make.voice(), make.voice(name="另一位", phone="")
    case = make.reported(world, one, two)
    acts.agree_wider(agree=True, by=worker_by_receipt(one.receipt), at=world.now)
    assert opened(world, _told(world, case)).invited.count() == 2, "one of two is not enough"

    three, four = make.voice(), make.voice(name="又一位", phone="")
    case = make.reported(world, three, four)
    for voice in (three, four):
        acts.agree_wider(agree=True, by=worker_by_receipt(voice.receipt), at=world.now)
    assert unnamed(case)
    survey = opened(world, _told(world, case))
    assert len(asked(survey, "concerned")) == 4, "half of those who could be drawn"
    with pytest.raises(Refused, match="已经告诉您"):
        acts.agree_wider(agree=False, by=worker_by_receipt(three.receipt), at=world.now)

    five = make.voice()
    case = make.reported(world, five)
    for agree in (True, False):
        acts.agree_wider(agree=agree, by=worker_by_receipt(five.receipt), at=world.now)
    assert opened(world, _told(world, case)).invited.count() == 1


def _told(world, case):
    return handling.tell(
        case_id=case.pk, how="phone", kind="result", text="好了。", told_on=world.now.date(), by=world.as_("officer"),
        at=world.now,
    )  # fmt: skip


def test_who_speaks_named_is_not_asked_whether_others_may_be(world):
    voice = named()
    make.reported(world, voice)
    with pytest.raises(NotYours):
        acts.agree_wider(agree=True, by=worker_by_receipt(voice.receipt), at=world.now)


def of_management(world, place=None):
    """Something management had to tell, told; nobody stands behind it."""
    case = raise_own(
        unit=world.plant, content_class="notice", category="operations", title="产量情况", summary="三季度产量情况说明。",
        officer=world.posts["officer"], by=world.as_("officer"), at=world.now,
    )  # fmt: skip
    if place is not None:
        Case.objects.filter(pk=case.pk).update(place=place)
    cases.settle(case_id=case.pk, result="会上说明了。", by=world.as_("officer"), at=world.now)
    return _told(world, Case.objects.get(pk=case.pk))


@pytest.mark.clause("MY-3.1", "MY-3.2.5a")
def test_what_management_raised_asks_two_groups(world):
    """Class 行政通报说明 has nobody behind it: no asker."""
    colleagues(world)
    survey = opened(world, of_management(world))
    assert {one.group for one in survey.invited.all()} == {"concerned"}
    assert [row.group for row in results(survey.case)[0].groups] == ["concerned"]


def test_somebody_out_of_reach_is_replaced_by_a_new_draw_only(world):
    people = colleagues(world, *COLLEAGUES[:6])
    case = make.told(world, named())
    survey = opened(world, case)
    gone = asked(survey, "concerned")[0]
    given = {"invited_id": gone.pk, "at": world.now}
    with pytest.raises(Refused, match="不能做测评的事"):
        acts.report_unreached(reason="离职", by=world.as_("officer"), **given)
    with pytest.raises(Invalid):
        acts.report_unreached(reason=" ", by=world.as_("second"), **given)
    fresh = acts.report_unreached(reason="离职", by=world.as_("second"), **given)
    assert fresh.instead == gone
    assert {one.person_id for one in asked(survey, "concerned")} == {one.pk for one in people}
    assert acts.report_unreached(reason="离职", by=world.as_("second"), at=world.now, invited_id=fresh.pk) is None
    with pytest.raises(Refused, match="换了别人"):
        acts.take_answer(invited_id=gone.pk, way="phone", given=GOOD, by=world.as_("second"), at=world.now)
    with pytest.raises(Refused, match="不能换人"):
        acts.report_unreached(
            invited_id=asked(survey, "asker")[0].pk, reason="离职", by=world.as_("second"), at=world.now
        )


@pytest.mark.clause("MY-3.2.5a")
def test_the_survey_ends_when_everybody_has_answered(world):
    colleagues(world, "赵铁山")
    voice = named()
    case = make.told(world, voice)
    acts.rate(result="satisfied", process="", words="", by=worker_by_receipt(voice.receipt), at=world.now)
    case.refresh_from_db()
    assert case.status == "told", "a colleague has not answered"
    (colleague,) = asked(Survey.objects.get(case=case), "concerned")
    acts.take_answer(invited_id=colleague.pk, way="phone", given=GOOD, by=world.as_("second"), at=world.now)
    case.refresh_from_db()
    assert case.status == "rated"


def test_a_survey_with_nobody_to_ask_is_over_at_once(world):
    case = of_management(world, world.shop)
    acts.open_missing(by=SYSTEM, at=world.now)
    case.refresh_from_db()
    assert case.status == "rated"
    assert not Invited.objects.exists()

"""Who may know of a case: one scope for everything, and recusal before anybody reads."""

from __future__ import annotations

import pytest

from huying.cases import acts
from huying.cases.models import Case, Recusal
from huying.cases.reads import find, get_for, same_person
from huying.cases.rules import Concerns
from huying.handling.models import Item
from huying.kernel.errors import NotYours, Refused
from huying.notices.models import Notice
from huying.org.models import Role
from huying.trail.models import Reading
from tests.factories import world as make
from tests.factories.org import make_person, make_post

SEES = {
    "officer": True, "second": True, "chair": True, "upper": True,
    "handler": False, "head": False, "other_handler": False, "manager": False, "liaison": False, "delegate": False,
    "foreign": False, "system": False, "security": False, "audit": False,
}  # fmt: skip


@pytest.mark.parametrize("role", SEES)
def test_who_sees_a_case_of_the_plant(world, role):
    case = make.accepted(world)
    assert Case.objects.visible_to(world.as_(role)).filter(pk=case.pk).exists() is SEES[role]
    if SEES[role]:
        assert get_for(world.as_(role), case.pk) == case
    else:
        with pytest.raises(NotYours):
            get_for(world.as_(role), case.pk)


def test_nobody_without_an_account_sees_a_case(world):
    case = make.said(world)
    assert not Case.objects.visible_to(None).filter(pk=case.pk).exists()


@pytest.mark.parametrize("role", SEES)
def test_only_its_department_sees_an_item(world, role):
    item = make.assigned(world)
    expected = role in ("handler", "head", "manager")
    assert Item.objects.visible_to(world.as_(role)).filter(pk=item.pk).exists() is expected


def concerning(world, **given):
    return make.said(world, concerns=Concerns(**given))


def test_a_case_about_the_chair_leaves_no_trace_for_the_chair(world):
    case = concerning(world, chair=True)
    chair = world.as_("chair")
    assert not Case.objects.visible_to(chair).exists()
    assert case.holder == world.plant
    assert Case.objects.visible_to(world.as_("officer")).get() == case
    assert case.seq is None
    assert "密" in case.number
    assert not Notice.objects.filter(recipient=world.posts["chair"].person).exists()
    acts.accept(
        case_id=case.pk, content_class="rights", category="wages", difficulty="hard", officer=world.posts["officer"],
        title="夜班补贴少发", summary="夜班补贴三个月少发。", by=world.as_("officer"), at=world.now,
    )  # fmt: skip
    assert not find(chair, "夜班补贴").exists()
    assert find(world.as_("officer"), "夜班补贴").get() == case


def test_a_hidden_case_leaves_no_gap_in_the_numbers(world):
    numbers = [make.said(world).seq, concerning(world, chair=True).seq, make.said(world).seq]
    assert numbers == [1, None, 2]


def test_past_the_own_union_goes_to_the_union_above(world):
    case = concerning(world, own_union=True)
    assert case.holder == world.county
    for role in ("officer", "second", "chair"):
        assert not Case.objects.visible_to(world.as_(role)).exists()
    assert Case.objects.visible_to(world.as_("upper")).get() == case
    assert not Notice.objects.filter(recipient__unit=world.plant).exists()


def test_the_chair_of_a_union_of_one_is_passed_over(world):
    case = make.said(world, place=world.other, concerns=Concerns(chair=True))
    assert case.holder == world.county
    assert not Case.objects.visible_to(world.as_("foreign")).exists()


@pytest.mark.parametrize("said", ["周明远", "周主任", "车间的周明远"])
def test_a_superior_in_the_union_is_kept_away_by_name_or_surname(world, said):
    case = concerning(world, superior=said)
    assert not Case.objects.visible_to(world.as_("second")).exists()
    assert Case.objects.visible_to(world.as_("officer")).get() == case


def test_a_named_department_gets_no_item(world):
    from huying.handling import acts as handling
    from huying.kernel.errors import Invalid

    case = make.accepted(world, concerns=Concerns(departments=(world.admin.pk,)))
    with pytest.raises(Invalid) as refused:
        handling.assign(
            case_id=case.pk, measure="改", department=world.admin, handler=world.posts["handler"],
            deadline=world.now.date(), brief="改", by=world.as_("officer"), at=world.now,
        )  # fmt: skip
    assert "涉及" in refused.value.fields["department"]


def test_a_new_chair_is_kept_away_as_well(world):
    case = concerning(world, chair=True)
    newcomer = make_post(world.plant, Role.CHAIR, person=make_person(world.plant, "新主席"))
    world.posts["newcomer"] = newcomer
    assert not Case.objects.visible_to(world.as_("newcomer")).filter(pk=case.pk).exists()


def test_an_officer_who_is_concerned_steps_back(world):
    case = make.accepted(world)
    acts.recuse_self(case_id=case.pk, by=world.as_("officer"), at=world.now)
    case.refresh_from_db()
    assert case.officer.person != world.posts["officer"].person
    assert not Case.objects.visible_to(world.as_("officer")).exists()
    assert Recusal.objects.get(case=case).said == "self"


def test_with_nobody_left_stepping_back_sends_the_case_up(world):
    case = make.said(world, place=world.other)
    acts.recuse_self(case_id=case.pk, by=world.as_("foreign"), at=world.now)
    case.refresh_from_db()
    assert case.holder == world.county
    assert case.stations.count() == 2


def test_who_handed_it_on_goes_on_reading(world):
    case = make.said(world)
    acts.pass_on(case_id=case.pk, unit=world.other, reason="不属于本单位", by=world.as_("officer"), at=world.now)
    assert Case.objects.visible_to(world.as_("officer")).get() == case
    assert Case.objects.visible_to(world.as_("foreign")).get() == case
    with pytest.raises(NotYours):
        acts.take(case_id=case.pk, officer=world.posts["officer"], by=world.as_("officer"), at=world.now)


def test_look_up_answers_by_secrecy(world):
    named = make.accepted(world, make.voice(secrecy="named", phone="13800002222"))
    sealed = make.accepted(world, make.voice(secrecy="sealed", phone="13800002222"))
    make.accepted(world, make.voice(secrecy="anonymous"))

    def looked(role):
        return set(same_person(world.as_(role), name="", phone="138 0000 2222", at=world.now))

    assert looked("officer") == {named, sealed}
    assert looked("second") == {named}
    with pytest.raises(NotYours):
        looked("handler")
    assert looked("upper") == set()
    assert Reading.objects.filter(what="lookup").count() == 3


def test_look_ups_are_limited_within_the_hour(world):
    for _ in range(20):
        same_person(world.as_("second"), name="", phone="13800009999", at=world.now)
    with pytest.raises(Refused):
        same_person(world.as_("second"), name="", phone="13800009999", at=world.now)


def test_at_the_top_nobody_is_left_to_hear_it_and_the_worker_is_told(world):
    with pytest.raises(Refused, match="12351"):
        make.said(world, place=world.county, concerns=Concerns(own_union=True))
    assert not Case.objects.exists()

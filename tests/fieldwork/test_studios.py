"""Studios: what must be there, what is missing, who may change it (BD-2.1, BD-2.2, BD-2.3, BD-4.3a)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huying.fieldwork import acts, reads
from huying.fieldwork.models import Liaison, Studio, StudioStaff
from huying.fieldwork.rules import gaps, staff_advice
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.org.models import Level
from tests.factories.org import make_department, make_person, make_post, make_unit
from tests.fieldwork.grounds import BAODING, adopted, everything, set_up, who, whole


def shown(world, unit=None) -> reads.Shown:
    (found,) = reads.standings([unit or world.plant], world.now.date())
    return found


def codes(world) -> set[str]:
    return {gap.code for gap in shown(world).gaps}


# --- what must be there ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-2.1")
def test_a_unit_with_a_union_must_have_one_and_what_is_missing_is_listed(world):
    rules = adopted(world, BAODING)
    (gap,) = shown(world).gaps
    assert gap.words == "还没有建群众工作室"
    assert gap.clause.id == "BD-2.1"
    set_up(world, rules)
    assert codes(world) == {"staff", "liaisons"}
    lacking = next(gap for gap in shown(world).gaps if gap.code == "liaisons")
    assert all(name in lacking.words for name in ("铸造车间", "行政保障部", "后勤部"))
    assert [person.name for person in shown(world).chairs] == ["郑卫国"]


@pytest.mark.clause("BD-2.1")
def test_without_a_chair_it_has_no_head(world):
    rules = adopted(world, BAODING)
    set_up(world, rules)
    world.posts["chair"].ends_on = world.now.date() - timedelta(days=1)
    world.posts["chair"].save()
    assert "chair" in codes(world)


@pytest.mark.clause("BD-2.1")
def test_liaisons_one_for_each_place_of_ones_own_people(world):
    rules = adopted(world, BAODING)
    set_up(world, rules)
    clerk = make_post(world.plant, "handler", person=make_person(world.plant, "闵文"), department=world.logistics)
    chosen = {world.shop.pk: world.posts["liaison"].person_id, world.admin.pk: world.posts["handler"].person_id,
              world.logistics.pk: clerk.person_id}  # fmt: skip
    assert acts.set_liaisons(unit=world.plant, chosen=chosen, **who(world)) == 3
    assert "liaisons" not in codes(world)
    assert acts.set_liaisons(unit=world.plant, chosen=chosen, **who(world)) == 0
    acts.set_liaisons(unit=world.plant, chosen={world.shop.pk: None}, **who(world))
    assert "liaisons" in codes(world)
    assert Liaison.objects.filter(workshop=world.shop).get().until == world.now.date()
    foreign = world.posts["foreign"].person_id
    with pytest.raises(Invalid):
        acts.set_liaisons(unit=world.plant, chosen={world.shop.pk: foreign}, **who(world))
    away = make_department(world.other, "总务科")
    with pytest.raises(NotYours):
        acts.set_liaisons(unit=world.plant, chosen={away.pk: None}, **who(world))


def test_a_workshop_belongs_to_the_nearest_union(world):
    branch = make_unit("北坡分厂工会", under=world.plant, level=Level.SUBSIDIARY)
    make_unit("焊接车间", under=branch, level=Level.WORKSHOP, has_union=False)
    assert "焊接车间" not in {place.name for place in shown(world).places}
    assert "焊接车间" in {place.name for place in shown(world, branch).places}


@pytest.mark.clause("BD-2.2")
@pytest.mark.parametrize("code", ["sign", "room", "phone", "computer", "furniture", "cabinet", "duties_on_wall", "rules_on_wall",
                                  "flow_on_wall", "archive", "log", "guide", "card"])  # fmt: skip
def test_the_checklist_of_the_document_names_each_thing(world, code):
    rules = adopted(world, BAODING)
    have = everything(rules, date(2026, 3, 1))
    have.pop(code)
    kept = {name: day.isoformat() for name, day in have.items() if day}
    (gap,) = gaps(rules, whole(equipped=kept))
    assert (gap.code, gap.clause.id) == ("studio", "BD-2.2")
    assert gap.words.count("、") == 0


@pytest.mark.clause("BD-4.3a")
@pytest.mark.parametrize("code", ["box", "phone", "mail", "forms"])
def test_the_ways_opinions_are_gathered(world, code):
    rules = adopted(world, BAODING)
    have = everything(rules, date(2026, 3, 1))
    have.pop(f"opinion_ways.{code}")
    kept = {name: day.isoformat() for name, day in have.items() if day}
    (gap,) = gaps(rules, whole(equipped=kept))
    assert (gap.code, gap.clause.id) == ("opinion_ways", "BD-4.3a")


@pytest.mark.clause("BD-2.2")
@pytest.mark.clause("BD-4.3a")
def test_a_day_to_come_or_a_thing_no_list_has_is_refused(world):
    adopted(world, BAODING)
    for given in ({"sign": world.now.date() + timedelta(days=1)}, {"sofa": world.now.date()}):
        with pytest.raises(Invalid):
            acts.set_studio(unit=world.plant, facts={}, equipped=given, **who(world))
    assert not Studio.objects.exists()


# --- people -------------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-2.3")
@pytest.mark.parametrize(
    ("workers", "cadres", "staff", "breach", "advised"),
    [
        (400, 0, 0, True, False),
        (400, 1, 1, False, False),
        (400, 0, 3, True, False),  # a volunteer is staff, but no cadre of the union
        (999, 1, 1, False, False),
        (1000, 1, 1, False, True),
        (1000, 0, 0, True, True),
        (1000, 1, 2, False, False),
        (None, 1, 1, False, False),
    ],
)
def test_none_is_a_breach_and_more_is_advice(world, workers, cadres, staff, breach, advised):
    rules = adopted(world, BAODING)
    have = dict.fromkeys(everything(rules, date(2026, 3, 1)), "2026-03-01")
    now = whole(workers=workers, cadres=cadres, staff=staff, equipped=have)
    found = gaps(rules, now)
    assert [gap.code for gap in found] == (["staff"] if breach else [])
    assert all(gap.clause.id == "BD-2.3" for gap in found)
    advice = staff_advice(rules, now)
    assert bool(advice) == advised
    if advice:
        assert "1 至 2 名" in advice.words
        assert rules.count("studio_large").clause.id == advice.clause.id == "BD-2.3"


@pytest.mark.clause("BD-2.3")
@pytest.mark.parametrize("kind", ["cadre", "part_time", "public_post", "volunteer"])
def test_every_kind_of_the_document_counts_as_staff(world, kind):
    adopted(world, BAODING)
    name = "" if kind == "cadre" else "申小雨"
    person = world.posts["officer"].person_id if kind == "cadre" else None
    acts.add_staff(unit=world.plant, kind=kind, person_id=person, name=name, since=world.now.date(), **who(world))
    assert shown(world).now.staff == 1
    assert shown(world).now.cadres == (kind == "cadre")


@pytest.mark.clause("BD-2.3")
def test_staff_is_somebody_once_and_of_this_unit(world):
    kinds = adopted(world, BAODING).options("studio_staff_kinds")
    assert (kinds.clause.id, len(kinds.choices)) == ("BD-2.3", 4)
    today, officer = world.now.date(), world.posts["officer"].person_id
    given = {"unit": world.plant, "kind": "cadre", "since": today, **who(world)}
    row = acts.add_staff(person_id=officer, **given)
    for wrong in ({"person_id": officer}, {"person_id": None}, {"person_id": officer, "name": "又一个"},
                  {"person_id": world.posts["foreign"].person_id}):  # fmt: skip
        with pytest.raises(Invalid):
            acts.add_staff(**{**given, **wrong})
    with pytest.raises(Invalid):
        acts.add_staff(**{**given, "kind": "sheriff", "person_id": world.posts["second"].person_id})
    acts.end_staff(staff_id=row.pk, until=today, **who(world))
    with pytest.raises(Refused):
        acts.end_staff(staff_id=row.pk, until=today, **who(world))
    assert StudioStaff.objects.get(pk=row.pk).until == today


# --- who may ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["upper", "manager", "head", "handler", "liaison", "delegate", "foreign", "system", "security", "audit"]
)
def test_only_the_own_office_changes_it(world, name):
    rules = adopted(world, BAODING)
    with pytest.raises(NotYours):
        set_up(world, rules, by=name)


@pytest.mark.parametrize(
    ("name", "reads_it"), [("officer", True), ("chair", True), ("upper", True), ("manager", False), ("foreign", False)]
)
def test_who_reads_it(world, name, reads_it):
    assert reads.studio_units(world.as_(name)).filter(pk=world.plant.pk).exists() == reads_it


def test_upper_unions_and_workshops_have_none(world):
    with pytest.raises(NotYours):
        acts.set_studio(unit=world.county, facts={}, equipped={}, **who(world, "upper"))
    assert world.county not in reads.studio_units(world.as_("upper"))
    assert world.shop not in reads.studio_units(world.as_("upper"))


def test_two_at_once(world):
    rules = adopted(world, BAODING)
    row = set_up(world, rules)
    facts = {"room": "一楼"}
    acts.set_studio(unit=world.plant, facts=facts, equipped={}, version=row.version, **who(world))
    with pytest.raises(Stale):
        acts.set_studio(unit=world.plant, facts=facts, equipped={}, version=row.version, **who(world, "second"))


def test_as_many_statements_for_many_units_as_for_few(world, django_assert_max_num_queries):
    adopted(world, BAODING)
    today = world.now.date()
    reads.standings(list(reads.studio_units(world.as_("upper"))), today)
    with django_assert_max_num_queries(12) as few:
        reads.standings(list(reads.studio_units(world.as_("upper"))), today)
    for _ in range(12):
        unit = make_unit(under=world.county)
        make_department(unit)
        make_unit(under=unit, level=Level.WORKSHOP, has_union=False)
    with django_assert_max_num_queries(len(few)):
        reads.standings(list(reads.studio_units(world.as_("upper"))), today)

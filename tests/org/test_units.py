"""Stories of the unit tree: open, change, move, merge, close."""

from datetime import date

import pytest

from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.org import acts
from huying.org.models import Level, Post, Role, Unit
from huying.org.reads import looked_after
from huying.org.rules import Can
from huying.trail.models import Entry
from huying.trail.reads import verify_chain
from tests.conftest import NOW
from tests.factories.org import make_department, make_member, make_person, make_post, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    """市 › 县 › 企业（两个车间）, and another city."""
    city = make_unit("甲市总工会", level=Level.CITY)
    county = make_unit("乙县总工会", under=city, level=Level.COUNTY)
    works = make_unit("丙厂工会", under=county)
    shop = make_unit("一车间", under=works, level=Level.WORKSHOP, has_union=False)
    other_city = make_unit("丁市总工会", level=Level.CITY)
    other_county = make_unit("戊县总工会", under=other_city, level=Level.COUNTY)
    for unit in (city, county, works, shop, other_city, other_county):
        unit.refresh_from_db()
    return {u.name: u for u in (city, county, works, shop, other_city, other_county)}


def open_plant(parent, by=SYSTEM, **more):
    given = {"level": Level.ENTERPRISE, "name": "新厂工会", "short_name": "新厂", **more}
    return acts.open_unit(parent=parent, by=by, at=NOW, **given)


def test_a_unit_is_opened_below_another_and_knows_its_root(tree):
    admin = make_member(tree["乙县总工会"], Role.SYSTEM_ADMIN)
    unit = open_plant(tree["乙县总工会"], by=admin, members=900, workers=1000, women=300)
    assert Unit.objects.get_parent(unit) == tree["乙县总工会"]
    assert unit.root == tree["甲市总工会"]
    entry = Entry.objects.get(chain=unit.pk)
    assert (entry.act, entry.actor, entry.subject) == ("unit.opened", admin.code, f"unit:{unit.pk}")
    assert "新厂" not in str(entry.data)
    assert verify_chain(unit.pk) == []


def test_a_top_is_its_own_root_and_only_the_installation_opens_it(tree):
    assert (top := open_plant(None)).root_id == top.pk
    with pytest.raises(NotYours):
        open_plant(None, by=make_member(tree["甲市总工会"], Role.SYSTEM_ADMIN), name="又一厂", short_name="又")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"level": Level.CITY}, "level"),
        ({"name": "丙厂工会"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "厂" * 81}, "name"),
        ({"women": 5, "workers": 3}, "women"),
        ({"ownership": "moon"}, "ownership"),
        ({"short_name": "丙"}, "short_name"),
    ],
)
def test_wrong_facts_are_named_in_words(tree, given, field):
    Unit.objects.filter(pk=tree["丙厂工会"].pk).update(short_name="丙")
    with pytest.raises(Invalid) as refused:
        open_plant(tree["乙县总工会"], **given)
    assert list(refused.value.fields) == [field]
    assert not Unit.objects.filter(name="新厂工会").exists()


def test_what_was_changed_meanwhile_is_said_in_sentences(tree):
    works = tree["丙厂工会"]
    admin = make_member(tree["乙县总工会"], Role.SYSTEM_ADMIN, person=make_person(tree["乙县总工会"], "庚管理"))
    acts.change_unit(unit=works, version=1, phone="12351", address="东路一号", by=admin, at=NOW)
    with pytest.raises(Stale) as stale:
        acts.change_unit(unit=works, version=1, phone="12345", by=admin, at=NOW)
    assert stale.value.changes == ["11月20日 09:00，庚管理改了工会电话、地址。"]


def test_saving_without_a_change_writes_nothing(tree):
    works = tree["丙厂工会"]
    assert acts.change_unit(unit=works, version=1, name=works.name, by=SYSTEM, at=NOW).version == 1
    assert not Entry.objects.filter(chain=works.pk).exists()


def test_moving_recomputes_the_root_below(tree):
    acts.move_unit(unit=tree["丙厂工会"], to=tree["戊县总工会"], by=SYSTEM, at=NOW)
    works, shop = Unit.objects.get(name="丙厂工会"), Unit.objects.get(name="一车间")
    assert Unit.objects.get_parent(works) == tree["戊县总工会"]
    assert {works.root, shop.root} == {tree["丁市总工会"]}
    assert Unit.objects.get_parent(shop) == works
    assert Unit.objects.find_problems() == ([], [], [], [], [])


@pytest.mark.parametrize(
    ("which", "to"),
    [
        ("丙厂工会", "一车间"),
        ("丙厂工会", "丙厂工会"),
        ("乙县总工会", "戊县总工会"),
        ("丙厂工会", "乙县总工会"),
        ("一车间", None),
    ],
)
def test_moves_that_make_no_sense_are_refused(tree, which, to):
    with pytest.raises(Refused):
        acts.move_unit(unit=tree[which], to=tree.get(to), by=SYSTEM, at=NOW)


def test_moving_needs_both_places(tree):
    here = make_member(tree["乙县总工会"], Role.SYSTEM_ADMIN)
    with pytest.raises(NotYours):
        acts.move_unit(unit=tree["丙厂工会"], to=tree["戊县总工会"], by=here, at=NOW)
    with pytest.raises(NotYours):  # nor may one move the unit one stands in
        acts.move_unit(unit=tree["乙县总工会"], to=tree["丁市总工会"], by=here, at=NOW)


def test_two_unions_below_one_root_never_share_a_short_name(tree):
    Unit.objects.filter(pk=tree["丙厂工会"].pk).update(short_name="同名")
    make_unit(under=tree["戊县总工会"], short_name="同名")
    with pytest.raises(Refused, match="同用简称"):
        acts.move_unit(unit=tree["丙厂工会"], to=tree["戊县总工会"], by=SYSTEM, at=NOW)


def test_merging_takes_people_departments_and_what_follows_them(tree):
    works, into = tree["丙厂工会"], make_unit("己厂工会", under=tree["乙县总工会"])
    office, twin = make_department(works, "办公室"), make_department(into, "办公室")
    handler = make_post(works, Role.HANDLER, department=office, person=make_person(works, staff_no="7"))
    chair, later = make_post(works, Role.CHAIR), make_post(works, Role.OFFICER, starts_on=date(2027, 1, 1))
    make_person(into, staff_no="7")
    merged = acts.merge_units(unit=works, into=into, by=SYSTEM, at=NOW)
    assert (merged.merged_into, merged.closed_on) == (into, date(2026, 11, 20))
    assert Unit.objects.get_parent(Unit.objects.get(name="一车间")) == into
    assert set(into.departments.values_list("name", flat=True)) == {"办公室", f"办公室（{works.short_name}）"}
    assert twin.unit == into
    moved = Post.objects.get(person=handler.person, unit=into)
    assert (moved.role, moved.department) == (Role.HANDLER, office)
    chair.refresh_from_db()
    assert chair.ends_on == date(2026, 11, 20)
    assert not Post.objects.filter(person=chair.person, unit=into).exists()
    later.refresh_from_db()
    assert later.taken_back
    handler.person.refresh_from_db()
    assert handler.person.staff_no == f"{works.short_name}-7"
    assert {e.act for e in Entry.objects.filter(chain__in=[works.pk, into.pk])} == {"unit.merged", "unit.took_over"}


def test_merging_with_itself_or_another_kind_is_refused(tree):
    for into in (tree["丙厂工会"], tree["一车间"], tree["乙县总工会"]):
        with pytest.raises(Refused):
            acts.merge_units(unit=tree["丙厂工会"], into=into, by=SYSTEM, at=NOW)


def test_closing_waits_for_what_is_below_and_ends_posts(tree):
    with pytest.raises(Refused, match="下面还有 1 个"):
        acts.close_unit(unit=tree["丙厂工会"], by=SYSTEM, at=NOW)
    acts.close_unit(unit=tree["一车间"], by=SYSTEM, at=NOW)
    post = make_post(tree["丙厂工会"])
    acts.close_unit(unit=tree["丙厂工会"], by=SYSTEM, at=NOW)
    post.refresh_from_db()
    assert post.ends_on == date(2026, 11, 20)
    with pytest.raises(Refused, match="已经撤销"):
        open_plant(Unit.objects.get(name="丙厂工会"), level=Level.WORKSHOP)


@pytest.mark.parametrize("role", [r for r in Role if r != Role.SYSTEM_ADMIN])
def test_only_the_system_administrator_changes_units(tree, role):
    unit = tree["乙县总工会"]
    actor = make_member(unit, role)
    for do in (
        lambda: open_plant(unit, by=actor),
        lambda: acts.change_unit(unit=tree["丙厂工会"], version=1, phone="1", by=actor, at=NOW),
        lambda: acts.move_unit(unit=tree["一车间"], to=unit, by=actor, at=NOW),
        lambda: acts.merge_units(unit=tree["一车间"], into=tree["丙厂工会"], by=actor, at=NOW),
        lambda: acts.close_unit(unit=tree["一车间"], by=actor, at=NOW),
        lambda: acts.open_department(unit=unit, name="办公室", by=actor, at=NOW),
        lambda: acts.add_person(unit=unit, name="某人", by=actor, at=NOW),
    ):
        with pytest.raises(NotYours):
            do()


def test_reach_is_the_own_unit_and_below(tree):
    admin = make_member(tree["乙县总工会"], Role.SYSTEM_ADMIN)
    assert [u.name for u in looked_after(admin, Can.ORG)] == ["乙县总工会", "丙厂工会", "一车间"]
    assert not looked_after(admin, Can.POSTS).exists()

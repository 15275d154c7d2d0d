"""Guides, groups, links, own rules, plans, demonstration points (BD-6.1, PD-6.2a, PD-6.2b, SX-17)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huying.fieldwork import acts, reads
from huying.fieldwork.acts import Seat
from huying.fieldwork.models import Group, Guide
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.org.models import Level, Role
from huying.org.reads import acting_as
from tests.factories.org import make_person, make_post, make_unit
from tests.fieldwork.grounds import BAODING, PINGDINGSHAN, SHAANXI, adopted, who


@pytest.fixture
def town(world):
    """A township of the county with one full-time union worker."""
    unit = make_unit("柳河镇总工会", under=world.county, level=Level.TOWN)
    post = make_post(unit, Role.UPPER_OFFICER, person=make_person(unit, "路平"))
    return unit, post


def actor(world, post):
    return {"by": acting_as(post, world.now.date()), "at": world.now}


@pytest.mark.clause("BD-6.1")
def test_an_area_without_guide_or_group_is_listed_first(world, town):
    adopted(world, BAODING)
    unit, post = town
    lacks = {area.unit.name: area.lacks for area in reads.areas(world.as_("upper"))}
    assert lacks[unit.name] == ["还没有指导员", "还没有领导小组"]
    assert lacks[world.county.name] == ["还没有领导小组"]
    assert reads.areas(world.as_("upper"))[0].unit == unit
    acts.set_guides(unit=unit, people=[post.person_id], **actor(world, post))
    acts.set_group(unit=unit, kind="leading", seats=[Seat(post.person_id, "head", "抓总")], **actor(world, post))
    (area,) = reads.areas(world.as_("upper"), [unit])
    assert area.lacks == []
    assert [one.name for one in area.guides] == ["路平"]
    acts.set_guides(unit=unit, people=[], **actor(world, post))
    assert Guide.objects.get().until == world.now.date()


@pytest.mark.clause("BD-6.1")
def test_guides_are_people_of_the_township_and_only_there(world, town):
    unit, post = town
    with pytest.raises(Invalid):
        acts.set_guides(unit=unit, people=[world.posts["officer"].person_id], **actor(world, post))
    with pytest.raises(NotYours):
        acts.set_guides(unit=world.county, people=[], **who(world, "upper"))
    with pytest.raises(NotYours):
        acts.set_guides(unit=unit, people=[post.person_id], **who(world, "upper"))


@pytest.mark.clause("BD-6.1")
def test_a_group_has_one_head_and_can_be_dissolved(world):
    upper = world.posts["upper"].person_id
    given = {"unit": world.county, "kind": "supervision", **who(world, "upper")}
    for seats in ([Seat(upper, "member")], [Seat(upper, "head"), Seat(upper, "member")], []):
        with pytest.raises(Invalid):
            acts.set_group(seats=seats, **given)
    row = acts.set_group(seats=[Seat(upper, "head", "督导")], **given)
    with pytest.raises(Stale):
        acts.set_group(seats=[Seat(upper, "head")], version=row.version - 1, **given)
    acts.set_group(seats=[], **given)
    assert Group.objects.get().ended_on == world.now.date()


@pytest.mark.clause("PD-6.2b")
@pytest.mark.parametrize("link", ["gather", "sort", "report", "supervise", "assess", "answer"])
def test_each_link_has_its_person_and_a_gap_is_pointed_out(world, link):
    adopted(world, PINGDINGSHAN)
    officer = world.posts["officer"].person_id
    links = {code: officer for code in ("gather", "sort", "report", "supervise", "assess", "answer") if code != link}
    acts.set_links(unit=world.plant, chosen=links, **who(world))
    (found,) = reads.linked([world.plant], world.now.date())
    (gap,) = [one for one in found.lacks if "没有责任人" in one]
    assert found.clause.id == "PD-6.2b"
    acts.set_links(unit=world.plant, chosen={link: officer}, **who(world))
    (found,) = reads.linked([world.plant], world.now.date())
    assert gap not in found.lacks


@pytest.mark.clause("PD-6.2b")
def test_links_nobody_asks_for_and_people_of_elsewhere_are_refused(world):
    with pytest.raises(NotYours):
        acts.set_links(unit=world.plant, chosen={"gather": None}, **who(world))
    adopted(world, PINGDINGSHAN)
    with pytest.raises(Invalid):
        acts.set_links(unit=world.plant, chosen={"gather": world.posts["foreign"].person_id}, **who(world))
    with pytest.raises(NotYours):
        acts.set_links(unit=world.plant, chosen={"gather": None}, **who(world, "upper"))


@pytest.mark.clause("PD-6.2a")
@pytest.mark.parametrize("code", ["reaction", "assessment"])
def test_a_union_lays_down_its_own_rules(world, code):
    adopted(world, PINGDINGSHAN)
    (found,) = reads.linked([world.plant], world.now.date())
    assert found.own_clause.id == "PD-6.2a"
    before = len(found.lacks)
    given = {"unit": world.plant, "code": code, "since": date(2026, 4, 1), **who(world)}
    row = acts.set_own_rule(text="接到民情半小时内响应。", **given)
    (found,) = reads.linked([world.plant], world.now.date())
    assert len(found.lacks) == before - 1
    with pytest.raises(Invalid):
        acts.set_own_rule(text=" ", **given)
    with pytest.raises(Stale):
        acts.set_own_rule(text="改", version=row.version + 1, **given)


@pytest.mark.clause("PD-6.2a")
def test_only_what_the_document_leaves_to_it(world):
    adopted(world, PINGDINGSHAN)
    with pytest.raises(NotYours):
        acts.set_own_rule(unit=world.plant, code="dress", since=date(2026, 4, 1), text="穿西装", **who(world))


@pytest.mark.clause("SX-17")
def test_the_years_plan_with_tasks_and_what_came_of_them(world):
    adopted(world, SHAANXI)
    upper, year = who(world, "upper"), world.now.year
    plan = acts.write_plan(unit=world.county, year=year, goal="困难企业走一遍。", **upper)
    given = {"plan_id": plan.pk, "person_id": world.posts["upper"].person_id, **upper}
    task = acts.add_task(text="走访 12 家困难企业", due_on=date(year, 12, 20), **given)
    acts.finish_task(task_id=task.pk, result="走了 13 家", **upper)
    with pytest.raises(Refused):
        acts.finish_task(task_id=task.pk, result="又一遍", **upper)
    with pytest.raises(Invalid):
        acts.add_task(text="明年的事", due_on=date(year + 1, 1, 1), **given)
    with pytest.raises(Invalid):
        acts.write_plan(unit=world.county, year=year - 1, goal="补写", **upper)
    assert not reads.plans(world.as_("officer"), year).exists()


@pytest.mark.clause("SX-17")
def test_demonstration_points_lie_below_and_are_one_once(world):
    adopted(world, SHAANXI)
    given = {"union": world.county, "since": world.now.date(), "learned": "日志写得细。", **who(world, "upper")}
    point = acts.name_demo_point(unit=world.plant, **given)
    with pytest.raises(Invalid):
        acts.name_demo_point(unit=world.plant, **given)
    with pytest.raises(NotYours):
        acts.name_demo_point(**{**given, "union": world.plant, "unit": world.other, **who(world)})
    assert reads.demo_points(world.as_("officer")).get() == point
    with pytest.raises(Invalid):
        acts.end_demo_point(point_id=point.pk, until=world.now.date() - timedelta(days=9), **who(world, "upper"))
    acts.end_demo_point(point_id=point.pk, until=world.now.date(), **who(world, "upper"))

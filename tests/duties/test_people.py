"""Duties that fall on persons: stories of cadres who went out, counted live, kept and counted again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from huying.cases.models import Recusal
from huying.duties import acts, reads
from huying.duties.models import Kept
from huying.duties.rules import Standing
from huying.fieldwork import acts as fieldwork
from huying.fieldwork.models import Leave, Record, Studio, StudioStaff
from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from huying.mechanism.models import Adoption
from huying.notices.models import Notice
from huying.org.models import Level, Post, Rank, Role
from huying.promises import acts as promises
from tests.factories import world as make
from tests.factories.org import make_member
from tests.fieldwork.grounds import household, tie
from tests.fieldwork.records import adopt, written

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)
VISITS = ("visit", "enterprise_survey", "household_visit", "case_taken_down", "screening")


@pytest.fixture
def county(world: Any) -> Any:
    """The county has worked by the documents of Baoding and Shaanxi for long; its officer is of 处级 rank, the unit a city's."""
    adopt(world, "baoding-studio", "shaanxi-2012-38")
    Adoption.objects.update(from_day=date(2025, 1, 1))
    Post.objects.filter(pk=world.posts["upper"].pk).update(rank=Rank.DIVISION)
    Post.objects.update(starts_on=date(2024, 1, 1))
    return world


def row(world: Any, code: str, name: str = "upper", on: date = TODAY, unit: Any = None, **more: Any) -> Standing:
    """How somebody stands with a duty."""
    unit = unit or world.posts[name].unit
    whole = next(one for one in reads.standing(unit, on, **more) if one.duty.code == code)
    return next(one for one in whole.people if one.person == world.posts[name].person)


def out(world: Any, days: int, kind: str = "visit", first: date = date(2026, 1, 5), **more: Any) -> None:
    """So many whole days out, one after the other, long ago."""
    for number in range(days):
        on = first + timedelta(days=number)
        written(
            world, kind, who="upper", on=on, minutes=300, place=more.pop("place", world.plant), begins=time(9), **more
        )


# --- visits (SX-8b, SX-8c, SX-8d) ------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-8b")
def test_a_cadre_of_rank_has_sixty_days_of_visits_to_make(county: Any) -> None:
    out(county, 4)
    found = row(county, "visit_days")
    assert (found.need, found.done, found.state, found.measure) == (120, 8, "open", "天")
    assert found.pace == 9, "going on like this it comes to four days and a half"
    assert found.label == "按此进度不够"
    assert row(county, "visit_days", on=date(2027, 1, 5)).done == 0, "each year anew"


@pytest.mark.clause("SX-8b")
@pytest.mark.parametrize("kind", VISITS)
def test_every_kind_of_visit_counts_and_research_does_not(county: Any, kind: str) -> None:
    place = None if kind == "household_visit" else county.plant
    written(county, kind, who="upper", on=date(2026, 3, 2), minutes=300, place=place)
    written(county, "research", who="upper", on=date(2026, 3, 3), minutes=300, place=county.plant)
    assert row(county, "visit_days").done == 2


@pytest.mark.clause("SX-8b")
def test_a_day_counts_once_and_a_short_one_half(county: Any) -> None:
    for begins, minutes in ((time(8), 120), (time(14), 120)):
        written(county, who="upper", on=date(2026, 3, 2), begins=begins, minutes=minutes, place=county.plant)
    assert row(county, "visit_days").done == 2, "two short visits on one day are a day"
    written(county, who="upper", on=date(2026, 3, 3), minutes=120, place=county.plant)
    assert row(county, "visit_days").done == 3, "one short visit is half a day"


@pytest.mark.clause("SX-8b")
def test_what_was_taken_back_or_denied_counts_nowhere(county: Any) -> None:
    one = written(county, who="upper", on=date(2026, 3, 2), minutes=300, place=county.plant)
    other = written(county, who="upper", on=date(2026, 3, 3), minutes=300, place=county.plant)
    fieldwork.withdraw_record(record_id=one.pk, reason="记错了日子", by=county.as_("upper"), at=county.now)
    assert row(county, "visit_days").done == 2
    Record.objects.filter(pk=other.pk).update(
        presence="denied", presence_by=county.posts["officer"], presence_at=county.now
    )
    assert row(county, "visit_days").done == 0


@pytest.mark.clause("SX-8b")
def test_without_rank_nobody_owes_sixty_days(county: Any) -> None:
    Post.objects.update(rank="")
    assert not any(one.duty.code == "visit_days" for one in reads.standing(county.county, TODAY))


@pytest.mark.parametrize("of", [2025, 2026])
def test_counted_together_is_as_counted_apart(county: Any, of: int) -> None:
    out(county, 4)
    out(county, 3, first=date(2025, 11, 29))
    make.told(county)
    now, year = reads.standing_and_year(county.county, of, TODAY)
    assert now == reads.standing(county.county, TODAY)
    assert year == reads.year(county.county, of, TODAY)


@pytest.mark.clause("SX-8c")
def test_a_county_sets_its_own_days(county: Any) -> None:
    assert not any(one.duty.code == "own_visit_days" for one in reads.standing(county.county, TODAY)), "none is set"
    mechanism.set_house_rules(
        unit=county.county, changes={"counts": {"own_visit_days": 20}}, by=chair_of(county), at=county.now
    )
    out(county, 2)
    found = row(county, "own_visit_days")
    assert (found.need, found.done) == (40, 4)
    assert not any(one.duty.code == "own_visit_days" for one in reads.standing(county.plant, TODAY)), (
        "an employer's union has none"
    )


@pytest.mark.clause("SX-8c")
@pytest.mark.parametrize("kind", VISITS)
def test_every_kind_of_visit_counts_towards_the_own_days(county: Any, kind: str) -> None:
    mechanism.set_house_rules(
        unit=county.county, changes={"counts": {"own_visit_days": 20}}, by=chair_of(county), at=county.now
    )
    place = None if kind == "household_visit" else county.plant
    written(county, kind, who="upper", on=date(2026, 3, 2), minutes=300, place=place)
    written(county, "stationing", who="upper", on=date(2026, 3, 3), minutes=300, place=county.plant)
    assert row(county, "own_visit_days").done == 2


def chair_of(world: Any) -> Any:
    return make_member(world.county, Role.CHAIR)


@pytest.mark.clause("SX-8d")
def test_everybody_goes_out_at_least_once_a_year(county: Any) -> None:
    whole = next(one for one in reads.standing(county.plant, TODAY) if one.duty.code == "everybody_visits")
    assert (whole.need, whole.done, whole.measure) == (3, 0, "人")
    written(county, who="officer")
    whole = next(one for one in reads.standing(county.plant, TODAY) if one.duty.code == "everybody_visits")
    assert (whole.need, whole.done) == (3, 1)
    ended = date(2027, 1, 4)
    last = reads.year(county.plant, 2026, ended)
    (cell,) = next(strip.cells for strip in last if strip.duty.code == "everybody_visits")
    assert cell[1] is not None
    assert (cell[1].state, cell[1].missed) == ("missed", 2)


@pytest.mark.clause("SX-8d")
@pytest.mark.parametrize("kind", [*VISITS, "stationing", "research"])
def test_any_way_of_going_out_counts_for_everybody(county: Any, kind: str) -> None:
    written(county, kind, who="upper", on=date(2026, 3, 2), place=None if kind == "household_visit" else county.plant)
    assert row(county, "everybody_visits").state == "met"
    assert not written(county, "talk", who="officer", place=None).withdrawn_at
    assert row(county, "everybody_visits", "officer").state == "open", "a talk in the office is no visit"


# --- research (SX-11) ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-11")
@pytest.mark.parametrize(("level", "code", "need"), [(Level.COUNTY, "research_days_below", 180), (Level.CITY, "research_days_below", 180),
                                                     (Level.PROVINCE, "research_days_province", 120)])  # fmt: skip
def test_research_days_by_level(county: Any, level: str, code: str, need: int) -> None:
    type(county.county).objects.filter(pk=county.county.pk).update(level=level)
    county.county.refresh_from_db()
    out(county, 3, "research")
    found = row(county, code, unit=county.county)
    assert (found.need, found.done) == (need, 6)
    codes = {one.duty.code for one in reads.standing(county.county, TODAY)}
    assert len(codes & {"research_days_below", "research_days_province"}) == 1


@pytest.mark.clause("SX-11")
def test_visits_are_no_research(county: Any) -> None:
    out(county, 3)
    assert row(county, "research_days_below").done == 0


# --- the front line, each week (BD-4.2) ------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.2")
def test_whoever_works_in_the_studio_goes_to_the_workshops_each_week(county: Any) -> None:
    staff(county, "officer")
    week = row(county, "frontline_each_week", "officer")
    assert (week.need, week.done, week.period.label, week.duty.clause.id) == (1, 0, "11月16日至22日", "BD-4.2")
    written(county, who="officer", on=date(2026, 11, 18))
    assert row(county, "frontline_each_week", "officer").state == "met"
    assert row(county, "frontline_each_week", "officer", on=date(2026, 11, 23)).done == 0, "each week anew"
    codes = [one.person.name for one in whole(county, "frontline_each_week").people if one.person]
    assert codes == ["李慧敏"], "only who works in the studio"


@pytest.mark.clause("BD-4.2")
def test_a_talk_in_the_office_is_no_visit_to_the_front_line(county: Any) -> None:
    staff(county, "officer")
    written(county, "talk", who="officer", on=date(2026, 11, 18), place=None)
    assert row(county, "frontline_each_week", "officer").done == 0


@pytest.mark.clause("BD-4.2")
def test_a_week_away_or_of_holidays_asks_nothing(county: Any) -> None:
    staff(county, "officer")
    Leave.objects.create(
        root_id=county.plant.root_id, unit=county.plant, person=county.posts["officer"].person, kind="leave",
        since=date(2026, 11, 16), until=date(2026, 11, 18), by=county.posts["chair"], at=county.now,
    )  # fmt: skip
    assert not any(one.duty.code == "frontline_each_week" for one in reads.standing(county.plant, TODAY))


def staff(world: Any, name: str) -> None:
    """Somebody works in the plant's studio."""
    studio, _ = Studio.objects.get_or_create(unit=world.plant, root_id=world.plant.root_id, moved_at=world.now)
    StudioStaff.objects.create(
        root_id=world.plant.root_id,
        studio=studio,
        kind="cadre",
        person=world.posts[name].person,
        since=date(2025, 1, 1),
    )


def whole(world: Any, code: str, on: date = TODAY) -> Standing:
    return next(one for one in reads.standing(world.plant, on) if one.duty.code == code)


# --- stationed at two points, each month (BD-6.2) ---------------------------------------------------------------------------


@pytest.mark.clause("BD-6.2")
def test_each_point_is_lived_at_for_a_day_each_month(county: Any) -> None:
    for unit in (county.plant, county.other):
        tie(county, "stationing", unit=unit, since=date(2026, 9, 1))
    written(county, "stationing", who="upper", on=date(2026, 10, 13), minutes=420, place=county.plant)
    for day in (10, 11):
        written(county, "stationing", who="upper", on=date(2026, 11, day), minutes=420, place=county.plant)
    month = row(county, "stationed_each_month")
    assert (month.need, month.done, month.period.label) == (2, 1, "2026年11月"), "two days at one point are one point"
    written(county, "stationing", who="upper", on=date(2026, 11, 12), minutes=420, place=county.other)
    assert row(county, "stationed_each_month").state == "met"
    assert row(county, "stationed_each_month", on=date(2026, 12, 1)).done == 0, "each month anew"


@pytest.mark.clause("BD-6.2")
def test_only_cadres_of_the_unions_above_are_stationed(county: Any) -> None:
    owed = {unit.pk: {one.duty.code for one in reads.standing(unit, TODAY)} for unit in (county.county, county.plant)}
    assert "stationed_each_month" in owed[county.county.pk]
    assert "stationed_each_month" not in owed[county.plant.pk]


# --- ties, reports, promises (SX-8a, SX-11, SX-12, SX-15) --------------------------------------------------------------------


@pytest.mark.clause("SX-8a")
@pytest.mark.parametrize(
    ("duty", "rank", "other"),
    [("contact_point", Rank.BUREAU, Rank.DIVISION), ("contact_household", Rank.DIVISION, Rank.BUREAU)],
)
def test_each_rank_keeps_the_tie_the_document_gives_it(county: Any, duty: str, rank: str, other: str) -> None:
    Post.objects.filter(pk=county.posts["upper"].pk).update(rank=other)
    assert not any(one.duty.code == duty for one in reads.standing(county.county, TODAY)), "another rank, another tie"
    Post.objects.filter(pk=county.posts["upper"].pk).update(rank=rank)
    assert (row(county, duty).need, row(county, duty).done, row(county, duty).duty.clause.id) == (1, 0, "SX-8a")
    with_whom = {"unit": county.plant} if duty == "contact_point" else {"household": household(county)}
    tie(county, duty, **with_whom)
    assert row(county, duty).state == "met"


@pytest.mark.clause("SX-8b")
@pytest.mark.parametrize("rank", [Rank.BUREAU, Rank.DIVISION])
@pytest.mark.parametrize("duty", ["pairing", "problem_solved", "thing_done"])
def test_cadres_of_rank_pair_solve_and_do(county: Any, duty: str, rank: str) -> None:
    upper = Post.objects.filter(pk=county.posts["upper"].pk)
    upper.update(rank="")
    assert not any(one.duty.code == duty for one in reads.standing(county.county, TODAY)), "without rank nobody owes it"
    upper.update(rank=rank)
    point = tie(county, "contact_point", unit=county.plant)
    assert (row(county, duty).state, row(county, duty).duty.clause.id) == ("open", "SX-8b")
    if duty == "pairing":
        tie(county, "pairing", household=household(county))
    else:
        kind = duty.partition("_")[0]
        fieldwork.add_result(
            tie_id=point.pk, kind=kind, on=TODAY, text="班车恢复了。", by=county.as_("upper"), at=county.now
        )
    assert row(county, duty).state == "met"


@pytest.mark.clause("SX-15")
def test_whoever_is_stationed_is_paired_with_a_household(county: Any) -> None:
    assert not any(one.duty.code == "stationed_pairing" for one in reads.standing(county.county, TODAY))
    tie(county, "stationing", unit=county.plant, since=date(2026, 2, 1))
    assert row(county, "stationed_pairing").state == "open"
    tie(county, "pairing", household=household(county))
    assert row(county, "stationed_pairing").state == "met"


@pytest.mark.clause("SX-11")
def test_every_cadre_above_the_enterprises_writes_a_report_a_year(county: Any) -> None:
    assert row(county, "research_report").state == "open"
    who = {"by": county.as_("upper"), "at": county.now}
    topic = promises.add_topic(
        unit=county.county, year=2026, title="夜班职工通勤", why="", lead=county.posts["upper"], due=date(2026, 12, 1), **who
    )  # fmt: skip
    promises.submit_report(topic_id=topic.pk, text="三个结论。", **who)
    assert row(county, "research_report").state == "met"
    assert not any(one.duty.code == "research_report" for one in reads.standing(county.plant, TODAY))


@pytest.mark.clause("SX-12")
def test_every_union_promises_something_each_year(county: Any) -> None:
    plan = promises.open_plan(unit=county.plant, year=2026, opening="", by=county.as_("officer"), at=county.now)
    promises.add_promise(
        plan_id=plan.pk, title="宿舍热水改造", measure="三号楼换空气能热水。", deadline=date(2026, 12, 20),
        leader=county.posts["manager"], department=county.logistics, person=county.posts["other_handler"],
        by=county.as_("officer"), at=county.now,
    )  # fmt: skip
    assert whole(county, "promises_of_the_year").state == "open", "not published yet"
    promises.publish_plan(plan_id=plan.pk, by=county.as_("chair"), at=county.now)
    assert whole(county, "promises_of_the_year").state == "met"
    owed = {one.duty.code for one in reads.standing(county.county, TODAY)}
    assert "promises_of_the_year" in owed, "unions above promise as well"


# --- leaders receive, each week (BD-4.4a) ------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.4a")
def test_the_week_of_reception_is_owed_where_workers_have_an_employer(county: Any) -> None:
    owed = {unit.pk: {one.duty.code for one in reads.standing(unit, TODAY)} for unit in (county.county, county.plant)}
    assert "reception_each_week" in owed[county.plant.pk]
    assert "reception_each_week" not in owed[county.county.pk]


# --- kept, counted again, told ---------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-8d", "BD-4.2")
def test_what_is_kept_equals_a_recount_after_each_record(county: Any) -> None:
    staff(county, "officer")
    acts.recount(units=[county.plant], by=SYSTEM, at=county.now)
    written(county, who="officer", on=date(2026, 11, 18), at=county.now + timedelta(minutes=1))
    acts.sweep(since=county.now, by=SYSTEM, at=county.now + timedelta(minutes=2))
    after = sorted(Kept.objects.values_list("duty", "since", "need", "done", "missed"))
    assert ("frontline_each_week", date(2026, 11, 16), 1, 1, 0) in after
    assert acts.recount(units=[county.plant], by=SYSTEM, at=county.now) == 0
    assert sorted(Kept.objects.values_list("duty", "since", "need", "done", "missed")) == after


@pytest.mark.clause("SX-8d")
def test_each_is_reminded_of_the_own_and_nobody_of_anothers(county: Any) -> None:
    written(county, who="officer")
    late = datetime(2026, 12, 21, 9, tzinfo=ZONE)
    acts.recount(units=[county.plant], by=SYSTEM, at=late)
    acts.remind(by=SYSTEM, at=late)
    told = set(
        Notice.objects.filter(kind="duty_soon", title__startswith="全员走访").values_list("recipient__name", flat=True)
    )
    assert told == {"周明远", "郑卫国"}


def test_whom_a_case_names_finds_no_trace_in_the_days_of_others(county: Any) -> None:
    case = make.accepted(county)
    written(county, who="officer", case_ids=[case.pk])
    chair = county.as_("chair")
    Recusal.objects.create(root=case.root, case=case, key=f"person:{chair.person_id}", said="superior", at=county.now)
    assert row(county, "everybody_visits", "officer").done == 1
    assert row(county, "everybody_visits", "officer", blind=chair).done == 0
    acts.recount(units=[county.plant], by=SYSTEM, at=county.now)


def test_every_figure_opens_what_is_behind_it(county: Any, client: Any) -> None:
    record = written(county, who="officer", theme="夜班")
    client.force_login(county.posts["officer"].person.user)
    mine = client.get(reverse("desk:my_duties")).content.decode()
    assert "全员走访" in mine
    assert "每周下一线" not in mine
    address = f"{reverse('desk:duty', args=['everybody_visits'])}?unit={county.plant.pk}"
    people = client.get(address).content.decode()
    assert "李慧敏" in people
    assert "周明远" in people
    own = client.get(f"{address}&person={county.posts['officer'].person_id}").content.decode()
    assert reverse("desk:record", args=[record.pk]) in own
    assert client.get(f"{address}&person={county.posts['handler'].person_id}").status_code == 404
    client.force_login(county.posts["manager"].person.user)
    assert client.get(address).status_code == 404, "what each cadre did is the union's own"
    for page in ("desk:duties", "desk:clauses"):
        assert reverse("desk:duty", args=["everybody_visits"]) not in client.get(reverse(page)).content.decode()
    assert "全员走访" not in client.get(reverse("desk:duties")).content.decode()

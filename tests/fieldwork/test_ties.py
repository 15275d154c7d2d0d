"""Standing ties: who by whom, what came of it, what is not covered, leave (SX-8a, SX-8b, SX-8c, SX-15, BD-6.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huying.fieldwork import acts, reads
from huying.fieldwork.models import Tie, TieResult
from huying.fieldwork.rules import months_later, rotation_due
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.notices.models import Notice
from huying.org.models import Role, Unit
from huying.org.reads import acting_as
from tests.factories.org import make_person, make_post, make_unit
from tests.fieldwork.grounds import BAODING, SHAANXI, adopted, household, record, tie, who


def bare(world, name: str = "upper") -> dict[str, list[str]]:
    """What is not covered, in words, by kind."""
    found = reads.coverage(world.as_(name), world.now.date())
    return {kind: [one.title for one in rows] for kind, rows in found.items()}


def hard(unit: Unit) -> Unit:
    Unit.objects.filter(pk=unit.pk).update(in_difficulty=True)
    return unit


# --- making and ending ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-8a")
def test_contact_points_and_households(world):
    adopted(world, SHAANXI)
    other = make_post(world.county, Role.UPPER_OFFICER, person=make_person(world.county, "常远"))
    point = tie(world, "contact_point", unit=world.plant, post=other)
    home = tie(world, "contact_household", household=household(world), post=other)
    assert {row.pk for row in reads.ties(world.as_("upper"))} == {point.pk, home.pk}
    assert Notice.objects.filter(recipient=other.person, subject=point.pk).exists()
    assert "贺春苗" not in str(list(Notice.objects.values_list("title")))


@pytest.mark.clause("SX-8a")
@pytest.mark.parametrize(("kind", "whom"), [("contact_point", "household"), ("contact_household", "unit"), ("pairing", ""),
                                            ("stationing", ""), ("friend", "unit")])  # fmt: skip
def test_each_kind_is_with_its_own(world, kind, whom):
    given = {"unit": world.plant} if whom == "unit" else {"household": household(world)} if whom else {}
    with pytest.raises(Invalid):
        tie(world, kind, **given)


@pytest.mark.clause("SX-8a")
def test_only_ones_own_cadres_within_ones_own_area(world):
    with pytest.raises(NotYours):
        tie(world, "contact_point", unit=world.other, union=world.plant, post=world.posts["officer"], by="officer")
    with pytest.raises(Invalid):
        tie(world, "contact_point", unit=world.plant, post=world.posts["officer"])
    with pytest.raises(NotYours):
        tie(world, "contact_point", unit=world.plant, by="officer")
    tie(world, "contact_point", unit=world.plant)
    with pytest.raises(Invalid):
        tie(world, "contact_point", unit=world.plant)
    with pytest.raises(Invalid):
        tie(world, "stationing", unit=world.county)


def test_a_tie_ends_with_a_reason_once(world):
    row = tie(world, "contact_point", unit=world.plant)
    given = {"tie_id": row.pk, "until": world.now.date(), **who(world, "upper")}
    with pytest.raises(Invalid):
        acts.end_tie(reason=" ", **given)
    with pytest.raises(Invalid):
        acts.end_tie(reason="早了", **{**given, "until": row.since - timedelta(days=1)})
    acts.end_tie(reason="困难已经解决", **given)
    with pytest.raises(Refused):
        acts.end_tie(reason="再来", **given)


@pytest.mark.clause("SX-8b")
@pytest.mark.parametrize("kind", ["problem", "thing"])
def test_what_came_of_it_is_written_by_who_has_it(world, kind):
    adopted(world, SHAANXI)
    row = tie(world, "pairing", household=household(world))
    given = {
        "tie_id": row.pk,
        "kind": kind,
        "on": world.now.date(),
        "text": "联系大病救助两万元",
        **who(world, "upper"),
    }
    acts.add_result(**given)
    assert TieResult.objects.get().by == world.posts["upper"]
    for wrong in ({"kind": "speech"}, {"text": " "}, {"on": row.since - timedelta(days=1)},
                  {"on": world.now.date() + timedelta(days=1)}):  # fmt: skip
        with pytest.raises(Invalid):
            acts.add_result(**{**given, **wrong})
    for name in ("officer", "foreign", "manager"):
        with pytest.raises(NotYours):
            acts.add_result(**{**given, **who(world, name)})


# --- stationing ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 5, 20), 6, date(2026, 11, 20)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2027, 8, 29), 6, date(2028, 2, 29)),
    ],
)
def test_months_later(day, months, then):
    assert months_later(day, months) == then


@pytest.mark.clause("BD-6.2")
def test_after_half_a_year_the_point_is_somebody_elses(world):
    rules = adopted(world, BAODING)
    assert rotation_due(rules, date(2026, 5, 20)) == date(2026, 11, 20)
    row = tie(world, "stationing", unit=world.plant, since=date(2026, 5, 20))
    assert reads.rotation_of(row, world.now.date()) == world.now.date()
    assert bare(world)["rotation"] == ["高敏·山泉机械有限公司工会"]
    Tie.objects.filter(pk=row.pk).update(since=date(2026, 5, 21))
    assert bare(world)["rotation"] == []


@pytest.mark.clause("BD-6.2")
def test_two_points_each(world):
    adopted(world, BAODING)
    assert bare(world)["points"] == ["高敏·上级工会干部"]
    tie(world, "stationing", unit=world.plant)
    assert bare(world)["points"] == ["高敏·上级工会干部"]
    tie(world, "stationing", unit=world.other)
    assert bare(world)["points"] == []


@pytest.mark.clause("SX-15")
def test_who_is_stationed_is_paired_with_a_household(world):
    adopted(world, SHAANXI)
    assert bare(world)["stationed"] == []
    tie(world, "stationing", unit=world.plant)
    assert bare(world)["stationed"] == ["高敏·上级工会干部"]
    tie(world, "pairing", household=household(world))
    assert bare(world)["stationed"] == []


@pytest.mark.clause("BD-6.2")
def test_being_stationed_is_a_kind_of_record_of_the_document(world):
    rules = adopted(world, BAODING)
    kind = rules.record("stationing")
    assert (kind.clause.id, kind.outside, [field.code for field in kind.fields]) == ("BD-6.2", True, ["form"])
    assert (rules.options("stationings").clause.id, rules.options("stationings").label_of("point")) == (
        "BD-6.2",
        "驻点",
    )


@pytest.mark.clause("SX-15")
def test_squatting_is_a_way_of_being_stationed(world):
    rules = adopted(world, SHAANXI)
    kind = rules.record("stationing")
    assert (kind.clause.id, [field.code for field in kind.fields]) == ("SX-15", ["form"])
    ways = rules.options("stationings")
    assert (ways.clause.id, [ways.label_of(code) for code in ("squatting", "point")]) == ("SX-15", ["蹲点", "驻点"])


# --- what is not covered ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-8c")
def test_enterprises_and_households_nobody_stands_by_are_listed(world):
    adopted(world, SHAANXI)
    hard(world.plant)
    home = household(world)
    assert bare(world)["enterprises"] == [world.plant.name]
    assert bare(world)["households"] == [f"困难职工家庭 {home.code}"]
    row = tie(world, "contact_point", unit=world.plant)
    tie(world, "contact_household", household=home)
    assert bare(world)["enterprises"] == bare(world)["households"] == []
    acts.end_tie(tie_id=row.pk, until=world.now.date(), reason="调动", **who(world, "upper"))
    assert bare(world)["enterprises"] == [world.plant.name]


@pytest.mark.clause("SX-8c")
def test_nobody_reads_what_is_not_covered_elsewhere(world):
    adopted(world, SHAANXI)
    hard(world.plant)
    home = household(world)
    assert bare(world, "foreign")["enterprises"] == []
    assert home.code not in str(bare(world, "foreign"))
    assert bare(world, "manager") == {kind: [] for kind, _, _ in reads.KINDS}


def test_studios_without_anybody_and_cadres_without_a_visit(world):
    adopted(world, SHAANXI, BAODING)
    assert world.plant.name in bare(world)["studios"]
    acts.add_staff(unit=world.plant, kind="cadre", person_id=world.posts["officer"].person_id, since=world.now.date(),
                   **who(world))  # fmt: skip
    assert world.plant.name not in bare(world)["studios"]
    names = bare(world)["cadres"]
    assert {"高敏·上级工会干部", "李慧敏·工会干部"} <= set(names)
    record(world, "visit", world.posts["officer"], world.now.date() - timedelta(days=3))
    record(world, "talk", world.posts["upper"], world.now.date())
    record(world, "visit", world.posts["second"], date(world.now.year - 1, 12, 31))
    names = bare(world)["cadres"]
    assert "李慧敏·工会干部" not in names
    assert {"高敏·上级工会干部", "周明远·工会干部"} <= set(names)


def test_coverage_costs_the_same_however_many(world, django_assert_max_num_queries):
    adopted(world, SHAANXI, BAODING)
    bare(world)
    with django_assert_max_num_queries(24) as few:
        bare(world)
    for number in range(8):
        unit = hard(make_unit(under=world.county))
        post = make_post(unit, Role.OFFICER, person=make_person(unit, f"干部{number}"))
        acts.add_household(
            unit=unit, facts={"name": "某", "needs": "某"}, by=acting_as(post, world.now.date()), at=world.now
        )
    with django_assert_max_num_queries(len(few)):
        assert len(bare(world)["households"]) == 8


# --- leave --------------------------------------------------------------------------------------------------------------------


def test_leave_is_entered_by_the_office_and_taken_back(world):
    today = world.now.date()
    given = {
        "post": world.posts["second"],
        "kind": "sick",
        "since": today,
        "until": today + timedelta(days=3),
        **who(world),
    }
    row = acts.note_leave(**given)
    with pytest.raises(Invalid):
        acts.note_leave(**given)
    with pytest.raises(Invalid):
        acts.note_leave(**{**given, "since": today + timedelta(days=9)})
    with pytest.raises(Invalid):
        acts.note_leave(**{**given, "post": world.posts["manager"]})
    for name in ("upper", "foreign"):
        with pytest.raises(NotYours):
            acts.note_leave(**{**given, **who(world, name)})
        assert not reads.leaves(world.as_(name)).exists()
    acts.take_back_leave(leave_id=row.pk, **who(world))
    acts.note_leave(**given)
    assert rules_for(world.plant, today)

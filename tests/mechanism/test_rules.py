"""What holds for a unit: inheritance, several packs, house rules that only tighten, rules a case keeps."""

import json
from datetime import date, timedelta

import pytest

from huying.kernel.actors import SYSTEM
from huying.kernel.clock import DayKind, Rule, due
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism import acts, reads
from huying.mechanism.models import Adoption, Pack, Snapshot
from huying.mechanism.rules import Rules, never_later
from huying.org.reads import acting_as

TODAY = date(2026, 11, 20)


# --- adoption and inheritance ---


def test_without_any_pack_the_starting_values_hold(tree):
    rules = reads.rules_for(tree.other, TODAY)
    assert rules.packs == ()
    assert rules.clock("accept").rule == Rule(2, DayKind.WORKING)
    assert rules.clock("accept").by == ""
    assert rules.clock("report").rule == Rule(3, DayKind.CALENDAR, roll=True)
    assert [grade.label for grade in rules.scale().grades] == ["非常满意", "满意", "基本满意", "不满意"]
    assert {category.code for category in rules.categories(parent="")} == {"rights", "suggestion", "notice", "other"}
    assert [choice.label for choice in rules.options("secrecy").choices] == ["实名", "保密", "匿名"]
    assert (rules.count("returns_allowed").value, rules.count("small_cell").value) == (2, 5)


@pytest.mark.clause("MY-3.2.4a", "MY-3.2.4b")
def test_units_below_inherit_with_the_clause_badge(tree, adopt):
    adopt(tree.county)
    for unit in (tree.county, tree.group, tree.subsidiary):
        clock = reads.rules_for(unit, TODAY).clock("report")
        assert clock.rule == Rule(3, DayKind.CALENDAR, roll=True)
        assert clock.clause.badge == "蒙会发〔2017〕21号 三(二)4"
        assert clock.clause.id == "MY-3.2.4a"
        assert clock.by == "测试县总工会"
    assert reads.rules_for(tree.subsidiary, TODAY).clock("tell").clause.id == "MY-3.2.4b"


def test_adoption_does_not_climb_or_cross(tree, adopt):
    adopt(tree.group)
    assert reads.rules_for(tree.county, TODAY).packs == ()
    assert reads.rules_for(tree.other, TODAY).packs == ()
    assert [pack.code for pack in reads.rules_for(tree.subsidiary, TODAY).packs] == ["mengyin-2017-21"]


def test_adopted_lists_who_adopted(tree, adopt):
    adopt(tree.county)
    adopt(tree.group)
    (row,) = reads.adopted(tree.group, TODAY)
    assert (row.unit, row.inherited) == (tree.county, True)


def test_dropping_ends_it_from_today(tree, adopt, now):
    adopt(tree.county)
    later = now + timedelta(days=10)
    acts.drop(unit=tree.county, pack_code="mengyin-2017-21", by=SYSTEM, at=later)
    assert reads.rules_for(tree.county, later.date() - timedelta(days=1)).packs
    assert not reads.rules_for(tree.county, later.date()).packs


def test_refusals_of_adoption(tree, adopt, now):
    adopt(tree.county)
    with pytest.raises(Refused, match="已经采用"):
        adopt(tree.county)
    with pytest.raises(Refused, match="由测试县总工会采用"):
        acts.drop(unit=tree.group, pack_code="mengyin-2017-21", by=SYSTEM, at=now)
    for code in ("house", "nothing"):
        with pytest.raises(Invalid):
            adopt(tree.county, code)
    with pytest.raises(Invalid):
        acts.drop(unit=tree.other, pack_code="second", by=SYSTEM, at=now)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (("chair", "group"), True),
        (("chair", "subsidiary"), True),  # packs reach below
        (("chair", "county"), False),
        (("chair", "other"), False),
        (("officer", "group"), False),
        (("management_head", "group"), False),
        (("system_admin", "group"), False),
    ],
)
def test_who_may_adopt_and_set(tree, make_post, now, who, allowed):
    role, place = who
    by = acting_as(make_post(tree.group, role), TODAY)
    unit = getattr(tree, place)
    calls = [
        lambda: acts.adopt(unit=unit, pack_code="mengyin-2017-21", by=by, at=now),
        lambda: acts.set_house_rules(unit=unit, changes={"counts": {"returns_allowed": 1}}, by=by, at=now),
        lambda: acts.drop(unit=unit, pack_code="mengyin-2017-21", by=by, at=now),
    ]
    for call in calls:
        if allowed:
            call()
        else:
            with pytest.raises(NotYours):
                call()


# --- several packs at once ---


@pytest.mark.clause("MY-3.2.4a")
def test_of_several_packs_the_earliest_date_counts(tree, adopt, second_pack):
    adopt(tree.county)
    adopt(tree.group, "second")
    rules, calendar = reads.rules_for(tree.subsidiary, TODAY), reads.calendar()
    found, clock = rules.due("report", date(2026, 11, 17), calendar)  # Tue: 2 working days Thu 19, 3 days Fri 20
    assert (found.on, clock.clause.number) == (date(2026, 11, 19), "测会发〔2020〕1号")
    found, clock = rules.due("report", date(2026, 2, 14), calendar)  # before the long holiday: 02-25 against 02-24
    assert (found.on, clock.clause.number) == (date(2026, 2, 24), "蒙会发〔2017〕21号")
    assert len(rules.clocks("report")) == 2


def test_time_given_to_workers_is_the_longest(tree, adopt, second_pack, set_rules):
    adopt(tree.group, "second")
    set_rules(tree.group, clocks={"survey": {"days": 30, "kind": "calendar"}})
    rules = reads.rules_for(tree.subsidiary, TODAY)
    assert rules.clock("survey").rule.days == 30
    assert rules.due("survey", TODAY, reads.calendar())[0].on == TODAY + timedelta(days=30)
    with pytest.raises(Invalid) as error:
        set_rules(tree.subsidiary, clocks={"survey": {"days": 25}})
    assert "不能缩短" in error.value.fields["clocks.survey"]


def test_counts_the_strictest(tree, adopt, second_pack):
    adopt(tree.county, "second")
    rules = reads.rules_for(tree.group, TODAY)
    assert (rules.count("returns_allowed").value, rules.count("small_cell").value) == (1, 10)
    assert rules.count("returns_allowed").clause.id == "T-3"


def test_the_nearest_unit_chooses_what_people_choose_from(tree, adopt, second_pack, set_rules):
    adopt(tree.county)
    adopt(tree.group, "second")
    rules = reads.rules_for(tree.subsidiary, TODAY)
    assert rules.scale().code == "two", "the nearest adopted pack, as long as nobody chooses"
    assert [category.code for category in rules.categories(parent="")] == ["rights", "life"]
    set_rules(tree.subsidiary, choose={"scales": "mengyin-2017-21", "categories": "mengyin-2017-21"})
    rules = reads.rules_for(tree.subsidiary, TODAY)
    assert rules.scale().code == "four"
    assert [category.code for category in rules.categories(parent="")] == ["rights", "suggestion", "notice", "other"]
    assert reads.rules_for(tree.group, TODAY).scale().code == "two"
    with pytest.raises(Invalid):
        set_rules(tree.other, choose={"scales": "second"})


# --- house rules ---


@pytest.mark.clause("MY-3.2.5b")
def test_a_unit_chooses_its_scale(tree, adopt, set_rules):
    adopt(tree.county)
    set_rules(tree.group, scale="three")
    rules = reads.rules_for(tree.subsidiary, TODAY)
    assert [grade.code for grade in rules.scale().grades] == ["satisfied", "basic", "unsatisfied"]
    assert reads.rules_for(tree.county, TODAY).grade("very_satisfied").counts_as == "satisfied"
    with pytest.raises(KeyError):
        rules.grade("very_satisfied")
    with pytest.raises(Invalid):
        set_rules(tree.group, scale="five")


@pytest.mark.clause("MY-2.3", "MY-3.2.4a")
@pytest.mark.parametrize(
    ("limit", "allowed"),
    [
        ({"days": 3}, True),
        ({"days": 2}, True),
        ({"days": 1, "kind": "working"}, True),  # one working day is never later than one rolled calendar day
        ({"days": 2, "roll": False}, True),
        ({"days": 4}, False),
        ({"days": 30}, False),
        ({"days": 3, "kind": "working"}, False),
        ({"days": 2, "kind": "working"}, False),  # later across a long holiday
    ],
)
def test_a_document_can_be_tightened_not_loosened(tree, adopt, set_rules, limit, allowed):
    adopt(tree.county)
    if allowed:
        set_rules(tree.group, clocks={"report": limit})
        clock = reads.rules_for(tree.subsidiary, TODAY).clock("report")
        assert clock.rule.days == limit["days"]
        return
    with pytest.raises(Invalid) as error:
        set_rules(tree.group, clocks={"report": limit})
    message = error.value.fields["clocks.report"]
    assert "不能放宽" in message
    assert "蒙会发〔2017〕21号 三(二)4" in message
    assert "测试县总工会" in message


@pytest.mark.clause("MY-2.3")
def test_house_rules_inherit_and_only_tighten(tree, set_rules):
    set_rules(tree.group, clocks={"accept": {"days": 3, "kind": "working"}}, counts={"returns_allowed": 1})
    assert reads.rules_for(tree.group, TODAY).clock("accept").rule.days == 3, "a starting value may be set either way"
    below = reads.rules_for(tree.subsidiary, TODAY)
    assert (below.clock("accept").rule.days, below.count("returns_allowed").value) == (3, 1)
    assert below.clock("accept").clause.badge == "测试集团工会细则 受理"
    with pytest.raises(Invalid) as error:
        set_rules(tree.subsidiary, clocks={"accept": {"days": 4, "kind": "working"}}, counts={"returns_allowed": 2})
    assert set(error.value.fields) == {"clocks.accept", "counts.returns_allowed"}
    assert all("测试集团工会细则" in message for message in error.value.fields.values())
    set_rules(tree.subsidiary, clocks={"accept": {"days": 1, "kind": "working"}})
    assert reads.rules_for(tree.subsidiary, TODAY).clock("accept").rule.days == 1
    assert reads.rules_for(tree.group, TODAY).clock("accept").rule.days == 3


def test_an_upper_unit_that_tightens_later_wins(tree, set_rules):
    set_rules(tree.subsidiary, clocks={"accept": {"days": 5, "kind": "working"}}, counts={"small_cell": 6})
    set_rules(tree.group, clocks={"accept": {"days": 1, "kind": "working"}}, counts={"small_cell": 8})
    rules = reads.rules_for(tree.subsidiary, TODAY)
    assert rules.due("accept", TODAY, reads.calendar())[0].on == date(2026, 11, 23)
    assert rules.count("small_cell").value == 8


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clocks": {"accept": {"days": 0}}}, "clocks.accept"),
        ({"clocks": {"accept": {"days": 16}}}, "clocks.accept"),
        ({"clocks": {"accept": {"days": True}}}, "clocks.accept"),
        ({"clocks": {"accept": {"days": 1, "kind": "lunar"}}}, "clocks.accept"),
        ({"clocks": {"accept": {"days": 1, "why": "x"}}}, "clocks.accept"),
        ({"clocks": {"accept": 3}}, "clocks.accept"),
        ({"clocks": {"supplement": {"days": 2}}}, "clocks.supplement"),
        ({"clocks": {"nothing": {"days": 2}}}, "clocks.nothing"),
        ({"counts": {"small_cell": 4}}, "counts.small_cell"),
        ({"counts": {"returns_allowed": 6}}, "counts.returns_allowed"),
        ({"counts": {"returns_allowed": "1"}}, "counts.returns_allowed"),
        ({"counts": {"nothing": 1}}, "counts.nothing"),
        ({"categories": {"rights": False}}, "categories.rights"),
        ({"categories": {"Wages!": {"label": "工资", "parent": "rights"}}}, "categories.Wages!"),
        ({"categories": {"new": {"label": "", "parent": "rights"}}}, "categories.new"),
        ({"categories": {"new": {"label": "工资报酬", "parent": "rights"}}}, "categories.new"),
        ({"categories": {"new": {"label": "新", "parent": "wages"}}}, "categories.new"),
        ({"categories": {"nothing": True}}, "categories.nothing"),
        ({"channels": {"pigeon": True}}, "channels.pigeon"),
        ({"channels": {"phone": "no"}}, "channels.phone"),
        ({"channels": dict.fromkeys(("talk", "phone", "relay", "online", "letter", "visit"), False)}, "channels"),
        ({"choose": {"clocks": "second"}}, "choose.clocks"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_house_rules_are_named(tree, set_rules, changes, field):
    with pytest.raises(Invalid) as error:
        set_rules(tree.group, **changes)
    assert set(error.value.fields) == {field}
    assert not Pack.objects.filter(unit=tree.group).exists()


@pytest.mark.clause("MY-2.3", "MY-3.1", "MY-3.2.1")
def test_own_categories_and_channels(tree, adopt, set_rules):
    adopt(tree.county)
    set_rules(
        tree.group,
        categories={"dormitory": {"label": "宿舍", "parent": "rights"}, "living": False},
        channels={"microblog": True, "qq": False},
    )
    rules = reads.rules_for(tree.subsidiary, TODAY)
    assert rules.category("dormitory").has_worker
    assert rules.category("dormitory").clause.badge == "测试集团工会细则 类别"
    assert "living" not in [category.code for category in rules.categories()]
    opened = {channel.code for channel in rules.channels()}
    assert "microblog" in opened
    assert "qq" not in opened
    assert {"letter", "visit"} <= opened
    assert rules.channel("wechat").box == "online"
    assert not rules.category("operations").has_worker, "what management tells has no worker behind it"
    for changes in ({"categories": {"dormitory": False}}, {"channels": {"microblog": False}}):
        with pytest.raises(Invalid):
            set_rules(tree.subsidiary, **changes)


def test_taking_back_and_changing_nothing(tree, set_rules):
    first = set_rules(tree.group, counts={"returns_allowed": 1}, scale="three")
    assert set_rules(tree.group, counts={"returns_allowed": 1}) == first
    second = set_rules(tree.group, counts={"returns_allowed": None})
    assert (first.version, second.version) == (1, 2)
    rules = reads.rules_for(tree.group, TODAY)
    assert (rules.count("returns_allowed").value, rules.scale().code) == (2, "three")
    assert reads.house_rules(tree.group, TODAY) == {"scale": "three"}
    assert set_rules(tree.other) is None


def test_yesterday_keeps_its_rules(tree, now, set_rules):
    set_rules(tree.group, counts={"returns_allowed": 1})
    later = now + timedelta(days=5)
    acts.set_house_rules(unit=tree.group, changes={"counts": {"returns_allowed": 0}}, by=SYSTEM, at=later)
    assert reads.rules_for(tree.group, TODAY).count("returns_allowed").value == 1
    assert reads.rules_for(tree.group, later.date()).count("returns_allowed").value == 0


# --- never_later ---


@pytest.mark.parametrize(
    "one", [Rule(n, kind, roll) for n in (1, 2, 3, 9) for kind in DayKind for roll in (False, True)]
)
def test_never_later_is_true_of_every_start(prepared, one):
    """Wherever the rule says "never later", six years of real calendars agree."""
    calendar = reads.calendar()
    others = [Rule(n, kind, roll) for n in (1, 2, 3) for kind in DayKind for roll in (False, True)]
    others = [other for other in others if never_later(one, other)]
    for offset in range(366 * 3):
        start = date(2024, 1, 1) + timedelta(days=offset)
        mine = due(start, one, calendar).on
        assert all(mine <= due(start, other, calendar).on for other in others)


# --- what a case keeps ---


@pytest.mark.clause("MY-3.2.4a")
def test_a_snapshot_is_kept_when_rules_change(tree, adopt, set_rules, now):
    adopt(tree.county)
    kept = acts.snapshot(unit=tree.group, at=now)
    assert acts.snapshot(unit=tree.subsidiary, at=now) == kept, "equal rules, one row"
    set_rules(tree.group, clocks={"report": {"days": 1}})
    fresh = acts.snapshot(unit=tree.group, at=now)
    assert fresh != kept
    assert reads.rules_kept(kept.pk).clock("report").rule.days == 3
    assert reads.rules_kept(fresh.pk).clock("report").rule.days == 1
    assert Snapshot.objects.count() == 2


def test_rules_round_trip_through_json(tree, adopt, second_pack, set_rules):
    adopt(tree.county)
    adopt(tree.group, "second")
    set_rules(tree.group, clocks={"report": {"days": 1}}, categories={"z": {"label": "丙", "parent": "rights"}})
    rules = reads.rules_for(tree.group, TODAY)
    again = Rules.from_body(json.loads(json.dumps(rules.body())))
    assert again == rules
    assert [again.clock(code) for code in again.clock_codes()] == [rules.clock(code) for code in rules.clock_codes()]
    assert (again.categories(), again.channels(), again.scales()) == (
        rules.categories(),
        rules.channels(),
        rules.scales(),
    )
    assert (again.forms(), again.phases(), again.duties()) == (rules.forms(), rules.phases(), rules.duties())


def test_accessors_of_the_document(tree, adopt):
    adopt(tree.county)
    rules = reads.rules_for(tree.group, TODAY)
    assert [seat.label for seat in rules.seats("consultation") if seat.chairs] == ["工会负责人"]
    assert [duty.code for duty in rules.duties()] == [
        "meeting_each_quarter", "report_in_time", "tell_in_time", "survey_of_every_case", "survey_signed", "ledger_complete",
        "report_to_party",
    ]  # fmt: skip
    assert rules.needs("item").label_of("person") == "具体人员"
    assert rules.form("record").label == "职工诉求记录表"
    assert rules.text("spoken_for").clause.id == "MY-3.2.3d"
    assert rules.clause("MY-3.2.5b").at == "三(二)5 与附件4"
    assert rules.clause("MY-3.2.3a").kind == "duty"
    assert len(rules.phases()) == 6
    with pytest.raises(KeyError):
        rules.clock("nothing")
    with pytest.raises(KeyError):
        rules.form("nothing")


def test_how_a_date_was_computed_names_the_clause(tree, adopt):
    adopt(tree.county)
    found, clock = reads.rules_for(tree.group, TODAY).due("report", date(2026, 11, 17), reads.calendar())
    assert clock.explain(found) == (
        "11月17日办结，当日不计；自然日 3 天，末日 11月20日 是工作日，不顺延。依据：蒙会发〔2017〕21号 三(二)4。"
    )


# --- versions, trail, queries ---


def test_a_changed_file_moves_adopters_on_and_leaves_the_past(tree, adopt, now, monkeypatch):
    adopt(tree.county)
    old = Pack.objects.get(code="mengyin-2017-21")
    from huying.mechanism import pack_file

    original = pack_file.read_shipped

    def changed(path):
        body = original(path)
        if body["pack"] != "mengyin-2017-21":
            return body
        clocks = [{**clock, "days": 2} if clock["code"] == "report" else clock for clock in body["clocks"]]
        return {**body, "clocks": clocks}

    later = now + timedelta(days=3)
    monkeypatch.setattr(pack_file, "read_shipped", changed)
    (fresh,) = acts.load_shipped(by=SYSTEM, at=later)
    assert fresh.version == old.version + 1
    assert acts.load_shipped(by=SYSTEM, at=later) == []
    assert reads.rules_for(tree.group, TODAY).clock("report").rule.days == 3
    assert reads.rules_for(tree.group, later.date()).clock("report").rule.days == 2
    assert [pack.version for pack in reads.shipped_packs() if pack.code == fresh.code] == [2]


def test_everything_is_on_the_trail(tree, adopt, set_rules, now):
    from huying.trail.reads import entries, verify

    adopt(tree.county)
    set_rules(tree.county, counts={"returns_allowed": 1})
    set_rules(tree.county, counts={"returns_allowed": 0})
    acts.drop(unit=tree.county, pack_code="mengyin-2017-21", by=SYSTEM, at=now)
    said = [entry.act for entry in entries(tree.county.pk)]
    assert said == ["pack.adopted", "house_rules.set", "house_rules.set", "pack.dropped"]
    assert {entry.act for entry in entries(acts.INSTALLATION)} == {"pack.loaded", "calendar.seeded"}
    assert verify() == []


def test_queries_are_constant(tree, adopt, second_pack, set_rules, django_assert_num_queries):
    adopt(tree.county)
    adopt(tree.group, "second")
    set_rules(tree.group, counts={"returns_allowed": 1})
    reads.rules_for(tree.subsidiary, TODAY)
    with django_assert_num_queries(2):
        reads.rules_for(tree.subsidiary, TODAY)
    reads.calendar()
    with django_assert_num_queries(1):
        reads.calendar()


def test_one_open_adoption_of_a_pack(tree, adopt):
    from django.db import IntegrityError, transaction

    adoption = adopt(tree.county)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adoption.objects.create(unit=tree.county, pack=adoption.pack, code=adoption.code, from_day=TODAY)


def test_unprepared_installation_says_what_to_do(db, make_unit):
    with pytest.raises(Refused, match="huying init"):
        reads.rules_for(make_unit(), TODAY)

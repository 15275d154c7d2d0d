"""Work records: written once, sealed, amended, taken back; who went; what becomes of what was heard."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from huying.cases.models import Case
from huying.cases.rules import Concerns
from huying.fieldwork import acts, reads
from huying.fieldwork.models import Record
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.kernel.forgetting import Gone, forget_everywhere
from huying.mechanism.reads import rules_for
from huying.notices.models import Notice
from huying.org.models import Role
from huying.trail.models import Entry
from tests.factories import world as make
from tests.factories.org import make_person, make_post
from tests.fieldwork.records import adopt, day, deed, written

ALL = ("baoding-studio", "shaanxi-2012-38", "pingdingshan-2013")


def clause_of(world, kind: str) -> str:
    return rules_for(world.plant, world.now.date()).record(kind).clause.id


@pytest.mark.clause("BD-4.2")
def test_a_visit_to_the_workshop_is_written_down(world):
    adopt(world, "baoding-studio")
    record = written(world, promised="问车队。", done="记下了十一个人的班次。")
    assert clause_of(world, "visit") == "BD-4.2"
    assert reads.words_of(record).heard == "夜班末班车提前，下班赶不上。"
    assert "末班车" not in bytes(record.sealed).decode(errors="ignore")
    assert [one.person.name for one in record.people.all()] == ["李慧敏"]
    assert record.visited is None  # the own workshop: nobody is asked
    entry = Entry.objects.get(act="record.write")
    assert (entry.chain, entry.data) == (world.plant.pk, {"kind": "visit", "minutes": 180})


@pytest.mark.clause("BD-4.2", "PD-5.3")
@pytest.mark.parametrize("pack", ["baoding-studio", "pingdingshan-2013"])
def test_a_visit_says_where_and_something(world, pack):
    adopt(world, pack)
    expected = {"baoding-studio": "BD-4.2", "pingdingshan-2013": "PD-5.3"}
    assert clause_of(world, "visit") == expected[pack]
    for given, field in (
        ({"place": None}, "place"),
        ({"heard": " "}, "heard"),
        ({"on": world.now.date() + timedelta(days=1)}, "on"),
        ({"until": day(world, 2)}, "until"),
        ({"on": day(world, 60), "until": day(world, 1)}, "until"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"kind": "holiday"}, "kind"),
        ({"people": []}, "people"),
        ({"people": [world.posts["manager"]]}, "people"),
        ({"people": [world.posts["foreign"]]}, "people"),
    ):
        with pytest.raises(Invalid) as refused:
            written(world, **given)
        assert field in refused.value.fields
    assert not Record.objects.exists()


def test_only_the_office_of_the_union_writes(world):
    for name in ("manager", "handler", "liaison", "foreign", "delegate", "system"):
        with pytest.raises(NotYours):
            acts.write_record(
                union=world.plant, deed=deed(world), people=[world.posts["officer"]], by=world.as_(name), at=world.now
            )


FIELDS = [
    pytest.param("service", "service", "四季", {"service": "policy"}, marks=pytest.mark.clause("BD-4.1")),
    pytest.param("screening", "scope", "yearly", {"scope": "special"}, marks=pytest.mark.clause("BD-4.5")),
    pytest.param("screening", "scope", "", {"scope": "key_period"}, marks=pytest.mark.clause("BD-4.5")),
    pytest.param("opinion_forms", "handed_out", "", None, marks=pytest.mark.clause("BD-4.3a")),
    pytest.param("opinion_forms", "returned", "很多", None, marks=pytest.mark.clause("BD-4.3a")),
    pytest.param("stationing", "form", "", {"form": "squatting"}, marks=pytest.mark.clause("SX-15")),
    pytest.param("stationing", "form", "", {"form": "point"}, marks=pytest.mark.clause("SX-15")),
    pytest.param("enterprise_survey", "kind", "large", None, marks=pytest.mark.clause("SX-3")),
    pytest.param("enterprise_survey", "operation", "", None, marks=pytest.mark.clause("SX-3")),
    pytest.param("research", "topic", "", None, marks=pytest.mark.clause("SX-11")),
    pytest.param("joint_meeting", "parties", "", None, marks=pytest.mark.clause("SX-16")),
    pytest.param("joint_meeting", "settled", "", None, marks=pytest.mark.clause("SX-16")),
    pytest.param("tripartite", "parties", "", None, marks=pytest.mark.clause("SX-16")),
    pytest.param("tripartite", "settled", "", None, marks=pytest.mark.clause("SX-16")),
]


@pytest.mark.parametrize(("kind", "field", "wrong", "right"), FIELDS)
def test_each_kind_asks_for_its_own(world, kind, field, wrong, right):
    from tests.fieldwork.records import OWN

    adopt(world, *ALL[:2])
    own = OWN[kind]
    with pytest.raises(Invalid) as refused:
        written(world, kind, fields={**own, field: wrong})
    assert f"own_{field}" in refused.value.fields
    assert written(world, kind, fields={**own, **(right or {})})


KINDS = [
    pytest.param("service", "BD-4.1", marks=pytest.mark.clause("BD-4.1")),
    pytest.param("invited_talk", "BD-4.4b", marks=pytest.mark.clause("BD-4.4b")),
    pytest.param("screening", "BD-4.5", marks=pytest.mark.clause("BD-4.5")),
    pytest.param("enterprise_survey", "SX-3", marks=pytest.mark.clause("SX-3")),
    pytest.param("case_taken_down", "SX-10", marks=pytest.mark.clause("SX-10")),
    pytest.param("reception", "SX-10", marks=pytest.mark.clause("SX-10")),
    pytest.param("invited_talk", "SX-10", marks=pytest.mark.clause("SX-10")),
    pytest.param("visit", "SX-8b", marks=pytest.mark.clause("SX-8b")),
    pytest.param("household_visit", "SX-8a", marks=pytest.mark.clause("SX-8a")),
    pytest.param("stationing", "SX-15", marks=pytest.mark.clause("SX-15")),
    pytest.param("stationing", "BD-6.2", marks=pytest.mark.clause("BD-6.2")),
    pytest.param("opinion_forms", "BD-4.3a", marks=pytest.mark.clause("BD-4.3a")),
    pytest.param("research", "SX-11", marks=pytest.mark.clause("SX-11")),
    pytest.param("joint_meeting", "SX-16", marks=pytest.mark.clause("SX-16")),
    pytest.param("tripartite", "SX-16", marks=pytest.mark.clause("SX-16")),
    pytest.param("talk", "PD-5.2.2", marks=pytest.mark.clause("PD-5.2.2")),
    pytest.param("visit", "PD-5.3", marks=pytest.mark.clause("PD-5.3")),
]
PACK = {"BD": "baoding-studio", "SX": "shaanxi-2012-38", "PD": "pingdingshan-2013", "QD": "qingdao-2020"}


@pytest.mark.parametrize(("kind", "clause"), KINDS)
def test_what_each_document_has_written_down(world, kind, clause):
    adopt(world, PACK[clause[:2]])
    record = written(world, kind)
    assert clause_of(world, kind) == clause
    assert reads.kinds_of(record.union, world.now.date())[kind].clause.id == clause


@pytest.mark.clause("BD-4.1")
def test_services_the_document_names(world):
    adopt(world, "baoding-studio")
    rules = rules_for(world.plant, world.now.date())
    for code in ("policy", "counselling", "rights", "medical", "schooling", "insurance"):
        record = written(world, "service", fields={"service": code}, place=None)
        assert rules.options("services").label_of(record.figures["service"]) != code


@pytest.mark.clause("BD-4.5")
def test_screenings_the_document_names(world):
    adopt(world, "baoding-studio")
    for code in ("daily", "special", "key_period"):
        assert written(world, "screening", fields={"scope": code}).figures == {"scope": code}
    assert rules_for(world.plant, world.now.date()).options("screenings").clause.id == "BD-4.5"


@pytest.mark.clause("SX-3")
def test_enterprises_the_document_names(world):
    adopt(world, "shaanxi-2012-38")
    assert rules_for(world.plant, world.now.date()).options("enterprise_kinds").clause.id == "SX-3"
    for code in ("small", "private", "restructured", "in_difficulty", "labour_intensive"):
        record = written(
            world, "enterprise_survey", fields={"kind": code, "operation": "平稳", "difficulties": "缺订单"}
        )
        assert (record.figures, reads.words_of(record).texts) == (
            {"kind": code}, {"operation": "平稳", "difficulties": "缺订单"},
        )  # fmt: skip


@pytest.mark.clause("QD-4.2")
def test_a_survey_says_with_whom_and_how_it_runs(world):
    adopt(world, "qingdao-2020")
    assert clause_of(world, "enterprise_survey") == "QD-4.2"
    for lacking in ("team", "operation"):
        own = {"team": "工信局、街道", "operation": "平稳", "difficulties": "缺人"}
        with pytest.raises(Invalid) as refused:
            written(world, "enterprise_survey", who="upper", place=world.plant, fields={**own, lacking: ""})
        assert f"own_{lacking}" in refused.value.fields
    for lacking in ("workers_met", "managers_met"):  # face to face with both sides
        met = {"workers_met": 6, "managers_met": 2, lacking: 0}
        with pytest.raises(Invalid) as refused:
            written(world, "enterprise_survey", who="upper", place=world.plant, fields=own, **met)
        assert list(refused.value.fields) == [lacking]
    record = written(world, "enterprise_survey", who="upper", place=world.plant, managers_met=2, fields=own)
    assert dict(reads.words_of(record).texts) == own
    assert (record.workers_met, record.managers_met) == (6, 2)


def test_what_is_sent_twice_is_one_record(world):
    mark = uuid4()
    first = written(world, mark=mark)
    again = written(world, mark=mark, heard="又写了一遍")
    assert (again.pk, Record.objects.count()) == (first.pk, 1)
    assert written(world, mark=mark, who="second").pk != first.pk  # another person's phone


def test_a_phone_in_the_field_is_not_late_and_one_from_the_future_not_believed(world):
    adopt(world, "baoding-studio")
    rules = rules_for(world.plant, world.now.date())
    late = rules.count("record_late_days").value
    kept = written(world, on=day(world, 9), written_at=world.now - timedelta(days=8))
    assert not reads.late_of(kept, late)
    ahead = written(world, on=day(world, 9), written_at=world.now + timedelta(days=2))
    assert ahead.written_at == world.now
    assert reads.late_of(ahead, late)


def test_amending_keeps_what_was_changed_in_the_trail(world):
    record = written(world)
    acts.amend_record(
        record_id=record.pk, deed=deed(world, heard="听错了：是早班车。", minutes=240),
        people=[world.posts["officer"], world.posts["second"]], leader=world.posts["second"].pk, version=1,
        by=world.as_("second"), at=world.now,
    )  # fmt: skip
    record.refresh_from_db()
    assert (record.minutes, record.version) == (240, 2)
    assert Entry.objects.get(act="record.amend").data == {"changed": ["heard", "minutes"]}
    assert {one.person.name for one in record.people.filter(leads=True)} == {"周明远"}
    with pytest.raises(Stale):
        acts.amend_record(
            record_id=record.pk, deed=deed(world), people=[world.posts["officer"]], version=1, by=world.as_("officer"),
            at=world.now,
        )  # fmt: skip


def test_taking_a_record_back_says_why_and_it_counts_nowhere(world):
    record = written(world)
    with pytest.raises(Invalid):
        acts.withdraw_record(record_id=record.pk, reason=" ", by=world.as_("officer"), at=world.now)
    with pytest.raises(NotYours):
        acts.withdraw_record(record_id=record.pk, reason="记重了", by=world.as_("upper"), at=world.now)
    acts.withdraw_record(record_id=record.pk, reason="记重了", by=world.as_("officer"), at=world.now)
    assert not reads.selected(world.as_("officer"), reads.Chosen()).exists()
    assert reads.selected(world.as_("officer"), reads.Chosen(withdrawn=True)).get() == record
    with pytest.raises(Refused):
        acts.withdraw_record(record_id=record.pk, reason="再来", by=world.as_("officer"), at=world.now)


def test_who_knows_of_a_record_and_who_reads_it(world):
    record = written(world)
    known = {name for name in world.posts if reads.selected(world.as_(name), reads.Chosen()).exists()}
    assert known == {"officer", "second", "chair", "upper"}
    opened = {name for name in known if reads.opens(world.as_(name), record)}
    assert opened == {"officer", "second", "chair"}  # the union above sees that it was done, not what was heard


def test_the_own_record_stays_ones_own_unless_one_goes_over_to_the_employer(world):
    person = make_person(world.plant, "彭越")
    post = make_post(world.plant, Role.OFFICER, person=person)
    world.posts["gone"] = post
    record = written(world, who="gone")
    post.ends_on = day(world, 1)
    post.save()
    make_post(world.other, Role.OFFICER, person=person)
    world.posts["gone"] = person.posts.get(unit=world.other)
    assert reads.get_record(world.as_("gone"), record.pk)
    world.posts["gone"] = make_post(world.plant, Role.MANAGEMENT_HEAD, person=person)
    with pytest.raises(NotYours):
        reads.get_record(world.as_("gone"), record.pk)


# --- cases --------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.2", "PD-5.2.2")
def test_one_tap_makes_a_case_that_keeps_where_it_comes_from(world):
    adopt(world, "baoding-studio", "pingdingshan-2013")
    record = written(world, "talk", place=world.shop)
    received = acts.bear_case(
        record_id=record.pk, voice=make.voice(words="末班车提前了。"), concerns=Concerns(), once="o" * 20,
        by=world.as_("officer"), at=world.now,
    )  # fmt: skip
    case = received.case
    assert (case.place, case.channel, case.channel_note) == (world.shop, "talk", f"谈心谈话{record.on:%m-%d}")
    assert case.received_at.date() == record.on
    assert case.parties.get().secrecy == "sealed"
    assert record.cases.get().born
    assert reads.cases_of(world.as_("officer"), [record])[record.pk][0].case == case
    with pytest.raises(Refused):
        acts.part_case(record_id=record.pk, case_id=case.pk, by=world.as_("officer"), at=world.now)


def test_what_came_of_a_visit_is_kept_from_whom_it_names(world):
    """The record itself disappears for the chair whom the case concerns, and so do counts."""
    record = written(world)
    acts.bear_case(
        record_id=record.pk, voice=make.voice(words="主席克扣补贴。"), concerns=Concerns(chair=True), once="c" * 20,
        by=world.as_("officer"), at=world.now,
    )  # fmt: skip
    assert not reads.selected(world.as_("chair"), reads.Chosen()).exists()
    assert reads.selected(world.as_("second"), reads.Chosen()).exists()
    with pytest.raises(NotYours):
        acts.withdraw_record(record_id=record.pk, reason="不要了", by=world.as_("chair"), at=world.now)


@pytest.mark.clause("SX-10")
def test_a_case_is_taken_down_to_where_it_comes_from(world):
    adopt(world, "shaanxi-2012-38")
    case = make.accepted(world)
    record = written(world, "case_taken_down", case_ids=[case.pk])
    assert [link.case for link in record.cases.all()] == [case]
    with pytest.raises(Refused):
        acts.join_case(record_id=record.pk, case_id=case.pk, by=world.as_("officer"), at=world.now)
    acts.part_case(record_id=record.pk, case_id=case.pk, by=world.as_("officer"), at=world.now)
    assert not record.cases.exists()
    foreign = make.said(world, place=world.other)
    with pytest.raises(NotYours):
        acts.join_case(record_id=record.pk, case_id=foreign.pk, by=world.as_("officer"), at=world.now)
    with pytest.raises(NotYours):
        written(world, "case_taken_down", case_ids=[foreign.pk])


# --- who was there --------------------------------------------------------------------------------------------------------


def test_the_unit_visited_is_asked_and_answers(world):
    record = written(world, who="upper")
    assert (record.visited, record.presence) == (world.plant, "asked")
    told = {notice.recipient.name: notice.title for notice in Notice.objects.filter(kind="record.asked")}
    assert set(told) == {"李慧敏", "周明远", "郑卫国"}
    assert set(told.values()) == {"请确认 11月19日的来访"}
    assert reads.waiting(world.as_("officer")).get() == record
    for name in ("upper", "foreign", "manager", "liaison"):
        with pytest.raises(NotYours):
            acts.confirm_presence(record_id=record.pk, by=world.as_(name), at=world.now)
    acts.confirm_presence(record_id=record.pk, by=world.as_("second"), at=world.now)
    record.refresh_from_db()
    assert (record.presence, record.presence_by) == ("confirmed", world.posts["second"])
    with pytest.raises(Refused):
        acts.deny_presence(record_id=record.pk, text="没来", by=world.as_("second"), at=world.now)


def test_a_visit_that_never_was_is_denied_and_its_union_hears(world):
    record = written(world, who="upper")
    with pytest.raises(Invalid):
        acts.deny_presence(record_id=record.pk, text="", by=world.as_("officer"), at=world.now)
    acts.deny_presence(record_id=record.pk, text="那天停产，没有人来。", by=world.as_("officer"), at=world.now)
    assert Notice.objects.get(kind="record.denied").recipient.name == "高敏"
    acts.confirm_presence(record_id=record.pk, by=world.as_("second"), at=world.now)  # found out later
    record.refresh_from_db()
    assert (record.presence, record.presence_note) == ("confirmed", "")


def test_the_unit_visited_never_reads_the_record(world):
    record = written(world, who="upper")
    for name in ("officer", "second", "chair", "manager", "liaison"):
        assert not Record.objects.visible_to(world.as_(name)).exists()
        with pytest.raises(NotYours):
            reads.get_record(world.as_(name), record.pk)


def test_nobody_is_asked_where_being_there_would_say_too_much(world):
    """A quiet visit, a case that names the chair, one linked later: no list, no notice, no page for the unit visited."""
    quiet = written(world, who="upper", ask=False)
    case = make.accepted(world, concerns=Concerns(chair=True))
    about = written(world, "visit", who="upper", case_ids=[case.pk], on=day(world, 2))
    assert {quiet.presence, about.presence} == {"unasked"}
    assert not Notice.objects.filter(kind="record.asked").exists()
    later = written(world, who="upper", on=day(world, 3))
    acts.join_case(record_id=later.pk, case_id=case.pk, by=world.as_("upper"), at=world.now)
    later.refresh_from_db()
    assert later.presence == "unasked"
    for name in ("officer", "second", "chair"):
        assert not reads.visits(world.as_(name)).exists()


def test_another_day_is_confirmed_anew(world):
    record = written(world, who="upper")
    acts.confirm_presence(record_id=record.pk, by=world.as_("officer"), at=world.now)
    people = [world.posts["upper"]]
    acts.amend_record(
        record_id=record.pk, deed=deed(world, done="补"), people=people, by=world.as_("upper"), at=world.now
    )
    record.refresh_from_db()
    assert record.presence == "confirmed"
    moved = deed(world, on=day(world, 2))
    acts.amend_record(record_id=record.pk, deed=moved, people=people, by=world.as_("upper"), at=world.now)
    record.refresh_from_db()
    assert (record.presence, record.presence_by) == ("asked", None)


# --- what was settled ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-16")
@pytest.mark.parametrize("kind", ["joint_meeting", "tripartite"])
def test_what_was_settled_is_followed_up(world, kind):
    adopt(world, "shaanxi-2012-38")
    record = written(world, kind, who="upper", place=None)
    given = {"record_id": record.pk, "by": world.as_("upper"), "at": world.now}
    point = acts.settle_point(what="每月通报欠薪企业", who="县人社局", due_on=world.now.date(), **given)
    assert list(reads.open_points(world.as_("upper"))) == [point]
    assert not reads.open_points(world.as_("officer")).exists()
    step = {"point_id": point.pk, "by": world.as_("upper"), "at": world.now}
    acts.follow_point(result="名单发来了第一期", done=False, **step)
    acts.follow_point(result="已成制度", done=True, **step)
    point.refresh_from_db()
    assert reads.point_words(record, point) == {"what": "每月通报欠薪企业", "who": "县人社局", "result": "已成制度"}
    assert not reads.open_points(world.as_("upper")).exists()
    with pytest.raises(Refused):
        acts.follow_point(result="再看", done=True, **step)


@pytest.mark.clause("SX-16")
def test_what_was_settled_says_what_and_who(world):
    adopt(world, "shaanxi-2012-38")
    record = written(world, "joint_meeting", who="upper", place=None)
    given = {"record_id": record.pk, "by": world.as_("upper"), "at": world.now}
    for what, who in (("", "县人社局"), ("通报", " "), ("长" * 501, "县人社局")):
        with pytest.raises(Invalid):
            acts.settle_point(what=what, who=who, **given)
    with pytest.raises(Invalid):
        acts.settle_point(what="通报", who="人社局", due_on=day(world, 30), **given)
    with pytest.raises(Refused):
        acts.settle_point(record_id=written(world).pk, what="通报", who="我", by=world.as_("officer"), at=world.now)


# --- beside others, and erased ------------------------------------------------------------------------------------------------


def test_records_that_cannot_both_be_true_are_pointed_out(world):
    first = written(world)
    second = written(world, place=world.plant)
    third = written(world, on=day(world, 5), minutes=1000)
    assert written(world, on=day(world, 5), begins=None, minutes=900)
    found = reads.clashes_of(world.as_("officer"), first)
    assert [(name, clash.kind, others) for name, clash, others in found] == [("李慧敏", "two_places", [second])]
    assert [clash.kind for _, clash, _ in reads.clashes_of(world.as_("officer"), third)] == ["too_long"]
    acts.withdraw_record(record_id=second.pk, reason="记错", by=world.as_("officer"), at=world.now)
    assert not reads.clashes_of(world.as_("officer"), first)


def test_an_erased_person_is_blotted_out_of_sealed_words(world):
    adopt(world, "shaanxi-2012-38")
    case = make.accepted(world)
    record = written(world, case_ids=[case.pk], heard="刘春华说末班车太早。", theme="刘春华的事")
    kept = written(world, heard="刘春华托人带话。")
    gone = Gone(party=uuid4(), key=uuid4(), cases=(case.pk,), words=("刘春华",))
    assert forget_everywhere(gone=gone, by=world.as_("officer"), at=world.now)["fieldwork"] == 2
    record.refresh_from_db()
    assert reads.words_of(record).heard == "〔已清除〕说末班车太早。"
    assert record.theme == "〔已清除〕的事"
    assert "刘春华" in reads.words_of(kept).heard
    assert "刘春华" not in json.dumps(list(Entry.objects.values_list("data", flat=True)), ensure_ascii=False)


@pytest.mark.clause("QD-4.2")
def test_which_enterprises_were_not_visited(world):
    adopt(world, "qingdao-2020")
    upper = world.as_("upper")
    period = (upper, world.county, day(world, 200), world.now.date())
    assert [(unit.name, unit.last) for unit in reads.surveyed(*period)] == [
        (world.plant.name, None), (world.other.name, None),
    ]  # fmt: skip
    own = {"team": "工信局", "operation": "平稳"}
    written(world, "enterprise_survey", who="upper", place=world.shop, managers_met=2, fields=own)
    rows = {unit.pk: (unit.last, unit.times) for unit in reads.surveyed(*period)}
    assert rows == {world.other.pk: (None, 0), world.plant.pk: (day(world, 1), 1)}
    assert reads.surveyed(*period).first() == world.other
    written(world, who="upper", place=world.other)  # a visit is no survey
    assert reads.surveyed(*period).first().last is None


def test_the_own_list_asks_the_database_the_same_however_long(world, django_assert_max_num_queries):
    for number in range(6):
        written(world, on=day(world, number + 1))
    with django_assert_max_num_queries(3):
        rows = list(reads.selected(world.as_("officer"), reads.Chosen()))
        assert len({one.person.name for row in rows for one in row.people.all()}) == 1
    assert Case.objects.count() == 0

"""From registered to accepted or another end: what each step needs, and what it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from huying.cases import acts
from huying.cases.lifecycle import CASE
from huying.cases.models import Case, Clock, Event, Party
from huying.cases.reads import case_of, people_behind, worker_by_receipt
from huying.feedback import acts as feedback
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.trail.models import Entry
from tests.factories import world as make

GIVEN = {
    "content_class": "rights",
    "category": "living",
    "difficulty": "easy",
    "title": "热水",
    "summary": "三楼没有热水。",
}


def accept(world, case, **changes):
    given = {**GIVEN, "officer": world.posts["officer"], "by": world.as_("officer"), "at": world.now, **changes}
    return acts.accept(case_id=case.pk, **given)


@pytest.mark.clause("MY-3.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"content_class": ""}, {"content_class": "nonsense"}, {"category": "production"}, {"category": ""},
        {"difficulty": ""}, {"title": " "}, {"summary": ""}, {"title": "长" * 61},
    ],
)  # fmt: skip
def test_accepting_needs_class_category_difficulty_and_summary(world, changes):
    case = make.said(world)
    with pytest.raises(Invalid):
        accept(world, case, **changes)
    case.refresh_from_db()
    assert case.status == "registered"


def test_only_an_office_of_the_union_answers_for_a_case(world):
    case = make.said(world)
    for name in ("handler", "manager", "foreign", "upper"):
        with pytest.raises(Invalid):
            accept(world, case, officer=world.posts[name])


@pytest.mark.parametrize("name", ["handler", "manager", "liaison", "foreign", "system", "audit"])
def test_others_may_not_accept(world, name):
    case = make.said(world)
    with pytest.raises(NotYours):
        accept(world, case, by=world.as_(name))


@pytest.mark.clause("MY-3.2.1")
def test_registering_starts_the_acceptance_clock_at_arrival(world):
    friday, monday = world.now, world.now + timedelta(days=3)
    case = make.said(world, at=monday, received_at=friday, channel="talk")
    clock = case.clocks.get()
    assert (clock.code, clock.start_day.isoformat(), clock.due_on.isoformat()) == ("accept", "2026-11-20", "2026-11-24")
    assert case.received_at < case.registered_at


def test_a_matter_cannot_arrive_tomorrow(world):
    with pytest.raises(Invalid):
        make.said(world, received_at=world.now + timedelta(days=1))


@pytest.mark.clause("MY-3.2.4c")
def test_declining_gives_a_reason_and_another_way(world):
    voice = make.voice()
    case = make.said(world, voice)
    with pytest.raises(Invalid):
        acts.decline(case_id=case.pk, reason="不归工会", other_way="", by=world.as_("officer"), at=world.now)
    acts.decline(case_id=case.pk, reason="不归工会", other_way="请拨打 12333", by=world.as_("officer"), at=world.now)
    event = Event.objects.get(case=case, act="decline")
    assert "12333" in event.worker_text
    assert not Clock.objects.filter(case=case, stopped_at__isnull=True).exists()


def test_asking_pauses_acceptance_and_the_answer_resumes_it(world):
    voice = make.voice()
    case = make.said(world, voice)
    acts.ask(case_id=case.pk, question="哪个宿舍？", by=world.as_("officer"), at=world.now)
    clock = Clock.objects.get(case=case, code="accept")
    assert clock.paused_on == world.now.date()
    later = world.now + timedelta(days=7)
    acts.supplement(case_id=case.pk, text="三号楼。", by=worker_by_receipt(voice.receipt), at=later)
    clock.refresh_from_db()
    assert clock.paused_on is None
    assert clock.due_on.isoformat() == "2026-11-30"
    assert [change.kind for change in clock.changes.order_by("asked_at")] == ["pause", "resume"]


def test_spam_keeps_its_number_and_can_be_taken_back(world):
    case = make.said(world)
    acts.mark_spam(case_id=case.pk, reason="广告", by=world.as_("officer"), at=world.now)
    case.refresh_from_db()
    assert (case.status, case.seq) == ("spam", 1)
    acts.not_spam(case_id=case.pk, by=world.as_("officer"), at=world.now)
    assert Clock.objects.filter(case=case, code="accept", stopped_at__isnull=True).count() == 1


def test_merging_keeps_each_persons_way_back(world):
    one, two = make.voice(), make.voice()
    first, second = make.accepted(world, one), make.said(world, two)
    acts.merge(case_id=second.pk, into_id=first.pk, by=world.as_("officer"), at=world.now)
    worker = worker_by_receipt(two.receipt)
    assert case_of(worker) == first
    assert people_behind(first).count() == 2
    with pytest.raises(Invalid):
        acts.merge(case_id=first.pk, into_id=first.pk, by=world.as_("officer"), at=world.now)


def test_a_chain_of_merges_ends_at_the_last(world):
    voices = [make.voice() for _ in range(3)]
    a, b, c = (make.said(world, one) for one in voices)
    acts.merge(case_id=a.pk, into_id=b.pk, by=world.as_("officer"), at=world.now)
    acts.merge(case_id=b.pk, into_id=c.pk, by=world.as_("officer"), at=world.now)
    assert people_behind(c).count() == 3
    with pytest.raises(Refused):
        acts.merge(case_id=a.pk, into_id=c.pk, by=world.as_("officer"), at=world.now)


def test_splitting_opens_a_second_case_under_the_same_receipt(world):
    case = make.accepted(world)
    other = acts.split(
        case_id=case.pk, title="另一件", summary="加班费也没有发。", by=world.as_("officer"), at=world.now
    )
    assert other.number.startswith(case.number.removesuffix("号"))
    assert people_behind(other).count() == 1
    assert other.status == "registered"
    assert not Party.objects.filter(case=other).exists()


def test_a_split_of_a_split_still_asks_the_one_who_spoke(world):
    case = make.accepted(world)
    for _ in range(2):
        case = acts.split(case_id=case.pk, title="再分", summary="再分一件。", by=world.as_("officer"), at=world.now)
    assert people_behind(case).count() == 1


def test_joining_gives_one_more_person_a_receipt(world):
    case = make.accepted(world)
    voice = make.voice(words="")
    acts.join(case_id=case.pk, voice=voice, by=world.as_("officer"), at=world.now)
    assert worker_by_receipt(voice.receipt) is not None
    assert people_behind(case).count() == 2


def test_two_editors_the_second_is_told_what_the_first_did(world):
    case = make.said(world)
    seen = case.version
    acts.take(case_id=case.pk, officer=world.posts["second"], by=world.as_("second"), at=world.now, version=seen)
    with pytest.raises(Stale) as stale:
        accept(world, case, version=seen)
    assert "周明远" in stale.value.changes[0]


def test_every_step_outside_its_states_is_refused_and_changes_nothing(world):
    case = make.told(world)
    officer, now = world.as_("officer"), world.now
    before = Entry.objects.count()
    for act in (
        lambda: accept(world, case),
        lambda: acts.ask(case_id=case.pk, question="?", by=officer, at=now),
        lambda: acts.decline(case_id=case.pk, reason="a", other_way="b", by=officer, at=now),
        lambda: acts.mark_spam(case_id=case.pk, reason="a", by=officer, at=now),
        lambda: acts.settle(case_id=case.pk, result="a", by=officer, at=now),
        lambda: feedback.sign_and_archive(case_id=case.pk, by=officer, at=now),
    ):
        with pytest.raises(Refused):
            act()
    assert Entry.objects.count() == before


def test_the_table_and_the_drawing_agree():
    drawn = CASE.mermaid()
    for step in CASE.steps:
        if step.target:
            assert step.label in drawn
    reachable, new = {CASE.start}, {CASE.start}
    while new:
        new = {s.target for s in CASE.steps if s.target and set(s.sources) & reachable} - reachable
        reachable |= new
    assert reachable == set(CASE.by_code)


@pytest.mark.clause("BD-4.6a")
def test_the_database_itself_refuses_an_accepted_case_without_officer(world):
    case = make.said(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(status="accepted")


@pytest.mark.parametrize(
    "verb", ["UPDATE trail_entry SET act = 'x'", "DELETE FROM trail_entry", "DELETE FROM trail_reading"]
)
def test_the_database_itself_refuses_to_change_the_trail(world, verb):
    case = make.accepted(world)
    acts.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("officer"), at=world.now)
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)

"""Erasing a person: everything that hangs on the person goes, numbers and figures stay, the law can stop it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huying.cases import acts
from huying.cases.models import CaseFile, Event, Hold, Message, Party, PersonRequest
from huying.cases.reads import opened, same_person, stops, unfrozen, worker_by_receipt
from huying.cases.rules import Concerns
from huying.feedback.models import Answer
from huying.files.models import File, State
from huying.kernel import search
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.models import DataKey, TextEntry
from huying.meetings.models import Topic
from huying.privacy.models import Erasure
from huying.trail.reads import verify
from tests.factories import consultation
from tests.factories import world as make
from tests.privacy.people import ABOUT, NAME, PHONE, SECRET, archived, dump, lived, rule

pytestmark = pytest.mark.django_db


def asked(life, world, kind="erase", **given):
    return acts.ask_request(kind=kind, asked=given, by=life.worker, at=world.now)


def erased(life, world):
    """Asked by the person, proposed by the officer, approved by the chair."""
    row = asked(life, world)
    acts.grant_erasure(request_id=row.pk, by=world.as_("officer"), at=world.now)
    return acts.approve_erasure(request_id=row.pk, by=world.as_("chair"), at=world.now)


@pytest.mark.attack(
    "disk",
    "reads every row of the database for somebody who was erased, names staff wrote by mistake included",
    found="held",
)
def test_nothing_of_an_erased_person_stands_anywhere(world, django_capture_on_commit_callbacks):
    life = archived(world)
    before = dump()
    assert NAME in before  # staff wrote it: the test would see it
    with django_capture_on_commit_callbacks(execute=True):
        erased(life, world)
    after = dump()
    for word in (NAME, PHONE, ABOUT, SECRET):
        assert word not in after
    assert not TextEntry.objects.filter(text__contains=NAME).exists()


@pytest.mark.clause("HY-personal")
def test_key_words_files_answers_go_and_the_number_stays(world, django_capture_on_commit_callbacks):
    life = archived(world)
    key, number, grade = life.party.key, life.case.number, Answer.objects.get().result
    with django_capture_on_commit_callbacks(execute=True):
        erased(life, world)
    party = Party.objects.get(pk=life.party.pk)
    assert (party.identity, party.words, party.corrections, party.phone_index) == (None, None, None, None)
    assert party.erased_at == world.now
    assert DataKey.objects.get(pk=key.pk).wrapped is None
    assert Erasure.objects.get().key == key.pk
    assert worker_by_receipt(life.voice.receipt) is None
    assert Message.objects.get().body is None
    assert (Answer.objects.get().words, Answer.objects.get().result) == (None, grade)
    assert set(File.objects.filter(pk__in=CaseFile.objects.values("file")).values_list("state", flat=True)) == {
        State.ERASED
    }
    life.case.refresh_from_db()
    assert (life.case.number, life.case.status) == (number, "archived")
    assert opened(party).erased
    assert verify() == []
    assert Event.objects.filter(case=life.case, act="erase").count() == 1
    assert search.hits("case", "热水") is not None
    assert not same_person(world.as_("officer"), name=NAME, phone=PHONE, at=world.now)


def test_a_named_worker_goes_from_topic_and_minutes_as_well(world):
    life = archived(world, secrecy="named")
    topic = consultation.raised(world, make.accepted(world))
    topic.gathered.create(root_id=topic.root_id, case=life.case, at=world.now)
    Topic.objects.filter(pk=topic.pk).update(body=f"{NAME}等人反映热水不热", named_because=f"{NAME}同意写出姓名")
    erased(life, world)
    topic.refresh_from_db()
    assert topic.body == "〔已清除〕等人反映热水不热"
    assert NAME not in topic.named_because
    assert NAME not in dump()


def test_only_the_one_who_asked_goes(world):
    other = make.voice(name="赵桂兰", phone="13700002222", words="我也是。")
    life = archived(world)
    case = make.accepted(world, other)
    erased(life, world)
    assert unfrozen(case.parties.get()).name == "赵桂兰"
    assert worker_by_receipt(other.receipt) is not None


@pytest.mark.attack(
    "colleague", "approves the erasure the same person proposed, to make a matter disappear", found="held"
)
def test_nobody_approves_their_own_proposal(world):
    life = archived(world)
    row = asked(life, world)
    acts.grant_erasure(request_id=row.pk, by=world.as_("chair"), at=world.now)
    assert life.party.erased_at is None
    with pytest.raises(Refused, match="不能是提出"):
        acts.approve_erasure(request_id=row.pk, by=world.as_("chair"), at=world.now)
    with pytest.raises(Refused):
        acts.approve_erasure(request_id=row.pk, by=world.as_("second"), at=world.now)
    acts.approve_erasure(request_id=row.pk, by=world.as_("upper"), at=world.now)
    assert life.party.erased_at is not None


@pytest.mark.attack(
    "management", "lets a head of management approve an erasure that would free the employer", found="held"
)
def test_the_employers_side_never_approves(world):
    life = archived(world)
    row = asked(life, world)
    acts.grant_erasure(request_id=row.pk, by=world.as_("officer"), at=world.now)
    for role in ("manager", "handler", "head", "foreign", "system", "security", "audit"):
        with pytest.raises(NotYours):
            acts.approve_erasure(request_id=row.pk, by=world.as_(role), at=world.now)
    make.make_post(world.plant, "management_head", person=world.posts["chair"].person)
    with pytest.raises(Refused):
        acts.approve_erasure(request_id=row.pk, by=world.as_("chair"), at=world.now)
    assert life.party.erased_at is None


@pytest.mark.attack("chair", "approves the erasure of a person whose matter concerns the chair", found="held")
def test_who_is_named_learns_nothing_of_the_request(world):
    voice = make.voice()
    case = make.accepted(world, voice, concerns=Concerns(chair=True))
    worker = worker_by_receipt(voice.receipt)
    acts.withdraw(reason="", by=worker, at=world.now)
    row = acts.ask_request(kind="erase", asked={}, by=worker, at=world.now)
    acts.grant_erasure(request_id=row.pk, by=world.as_("officer"), at=world.now)
    with pytest.raises(NotYours):
        acts.approve_erasure(request_id=row.pk, by=world.as_("chair"), at=world.now)
    acts.approve_erasure(request_id=row.pk, by=world.as_("upper"), at=world.now)
    assert Party.objects.get(case=case).erased_at is not None


def test_where_the_rules_ask_nobody_else_the_officer_does_it_alone(world, monkeypatch):
    monkeypatch.setattr("huying.cases.acts._requests.second_persons", lambda *given: [])
    life = archived(world)
    row = asked(life, world)
    acts.grant_erasure(request_id=row.pk, by=world.as_("officer"), at=world.now)
    assert life.party.erased_at is not None


def test_while_it_is_under_way_the_person_is_told_to_step_back_first(world):
    voice = make.voice()
    make.accepted(world, voice)
    worker = worker_by_receipt(voice.receipt)
    with pytest.raises(Refused, match="还在办"):
        acts.ask_request(kind="erase", asked={}, by=worker, at=world.now)
    acts.withdraw(reason="", by=worker, at=world.now)
    assert acts.ask_request(kind="erase", asked={}, by=worker, at=world.now).state == "open"
    with pytest.raises(Refused, match="已经有一个"):
        acts.ask_request(kind="erase", asked={}, by=worker, at=world.now)


@pytest.mark.clause("HY-personal")
def test_a_hold_freezes_instead_and_says_so(world):
    life = archived(world)
    row = asked(life, world)
    hold = acts.set_hold(case_id=life.case.pk, why="lawsuit", until=None, by=world.as_("officer"), at=world.now)
    row = acts.grant_erasure(request_id=row.pk, by=world.as_("officer"), at=world.now)
    assert row.state == "frozen"
    assert "诉讼或仲裁" in row.answer
    party = life.party
    assert party.frozen_at == world.now
    assert opened(party).frozen
    assert opened(party).words == ""
    found = acts.open_sealed(case_id=life.case.pk, reason="verify", words="", by=world.as_("officer"), at=world.now)
    assert (found[0].words, found[0].name, found[0].frozen) == ("", "", True)
    assert not same_person(world.as_("officer"), name=NAME, phone=PHONE, at=world.now)
    with pytest.raises(Refused, match="冻结"):
        acts.case_file(file_id=life.case.files.get(sealed=True).pk, by=world.as_("officer"), at=world.now)
    assert not acts.expire_party(party_id=party.pk, by=world.as_("officer"), at=world.now)
    acts.lift_hold(hold_id=hold.pk, by=world.as_("officer"), at=world.now)
    assert acts.expire_party(party_id=party.pk, by=world.as_("officer"), at=world.now)
    assert PersonRequest.objects.get().state == "done"
    assert life.party.erased_at is not None


@pytest.mark.parametrize(("years", "after", "kept"), [(0, 0, False), (3, 0, True), (3, 3 * 366 + 2, False)])
def test_a_legal_term_by_the_rules_keeps_it_until_its_last_day(world, years, after, kept):
    life = archived(world)
    if years:
        rule(world, personal_keep_years=years)
    assert bool(stops(life.party, world.now.date() + timedelta(days=after))) is kept


def test_holds_are_for_the_office_and_end_with_their_day(world):
    life = archived(world)
    for role in ("upper", "foreign", "manager", "audit"):
        with pytest.raises(NotYours):
            acts.set_hold(case_id=life.case.pk, why="law", until=None, by=world.as_(role), at=world.now)
    with pytest.raises(Invalid):
        acts.set_hold(case_id=life.case.pk, why="law", until=date(2020, 1, 1), by=world.as_("officer"), at=world.now)
    until = world.now.date() + timedelta(days=10)
    acts.set_hold(case_id=life.case.pk, why="law", until=until, by=world.as_("officer"), at=world.now)
    assert [one.until for one in stops(life.party, until)] == [until]
    assert stops(life.party, until + timedelta(days=1)) == []
    assert Hold.objects.count() == 1


def test_erasing_twice_is_the_same_as_once(world):
    life = archived(world)
    erased(life, world)
    assert acts.erase_party(party_id=life.party.pk, why="asked", by=world.as_("officer"), at=world.now) == {}
    assert Event.objects.filter(act="erase").count() == 1


def test_a_person_still_asked_to_rate_may_be_erased_once_the_case_is_closed_only(world):
    life = lived(world)
    assert [one.freezes for one in stops(life.party, world.now.date())] == [False]

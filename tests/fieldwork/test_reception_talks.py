"""Invited talks: which matters are worth one, who is told, who never learns whom."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest

from huying.cases.models import Case, Event
from huying.cases.reads import worker_of
from huying.cases.rules import Concerns
from huying.fieldwork import acts, reads
from huying.fieldwork.models import InvitedTalk, ReceptionDay, Record, Swap, TalkAnswer
from huying.fieldwork.rules import invite_reasons
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.forgetting import GONE, Gone, forget_everywhere
from huying.mechanism.reads import rules_for
from huying.notices.models import Notice
from tests.factories import reception as days
from tests.factories import world as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, []),
        ({"hard": True}, ["complex"]),
        ({"people": 5}, ["many"]),
        ({"people": 4}, []),
        ({"again": True}, ["concern"]),
        ({"days": 60}, ["concern"]),
        ({"hard": True, "people": 9, "days": 90}, ["complex", "many", "concern"]),
    ],
)
def test_why_a_matter_is_worth_a_talk(given, found):
    usual = {"hard": False, "people": 1, "many": 5, "again": False, "days": 3, "long": 60}
    assert invite_reasons(**{**usual, **given}) == found


@pytest.mark.clause("BD-4.4b")
def test_matters_of_many_and_old_ones_are_proposed(world):
    days.adopt(world, "baoding-studio")
    many = make.accepted(world, *(make.voice() for _ in range(5)))
    make.accepted(world, title="门口积水", summary="下雨门口积水。")
    assert [case.pk for case in reads.to_invite(world.as_("officer"), world.now)] == [many.pk]
    later = world.now + timedelta(days=60)
    assert reads.to_invite(world.as_("officer"), later).count() == 2
    rules = rules_for(world.plant, world.now.date())
    assert reads.invitable(many, rules, world.now) == ["many"]
    assert reads.to_invite(world.as_("foreign"), later).count() == 0


@pytest.mark.clause("BD-4.4b")
@pytest.mark.parametrize("reason", ["complex", "many", "concern"])
def test_the_reasons_are_the_documents(world, reason):
    days.adopt(world, "baoding-studio")
    ways = rules_for(world.plant, world.now.date()).options("invite_reasons")
    assert ways.clause.id == "BD-4.4b"
    talk = days.invited(world, reasons=[reason])
    assert talk.reasons == [reason]


@pytest.mark.clause("BD-4.4b")
def test_no_talk_without_a_reason_of_the_document(world):
    days.adopt(world, "baoding-studio")
    for reasons in ([], ["because"]):
        with pytest.raises(Invalid) as refused:
            days.invited(world, reasons=reasons)
        assert set(refused.value.fields) == {"reasons"}


@pytest.mark.clause("BD-4.4b", "SX-10")
@pytest.mark.parametrize(("pack", "clause"), [("baoding-studio", "BD-4.4b"), ("shaanxi-2012-38", "SX-10")])
def test_a_talk_that_took_place_leaves_its_record(world, pack, clause):
    days.adopt(world, pack)
    talk = days.invited(world)
    with pytest.raises(Refused):
        acts.hold_talk(talk_id=talk.pk, result="谈了。", met=1, by=world.as_("officer"), at=world.now)
    later = world.now + timedelta(days=3)
    acts.hold_talk(
        talk_id=talk.pk, result="答应月底前修好饮水机。", met=1, minutes=40, by=world.as_("officer"), at=later
    )
    record = InvitedTalk.objects.get().record
    rules = rules_for(world.plant, later.date())
    assert (record.kind, rules.record(record.kind).clause.id) == ("invited_talk", clause)
    assert (record.minutes, record.workers_met, record.cases.get().case_id) == (40, 1, talk.case_id)
    assert Event.objects.filter(case=talk.case, act="talked").get().text == "答应月底前修好饮水机。"


def test_workers_read_the_invitation_and_answer_for_themselves(world):
    case = make.accepted(world, make.voice(), make.voice(secrecy="anonymous"))
    talk = days.invited(world, case=case)
    first, second = (worker_of(party.pk) for party in case.parties.order_by("joined_at", "pk"))
    assert [one.pk for one in reads.talks_of(first)] == [talk.pk]
    acts.answer_talk(talk_id=talk.pk, comes=True, by=first, at=world.now)
    acts.answer_talk(talk_id=talk.pk, comes=False, by=first, at=world.now)
    acts.answer_talk(talk_id=talk.pk, comes=True, by=second, at=world.now)
    assert TalkAnswer.objects.count() == 2
    assert reads.talk_people(talk) == {"asked": 2, "yes": 1, "no": 1, "silent": 0}
    stranger = worker_of(make.said(world).parties.get().pk)
    with pytest.raises(NotYours):
        acts.answer_talk(talk_id=talk.pk, comes=True, by=stranger, at=world.now)
    with pytest.raises(Refused):
        acts.answer_talk(talk_id=talk.pk, comes=True, by=first, at=world.now + timedelta(days=9))


def test_a_leader_on_managements_side_hears_a_code_only(world):
    talk = days.invited(world, leader=world.posts["manager"])
    notice = Notice.objects.get(kind="talk")
    case = Case.objects.get(pk=talk.case_id)
    assert notice.title == f"约访 {talk.code} 请您约谈"
    assert case.number not in notice.title
    assert reads.talk_for(world.as_("manager"), talk.pk).pk == talk.pk
    with pytest.raises(NotYours):
        acts.hold_talk(talk_id=talk.pk, result="x", met=1, by=world.as_("manager"), at=world.now + timedelta(days=3))


def test_nobody_named_invites_or_talks(world):
    case = make.accepted(world, concerns=Concerns(chair=True))
    with pytest.raises(Invalid) as refused:
        days.invited(world, case=case)
    assert set(refused.value.fields) == {"leader"}
    talk = days.invited(world, case=case, leader=world.posts["manager"])
    with pytest.raises(NotYours):
        reads.talk_for(world.as_("chair"), talk.pk)
    assert not reads.talks(world.as_("chair")).exists()


@pytest.mark.parametrize(
    ("given", "field"), [({"on": -1}, "on"), ({"place": " "}, "place"), ({"words": "长" * 301}, "words")]
)
def test_what_an_invitation_lacks(world, given, field):
    if "on" in given:
        given = {"on": world.now.date() + timedelta(days=given["on"])}
    with pytest.raises(Invalid) as refused:
        days.invited(world, **given)
    assert set(refused.value.fields) == {field}


def test_one_talk_at_a_time_and_a_cancelled_one_says_why(world):
    talk = days.invited(world, begins=time(10))
    with pytest.raises(Refused):
        days.invited(world, case=talk.case)
    acts.cancel_talk(talk_id=talk.pk, reason="领导出差，改日再约。", by=world.as_("officer"), at=world.now)
    told = Event.objects.filter(case=talk.case).latest("at", "version")
    assert (told.worker_label, told.worker_text) == ("这次约谈取消了", "领导出差，改日再约。")
    assert days.invited(world, case=talk.case).status == "sent"


# --- erasing ----------------------------------------------------------------------------------------------------------------


def test_an_erased_person_is_in_no_record_of_a_talk_that_was_kept_from_somebody(world):
    case = make.accepted(world, concerns=Concerns(superior="冯国庆"))
    talk = days.invited(world, case=case, on=world.now.date())
    held = acts.hold_talk(talk_id=talk.pk, result="刘春华说末班车太早。", met=1, by=world.as_("officer"), at=world.now)
    assert not held.record.cases.exists()
    gone = Gone(party=uuid4(), key=uuid4(), cases=(case.pk,), words=("刘春华",))
    forget_everywhere(gone=gone, by=SYSTEM, at=world.now)
    assert reads.words_of(Record.objects.get(pk=held.record_id)).done == f"{GONE}说末班车太早。"
    assert InvitedTalk.objects.get().result == f"{GONE}说末班车太早。"


def test_an_erased_person_is_in_no_reason_of_a_reception_day(world):
    make.accepted(world)
    first = days.announced(world, world.now.date() + timedelta(days=5))
    swapped = {
        "leader": world.posts["manager"],
        "reason": "刘春华约的是他",
        "by": world.as_("officer"),
        "at": world.now,
    }
    acts.swap_leader(day_id=first.pk, **swapped)
    acts.cancel_day(day_id=first.pk, reason="刘春华改天来", by=world.as_("officer"), at=world.now)
    gone = Gone(party=uuid4(), key=uuid4(), cases=(Case.objects.get().pk,), words=("刘春华",))
    assert forget_everywhere(gone=gone, by=SYSTEM, at=world.now)["fieldwork"] == 2
    assert ReceptionDay.objects.get().reason == f"{GONE}改天来"
    assert Swap.objects.get().reason == f"{GONE}约的是他"

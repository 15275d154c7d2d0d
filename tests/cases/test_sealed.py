"""What was said and who said it: sealed, opened only by the case officer with a reason, never anywhere else."""

from __future__ import annotations

import pytest
from django.db import connection

from huying.cases import acts
from huying.cases.models import Case, Event, Message, Party
from huying.cases.reads import worker_by_receipt, worker_story
from huying.cases.rules import Voice
from huying.kernel import crypto
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.privacy import acts as privacy
from huying.trail.models import Entry, Reading
from tests.factories import world as make

CANARY = "翠鸟甲乙丙"
PHONE = "13899997777"


def secret(**given):
    return make.voice(name=CANARY, phone=PHONE, words=f"我是{CANARY}，电话{PHONE}，热水不热。", **given)


def everything_in_the_database() -> str:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append(str(cursor.fetchall()))
    return "\n".join(found)


@pytest.mark.parametrize("secrecy", ["sealed", "anonymous"])
def test_nothing_of_a_sealed_voice_stands_in_the_database(world, secrecy):
    make.said(world, secret(secrecy=secrecy))
    dump = everything_in_the_database()
    assert CANARY not in dump
    assert PHONE not in dump
    assert "热水" not in dump


def test_an_anonymous_voice_keeps_no_identity_even_if_given(world):
    case = make.said(
        world, Voice(receipt=make.receipt(), secrecy="anonymous", name=CANARY, phone=PHONE, words="热水不热")
    )
    party = case.parties.get()
    assert (party.identity, party.name_index, party.phone_index) == (None, None, None)


def test_only_the_case_officer_opens_what_is_sealed(world):
    case = make.accepted(world, secret())
    found = acts.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("officer"), at=world.now)
    assert (found[0].name, found[0].phone) == (CANARY, PHONE)
    assert CANARY in found[0].words
    reading = Reading.objects.get(what="sealed")
    assert (reading.person, reading.reason) == (world.posts["officer"].person_id, "verify")
    assert Event.objects.filter(case=case, act="open_sealed").count() == 1
    with pytest.raises(Refused):
        acts.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("second"), at=world.now)
    with pytest.raises(NotYours):
        acts.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("upper"), at=world.now)
    with pytest.raises(NotYours):
        acts.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("foreign"), at=world.now)


def test_a_curious_colleague_cannot_take_a_case_to_open_it(world):
    case = make.accepted(world, secret())
    for officer in ("second", "chair"):
        with pytest.raises(Refused, match="李慧敏"):
            acts.take(case_id=case.pk, officer=world.posts[officer], by=world.as_("second"), at=world.now)
    acts.take(case_id=case.pk, officer=world.posts["second"], by=world.as_("chair"), at=world.now)
    assert acts.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("second"), at=world.now)


def test_opening_needs_a_reason(world):
    case = make.accepted(world, secret())
    for reason, words in (("", ""), ("nonsense", ""), ("other", " ")):
        with pytest.raises(Invalid):
            acts.open_sealed(case_id=case.pk, reason=reason, words=words, by=world.as_("officer"), at=world.now)


def test_a_sealed_value_moved_elsewhere_does_not_open(world):
    case = make.said(world, secret(), secret())
    first, second = case.parties.select_related("key")
    Party.objects.filter(pk=second.pk).update(words=bytes(first.words))
    second.refresh_from_db()
    assert acts.opened(second).erased


def test_talk_is_sealed_and_belongs_to_one_person(world):
    one, two = make.voice(), make.voice()
    case = make.accepted(world, one, two)
    first, second = worker_by_receipt(one.receipt), worker_by_receipt(two.receipt)
    acts.write_message(case_id=case.pk, party_id=first.party_id, text=CANARY, by=first, at=world.now)
    assert CANARY not in everything_in_the_database()
    with pytest.raises(NotYours):
        acts.write_message(case_id=case.pk, party_id=first.party_id, text="冒名", by=second, at=world.now)
    with pytest.raises(Refused):
        acts.write_message(case_id=case.pk, party_id=first.party_id, text="回复", by=world.as_("second"), at=world.now)
    acts.write_message(case_id=case.pk, party_id=first.party_id, text="收到", by=world.as_("officer"), at=world.now)
    assert Message.objects.filter(party=first.party_id).count() == 2


def test_a_wrong_receipt_opens_nothing(world):
    make.said(world)
    assert worker_by_receipt("9999888877776666") is None


def test_disclosing_later_opens_the_way_to_a_name(world):
    voice = make.voice(secrecy="anonymous")
    case = make.accepted(world, voice)
    worker = worker_by_receipt(voice.receipt)
    acts.disclose(
        voice=Voice(receipt=voice.receipt, secrecy="named", name=CANARY, phone=PHONE), by=worker, at=world.now
    )
    case.refresh_from_db()
    assert case.secrecy == "named"
    with pytest.raises(Refused):
        acts.disclose(voice=Voice(receipt=voice.receipt, secrecy="anonymous"), by=worker, at=world.now)


def test_withdrawing_ends_the_case_when_nobody_is_left(world):
    one, two = make.voice(), make.voice()
    case = make.said(world, one, two)
    acts.withdraw(reason="", by=worker_by_receipt(one.receipt), at=world.now)
    case.refresh_from_db()
    assert case.status == "registered"
    acts.withdraw(reason="解决了", by=worker_by_receipt(two.receipt), at=world.now)
    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert not case.clocks.filter(stopped_at__isnull=True).exists()


def test_reasons_for_stepping_back_are_sealed_and_open_to_the_officer_only(world):
    one, two = make.voice(), make.voice()
    case = make.accepted(world, one, two)
    for voice, reason in ((one, f"调到别的班了{CANARY}"), (two, "已经解决了")):
        acts.withdraw(reason=reason, by=worker_by_receipt(voice.receipt), at=world.now)
    told = {"reason": "verify", "words": "", "at": world.now}
    opened = acts.open_sealed(case_id=case.pk, by=world.as_("officer"), **told)
    assert {o.left for o in opened} == {f"调到别的班了{CANARY}", "已经解决了"}
    with pytest.raises(Refused):
        acts.open_sealed(case_id=case.pk, by=world.as_("second"), **told)
    for event in Event.objects.filter(case=case):
        assert CANARY not in f"{event.label}{event.text}{event.worker_label}{event.worker_text}"
    first, second = (worker_by_receipt(voice.receipt) for voice in (one, two))
    stories = [worker_story(case, Party.objects.get(pk=worker.party_id)) for worker in (first, second)]
    assert [any(event.act == "withdraw" for event in story) for story in stories] == [False, True]


def test_an_erased_person_s_reason_is_gone(world):
    voice = make.voice()
    case = make.accepted(world, voice)
    acts.withdraw(reason="不说了", by=worker_by_receipt(voice.receipt), at=world.now)
    party = Party.objects.get(case=case)
    privacy.destroy_key(key=party.key, root=case.root, why="asked", at=world.now)
    opened = acts.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("officer"), at=world.now)
    assert [(one.erased, one.left) for one in opened] == [(True, "")]


def test_retaliation_goes_straight_up_unseen_by_the_own_union(world):
    voice = make.voice()
    make.accepted(world, voice)
    worker = worker_by_receipt(voice.receipt)
    case = acts.report_retaliation(text="说了以后被调去夜班。", once="x" * 32, by=worker, at=world.now)
    assert case.holder == world.county
    assert case.urgent
    assert not Case.objects.visible_to(world.as_("chair")).filter(pk=case.pk).exists()
    assert Case.objects.visible_to(world.as_("upper")).filter(pk=case.pk).exists()


def test_erasing_a_person_leaves_nothing_readable_and_the_chain_whole(world):
    from huying.trail.reads import verify

    case = make.accepted(world, secret())
    party = case.parties.select_related("key").get()
    privacy.destroy_key(key=party.key, root=case.root, why="asked", at=world.now)
    party = Party.objects.select_related("key").get(pk=party.pk)
    assert acts.opened(party).erased
    with pytest.raises(crypto.Unreadable):
        party.key.secret()
    assert verify() == []


def test_the_trail_holds_no_words(world):
    make.told(world, secret(secrecy="named"))
    said = " ".join(str(entry) for entry in Entry.objects.values_list("data", "subject", "actor"))
    assert CANARY not in said
    assert "末班车" not in said

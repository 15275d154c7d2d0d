"""What somebody would try who wants to know who spoke: thieves, colleagues, former officers, people behind other matters."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from huying.cases import acts
from huying.cases.models import Case, Party
from huying.cases.reads import cases_of, find, opened, same_person, second_persons, worker_by_receipt, worker_of
from huying.cases.rules import Concerns
from huying.desk.acts import keep_draft
from huying.files import disk
from huying.kernel import crypto
from huying.kernel.errors import NotYours, Refused
from huying.kernel.models import DataKey, Draft
from huying.ledger.acts import ask_export
from huying.ledger.rules import Selection
from huying.notices.models import Notice
from huying.org.models import Post
from huying.org.reads import acting_as
from huying.trail.models import Entry
from tests.factories import world as make
from tests.privacy.people import ABOUT, NAME, PHONE, SECRET, archived, dump, speaks

pytestmark = pytest.mark.django_db
CANARIES = (NAME, PHONE, ABOUT, SECRET)


def clean(text: str) -> None:
    """None of the person's words, in any spelling a dump may have."""
    for word in CANARIES:
        for spelled in (word, json.dumps(word)[1:-1], word.encode("unicode_escape").decode()):
            assert spelled not in text, word


@pytest.mark.attack(
    "system", "looks through database, log, notices, waiting tasks, sessions and figures after a sealed and an anonymous matter "
    "have lived their whole life", found="held",
)  # fmt: skip
@pytest.mark.parametrize("secrecy", ["sealed", "anonymous"])
def test_nothing_betrays_a_person_through_a_whole_life(world, secrecy, caplog, sign_in_as):
    with caplog.at_level(logging.DEBUG):
        life = archived(world, loud=False, secrecy=secrecy)
        officer = sign_in_as("officer")
        for name in ("case", "case_flow"):
            assert officer.get(reverse(f"desk:{name}", args=[life.case.pk])).status_code == 200
        assert officer.post(
            reverse("desk:open", args=[life.case.pk]), {"reason": "verify", "once": "0" * 32}
        ).status_code == 200  # fmt: skip
        by = world.as_("officer")
        keep_draft(form=f"case-message-{life.party.pk}", fields={"text": f"{NAME}您好"}, by=by, at=world.now)
        ask_export(chosen=Selection(), by=by, at=world.now)
    clean(dump())
    clean(caplog.text)
    clean(" ".join(f"{one.title}{one.url}" for one in Notice.objects.all()))
    clean(" ".join(f"{row.args_kwargs}{row.return_value}" for row in DBTaskResult.objects.all()))
    clean(" ".join(str(row.get_decoded()) for row in Session.objects.all()))
    clean(" ".join(str(path) for path in Path(settings.HUYING_FILES).rglob("*")))
    clean(" ".join(f"{row.subject}{row.act}{row.data}" for row in Entry.objects.all()))
    assert not find(by, SECRET)


@pytest.fixture
def sign_in_as(world):
    """A browser in which somebody is signed in."""

    def signed(name: str) -> Client:
        client = Client()
        client.force_login(world.posts[name].person.user)
        return client

    return signed


@pytest.mark.attack("disk", "has the whole database and the files, but not the key file", found="held")
def test_without_the_key_file_nothing_opens(world, monkeypatch):
    life = archived(world, loud=False)
    thief = crypto.new_keyring()
    monkeypatch.setattr(crypto, "keyring", lambda: thief)
    party = Party.objects.select_related("key").get(pk=life.party.pk)
    with pytest.raises(crypto.Unreadable):
        party.key.secret()
    assert opened(party).erased
    file = life.case.files.get(sealed=True).file
    body = disk.read(file.pk)
    for key in (bytes(32), bytes(party.key.wrapped)[-32:]):
        with pytest.raises(crypto.Unreadable):
            crypto.decrypt(key, body, file.body_place)
    assert crypto.blind_index("phone", PHONE) != bytes(party.phone_index)


@pytest.mark.attack(
    "disk", "puts a data key of their own matter in the place of another's to open it by the own receipt", found="held"
)
def test_a_data_key_put_in_anothers_place_does_not_open(world):
    mine, other = make.voice(), speaks()
    make.accepted(world, mine)
    case = make.accepted(world, other)
    own = worker_by_receipt(mine.receipt)
    assert own
    key = Party.objects.get(pk=own.party_id).key
    party = case.parties.select_related("key").get()
    DataKey.objects.filter(pk=party.key_id).update(wrapped=bytes(key.wrapped))
    assert opened(Party.objects.select_related("key").get(pk=party.pk)).erased
    Party.objects.filter(pk=own.party_id).update(words=bytes(party.words), identity=bytes(party.identity))
    assert opened(Party.objects.select_related("key").get(pk=own.party_id)).erased


@pytest.mark.attack(
    "former", "opens sealed text, files, look-ups and the register of requests after the office ended", found="held"
)
def test_a_former_officer_is_shut_out(world):
    life = archived(world)
    file = life.case.files.get(sealed=True)
    Post.objects.filter(pk=world.posts["officer"].pk).update(ends_on=world.now.date() - timedelta(days=1))
    former = acting_as(world.posts["officer"], world.now.date())
    for trying in (
        lambda: acts.open_sealed(case_id=life.case.pk, reason="verify", words="", by=former, at=world.now),
        lambda: acts.case_file(file_id=file.pk, by=former, at=world.now),
        lambda: same_person(former, name="", phone=PHONE, at=world.now),
        lambda: acts.write_message(case_id=life.case.pk, party_id=life.party.pk, text="在吗", by=former, at=world.now),
        lambda: acts.set_hold(case_id=life.case.pk, why="law", until=None, by=former, at=world.now),
    ):
        with pytest.raises(NotYours):
            trying()


@pytest.mark.attack(
    "colleague",
    "looks a colleague up by telephone and name to see whether they spoke sealed or anonymously",
    found="held",
)
def test_a_look_up_never_tells_of_sealed_or_anonymous_people(world):
    for secrecy in ("sealed", "anonymous"):
        make.accepted(world, speaks(secrecy=secrecy))
    for role in ("second", "chair"):
        assert same_person(world.as_(role), name=NAME, phone="", at=world.now) == []
        assert same_person(world.as_(role), name="", phone=PHONE, at=world.now) == []
    assert len(same_person(world.as_("officer"), name="", phone=PHONE, at=world.now)) == 1  # the own sealed one


@pytest.mark.attack("upper", "searches for a name in every list, hoping that sealed words were indexed", found="held")
@pytest.mark.parametrize("role", ["officer", "second", "chair", "upper"])
def test_a_search_finds_no_word_of_an_original(world, role):
    archived(world, loud=False)
    for words in (NAME, SECRET, PHONE, ABOUT[:3]):
        assert list(find(world.as_(role), words)) == []


@pytest.mark.attack(
    "worker", "goes through receipts next to the own one, and with letters, spaces or too few digits", found="held"
)
def test_neighbouring_receipts_lead_nowhere(world):
    voice = make.voice(receipt="4000000000000007")
    make.accepted(world, voice)
    for digits in ("4000000000000006", "4000000000000008", "400000000000000", "40000000000000070", "", "x" * 16):
        assert worker_by_receipt(digits) is None
    assert worker_by_receipt(voice.receipt)


@pytest.mark.attack(
    "outsider", "times the answer to a receipt to tell one that exists from one that does not", found="held"
)
def test_a_receipt_costs_one_hash_whether_it_exists_or_not(world, monkeypatch, django_assert_num_queries):
    voice = make.voice()
    make.accepted(world, voice)
    hashed = []
    real = crypto.receipt_hash
    monkeypatch.setattr(crypto, "receipt_hash", lambda digits: hashed.append(digits) or real(digits))
    with django_assert_num_queries(1):
        worker_by_receipt("9876543210987654")
    assert len(hashed) == 1
    worker_by_receipt(voice.receipt)
    assert len(hashed) == 2


@pytest.mark.attack("worker", "changes the cookie so that it speaks for another person", found="held")
def test_a_cookie_made_for_another_page_or_person_opens_nothing(world):
    party = make.accepted(world, speaks()).parties.get()
    forged = crypto.wrap(
        json.dumps({"what": {"party": str(party.pk)}, "at": 0, "since": 0}).encode(), "cookie:hy-receipt"
    )
    client = Client()
    for value in ("", "x", "AAAA", forged.hex()):
        client.cookies["hy-my"] = value
        assert client.get("/my/data/").status_code == 302
    assert worker_of(uuid4()) is None


@pytest.mark.attack("system", "reads what an officer was typing to a worker out of the drafts", found="held")
def test_a_draft_opens_for_its_own_person_only(world, sign_in_as):
    by = world.as_("officer")
    keep_draft(form="case-accept-1", fields={"summary": SECRET}, by=by, at=world.now)
    row = Draft.objects.get()
    clean(dump())
    with pytest.raises(crypto.Unreadable):
        crypto.unwrap(bytes(row.sealed), f"draft:{world.posts['second'].person_id}:case-accept-1")


@pytest.mark.attack(
    "chair", "counts cases, requests and figures to infer from a gap that a matter about the chair exists", found="held"
)
def test_a_matter_about_the_chair_is_missing_from_every_count(world, sign_in_as):
    client = sign_in_as("chair")
    pages = ("today", "cases", "ledger", "requests", "figures")
    before = {name: client.get(reverse(f"desk:{name}")).content for name in pages}
    voice = speaks()
    case = make.accepted(world, voice, concerns=Concerns(chair=True))
    worker = worker_by_receipt(voice.receipt)
    acts.ask_request(kind="correct", asked={"said": "不对"}, by=worker, at=world.now)
    for name in pages:
        html = client.get(reverse(f"desk:{name}")).content
        assert _text(html) == _text(before[name]), name
    assert case.seq is None  # no number of the series, so none is missing
    with pytest.raises(NotYours):
        acts.enter_request(
            case_id=case.pk, party_id=case.parties.get().pk, kind="access", via="phone", asked={}, by=world.as_("chair"),
            at=world.now,
        )  # fmt: skip


def _text(html: bytes) -> str:
    """A page without the guards and keys that are new on every request."""
    lines = html.decode().split("<main")[-1].split(">")
    return ">".join(line for line in lines if 'name="csrf' not in line and 'name="once"' not in line)


@pytest.mark.attack(
    "security",
    "appoints a second person of the own choosing on the employer's side to have an opening granted",
    found="held",
)
def test_a_second_person_on_the_employers_side_does_not_count(world):
    case = make.accepted(world, speaks())
    make.make_post(world.plant, "chair", person=world.posts["manager"].person)
    found = {post.person_id for post in second_persons(case, None, world.now.date())}
    assert world.posts["manager"].person_id not in found
    assert world.posts["chair"].person_id in found


@pytest.mark.attack(
    "clerk", "finds the person behind an item through its page, its papers or its address", found="held"
)
@pytest.mark.parametrize("role", ["handler", "head", "manager"])
def test_a_department_meets_no_word_of_the_person(world, sign_in_as, role):
    life = archived(world, loud=False)
    item = life.case.items.get()
    client = sign_in_as(role)
    html = client.get(reverse("desk:item", args=[item.pk])).content.decode()
    clean(html)
    assert life.case.number not in html
    assert str(life.case.pk) not in html
    for name in ("requests", "audit_day", "expires"):
        assert client.get(reverse(f"desk:{name}")).status_code == 404


@pytest.mark.attack(
    "worker", "uses one receipt to speak of, rate or erase a matter followed by somebody else", found="held"
)
def test_one_receipt_speaks_for_one_person(world):
    mine, other = make.voice(), speaks()
    make.accepted(world, mine)
    theirs = make.accepted(world, other)
    worker = worker_by_receipt(mine.receipt)
    assert worker
    assert theirs not in cases_of(worker)
    posing = replace(worker, case_id=theirs.pk)
    for trying in (
        lambda: acts.ask_request(kind="correct", asked={"said": "x"}, by=posing, at=world.now),
        lambda: acts.write_message(
            case_id=theirs.pk, party_id=theirs.parties.get().pk, text="x", by=posing, at=world.now
        ),
    ):
        with pytest.raises(NotYours):
            trying()


@pytest.mark.attack(
    "backup", "looks for the person in the list of erasures that lies beside keys and data", found="held"
)
def test_the_list_of_erasures_names_nobody(world, django_capture_on_commit_callbacks, settings, tmp_path):
    kept = Path(settings.HUYING_KEYS)
    settings.HUYING_KEYS = str(tmp_path / kept.name)
    Path(settings.HUYING_KEYS).write_bytes(kept.read_bytes())
    life = archived(world)
    with django_capture_on_commit_callbacks(execute=True):
        acts.erase_party(party_id=life.party.pk, why="asked", by=world.as_("officer"), at=world.now)
    said = (tmp_path / "erased.jsonl").read_text()
    clean(said)
    for word in (life.case.number, str(life.case.pk), str(life.party.pk), life.voice.receipt):
        assert word not in said


@pytest.mark.attack(
    "colleague", "opens a frozen person's words through the retaliation report, the survey or a message", found="held"
)
def test_frozen_means_closed_everywhere(world):
    life = archived(world)
    acts.set_hold(case_id=life.case.pk, why="law", until=None, by=world.as_("officer"), at=world.now)
    row = acts.ask_request(kind="erase", asked={}, by=life.worker, at=world.now)
    acts.grant_erasure(request_id=row.pk, by=world.as_("officer"), at=world.now)
    found = acts.open_sealed(case_id=life.case.pk, reason="verify", words="", by=world.as_("officer"), at=world.now)
    assert all(one.frozen and not one.words and not one.name for one in found)
    assert acts.identities(case=life.case, parties=[life.party], by=world.as_("officer"), at=world.now) == {}
    with pytest.raises(Refused):
        acts.case_file(file_id=life.case.files.get(sealed=True).pk, by=world.as_("officer"), at=world.now)
    assert Case.objects.get(pk=life.case.pk).number == life.case.number

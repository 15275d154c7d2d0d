"""Where the rules ask for it, sealed text opens only with a second person's word, for a while, and never the employer's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huying.cases import acts
from huying.cases.models import Event
from huying.cases.reads import door, second_persons, unsealings_waiting
from huying.cases.rules import Concerns
from huying.files.acts import check
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.trail.models import Reading
from tests.factories import world as make
from tests.factories.org import make_post
from tests.files.samples import photo
from tests.privacy.people import NAME, rule, speaks

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world):
    """A sealed case at a unit that asks for a second person."""
    rule(world, unseal_approvals=1)
    return make.accepted(world, speaks())


def look(case, world, by="officer", at=None):
    return acts.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_(by), at=at or world.now)


def ask(case, world, by="officer", **given):
    return acts.ask_unsealing(
        **{"case_id": case.pk, "reason": "verify", "words": "", "by": world.as_(by), "at": world.now, **given}
    )


def decide(row, world, by="chair", grant=True, words=""):
    return acts.decide_unsealing(unsealing_id=row.pk, grant=grant, words=words, by=world.as_(by), at=world.now)


def test_without_the_rule_a_reason_is_enough(world):
    case = make.accepted(world, speaks())
    assert look(case, world)[0].name == NAME
    with pytest.raises(Refused, match="不要第二人"):
        ask(case, world)


@pytest.mark.clause("HY-unseal")
def test_it_opens_with_a_second_word_and_closes_by_itself(world, case):
    with pytest.raises(Refused, match="第二人批准"):
        look(case, world)
    assert not Reading.objects.filter(what="sealed").exists()
    row = ask(case, world)
    with pytest.raises(Refused, match="等批准"):
        look(case, world)
    assert unsealings_waiting(world.as_("chair")) == [row]
    decide(row, world)
    assert look(case, world)[0].name == NAME
    late = world.now + timedelta(hours=24, seconds=1)
    with pytest.raises(Refused):
        look(case, world, at=late)
    assert look(case, world, at=world.now + timedelta(hours=23))
    assert [e.act for e in Event.objects.filter(case=case, act__contains="unsealing").order_by("version")] == [
        "ask_unsealing", "decide_unsealing"
    ]  # fmt: skip


@pytest.mark.attack("colleague", "opens sealed files one by one past the second person", found="held")
def test_files_and_released_copies_wait_for_the_second_word_too(world, now):
    rule(world, unseal_approvals=1)
    files = (check(upload=SimpleUploadedFile("a.jpg", photo())),)
    case = make.accepted(world, speaks(), files=files)
    file = case.files.get()
    for act in (acts.case_file, acts.release_file):
        with pytest.raises(Refused, match="第二人"):
            act(file_id=file.pk, by=world.as_("officer"), at=now)
    decide(ask(case, world), world)
    acts.case_file(file_id=file.pk, by=world.as_("officer"), at=now)


@pytest.mark.attack("colleague", "asks to open a sealed case and grants it alone", found="held")
def test_nobody_grants_their_own_asking(world):
    rule(world, unseal_approvals=1)
    case = make.accepted(world, speaks())
    acts.take(case_id=case.pk, officer=world.posts["chair"], by=world.as_("chair"), at=world.now)
    row = ask(case, world, by="chair")
    with pytest.raises(NotYours):
        decide(row, world, by="chair")
    decide(row, world, by="upper")
    assert look(case, world, by="chair")


@pytest.mark.attack(
    "management", "is given the union's chair as well and grants openings on the employer's behalf", found="held"
)
def test_who_also_stands_on_the_employers_side_is_no_second_person(world, case):
    row = ask(case, world)
    for role in ("manager", "head", "second", "foreign", "audit", "security", "system"):
        with pytest.raises(NotYours):
            decide(row, world, by=role)
    make_post(world.plant, "department_head", person=world.posts["chair"].person, department=world.admin)
    assert [p.person_id for p in second_persons(case, None, world.now.date())] == [world.posts["upper"].person_id]
    with pytest.raises(NotYours):
        decide(row, world, by="chair")
    decide(row, world, by="upper")


@pytest.mark.attack("chair", "hears of an opening asked for in the matter about the chair, or grants it", found="held")
def test_whom_the_case_names_is_never_asked(world):
    rule(world, unseal_approvals=1)
    case = make.accepted(world, speaks(), concerns=Concerns(chair=True))
    row = ask(case, world)
    assert unsealings_waiting(world.as_("chair")) == []
    with pytest.raises(NotYours):
        decide(row, world, by="chair")
    assert unsealings_waiting(world.as_("upper")) == [row]


def test_not_granted_needs_a_reason_and_stays_shut(world, case):
    row = ask(case, world)
    with pytest.raises(Invalid):
        decide(row, world, grant=False)
    decide(row, world, grant=False, words="先打电话问本人。")
    with pytest.raises(Refused):
        look(case, world)
    with pytest.raises(Refused, match="已经有人决定"):
        decide(row, world)
    assert door(world.as_("officer"), case, world.now).refused.pk == row.pk
    assert ask(case, world).granted is None  # may be asked again


@pytest.mark.clause("HY-unseal")
def test_in_an_emergency_it_opens_first_and_is_looked_at_afterwards(world, case):
    with pytest.raises(Invalid):
        ask(case, world, emergency=True)
    row = ask(case, world, emergency=True, words="说要跳楼，马上找人")
    assert look(case, world)[0].name == NAME
    assert unsealings_waiting(world.as_("chair")) == [row]
    decide(row, world, grant=False, words="没有危险，不该打开。")
    with pytest.raises(Refused):
        look(case, world, at=world.now + timedelta(seconds=1))
    assert Event.objects.filter(case=case, label="核对了紧急打开：不该打开").exists()


def test_the_rules_can_forbid_the_emergency_door(world):
    rule(world, unseal_approvals=1, unseal_emergency=0)
    case = make.accepted(world, speaks())
    with pytest.raises(Refused, match="不许先打开"):
        ask(case, world, emergency=True, words="急")


@pytest.mark.attack(
    "former", "goes on opening after the case went to somebody else, under a word granted before", found="held"
)
def test_a_word_belongs_to_the_one_who_asked(world, case):
    decide(ask(case, world), world)
    acts.take(case_id=case.pk, officer=world.posts["second"], by=world.as_("chair"), at=world.now)
    with pytest.raises(Refused):
        look(case, world)
    with pytest.raises(Refused, match="第二人"):
        look(case, world, by="second")

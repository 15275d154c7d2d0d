"""A person asks to read, set right or erase the own data: answered, refused with a reason, in the register of the union."""

from __future__ import annotations

from datetime import date

import pytest

from huying.cases import acts
from huying.cases.models import Event, Party, PersonRequest
from huying.cases.reads import opened, request_for, requests_visible, same_person, worker_by_receipt
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.trail.models import Reading
from tests.factories import world as make
from tests.privacy.people import NAME, PHONE, SECRET, dump, speaks

pytestmark = pytest.mark.django_db


@pytest.fixture
def spoken(world):
    """A sealed person behind an accepted case: the case, the person's way back."""
    voice = speaks()
    return make.accepted(world, voice), worker_by_receipt(voice.receipt)


def ask(worker, world, kind="correct", **asked):
    return acts.ask_request(kind=kind, asked=asked, by=worker, at=world.now)


@pytest.mark.clause("HY-personal")
def test_what_is_wrong_is_set_right_and_what_stood_there_stays(world, spoken):
    case, worker = spoken
    row = ask(worker, world, name="翠鸟丙乙", phone="13911112222", said="名字听错了")
    assert (row.state, row.due_on) == ("open", date(2026, 12, 7))  # 15 days end on a Saturday
    assert "翠鸟丙乙" not in dump()
    assert acts.open_request(request_id=row.pk, by=world.as_("officer"), at=world.now)["said"] == "名字听错了"
    acts.correct_party(request_id=row.pk, by=world.as_("officer"), at=world.now)
    now = opened(Party.objects.select_related("key").get(case=case))
    assert (now.name, now.phone) == ("翠鸟丙乙", "13911112222")
    assert now.corrected[0]["said"] == "名字听错了"
    assert "翠鸟丙乙" not in dump()
    assert same_person(world.as_("officer"), name="", phone="13911112222", at=world.now) == [case]
    assert same_person(world.as_("officer"), name="", phone=PHONE, at=world.now) == []
    row = ask(worker, world, name=NAME)
    acts.correct_party(request_id=row.pk, by=world.as_("officer"), at=world.now)
    now = opened(Party.objects.select_related("key").get(case=case))
    assert (now.name, now.phone, len(now.corrected)) == (NAME, "13911112222", 2)


@pytest.mark.attack(
    "colleague", "reads through a request for correction what only the case officer opens", found="held"
)
def test_only_the_case_officer_opens_what_was_asked(world, spoken):
    _, worker = spoken
    row = ask(worker, world, said=f"是{SECRET}，不是别处")
    for role in ("second", "chair"):
        for act in (acts.open_request, acts.correct_party):
            with pytest.raises(Refused, match="责任人"):
                act(request_id=row.pk, by=world.as_(role), at=world.now)
    acts.open_request(request_id=row.pk, by=world.as_("officer"), at=world.now)
    assert Reading.objects.filter(what="request", person=world.posts["officer"].person_id).count() == 1


@pytest.mark.attack(
    "outsider",
    "answers or reads a request by its id from another union, a department or an administration",
    found="held",
)
@pytest.mark.parametrize("role", ["upper", "foreign", "manager", "handler", "liaison", "system", "security", "audit"])
def test_others_get_no_trace_of_a_request(world, spoken, role):
    _, worker = spoken
    row = ask(worker, world, "access") if role == "none" else ask(worker, world, said="不对")
    actor = world.as_(role)
    assert list(requests_visible(actor)) == []
    with pytest.raises(NotYours):
        request_for(actor, row.pk)
    for act in (acts.open_request, acts.correct_party, acts.grant_erasure, acts.approve_erasure):
        with pytest.raises(NotYours):
            act(request_id=row.pk, by=actor, at=world.now)
    with pytest.raises(NotYours):
        acts.refuse_request(request_id=row.pk, answer="不", by=actor, at=world.now)


def test_refusing_needs_a_reason_which_the_person_reads(world, spoken):
    case, worker = spoken
    row = ask(worker, world, said="改成没说过")
    with pytest.raises(Invalid):
        acts.refuse_request(request_id=row.pk, answer=" ", by=world.as_("officer"), at=world.now)
    acts.refuse_request(request_id=row.pk, answer="您说过的话要照原样留着。", by=world.as_("officer"), at=world.now)
    told = Event.objects.get(case=case, act="answer_request")
    assert told.worker_text == "您说过的话要照原样留着。"
    assert told.party_id == worker.party_id
    with pytest.raises(Refused, match="没有同意"):
        acts.correct_party(request_id=row.pk, by=world.as_("officer"), at=world.now)


def test_the_officer_enters_what_was_asked_on_the_telephone(world, spoken):
    case, worker = spoken
    given = {"case_id": case.pk, "party_id": worker.party_id, "asked": {}, "at": world.now}
    row = acts.enter_request(kind="access", via="phone", by=world.as_("second"), **given)
    assert (row.state, row.post_id) == ("open", world.posts["second"].pk)
    with pytest.raises(NotYours):
        acts.enter_request(kind="access", via="phone", by=world.as_("handler"), **given)
    with pytest.raises(Invalid):
        acts.enter_request(kind="erase", via="online", by=world.as_("second"), **given)
    with pytest.raises(Invalid):
        acts.answer_access(request_id=row.pk, answer="", by=world.as_("second"), at=world.now)
    acts.answer_access(request_id=row.pk, answer="当面看过，核对了工作证。", by=world.as_("second"), at=world.now)
    assert PersonRequest.objects.get().state == "done"


@pytest.mark.parametrize(
    ("kind", "asked", "field"),
    [
        ("nonsense", {}, "kind"),
        ("correct", {}, "said"),
        ("correct", {"name": "王" * 41}, "name"),
        ("correct", {"said": "长" * 2001}, "said"),
        ("correct", {"phone": "12"}, "phone"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(world, spoken, kind, asked, field):
    with pytest.raises(Invalid) as told:
        ask(spoken[1], world, kind, **asked)
    assert field in told.value.fields


def test_an_anonymous_person_gives_no_name_by_the_way(world):
    voice = make.voice(secrecy="anonymous")
    make.accepted(world, voice)
    worker = worker_by_receipt(voice.receipt)
    with pytest.raises(Invalid, match="补正"):
        ask(worker, world, name=NAME)
    assert ask(worker, world, said="是夜班不是白班").state == "open"
    assert ask(worker, world, "access").state == "done"


def test_two_who_answer_at_once_do_not_overwrite_each_other(world, spoken):
    row = ask(spoken[1], world, said="不对")
    acts.refuse_request(request_id=row.pk, answer="不用改。", by=world.as_("second"), at=world.now, version=1)
    with pytest.raises(Stale):
        acts.correct_party(request_id=row.pk, by=world.as_("officer"), at=world.now, version=1)


@pytest.mark.attack("worker", "asks about somebody else's data behind the same joint case", found="held")
def test_people_of_a_joint_case_do_not_reach_each_other(world):
    one, two = speaks(), make.voice()
    case = make.accepted(world, one, two)
    worker = worker_by_receipt(two.receipt)
    row = ask(worker, world, said="我那句不对")
    assert row.party_id == worker.party_id
    other = make.accepted(world)
    with pytest.raises(NotYours):
        acts.enter_request(
            case_id=case.pk, party_id=other.parties.get().pk, kind="access", via="phone", asked={},
            by=world.as_("officer"), at=world.now,
        )  # fmt: skip

"""Leaders' instructions and leaders' cases: who may, who reads what, what stays open until it is followed up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases.rules import Concerns
from huying.climb import acts, reads
from huying.climb.models import Instruction
from huying.handling import acts as handling
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.org.models import Role
from tests.climb.test_up import told
from tests.factories import world as make
from tests.factories.org import make_post


def put(world, case, by: str = "chair", leader: str = "manager", **given):
    """A case under a leader's name."""
    words = {"leader": world.posts[leader], "reason": "牵涉几个部门", **given}
    return acts.put_under(case_id=case.pk, by=world.as_(by), at=world.now, **words)


@pytest.mark.clause("BD-4.6b")
def test_a_hard_case_goes_under_a_leaders_name(tall):
    """The plant's head of management answers for it, under a code; the union's own leader sees the dossier."""
    case = make.accepted(tall)
    lead = put(tall, case)
    assert reads.lead_of(case) == lead
    assert list(reads.my_leads(tall.as_("manager"))) == [lead]
    assert told(tall, "manager") == [f"包案 {lead.code} 请您包案"]
    made = acts.instruct_lead(lead_id=lead.pk, text="三天内拿出方案。", by=tall.as_("manager"), at=tall.now)
    assert list(reads.to_follow(tall.as_("officer"))) == [made]
    acts.end_lead(lead_id=lead.pk, reason="换一位", by=tall.as_("chair"), at=tall.now)
    other = put(tall, case, leader="chair")
    assert len(told(tall, "chair")) == 1  # the registration: who acts is not told of the own act
    assert not other.from_management
    assert not reads.my_leads(tall.as_("manager")).exists()
    assert list(reads.my_leads(tall.as_("manager"), ended=True)) == [lead]
    with pytest.raises(Refused):
        acts.instruct_lead(lead_id=lead.pk, text="再看看", by=tall.as_("manager"), at=tall.now)


@pytest.mark.clause("BD-4.6b")
def test_who_approves_puts_it_under_a_name_and_never_under_one_it_names(tall):
    case = make.accepted(tall)
    for name in ("officer", "upper", "foreign", "manager"):
        with pytest.raises(NotYours):
            put(tall, case, by=name)
    for name in ("officer", "boss", "handler"):
        with pytest.raises(Invalid):
            put(tall, case, leader=name)
    with pytest.raises(Invalid):
        put(tall, case, reason="")
    put(tall, case)
    with pytest.raises(Refused):
        put(tall, case, leader="chair")
    make_post(tall.plant, Role.WORKER, person=tall.posts["manager"].person)
    naming = make.accepted(tall, concerns=Concerns(superior="冯国庆"))
    with pytest.raises(Invalid):
        put(tall, naming)


def test_a_level_above_puts_it_under_its_own_leader(tall):
    rung = tall.taken()
    lead = put(tall, rung.case, by="group", leader="boss")
    assert lead.post == tall.posts["boss"]
    with pytest.raises(Invalid):
        put(tall, tall.taken().case, by="group", leader="manager")


def test_a_unions_leader_writes_on_a_case_and_the_officer_follows_up(tall):
    case = make.accepted(tall)
    made = acts.instruct(case_id=case.pk, text="请本周内谈一次。", by=tall.as_("chair"), at=tall.now)
    assert told(tall, "officer")[-1] == f"{case.number} 有批示"
    assert list(reads.to_follow(tall.as_("officer"))) == [made]
    assert not reads.to_follow(tall.as_("foreign")).exists()
    with pytest.raises(Invalid):
        acts.follow_up(instruction_id=made.pk, text="", by=tall.as_("officer"), at=tall.now)
    acts.follow_up(instruction_id=made.pk, text="周三谈了。", by=tall.as_("officer"), at=tall.now)
    assert told(tall, "chair")[-1] == f"{case.number} 批示有了落实情况"
    assert not reads.to_follow(tall.as_("officer")).exists()
    with pytest.raises(Refused):
        acts.follow_up(instruction_id=made.pk, text="又谈了。", by=tall.as_("officer"), at=tall.now)
    texts = list(
        case.events.filter(act__in=["instruct", "followed"]).order_by("version").values_list("text", flat=True)
    )
    assert texts == ["请本周内谈一次。", "周三谈了。"]


def test_who_may_write_an_instruction(tall):
    case = make.accepted(tall)
    for name in ("officer", "foreign", "manager", "handler", "group"):
        with pytest.raises(NotYours):
            acts.instruct(case_id=case.pk, text="办", by=tall.as_(name), at=tall.now)
    with pytest.raises(Invalid):
        acts.instruct(case_id=case.pk, text=" ", by=tall.as_("chair"), at=tall.now)
    assert acts.instruct(case_id=case.pk, text="办", by=tall.as_("upper"), at=tall.now).unit == tall.county
    rung = tall.up(case)
    assert acts.instruct(case_id=case.pk, text="快办", by=tall.as_("upper"), at=tall.now)
    acts.take_rung(rung_id=rung.pk, by=tall.as_("group"), at=tall.now)
    assert acts.instruct(case_id=case.pk, text="我来办", by=tall.as_("group"), at=tall.now).unit == tall.group


def test_the_management_above_writes_on_what_was_sent_up(tall):
    rung = tall.sent()
    made = acts.instruct_rung(rung_id=rung.pk, text="请采购部配合改签。", by=tall.as_("boss"), at=tall.now)
    assert told(tall, "group")[-1] == told(tall, "officer")[-1] == f"{rung.case.number} 有批示"
    assert reads.instructions_about(rung.pk) == [made]
    assert list(reads.to_follow(tall.as_("group"))) == [made]
    for name in ("manager", "foreign", "group"):
        with pytest.raises(NotYours):
            acts.instruct_rung(rung_id=rung.pk, text="办", by=tall.as_(name), at=tall.now)
    acts.take_rung(rung_id=rung.pk, by=tall.as_("group"), at=tall.now)
    acts.follow_up(instruction_id=made.pk, text="采购部已经约了车队。", by=tall.as_("group"), at=tall.now)
    assert told(tall, "boss")[-1] == f"事项 {rung.code} 批示有了落实情况"


def test_the_head_of_management_writes_on_an_item_of_his_unit(tall):
    item = make.assigned(tall)
    made = handling.instruct_item(item_id=item.pk, text="行政保障部本周办完。", by=tall.as_("manager"), at=tall.now)
    assert told(tall, "handler")[-1] == f"事项 {item.code} 有批示"
    assert told(tall, "officer")[-1] == f"{item.case.number} 有批示"
    assert Instruction.objects.get().subject == item.pk
    assert handling.instruct_item(item_id=item.pk, text="工会也盯着。", by=tall.as_("chair"), at=tall.now)
    for name in ("boss", "foreign", "handler", "officer"):
        with pytest.raises(NotYours):
            handling.instruct_item(item_id=item.pk, text="办", by=tall.as_(name), at=tall.now)
    acts.follow_up(instruction_id=made.pk, text="办完了。", by=tall.as_("officer"), at=tall.now)
    assert told(tall, "manager")[-1] == f"事项 {item.code} 批示有了落实情况"


def test_nothing_is_written_on_what_is_over(tall):
    item = make.assigned(tall, days=5)
    handling.finish(item_id=item.pk, able=True, text="好", done_on=None, by=tall.as_("handler"), at=tall.now)
    handling.report(item_id=item.pk, text="好", by=tall.as_("handler"), at=tall.now + timedelta(hours=1))
    with pytest.raises(Refused):
        handling.instruct_item(item_id=item.pk, text="再办", by=tall.as_("manager"), at=tall.now)

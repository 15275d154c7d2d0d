"""What a level answers: sent back with guidance, step by step; given to its own departments; ended with the case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from huying.cases import acts as cases
from huying.cases.models import Case, Clock
from huying.cases.reads import worker_of
from huying.climb import acts, reads
from huying.climb.models import Rung
from huying.handling import acts as handling
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from tests.climb.test_up import clock, told
from tests.factories import world as make


def back(world, rung: Rung, by: str, guidance: str = "请先按合同第八条同车队谈。") -> Rung:
    """Sent back one level down, with guidance."""
    return acts.give_back(rung_id=rung.pk, guidance=guidance, by=world.as_(by), at=world.now)


@pytest.mark.clause("MY-3.2.4d", "SX-6a")
def test_sent_back_with_guidance_and_sent_up_again(tall):
    rung = tall.sent()
    back(tall, rung, "group")
    case = Case.objects.get(pk=rung.case_id)
    assert (case.status, case.holder) == ("accepted", tall.plant)
    assert not case.clocks.filter(stopped_at__isnull=True).exists()
    assert told(tall, "officer")[-1] == f"{case.number} 上级退回并指导"
    event = case.events.get(act="sent_back")
    assert "第八条" in event.text
    assert "第八条" not in event.worker_text
    again = tall.up(case)
    back(tall, again, "group", "车队已经答应，可以交后勤部办。")
    assert tall.chips(case) == [("山集", "returned"), ("山集", "returned")]
    case.refresh_from_db()
    assert case.status == "accepted"


@pytest.mark.clause("MY-3.2.4d")
def test_nothing_is_sent_back_without_guidance(tall):
    rung = tall.sent()
    with pytest.raises(Invalid):
        back(tall, rung, "group", "  ")
    rung.refresh_from_db()
    assert rung.status == "sent"


@pytest.mark.clause("SX-6a")
def test_sent_on_then_sent_back_down_step_by_step(tall):
    """City to county, county to group, group to the plant: each has a clock of its own again."""
    first = tall.taken()
    second = tall.on(first, "group")
    third = tall.on(second, "upper")
    back(tall, third, "city")
    assert tall.chips(first.case) == [("山集", "passed"), ("沂河", "taken"), ("临河", "returned")]
    assert clock(second).unit == tall.county
    assert Clock.objects.filter(subject=second.pk).count() == 2
    back(tall, second, "upper")
    assert reads.active_rung(first.case).unit == tall.group
    assert Case.objects.get(pk=first.case_id).status == "climbing"
    first.refresh_from_db()
    back(tall, first, "group")
    case = Case.objects.get(pk=first.case_id)
    assert case.status == "accepted"
    assert reads.active_rung(case) is None
    assert not Clock.objects.filter(case=case, stopped_at__isnull=True).exists()


def test_a_level_that_has_answered_answers_no_more(tall):
    first = tall.taken()
    tall.on(first, "group")
    for act, words in ((acts.solve, {"result": "好了"}), (acts.give_back, {"guidance": "再谈"})):
        with pytest.raises(Refused):
            act(rung_id=first.pk, by=tall.as_("group"), at=tall.now, **words)
    waiting = make.accepted(tall)
    rung = tall.up(waiting)
    with pytest.raises(Refused, match="待接收"):
        acts.solve(rung_id=rung.pk, result="好了", by=tall.as_("group"), at=tall.now)
    with pytest.raises(Invalid):
        acts.solve(rung_id=acts.take_rung(rung_id=rung.pk, by=tall.as_("group"), at=tall.now).pk, result="",
                   by=tall.as_("group"), at=tall.now)  # fmt: skip


def given(world, rung: Rung, by: str = "group", **other):
    """The level gives the case to its own department."""
    words = {"measure": "改签班车合同。", "department": world.hall, "handler": world.posts["clerk"],
             "deadline": world.now.date() + timedelta(days=9), "brief": "夜班末班车提前了。", **other}  # fmt: skip
    return handling.assign(case_id=rung.case_id, by=world.as_(by), at=world.now, **words)


@pytest.mark.clause("MY-3.2.4d", "MY-3.2.3b")
def test_a_level_gives_it_to_its_own_department_and_the_first_union_tells(tall):
    rung = tall.taken()
    assert reads.acting_unions(rung.case) == [tall.plant, tall.group]
    item = given(tall, rung)
    case = Case.objects.get(pk=rung.case_id)
    rung.refresh_from_db()
    assert (case.status, rung.status) == ("handling", "assigned")
    assert rung.answer == "交由综合部办理：改签班车合同。"
    assert Clock.objects.get(subject=item.pk).unit == tall.group
    assert reads.acting_unions(case) == [tall.plant, tall.group]
    handling.check(item_id=item.pk, text="请抓紧", urge=True, by=tall.as_("group"), at=tall.now)
    handling.check(item_id=item.pk, text="也请抓紧", urge=True, by=tall.as_("officer"), at=tall.now)
    with pytest.raises(NotYours):
        handling.check(item_id=item.pk, text="请抓紧", urge=True, by=tall.as_("upper"), at=tall.now)
    handling.finish(item_id=item.pk, able=True, text="签了。", done_on=None, by=tall.as_("clerk"), at=tall.now)
    assert Clock.objects.get(subject=item.pk, code="report").unit == tall.group
    handling.report(item_id=item.pk, text="合同改签，22:40 发车。", by=tall.as_("clerk"), at=tall.now)
    handling.redo(item_id=item.pk, reason="请附合同", deadline=tall.now.date(), by=tall.as_("group"), at=tall.now)
    handling.finish(item_id=item.pk, able=True, text="附了。", done_on=None, by=tall.as_("clerk"), at=tall.now)
    handling.report(item_id=item.pk, text="合同在后。", by=tall.as_("clerk"), at=tall.now)
    case.refresh_from_db()
    assert case.status == "reported"
    words = {
        "case_id": case.pk,
        "how": "phone",
        "kind": "result",
        "text": "恢复了",
        "told_on": tall.now.date(),
        "at": tall.now,
    }
    with pytest.raises(NotYours):
        handling.tell(by=tall.as_("group"), **words)
    assert handling.tell(by=tall.as_("officer"), **words).status == "told"


def test_a_second_department_of_the_level_works_beside_the_first(tall):
    rung = tall.taken()
    given(tall, rung)
    given(tall, rung, department=tall.admin, handler=tall.posts["handler"])
    assert rung.case.items.count() == 2
    assert Rung.objects.get(pk=rung.pk).answer == "交由综合部办理：改签班车合同。"


def test_while_it_is_above_the_union_below_gives_it_to_nobody(tall):
    rung = tall.taken()
    below = {"department": tall.admin, "handler": tall.posts["handler"]}
    with pytest.raises(Refused, match="等上级答复"):
        given(tall, rung, "officer", **below)
    with pytest.raises(NotYours):
        given(tall, rung, "upper")
    with pytest.raises(NotYours):
        given(tall, rung, "foreign")
    waiting = tall.sent()
    with pytest.raises(Refused, match="待接收"):
        given(tall, waiting)
    back(tall, rung, "group")
    with pytest.raises(Invalid):
        given(tall, rung, "officer")
    assert given(tall, rung, "officer", **below).status == "given"


def test_an_item_of_the_level_changes_hands_there(tall):
    rung = tall.taken()
    item = given(tall, rung)
    from_post = tall.posts["clerk"]
    to_post = make.make_post(tall.group, "handler", person=make.make_person(tall.group, "曲波"), department=tall.hall)
    assert handling.hand_over(from_post=from_post, to_post=to_post, by=tall.as_("group"), at=tall.now) == 1
    item.refresh_from_db()
    assert item.handler == to_post


def test_a_withdrawal_on_the_way_ends_the_climb(tall):
    rung = tall.on(tall.taken(), "group")
    case = rung.case
    worker = worker_of(case.parties.get().pk)
    cases.withdraw(reason="", by=worker, at=tall.now)
    assert not Clock.objects.filter(case=case, stopped_at__isnull=True).exists()
    assert acts.end_withdrawn(by=SYSTEM, at=tall.now) == 2
    assert acts.end_withdrawn(by=SYSTEM, at=tall.now) == 0
    assert tall.chips(case) == [("山集", "withdrawn"), ("沂河", "withdrawn")]
    assert not case.stations.filter(how="climb", until__isnull=True).exists()
    assert told(tall, "upper")[-1] == f"{case.number} 职工撤回，不用再办"
    with pytest.raises(Refused):
        acts.solve(rung_id=rung.pk, result="好了", by=tall.as_("upper"), at=tall.now)


def test_a_level_follows_a_merged_union(tall):
    rung = tall.on(tall.sent(), "group", unit=tall.industry)
    tall.industry.merged_into, tall.industry.closed_on = tall.county, tall.now.date()
    tall.industry.save()
    assert acts.follow_merged(by=SYSTEM, at=tall.now) == 1
    assert acts.follow_merged(by=SYSTEM, at=tall.now) == 0
    rung.refresh_from_db()
    assert rung.unit == tall.county
    assert clock(rung).unit == tall.county
    assert told(tall, "upper")[-1] == f"{rung.case.number} 单位合并转来"
    assert reads.with_us(tall.as_("upper")).get() == rung


def test_a_level_merged_into_the_one_below_it_steps_down(tall):
    rung = tall.on(tall.sent(), "group", unit=tall.industry)
    tall.industry.merged_into, tall.industry.closed_on = tall.group, tall.now.date()
    tall.industry.save()
    assert acts.follow_merged(by=SYSTEM, at=tall.now) == 1
    assert tall.chips(rung.case) == [("山集", "taken"), ("机行", "returned")]


def test_a_level_whose_union_was_closed_steps_down(tall):
    rung = tall.on(tall.sent(), "group", unit=tall.industry)
    tall.industry.closed_on = tall.now.date()
    tall.industry.save()
    assert acts.follow_merged(by=SYSTEM, at=tall.now) == 1
    assert tall.chips(rung.case) == [("山集", "taken"), ("机行", "returned")]
    tall.group.closed_on = tall.now.date()
    tall.group.save()
    assert acts.follow_merged(by=SYSTEM, at=tall.now) == 1
    assert Case.objects.get(pk=rung.case_id).status == "accepted"


def test_the_database_holds_one_level_here_and_no_loop(tall):
    rung = tall.taken()
    again = {
        name: getattr(rung, name)
        for name in ("root_id", "case_id", "round", "order", "sent_from_id", "reason", "tried", "brief")
    }
    for unit, status in ((tall.county, "sent"), (tall.group, "passed"), (tall.plant, "sent")):
        answered = {"answer": "再报", "answered_at": tall.now} if status == "passed" else {}
        made = Rung(unit=unit, status=status, sent_at=tall.now, **again, **answered)
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save(force_insert=True)
    for status in ("returned", "solved", "assigned"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rung.objects.filter(pk=rung.pk).update(status=status)

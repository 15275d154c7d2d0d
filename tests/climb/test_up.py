"""Sending up: level by level, with what was tried, a clock a level, never in a circle, and the words kept sealed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases import acts as cases
from huying.cases import reads as case_reads
from huying.cases.models import Case, Clock
from huying.cases.rules import Concerns, may_open_sealed, standing
from huying.climb import acts, reads
from huying.climb.models import Rung
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.notices.models import Notice
from huying.org.models import Role
from huying.org.reads import acting_as
from huying.trail.reads import verify_chain
from tests.factories import world as make
from tests.factories.org import make_person, make_post


def told(world, name: str) -> list[str]:
    """What somebody was told, oldest first."""
    rows = Notice.objects.filter(recipient=world.posts[name].person).order_by("created_at", "pk")
    return list(rows.values_list("title", flat=True))


def clock(rung: Rung) -> Clock:
    """The clock of a level that runs."""
    return Clock.objects.get(subject=rung.pk, code="climb", stopped_at__isnull=True)


@pytest.mark.clause("MY-3.2.4d", "SX-6a", "BD-4.6c")
def test_three_levels_up_and_solved(tall):
    """Group, county, city: each asked in turn, one case, one number; the union where it began tells the worker."""
    case = make.accepted(tall)
    first = tall.up(case)
    case.refresh_from_db()
    assert (case.status, case.holder, case.officer) == ("climbing", tall.plant, tall.posts["officer"])
    second = tall.on(acts.take_rung(rung_id=first.pk, by=tall.as_("group"), at=tall.now), "group")
    third = tall.on(second, "upper")
    assert [rung.order for rung in (first, second, third)] == [1, 2, 3]
    assert tall.chips(case) == [("山集", "passed"), ("沂河", "passed"), ("临河", "sent")]
    third = acts.take_rung(rung_id=third.pk, by=tall.as_("city"), at=tall.now)
    acts.solve(rung_id=third.pk, result="市里协调车队恢复 22:40 一班。", by=tall.as_("city"), at=tall.now)
    case.refresh_from_db()
    assert (case.status, case.holder) == ("reported", tall.plant)
    assert tall.chips(case) == [("山集", "solved"), ("沂河", "solved"), ("临河", "solved")]
    assert case.clocks.get(stopped_at__isnull=True).code == "tell"
    assert f"{case.number} 上级给了结果" in told(tall, "officer")
    assert verify_chain(case.pk) == []
    assert not case.stations.filter(how="climb", until__isnull=True).exists()
    labels = [event.worker_label for event in case_reads.worker_story(case, case.parties.get())]
    assert "沂河县总工会又报到了临河市总工会" in labels


@pytest.mark.clause("MY-3.2.4d")
def test_union_and_management_above_are_told_each_by_what_it_may_know(tall):
    rung = tall.sent()
    number = rung.case.number
    assert rung.to_management
    assert told(tall, "group") == [f"{number} 报到本级"]
    assert told(tall, "boss") == [f"事项 {rung.code} 报到本单位"]
    assert list(reads.for_management(tall.as_("boss"))) == [rung]
    with pytest.raises(NotYours):
        case_reads.get_for(tall.as_("boss"), rung.case_id)
    assert not reads.for_management(tall.as_("manager")).exists()


def test_beyond_the_group_only_unions_are_asked(tall):
    second = tall.on(tall.sent(), "group")
    assert not second.to_management
    assert told(tall, "upper") == [f"{second.case.number} 报到本级"]


def test_without_a_document_that_says_so_management_is_not_told(world):
    """Here the plant stands right under the county: no group above, so nobody of management."""
    case = make.accepted(world)
    rung = acts.send_up(case_id=case.pk, reason="一", tried="二", by=world.as_("officer"), at=world.now)
    assert (rung.unit, rung.to_management) == (world.county, False)


@pytest.mark.clause("MY-3.2.4d")
def test_sending_up_says_why_and_what_was_tried(tall):
    case = make.accepted(tall)
    with pytest.raises(Invalid) as refused:
        tall.up(case, reason=" ", tried="")
    assert set(refused.value.fields) == {"reason", "tried"}
    case.refresh_from_db()
    assert case.status == "accepted"
    with pytest.raises(Invalid):
        tall.up(case, tried="长" * 2001)


def test_who_sends_up_is_of_the_union_that_has_it_and_saw_its_last_state(tall):
    case = make.accepted(tall)
    for name in ("foreign", "handler", "manager"):
        with pytest.raises(NotYours):
            acts.send_up(case_id=case.pk, reason="一", tried="二", by=tall.as_(name), at=tall.now)
    with pytest.raises(NotYours):
        acts.send_up(case_id=case.pk, reason="一", tried="二", by=tall.as_("upper"), at=tall.now)
    with pytest.raises(Stale):
        tall.up(case, version=case.version - 1)
    with pytest.raises(Refused):
        tall.up(make.said(tall))
    tall.up(case)
    with pytest.raises(Refused):
        tall.up(case)


@pytest.mark.clause("SX-6a", "BD-4.6c")
def test_never_a_loop_never_below_never_the_own_union(tall):
    case = make.accepted(tall)
    for unit in (tall.plant, tall.other, tall.shop, tall.city):
        with pytest.raises(Invalid):
            tall.up(case, unit=unit)
    first = tall.up(case)
    offered = [one.unit for one in reads.targets(case, tall.group, tall.now.date())]
    assert offered == [tall.county, tall.industry]
    second = tall.on(first, "group", unit=tall.industry)
    assert [one.unit for one in reads.targets(case, tall.industry, tall.now.date())] == [tall.county]
    for unit in (tall.group, tall.plant, tall.industry):
        with pytest.raises(Invalid):
            tall.on(second, "industry", unit=unit)


def test_the_top_has_nobody_to_send_to(tall):
    third = tall.on(tall.on(tall.sent(), "group"), "upper")
    with pytest.raises(Refused, match="上面没有"):
        tall.on(third, "city")


def test_a_level_where_nobody_is_free_is_skipped_without_trace(tall):
    """The group's only union officer is the superior complained of: the county is asked, the group never hears."""
    make_post(tall.plant, Role.WORKER, person=tall.posts["group"].person)
    case = make.accepted(tall, concerns=Concerns(superior="韩秀英"))
    assert next(one.unit for one in reads.targets(case, tall.plant, tall.now.date())) == tall.county
    rung = tall.up(case)
    assert rung.unit == tall.county
    assert told(tall, "group") == told(tall, "boss") == []
    assert not Case.objects.visible_to(tall.as_("group")).exists()


def test_a_named_officer_above_gets_no_trace_of_it(tall):
    named = make_post(tall.group, Role.OFFICER, person=make_person(tall.group, "陶然"))
    make_post(tall.plant, Role.WORKER, person=named.person)
    rung = tall.taken(concerns=Concerns(superior="陶然"))
    tall.posts["named"] = named
    actor = acting_as(named, tall.now.date())
    assert told(tall, "named") == []
    assert not Case.objects.visible_to(actor).exists()
    assert not reads.with_us(actor).exists()
    assert not Rung.objects.visible_to(actor).filter(pk=rung.pk).exists()
    with pytest.raises(NotYours):
        acts.solve(rung_id=rung.pk, result="办了", by=actor, at=tall.now)
    assert reads.with_us(tall.as_("group")).count() == 1


def test_a_named_head_of_management_above_gets_no_trace_of_it(tall):
    rung = tall.sent(concerns=Concerns(superior="罗建军"))
    assert told(tall, "boss") == []
    assert not reads.for_management(tall.as_("boss")).exists()
    with pytest.raises(NotYours):
        reads.rung_for_management(tall.as_("boss"), rung.pk)
    with pytest.raises(NotYours):
        acts.instruct_rung(rung_id=rung.pk, text="查", by=tall.as_("boss"), at=tall.now)


def test_sealed_words_never_open_to_the_levels_above(tall):
    rung = tall.taken()
    actor = tall.as_("group")
    assert case_reads.get_for(actor, rung.case_id).summary
    assert not may_open_sealed(actor, rung.case)
    assert not standing(actor, rung.case).office
    with pytest.raises(NotYours):
        cases.open_sealed(case_id=rung.case_id, reason="verify", words="", by=actor, at=tall.now)
    assert cases.identities(case=rung.case, parties=list(rung.case.parties.all()), by=actor, at=tall.now) == {}
    assert cases.open_sealed(case_id=rung.case_id, reason="verify", words="", by=tall.as_("officer"), at=tall.now)


@pytest.mark.clause("BD-4.6c")
def test_each_level_has_a_clock_that_starts_with_the_sending(tall):
    """15 working days from the day it was sent; taking it late wins nothing."""
    rung = tall.sent()
    began = clock(rung)
    assert (began.unit, began.start_day) == (tall.group, tall.now.date())
    later = tall.now + timedelta(days=5)
    acts.take_rung(rung_id=rung.pk, by=tall.as_("group"), at=later)
    assert clock(rung).due_on == began.due_on
    above = acts.send_on(rung_id=rung.pk, reason="一", tried="二", by=tall.as_("group"), at=later)
    assert not Clock.objects.filter(subject=rung.pk, stopped_at__isnull=True).exists()
    assert (clock(above).start_day, clock(above).unit) == (later.date(), tall.county)


def test_reminders_of_a_level_go_to_its_own_office(tall):
    rung = tall.sent()
    late = tall.now + timedelta(days=60)
    before = told(tall, "officer")
    assert cases.remind(by=make.SYSTEM, at=late) == 1
    assert told(tall, "group")[-1] == f"{rung.case.number} 上级答复超期了"
    assert told(tall, "officer") == before
    assert list(reads.stuck_below(tall.as_("upper"), late.date())) == [rung]
    assert not reads.stuck_below(tall.as_("upper"), tall.now.date()).exists()
    assert not reads.stuck_below(tall.as_("group"), late.date()).exists()


def test_only_the_level_itself_asks_for_more_time(tall):
    rung = tall.taken()
    found = clock(rung)
    later = found.due_on + timedelta(days=7)
    given = {"clock_id": found.pk, "kind": "extend", "reason": "要等集团采购", "new_due": later, "at": tall.now}
    with pytest.raises(NotYours):
        cases.ask_change(by=tall.as_("officer"), **given)
    change = cases.ask_change(by=tall.as_("group"), **given)
    with pytest.raises(NotYours):
        cases.decide_change(change_id=change.pk, approve=True, reason="", by=tall.as_("chair"), at=tall.now)
    cases.decide_change(change_id=change.pk, approve=True, reason="", by=tall.as_("group"), at=tall.now)
    found.refresh_from_db()
    assert found.due_on == later


def test_foreign_and_lower_unions_answer_nothing(tall):
    rung = tall.taken()
    for name in ("foreign", "officer", "upper", "boss"):
        for act, words in ((acts.take_rung, {}), (acts.solve, {"result": "好了"}), (acts.give_back, {"guidance": "再谈"}),
                           (acts.send_on, {"reason": "一", "tried": "二"})):  # fmt: skip
            with pytest.raises(NotYours):
                act(rung_id=rung.pk, by=tall.as_(name), at=tall.now, **words)

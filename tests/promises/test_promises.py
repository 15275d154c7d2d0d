"""Promises: what each has to say before it is made, who reports, late ones, comments, ratings; research and its reports."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.notices.models import Notice
from huying.promises import acts, reads
from huying.promises.models import Comment, Plan, Progress, Promise, Rating, ResearchReport
from huying.promises.rules import is_late, shown
from tests.factories.reception import adopt

pytestmark = pytest.mark.django_db
VISITOR = Actor(code="public", label="职工本人")
GRADES = [("very_satisfied", "非常满意"), ("satisfied", "满意"), ("basic", "基本满意"), ("unsatisfied", "不满意")]


def who(world, name):
    return {"by": world.as_(name), "at": world.now}


def whole(world, **given):
    """Everything a promise has to say."""
    fields = {
        "title": "宿舍热水改造", "measure": "三号楼换空气能热水，每层加两个洗澡间。", "deadline": date(2026, 12, 20),
        "leader": world.posts["manager"], "department": world.logistics, "person": world.posts["other_handler"],
    }  # fmt: skip
    return {**fields, **given}


def drafted(world, **given):
    plan = acts.open_plan(unit=world.plant, year=2026, opening="", **who(world, "officer"))
    return acts.add_promise(plan_id=plan.pk, **whole(world, **given), **who(world, "officer"))


def made(world, **given):
    promise = drafted(world, **given)
    acts.publish_plan(plan_id=promise.plan_id, **who(world, "chair"))
    return Promise.objects.select_related("plan__unit").get(pk=promise.pk)


# --- rules ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "deadline", "late"),
    [
        ("promised", date(2026, 11, 19), True),
        ("doing", date(2026, 11, 20), False),
        ("done", date(2026, 11, 1), False),
        ("failed", date(2026, 11, 1), False),
        ("doing", None, False),
    ],
)
def test_late(status, deadline, late):
    assert is_late(status, deadline, date(2026, 11, 20)) is late


@pytest.mark.parametrize(
    ("counts", "seen"),
    [
        ([2, 1, 0, 0], None),
        ([6, 7, 8, 9], [6, 7, 8, 9]),
        ([6, 7, 0, 0], [6, 7, 0, 0]),
        ([9, 8, 2, 0], [9, None, None, None]),  # two are hidden with the one, or the total gives it away
        ([9, 8, 1, 7], [9, 8, None, None]),
    ],
)
def test_small_numbers_cannot_be_worked_out(counts, seen):
    found = shown(GRADES, dict(zip((code for code, _ in GRADES), counts, strict=True)), 5)
    assert (None if found is None else [n for _, n in found.grades]) == seen


# --- the plan ---------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-12")
@pytest.mark.parametrize("lacks", ["measure", "deadline", "leader", "department", "person"])
def test_a_promise_says_all_the_document_wants_before_it_is_made(world, lacks):
    adopt(world, "shaanxi-2012-38")
    needs = reads.needs_of(world.plant, world.now.date())
    assert needs.clause.id == "SX-12"
    promise = drafted(world, **{lacks: "" if lacks == "measure" else None})
    assert len(reads.missing(promise, needs)) == 1
    with pytest.raises(Refused):
        acts.publish_plan(plan_id=promise.plan_id, **who(world, "chair"))
    assert not Plan.objects.published().exists()
    acts.change_promise(promise_id=promise.pk, **whole(world), **who(world, "officer"))
    acts.publish_plan(plan_id=promise.plan_id, **who(world, "chair"))
    assert Promise.objects.get().status == "promised"


@pytest.mark.clause("SX-12")
def test_a_plan_is_made_in_public_and_its_leader_and_person_hear_of_it(world):
    adopt(world, "shaanxi-2012-38")
    promise = made(world)
    assert list(reads.published(world.plant)) == [promise.plan]
    heard = set(Notice.objects.filter(kind="promise.published").values_list("recipient__name", flat=True))
    assert heard == {"冯国庆", "吴强"}
    for late in (acts.add_promise, acts.publish_plan):
        given = whole(world) if late is acts.add_promise else {}
        with pytest.raises(Refused):
            late(plan_id=promise.plan_id, **given, **who(world, "chair"))
    with pytest.raises(Refused):
        acts.change_promise(promise_id=promise.pk, **whole(world), **who(world, "officer"))


def test_without_a_document_the_department_may_be_left_open(world):
    promise = made(world, department=None)
    assert promise.status == "promised"


@pytest.mark.parametrize("name", ["officer", "manager", "upper", "foreign", "other_handler"])
def test_only_who_approves_makes_it_public(world, name):
    promise = drafted(world)
    with pytest.raises(NotYours):
        acts.publish_plan(plan_id=promise.plan_id, **who(world, name))


def test_an_empty_plan_and_a_second_one_of_a_year(world):
    plan = acts.open_plan(unit=world.plant, year=2026, **who(world, "officer"))
    with pytest.raises(Refused):
        acts.publish_plan(plan_id=plan.pk, **who(world, "chair"))
    with pytest.raises(Refused):
        acts.open_plan(unit=world.plant, year=2026, **who(world, "officer"))
    with pytest.raises(Invalid):
        acts.open_plan(unit=world.plant, year=2031, **who(world, "officer"))


def test_a_dropped_promise_is_not_in_the_plan(world):
    promise = drafted(world)
    acts.add_promise(plan_id=promise.plan_id, **whole(world, title="食堂增加夜宵"), **who(world, "officer"))
    acts.drop_promise(promise_id=promise.pk, **who(world, "officer"))
    acts.publish_plan(plan_id=promise.plan_id, **who(world, "chair"))
    assert [one.title for one in reads.promises_of(Plan.objects.get())] == ["食堂增加夜宵"]


# --- how far it is -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-12")
def test_leader_department_and_office_report_nobody_else(world):
    promise = made(world)
    for name in ("manager", "other_handler", "officer"):
        acts.report_progress(promise_id=promise.pk, text="设备招标完了。", **who(world, name))
    assert Progress.objects.count() == 3
    for name in ("handler", "delegate", "upper", "foreign"):
        with pytest.raises(NotYours):
            acts.report_progress(promise_id=promise.pk, text="x", **who(world, name))
    acts.finish_promise(promise_id=promise.pk, result="热水十二月一日通了。", **who(world, "other_handler"))
    with pytest.raises(Refused):
        acts.fail_promise(promise_id=promise.pk, reason="x", **who(world, "officer"))


def test_a_promise_that_failed_says_why(world):
    promise = made(world)
    with pytest.raises(Invalid):
        acts.fail_promise(promise_id=promise.pk, reason=" ", **who(world, "officer"))
    acts.fail_promise(promise_id=promise.pk, reason="管网改造要等到明年春天。", **who(world, "officer"))
    found = Promise.objects.get()
    assert (found.status, found.ended_on) == ("failed", world.now.date())
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.update(result="")


def test_late_ones_are_brought_to_mind_once_a_week(world):
    made(world, deadline=date(2026, 11, 18))
    for days in (0, 1, 5, 6):
        acts.remind_late(by=SYSTEM, at=world.now + timedelta(days=days))
    assert Notice.objects.filter(kind="promise.late", recipient__name="吴强").count() == 2
    assert [one.title for one in reads.due(world.as_("other_handler"), world.now.date())] == ["宿舍热水改造"]
    assert reads.due(world.as_("handler"), world.now.date()).count() == 0


# --- what workers say ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SX-12")
def test_workers_comment_without_a_name_and_only_insult_and_personal_data_may_be_hidden(world):
    promise = made(world)
    comment = acts.say_of(promise_id=promise.pk, text="早该办了，找老王 13812345678 问问。", by=VISITOR, at=world.now)
    assert "13812345678" not in comment.text
    assert comment.on == world.now.date()
    assert {field.name for field in Comment._meta.fields} & {"at", "device", "address"} == set()
    for name in ("manager", "other_handler", "upper", "foreign"):
        with pytest.raises(NotYours):
            acts.hide_comment(comment_id=comment.pk, why="insult", reason="骂人", **who(world, name))
    with pytest.raises(Invalid):
        acts.hide_comment(comment_id=comment.pk, why="unpleasant", reason="不好听", **who(world, "officer"))
    with pytest.raises(Invalid):
        acts.hide_comment(comment_id=comment.pk, why="insult", reason="", **who(world, "officer"))
    acts.hide_comment(comment_id=comment.pk, why="personal", reason="写了别人的姓", **who(world, "officer"))
    assert Comment.objects.get().hidden_by == world.posts["officer"]


def test_nothing_is_said_of_a_draft(world):
    promise = drafted(world)
    with pytest.raises(NotYours):
        acts.say_of(promise_id=promise.pk, text="好。", by=VISITOR, at=world.now)


@pytest.mark.clause("SX-12")
def test_a_result_is_rated_once_it_is_there_and_few_are_not_shown(world):
    promise = made(world)
    with pytest.raises(Refused):
        acts.rate_promise(promise_id=promise.pk, grade="satisfied", by=VISITOR, at=world.now)
    acts.finish_promise(promise_id=promise.pk, result="办好了。", **who(world, "officer"))
    promise.refresh_from_db()
    with pytest.raises(Invalid):
        acts.rate_promise(promise_id=promise.pk, grade="splendid", by=VISITOR, at=world.now)
    for number in range(1, 6):
        acts.rate_promise(promise_id=promise.pk, grade="satisfied", by=VISITOR, at=world.now)
        found = reads.ratings([promise], world.now.date())[promise.pk]
        assert (found is not None) is (number >= 5)
    assert Rating.objects.count() == 5


def test_who_sees_drafts_and_plans(world):
    promise = drafted(world)
    sees = {
        name: reads.plans(world.as_(name), world.now.date()).count()
        for name in ("officer", "manager", "upper", "foreign")
    }
    assert sees == {"officer": 1, "manager": 1, "upper": 0, "foreign": 0}
    acts.publish_plan(plan_id=promise.plan_id, **who(world, "chair"))
    assert reads.plans(world.as_("upper"), world.now.date()).count() == 1
    assert reads.my_promises(world.as_("other_handler")).count() == 1
    assert reads.my_promises(world.as_("handler")).count() == 0


# --- research -------------------------------------------------------------------------------------------------------------------


def topic(world, **given):
    fields = {"year": 2026, "title": "夜班职工通勤", "why": "", "lead": world.posts["upper"], "due": date(2026, 12, 1)}
    return acts.add_topic(unit=world.county, **{**fields, **given}, **who(world, "upper"))


@pytest.mark.clause("SX-11")
def test_a_report_counts_for_who_wrote_it(world):
    adopt(world, "shaanxi-2012-38")
    assert rules_for(world.county, world.now.date()).record("research").clause.id == "SX-11"
    found = topic(world)
    acts.submit_report(topic_id=found.pk, text="三个结论。", **who(world, "upper"))
    report = ResearchReport.objects.get()
    assert (report.author, report.submitted_at) == (world.posts["upper"].person, world.now)
    with pytest.raises(Refused):
        acts.submit_report(topic_id=found.pk, text="再交一份。", **who(world, "upper"))
    assert reads.published_reports(world.county, 2026) == []
    acts.publish_report(report_id=report.pk, **who(world, "upper"))
    assert reads.published_reports(world.county, 2026) == [report]


@pytest.mark.clause("SX-11")
def test_no_topic_where_no_document_knows_research_and_no_report_from_outside(world):
    with pytest.raises(Refused):
        topic(world)
    adopt(world, "shaanxi-2012-38")
    found = topic(world)
    for name in ("officer", "foreign", "manager"):
        with pytest.raises(NotYours):
            acts.submit_report(topic_id=found.pk, text="x", **who(world, name))
    with pytest.raises(Invalid):
        topic(world, title="另一个", lead=world.posts["officer"])


def test_a_topic_given_up_says_why(world):
    adopt(world, "shaanxi-2012-38")
    found = topic(world)
    with pytest.raises(Invalid):
        acts.drop_topic(topic_id=found.pk, reason="", **who(world, "upper"))
    acts.drop_topic(topic_id=found.pk, reason="并入全市的课题。", **who(world, "upper"))
    found.refresh_from_db()
    with pytest.raises(NotYours):
        acts.submit_report(topic_id=found.pk, text="x", **who(world, "upper"))
    assert reads.topic_state(found, 0, date(2027, 1, 1)) == ("none", "不做了")

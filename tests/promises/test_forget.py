"""An erased person is in none of the room's words any more; other unions' words stay as they are."""

from __future__ import annotations

from datetime import date

import pytest

from huying.cases.acts import erase_party
from huying.kernel.actors import SYSTEM
from huying.kernel.forgetting import GONE, Gone
from huying.kernel.ids import random_id
from huying.promises import acts
from huying.promises.models import Comment, Plan, Progress, Promise, ResearchReport, ResearchTopic
from tests.factories import world as make
from tests.factories.reception import VISITOR, adopt
from tests.promises.test_promises import topic, who, whole

pytestmark = pytest.mark.django_db
NAME = "刘春华"


def published(world, **given):
    plan = acts.open_plan(unit=world.plant, year=2026, opening=f"{NAME}说的，今年办。", **who(world, "officer"))
    promise = acts.add_promise(plan_id=plan.pk, **whole(world, **given), **who(world, "officer"))
    acts.publish_plan(plan_id=plan.pk, **who(world, "chair"))
    return promise


def test_names_are_blotted_out_of_promises_and_what_workers_say(world):
    case = make.accepted(world)
    promise = published(world, title=f"{NAME}提的热水", measure=f"按{NAME}说的改")
    said = acts.say_of(promise_id=promise.pk, text=f"{NAME}最清楚。", by=VISITOR, at=world.now)
    assert NAME not in said.text  # masked when it is written; this one was missed
    Comment.objects.filter(pk=said.pk).update(text=f"{NAME}最清楚。")
    rude = acts.say_of(promise_id=promise.pk, text="骂人的话。", by=VISITOR, at=world.now)
    acts.hide_comment(comment_id=rude.pk, why="insult", reason=f"骂的是{NAME}", **who(world, "officer"))
    acts.report_progress(promise_id=promise.pk, text=f"请{NAME}来看过。", **who(world, "officer"))
    acts.finish_promise(promise_id=promise.pk, result=f"{NAME}说行。", **who(world, "officer"))
    assert erase_party(party_id=case.parties.get().pk, why="asked", by=SYSTEM, at=world.now)["promises"] == 5
    plan, found = Plan.objects.get(), Promise.objects.get()
    assert plan.opening == f"{GONE}说的，今年办。"
    assert (found.title, found.measure, found.result) == (f"{GONE}提的热水", f"按{GONE}说的改", f"{GONE}说行。")
    assert Progress.objects.get().text == f"请{GONE}来看过。"
    assert Comment.objects.get(pk=said.pk).text == f"{GONE}最清楚。"
    assert Comment.objects.get(pk=rude.pk).hidden_because == f"骂的是{GONE}"


def test_names_are_blotted_out_of_research_of_the_unions_that_had_the_case_only(world):
    adopt(world, "shaanxi-2012-38")
    case = make.accepted(world)
    found = topic(world, title=f"{NAME}反映的通勤", why=f"{NAME}反映过")
    acts.submit_report(topic_id=found.pk, text=f"访谈了{NAME}。", **who(world, "upper"))
    gone = Gone(party=random_id(), key=random_id(), cases=(case.pk,), words=(NAME,))
    assert acts.forget(gone=gone, by=SYSTEM, at=world.now) == 0  # the county never had it
    ours = acts.add_topic(
        unit=world.plant, year=2026, title=f"{NAME}一班的夜宵", why="", lead=world.posts["officer"],
        due=date(2026, 12, 1), **who(world, "officer"),
    )  # fmt: skip
    acts.submit_report(topic_id=ours.pk, text=f"问了{NAME}和班组。", **who(world, "officer"))
    assert acts.forget(gone=gone, by=SYSTEM, at=world.now) == 2
    assert ResearchTopic.objects.get(pk=ours.pk).title == f"{GONE}一班的夜宵"
    assert ResearchReport.objects.get(topic=ours).text == f"问了{GONE}和班组。"
    assert ResearchReport.objects.get(topic=found).text == f"访谈了{NAME}。"

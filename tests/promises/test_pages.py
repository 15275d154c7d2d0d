"""Pages of promises and research: as many statements for many rows as for few."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.promises import acts
from huying.promises.models import Plan, Promise
from tests.desk.browser import as_
from tests.factories.org import make_unit
from tests.factories.reception import VISITOR, adopt
from tests.promises.test_promises import topic, who, whole

pytestmark = pytest.mark.django_db
FEW, MANY = 5, 50


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    """The pages read the clock at the edge; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def read(client, address):
    """A page, or a workbook to its end."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"".join(answer)


def statements(client, where, *args):
    address = reverse(where, args=args)
    read(client, address)
    with CaptureQueriesContext(connection) as seen:
        read(client, address)
    return len(seen)


def same_for_many(more, *asked):
    """What a page asks does not grow from five rows to fifty."""
    more(range(FEW))
    few = [ask() for ask in asked]
    more(range(FEW, MANY))
    assert [ask() for ask in asked] == few


def test_one_plan_and_what_somebody_answers_for(world):
    plan = acts.open_plan(unit=world.plant, year=2026, **who(world, "officer"))

    def more(numbers):
        Plan.objects.update(status="draft", published_at=None, published_by=None)
        for number in numbers:
            made = whole(world, title=f"第 {number} 件实事", deadline=date(2026, 12, 20 if number % 2 else 1))
            acts.add_promise(plan_id=plan.pk, **made, **who(world, "officer"))
        acts.publish_plan(plan_id=plan.pk, **who(world, "chair"))
        for promise in Promise.objects.filter(status="promised"):
            acts.report_progress(promise_id=promise.pk, text="开工了。", **who(world, "officer"))

    officer, phone = as_(world, "officer"), Client()
    same_for_many(
        more,
        lambda: statements(officer, "desk:plan", plan.pk),
        lambda: statements(officer, "desk:plan_xlsx", plan.pk),
        lambda: statements(as_(world, "other_handler"), "desk:promises"),
        lambda: statements(phone, "public:promises", world.plant.code),
    )


def test_plans_of_the_unions_below(world):
    plan = acts.open_plan(unit=world.plant, year=2026, **who(world, "officer"))
    acts.add_promise(plan_id=plan.pk, **whole(world), **who(world, "officer"))
    acts.publish_plan(plan_id=plan.pk, **who(world, "chair"))
    given = {"root": plan.root, "year": 2026, "status": "published", "published_at": world.now, "at": world.now}
    posts = {"by": world.posts["officer"], "published_by": world.posts["chair"]}

    def more(numbers):
        for number in numbers:
            unit = make_unit(f"第 {number} 厂工会", under=world.county)
            one = Plan.objects.create(unit=unit, **given, **posts)
            Promise.objects.create(root=plan.root, plan=one, order=1, title="热水", status="doing", at=world.now)

    upper = as_(world, "upper")
    same_for_many(more, lambda: statements(upper, "desk:promises"))
    assert upper.get(reverse("desk:promises")).context["page"].paginator.count == MANY + 1


def test_what_workers_say_of_one(world):
    plan = acts.open_plan(unit=world.plant, year=2026, **who(world, "officer"))
    promise = acts.add_promise(plan_id=plan.pk, **whole(world), **who(world, "officer"))
    acts.publish_plan(plan_id=plan.pk, **who(world, "chair"))
    acts.finish_promise(promise_id=promise.pk, result="通了。", **who(world, "officer"))

    def more(numbers):
        for number in numbers:
            acts.say_of(promise_id=promise.pk, text=f"第 {number} 句。", by=VISITOR, at=world.now)
            acts.rate_promise(promise_id=promise.pk, grade="satisfied", by=VISITOR, at=world.now)

    same_for_many(
        more,
        lambda: statements(as_(world, "officer"), "desk:promise", promise.pk),
        lambda: statements(Client(), "public:promise", world.plant.code, promise.pk),
    )


def test_research_of_the_year(world):
    adopt(world, "shaanxi-2012-38")

    def more(numbers):
        for number in numbers:
            found = topic(world, title=f"第 {number} 个课题")
            acts.submit_report(topic_id=found.pk, text="三个结论。", **who(world, "upper"))

    upper = as_(world, "upper")
    same_for_many(more, lambda: statements(upper, "desk:research"), lambda: statements(upper, "desk:research_xlsx"))

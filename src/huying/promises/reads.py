"""Asking about promises and research: plans, what they lack, who reports, what workers read, ratings, topics."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Choices
from huying.org.models import Department, Post, Unit
from huying.org.reads import holders
from huying.org.rules import Can, Member, may
from huying.promises.lifecycle import OVER, RUNNING
from huying.promises.models import Comment, Plan, Promise, Rating, ResearchReport, ResearchTopic
from huying.promises.rules import Shown, is_late, lacking, shown

# --- plans ----------------------------------------------------------------------------------------------------------------


def plan_units(actor: Actor) -> list[Unit]:
    """The unions whose plans this person drafts."""
    units = actor.units(Can.HANDLE_CASES) if isinstance(actor, Member) else []
    return list({unit.pk: unit for unit in units}.values())


def plans(actor: Actor, today: date) -> QuerySet[Plan]:
    """Plans this person may read, the newest year first, each with how many promises, done and late."""
    late = Q(promises__status__in=RUNNING, promises__deadline__lt=today)
    return (
        Plan.objects.visible_to(actor)
        .select_related("unit")
        .annotate(
            n=Count("promises", filter=~Q(promises__status="dropped")),
            n_done=Count("promises", filter=Q(promises__status="done")),
            n_late=Count("promises", filter=late),
        )
        .order_by("-year", "unit__path")
    )


def plan_for(actor: Actor, plan_id: UUID) -> Plan:
    """One plan, or ``NotYours``."""
    rows = Plan.objects.visible_to(actor).select_related("unit", "published_by__person")
    return only(rows.filter(pk=plan_id))


def promises_of(plan: Plan) -> QuerySet[Promise]:
    """The promises of a plan in their order."""
    names = ("leader__person", "person__person", "department")
    return plan.promises.exclude(status="dropped").select_related(*names, "plan__unit").order_by("order")


def promise_for(actor: Actor, promise_id: UUID) -> Promise:
    """One promise, or ``NotYours``."""
    rows = Promise.objects.visible_to(actor)
    names = ("plan__unit", "leader__person", "person__person", "department")
    return only(rows.select_related(*names).filter(pk=promise_id))


def my_promises(actor: Actor) -> QuerySet[Promise]:
    """What this person leads, answers for, or their department does; what is due first, first."""
    if not isinstance(actor, Member):
        return Promise.objects.none()
    rows = Promise.objects.filter(Promise.objects.all().mine(actor)).exclude(status="dropped")
    names = ("plan__unit", "leader__person", "person__person", "department")
    return rows.select_related(*names).order_by("deadline", "order", "pk")


def reports_on(actor: Actor, promise: Promise) -> bool:
    """Whether this person reports how far a promise is: its leader, person, department, or the union's office."""
    if not isinstance(actor, Member) or promise.plan.status != "published":
        return False
    people = {post.person_id for post in (promise.leader, promise.person) if post is not None}
    mine = actor.person_id in people or promise.department_id in actor.departments()
    return mine or may(actor, Can.HANDLE_CASES, promise.plan.unit)


def needs_of(unit: Unit, on: date) -> Choices:
    """What each promise has to say, by the adopted document (SX-12)."""
    return rules_for(unit, on).needs("promise")


def missing(promise: Promise, needs: Choices) -> list[str]:
    """What a promise lacks of it."""
    given = {
        "measure": promise.measure.strip(), "deadline": promise.deadline, "leader": promise.leader_id,
        "department": promise.department_id, "person": promise.person_id,
    }  # fmt: skip
    return lacking(needs, given)


def late(promise: Promise, today: date) -> bool:
    """Whether its day has passed."""
    return is_late(promise.status, promise.deadline, today)


def offered(unit: Unit, on: date) -> tuple[list[Post], list[Department], list[Post]]:
    """Who may lead, which departments there are, who may answer for a promise."""
    leaders = list(holders(unit, Can.INSTRUCT, on).order_by("starts_on", "pk"))
    departments = list(unit.departments.filter(closed_on__isnull=True).order_by("name"))
    can = (Can.HANDLE_CASES, Can.ITEMS, Can.INSTRUCT)
    people = {post.pk: post for one in can for post in holders(unit, one, on).order_by("starts_on", "pk")}
    return leaders, departments, list(people.values())


# --- for everybody --------------------------------------------------------------------------------------------------------


def published(unit: Unit) -> QuerySet[Plan]:
    """The published plans of a union, the newest year first."""
    return Plan.objects.published().filter(unit=unit).order_by("-year")


def published_promise(unit: Unit, promise_id: UUID) -> Promise:
    """One promise of a published plan, or ``NotYours``."""
    rows = Promise.objects.filter(plan__unit=unit, plan__status="published", pk=promise_id).exclude(status="dropped")
    return only(rows.select_related("plan__unit", "leader__person", "person__person", "department"))


def comments_of(promise: Promise) -> QuerySet[Comment]:
    """What was said of it, the newest day first."""
    return promise.comments.order_by("-on", "pk")


def grades_of(unit: Unit, on: date) -> list[tuple[str, str]]:
    """The grades a result is rated by."""
    return [(grade.code, grade.label) for grade in rules_for(unit, on).scale().grades]


def ratings(rows: Iterable[Promise], on: date) -> dict[UUID, Shown | None]:
    """What may be shown of the ratings of promises of one union (two queries)."""
    found = list(rows)
    if not found:
        return {}
    unit = found[0].plan.unit
    rules = rules_for(unit, on)
    grades = grades_of(unit, on)
    counted: dict[UUID, dict[str, int]] = {}
    rated = Rating.objects.filter(promise__in=found).values("promise", "grade").annotate(n=Count("pk")).order_by()
    for row in rated:
        counted.setdefault(row["promise"], {})[row["grade"]] = row["n"]
    smallest = rules.count("small_cell").value
    return {one.pk: shown(grades, counted.get(one.pk, {}), smallest) for one in found if one.status in OVER}


# --- what is due ------------------------------------------------------------------------------------------------------------


def due(actor: Actor, until: date) -> QuerySet[Promise]:
    """Running promises of this person, or of the unions whose office this person is, that end by a day."""
    if not isinstance(actor, Member):
        return Promise.objects.none()
    units = [unit.pk for unit in plan_units(actor)]
    ours = Q(plan__unit__in=units, plan__status="published") | Promise.objects.all().mine(actor)
    rows = Promise.objects.filter(ours, status__in=RUNNING, deadline__lte=until)
    return rows.select_related("plan__unit", "person__person").order_by("deadline", "order", "pk")


# --- research -----------------------------------------------------------------------------------------------------------------


def topics(actor: Actor) -> QuerySet[ResearchTopic]:
    """Topics this person may read, the newest year first; each with how many reports."""
    rows = ResearchTopic.objects.visible_to(actor).select_related("unit", "lead__person")
    return rows.annotate(n_reports=Count("reports")).order_by("-year", "due", "pk")


def late_topics(actor: Actor, today: date) -> int:
    """How many topics this person leads whose report should be in."""
    rows = ResearchTopic.objects.visible_to(actor).filter(lead__person=actor.person_id, due__lt=today, dropped_at=None)
    return rows.filter(reports=None).count()


def topic_for(actor: Actor, topic_id: UUID) -> ResearchTopic:
    """One topic, or ``NotYours``."""
    return only(topics(actor).filter(pk=topic_id))


def reports_of(topic: ResearchTopic) -> list[ResearchReport]:
    """Its reports, in the order they came in."""
    return list(
        topic.reports.select_related("author", "post__unit", "published_by__person", "file").order_by("submitted_at")
    )


def report_for(actor: Actor, report_id: UUID) -> ResearchReport:
    """One report of a topic in reach, or ``NotYours``."""
    reach = ResearchTopic.objects.visible_to(actor).filter(pk=OuterRef("topic_id"))
    rows = ResearchReport.objects.filter(Exists(reach)).select_related("topic__unit", "file__key", "author")
    return only(rows.filter(pk=report_id))


def writes_on(actor: Actor, topic: ResearchTopic) -> bool:
    """Whether this person hands a report in: whoever leads it, and the union's own people."""
    if not isinstance(actor, Member) or topic.dropped_at is not None:
        return False
    return topic.lead.person_id == actor.person_id or may(actor, Can.READ_CASES, topic.unit)


def published_reports(unit: Unit, year: int) -> list[ResearchReport]:
    """What workers may read of a union's research in a year."""
    rows = ResearchReport.objects.filter(topic__unit=unit, topic__year=year, published_at__isnull=False)
    return list(rows.select_related("topic", "author").order_by("published_at"))


def topic_state(topic: ResearchTopic, n_reports: int, today: date) -> tuple[str, str]:
    """How a topic stands: a chip's state and its word."""
    if topic.dropped_at is not None:
        return "none", "不做了"
    if n_reports:
        return "done", f"交了 {n_reports} 份报告"
    if topic.due < today:
        return "late", f"晚了 {(today - topic.due).days} 天"
    left = (topic.due - today).days
    return ("soon" if left <= 30 else "ok"), f"还有 {left} 天"

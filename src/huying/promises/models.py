"""The yearly plan of practical things, its promises, what became of them, what workers say; research topics and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from huying.files.models import File
from huying.kernel.ids import random_id, uuid7
from huying.kernel.lifecycle import State
from huying.kernel.models import DataKey
from huying.org.models import NO_CONTROL, Department, Person, Post, Unit, path_end, root_key
from huying.org.rules import Can, Member
from huying.promises.lifecycle import PROMISE

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


def _reach(actor: Member, field: str = "unit") -> Q:
    """Of the unions this person works or leads at, and those below a union that reads from above."""
    own = {unit.pk for can in (Can.READ_CASES, Can.INSTRUCT) for unit in actor.units(can)}
    reach = Q(**{f"{field}__in": own})
    for unit in actor.units(Can.READ_BELOW):
        reach |= Q(**{f"{field}__path__gte": unit.path, f"{field}__path__lt": path_end(unit.path)})
    return reach


class PlanQuerySet(models.QuerySet["Plan"]):
    """The one scope of plans."""

    def visible_to(self, actor: Actor | None) -> PlanQuerySet:
        """Plans of the own unions, drafts too; of those below, what is published."""
        if not isinstance(actor, Member):
            return self.none()
        own = [unit.pk for unit in (*actor.units(Can.READ_CASES), *actor.units(Can.INSTRUCT))]
        return self.filter(_reach(actor)).filter(Q(status="published") | Q(unit__in=own))

    def published(self) -> PlanQuerySet:
        """Plans everybody may read."""
        return self.filter(status="published")


class Plan(models.Model):
    """What a union promises its workers for a year (为职工办实事计划, SX-12)."""

    STATES = (("draft", "起草中"), ("published", "已公开承诺"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年份")
    opening = models.CharField("对职工说的话", max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=STATES, default="draft")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "办实事计划"
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="plan_one_a_year"),
            models.CheckConstraint(
                name="plan_published_says_when",
                condition=Q(status="draft", published_at__isnull=True)
                | Q(status="published", published_at__isnull=False, published_by__isnull=False),
            ),
        ]


class PromiseQuerySet(models.QuerySet["Promise"]):
    """The one scope of promises."""

    def visible_to(self, actor: Actor | None) -> PromiseQuerySet:
        """Promises of plans in reach, and those this person leads, answers for, or whose department does."""
        if not isinstance(actor, Member):
            return self.none()
        plans = Plan.objects.visible_to(actor).values("pk")
        return self.filter(Q(plan__in=plans) | self.mine(actor)).exclude(status="dropped")

    @staticmethod
    def mine(actor: Member) -> Q:
        """Published promises this person has a part in."""
        person = actor.person_id
        part = Q(leader__person=person) | Q(person__person=person) | Q(department__in=actor.departments())
        return part & Q(plan__status="published")


class Promise(models.Model):
    """One practical thing (实事): what, how, until when, under which leader, by which department and person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="promises")
    order = models.PositiveSmallIntegerField()
    title = models.CharField("项目", max_length=60, validators=[NO_CONTROL])
    measure = models.CharField("措施", max_length=300, blank=True)
    deadline = models.DateField("时限", null=True, blank=True)
    leader = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=PROMISE.choices(), default=PROMISE.start)
    result = models.TextField("结果", blank=True, help_text="what was done, or why it was not")
    ended_on = models.DateField(null=True)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = "实事"
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="promise_order_once"),
            models.CheckConstraint(
                name="promise_over_says_what",
                condition=~Q(status__in=["done", "failed"]) | (Q(ended_on__isnull=False) & ~Q(result="")),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "status"], name="promise_person"),
            models.Index(fields=["deadline"], name="promise_deadline"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return PROMISE.by_code[self.status]


class Progress(models.Model):
    """How far a promise is, as leaders and departments report it; everybody reads it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="progress")
    text = models.CharField("进展", max_length=500)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "实事的进展"
        constraints = [models.CheckConstraint(name="progress_says_something", condition=~Q(text=""))]
        indexes = [models.Index(fields=["promise", "-at"], name="progress_promise_at")]


class Comment(models.Model):
    """What somebody says of a promise, without a name.  ``on`` is a day and the key is random: nobody learns when it was
    written from where it stands.  Hidden only for an insult or somebody's personal data, with a reason on record."""

    WHY = (("insult", "含侮辱、谩骂"), ("personal", "含个人信息"))

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="comments")
    text = models.CharField("评论", max_length=300)
    on = models.DateField()
    hidden_as = models.CharField(max_length=10, choices=WHY, blank=True)
    hidden_because = models.CharField(max_length=200, blank=True)
    hidden_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    hidden_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "职工的评论"
        constraints = [
            models.CheckConstraint(
                name="comment_hidden_says_why",
                condition=Q(hidden_at__isnull=True, hidden_as="", hidden_because="", hidden_by__isnull=True)
                | (Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_as="") & ~Q(hidden_because="")),
            )
        ]
        indexes = [models.Index(fields=["promise", "-on"], name="comment_promise_on")]


class Rating(models.Model):
    """One rating of a promise's result: a grade, nothing of who or when."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="ratings")
    grade = models.CharField(max_length=24)

    class Meta:
        verbose_name = "实事的评价"
        indexes = [models.Index(fields=["promise", "grade"], name="rating_promise_grade")]


class TopicQuerySet(models.QuerySet["ResearchTopic"]):
    """The one scope of research topics."""

    def visible_to(self, actor: Actor | None) -> TopicQuerySet:
        """Topics of the unions in reach, and the own ones."""
        if not isinstance(actor, Member):
            return self.none()
        return self.filter(_reach(actor) | Q(lead__person=actor.person_id))


class ResearchTopic(models.Model):
    """A topic a union looks into in a year (调研课题, SX-11)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年份")
    title = models.CharField("课题", max_length=80, validators=[NO_CONTROL])
    why = models.CharField("为什么调研", max_length=300, blank=True)
    lead = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    due = models.DateField("哪天前交报告")
    dropped_at = models.DateTimeField(null=True)
    dropped_because = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "调研课题"
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "title"], name="research_topic_once"),
            models.CheckConstraint(
                name="research_topic_dropped_says_why",
                condition=Q(dropped_at__isnull=True, dropped_because="")
                | (Q(dropped_at__isnull=False) & ~Q(dropped_because="")),
            ),
        ]


class ResearchReport(models.Model):
    """The report of somebody on a topic (调研报告, SX-11): its words, or a file; published for workers or not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    topic = models.ForeignKey(ResearchTopic, on_delete=models.PROTECT, related_name="reports")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("报告")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")
    file = models.OneToOneField(File, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "调研报告"
        constraints = [
            models.UniqueConstraint(fields=["topic", "author"], name="research_report_once"),
            models.CheckConstraint(name="research_report_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="research_report_file_has_key",
                condition=Q(file__isnull=True) | Q(key__isnull=False),
            ),
            models.CheckConstraint(
                name="research_report_published_by_somebody",
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["author", "submitted_at"], name="research_report_author")]

"""Topics, the cases they gather, the departments they touch, reviews and talks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from huying.cases.models import Case, Recusal
from huying.kernel.ids import uuid7
from huying.kernel.lifecycle import State
from huying.mechanism.models import Snapshot
from huying.meetings.lifecycle import TOPIC
from huying.org.models import Department, Post, Unit, path_end, root_key
from huying.org.rules import Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


def of_unions(actor: Member) -> Q:
    """Rows of the unions this person reads: the own ones, and those below where a post allows."""
    reach = Q(unit__in=[unit.pk for unit in actor.units(Can.READ_CASES)])
    for unit in actor.units(Can.READ_BELOW):
        reach |= Q(unit__path__gte=unit.path, unit__path__lt=path_end(unit.path))
    return reach


class TopicQuerySet(models.QuerySet["Topic"]):
    """The one scope of topics."""

    def visible_to(self, actor: Actor | None) -> TopicQuerySet:
        """Topics of the unions this person reads; never one with a case that names the person or what the person heads."""
        if not isinstance(actor, Member):
            return self.none()
        return self.filter(of_unions(actor)).not_naming(actor)

    def not_naming(self, actor: Actor) -> TopicQuerySet:
        """Without topics whose cases name this actor."""
        named = Recusal.objects.filter(key__in=list(actor.keys), case__topics__topic=OuterRef("pk"))
        return self.exclude(Exists(named))


class Topic(models.Model):
    """A matter the union brings to the table on behalf of the workers, worded without naming any (MY-3.2.3d).

    It gathers one or more cases; what comes from management, an upper union or opinion gathered has a case of its own
    without people.  ``edition`` grows with each wording: a review holds for the wording it read.
    """

    ORIGINS = (
        ("case", "职工诉求"),
        ("management", "行政提出通报"),
        ("upper", "上级工会交办"),
        ("opinion", "征集的意见"),
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField("来源", max_length=12, choices=ORIGINS)
    source_note = models.CharField("来源说明", max_length=200, blank=True)
    content_class = models.CharField(max_length=16)
    title = models.CharField("议题", max_length=60)
    body = models.TextField("情况")
    ask = models.TextField("工会的意见", blank=True)
    named_because = models.CharField(max_length=200, blank=True, help_text="who agreed to be named, and when")
    weighty = models.BooleanField("重大特殊事项", default=False)
    edition = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=TOPIC.choices(), default=TOPIC.start)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    rules = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "协商议题"
        constraints = [
            models.CheckConstraint(
                name="topic_merged_knows_where",
                condition=(Q(status="merged") & Q(merged_into__isnull=False))
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(name="topic_worded", condition=~Q(title="") & ~Q(body="")),
        ]
        indexes = [models.Index(fields=["unit", "status", "-moved_at"], name="topic_unit_status")]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return TOPIC.by_code[self.status]


class TopicCase(models.Model):
    """A case gathered in a topic."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="gathered")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="topics")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "case"], name="topiccase_once")]
        indexes = [models.Index(fields=["case"], name="topiccase_case")]


class TopicDepartment(models.Model):
    """A department the topic touches; its head is to attend (MY-3.2.2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="touched")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "department"], name="topicdepartment_once")]


class Review(models.Model):
    """A legality review of one wording: content, form, procedure, each lawful or not and why (MY-2.1)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="reviews")
    edition = models.PositiveSmallIntegerField()
    reviewer = models.CharField("审查人", max_length=60)
    findings = models.JSONField(help_text="for each thing reviewed: code, label, lawful, reason")
    passed = models.BooleanField("结论")
    reviewed_on = models.DateField("审查日期")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["topic", "-at"], name="review_topic_at")]


class Talk(models.Model):
    """The talk with management before the meeting: with whom, when, what was said, whether it agrees (MY-2.2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="talks")
    whom = models.CharField("同谁沟通", max_length=120)
    edition = models.PositiveSmallIntegerField()
    on = models.DateField("沟通日期")
    said = models.TextField("沟通情况")
    agreed = models.BooleanField("同意上会", null=True, help_text="empty: not settled yet")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["topic", "-at"], name="talk_topic_at")]


class TopicEvent(models.Model):
    """One line of a topic's history; appended, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    label = models.CharField(max_length=60)
    who = models.CharField(max_length=90)
    text = models.TextField(blank=True)
    entry = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["topic", "-at"], name="topicevent_topic_at")]

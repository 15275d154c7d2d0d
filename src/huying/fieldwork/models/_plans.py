"""Who answers for which link, what a union has laid down for itself, the year's plan, demonstration points."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huying.kernel.ids import uuid7
from huying.org.models import NO_CONTROL, Person, Unit, root_key


class LinkPerson(models.Model):
    """Who answers for one link of the way information takes: gathered, sorted, reported, supervised, assessed, answered
    (PD-6.2b)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    link = models.CharField("环节", max_length=16, help_text="a code of the list links")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateField("从")
    until = models.DateField("到", null=True, blank=True)

    class Meta:
        verbose_name = "环节责任人"
        constraints = [
            models.UniqueConstraint(fields=["unit", "link"], condition=Q(until__isnull=True), name="link_person_once"),
            models.CheckConstraint(
                name="link_person_ends_after", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]


class OwnRule(models.Model):
    """What a document leaves to each union to lay down for itself (PD-6.2a): since when, and what it says."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField("哪一项", max_length=16, help_text="a code of the list own_rules")
    since = models.DateField("施行日期")
    text = models.TextField("内容")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "本单位制度"
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], name="own_rule_once"),
            models.CheckConstraint(name="own_rule_says_something", condition=~Q(text="")),
        ]


class YearPlan(models.Model):
    """The plan of a union for serving workers in one year (SX-17)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    goal = models.TextField("目标和安排")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "年度规划"
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="year_plan_once"),
            models.CheckConstraint(name="year_plan_says_something", condition=~Q(goal="")),
        ]


class PlanTask(models.Model):
    """One task of a plan: what, who answers for it, until when, what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    plan = models.ForeignKey(YearPlan, on_delete=models.PROTECT, related_name="tasks")
    text = models.CharField("任务", max_length=200, validators=[NO_CONTROL])
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField("完成时限")
    done_on = models.DateField("完成日期", null=True)
    result = models.CharField("完成情况", max_length=300, blank=True)

    class Meta:
        verbose_name = "规划任务"
        constraints = [
            models.CheckConstraint(
                name="plan_task_done_says_how",
                condition=Q(done_on__isnull=True, result="") | (Q(done_on__isnull=False) & ~Q(result="")),
            )
        ]
        indexes = [models.Index(fields=["plan", "due_on"], name="plan_task_due")]


class DemoPoint(models.Model):
    """A unit that shows others how it is done (示范点, SX-17), and what they learned from it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    union = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateField("从")
    until = models.DateField("到", null=True, blank=True)
    learned = models.TextField("经验", blank=True)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "示范点"
        constraints = [
            models.UniqueConstraint(fields=["union", "unit"], condition=Q(until__isnull=True), name="demo_point_once"),
            models.CheckConstraint(
                name="demo_point_ends_after", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]

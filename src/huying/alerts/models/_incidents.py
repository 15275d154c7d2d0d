"""Sudden incidents: the plan kept beforehand, the first report and those after it, who took note, what happened on the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huying.alerts.lifecycle import INCIDENT
from huying.alerts.models._warnings import Warning, unions_read
from huying.kernel.ids import random_id, readable_code, uuid7
from huying.kernel.lifecycle import State
from huying.org.models import Post, Unit, root_key
from huying.org.rules import Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor

DRILL = "【演练】"  # every word about a drill that leaves its page begins with it


class PlanQuerySet(models.QuerySet["Plan"]):
    """The one scope of plans."""

    def visible_to(self, actor: Actor | None) -> PlanQuerySet:
        """Plans of the own union, and of those below."""
        if not isinstance(actor, Member):
            return self.none()
        own, below = unions_read(actor)
        return self.filter(own | below)


class Plan(models.Model):
    """What a unit does when something happens (应急预案), kept beforehand; a change is a new number (BD-4.7)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    steps = models.TextField("怎么做")
    meeting_point = models.CharField("集合地点", max_length=80, blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "应急预案"
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="plan_number_once"),
            models.CheckConstraint(name="plan_says_something", condition=~Q(steps="")),
        ]


class PlanCall(models.Model):
    """One link of a plan's call chain (通知链): who is called, in which order, at which number."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="calls")
    order = models.PositiveSmallIntegerField()
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("职务", max_length=60, blank=True)
    phone = models.CharField("电话", max_length=30)

    class Meta:
        verbose_name = "通知链"
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="plancall_order_once")]


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Two scopes: unions, and whoever reported or heads the management that was told."""

    def visible_to(self, actor: Actor | None) -> IncidentQuerySet:
        """Incidents at the own union and below, those reported by the own union, and those this person's union was told of;
        none that grew out of a warning whose cases name the actor."""
        if not isinstance(actor, Member):
            return self.none()
        own, below = unions_read(actor)
        units = [unit.pk for unit in actor.units(Can.READ_CASES)]
        told = IncidentLevel.objects.filter(incident=OuterRef("pk"), unit__in=units).exclude(side="management")
        return self.filter(own | below | Q(by_unit__in=units) | Exists(told))._not_naming(actor)

    def known_to(self, actor: Actor | None) -> IncidentQuerySet:
        """What reports say of an incident, also for who made the first one and for the management that was told."""
        if not isinstance(actor, Member):
            return self.none()
        heads = [unit.pk for unit in actor.units(Can.ITEMS_OF_UNIT)]
        told = IncidentLevel.objects.filter(incident=OuterRef("pk"), unit__in=heads, side="management")
        seen = Incident.objects.visible_to(actor).filter(pk=OuterRef("pk"))
        reach = Exists(seen) | Exists(told) | Q(reported_by__person=actor.person_id)
        return self.filter(reach)._not_naming(actor)

    def _not_naming(self, actor: Actor) -> IncidentQuerySet:
        return self.exclude(Exists(Warning.objects.naming(actor).filter(pk=OuterRef("warning_id"))))

    def real(self) -> IncidentQuerySet:
        """Without drills: what figures, findings and ledgers see."""
        return self.filter(drill=False)


class Incident(models.Model):
    """A sudden incident (突发事件): what, where, how many, since when; or a drill of one, which is never taken for real.

    ``unit`` is where it happened, ``by_unit`` the union whose first report it was: where they differ, the unit has yet to
    speak for itself.  ``known_at``: since when the reporting union knew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, default=readable_code, editable=False)
    drill = models.BooleanField("演练", default=False)
    what = models.CharField("发生了什么", max_length=120)
    place = models.CharField("在哪里", max_length=80)
    people = models.PositiveIntegerField("大约多少人", null=True, blank=True)
    since = models.DateTimeField("从什么时候起")
    known_at = models.DateTimeField("什么时候知道的")
    warning = models.OneToOneField(Warning, on_delete=models.PROTECT, null=True, related_name="incident")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=INCIDENT.choices(), default=INCIDENT.start)
    reported_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    on_scene_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.TextField("结果", blank=True)
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = "突发事件"
        constraints = [
            models.UniqueConstraint(fields=["root", "code"], name="incident_code_unique"),
            models.CheckConstraint(name="incident_known_after_it_began", condition=Q(known_at__gte=F("since"))),
            models.CheckConstraint(name="incident_reported_once_known", condition=Q(reported_at__gte=F("known_at"))),
            models.CheckConstraint(
                name="incident_ended_says_how",
                condition=(Q(status__in=("reported", "handling")) & Q(closed_at__isnull=True, outcome=""))
                | (Q(status__in=("closed", "mistaken"), closed_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="incident_drill_warns_of_nothing", condition=Q(drill=False) | Q(warning__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["unit", "-reported_at"], name="incident_unit_reported")]

    def __str__(self) -> str:
        return f"{self.mark}{self.code}"

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return INCIDENT.by_code[self.status]

    @property
    def mark(self) -> str:
        """What a notice about it begins with."""
        return DRILL if self.drill else ""


class IncidentLevel(models.Model):
    """One link of the chain of taking note: the unit's own office, its management, the union above, and so on up; told when,
    taken note of by whom and when."""

    SIDES = (("office", "本单位工会"), ("management", "单位行政"), ("above", "上级工会"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="levels")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=SIDES)
    order = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()
    reached = models.PositiveSmallIntegerField(help_text="how many people were told")
    noted_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "知悉"
        constraints = [
            models.UniqueConstraint(fields=["incident", "unit", "side"], name="incidentlevel_told_once"),
            models.CheckConstraint(
                name="incidentlevel_noted_by_somebody",
                condition=Q(noted_at__isnull=True, noted_by__isnull=True)
                | Q(noted_at__isnull=False, noted_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["unit"], condition=Q(noted_at__isnull=True), name="incidentlevel_open")]


class IncidentReport(models.Model):
    """A report on an incident: the first, those that follow, the last.  ``unit``: the union that speaks."""

    KINDS = (("first", "首报"), ("follow", "续报"), ("closing", "终报"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=8, choices=KINDS)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    people = models.PositiveIntegerField(null=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "事件报告"
        constraints = [
            models.CheckConstraint(name="incidentreport_says_something", condition=~Q(text="")),
            models.UniqueConstraint(
                fields=["incident", "kind"],
                condition=Q(kind__in=("first", "closing")),
                name="incidentreport_first_last_once",
            ),
        ]
        indexes = [models.Index(fields=["incident", "at"], name="incidentreport_at")]


class SceneEntry(models.Model):
    """One line of the log of the scene (现场记录), of a kind the pack names: talks, law explained, workers' opinions, measures
    taken (QD-4.6b)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="scene")
    kind = models.CharField("种类", max_length=24)
    text = models.TextField("记什么")
    happened_at = models.DateTimeField("什么时候")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "现场记录"
        constraints = [models.CheckConstraint(name="sceneentry_says_something", condition=~Q(text=""))]
        indexes = [models.Index(fields=["incident", "happened_at"], name="sceneentry_happened")]


class Call(models.Model):
    """Somebody of the call chain was called: reached or not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="calls")
    link = models.ForeignKey(PlanCall, on_delete=models.PROTECT, related_name="+")
    reached = models.BooleanField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "通话"
        indexes = [models.Index(fields=["incident", "at"], name="call_incident_at")]

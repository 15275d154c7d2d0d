"""Assessment: a round a union opens over the units below, a sheet for each, its lines, and the opinions signed on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from huying.kernel.ids import uuid7
from huying.kernel.lifecycle import State
from huying.mechanism.models import Snapshot
from huying.org.models import Person, Post, Unit, path_end, root_key
from huying.org.rules import Can, Member
from huying.oversight.lifecycle import SHEET

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


class RoundQuerySet(models.QuerySet["Round"]):
    """The one scope of rounds."""

    def visible_to(self, actor: Actor | None) -> RoundQuerySet:
        """Rounds of the own union, and of those below it, for who looks after units below."""
        if not isinstance(actor, Member):
            return self.none()
        reach = Q(pk__in=[])
        for unit in actor.units(Can.READ_BELOW):
            reach |= Q(unit__path__gte=unit.path, unit__path__lt=path_end(unit.path))
        return self.filter(reach)


class Round(models.Model):
    """One assessment of all units below a union over a period, under the rules in force that day (MY-4.2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    since = models.DateField()
    until = models.DateField()
    rules = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "考核"
        constraints = [
            models.UniqueConstraint(fields=["unit", "period"], name="round_once_a_period"),
            models.CheckConstraint(name="round_period_in_order", condition=Q(since__lte=F("until"))),
        ]


class SheetQuerySet(models.QuerySet["Sheet"]):
    """The one scope of assessment sheets."""

    def visible_to(self, actor: Actor | None) -> SheetQuerySet:
        """Sheets of the units below; of the own union once the union above has confirmed it."""
        if not isinstance(actor, Member):
            return self.none()
        own = [unit.pk for unit in actor.units(Can.HANDLE_CASES)]
        reach = Q(unit__in=own, status__in=("confirmed", "objected", "closed"))
        for unit in actor.units(Can.READ_BELOW):
            reach |= Q(round__unit__path__gte=unit.path, round__unit__path__lt=path_end(unit.path))
        return self.filter(reach)


class Sheet(models.Model):
    """The assessment sheet of one unit.  ``score`` is of 100, empty until counted or when nothing could be measured."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sheets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=SHEET.choices(), default=SHEET.start)
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    missed = models.PositiveSmallIntegerField(default=0, help_text="duties that were due and not done")
    counted_at = models.DateTimeField(null=True)
    remark = models.CharField("确认意见", max_length=300, blank=True)
    confirmed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    object_until = models.DateField(null=True)
    agreed_at = models.DateTimeField(null=True)
    objection = models.TextField("申诉", blank=True)
    objected_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField("对申诉的答复", blank=True)
    closed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = "考核表"
        constraints = [
            models.UniqueConstraint(fields=["round", "unit"], name="sheet_once_a_round"),
            models.CheckConstraint(
                name="sheet_score_within_100", condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100)
            ),
            models.CheckConstraint(
                name="sheet_closed_has_who_and_when",
                condition=(Q(status="closed") & Q(closed_at__isnull=False, closed_by__isnull=False))
                | (~Q(status="closed") & Q(closed_at__isnull=True, closed_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="sheet_objection_is_answered",
                condition=~Q(status="closed") | Q(objection="") | ~Q(answer=""),
            ),
        ]
        indexes = [
            models.Index(fields=["round", "score"], name="sheet_round_score"),
            models.Index(fields=["unit"], name="sheet_unit"),
            models.Index(fields=["round"], condition=Q(status="counting"), name="sheet_to_count"),
        ]

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return SHEET.by_code[self.status]

    @property
    def called(self) -> str:
        """The present state in words; what the unit has found right waits only for the union above."""
        return "单位核对无误，待定下" if self.status == "confirmed" and self.agreed_at else self.state.staff


class Line(models.Model):
    """One item of a sheet: what was measured, the points it gives, and a person's correction beside them.

    ``part`` and ``of`` are empty where few people are behind them; ``points`` empty: it does not count, because nothing was
    there to measure or it is not shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="lines")
    code = models.CharField(max_length=24)
    order = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField()
    part = models.PositiveIntegerField(null=True)
    of = models.PositiveIntegerField(null=True)
    points = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    corrected = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    reason = models.CharField("更正的理由", max_length=300, blank=True)
    corrected_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    corrected_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "考核项目"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "code"], name="sheetline_once"),
            models.CheckConstraint(
                name="sheetline_points_within_weight",
                condition=(Q(points__isnull=True) | Q(points__gte=0, points__lte=F("weight")))
                & (Q(corrected__isnull=True) | Q(corrected__gte=0, corrected__lte=F("weight"))),
            ),
            models.CheckConstraint(
                name="sheetline_corrected_has_reason",
                condition=(Q(corrected__isnull=True) & Q(reason="")) | (Q(corrected__isnull=False) & ~Q(reason="")),
            ),
        ]


class Opinion(models.Model):
    """What the union above says of a unit or of one of its leaders: for honours (评先树优) or for a political arrangement
    (企业高级管理人员政治安排).  Signed by a person, never changed; a later one stands in its place (MY-4.2)."""

    ABOUT = (("honours", "评先树优"), ("politics", "企业高级管理人员政治安排"))
    STANCES = (("support", "同意"), ("reserve", "暂缓"), ("against", "不同意"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="opinions")
    about = models.CharField("事由", max_length=8, choices=ABOUT)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField("人选", max_length=40, blank=True)
    title = models.CharField("职务", max_length=60, blank=True)
    stance = models.CharField("意见", max_length=8, choices=STANCES)
    text = models.TextField("意见的内容")
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    qualifies = models.BooleanField(help_text="whether the threshold was reached when it was signed")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "考核意见"
        constraints = [
            models.CheckConstraint(name="opinion_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="opinion_politics_is_of_a_person", condition=~Q(about="politics") | ~Q(name="")
            ),
        ]
        indexes = [models.Index(fields=["sheet", "-at"], name="opinion_sheet_at")]

"""Packs, who adopted them when, the rules running cases keep, and the working-day calendar."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from huying.kernel.ids import random_id, uuid7
from huying.org.models import Unit

HOUSE = "house"


class Pack(models.Model):
    """One version of a mechanism pack, never changed once written.

    ``unit`` empty: a pack that ships with the product.  Otherwise a unit's own house rules (本单位细则, MY-2.3), always
    under the code ``house``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField("名称", max_length=120)
    number = models.CharField("文号", max_length=80)
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "机制包"
        constraints = [
            models.UniqueConstraint(fields=["unit", "code", "version"], name="pack_version_of_unit"),
            models.UniqueConstraint(
                fields=["code", "version"], condition=Q(unit__isnull=True), name="pack_version_shipped"
            ),
            models.CheckConstraint(name="pack_of_unit_is_house", condition=Q(unit__isnull=True) | Q(code=HOUSE)),
        ]

    def __str__(self) -> str:
        return self.title


class AdoptionQuerySet(models.QuerySet["Adoption"]):
    """Adoptions in time."""

    def on(self, day: date) -> AdoptionQuerySet:
        """Adoptions in force on a day; ``until`` is the first day without."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), from_day__lte=day)


class Adoption(models.Model):
    """A unit works by a pack from a day until (not including) another; those below inherit it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="adoptions")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="adoptions")
    code = models.CharField(max_length=60, help_text="the pack's code, so that one version at a time is in force")
    from_day = models.DateField("采用自")
    until = models.DateField("停用日", null=True)
    by_person = models.UUIDField(null=True, help_text="empty: adopted by the system itself")

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        verbose_name = "采用"
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], condition=Q(until__isnull=True), name="adoption_one_open"),
            models.CheckConstraint(
                name="adoption_ends_after_start", condition=Q(until__isnull=True) | Q(until__gte=F("from_day"))
            ),
        ]


class Snapshot(models.Model):
    """Resolved rules, found by their digest.  A running case keeps the snapshot it began with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    body = models.JSONField()
    created_at = models.DateTimeField()


class Day(models.Model):
    """A day that is not what its weekday says: a holiday, or a make-up working day (调休)."""

    day = models.DateField("日期", primary_key=True)
    is_work = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40)
    source = models.CharField("依据", max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = "节假日"


class CalendarYear(models.Model):
    """Whether a year's holidays have been announced.  ``edition`` is new after every change to one of its days, so that
    every process notices.
    """

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    known = models.BooleanField("已公布")
    source = models.CharField("依据", max_length=120)
    edition = models.UUIDField(default=random_id)

    class Meta:
        verbose_name = "日历年度"

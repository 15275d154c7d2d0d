"""Kept figures of duties, so that a county finds who is behind without counting every case again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huying.kernel.ids import uuid7
from huying.org.models import Unit, root_key


class Kept(models.Model):
    """What was counted of one duty of one unit in one period; always equal to a recount (``acts.recount``).

    ``need`` is 0 where nothing was to be done; ``remind_on`` is the day from which there is little time left.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=60)
    clause = models.CharField(max_length=20)
    label = models.CharField(max_length=60)
    per_case = models.BooleanField()
    since = models.DateField()
    until = models.DateField()
    need = models.PositiveIntegerField()
    done = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    due_on = models.DateField()
    remind_on = models.DateField()

    class Meta:
        verbose_name = "履职数字"
        constraints = [
            models.UniqueConstraint(fields=["unit", "duty", "since"], name="kept_once_a_period"),
            models.CheckConstraint(name="kept_period_has_days", condition=Q(until__gt=F("since"))),
        ]
        indexes = [models.Index(fields=["since", "until"], name="kept_period")]


class Tally(models.Model):
    """How many duties of a unit are how on the day of the last count, so that a city finds the worst of ten thousand units
    without looking at all their figures.  Written with ``Kept``.

    ``year``: periods of the last twelve months that ended without.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="duty_tally")
    missed = models.PositiveIntegerField()
    soon = models.PositiveIntegerField()
    met = models.PositiveIntegerField()
    year = models.PositiveIntegerField()

    class Meta:
        verbose_name = "履职汇总"
        indexes = [models.Index(fields=["-missed", "-soon", "-year"], name="tally_worst")]

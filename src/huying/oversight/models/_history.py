"""The history of reports and sheets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.kernel.ids import uuid7
from huying.org.models import root_key
from huying.oversight.models._assessment import Sheet
from huying.oversight.models._reports import Report


class Event(models.Model):
    """One line of a report's or a sheet's history; appended, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="events")
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, null=True, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    label = models.CharField(max_length=60)
    who = models.CharField(max_length=90)
    text = models.TextField(blank=True)
    entry = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="oversightevent_of_one",
                condition=Q(report__isnull=False, sheet__isnull=True) | Q(report__isnull=True, sheet__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["report", "-at"], name="oversightevent_report_at"),
            models.Index(fields=["sheet", "-at"], name="oversightevent_sheet_at"),
        ]

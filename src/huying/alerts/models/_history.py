"""The history of warnings, incidents, information and findings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.alerts.models._findings import Finding
from huying.alerts.models._incidents import Incident
from huying.alerts.models._information import Information
from huying.alerts.models._warnings import Warning
from huying.kernel.ids import uuid7
from huying.org.models import root_key

SUBJECTS = ("warning", "incident", "information", "finding")


class Event(models.Model):
    """One line of a history; appended, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, null=True, related_name="events")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="events")
    information = models.ForeignKey(Information, on_delete=models.PROTECT, null=True, related_name="events")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, related_name="events")
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
                name="alertsevent_of_one",
                condition=Q(
                    warning__isnull=False, incident__isnull=True, information__isnull=True, finding__isnull=True
                )
                | Q(warning__isnull=True, incident__isnull=False, information__isnull=True, finding__isnull=True)
                | Q(warning__isnull=True, incident__isnull=True, information__isnull=False, finding__isnull=True)
                | Q(warning__isnull=True, incident__isnull=True, information__isnull=True, finding__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=[one, "-at"], name=f"alertsevent_{one[:11]}") for one in SUBJECTS]

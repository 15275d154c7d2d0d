"""Minutes with their versions, signatures, corrections, publication; a meeting's history and files."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.files.models import File
from huying.kernel.ids import uuid7
from huying.kernel.models import DataKey
from huying.meetings.models._meetings import Meeting
from huying.org.models import Person, Post, root_key


class Minutes(models.Model):
    """One version of the minutes' words: ``body`` has ``opening``, ``sections`` (place id, heading, text), ``closing``.

    Who attended and what was agreed is printed from the data and never typed twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    number = models.PositiveSmallIntegerField()
    body = models.JSONField()
    named_because = models.CharField(max_length=200, blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "会议纪要"
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="minutes_version_once")]


class Signature(models.Model):
    """One side's signature under the minutes: by the person signed in, or on paper with the scan that shows it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=[("union", "工会方"), ("management", "行政方")])
    version = models.PositiveSmallIntegerField(help_text="the minutes' version that was signed")
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    on_paper = models.BooleanField(default=False)
    signed_on = models.DateField()
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, help_text="the text changed after it was given")

    class Meta:
        verbose_name = "签字"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "side"], condition=Q(withdrawn_at__isnull=True), name="signature_one_a_side"
            ),
        ]


class Correction(models.Model):
    """A dated addition to signed minutes; what was signed is never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="corrections")
    text = models.TextField("更正")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Publication(models.Model):
    """The redacted minutes workers may read on the unit's page, until taken back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="publications")
    body = models.JSONField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(withdrawn_at__isnull=True), name="publication_one_out"
            ),
        ]


class MeetingEvent(models.Model):
    """One line of a meeting's history; appended, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    label = models.CharField(max_length=60)
    who = models.CharField(max_length=90)
    text = models.TextField(blank=True)
    entry = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["meeting", "-at"], name="meetingevent_meeting_at")]


class MeetingFile(models.Model):
    """A paper for the meeting, or the signed scan of one held on paper."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=8, choices=[("paper", "会议材料"), ("scan", "签字扫描件")])
    label = models.CharField("名称", max_length=80)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["meeting"], name="meetingfile_meeting")]

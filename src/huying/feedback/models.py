"""Surveys, answers, and asking to reopen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.cases.models import Case, Party
from huying.kernel.ids import random_id, uuid7
from huying.org.models import Post, root_key


class Survey(models.Model):
    """The survey of one round of a case.  ``scale`` is the pack's scale as it stood, grade by grade (MY-3.2.5b)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="surveys")
    round = models.PositiveSmallIntegerField()
    scale = models.JSONField()
    opened_at = models.DateTimeField()
    closes_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "满意度测评"
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="survey_one_a_round")]
        indexes = [
            models.Index(fields=["closes_on"], condition=Q(closed_at__isnull=True), name="survey_running"),
        ]


class Answer(models.Model):
    """One person's rating: result and process apart, free words sealed for the union only.

    ``by`` empty: given by the worker's own link.  A phone answer names who called; ``handled`` marks a call by somebody
    who handled the case because a one-person union has nobody else (由经办人调查, counted apart).
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(
        max_length=8, choices=[("online", "网络或问卷调查"), ("phone", "电话回访"), ("face", "现场答复")]
    )
    result = models.CharField(max_length=20)
    process = models.CharField(max_length=20, blank=True)
    counts_as = models.CharField(
        max_length=12, choices=[("satisfied", "满意"), ("basic", "基本满意"), ("unsatisfied", "不满意")]
    )
    words = models.BinaryField(null=True)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    handled = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "party"], name="answer_once"),
            models.CheckConstraint(
                name="answer_by_phone_names_caller",
                condition=Q(way="online", by__isnull=True) | (~Q(way="online") & Q(by__isnull=False)),
            ),
        ]


class ReopenRequest(models.Model):
    """Not satisfied: the worker asks to take it up again; a person decides with reasons."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopen_requests")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "party"], name="reopenrequest_once"),
            models.CheckConstraint(
                name="reopenrequest_decided_with_reason",
                condition=Q(granted__isnull=True, decided_at__isnull=True)
                | (Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["case"], condition=Q(granted__isnull=True), name="reopenrequest_waiting")]

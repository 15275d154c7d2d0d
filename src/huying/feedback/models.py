"""Surveys, who is asked, their answers, who agreed that others are asked too, and asking to reopen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.cases.models import Case, Party
from huying.files.models import File
from huying.kernel.ids import random_id, uuid7
from huying.kernel.models import DataKey
from huying.org.models import Person, Post, root_key


class Group(models.TextChoices):
    """Whom a survey asks (MY-3.2.5a)."""

    ASKER = "asker", "诉求提出者"
    DELEGATE = "delegate", "参加会议的职工代表"
    CONCERNED = "concerned", "相关职工"


class Way(models.TextChoices):
    """How an answer came in; annex 4 puts questionnaires on paper and on the net into one box."""

    ONLINE = "online", "网络"
    PAPER = "paper", "纸质问卷"
    PHONE = "phone", "电话回访"
    FACE = "face", "现场答复"


class Counts(models.TextChoices):
    """What a grade counts as in figures (MY-3.2.5b)."""

    SATISFIED = "satisfied", "满意"
    BASIC = "basic", "基本满意"
    UNSATISFIED = "unsatisfied", "不满意"


class Survey(models.Model):
    """The survey of one round of a case.  ``scale`` is the pack's scale as it stood, grade by grade (MY-3.2.5b).

    ``unasked`` counts, by group, who would have been asked and was not, because somebody behind the case spoke sealed or
    anonymously and did not agree.  ``key`` seals what delegates and workers concerned write; a worker behind the case
    writes under the own key.
    """

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
    review = models.CharField("工会审阅反馈", max_length=1000, blank=True)
    unasked = models.JSONField(default=dict)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "满意度测评"
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="survey_one_a_round"),
            models.CheckConstraint(
                name="survey_signed_by_somebody",
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["closes_on"], condition=Q(closed_at__isnull=True), name="survey_running"),
        ]


class Invited(models.Model):
    """One person asked in one survey: a worker behind the case, a delegate who attended, a worker concerned.

    Nobody chooses them: askers stand behind the case, delegates attended, workers concerned are drawn (MY-3.2.5a).  Who
    cannot be reached says why not, and only a new draw of the system takes the place (``instead``).
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invited")
    group = models.CharField(max_length=9, choices=Group.choices)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    unreached_at = models.DateTimeField(null=True)
    unreached_because = models.CharField(max_length=200, blank=True)
    instead = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        verbose_name = "测评对象"
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "party"], condition=Q(party__isnull=False), name="invited_party_once"
            ),
            models.UniqueConstraint(
                fields=["survey", "person"], condition=Q(person__isnull=False), name="invited_person_once"
            ),
            models.CheckConstraint(
                name="invited_is_somebody",
                condition=Q(group="asker", party__isnull=False, person__isnull=True)
                | (~Q(group="asker") & Q(party__isnull=True, person__isnull=False)),
            ),
            models.CheckConstraint(
                name="invited_unreached_says_why",
                condition=Q(unreached_at__isnull=True, unreached_because="")
                | (Q(unreached_at__isnull=False) & ~Q(unreached_because="")),
            ),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(person__isnull=False), name="invited_person")]


class Reminder(models.Model):
    """One reminder of a survey: half-way or shortly before it closes; how many people were told."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=4, choices=[("half", "过半提醒"), ("last", "截止前提醒")])
    told = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "kind"], name="reminder_once_a_kind")]


class Wider(models.Model):
    """A worker who spoke sealed or anonymously agrees that delegates and colleagues are asked about the matter as well."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="wider")
    agreed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class Answer(models.Model):
    """One person's rating: result and process apart, free words sealed for the union only.

    ``by`` empty: given by the person alone, through the own link or account.  Else it names who called, entered the paper
    or handed the telephone over; ``handled`` marks one who handled the case because a one-person union has nobody else
    (由经办人调查, counted apart).
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    invited = models.OneToOneField(Invited, on_delete=models.PROTECT, related_name="answer")
    way = models.CharField(max_length=8, choices=Way.choices)
    result = models.CharField(max_length=20)
    process = models.CharField(max_length=20, blank=True)
    counts_as = models.CharField(max_length=12, choices=Counts.choices)
    process_counts_as = models.CharField(max_length=12, choices=Counts.choices, blank=True)
    reasons = models.JSONField(default=list, help_text="codes of what was ticked as the reason")
    words = models.BinaryField(null=True)
    scan = models.OneToOneField(File, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    handled = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answer_by_phone_names_caller",
                condition=Q(way="online", by__isnull=True) | (~Q(way="online") & Q(by__isnull=False)),
            ),
            models.CheckConstraint(
                name="answer_on_paper_has_scan",
                condition=Q(way="paper", scan__isnull=False) | (~Q(way="paper") & Q(scan__isnull=True)),
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
    sent_up = models.BooleanField(default=False, help_text="taken up again and sent one level up")
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

"""What people ask about their own data, what stops an erasure, a second person's word before sealed text opens, consent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.cases.models._case import Case, Party
from huying.kernel.ids import random_id, uuid7
from huying.org.models import Post, root_key
from huying.privacy.rules import SENSITIVE

OPEN_REQUEST = ("open", "proposed", "frozen")


class PersonRequest(models.Model):
    """One request of a person about the own data (PIPL 45 to 47): to read and copy it, to set it right, to erase it.

    ``asked`` is what the person wrote, sealed under the person's key and gone with it; ``answer`` is the union's reason,
    told to the person, without a word of the matter.  An erasure that waits for a second person is ``proposed``; one that a
    legal term stops is ``frozen``: kept, and opened by nobody.
    """

    KINDS = (("access", "查阅和复制"), ("correct", "更正"), ("erase", "清除"))
    STATES = (
        ("open", "待答复"),
        ("proposed", "待第二人批准"),
        ("frozen", "已冻结，期满清除"),
        ("done", "已办"),
        ("refused", "没有同意"),
    )

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="person_requests")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8, choices=KINDS)
    via = models.CharField(
        max_length=8, choices=[("online", "网上"), ("phone", "电话"), ("face", "当面"), ("letter", "来信")]
    )
    asked = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+", help_text="who entered it")
    state = models.CharField(max_length=8, choices=STATES, default="open")
    proposed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    frozen_until = models.DateField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "个人信息请求"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "kind"], condition=Q(state__in=OPEN_REQUEST), name="personrequest_one_open"
            ),
            models.CheckConstraint(
                name="personrequest_decided_is_complete",
                condition=Q(state__in=OPEN_REQUEST) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="personrequest_refused_says_why", condition=~Q(state__in=["refused", "frozen"]) | ~Q(answer="")
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="personrequest_case"),
            models.Index(fields=["due_on"], condition=Q(state__in=OPEN_REQUEST), name="personrequest_open"),
        ]


class Hold(models.Model):
    """A reason in law why nothing of a case may be erased for now; who set it, who lifted it."""

    WHY = (
        ("lawsuit", "诉讼或仲裁正在进行"),
        ("inquiry", "纪检监察、审计或劳动监察正在核查"),
        ("petition", "信访复查复核期限内"),
        ("law", "法律、行政法规规定的保存期未满"),
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    why = models.CharField(max_length=8, choices=WHY)
    until = models.DateField(null=True, help_text="last day of the term, where there is one")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "保全"
        constraints = [
            models.UniqueConstraint(fields=["case", "why"], condition=Q(lifted_at__isnull=True), name="hold_once"),
            models.CheckConstraint(
                name="hold_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]


class Unsealing(models.Model):
    """The case officer asks to open what is sealed, a second person allows it for a while (HY-unseal).

    ``emergency``: opened at once and reported afterwards; a second person then says what they think of it.
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="unsealings")
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=24)
    words = models.CharField(max_length=300, blank=True)
    emergency = models.BooleanField(default=False)
    granted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "开封申请"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "asked_by"],
                condition=Q(granted__isnull=True, emergency=False),
                name="unsealing_one_asked",
            ),
            models.CheckConstraint(
                name="unsealing_open_has_end",
                condition=(Q(granted=True) & Q(until__isnull=False))
                | (Q(emergency=True) & Q(until__isnull=False))
                | (Q(emergency=False, until__isnull=True) & (Q(granted=False) | Q(granted__isnull=True))),
            ),
            models.CheckConstraint(
                name="unsealing_decided_by_somebody",
                condition=Q(granted__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(granted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["case"], name="unsealing_case")]


class Consent(models.Model):
    """Separate consent (单独同意, PIPL 29) of one person to one sensitive kind of what they gave, and its withdrawal."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=10, choices=list(SENSITIVE.items()))
    version = models.CharField(max_length=16)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "单独同意"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "kind"], condition=Q(withdrawn_at__isnull=True), name="consent_one_a_kind"
            )
        ]

"""The outbox: what a person is told, and how it travels outside the product."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.kernel.ids import uuid7
from huying.org.models import Person, Unit

LONGEST_TITLE = 120


class Notice(models.Model):
    """One thing one member of staff is told.  ``title`` holds a number and an act, never personal content.

    ``subject`` is the case or item it is about; ``kind``, ``subject`` and ``key`` together are told to a person once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    subject = models.UUIDField(null=True)
    key = models.CharField(max_length=64, blank=True)
    title = models.CharField("通知", max_length=LONGEST_TITLE)
    url = models.CharField(max_length=200)
    actor_person = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "通知"
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "subject", "key"],
                condition=Q(subject__isnull=False),
                name="notice_once_about_subject",
            ),
            models.UniqueConstraint(
                fields=["recipient", "kind", "key"],
                condition=Q(subject__isnull=True),
                name="notice_once_without_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "created_at"], name="notice_recipient_created"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class DeliveryState(models.TextChoices):
    """How far a delivery has come."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    GIVEN_UP = "given_up", "未能送达"


class Channel(models.TextChoices):
    """Ways out of the product."""

    EMAIL = "email", "电子邮件"


class Delivery(models.Model):
    """One notice on its way through one channel."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField("状态", max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = "送达"
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_one_per_channel"),
            models.CheckConstraint(
                name="delivery_sent_has_time",
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state=DeliveryState.WAITING), name="delivery_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}·{self.get_state_display()}"

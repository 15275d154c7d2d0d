"""Files of messages from elsewhere, and which of their lines are in the register already."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.cases.models import Case, Secrecy
from huying.kernel import crypto
from huying.kernel.ids import random_id, uuid7
from huying.kernel.models import DataKey
from huying.org.models import Person, Post, Unit, root_key


class Batch(models.Model):
    """One file somebody is bringing in.  Its content is sealed under a key of its own, destroyed when it is done with."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField()
    columns = models.JSONField(help_text="field to number of its column")
    channel = models.CharField(max_length=16)
    secrecy = models.CharField(max_length=9, choices=Secrecy.choices, default=Secrecy.SEALED)
    release = models.BooleanField(default=False, help_text="the messages were public: their masked words are released")
    state = models.CharField(
        max_length=8,
        choices=[("open", "待确认"), ("running", "正在导入"), ("done", "导入了"), ("dropped", "没有导入")],
        default="open",
    )
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    brought = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "导入的来件"
        constraints = [
            models.CheckConstraint(
                name="batch_ended_is_empty",
                condition=Q(state__in=["open", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "dropped"], ended_at__isnull=False, content=b""),
            ),
        ]
        indexes = [models.Index(fields=["person", "-asked_at"], name="batch_person_asked")]

    @property
    def place(self) -> str:
        """Where the sealed content belongs."""
        return f"batch:content:{self.pk}"

    def opened(self) -> bytes:
        """The file as it was uploaded."""
        return crypto.decrypt(self.key.secret(), bytes(self.content), self.place)


class Brought(models.Model):
    """A message that came in by a file, known by a keyed digest: the same line is never registered twice at a unit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "unit", "digest"], name="brought_once")]

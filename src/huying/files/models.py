"""Uploaded files.  The row is here, the content lies encrypted on disk; neither is readable without the data key."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.kernel.ids import random_id
from huying.kernel.models import DataKey
from huying.org.models import Unit


class Kind(models.TextChoices):
    """What people call it."""

    IMAGE = "image", "图片"
    AUDIO = "audio", "录音"
    PDF = "pdf", "PDF 文件"
    DOCUMENT = "document", "文档"
    SHEET = "sheet", "表格"
    TEXT = "text", "文本"


class State(models.TextChoices):
    """``quarantined`` waits for the virus scanner; ``infected``: it found something, nobody opens it; ``erased`` keeps the row
    as a tombstone without name or content."""

    STORED = "stored", "可以打开"
    QUARANTINED = "quarantined", "等待查毒"
    INFECTED = "infected", "查出病毒，已隔离"
    ERASED = "erased", "已清除"


class File(models.Model):
    """One uploaded file, or a released copy of one (``released_from``).

    ``digest`` is an HMAC of what was uploaded under the data key: equal for the same upload under the same key, and
    without the key it says nothing.
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    media = models.CharField("媒体类型", max_length=100)
    size = models.PositiveIntegerField("字节数")
    name = models.BinaryField("文件名（已加密）")
    digest = models.BinaryField(max_length=32)
    state = models.CharField("状态", max_length=12, choices=State.choices)
    released_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "附件"
        constraints = [
            models.CheckConstraint(
                name="file_erased_is_empty",
                condition=Q(state=State.ERASED, erased_at__isnull=False, name=b"", digest=b"", size=0)
                | (~Q(state=State.ERASED) & Q(erased_at__isnull=True)),
            )
        ]
        indexes = [
            models.Index(fields=["key", "digest"], name="file_key_digest"),
            models.Index(
                fields=["created_at"], condition=Q(state__in=("quarantined", "infected")), name="file_not_let_out"
            ),
        ]

    @property
    def name_place(self) -> str:
        """Where the sealed name is bound to."""
        return f"file:name:{self.id}"

    @property
    def body_place(self) -> str:
        """Where the sealed content is bound to."""
        return f"file:body:{self.id}"

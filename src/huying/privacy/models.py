"""What remains of an erased person: that it happened.  Restoring a backup replays these rows."""

from __future__ import annotations

from django.db import models

from huying.kernel.ids import random_id
from huying.org.models import root_key


class Erasure(models.Model):
    """A destroyed data key.  Kept outside the chains so that a restored older backup can be brought up to date."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    key = models.UUIDField()
    at = models.DateTimeField()
    why = models.CharField(
        max_length=16, choices=[("asked", "本人要求"), ("retention", "保存期满"), ("spam", "无效件清理")]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "key"], name="erasure_once")]

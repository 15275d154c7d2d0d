"""What remains of an erased person: that it happened; and a unit's own assessments of what it does with people's data."""

from __future__ import annotations

from django.db import models

from huying.kernel.ids import random_id
from huying.org.models import Post, Unit, root_key


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


class Assessment(models.Model):
    """A unit's impact assessment of handling sensitive data (PIPL 55, 56): what for, why it is needed, what may come of it, what
    is done against that, the conclusion.  Written anew, never changed; each is kept three years at least."""

    PARTS = (
        ("purpose", "处理什么信息，为了什么"),
        ("need", "为什么非处理不可"),
        ("risk", "对职工可能有什么影响"),
        ("measures", "怎样保护"),
        ("conclusion", "结论"),
    )

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    body = models.JSONField(help_text="the parts by their codes")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "影响评估"
        indexes = [models.Index(fields=["unit", "-at"], name="assessment_unit_at")]

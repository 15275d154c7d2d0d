"""Workbooks and archives of papers written in the background for one person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.files.models import File
from huying.kernel.ids import random_id
from huying.kernel.models import DataKey
from huying.ledger.rules import PAPERS
from huying.org.models import Person, Post, Unit, root_key


class Export(models.Model):
    """A selection of the ledger being written, or ready, for the one who asked; gone after a day.

    ``what`` is written of it: the workbook, or an archive with one paper for each case.  ``chosen`` is the selection,
    sealed: words somebody looked for may name a person.  File and selection share a key of their own, whose destruction
    ends both.
    """

    WHAT = [("ledger", "台账表格"), *((one.code, one.name) for one in PAPERS.values())]

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=WHAT, default="ledger")
    fmt = models.CharField(max_length=4, choices=[("xlsx", "Excel"), ("pdf", "PDF"), ("docx", "Word")], default="xlsx")
    chosen = models.BinaryField()
    asked_at = models.DateTimeField()
    total = models.PositiveIntegerField()
    written = models.PositiveIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    file = models.OneToOneField(File, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="written, stopped or failed")
    failed = models.BooleanField(default=False)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "台账表格"
        constraints = [
            models.CheckConstraint(
                name="export_file_has_end", condition=Q(file__isnull=True) | Q(ended_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-asked_at"], name="export_person_asked"),
            models.Index(fields=["asked_at"], condition=Q(gone_at__isnull=True), name="export_kept"),
        ]

    @property
    def place(self) -> str:
        """Where the sealed selection belongs."""
        return f"export:chosen:{self.pk}"

    @property
    def percent(self) -> int:
        """How far it is, of a hundred."""
        return 100 if not self.total else min(100, self.written * 100 // self.total)

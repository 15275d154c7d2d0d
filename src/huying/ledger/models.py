"""What the ledger keeps of its own: workbooks and archives of papers for one person, and figures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huying.cases.models import Case
from huying.files.models import File
from huying.kernel.ids import random_id, uuid7
from huying.kernel.models import DataKey
from huying.ledger.rules import PAPERS
from huying.org.models import Person, Post, Unit, root_key


class Export(models.Model):
    """A selection of the ledger being written, or ready, for the one who asked; gone after a day.

    ``what`` is written of it: the workbook, or an archive with one paper for each case.  ``chosen`` is the selection,
    sealed: words somebody looked for may name a person.  File and selection share a key of their own, whose destruction
    ends both.
    """

    WHAT = [("ledger", "台账表格"), ("print", "台账打印本"), *((one.code, one.name) for one in PAPERS.values())]

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


# --- figures that are kept ----------------------------------------------------------------------------------------------


class CaseFact(models.Model):
    """What one case adds to the figures, as it was last taken: ``lines`` of measure, value, n and total under ``month`` of
    receipt; ``chain`` the unions from the top down to ``unit``, the last entry the place.  A case that moved is corrected by
    the difference to what stands here, so a sweep may run again at any time.

    ``past``: the case went past its own union, which must not learn of it (secrecy.md, recusal).
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=255, help_text="of the unit, when it was taken")
    chain = models.JSONField()
    month = models.DateField(help_text="first day of the month of receipt")
    past = models.BooleanField(default=False)
    moved_at = models.DateTimeField(help_text="of the case, when it was taken")
    lines = models.JSONField()

    class Meta:
        verbose_name = "事项计数"
        indexes = [
            models.Index(fields=["root", "unit", "month"], name="casefact_unit_month"),
            models.Index(fields=["path"], condition=Q(past=True), name="casefact_past"),
        ]


class Scope(models.TextChoices):
    """Whose cases a kept figure counts: the unit's own; of those the people's answers as others may see them, by quarter;
    all that belongs to the unions below."""

    OWN = "own", "本单位"
    OUT = "out", "本单位（对外）"
    BELOW = "below", "下级"


class Tally(models.Model):
    """One kept figure: how many cases (or people) of a month of receipt, and a sum such as days.  A row belongs to the root
    its cases were born under, so nothing locks across roots; who stands above several adds theirs up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=5, choices=Scope.choices)
    month = models.DateField(help_text="its first day")
    measure = models.CharField(max_length=24)
    value = models.CharField(max_length=64, blank=True)
    n = models.IntegerField(default=0)
    total = models.IntegerField(default=0)

    class Meta:
        verbose_name = "汇总数"
        constraints = [
            models.UniqueConstraint(
                fields=["root", "unit", "scope", "month", "measure", "value"], name="tally_one_a_figure"
            ),
            models.CheckConstraint(name="tally_never_below_nought", condition=Q(n__gte=0, total__gte=0)),
        ]
        indexes = [models.Index(fields=["unit", "month"], name="tally_unit_month")]


class Swept(models.Model):
    """How far the cases of one root have been taken into the figures; locked while that is done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root"], name="swept_one_a_root")]


class Frozen(models.Model):
    """Figures of a unit as they stood when somebody kept them for a report: they never change afterwards, so what is printed
    again is the same.  ``body`` is what the person saw, ``outside`` what may be handed on; the trail keeps a digest of both.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField()
    at = models.DateTimeField()
    body = models.JSONField()
    outside = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "定格的数字"
        constraints = [models.CheckConstraint(name="frozen_period_runs_on", condition=Q(since__lte=models.F("until")))]
        indexes = [models.Index(fields=["person", "-at"], name="frozen_person_at")]

    def __str__(self) -> str:
        return self.title


class SavedView(models.Model):
    """Filters, columns and order of the ledger somebody saved by name; for themselves, or for their colleagues at the union
    as well.  ``query`` is the address's; what it opens is asked for anew by whoever opens it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=1000, blank=True)
    shared = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "台账视图"
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="savedview_name_once")]
        indexes = [models.Index(fields=["unit"], condition=Q(shared=True), name="savedview_shared")]

    def __str__(self) -> str:
        return self.name

"""Reports on the mechanism's running: words with their versions, figures kept, to whom it went, what was said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huying.kernel.ids import uuid7
from huying.kernel.lifecycle import State
from huying.org.models import Post, Unit, path_end, root_key
from huying.org.rules import Can, Member
from huying.oversight.lifecycle import REPORT

if TYPE_CHECKING:
    from huying.kernel.actors import Actor

SIDES = (("party", "党组织"), ("management", "行政"))


class ReportQuerySet(models.QuerySet["Report"]):
    """The one scope of reports."""

    def visible_to(self, actor: Actor | None) -> ReportQuerySet:
        """Reports of the own union; issued ones of the unions below; those sent to the management this person heads."""
        if not isinstance(actor, Member):
            return self.none()
        reach = Q(unit__in=[unit.pk for unit in actor.units(Can.HANDLE_CASES)])
        for unit in actor.units(Can.READ_BELOW):
            reach |= Q(unit__path__gte=unit.path, unit__path__lt=path_end(unit.path), status="issued")
        sent = Sending.objects.filter(report=OuterRef("pk"), side="management")
        heads = [unit.pk for unit in actor.units(Can.ITEMS_OF_UNIT)]
        return self.filter(reach | (Q(unit__in=heads, status="issued") & Exists(sent)))


class Report(models.Model):
    """A report on how the mechanism runs, for the Party organisation and management (情况报告, MY-4.1).

    ``facts`` are the figures as they stood when it was drafted; the printed table is made of them alone, so a report
    printed again is the same.  ``mends``: it corrects or withdraws an issued one, which itself never changes.
    """

    TO = (("party", "党组织"), ("management", "行政"), ("both", "党组织和行政"))
    HOW = (("correction", "更正"), ("withdrawal", "撤回"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    since = models.DateField("期间自")
    until = models.DateField("期间至")
    to = models.CharField("报送", max_length=10, choices=TO)
    title = models.CharField("标题", max_length=80)
    facts = models.JSONField()
    status = models.CharField(max_length=8, choices=REPORT.choices(), default=REPORT.start)
    mends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="mended_by")
    how = models.CharField(max_length=10, choices=HOW, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    seq = models.PositiveSmallIntegerField(null=True)
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    issued_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "情况报告"
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "seq"], name="report_number_without_twins"),
            models.CheckConstraint(name="report_period_in_order", condition=Q(since__lte=F("until"))),
            models.CheckConstraint(
                name="report_issued_is_numbered",
                condition=(Q(status="issued") & Q(year__isnull=False, seq__isnull=False, issued_at__isnull=False))
                | (~Q(status="issued") & Q(year__isnull=True, seq__isnull=True, issued_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="report_mends_says_how",
                condition=(Q(mends__isnull=True) & Q(how="")) | (Q(mends__isnull=False) & ~Q(how="")),
            ),
            models.UniqueConstraint(
                fields=["mends"], condition=Q(mends__isnull=False) & ~Q(status="dropped"), name="report_mended_once"
            ),
        ]
        indexes = [models.Index(fields=["unit", "-made_at"], name="report_unit_made")]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return REPORT.by_code[self.status]

    @property
    def number(self) -> str:
        """``〔2026〕3号`` once issued."""
        return f"〔{self.year}〕{self.seq}号" if self.seq else ""

    @property
    def sides(self) -> tuple[str, ...]:
        """To whom it is addressed: party, management."""
        return tuple(code for code, _ in SIDES if self.to in (code, "both"))


class ReportText(models.Model):
    """One version of a report's words: ``body`` has ``sections`` (heading, text)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="texts")
    number = models.PositiveSmallIntegerField()
    body = models.JSONField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="reporttext_version_once")]


class Sending(models.Model):
    """An issued report went to one side: on the desk of management's head, or printed and handed over on a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="sendings")
    side = models.CharField("送给", max_length=10, choices=SIDES)
    on = models.DateField("送阅日期")
    whom = models.CharField("接收人", max_length=60, blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "送阅"
        constraints = [models.UniqueConstraint(fields=["report", "side"], name="sending_one_a_side")]
        indexes = [models.Index(fields=["on"], name="sending_on")]


class Remark(models.Model):
    """What the Party organisation or management wrote on a report (批示、意见): by the head on the desk, or noted from paper."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="remarks")
    side = models.CharField("谁的意见", max_length=10, choices=SIDES)
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("职务", max_length=60, blank=True)
    text = models.TextField("意见")
    on = models.DateField("日期")
    on_paper = models.BooleanField(default=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "批示意见"
        constraints = [models.CheckConstraint(name="reportremark_says_something", condition=~Q(text=""))]

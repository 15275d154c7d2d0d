"""What is wrong with information sent up: late, false, left out, hidden, not even known (迟报 误报 漏报 瞒报 不知情)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from huying.alerts.lifecycle import FINDING
from huying.alerts.models._incidents import Incident
from huying.alerts.models._information import Information
from huying.alerts.models._warnings import unions_read
from huying.cases.models import Case, Recusal
from huying.kernel.ids import uuid7
from huying.kernel.lifecycle import State
from huying.org.models import Post, Unit, root_key
from huying.org.rules import Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


class FindingQuerySet(models.QuerySet["Finding"]):
    """The one scope: upwards only, and for the unit once it is asked."""

    def visible_to(self, actor: Actor | None) -> FindingQuerySet:
        """Findings on the unions below; on the own one those it was asked about; none of a case that names the actor."""
        if not isinstance(actor, Member):
            return self.none()
        _, below = unions_read(actor)
        own = Q(unit__in=[unit.pk for unit in actor.units(Can.HANDLE_CASES)], asked_at__isnull=False)
        named = Recusal.objects.filter(case=OuterRef("case_id"), key__in=list(actor.keys))
        return self.filter(below | own).exclude(Exists(named))


class Finding(models.Model):
    """One finding on one union: found by comparison or by a person, explained by the union, decided by a person (BD-4.8).

    ``mark`` says what it was found from, so that comparing again finds nothing twice.  ``kind`` may be another after the
    decision than it looked like at first.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("哪一种", max_length=12)
    what = models.CharField("是什么事", max_length=200)
    on = models.DateField("哪天的事")
    information = models.ForeignKey(Information, on_delete=models.PROTECT, null=True, related_name="findings")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="findings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="findings")
    mark = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=FINDING.choices(), default=FINDING.start)
    question = models.TextField("请说明什么", blank=True)
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    explanation = models.TextField("单位的说明", blank=True)
    explained_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField(null=True)
    reason = models.TextField("认定的理由", blank=True)
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "上报核查"
        constraints = [
            models.UniqueConstraint(fields=["unit", "mark"], name="finding_found_once"),
            models.CheckConstraint(
                name="finding_asked_is_complete",
                condition=Q(asked_at__isnull=True, due_on__isnull=True, question="")
                | (Q(asked_at__isnull=False, due_on__isnull=False) & ~Q(question="")),
            ),
            models.CheckConstraint(
                name="finding_decided_by_a_person",
                condition=(Q(status__in=("upheld", "dismissed"), decided_at__isnull=False, decided_by__isnull=False)
                           & ~Q(reason=""))
                | (~Q(status__in=("upheld", "dismissed")) & Q(decided_at__isnull=True, decided_by__isnull=True, reason="")),
            ),
            models.CheckConstraint(
                name="finding_upheld_was_asked_about", condition=~Q(status="upheld") | Q(asked_at__isnull=False)
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["unit", "-found_at"], name="finding_unit_found")]

    def __str__(self) -> str:
        return self.what

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return FINDING.by_code[self.status]

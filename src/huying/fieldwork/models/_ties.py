"""Standing ties: who stands by which enterprise, studio or household, from when to when, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from huying.fieldwork.models._records import Record
from huying.kernel.ids import readable_code, uuid7
from huying.kernel.models import DataKey
from huying.org.models import Person, Post, Unit, path_end, root_key
from huying.org.rules import Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


class Household(models.Model):
    """A family in hardship that the union stands by.  Who they are is personal data: name, address, phone and what they are
    short of are sealed; everywhere else the household is its ``code`` and the ``unit`` that looks after it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, default=readable_code, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    opened_at = models.DateTimeField()
    closed_on = models.DateField(null=True)
    closed_because = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "困难职工家庭"
        constraints = [
            models.UniqueConstraint(fields=["root", "code"], name="household_code_unique"),
            models.CheckConstraint(
                name="household_erased_is_empty", condition=Q(erased_at__isnull=True) | Q(sealed=b"")
            ),
        ]
        indexes = [models.Index(fields=["unit", "closed_on"], name="household_unit")]

    @property
    def sealed_place(self) -> str:
        """Where the sealed words are bound to."""
        return f"household:sealed:{self.id}"


class TieKind(models.TextChoices):
    """Kinds of standing ties in the documents' words."""

    CONTACT_POINT = "contact_point", "联系点"
    CONTACT_HOUSEHOLD = "contact_household", "联系户"
    PAIRING = "pairing", "结对帮扶"
    STATIONING = "stationing", "进驻点"


WITH_HOUSEHOLD = (TieKind.CONTACT_HOUSEHOLD, TieKind.PAIRING)


class TieQuerySet(models.QuerySet["Tie"]):
    """The one scope of ties."""

    def visible_to(self, actor: Actor | None) -> TieQuerySet:
        """Ties of the unions this person reads, and the own ones."""
        if not isinstance(actor, Member):
            return self.none()
        reach = Q(union__in=[unit.pk for unit in actor.units(Can.READ_CASES)]) | Q(person=actor.person_id)
        for unit in actor.units(Can.READ_BELOW):
            reach |= Q(union__path__gte=unit.path, union__path__lt=path_end(unit.path))
        return self.filter(reach)


class Tie(models.Model):
    """A standing tie (联系点 联系户 结对帮扶 进驻点): a person of a ``union`` with a ``unit`` or a household, from–to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    union = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=20, choices=TieKind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="ties")
    since = models.DateField("从")
    until = models.DateField("到", null=True, blank=True, help_text="the last day")
    end_reason = models.CharField("为什么结束", max_length=200, blank=True)
    at = models.DateTimeField()
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = TieQuerySet.as_manager()

    class Meta:
        verbose_name = "联系"
        constraints = [
            models.CheckConstraint(
                name="tie_with_one",
                condition=Q(kind__in=WITH_HOUSEHOLD, household__isnull=False, unit__isnull=True)
                | (~Q(kind__in=WITH_HOUSEHOLD) & Q(unit__isnull=False, household__isnull=True)),
            ),
            models.CheckConstraint(
                name="tie_ends_after_it_begins", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            models.UniqueConstraint(
                fields=["kind", "person", "unit"], condition=Q(until__isnull=True, unit__isnull=False), name="tie_unit_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "person", "household"], condition=Q(until__isnull=True, household__isnull=False),
                name="tie_household_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["union", "kind", "until"], name="tie_union_kind"),
            models.Index(fields=["person", "kind"], name="tie_person_kind"),
            models.Index(fields=["unit", "kind"], name="tie_unit_kind"),
        ]


class TieResult(models.Model):
    """What came of a tie: a problem solved or a practical thing done, in words without names (SX-8b)."""

    KINDS = (("problem", "解决的问题"), ("thing", "办的实事"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    tie = models.ForeignKey(Tie, on_delete=models.PROTECT, related_name="results")
    kind = models.CharField(max_length=8, choices=KINDS)
    on = models.DateField("哪天")
    text = models.CharField("办了什么", max_length=300)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "联系的成效"
        constraints = [models.CheckConstraint(name="tie_result_says_what", condition=~Q(text=""))]
        indexes = [models.Index(fields=["tie", "on"], name="tie_result_on")]


class Leave(models.Model):
    """Days on which somebody is away (leave, illness, secondment): no duty runs on them.  Why stays with the unit's office."""

    KINDS = (("leave", "休假"), ("sick", "病假"), ("away", "借调、学习"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=8, choices=KINDS)
    since = models.DateField("从")
    until = models.DateField("到")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "请假"
        constraints = [models.CheckConstraint(name="leave_ends_after_it_begins", condition=Q(until__gte=F("since")))]
        indexes = [models.Index(fields=["person", "since"], name="leave_person")]

"""The levels a case has climbed, what leaders wrote on it, which leader answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huying.cases.models import Case, Recusal
from huying.climb.lifecycle import HERE, RUNG, RUNNING
from huying.kernel.ids import readable_code, uuid7
from huying.kernel.lifecycle import State
from huying.org.models import Post, Unit, root_key
from huying.org.rules import EMPLOYER_SIDE, Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


class RungQuerySet(models.QuerySet["Rung"]):
    """Two scopes: unions, through the case; management, which never learns the case."""

    def visible_to(self, actor: Actor | None) -> RungQuerySet:
        """Levels of cases that a union may read.  Asked of each level: few cases climb, many lie below a county."""
        return self.filter(Exists(Case.objects.visible_to(actor).filter(pk=OuterRef("case_id"))))

    def with_us(self, actor: Actor | None) -> RungQuerySet:
        """Levels at the unions this person handles cases for."""
        units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
        return self.visible_to(actor).filter(unit__in=units) if units else self.none()

    def for_management(self, actor: Actor | None) -> RungQuerySet:
        """Levels whose management is told, for the head of that unit; never of a case that names this head."""
        units = [unit.pk for unit in actor.units(Can.ITEMS_OF_UNIT)] if isinstance(actor, Member) else []
        if not units or actor is None:
            return self.none()
        naming = Recusal.objects.filter(case=OuterRef("case_id"), key__in=list(actor.keys))
        return self.filter(unit__in=units, to_management=True).exclude(Exists(naming))


class Rung(models.Model):
    """One level of the climb: a union was asked, on a day, with what was tried below (MY-3.2.4d, SX-6a).

    The management of that level knows it by ``code`` and reads ``brief``; never the case or its number.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="rungs")
    code = models.CharField(max_length=12, default=readable_code, editable=False)
    round = models.PositiveSmallIntegerField()
    order = models.PositiveSmallIntegerField(help_text="1 is the first level above the union that has the case")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sent_from = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    below = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="above", db_index=False)
    status = models.CharField(max_length=12, choices=RUNG.choices(), default=RUNG.start)
    to_management = models.BooleanField(default=False, help_text="the management of this level is told, too")
    reason = models.TextField("上报理由")
    tried = models.TextField("已经做过的工作")
    brief = models.TextField(help_text="the released text, as the management above reads it")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)

    objects = RungQuerySet.as_manager()

    class Meta:
        verbose_name = "上报"
        constraints = [
            models.UniqueConstraint(fields=["root", "code"], name="rung_code_unique"),
            models.UniqueConstraint(fields=["case", "unit"], condition=Q(status__in=RUNNING), name="rung_never_a_loop"),
            models.UniqueConstraint(fields=["case"], condition=Q(status__in=HERE), name="rung_one_here"),
            models.CheckConstraint(name="rung_goes_elsewhere", condition=~Q(unit=F("sent_from"))),
            models.CheckConstraint(name="rung_says_why", condition=~Q(reason="") & ~Q(tried="") & ~Q(brief="")),
            models.CheckConstraint(
                name="rung_answered_is_complete",
                condition=~Q(status__in=["passed", "returned", "solved", "assigned"])
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="rung_here_is_open", condition=~Q(status__in=HERE) | Q(answered_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["case", "sent_at"], name="rung_case_sent"),
            models.Index(fields=["unit", "status", "sent_at"], name="rung_unit_status"),
            models.Index(fields=["sent_from", "status"], name="rung_from_status"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return RUNG.by_code[self.status]


class Instruction(models.Model):
    """A leader's written instruction (批示), and how it was followed up (落实情况).

    ``subject`` is what the leader had before him: the case, a level of the climb, an item, a case under his name.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="instructions")
    about = models.CharField(
        max_length=4, choices=[("case", "事项"), ("rung", "上报"), ("item", "协商事项"), ("lead", "包案")]
    )
    subject = models.UUIDField()
    known_as = models.CharField(max_length=48, help_text="number or code under which the writer knows it")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("批示")
    at = models.DateTimeField()
    followed_text = models.TextField("落实情况", blank=True)
    followed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    followed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "批示"
        constraints = [
            models.CheckConstraint(name="instruction_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="instruction_followed_is_complete",
                condition=Q(followed_at__isnull=True, followed_text="")
                | (Q(followed_at__isnull=False, followed_by__isnull=False) & ~Q(followed_text="")),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "at"], name="instruction_case_at"),
            models.Index(fields=["subject"], name="instruction_subject"),
            models.Index(fields=["post"], name="instruction_post"),
            models.Index(fields=["case"], condition=Q(followed_at__isnull=True), name="instruction_open"),
        ]

    @property
    def from_management(self) -> bool:
        """Whether a head of management wrote it, who knows code and brief only."""
        return self.post.role in EMPLOYER_SIDE


class Lead(models.Model):
    """A case that a leader answers for under his name (领导包案), from when to when (BD-4.6b).

    A leader on management's side knows it by ``code`` and reads ``brief``; one on the union's side has the dossier.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="leads")
    code = models.CharField(max_length=12, default=readable_code, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    brief = models.TextField(help_text="the released text, as a leader on management's side reads it")
    reason = models.CharField("为什么由领导包案", max_length=300)
    since = models.DateTimeField()
    given_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "领导包案"
        constraints = [
            models.UniqueConstraint(fields=["root", "code"], name="lead_code_unique"),
            models.UniqueConstraint(fields=["case"], condition=Q(until__isnull=True), name="lead_one_now"),
            models.CheckConstraint(name="lead_says_why", condition=~Q(reason="") & ~Q(brief="")),
            models.CheckConstraint(
                name="lead_ended_says_why",
                condition=Q(until__isnull=True) | ~Q(end_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["post", "until"], name="lead_post_until"),
            models.Index(fields=["case", "since"], name="lead_case_since"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def from_management(self) -> bool:
        """Whether the leader stands on management's side."""
        return self.post.role in EMPLOYER_SIDE

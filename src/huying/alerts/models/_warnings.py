"""The warning ledger (预警台账), whom it was put to, and the enterprises and trades that are watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huying.alerts.lifecycle import WARNING
from huying.cases.models import Case, Recusal
from huying.fieldwork.models import Record
from huying.kernel.ids import readable_code, uuid7
from huying.kernel.lifecycle import State
from huying.org.models import Post, Unit, path_end, root_key
from huying.org.rules import Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


def unions_read(actor: Member) -> tuple[Q, Q]:
    """As conditions on ``unit``: the unions this person reads for, and those below the ones this person looks after."""
    own = Q(unit__in=[unit.pk for unit in actor.units(Can.READ_CASES)])
    below = Q(pk__in=[])
    for unit in actor.units(Can.READ_BELOW):
        below |= Q(unit__path__gt=unit.path, unit__path__lt=path_end(unit.path))
    return own, below


class WarningQuerySet(models.QuerySet["Warning"]):
    """Two scopes: unions; management, which learns only what was written for it."""

    def visible_to(self, actor: Actor | None) -> WarningQuerySet:
        """Warnings of the own union, and those below once they stand in the ledger; none whose cases name the actor."""
        if not isinstance(actor, Member):
            return self.none()
        own, below = unions_read(actor)
        return self.filter(own | (below & ~Q(status="draft"))).not_naming(actor)

    def not_naming(self, actor: Actor) -> WarningQuerySet:
        """Without warnings some case of which, or of a record of which, names this actor."""
        return self.exclude(_naming(actor))

    def naming(self, actor: Actor) -> WarningQuerySet:
        """Those alone: what hangs on them is kept from the actor, too."""
        return self.filter(_naming(actor))


def _naming(actor: Actor) -> Q:
    keys = list(actor.keys)
    named = Recusal.objects.filter(key__in=keys, case__warnings__warning=OuterRef("pk"))
    heard = Recusal.objects.filter(key__in=keys, case__records__record__warnings__warning=OuterRef("pk"))
    return Q(Exists(named)) | Q(Exists(heard))


class Warning(models.Model):
    """One line of the warning ledger: what may go wrong, how weighty, how many it touches, who watches, the next step.

    ``sign`` says what it was drafted from by itself (``surge:living``): while one of a sign stands open there is no second.
    """

    SOURCES = (("hand", "登记"), ("surge", "同类事项集中"), ("overdue", "超期集中"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, default=readable_code, editable=False)
    place = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="where: a unit or a workshop")
    title = models.CharField("风险", max_length=60)
    risk = models.TextField("情况", blank=True)
    level = models.CharField("等级", max_length=24)
    people = models.PositiveIntegerField("涉及人数", null=True, blank=True)
    watcher = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    next_step = models.CharField("下一步", max_length=200, blank=True)
    next_on = models.DateField("下一步的日期", null=True, blank=True)
    source = models.CharField(max_length=8, choices=SOURCES, default="hand")
    sign = models.CharField(max_length=48, blank=True)
    status = models.CharField(max_length=10, choices=WARNING.choices(), default=WARNING.start)
    outcome = models.CharField("结果和理由", max_length=300, blank=True)
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = WarningQuerySet.as_manager()

    class Meta:
        verbose_name = "预警"
        constraints = [
            models.UniqueConstraint(fields=["root", "code"], name="warning_code_unique"),
            models.UniqueConstraint(
                fields=["unit", "sign"],
                condition=~Q(sign="") & Q(status__in=("draft", "open")),
                name="warning_one_of_a_sign",
            ),
            models.CheckConstraint(
                name="warning_open_is_watched",
                condition=~Q(status__in=("open", "defused", "incident"))
                | (Q(watcher__isnull=False, next_on__isnull=False, opened_at__isnull=False) & ~Q(next_step="")),
            ),
            models.CheckConstraint(
                name="warning_closed_says_why",
                condition=(Q(status__in=("draft", "open")) & Q(closed_at__isnull=True, outcome=""))
                | (Q(status__in=("defused", "incident", "dropped"), closed_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-made_at"], name="warning_unit_made"),
            models.Index(fields=["unit", "next_on"], condition=Q(status="open"), name="warning_open_next"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return WARNING.by_code[self.status]


class WarningCase(models.Model):
    """A case behind a warning."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="warnings")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "预警背后的事项"
        constraints = [models.UniqueConstraint(fields=["warning", "case"], name="warning_case_once")]


class WarningRecord(models.Model):
    """A record of screening (矛盾排查) a warning came out of."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="records")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="warnings")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "预警背后的排查记录"
        constraints = [models.UniqueConstraint(fields=["warning", "record"], name="warning_record_once")]


class WarnedQuerySet(models.QuerySet["Warned"]):
    """The scope of management's head."""

    def for_management(self, actor: Actor | None) -> WarnedQuerySet:
        """What was put to the management this person heads; never of a warning whose cases name this person."""
        if not isinstance(actor, Member):
            return self.none()
        units = [unit.pk for unit in actor.units(Can.ITEMS_OF_UNIT)]
        known = Warning.objects.not_naming(actor).filter(pk=OuterRef("warning_id"))
        return self.filter(Exists(known), to="management", warning__unit__in=units)


class Warned(models.Model):
    """A warning was put to somebody in time: the union's chair, the management, the local Party committee, the union above.
    Management and the Party read ``text`` and nothing behind it (BD-4.5, QD-4.6a)."""

    TO = (("chair", "工会主席"), ("management", "单位行政"), ("party", "党委（党组织）"), ("above", "上级工会"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="told")
    to = models.CharField("报给谁", max_length=12, choices=TO)
    text = models.TextField("怎么说", blank=True)
    whom = models.CharField("接收人", max_length=60, blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = WarnedQuerySet.as_manager()

    class Meta:
        verbose_name = "提请和报告"
        constraints = [
            models.CheckConstraint(
                name="warned_outside_reads_words", condition=~Q(to__in=("management", "party")) | ~Q(text="")
            )
        ]
        indexes = [models.Index(fields=["warning", "at"], name="warned_warning_at")]


class WatchQuerySet(models.QuerySet["Watch"]):
    """The one scope of what is watched."""

    def visible_to(self, actor: Actor | None) -> WatchQuerySet:
        """What the own union watches, and the unions below."""
        if not isinstance(actor, Member):
            return self.none()
        own, below = unions_read(actor)
        return self.filter(own | below)


class Watch(models.Model):
    """An enterprise or a trade at risk that a union watches and visits at least every ``days`` days (QD-4.6a).  Visits are
    never ticked here: they are counted from the work records of that place."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    industry = models.CharField("行业", max_length=40, blank=True)
    why = models.CharField("有什么隐患", max_length=200)
    days = models.PositiveSmallIntegerField("最长几天走访一次")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", help_text="who sees to the visits")
    since = models.DateField("从哪天起")
    ended_on = models.DateField(null=True)
    ended_because = models.CharField("为什么不再盯", max_length=200, blank=True)
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = "重点走访"
        constraints = [
            models.CheckConstraint(
                name="watch_of_a_place_or_a_trade",
                condition=(Q(place__isnull=False) & Q(industry="")) | (Q(place__isnull=True) & ~Q(industry="")),
            ),
            models.UniqueConstraint(
                fields=["unit", "place"], condition=Q(ended_on__isnull=True, place__isnull=False), name="watch_place_once"
            ),
            models.UniqueConstraint(
                fields=["unit", "industry"], condition=Q(ended_on__isnull=True) & ~Q(industry=""), name="watch_trade_once"
            ),
            models.CheckConstraint(name="watch_days_one_at_least", condition=Q(days__gte=1)),
            models.CheckConstraint(
                name="watch_ended_says_why",
                condition=Q(ended_on__isnull=True, ended_because="")
                | (Q(ended_on__gte=F("since")) & ~Q(ended_because="")),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["unit", "since"], name="watch_unit")]

    @property
    def name(self) -> str:
        """What is watched, as people call it."""
        return self.place.name if self.place else f"{self.industry}行业"

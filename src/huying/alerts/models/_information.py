"""Information sent: to the Party and management of the own unit, to the union above, to the Party and government of the level;
what came back, and what of it went on to the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huying.alerts.lifecycle import INFORMATION
from huying.alerts.models._incidents import Incident
from huying.alerts.models._warnings import Warning, unions_read
from huying.kernel.ids import uuid7
from huying.kernel.lifecycle import State
from huying.org.models import Post, Unit, root_key
from huying.org.rules import Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor

OUT = ("sent", "answered", "corrected", "withdrawn")  # it has left the union


class InformationQuerySet(models.QuerySet["Information"]):
    """The one scope of information; what is counted."""

    def visible_to(self, actor: Actor | None) -> InformationQuerySet:
        """That of the own union; what the unions below sent to the union above them; what the management this person heads
        was sent; none about a warning or an incident that is kept from the actor."""
        if not isinstance(actor, Member):
            return self.none()
        own, below = unions_read(actor)
        heads = [unit.pk for unit in actor.units(Can.ITEMS_OF_UNIT)]
        reach = own | (below & Q(to="above", status__in=OUT)) | Q(unit__in=heads, to="unit", status__in=OUT)
        kept = Warning.objects.naming(actor)
        about = kept.filter(Q(pk=OuterRef("warning_id")) | Q(incident=OuterRef("incident_id")))
        return self.filter(reach).exclude(Exists(about))

    def standing(self) -> InformationQuerySet:
        """What was sent and not taken back: what duties count.  A corrected one stands with its correction."""
        return self.filter(status__in=("sent", "answered", "corrected"))


class Information(models.Model):
    """One piece of information sent.  ``facts`` are the figures as they stood when it was drafted; ``body`` has ``sections``
    (heading, text).  ``known_at`` is given with what has to be told at once.  ``nothing``: a regular report that there was
    nothing (报“无”, SX-14b).  ``mends``: it corrects an earlier one, which stays as it is.
    """

    TO = (("unit", "本单位党政"), ("above", "上级工会"), ("party", "同级党委、政府"))
    KINDS = (("regular", "定期信息"), ("at_once", "随时上报"), ("dispute", "劳动争议信息"), ("tendency", "倾向性问题"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to = models.CharField("报给谁", max_length=8, choices=TO)
    kind = models.CharField("种类", max_length=10, choices=KINDS)
    period_from = models.DateField("期间自")
    period_until = models.DateField("期间至")
    title = models.CharField("标题", max_length=80)
    body = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    nothing = models.BooleanField("本期无", default=False)
    known_at = models.DateTimeField("什么时候知道的", null=True)
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, null=True, related_name="information")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="information")
    mends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="mended_by")
    because = models.CharField("更正或撤回的理由", max_length=300, blank=True)
    whom = models.CharField("接收人", max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=INFORMATION.choices(), default=INFORMATION.start)
    year = models.PositiveSmallIntegerField(null=True)
    seq = models.PositiveSmallIntegerField(null=True)
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = InformationQuerySet.as_manager()

    class Meta:
        verbose_name = "信息"
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "seq"], name="information_number_without_twins"),
            models.CheckConstraint(name="information_period_in_order", condition=Q(period_from__lte=F("period_until"))),
            models.CheckConstraint(
                name="information_sent_is_numbered",
                condition=Q(status__in=("draft", "dropped"), sent_at__isnull=True, seq__isnull=True)
                | (Q(status__in=OUT) & Q(sent_at__isnull=False, seq__isnull=False, sent_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="information_at_once_says_when_known", condition=~Q(kind="at_once") | Q(known_at__isnull=False)
            ),
            models.CheckConstraint(
                name="information_taken_back_says_why",
                condition=~Q(status__in=("corrected", "withdrawn")) | ~Q(because=""),
            ),
            models.UniqueConstraint(
                fields=["mends"],
                condition=Q(mends__isnull=False) & ~Q(status="dropped"),
                name="information_mended_once",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-made_at"], name="information_unit_made"),
            models.Index(fields=["unit", "to", "sent_at"], name="information_sent"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return INFORMATION.by_code[self.status]

    @property
    def number(self) -> str:
        """``信息〔2026〕3号`` once sent."""
        return f"信息〔{self.year}〕{self.seq}号" if self.seq else ""


class InformationSource(models.Model):
    """Information of a union below that this one sums up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    information = models.ForeignKey(Information, on_delete=models.PROTECT, related_name="sources")
    source = models.ForeignKey(Information, on_delete=models.PROTECT, related_name="summed_up_in")

    class Meta:
        verbose_name = "汇总的来源"
        constraints = [
            models.UniqueConstraint(fields=["information", "source"], name="informationsource_once"),
            models.CheckConstraint(name="informationsource_not_itself", condition=~Q(information=F("source"))),
        ]


class InformationAnswer(models.Model):
    """What the Party organisation or management answered, and what of it was made known to the workers (BD-4.3b)."""

    SIDES = (("party", "党组织"), ("management", "行政"), ("above", "上级工会"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    information = models.ForeignKey(Information, on_delete=models.PROTECT, related_name="answers")
    side = models.CharField("谁答复的", max_length=10, choices=SIDES)
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("职务", max_length=60, blank=True)
    text = models.TextField("答复")
    on = models.DateField("日期")
    on_paper = models.BooleanField(default=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    public_text = models.TextField("告诉职工的话", blank=True)
    passed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    passed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "党政答复"
        constraints = [
            models.CheckConstraint(name="informationanswer_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="informationanswer_passed_on_whole",
                condition=Q(passed_at__isnull=True, passed_by__isnull=True, public_text="")
                | (Q(passed_at__isnull=False, passed_by__isnull=False) & ~Q(public_text="")),
            ),
        ]
        indexes = [models.Index(fields=["information", "at"], name="informationanswer_at")]

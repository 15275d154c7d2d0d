"""Reception days: the rule they were made by, the days, who comes, who took whose place; talks workers are invited to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huying.cases.models import Case, Party, Recusal
from huying.fieldwork.lifecycle._reception import DAY, GOING_ON, TALK, VISIT
from huying.fieldwork.models._records import Record
from huying.kernel.ids import call_sign, readable_code, uuid7
from huying.kernel.lifecycle import State
from huying.org.models import NO_CONTROL, Post, Unit, path_end, root_key
from huying.org.rules import EMPLOYER_SIDE, Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


class ReceptionKind(models.TextChoices):
    """Whose day it is.  Which of them a union has, and what they are called there, says the list reception_kinds."""

    CHAIR = "chair", "主席接待日"
    LEADERS = "leaders", "领导接访"
    MANAGER = "manager", "经理接待日"


class Rota(models.Model):
    """One making of days by rule (接待安排): ``rule`` holds the pattern, the span and the leaders in turn, so that the next
    span can begin where this one ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=8, choices=ReceptionKind.choices)
    rule = models.JSONField()
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "接待安排"
        indexes = [models.Index(fields=["unit", "-at"], name="rota_unit_at")]


class ReceptionDayQuerySet(models.QuerySet["ReceptionDay"]):
    """The one scope of reception days: who receives when is no secret to the staff of the unit and of the unions above."""

    def visible_to(self, actor: Actor | None) -> ReceptionDayQuerySet:
        """Days of the units this person works or leads at, of those below a union that reads from above, and the own ones."""
        if not isinstance(actor, Member):
            return self.none()
        own = {unit.pk for can in (Can.READ_CASES, Can.INSTRUCT) for unit in actor.units(can)}
        reach = Q(unit__in=own) | Q(leader__person=actor.person_id)
        for unit in actor.units(Can.READ_BELOW):
            reach |= Q(unit__path__gte=unit.path, unit__path__lt=path_end(unit.path))
        return self.filter(reach)

    def kept(self) -> ReceptionDayQuerySet:
        """Announced before the day, and held: 如期接访 (BD-4.4a)."""
        return self.filter(status="held", announced_at__date__lt=F("on"))


class ReceptionDay(models.Model):
    """A day on which a leader receives workers (主席接待日 领导接访).

    ``moved_from`` is the day the rule gave, where a day off moved it.  ``announced_at`` is empty until workers could read
    it; a day held without that does not count as announced beforehand.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    rota = models.ForeignKey(Rota, on_delete=models.PROTECT, null=True, related_name="days")
    kind = models.CharField("种类", max_length=8, choices=ReceptionKind.choices)
    form = models.CharField("方式", max_length=16, help_text="a code of the list reception_forms")
    theme = models.CharField("专题", max_length=60, blank=True, validators=[NO_CONTROL])
    on = models.DateField("日期")
    moved_from = models.DateField(null=True)
    begins = models.TimeField("从")
    ends = models.TimeField("到")
    place = models.CharField("地点", max_length=80, validators=[NO_CONTROL])
    minutes = models.PositiveSmallIntegerField("每段多少分钟")
    each = models.PositiveSmallIntegerField("每段接待几位")
    leader = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=DAY.choices(), default=DAY.start)
    announced_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField("为什么取消", max_length=200, blank=True)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, null=True, related_name="reception_day")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = ReceptionDayQuerySet.as_manager()

    class Meta:
        verbose_name = "接待日"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "on", "kind", "leader"], condition=~Q(status="cancelled"), name="reception_day_once"
            ),
            models.CheckConstraint(name="reception_day_takes_time", condition=Q(ends__gt=F("begins"))),
            models.CheckConstraint(
                name="reception_day_has_places", condition=Q(minutes__gte=5, minutes__lte=480, each__gte=1)
            ),
            models.CheckConstraint(
                name="reception_day_announced_says_when",
                condition=~Q(status="announced") | Q(announced_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reception_day_cancelled_says_why",
                condition=Q(status="cancelled", ended_at__isnull=False) & ~Q(reason="") | ~Q(status="cancelled"),
            ),
            models.CheckConstraint(
                name="reception_day_held_says_when", condition=~Q(status="held") | Q(ended_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "on"], name="reception_day_unit_on"),
            models.Index(fields=["leader", "on"], name="reception_day_leader_on"),
        ]

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return DAY.by_code[self.status]


class Swap(models.Model):
    """Who took whose place on a day, why, and (where two exchanged) whose day the other one took."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    day = models.ForeignKey(ReceptionDay, on_delete=models.PROTECT, related_name="swaps")
    other = models.ForeignKey(ReceptionDay, on_delete=models.PROTECT, null=True, related_name="+")
    before = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("为什么换", max_length=200)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "换班"
        constraints = [
            models.CheckConstraint(name="swap_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="swap_changes_somebody", condition=~Q(before=F("after"))),
        ]
        indexes = [models.Index(fields=["day", "at"], name="swap_day_at")]


class BookingQuerySet(models.QuerySet["Booking"]):
    """The one scope of who comes to a reception day."""

    def visible_to(self, actor: Actor | None) -> BookingQuerySet:
        """Those of the unit's own office, and of the leader who receives; never one whose case names this person."""
        if not isinstance(actor, Member):
            return self.none()
        offices = [unit.pk for unit in actor.units(Can.HANDLE_CASES)]
        named = Recusal.objects.filter(case=OuterRef("case_id"), key__in=list(actor.keys))
        mine = Q(day__unit__in=offices) | Q(day__leader__person=actor.person_id)
        return self.filter(mine).exclude(Exists(named))

    def going_on(self) -> BookingQuerySet:
        """Those that still hold a place."""
        return self.filter(status__in=GOING_ON)

    def hidden(self, hidden: bool) -> BookingQuerySet:
        """Those whose case is kept from somebody, or the others.  Each kind has places of its own: a place taken for nobody
        in sight would tell whom the case names that there is one."""
        kept = Exists(Recusal.objects.filter(case=OuterRef("case_id")))
        return self.filter(kept) if hidden else self.exclude(kept)


class Booking(models.Model):
    """A worker's place on a reception day: a matter handed in, with a day and an hour.  On the day it goes by ``code``."""

    OUTCOMES = (("answered", "当场答复"), ("taken", "收下来办"), ("led", "由接待的领导包案"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    day = models.ForeignKey(ReceptionDay, on_delete=models.PROTECT, related_name="bookings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bookings")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bookings")
    slot = models.TimeField("几点")
    code = models.CharField(max_length=12, default=call_sign, editable=False)
    walk_in = models.BooleanField("没有约", default=False)
    status = models.CharField(max_length=10, choices=VISIT.choices(), default=VISIT.start)
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True)
    at = models.DateTimeField()
    moved_at = models.DateTimeField()

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = "预约接待"
        constraints = [
            models.UniqueConstraint(fields=["day", "code"], name="booking_code_unique"),
            models.UniqueConstraint(fields=["party"], condition=Q(status__in=GOING_ON), name="booking_one_at_a_time"),
            models.CheckConstraint(
                name="booking_done_says_what", condition=Q(status="done") & ~Q(outcome="") | ~Q(status="done")
            ),
        ]
        indexes = [
            models.Index(fields=["day", "slot"], name="booking_day_slot"),
            models.Index(fields=["case"], name="booking_case"),
        ]

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return VISIT.by_code[self.status]


class InvitedTalkQuerySet(models.QuerySet["InvitedTalk"]):
    """The one scope of invited talks."""

    def visible_to(self, actor: Actor | None) -> InvitedTalkQuerySet:
        """Those on cases this person may know of, and those this person holds; never on one that names the person."""
        if not isinstance(actor, Member):
            return self.none()
        known = Case.objects.visible_to(actor).filter(pk=OuterRef("case_id"))
        named = Recusal.objects.filter(case=OuterRef("case_id"), key__in=list(actor.keys))
        return self.filter(Exists(known) | Q(leader__person=actor.person_id)).exclude(Exists(named))


class InvitedTalk(models.Model):
    """A talk the workers behind a complex matter are invited to (约访, BD-4.4b).

    ``reasons`` are codes of the list invite_reasons.  A leader on management's side knows it by ``code`` and reads the
    released summary.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="talks")
    code = models.CharField(max_length=12, default=readable_code, editable=False)
    leader = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField(default=list)
    on = models.DateField("日期")
    begins = models.TimeField("几点")
    place = models.CharField("地点", max_length=80, validators=[NO_CONTROL])
    words = models.CharField("对职工说的话", max_length=300)
    status = models.CharField(max_length=10, choices=TALK.choices(), default=TALK.start)
    result = models.TextField("谈了什么", blank=True)
    end_reason = models.CharField("为什么取消", max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, null=True, related_name="invited_talk")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = InvitedTalkQuerySet.as_manager()

    class Meta:
        verbose_name = "约访"
        constraints = [
            models.UniqueConstraint(fields=["root", "code"], name="talk_code_unique"),
            models.UniqueConstraint(fields=["case"], condition=Q(status="sent"), name="talk_one_at_a_time"),
            models.CheckConstraint(
                name="talk_ended_says_what",
                condition=Q(status="sent", ended_at__isnull=True)
                | (Q(status="held", ended_at__isnull=False) & ~Q(result=""))
                | (Q(status="cancelled", ended_at__isnull=False) & ~Q(end_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["unit", "on"], name="talk_unit_on")]

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return TALK.by_code[self.status]

    @property
    def to_management(self) -> bool:
        """Whether the one who talks stands on management's side and so never learns the case."""
        return self.leader.role in EMPLOYER_SIDE


class TalkAnswer(models.Model):
    """Whether somebody behind the case comes to the talk; nobody has to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    talk = models.ForeignKey(InvitedTalk, on_delete=models.PROTECT, related_name="answers")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    comes = models.BooleanField("来")

    class Meta:
        verbose_name = "约访的回复"
        constraints = [models.UniqueConstraint(fields=["talk", "party"], name="talk_answer_once")]

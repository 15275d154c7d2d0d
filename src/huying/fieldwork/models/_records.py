"""Work records: what somebody did at the grassroots, for how long, with whom, what was heard and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huying.cases.models import Case, Recusal
from huying.files.models import File
from huying.kernel.ids import random_id, uuid7
from huying.kernel.models import DataKey
from huying.org.models import Person, Post, Unit, path_end, root_key
from huying.org.rules import ADMINISTRATORS, EMPLOYER_SIDE, Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor

LONGEST_DAYS = 31  # a record that is longer is two


class Presence(models.TextChoices):
    """What the visited unit says of date and presence; it never sees more."""

    UNASKED = "unasked", "不用确认"
    ASKED = "asked", "等对方确认"
    CONFIRMED = "confirmed", "对方已确认"
    DENIED = "denied", "对方说没有来过"


# Who changed over to the employer, or administers, reads no longer what was heard when they were out for the union.
_OTHER_SIDE = frozenset({*EMPLOYER_SIDE, *ADMINISTRATORS})


class RecordQuerySet(models.QuerySet["Record"]):
    """Two scopes: who reads a record, and who is asked whether it took place."""

    def visible_to(self, actor: Actor | None) -> RecordQuerySet:
        """Records of the unions this person reads, and those this person wrote or took part in; never one that is joined
        to a case naming the person or what the person heads."""
        if not isinstance(actor, Member):
            return self.none()
        reach = Q(union__in=[unit.pk for unit in actor.units(Can.READ_CASES)])
        for unit in actor.units(Can.READ_BELOW):
            reach |= Q(union__path__gte=unit.path, union__path__lt=path_end(unit.path))
        if actor.posts and not {post.role for post in actor.posts} & _OTHER_SIDE:
            own = RecordPerson.objects.filter(record=OuterRef("pk"), person=actor.person_id)
            reach |= Q(by__person=actor.person_id) | Q(Exists(own))
        return self.filter(reach).not_naming(actor)

    def not_naming(self, actor: Actor) -> RecordQuerySet:
        """Without records joined to a case that names this actor."""
        named = Recusal.objects.filter(key__in=list(actor.keys), case__records__record=OuterRef("pk"))
        return self.exclude(Exists(named))

    def to_confirm(self, actor: Actor | None) -> RecordQuerySet:
        """Records of other unions that took place at a unit for which this person confirms: date and presence only.  Never one
        of a case that names the person, nor one the person took part in."""
        if not isinstance(actor, Member):
            return self.none()
        units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)]
        own = RecordPerson.objects.filter(record=OuterRef("pk"), person=actor.person_id)
        asked = self.standing().filter(visited__in=units).exclude(presence=Presence.UNASKED)
        return asked.exclude(Exists(own)).not_naming(actor)

    def standing(self) -> RecordQuerySet:
        """Records that were not taken back."""
        return self.filter(withdrawn_at__isnull=True)


class Record(models.Model):
    """A work record (工作记录).

    ``kind`` is one of the pack's record kinds, read in the rules of the ``union`` whose work it is.  What was heard, promised
    and done, and the texts of the kind's own fields, are ``sealed`` under the record's own key: they may name people.
    ``figures`` holds the kind's numbers and choices only.  ``mark`` comes from the device: sent twice, it is one record.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    union = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=24)
    on = models.DateField("日期")
    until = models.DateField("到哪天", help_text="the last day; the same as the first for most")
    begins = models.TimeField("几点开始", null=True, blank=True)
    minutes = models.PositiveIntegerField("多长时间（分钟，一天里）")
    place = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    visited = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+",
        help_text="the union of the place, where that is another one than whose work it is",
    )  # fmt: skip
    where = models.CharField("地点", max_length=80, blank=True)
    theme = models.CharField("主题", max_length=60, blank=True)
    workers_met = models.PositiveIntegerField("见到职工人数", default=0)
    managers_met = models.PositiveIntegerField("见到经营管理人员人数", default=0)
    figures = models.JSONField(default=dict)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    presence = models.CharField(max_length=10, choices=Presence.choices, default=Presence.UNASKED)
    presence_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    presence_at = models.DateTimeField(null=True)
    presence_note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(help_text="when the phone or desk had it written down, as the device says")
    at = models.DateTimeField(help_text="when it arrived here")
    mark = models.UUIDField(default=random_id)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "工作记录"
        constraints = [
            models.UniqueConstraint(fields=["by", "mark"], name="record_written_once"),
            models.CheckConstraint(name="record_ends_after_it_begins", condition=Q(until__gte=F("on"))),
            models.CheckConstraint(name="record_takes_time", condition=Q(minutes__gte=1, minutes__lte=1440)),
            models.CheckConstraint(
                name="record_withdrawn_says_why",
                condition=Q(withdrawn_at__isnull=True, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
            ),
            models.CheckConstraint(
                name="record_presence_is_somebodys",
                condition=Q(presence__in=("unasked", "asked"), presence_at__isnull=True)
                | Q(presence__in=("confirmed", "denied"), presence_at__isnull=False, presence_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["union", "on"], name="record_union_on"),
            models.Index(fields=["place", "on"], name="record_place_on"),
            models.Index(fields=["visited", "on"], name="record_visited_on"),
            models.Index(fields=["moved_at"], name="record_moved"),
        ]

    @property
    def sealed_place(self) -> str:
        """Where the sealed words are bound to."""
        return f"record:sealed:{self.id}"


class RecordPerson(models.Model):
    """Who took part, in which post; whoever wrote it took part, too, unless it says otherwise."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    leads = models.BooleanField("带队", default=False)

    class Meta:
        verbose_name = "参加的人"
        constraints = [models.UniqueConstraint(fields=["record", "person"], name="record_person_once")]
        indexes = [models.Index(fields=["person"], name="record_person")]


class RecordCase(models.Model):
    """A case a record is about, or one that came out of it (``born``)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records")
    born = models.BooleanField(default=False)

    class Meta:
        verbose_name = "记录里的事项"
        constraints = [models.UniqueConstraint(fields=["record", "case"], name="record_case_once")]


class RecordFile(models.Model):
    """A photo or paper of a record, sealed under the record's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="files")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "记录的附件"


class RecordPoint(models.Model):
    """One thing a joint meeting or a tripartite consultation settled, and how far it got (SX-16).

    What was settled, who does it and what came of it are ``sealed`` under the record's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="points")
    sealed = models.BinaryField()
    due_on = models.DateField("做到哪天", null=True)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_on = models.DateField("落实日期", null=True)
    closed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "议定的事"
        constraints = [
            models.CheckConstraint(
                name="recordpoint_done_by_somebody",
                condition=Q(done_on__isnull=True, closed_by__isnull=True)
                | Q(done_on__isnull=False, closed_by__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["record", "done_on"], name="recordpoint_open")]

    @property
    def sealed_place(self) -> str:
        """Where the sealed words are bound to."""
        return f"recordpoint:sealed:{self.id}"

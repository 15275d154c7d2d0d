"""The case, the people behind it, who must not know of it, its history, messages, clocks and files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huying.cases.lifecycle import CASE
from huying.files.models import File
from huying.kernel.ids import random_id, uuid7
from huying.kernel.lifecycle import State
from huying.kernel.models import DataKey
from huying.mechanism.models import Snapshot
from huying.org.models import Post, Unit, path_end, root_key
from huying.org.rules import Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


class Secrecy(models.TextChoices):
    """The three ways to speak (secrecy.md)."""

    NAMED = "named", "实名"
    SEALED = "sealed", "保密"
    ANONYMOUS = "anonymous", "匿名"


class Difficulty(models.TextChoices):
    """Clear and easy cases go to staff, complex and hard ones to leaders (BD-4.6b)."""

    EASY = "easy", "简单明确"
    HARD = "hard", "复杂疑难"


def lies_in(field: str, units: models.QuerySet[Unit]) -> Q:
    """A case whose ``field`` (holder, unit, place) is one of these units.

    Not a join: asked case by case, the newest cases are read in their order, and the first page of a county costs the same
    however many lie below it.
    """
    return Q(Exists(units.order_by().filter(pk=OuterRef(field))))


def held_below(units: Iterable[Unit]) -> Q:
    """In the hands of one of these unions or of one below."""
    reach = Q(pk__in=[])
    for unit in units:
        reach |= Q(path__gte=unit.path, path__lt=path_end(unit.path))
    return lies_in("holder", Unit.objects.filter(reach))


class CaseQuerySet(models.QuerySet["Case"]):
    """The one scope (rule 10): lists, dossier, bulk, search, export, files all pass through here."""

    def visible_to(self, actor: Actor | None) -> CaseQuerySet:
        """Cases whose existence this actor may know: held now or earlier by a union in reach, none that names the actor."""
        if not isinstance(actor, Member) or not (own := [unit.pk for unit in actor.units(Can.READ_CASES)]):
            return self.none()
        above = actor.units(Can.READ_BELOW)
        reach, held = Q(unit__in=own), Q(holder__in=own)
        for unit in above:
            reach |= Q(unit__path__gte=unit.path, unit__path__lt=path_end(unit.path))
        if above:
            held |= held_below(above)
        # Who holds it has a station as well; asked first, because it needs no look elsewhere.
        return self.filter(held | Exists(Station.objects.filter(reach, case=OuterRef("pk")))).not_naming(actor)

    def not_naming(self, actor: Actor) -> CaseQuerySet:
        """Without the cases that name this actor, or something the actor heads."""
        return self.exclude(Exists(Recusal.objects.filter(case=OuterRef("pk"), key__in=list(actor.keys))))

    def open(self) -> CaseQuerySet:
        """Cases that still have a next step."""
        return self.filter(closed_at__isnull=True)


class Case(models.Model):
    """One matter: somebody must answer for it.

    ``title`` and ``summary`` are the released text: the only words that lists, search, notices, exports and departments
    ever see.  They are empty until an officer has released them (at once, masked, for a named worker's own words).
    ``unit`` is where the matter belongs, ``holder`` the union that has it now, ``series`` the union that numbered it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="workshop or the unit itself")
    holder = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField(
        null=True, help_text="empty for cases hidden from somebody: they get a random mark"
    )
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, default="grievance")
    status = models.CharField(max_length=12, choices=CASE.choices(), default=CASE.start)
    round = models.PositiveSmallIntegerField(default=1, help_text="how many times the loop has begun")
    channel = models.CharField(max_length=16)
    channel_note = models.CharField(max_length=40, blank=True)
    content_class = models.CharField(max_length=16, blank=True)
    category = models.CharField(max_length=32, blank=True)
    difficulty = models.CharField(max_length=4, choices=Difficulty.choices, blank=True)
    urgent = models.BooleanField(default=False)
    secrecy = models.CharField(max_length=9, choices=Secrecy.choices, help_text="the strictest of its parties'")
    title = models.CharField(max_length=60, blank=True)
    summary = models.TextField(blank=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    officer = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="cases")
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    rules = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    # Nearly always empty: a partial index each, or planners take an index full of nothing for a bad one and scan.
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by", db_index=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged", db_index=False)
    moved_at = models.DateTimeField(help_text="when something last happened")
    closed_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "事项"
        constraints = [
            models.UniqueConstraint(fields=["root", "series", "year", "seq"], name="case_number_without_twins"),
            models.UniqueConstraint(fields=["root", "number"], name="case_number_unique"),
            models.CheckConstraint(name="case_received_first", condition=Q(received_at__lte=F("registered_at"))),
            models.CheckConstraint(
                name="case_accepted_is_complete",
                condition=Q(status__in=["registered", "supplement", "declined", "withdrawn", "merged", "spam"])
                | (Q(officer__isnull=False) & ~Q(content_class="") & ~Q(category="") & Q(released_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="case_merged_knows_where",
                condition=(Q(status="merged") & Q(merged_into__isnull=False))
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-registered_at"], name="case_holder_registered"),
            models.Index(fields=["holder", "status", "-registered_at"], name="case_holder_status"),
            models.Index(fields=["officer", "status"], name="case_officer_status"),
            models.Index(fields=["-registered_at"], name="case_registered"),
            models.Index(fields=["moved_at"], name="case_moved"),  # rooms above sweep up what moved
            models.Index(
                fields=["holder", "-registered_at"], condition=Q(closed_at__isnull=True), name="case_open_holder"
            ),
            models.Index(fields=["-registered_at"], condition=Q(closed_at__isnull=True), name="case_open_registered"),
            models.Index(fields=["follows"], condition=Q(follows__isnull=False), name="case_follows"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_merged_into"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return CASE.by_code[self.status]

    @property
    def shown_title(self) -> str:
        """What a list shows: the released title, or that there is none yet."""
        return self.title or "（待写公开摘要）"


class Counter(models.Model):
    """Last number given by one union in one year.  Locked while registering; never spans roots."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    series = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "series", "year"], name="counter_one_per_year")]


class Station(models.Model):
    """A union that has or had the case.  Who had it keeps reading it; ``until`` empty means it is here now.

    One union has it; while it climbs, those above that were asked stand beside that one (``climb``)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    how = models.CharField(
        max_length=12,
        choices=[("born", "登记"), ("past", "越过本单位"), ("passed", "转办"), ("up", "转到上级"), ("climb", "上报")],
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(until__isnull=True) & ~Q(how="climb"), name="station_one_now"
            ),
        ]
        indexes = [models.Index(fields=["unit", "case"], name="station_unit_case")]


class Party(models.Model):
    """One person behind a case.  Secrecy belongs to the person; parties never see each other.

    ``identity`` is a sealed JSON object (name, phone, unit and post in the person's own words), ``words`` the sealed
    original.  Both are encrypted under the party's own key, whose destruction is the erasure.  ``receipt`` is the argon2
    hash of the 16 digits that are the way back in.
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties")
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="+")
    secrecy = models.CharField(max_length=9, choices=Secrecy.choices)
    first = models.BooleanField(default=False, help_text="the one who spoke; the others joined")
    identity = models.BinaryField(null=True)
    words = models.BinaryField(null=True)
    name_index = models.BinaryField(null=True, max_length=32)
    phone_index = models.BinaryField(null=True, max_length=32)
    receipt = models.BinaryField(max_length=32)
    consent = models.CharField(max_length=16, help_text="version of the consent text shown")
    corrections = models.BinaryField(null=True, help_text="sealed list: what the person set right, the latest last")
    joined_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True, help_text="kept only because a law asks; nobody opens it (PIPL 47)")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "receipt"], name="party_receipt_unique"),
            models.UniqueConstraint(fields=["case"], condition=Q(first=True), name="party_one_first"),
            models.CheckConstraint(
                name="party_anonymous_has_no_identity",
                condition=~Q(secrecy="anonymous")
                | Q(identity__isnull=True, name_index__isnull=True, phone_index__isnull=True),
            ),
            models.CheckConstraint(
                name="party_erased_is_empty",
                condition=Q(erased_at__isnull=True)
                | Q(identity__isnull=True, words__isnull=True, name_index__isnull=True, phone_index__isnull=True),
            ),
            models.CheckConstraint(
                name="party_erased_keeps_no_corrections",
                condition=Q(erased_at__isnull=True) | Q(corrections__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["receipt"], name="party_receipt"),
            models.Index(fields=["phone_index"], name="party_phone"),
            models.Index(fields=["name_index"], name="party_name"),
        ]


class Recusal(models.Model):
    """Somebody or something that must get no trace of the case, fixed before anybody reads it.

    ``key`` is matched against ``Actor.keys``: ``person:<id>``, ``chair:<unit>``, ``unit:<unit>``, ``department:<id>``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recusals")
    key = models.CharField(max_length=64)
    said = models.CharField(
        max_length=12,
        choices=[
            ("chair", "涉及工会主席"),
            ("superior", "涉及我的上级"),
            ("department", "涉及某部门"),
            ("union", "越过本单位工会"),
            ("self", "本人回避"),
        ],
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="recusal_once")]
        indexes = [models.Index(fields=["key", "case"], name="recusal_key_case")]


class Event(models.Model):
    """One line of the case's history; appended, never edited (rule 7).  ``text`` is for staff who may see the case,
    ``worker_text`` is what the workers behind it read, ``sealed`` is for the case officer only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=24)
    version = models.PositiveIntegerField(help_text="of the case once this had happened")
    label = models.CharField(max_length=60)
    status = models.CharField(max_length=12, choices=CASE.choices())
    who = models.CharField(max_length=90)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    worker_label = models.CharField(max_length=60, blank=True)
    worker_text = models.TextField(blank=True)
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, related_name="+", help_text="only this one reads it"
    )
    sealed = models.BinaryField(null=True)
    entry = models.UUIDField(help_text="its entry in the trail")

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="event_case_at")]


class Message(models.Model):
    """The talk between one worker and the case officer, sealed under the worker's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="messages")
    from_worker = models.BooleanField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    body = models.BinaryField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "at"], name="message_case_at"),
            models.Index(fields=["case"], condition=Q(from_worker=True, read_at__isnull=True), name="message_unread"),
        ]


class CaseFile(models.Model):
    """A file that belongs to a case: a worker's original (sealed with the worker's words) or a released copy."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="files")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="files")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    sealed = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case"], name="casefile_case")]


class Clock(models.Model):
    """One running or stopped limit.  It starts when the matter reaches somebody, not when they sign for it.

    ``subject`` is the item it belongs to (a room above), or the case itself.  ``rule`` is a copy of the pack's rule
    with its clause; a fixed date agreed at the table has ``{"fixed": true}``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    subject = models.UUIDField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="whose limit it is")
    department = models.UUIDField(null=True)
    code = models.CharField(max_length=16)
    rule = models.JSONField()
    started_at = models.DateTimeField()
    start_day = models.DateField()
    due_on = models.DateField()
    provisional = models.BooleanField(default=False)
    paused_on = models.DateField(null=True)
    pauses = models.JSONField(default=list, help_text="finished pauses as [first day, first day running again]")
    stopped_at = models.DateTimeField(null=True)
    late = models.BooleanField(default=False, help_text="stopped after its date; while running it is computed")

    class Meta:
        constraints = [
            models.CheckConstraint(name="clock_due_not_before_start", condition=Q(due_on__gte=F("start_day"))),
            models.UniqueConstraint(
                fields=["case", "code", "subject"],
                condition=Q(stopped_at__isnull=True),
                name="clock_one_running",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "due_on"], condition=Q(stopped_at__isnull=True), name="clock_running_unit"),
            models.Index(fields=["due_on"], condition=Q(stopped_at__isnull=True), name="clock_running_due"),
            models.Index(fields=["case"], name="clock_case"),
            models.Index(fields=["subject"], condition=Q(stopped_at__isnull=True), name="clock_running_subject"),
        ]


class ClockChange(models.Model):
    """A pause, an extension (asked, then approved or refused) or a recomputation; it shows on the clock for ever."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(
        max_length=8, choices=[("extend", "延期"), ("pause", "暂停"), ("resume", "恢复"), ("recount", "重算")]
    )
    state = models.CharField(max_length=8, choices=[("asked", "待批准"), ("done", "已生效"), ("refused", "未批准")])
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)
    due_before = models.DateField()
    due_after = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(state="asked"), name="clockchange_one_asked"),
        ]
        indexes = [models.Index(fields=["clock", "asked_at"], name="clockchange_clock")]

"""Meetings, who attends, the agenda, what was said and what was agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huying.cases.models import Recusal
from huying.handling.models import Item
from huying.kernel.ids import readable_code, uuid7
from huying.kernel.lifecycle import State
from huying.mechanism.models import Snapshot
from huying.meetings.lifecycle import MEETING
from huying.meetings.models._topics import Topic, of_unions
from huying.org.models import Department, Person, Post, Unit, root_key
from huying.org.rules import Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """The one scope of meetings."""

    def visible_to(self, actor: Actor | None) -> MeetingQuerySet:
        """Meetings of the unions this person reads, and those the person was asked to or attended; never one with a topic
        whose cases name the person."""
        if not isinstance(actor, Member):
            return self.none()
        asked = Participant.objects.filter(meeting=OuterRef("pk"), person=actor.person_id)
        called = Q(status__in=[state.code for state in MEETING.states if state.code != "draft"])
        named = Recusal.objects.filter(key__in=list(actor.keys), case__topics__topic__places__meeting=OuterRef("pk"))
        return self.filter(of_unions(actor) | (Q(Exists(asked)) & called)).exclude(Exists(named))


class Meeting(models.Model):
    """A consultation meeting or one of its kin (恳谈会, 质询会, 听证会): called from topics, held, minuted, signed (MY-3.2.3).

    ``on_paper``: held on paper and entered afterwards with its signed scan.  ``year`` and ``seq`` are given at signing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("会议种类", max_length=16)
    title = models.CharField("会议名称", max_length=80)
    starts_at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=120, blank=True)
    link = models.URLField("线上入口", max_length=300, blank=True)
    weighty = models.CharField("随时协商的缘由", max_length=200, blank=True)
    chair = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    chair_because = models.CharField(max_length=200, blank=True, help_text="why not the seat that chairs")
    announcement = models.TextField("公告", blank=True)
    announced_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=12, choices=MEETING.choices(), default=MEETING.start)
    on_paper = models.BooleanField("补录", default=False)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    missing_because = models.CharField(max_length=300, blank=True, help_text="why it opened without a seat")
    reply_by = models.DateField(null=True, help_text="until when the minutes may be answered")
    signed_at = models.DateTimeField(null=True)
    year = models.PositiveSmallIntegerField(null=True)
    seq = models.PositiveSmallIntegerField(null=True)
    rules = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    sequence = models.PositiveSmallIntegerField(default=0, help_text="of the calendar file: grows with each change")
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "会议"
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "year", "seq"], name="meeting_number_without_twins"),
            models.CheckConstraint(name="meeting_has_place", condition=~Q(place="") | ~Q(link="")),
            models.CheckConstraint(
                name="meeting_signed_is_numbered",
                condition=(Q(status="signed") & Q(signed_at__isnull=False, seq__isnull=False, year__isnull=False))
                | (~Q(status="signed") & Q(signed_at__isnull=True, seq__isnull=True, year__isnull=True)),
            ),
            models.CheckConstraint(
                name="meeting_closes_after_opening",
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-starts_at"], name="meeting_unit_starts"),
            models.Index(fields=["unit", "status"], name="meeting_unit_status"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return MEETING.by_code[self.status]


class Participant(models.Model):
    """Somebody asked to a meeting: for which seat, whether they accepted, were there, what they say of the minutes.

    ``person`` is empty for a guest who is not in the roster.
    """

    SIDES = (("union", "工会方"), ("management", "行政方"), ("guest", "列席"))
    ANSWERS = (("accepted", "参加"), ("excused", "请假"))
    ATTENDANCE = (("present", "到会"), ("late", "迟到"), ("excused", "请假"), ("absent", "缺席"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("职务", max_length=60, blank=True)
    seat = models.CharField("席位", max_length=20, blank=True, help_text="code of the pack's seat; empty: a guest")
    side = models.CharField(max_length=10, choices=SIDES)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=8, choices=ANSWERS, blank=True)
    answer_note = models.CharField("说明", max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    attendance = models.CharField(max_length=8, choices=ATTENDANCE, blank=True)
    minutes_agreed = models.BooleanField("核对意见", null=True)
    minutes_words = models.TextField("意见", blank=True)
    minutes_version = models.PositiveSmallIntegerField(null=True)
    minutes_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "参会人"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(person__isnull=False), name="participant_once"
            ),
        ]
        indexes = [
            models.Index(fields=["meeting"], name="participant_meeting"),
            models.Index(fields=["person", "meeting"], name="participant_person"),
        ]


class Place(models.Model):
    """One entry of an agenda: a topic, or a question put at the meeting; what came of it.

    ``result`` is empty until settled.  ``next_way`` says how a topic that was not agreed goes on.  The vote's figures stand
    only beside a discussion (MY-2.2).
    """

    RESULTS = (("items", "定下事项"), ("not_agreed", "未达成一致"), ("noted", "已通报说明"), ("later", "下次再议"))
    WAYS = (("on", "继续协商"), ("up", "报上一级"), ("explain", "向职工解释"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="places")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, related_name="places")
    question = models.CharField("问题", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField()
    result = models.CharField("结果", max_length=10, choices=RESULTS, blank=True)
    result_text = models.TextField("结果说明", blank=True)
    next_way = models.CharField(max_length=8, choices=WAYS, blank=True)
    votes_for = models.PositiveSmallIntegerField("赞成", null=True)
    votes_against = models.PositiveSmallIntegerField("反对", null=True)
    abstained = models.PositiveSmallIntegerField("弃权", null=True)
    left_at = models.DateTimeField(null=True, help_text="taken off the agenda before the meeting")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "议程"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "topic"],
                condition=Q(left_at__isnull=True, topic__isnull=False),
                name="place_topic_once",
            ),
            models.UniqueConstraint(
                fields=["topic"],
                condition=Q(left_at__isnull=True, result="", topic__isnull=False),
                name="place_one_table_at_a_time",
            ),
            models.CheckConstraint(
                name="place_topic_or_question",
                condition=(Q(topic__isnull=False) & Q(question="")) | (Q(topic__isnull=True) & ~Q(question="")),
            ),
            models.CheckConstraint(
                name="place_not_agreed_goes_on", condition=~Q(result="not_agreed") | ~Q(next_way="")
            ),
        ]
        indexes = [models.Index(fields=["meeting", "order"], name="place_meeting_order")]


class Remark(models.Model):
    """One line of the discussion, in words.  Lines are added, never merged, so two secretaries cannot overwrite each other;
    a line that was corrected points at the one that took its place."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="remarks")
    speaker = models.CharField("发言人", max_length=40, blank=True)
    text = models.TextField("发言")
    at = models.DateTimeField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    replaced_by = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaces")
    struck = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["place", "at"], name="remark_place_at")]
        constraints = [models.CheckConstraint(name="remark_says_something", condition=~Q(text=""))]


class Agreed(models.Model):
    """What was agreed at the table: measure, deadline, department and person, all four or it is not settled (MY-3.2.3b).

    ``code`` becomes the code of the items that carry it out, one for each case behind the topic.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="agreed")
    code = models.CharField(max_length=12, default=readable_code, editable=False)
    measure = models.TextField("解决措施")
    deadline = models.DateField("解决时限")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "定下的事项"
        constraints = [
            models.UniqueConstraint(fields=["root", "code"], name="agreed_code_unique"),
            models.CheckConstraint(name="agreed_measure_given", condition=~Q(measure="")),
        ]
        indexes = [models.Index(fields=["place"], name="agreed_place")]


class AgreedHelp(models.Model):
    """A co-handling department (协办) of something agreed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    agreed = models.ForeignKey(Agreed, on_delete=models.PROTECT, related_name="helping")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreed", "department"], name="agreedhelp_once")]


class AgreedItem(models.Model):
    """The item that carries out something agreed, for one case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    agreed = models.ForeignKey(Agreed, on_delete=models.PROTECT, related_name="items")
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="agreed_in")

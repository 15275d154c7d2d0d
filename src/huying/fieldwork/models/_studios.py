"""Studios (群众工作室), who works in them, liaisons, guides, groups, the daily log."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huying.kernel.ids import uuid7
from huying.org.models import NO_CONTROL, Department, Person, Post, Unit, root_key


class Studio(models.Model):
    """The studio of a unit with its own union; its head is whoever chairs the union (BD-2.1).

    ``equipped`` holds what of the pack's list ``studio`` is there: code to the day since when (BD-2.2).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="studio")
    opened_on = models.DateField("启用日期", null=True, blank=True)
    room = models.CharField("地点", max_length=80, blank=True, validators=[NO_CONTROL])
    hours = models.CharField("开放时间", max_length=80, blank=True, validators=[NO_CONTROL])
    phone = models.CharField("电话", max_length=30, blank=True, validators=[NO_CONTROL])
    email = models.EmailField("邮箱", blank=True)
    equipped = models.JSONField(default=dict)
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "群众工作室"


class StudioStaff(models.Model):
    """Somebody who works in a studio: a person of the roster, or a volunteer known by name only (BD-2.3)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="staff")
    kind = models.CharField("哪一种", max_length=16, help_text="a code of the list studio_staff_kinds")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField("姓名", max_length=40, blank=True, validators=[NO_CONTROL])
    since = models.DateField("从")
    until = models.DateField("到", null=True, blank=True)

    class Meta:
        verbose_name = "工作室人员"
        constraints = [
            models.CheckConstraint(
                name="studio_staff_is_somebody",
                condition=Q(person__isnull=False, name="") | (Q(person__isnull=True) & ~Q(name="")),
            ),
            models.CheckConstraint(
                name="studio_staff_ends_after", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            models.UniqueConstraint(
                fields=["studio", "person"],
                condition=Q(until__isnull=True, person__isnull=False),
                name="studio_staff_once",
            ),
        ]
        indexes = [models.Index(fields=["person"], name="studio_staff_person")]


class Liaison(models.Model):
    """The liaison (联络员) of a workshop or a section of a unit (BD-2.1)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="liaisons")
    workshop = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateField("从")
    until = models.DateField("到", null=True, blank=True)

    class Meta:
        verbose_name = "联络员"
        constraints = [
            models.CheckConstraint(
                name="liaison_of_one_place",
                condition=Q(workshop__isnull=False, department__isnull=True)
                | Q(workshop__isnull=True, department__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["workshop"], condition=Q(until__isnull=True, workshop__isnull=False), name="liaison_workshop_once"
            ),
            models.UniqueConstraint(
                fields=["department"], condition=Q(until__isnull=True, department__isnull=False),
                name="liaison_department_once",
            ),
        ]  # fmt: skip


class Guide(models.Model):
    """A full-time union worker of a township who guides the studios of that area (指导员, BD-6.1)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateField("从")
    until = models.DateField("到", null=True, blank=True)

    class Meta:
        verbose_name = "群众工作指导员"
        constraints = [
            models.UniqueConstraint(fields=["unit", "person"], condition=Q(until__isnull=True), name="guide_once")
        ]


class Group(models.Model):
    """A leading group or supervision group of a union (领导小组 督导组, BD-6.1)."""

    KINDS = (("leading", "领导小组"), ("supervision", "督导组"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("哪一种", max_length=12, choices=KINDS)
    since = models.DateField("成立日期")
    ended_on = models.DateField("撤销日期", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "工作小组"
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind"], condition=Q(ended_on__isnull=True), name="group_kind_once")
        ]


class GroupMember(models.Model):
    """Somebody in a group, and what for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    DUTIES = (("head", "组长"), ("deputy", "副组长"), ("member", "成员"))

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField("职务", max_length=8, choices=DUTIES)
    task = models.CharField("职责分工", max_length=120, blank=True, validators=[NO_CONTROL])

    class Meta:
        verbose_name = "小组成员"
        constraints = [models.UniqueConstraint(fields=["group", "person"], name="group_member_once")]


class DayLog(models.Model):
    """One day of a studio's work log (工作日志), or of somebody stationed there (``person``).

    What the day's records and cases say is read when the page is opened; here is only what was added by hand.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    on = models.DateField("日期")
    text = models.TextField("补充")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "工作日志"
        constraints = [
            models.UniqueConstraint(fields=["unit", "on"], condition=Q(person__isnull=True), name="day_log_unit_once"),
            models.UniqueConstraint(
                fields=["unit", "on", "person"], condition=Q(person__isnull=False), name="day_log_person_once"
            ),
        ]

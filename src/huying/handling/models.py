"""Items given to departments, their history, and what the worker was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from huying.cases.models import Case, Party, Recusal
from huying.files.models import File
from huying.handling.lifecycle import ITEM
from huying.kernel.ids import readable_code, uuid7
from huying.kernel.lifecycle import State
from huying.kernel.models import DataKey
from huying.org.models import Department, Post, root_key
from huying.org.rules import Can, Member

if TYPE_CHECKING:
    from huying.kernel.actors import Actor


class ItemQuerySet(models.QuerySet["Item"]):
    """The departments' scope: only items, never cases."""

    def visible_to(self, actor: Actor | None) -> ItemQuerySet:
        """Items of the actor's departments (lead or co-handling), or of the whole unit for its management head; never one
        whose case names the actor or what the actor heads."""
        if not isinstance(actor, Member):
            return self.none()
        helping = CoHandling.objects.filter(item=OuterRef("pk"), department__in=actor.departments())
        reach: Q = Q(department__in=actor.departments()) | Q(Exists(helping))
        if units := [unit.pk for unit in actor.units(Can.ITEMS_OF_UNIT)]:
            reach |= Q(department__unit__in=units)
        naming = Recusal.objects.filter(case=OuterRef("case_id"), key__in=list(actor.keys))
        return self.filter(reach).exclude(Exists(naming))


class Item(models.Model):
    """What a department has to do, by when, and who does it: all four, or it is not settled (MY-3.2.3b).

    A department knows it by ``code`` and reads ``brief``, the released text masked for it; never the case or its number.
    Something agreed at a meeting for several cases is one commitment: an item a case, all with one code (twins).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=12, default=readable_code, editable=False)
    round = models.PositiveSmallIntegerField()
    brief = models.TextField(help_text="the released text, as the department reads it")
    measure = models.TextField("解决措施")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="items")
    handler = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="items")
    deadline = models.DateField("办结时限")
    status = models.CharField(max_length=10, choices=ITEM.choices(), default=ITEM.start)
    returns = models.PositiveSmallIntegerField(default=0)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True)
    done_said_at = models.DateTimeField(null=True, help_text="when the department said so; later than done_on shows")
    reported_at = models.DateTimeField(null=True)
    report = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = "协商事项"
        constraints = [
            models.UniqueConstraint(fields=["root", "code", "case"], name="item_code_once_a_case"),
            models.CheckConstraint(name="item_measure_given", condition=~Q(measure="")),
            models.CheckConstraint(
                name="item_reported_is_complete",
                condition=~Q(status="reported") | (Q(reported_at__isnull=False) & ~Q(report="")),
            ),
            models.CheckConstraint(name="item_done_has_day", condition=~Q(status="done") | Q(done_on__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["department", "status", "deadline"], name="item_department_status"),
            models.Index(fields=["case"], name="item_case"),
            models.Index(fields=["handler", "status"], name="item_handler_status"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> State:
        """The present state's names and turn."""
        return ITEM.by_code[self.status]


class CoHandling(models.Model):
    """A co-handling department (协办) beside the lead."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="helping")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "department"], name="cohandling_once")]


class ItemEvent(models.Model):
    """One line of the item's history.  ``union_only`` lines are the union's own; the department never reads them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    label = models.CharField(max_length=60)
    state = models.CharField(max_length=10, blank=True, help_text="tracking state of form 3: done, doing, unable")
    who = models.CharField(max_length=90)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    union_only = models.BooleanField(default=False)
    entry = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["item", "-at"], name="itemevent_item_at")]


class ItemFile(models.Model):
    """A proof photo or paper of the department, or a released copy the union gave it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="files")
    event = models.ForeignKey(ItemEvent, on_delete=models.PROTECT, null=True, related_name="files")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Telling(models.Model):
    """The union told one worker, or explained: how, when, by whom (MY-3.2.4b, MY-3.2.4c)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = root_key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tellings")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    how = models.CharField(max_length=8, choices=[("face", "面谈"), ("phone", "电话"), ("online", "网络")])
    kind = models.CharField(max_length=8, choices=[("result", "告知结果"), ("explain", "解释说明")])
    text = models.TextField()
    told_on = models.DateField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "party", "round"], name="telling_once_a_round"),
        ]

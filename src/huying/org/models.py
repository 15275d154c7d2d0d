"""Units, departments, people, accounts, posts."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from huying.kernel.ids import random_id, short_code, uuid7

NO_CONTROL = RegexValidator(r"^[^\x00-\x1f\x7f]*$", "含有不能使用的字符。")


class Level(models.TextChoices):
    """Levels of the unit tree (工会法 art. 11; a group has subsidiaries, an enterprise has workshops)."""

    NATION = "nation", "全国"
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县（市、区）"
    TOWN = "town", "乡镇（街道）"
    INDUSTRY = "industry", "产业"
    GROUP = "group", "集团"
    ENTERPRISE = "enterprise", "企事业单位"
    SUBSIDIARY = "subsidiary", "子公司"
    WORKSHOP = "workshop", "车间（科室）"


# Levels whose posts belong to local or industry unions, above any employer.
UPPER = frozenset({Level.NATION, Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWN, Level.INDUSTRY})


class Ownership(models.TextChoices):
    """Kinds of employer the documents tell apart."""

    STATE = "state", "国有及国有控股"
    PRIVATE = "private", "民营"
    FOREIGN = "foreign", "外商及港澳台投资"
    COLLECTIVE = "collective", "集体"
    INSTITUTION = "institution", "事业单位"
    PLATFORM = "platform", "平台企业"
    OTHER = "other", "其他"


class UnitQuerySet(MP_NodeQuerySet):
    """Units, by place in the tree."""

    def within(self, unit: Unit) -> UnitQuerySet:
        """The unit and everything below it, as one index range on the path."""
        return self.filter(path__gte=unit.path, path__lt=path_end(unit.path))

    def open(self) -> UnitQuerySet:
        """Units not closed or merged."""
        return self.filter(closed_on__isnull=True)


class UnitManager(MP_NodeManager.from_queryset(UnitQuerySet)):  # type: ignore[misc]
    """treebeard's tree acts on units; its own manager would answer with its own query set."""

    def get_queryset(self) -> UnitQuerySet:
        """Units from the top of the tree down."""
        return UnitQuerySet(self.model, using=self._db).order_by("path")


def path_end(path: str) -> str:
    """The first path after a subtree: every descendant's path is below it on every engine's byte order."""
    return path + "~"


class Unit(MP_Node):
    """A union with its unit: one node of the tree 全国 › 省 › 市 › 县 › 乡镇街道 › 企事业单位 › 车间.

    ``root`` is the sharding union (city by default, see ``org.rules.root_of``) at present; a case keeps the root it was
    born under.  ``code`` is the short address printed as a QR code.
    """

    steplen = 5  # 36**5 children a node
    node_order_by: list[str] = []

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    level = models.CharField("层级", max_length=12, choices=Level.choices)
    name = models.CharField("名称", max_length=80, validators=[NO_CONTROL])
    short_name = models.CharField("简称", max_length=12, validators=[NO_CONTROL], help_text="用在编号里，例如“蒙机”")
    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    has_union = models.BooleanField("有独立工会", default=True)
    is_demo = models.BooleanField(default=False)
    phone = models.CharField("工会电话", max_length=30, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    opened_on = models.DateField("设立日期", null=True, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from")
    members = models.PositiveIntegerField("会员人数", null=True, blank=True)
    workers = models.PositiveIntegerField("职工人数", null=True, blank=True)
    women = models.PositiveIntegerField("女职工人数", null=True, blank=True)
    industry = models.CharField("行业", max_length=40, blank=True)
    ownership = models.CharField("单位性质", max_length=12, choices=Ownership.choices, blank=True)
    in_difficulty = models.BooleanField("困难企业", default=False)
    version = models.PositiveIntegerField(default=1)

    objects = UnitManager()

    class Meta:
        verbose_name = "组织"
        constraints = [
            models.CheckConstraint(
                name="unit_women_not_more_than_workers",
                condition=Q(women__isnull=True) | Q(workers__isnull=True) | Q(women__lte=F("workers")),
            ),
            models.CheckConstraint(
                name="unit_merged_is_closed", condition=Q(merged_into__isnull=True) | Q(closed_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_upper(self) -> bool:
        """A local or industry union, above any employer."""
        return self.level in UPPER


def root_key() -> models.ForeignKey:
    """The sharding union a case-like row was born under: set once, equal to its parent's (stack.md, Databases)."""
    return models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)


class Department(models.Model):
    """A functional department of a unit (职能部门); items are given to departments."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField("部门名称", max_length=60, validators=[NO_CONTROL])
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "部门"
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="department_name_in_unit")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody in the roster.  Phone is kept for staff and delegates only as far as the unit enters it."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="people")
    name = models.CharField("姓名", max_length=40, validators=[NO_CONTROL])
    name_sort = models.CharField(max_length=320, editable=False, db_index=True)
    staff_no = models.CharField("工号", max_length=30, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    sex = models.CharField("性别", max_length=1, choices=[("f", "女"), ("m", "男")], blank=True)
    is_member = models.BooleanField("工会会员", default=True)
    left_on = models.DateField("离开日期", null=True, blank=True)
    erased_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "人员"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "staff_no"], condition=~Q(staff_no=""), name="person_staff_no_in_unit"
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Accounts are made by ``org.acts.open_account`` only."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Case-insensitive login name."""
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """An account of one person.  What it may do comes from the person's posts."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    username = models.CharField("登录名", max_length=40, unique=True)
    email = models.EmailField("电子邮箱", blank=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="user")
    is_active = models.BooleanField("可登录", default=True)
    must_change_password = models.BooleanField(default=False)
    password_given_at = models.DateTimeField(null=True)  # a one-time password, until its holder chose an own one

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.username

    @property
    def is_staff(self) -> bool:
        """The framework's own administration does not exist here."""
        return False

    is_superuser = is_staff

    def get_full_name(self) -> str:
        """Name as colleagues read it."""
        return self.person.name


class Role(models.TextChoices):
    """Roles.  What each may do stands in ``org.rules.ROLES``."""

    WORKER = "worker", "职工"
    LIAISON = "liaison", "联络员"
    OFFICER = "officer", "工会干部"
    CHAIR = "chair", "工会主席"
    HANDLER = "handler", "部门承办人"
    DEPARTMENT_HEAD = "department_head", "部门负责人"
    MANAGEMENT_HEAD = "management_head", "行政负责人"
    DELEGATE = "delegate", "职工代表"
    UPPER_OFFICER = "upper_officer", "上级工会干部"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


class Rank(models.TextChoices):
    """Ranks of cadres that a document tells apart (SX-8a); empty for everybody else."""

    BUREAU = "bureau", "厅级"
    DIVISION = "division", "处级"
    SECTION = "section", "科级及以下"


IN_DEPARTMENT = (Role.HANDLER, Role.DEPARTMENT_HEAD)


class PostQuerySet(models.QuerySet["Post"]):
    """Posts in time."""

    def on(self, day: date) -> PostQuerySet:
        """Posts held on a day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class Post(models.Model):
    """A person in a role at a unit (and department) from–to.  ``acting_for`` marks an acting officer (代理).

    A post that ends before it starts was taken back before it began: it was never held, and nobody deletes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    role = models.CharField("角色", max_length=16, choices=Role.choices)
    title = models.CharField("职务", max_length=40, blank=True)
    rank = models.CharField("职级", max_length=8, choices=Rank.choices, blank=True)
    starts_on = models.DateField("任职自")
    ends_on = models.DateField("任职至", null=True, blank=True)
    acting_for = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="acted_by")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        constraints = [
            models.CheckConstraint(
                name="post_department_only_in_department",
                condition=Q(role__in=[r.value for r in IN_DEPARTMENT], department__isnull=False)
                | (~Q(role__in=[r.value for r in IN_DEPARTMENT]) & Q(department__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="post_unit_role")]

    @property
    def taken_back(self) -> bool:
        """Was the appointment taken back before it began?"""
        return self.ends_on is not None and self.ends_on < self.starts_on

    def __str__(self) -> str:
        return f"{self.person.name}·{self.title or self.get_role_display()}"


class SignInRule(models.Model):
    """How a unit wants its people and those of the units below to sign in (登录要求).

    ``roles`` need a second factor; ``provider_asks``: whoever comes through the single sign-on was asked there already.
    Units below add to it and take nothing away.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="sign_in_rule")
    roles = models.JSONField(default=list)
    provider_asks = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "登录要求"

    @property
    def role_names(self) -> str:
        """The roles as people read them."""
        return "、".join(Role(role).label for role in self.roles)

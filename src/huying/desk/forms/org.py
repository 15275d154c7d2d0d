"""Forms of the organisation pages.  They turn fields into values; what may be done is asked of ``org.acts``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from huying.org.models import Department, Level, Ownership, Person, Post, Rank, Role, SignInRule, Unit
from huying.org.rules import ROLES

NONE = ("", "——")


def day_field(label: str, **more: Any) -> forms.DateField:
    """A day, chosen from the browser's calendar (which wants it written 2026-01-31 in any language)."""
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


class Changing(forms.Form):
    """A form about something that exists: it remembers which version was on the screen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def facts(self) -> dict[str, Any]:
        """What was filled in, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class UnitForm(Changing):
    """Facts of a unit."""

    level = forms.ChoiceField(label="层级")
    name = forms.CharField(label="名称", max_length=80)
    short_name = forms.CharField(
        label="简称", max_length=12, required=False, help_text="用在编号里，例如“蒙机”；不填就取名称开头"
    )
    has_union = forms.BooleanField(label="有独立工会", required=False, initial=True)
    ownership = forms.ChoiceField(label="单位性质", choices=[NONE, *Ownership.choices], required=False)
    industry = forms.CharField(label="行业", max_length=40, required=False)
    workers = forms.IntegerField(label="职工人数", min_value=0, required=False)
    women = forms.IntegerField(label="女职工人数", min_value=0, required=False)
    members = forms.IntegerField(label="会员人数", min_value=0, required=False)
    in_difficulty = forms.BooleanField(label="困难企业", required=False)
    phone = forms.CharField(label="工会电话", max_length=30, required=False)
    address = forms.CharField(label="地址", max_length=120, required=False)
    opened_on = day_field("设立日期", required=False)

    def __init__(self, *args: Any, levels: Iterable[Level], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(level.value, level.label) for level in levels]  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, unit: Unit) -> dict[str, Any]:
        """The facts as they are."""
        return {name: getattr(unit, name) for name in cls.base_fields}


class NameForm(Changing):
    """One name: of a department."""

    name = forms.CharField(label="部门名称", max_length=60)


class PersonForm(Changing):
    """Facts of a person."""

    name = forms.CharField(label="姓名", max_length=40)
    staff_no = forms.CharField(label="工号", max_length=30, required=False)
    phone = forms.CharField(label="电话", max_length=20, required=False)
    sex = forms.ChoiceField(label="性别", choices=[NONE, ("f", "女"), ("m", "男")], required=False)
    is_member = forms.BooleanField(label="工会会员", required=False, initial=True)

    @classmethod
    def initial_of(cls, person: Person) -> dict[str, Any]:
        """The facts as they are."""
        return {name: getattr(person, name) for name in cls.base_fields}


class LeftForm(forms.Form):
    """The day somebody left."""

    left_on = day_field("离开日期")


class EndForm(forms.Form):
    """The last day of a post."""

    ends_on = day_field("任职到哪一天", help_text="当天仍然在任")


class AppointForm(forms.Form):
    """A post for a person."""

    unit = forms.ChoiceField(label="在哪个组织")
    role = forms.ChoiceField(
        label="角色",
        widget=forms.RadioSelect,
        choices=[(role.value, f"{role.label}\n{ROLES[role].what}") for role in Role],
    )
    department = forms.ChoiceField(label="部门", required=False, help_text="部门承办人、部门负责人必选")
    title = forms.CharField(label="职务", max_length=40, required=False, help_text="写在名字后面，例如“女工委员”")
    rank = forms.ChoiceField(
        label="职级", required=False, choices=[("", "没有"), *Rank.choices], help_text="按职级定走访任务的单位才要填"
    )
    starts_on = day_field("任职自")
    ends_on = day_field("任职至", required=False, help_text="不填就是没有期限；代理必须填")
    acting_for = forms.ChoiceField(label="代理", required=False, help_text="替别人代理时选；角色、组织、部门要一样")

    def __init__(
        self, *args: Any, units: list[Unit], departments: list[Department], posts: list[Post], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows: dict[str, dict[UUID, Any]] = {
            "unit": {row.pk: row for row in units},
            "department": {row.pk: row for row in departments},
            "acting_for": {row.pk: row for row in posts},
        }
        self._offer("unit", [(str(row.pk), row.name) for row in units])
        self._offer("department", [NONE, *((str(row.pk), f"{row.unit.name}·{row.name}") for row in departments)])
        self._offer("acting_for", [("", "不是代理"), *((str(row.pk), _acted(row)) for row in posts)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """What was chosen, as rows."""
        values = dict(self.cleaned_data)
        for name, rows in self.rows.items():
            values[name] = rows[UUID(values[name])] if values[name] else None
        return values


def _acted(post: Post) -> str:
    """The post somebody stands in for."""
    place = f"·{post.department.name}" if post.department else ""
    return f"代理 {post.person.name}（{post.unit.name}{place}·{post.get_role_display()}）"


class AccountForm(forms.Form):
    """A new account."""

    username = forms.CharField(label="登录名", max_length=40, help_text="小写字母、数字、点、横线，3 到 40 个字符")
    email = forms.EmailField(label="电子邮箱", required=False, help_text="用来收提醒")


class WorkbookForm(forms.Form):
    """An .xlsx file."""

    workbook = forms.FileField(
        label="工作簿（.xlsx）",
        help_text="不超过 10 MB，20 000 行",
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        error_messages={"required": "请选择要上传的表格。", "empty": "这个文件是空的，请重新保存后再上传。"},
    )


class SignInForm(Changing):
    """What a unit asks of those who sign in."""

    roles = forms.MultipleChoiceField(
        label="要第二道验证的角色",
        choices=[(role.value, role.label) for role in Role if role != Role.WORKER],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    provider_asks = forms.BooleanField(label="统一登录已经问过第二道", required=False)

    @classmethod
    def initial_of(cls, rule: SignInRule) -> dict[str, Any]:
        """What is asked now."""
        return {"roles": rule.roles, "provider_asks": rule.provider_asks, "version": rule.version}

    def facts(self) -> dict[str, Any]:
        """What was ticked, and the version it was ticked on."""
        return {**self.cleaned_data, "version": self.cleaned_data["version"] or 0}

"""What staff type on the pages of studios, groups, logs, plans: types and labels only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from huying.desk.forms.dossier import EMPTY, ActForm, choose, day, pick, words
from huying.fieldwork.acts import Seat
from huying.fieldwork.models import Group, GroupMember, OwnRule, Studio, YearPlan
from huying.fieldwork.reads import Place, Shown
from huying.fieldwork.rules import kept_as
from huying.mechanism.rules import Choice, Choices
from huying.org.models import Person

NOBODY = "还没有人"


def line(label: str, *, most: int, help_text: str = "", required: bool = True) -> forms.CharField:
    """One line of words."""
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, error_messages=EMPTY)


def people(found: Iterable[Person]) -> list[tuple[str, str]]:
    """People as one chooses them."""
    return [(str(one.pk), one.name) for one in found]


def whole(value: str) -> UUID | None:
    """A chosen id, or nobody."""
    return UUID(value) if value else None


class StudioForm(ActForm):
    """Facts of a studio and its lists: since which day each thing is there."""

    opened_on = day("启用日期", required=False)
    room = line("地点", most=80, required=False, help_text="哪栋楼、哪个房间")
    hours = line("开放时间", most=80, required=False, help_text="例如：工作日 8:30 至 17:30")
    phone = line("公开电话", most=30, required=False)
    email = forms.EmailField(label="办公邮箱", required=False, error_messages=EMPTY)

    def lists(self, shown: Shown, found: Sequence[Choices]) -> None:
        """One day for each thing of the lists."""
        self.groups = found
        have = shown.studio.equipped if shown.studio else {}
        for listed in found:
            for one in listed.choices:
                name = kept_as(listed, one)
                self.fields[f"has_{name}"] = day(one.label, required=False, help_text=one.note)
                self.initial.setdefault(f"has_{name}", have.get(name))

    def sections(self) -> list[tuple[Choices, list[Any]]]:
        """The lists with their fields, for the page."""
        return [(listed, [self[f"has_{kept_as(listed, one)}"] for one in listed.choices]) for listed in self.groups]

    def facts(self) -> dict[str, Any]:
        """What was filled in of the facts."""
        given = {name: self.cleaned_data[name] for name in ("opened_on", "room", "hours", "phone", "email")}
        return {name: value if name == "opened_on" else value or "" for name, value in given.items()}

    def equipped(self) -> dict[str, date | None]:
        """Since when each thing is there."""
        names = [kept_as(listed, one) for listed in self.groups for one in listed.choices]
        return {name: self.cleaned_data[f"has_{name}"] for name in names}

    @staticmethod
    def initial_of(studio: Studio | None) -> dict[str, Any]:
        """The facts as they are."""
        if studio is None:
            return {}
        return {name: getattr(studio, name) for name in ("opened_on", "room", "hours", "phone", "email")}


class StaffForm(ActForm):
    """Who works in the studio."""

    kind = pick("哪一种人员")
    person = choose("从名册里选", required=False)
    name = line("或者写姓名", most=40, required=False, help_text="志愿者、公益岗位的人不在名册里，直接写姓名。")
    since = day("从哪天起")

    def fill(self, kinds: Choices, found: Iterable[Person]) -> None:
        """Kinds of the pack, people of the unit."""
        self.offer("kind", [(one.code, one.label) for one in kinds.choices])
        self.offer("person", people(found), blank="不在名册里")


class UntilForm(ActForm):
    """The last day of something."""

    until = day("到哪一天", help_text="当天仍然算在内")


class PlacesForm(ActForm):
    """The liaison of each workshop and department."""

    def places(self, found: Sequence[Place], candidates: Sequence[Person]) -> None:
        """A choice for each place."""
        for place in found:
            known = {one.pk: one for one in candidates}
            if place.liaison:
                known.setdefault(place.liaison.pk, place.liaison)
            name = f"p{place.pk.hex}"
            self.fields[name] = choose(place.name, required=False, help_text=place.kind)
            self.offer(name, people(known.values()), blank=NOBODY)
            self.initial[name] = str(place.liaison.pk) if place.liaison else ""
        self.keys = [place.pk for place in found]

    def chosen(self) -> dict[UUID, UUID | None]:
        """Who for which place."""
        return {key: whole(self.cleaned_data[f"p{key.hex}"]) for key in self.keys}


class LinksForm(ActForm):
    """Who answers for each link."""

    def links(self, found: Sequence[tuple[Choice, Person | None]], candidates: Sequence[Person]) -> None:
        """A choice for each link."""
        for choice, person in found:
            known = {one.pk: one for one in candidates}
            if person:
                known.setdefault(person.pk, person)
            self.fields[choice.code] = choose(choice.label, required=False)
            self.offer(choice.code, people(known.values()), blank=NOBODY)
            self.initial[choice.code] = str(person.pk) if person else ""
        self.codes = [choice.code for choice, _ in found]

    def chosen(self) -> dict[str, UUID | None]:
        """Who for which link."""
        return {code: whole(self.cleaned_data[code]) for code in self.codes}


class OwnRuleForm(ActForm):
    """What a union has laid down for itself."""

    since = day("施行日期")
    text = words("内容", rows=10, help_text="写明文号和要点：谁、多久、怎么做。职工看不到这一页。")

    @staticmethod
    def initial_of(row: OwnRule | None) -> dict[str, Any]:
        """As it stands."""
        return {"since": row.since, "text": row.text} if row else {}


class LogForm(ActForm):
    """What is added to a day by hand."""

    text = words(
        "补充",
        rows=8,
        help_text="记录和事项里没有的：接了什么电话、到了哪里、听到什么。不写职工姓名和能猜出是谁的细节。",
    )


class GuidesForm(ActForm):
    """Who guides the studios of an area."""

    people = forms.MultipleChoiceField(
        label="指导员", required=False, widget=forms.CheckboxSelectMultiple, error_messages=EMPTY,
        help_text="乡镇（街道）专职工会工作者全部作为指导员。",
    )  # fmt: skip

    def fill(self, found: Iterable[Person]) -> None:
        """People of the union."""
        self.fields["people"].choices = people(found)  # type: ignore[attr-defined]


SEATS = 12


class GroupForm(ActForm):
    """Who is in a group, and what for: one line for each."""

    members = forms.CharField(required=False, widget=forms.HiddenInput)

    def fill(self, found: Sequence[Person], row: Group | None) -> None:
        """Lines for those who are in it, and some empty ones."""
        now = list(row.members.all()) if row else []
        self.rows = min(SEATS, max(len(now) + 3, 5))
        known = {one.pk: one for one in (*found, *(member.person for member in now))}
        for number in range(self.rows):
            member = now[number] if number < len(now) else None
            self.fields[f"person{number}"] = choose(f"第 {number + 1} 位", required=False)
            self.offer(f"person{number}", people(known.values()), blank="不选")
            self.fields[f"duty{number}"] = choose("职务", required=False)
            self.offer(f"duty{number}", list(GroupMember.DUTIES))
            self.fields[f"task{number}"] = line("职责分工", most=120, required=False)
            now_chosen = {
                f"person{number}": str(member.person_id) if member else "",
                f"duty{number}": member.duty if member else "member",
                f"task{number}": member.task if member else "",
            }
            self.initial.update(now_chosen)

    def lines(self) -> list[tuple[Any, Any, Any]]:
        """The fields, line by line."""
        return [(self[f"person{n}"], self[f"duty{n}"], self[f"task{n}"]) for n in range(self.rows)]

    def seats(self) -> list[Seat]:
        """Who was chosen."""
        given = self.cleaned_data
        return [
            Seat(UUID(given[f"person{n}"]), given[f"duty{n}"] or "member", given[f"task{n}"])
            for n in range(self.rows)
            if given[f"person{n}"]
        ]


class PlanForm(ActForm):
    """The year's plan."""

    goal = words("目标和安排", rows=10, help_text="今年服务职工要做到什么，分几步，怎样检查。")

    @staticmethod
    def initial_of(row: YearPlan | None) -> dict[str, Any]:
        """As it stands."""
        return {"goal": row.goal} if row else {}


class TaskForm(ActForm):
    """One task of a plan."""

    text = line("任务", most=200)
    person = choose("责任人")
    due_on = day("完成时限")

    def fill(self, found: Iterable[Person]) -> None:
        """People of the union."""
        self.offer("person", people(found), blank="请选")


class DoneForm(ActForm):
    """What came of a task."""

    result = words("完成情况", rows=4)


class DemoPointForm(ActForm):
    """A demonstration point."""

    unit = choose("哪个单位")
    since = day("从哪天起")
    learned = words("可以推广的经验", rows=5, required=False)

"""Forms of the rules and calendar pages.  They turn fields into values; what is right or wrong is said by the acts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from huying.kernel.clock import DayKind, Rule
from huying.kernel.ids import short_code
from huying.mechanism.reads import Bound, Ground
from huying.mechanism.rules import Category, Channel, SpecialDay, usually_works

KINDS = {
    "calendar+": ("calendar", True, "自然日，末日逢休息日顺延"),
    "calendar": ("calendar", False, "自然日，逢休息日不顺延"),
    "working": ("working", False, "工作日"),
}


def kind_of(rule: Rule) -> str:
    """The choice that stands for a limit's kind of day."""
    if rule.kind is DayKind.WORKING:
        return "working"
    return "calendar+" if rule.roll else "calendar"


def limit_words(rule: Rule) -> str:
    """A limit as people read it: ``3 个自然日，末日逢休息日顺延``."""
    tail = "" if rule.kind is DayKind.WORKING else KINDS[kind_of(rule)][2].removeprefix("自然日")
    return f"{rule.label}{tail}"


class PackForm(forms.Form):
    """Which pack is adopted or dropped."""

    pack = forms.SlugField(widget=forms.HiddenInput, max_length=60)
    act = forms.ChoiceField(widget=forms.HiddenInput, choices=[("adopt", "采用"), ("drop", "停用")])


@dataclass(frozen=True)
class Line:
    """One rule of the form: its fields, how far it may go, what holds without a choice of one's own."""

    bound: Bound
    fields: tuple[forms.BoundField, ...]
    usual: str
    own: str


@dataclass(frozen=True)
class Tick:
    """One category or channel: its field, and who above settled it."""

    field: forms.BoundField
    fixed_by: str
    mine: bool


class HouseForm(forms.Form):
    """本单位细则.  Fields are named as ``mechanism.acts.set_house_rules`` names what it refuses."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    new_code = forms.RegexField(r"^own-[a-z0-9]{6}$", widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, ground: Ground, own: Mapping[str, Any], version: int) -> None:
        self.ground, self.own, self.usual = ground, own, ground.rules()
        super().__init__(data, initial={"version": version, "new_code": f"own-{short_code()}"})
        for code in self.usual.clock_codes():
            self._add_clock(code)
        for rule in self.usual.counts():
            number = forms.IntegerField(label=rule.label, required=False, initial=self._own("counts").get(rule.code))
            self.fields[f"counts.{rule.code}"] = number
        for category, _ in self._known_categories():
            self._add_tick("categories", category, self._own("categories").get(category.code, True) is not False)
        for channel in self.usual.all_channels():
            self._add_tick("channels", channel, self._own("channels").get(channel.code, channel.on))
        self.new_name = f"categories.{self.data.get('new_code') or self.initial['new_code']}"
        classes = [(row.code, row.label) for row in self.usual.categories(parent="")]
        self.fields[self.new_name] = forms.CharField(label="新类别的名称", required=False, max_length=40)
        self.fields["new_parent"] = forms.ChoiceField(label="归在哪一类", choices=classes)
        self.fields["scale"] = forms.ChoiceField(
            label="满意度分几档",
            required=False,
            widget=forms.RadioSelect,
            choices=self._scales(),
            initial=own.get("scale", ""),
        )

    def _own(self, table: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.own.get(table, {})
        return found

    def _add_clock(self, code: str) -> None:
        own = self._own("clocks").get(code)
        rule = self.usual.clock(code).rule
        now = Rule(own["days"], DayKind(own["kind"]), own["roll"]) if own else rule
        self.fields[f"clocks.{code}"] = forms.IntegerField(
            label=f"{self.usual.clock(code).label}几天", required=False, initial=own["days"] if own else None
        )
        self.fields[f"clocks.{code}.kind"] = forms.ChoiceField(
            label=f"{self.usual.clock(code).label}按什么日",
            choices=[(key, words) for key, (_, _, words) in KINDS.items()],
            initial=kind_of(now),
        )

    def _known_categories(self) -> list[tuple[Category, bool]]:
        """Second-level categories to be ticked, each with whether the unit added it itself."""
        rows = [(row, False) for row in self.usual.categories() if row.parent]
        classes = {row.code: row for row in self.usual.categories(parent="")}
        for code, value in self._own("categories").items():
            if isinstance(value, Mapping) and (parent := classes.get(value["parent"])):
                rows.append((Category(code, value["label"], parent.clause, "", parent.code, parent.has_worker), True))
        return rows

    def _add_tick(self, table: str, row: Category | Channel, on: bool) -> None:
        fixed = bool(self.ground.fixed_by(table, row.code))
        self.fields[f"{table}.{row.code}"] = forms.BooleanField(
            label=row.label, required=False, initial=on, disabled=fixed
        )

    def _scales(self) -> list[tuple[str, str]]:
        usual = self.usual.scale()
        return [("", f"沿用\n{usual.label}")] + [
            (scale.code, f"{scale.label}\n{'、'.join(grade.label for grade in scale.grades)}")
            for scale in self.usual.scales()
        ]

    # --- what the page shows ---

    def clock_lines(self) -> Iterator[Line]:
        """Time limits in order."""
        for code in self.usual.clock_codes():
            own = self._own("clocks").get(code)
            yield Line(
                bound=self.ground.clock_bound(code),
                fields=(self[f"clocks.{code}"], self[f"clocks.{code}.kind"]),
                usual=limit_words(self.usual.clock(code).rule),
                own=limit_words(Rule(own["days"], DayKind(own["kind"]), own["roll"])) if own else "",
            )

    def count_lines(self) -> Iterator[Line]:
        """Numbers in order."""
        for rule in self.usual.counts():
            own = self._own("counts").get(rule.code)
            yield Line(
                bound=self.ground.count_bound(rule.code),
                fields=(self[f"counts.{rule.code}"],),
                usual=f"{rule.value} {rule.measure}",
                own=f"{own} {rule.measure}" if own is not None else "",
            )

    def category_ticks(self) -> list[tuple[str, list[Tick]]]:
        """Second-level categories under the label of their class."""
        found: dict[str, list[Tick]] = {row.code: [] for row in self.usual.categories(parent="")}
        for row, mine in self._known_categories():
            name = f"categories.{row.code}"
            found[row.parent].append(Tick(self[name], self.ground.fixed_by("categories", row.code), mine))
        return [(self.usual.category(code).label, ticks) for code, ticks in found.items()]

    def channel_ticks(self) -> list[Tick]:
        """Channels in order."""
        rows = self.usual.all_channels()
        return [Tick(self[f"channels.{row.code}"], self.ground.fixed_by("channels", row.code), False) for row in rows]

    def new_category(self) -> forms.BoundField:
        """The field for a category to be added."""
        return self[self.new_name]

    # --- what was changed ---

    def changes(self) -> dict[str, Any]:
        """Only what differs from the unit's own rules as shown, so that others' changes elsewhere stay."""
        found: dict[str, Any] = {
            "clocks": self._clocks(),
            "counts": self._differing("counts", {rule.code: None for rule in self.usual.counts()}),
            "categories": self._categories(),
            "channels": self._differing("channels", {row.code: row.on for row in self.usual.all_channels()}),
        }
        if self.cleaned_data["scale"] != self.own.get("scale", ""):
            found["scale"] = self.cleaned_data["scale"]
        return {name: value for name, value in found.items() if value or name == "scale"}

    def _clocks(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for code in self.usual.clock_codes():
            days = self.cleaned_data[f"clocks.{code}"]
            kind, roll, _ = KINDS[self.cleaned_data[f"clocks.{code}.kind"]]
            found[code] = None if days is None else {"days": days, "kind": kind, "roll": roll}
        own = self._own("clocks")
        return {code: value for code, value in found.items() if value != own.get(code)}

    def _differing(self, table: str, usual: Mapping[str, Any]) -> dict[str, Any]:
        """Values given, ``None`` where they are what holds anyway; only those that differ from the unit's own."""
        own = self._own(table)
        found: dict[str, Any] = {}
        for code, without in usual.items():
            given = self.cleaned_data[f"{table}.{code}"]
            value = None if given == without else given
            if value != own.get(code) and not self.fields[f"{table}.{code}"].disabled:
                found[code] = value
        return found

    def _categories(self) -> dict[str, Any]:
        own = self._own("categories")
        found: dict[str, Any] = {}
        for row, mine in self._known_categories():
            on = self.cleaned_data[f"categories.{row.code}"]
            was = own.get(row.code, True) is not False
            if on != was and not self.fields[f"categories.{row.code}"].disabled:
                found[row.code] = None if mine or on else False
        if label := self.cleaned_data[self.new_name].strip():
            code = self.new_name.partition(".")[2]
            found[code] = {"label": label, "parent": self.cleaned_data["new_parent"]}
        return found


# --- the calendar ------------------------------------------------------------------------------------------------------

DAY_KINDS = [("rest", "放假"), ("work", "调休上班"), ("usual", "平常日子")]


class WordingForm(forms.Form):
    """The wording of an announcement, pasted."""

    year = forms.IntegerField(label="哪一年", min_value=2000, max_value=2099)
    wording = forms.CharField(
        label="通知原文",
        max_length=5000,
        widget=forms.Textarea,
        help_text="把国务院办公厅通知里一个个节日的放假安排粘贴到这里，一行一个节日。",
    )


class AnnouncedForm(forms.Form):
    """Days read from an announcement, to be confirmed; each value is ``2027-10-01 rest 国庆节``."""

    VALUE = re.compile(r"^(\d{4}-\d{2}-\d{2}) (rest|work) (\S.{0,39})$")

    days = forms.Field(label="存哪些日子", required=False, widget=forms.MultipleHiddenInput)
    source = forms.CharField(label="依据", max_length=120, help_text="文件名称和文号")
    year = forms.IntegerField(widget=forms.HiddenInput)
    wording = forms.CharField(widget=forms.HiddenInput, max_length=5000)
    known = forms.BooleanField(label="这一年的放假安排已经全部在这里", required=False)

    def clean_days(self) -> list[SpecialDay]:
        """The ticked days."""
        found = []
        for value in self.data.getlist("days") if isinstance(self.data, QueryDict) else []:
            match = self.VALUE.match(value)
            try:
                day = date.fromisoformat(match[1]) if match else None
            except ValueError:
                day = None
            if match is None or day is None:
                raise forms.ValidationError("请返回上一步重新读取通知。")
            found.append(SpecialDay(day, match[2] == "work", match[3]))
        return found

    def special(self) -> list[SpecialDay]:
        """The ticked days with what they rest on."""
        source = self.cleaned_data["source"]
        return [SpecialDay(one.day, one.is_work, one.name, source) for one in self.cleaned_data["days"]]

    def years(self) -> list[int]:
        """The year now known, if it is."""
        return [self.cleaned_data["year"]] if self.cleaned_data["known"] else []


class DayForm(forms.Form):
    """One day changed by hand."""

    day = forms.DateField(label="哪一天", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="这一天", choices=DAY_KINDS)
    name = forms.CharField(label="名称", max_length=40, required=False, help_text="例如“国庆节”“国庆节调休上班”")

    def special(self) -> SpecialDay:
        """The day as it shall be; an ordinary one is what its weekday says."""
        day, kind = self.cleaned_data["day"], self.cleaned_data["kind"]
        if kind == "usual":
            return SpecialDay(day, usually_works(day), "")
        return SpecialDay(day, kind == "work", self.cleaned_data["name"])

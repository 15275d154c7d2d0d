"""Forms of the warning ledger and of what is watched: types and labels only.  What is right is said by ``alerts.acts``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from huying.alerts.models import Warned
from huying.cases.models import Case
from huying.desk.forms.dossier import EMPTY, ActForm, choose, day, named, pick, words
from huying.fieldwork.models import Record
from huying.mechanism.rules import Choices
from huying.org.models import Post, Unit


def several(label: str, *, help_text: str = "") -> forms.MultipleChoiceField:
    """Any of a few."""
    return forms.MultipleChoiceField(
        label=label, help_text=help_text, required=False, widget=forms.CheckboxSelectMultiple, error_messages=EMPTY
    )


def number(label: str, *, help_text: str = "", required: bool = False, least: int = 0) -> forms.IntegerField:
    """A whole number."""
    return forms.IntegerField(
        label=label, help_text=help_text, required=required, min_value=least, max_value=1_000_000,
        error_messages={**EMPTY, "min_value": f"最少是 {least}。", "max_value": "这个数太大了，请再看一下。"},
    )  # fmt: skip


def levels_of(levels: Choices) -> list[tuple[str, str]]:
    """Levels with what they mean."""
    return [(one.code, f"{one.label}\n{one.note}" if one.note else one.label) for one in levels.choices]


class WarningForm(ActForm):
    """What may go wrong, how weighty, whom it touches, what it shows in."""

    unit = pick("哪个工会的台账")
    title = forms.CharField(
        label="风险", max_length=60, error_messages=EMPTY, help_text="一句话说清什么事可能闹大。不写职工姓名。"
    )
    level = pick("等级")
    place = choose("在哪里")
    people = number("涉及人数", help_text="估计的也可以。")
    risk = words("情况", rows=4, required=False, help_text="从哪里看出来的、为什么担心。不写职工姓名。")
    cases = several("背后的事项")
    records = several("排查记录")

    def offer_all(self, *, units: Iterable[Unit], places: Iterable[Unit], levels: Choices, cases: Iterable[Case],
                  records: Iterable[tuple[Record, str]]) -> None:  # fmt: skip
        """Fill what one chooses from; what there is nothing of is not asked."""
        units = list(units)
        self.offer("unit", [(str(one.pk), one.name) for one in units])
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.initial.setdefault("unit", str(units[0].pk))
        self.offer("place", [(str(one.pk), one.name) for one in places])
        self.offer("level", levels_of(levels))
        self.offer("cases", [(str(one.pk), f"{one.title}\n{one.number}") for one in cases])
        self.offer("records", [(str(one.pk), f"{one.theme or '矛盾排查'}\n{words}") for one, words in records])
        for name in ("cases", "records"):
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]


class OpenForm(ActForm):
    """Who watches it, what comes next."""

    watcher = pick("谁来盯")
    next_step = forms.CharField(label="下一步做什么", max_length=200, error_messages=EMPTY, help_text="不写职工姓名。")
    next_on = day("下一步在哪天以前做")

    def fill(self, posts: Iterable[Post]) -> None:
        """Who may watch."""
        self.offer("watcher", named(posts))


class ProgressForm(ActForm):
    """What was done, what comes next."""

    text = words("做了什么、情况怎样", rows=4, help_text="不写职工姓名。")
    next_step = forms.CharField(label="下一步做什么", max_length=200, error_messages=EMPTY)
    next_on = day("下一步在哪天以前做")


class TellForm(ActForm):
    """To whom it is put, in which words."""

    to = pick("报给谁")
    text = words("怎么说", rows=5, help_text="单位行政和党委只看得到这段话，看不到背后的事项。不写职工姓名、电话。")
    whom = forms.CharField(
        label="接收人", max_length=60, required=False, help_text="当面送的、对方没有账号的，写谁收的。"
    )

    def __init__(self, *args: Any, upper: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        said = {"chair": "工会主席\n在工作台上看", "management": "单位行政\n行政负责人在工作台上看这段话",
                "party": "党委（党组织）\n当面送或者打印送，在这里登记", "above": "上级工会\n在工作台上看"}  # fmt: skip
        self.offer("to", [(code, said[code]) for code, _ in Warned.TO if code != "management" or not upper])


class ReasonForm(ActForm):
    """Why."""

    reason = words("理由", rows=3, help_text="不写职工姓名。")


class WatchForm(forms.Form):
    """A unit below or a trade, why, how often, who sees to it."""

    unit = pick("哪个工会来盯")
    place = choose("盯哪个单位", required=False, help_text="盯一个单位，或者在下面选一个行业，只选一样。")
    industry = choose("盯哪个行业", required=False)
    why = forms.CharField(label="有什么隐患", max_length=200, error_messages=EMPTY)
    days = number("最长几天走访一次", required=True, least=1)
    post = pick("谁负责走访")

    def offer_all(self, *, units: list[Unit], places: Iterable[Unit], industries: Iterable[str], posts: Iterable[Post],
                  most: int) -> None:  # fmt: skip
        """Fill what one chooses from."""
        found: dict[str, list[tuple[str, str]]] = {
            "unit": [(str(one.pk), one.name) for one in units],
            "place": [("", "不选单位"), *((str(one.pk), one.name) for one in places)],
            "industry": [("", "不选行业"), *((one, one) for one in industries)],
            "post": named(posts),
        }
        for name, choices in found.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.initial.setdefault("unit", str(units[0].pk))
        self.fields["days"].help_text = f"细则定的是最长 {most} 天。"
        self.initial.setdefault("days", most)

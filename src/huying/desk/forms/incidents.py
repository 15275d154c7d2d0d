"""Forms of incidents: types and labels only.  The first report is made with one thumb, standing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from huying.alerts.acts import MOST_LINKS
from huying.alerts.models import Plan
from huying.desk.forms.dossier import EMPTY, ActForm, choose, pick, words
from huying.desk.forms.warnings import number
from huying.mechanism.rules import Choices
from huying.org.models import Unit


def moment(label: str, *, help_text: str = "", required: bool = True) -> forms.DateTimeField:
    """A day and a time, picked with the phone's own wheel."""
    picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, help_text=help_text, required=required, widget=picker, error_messages=EMPTY,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )  # fmt: skip


class ReportForm(forms.Form):
    """What, where, how many, since when."""

    what = forms.CharField(
        label="发生了什么", max_length=120, error_messages=EMPTY, widget=forms.Textarea(attrs={"rows": 1})
    )
    place = forms.CharField(label="在哪里", max_length=80, error_messages=EMPTY)
    people = number("大约多少人")
    since = moment("从什么时候起")
    unit = choose("哪个单位")
    below = forms.CharField(
        label="下级单位", max_length=80, required=False, help_text="在下级发生的，写单位全称或者它二维码上的短代码。"
    )
    to_management = forms.BooleanField(label="同时报告本单位行政", required=False)
    known_at = moment("什么时候知道的", required=False, help_text="刚知道的不用填。")
    drill = forms.BooleanField(label="这是演练", required=False, help_text="演练处处标明，不进任何数字和台账。")

    def __init__(self, *args: Any, units: Iterable[Unit], upper: bool, now: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        units = list(units)
        self.fields["unit"].choices = [(str(one.pk), one.name) for one in units]  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
        if units:
            self.initial.setdefault("unit", str(units[0].pk))
        self.initial.setdefault("since", timezone.localtime(now).replace(second=0, microsecond=0))
        if not upper:
            del self.fields["below"]
        if all(one.is_upper for one in units):
            del self.fields["to_management"]


class LogForm(ActForm):
    """One line of the scene's log."""

    kind = pick("记哪一种")
    text = words("说了什么、做了什么", rows=4)
    happened_at = moment("什么时候", required=False, help_text="刚发生的不用填。")

    def fill(self, kinds: Choices) -> None:
        """The kinds the pack names."""
        self.offer("kind", [(one.code, one.label) for one in kinds.choices])


class FollowForm(ActForm):
    """How it goes on, or how it ended."""

    text = words("现在怎么样", rows=5)
    people = number("现在大约多少人")


class ConfirmForm(ActForm):
    """Nothing to fill in."""


class MistakeForm(ActForm):
    """Why it was none."""

    reason = words("为什么是误报", rows=3)


class PlanForm(forms.Form):
    """What is done, where people meet, who is called in which order."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    steps = words("怎么做", rows=8, help_text="谁先到现场、谁报告、谁同职工谈、谁叫救护车，一条一行。")
    meeting_point = forms.CharField(label="集合地点", max_length=80, required=False)

    def __init__(self, *args: Any, plan: Plan | None, **more: Any) -> None:
        super().__init__(*args, **more)
        calls = list(plan.calls.order_by("order")) if plan else []
        self.size = min(MOST_LINKS, max(4, len(calls) + 2))
        if plan is not None:
            self.initial = {**self.initial, "steps": plan.steps, "meeting_point": plan.meeting_point}
        for n in range(self.size):
            known = calls[n] if n < len(calls) else None
            for name, label, most in (("name", "姓名", 40), ("title", "职务", 60), ("phone", "电话", 30)):
                field = forms.CharField(
                    label=f"第 {n + 1} 位的{label}", max_length=most, required=False, error_messages=EMPTY
                )
                field.initial = getattr(known, name) if known else ""
                if name == "phone":
                    field.widget.attrs |= {"inputmode": "tel"}
                self.fields[f"{name}-{n}"] = field

    def rows(self) -> list[dict[str, Any]]:
        """The chain's fields, link by link."""
        return [
            {"n": n + 1, **{name: self[f"{name}-{n}"] for name in ("name", "title", "phone")}} for n in range(self.size)
        ]

    def calls(self) -> list[tuple[str, str, str]]:
        """The chain as the act takes it."""
        given = self.cleaned_data
        return [(given[f"name-{n}"], given[f"title-{n}"], given[f"phone-{n}"]) for n in range(self.size)]

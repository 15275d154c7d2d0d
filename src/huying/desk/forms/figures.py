"""Which figures are shown: period and unit; what kept figures are called."""

from __future__ import annotations

from typing import Any

from django import forms

from huying.org.models import Unit


class FiguresForm(forms.Form):
    """Months from and to, and a unit.  It lives in the address."""

    since = forms.DateField(
        label="从哪个月", required=False, input_formats=["%Y-%m", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )  # fmt: skip
    until = forms.DateField(
        label="到哪个月", required=False, input_formats=["%Y-%m", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )  # fmt: skip
    unit = forms.ChoiceField(label="单位", required=False)

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(str(unit.pk), unit.name) for unit in units]  # type: ignore[attr-defined]
        if len(units) < 2:
            del self.fields["unit"]

    def clean(self) -> dict[str, Any]:
        """The end does not come before the beginning."""
        found = super().clean() or {}
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", "结束的月份不能早于开始的月份。")
        return found


class FreezeForm(forms.Form):
    """What the kept figures are called."""

    title = forms.CharField(
        label="名称", max_length=60, required=False, help_text="例如“三季度向党委的报告”。不写，就用时间段。"
    )

"""Forms for bringing in messages by a file.  What fits and what does not is said by ``intake.acts``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from huying.cases.models import Secrecy
from huying.intake.reads import FIELDS
from huying.org.models import Unit

NONE = ("", "没有这一列")


class SheetForm(forms.Form):
    """The file, and for whose register it is."""

    sheet = forms.FileField(
        label="文件",
        help_text=".csv 或 .xlsx，第一行是列名，下面每行一件；最多 5000 行、10 MB。",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
    )
    unit = forms.ModelChoiceField(queryset=Unit.objects.none(), label="登记到", empty_label=None)

    def __init__(self, *args: Any, units: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = list(units)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].required = False
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = units[0].pk


class ColumnsForm(forms.Form):
    """Which column holds what, and how the messages are registered."""

    channel = forms.ChoiceField(label="方式")
    secrecy = forms.ChoiceField(
        label="有姓名或电话的，怎么登记",
        choices=[
            (Secrecy.SEALED.value, "保密\n只有责任人写明理由后能看"),
            (Secrecy.NAMED.value, "实名\n本人同意公开姓名"),
        ],
        widget=forms.RadioSelect,
        help_text="没有姓名和电话的按匿名登记，他们拿不到回执，无法查询。",
    )
    release = forms.BooleanField(
        label="这些来件本来就是公开的",
        required=False,
        help_text="标题和内容遮盖电话、姓名以后直接作为公开摘要；不选就由责任人逐件写。",
    )

    def __init__(self, *args: Any, headings: Iterable[str], channels: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [NONE, *((str(number), heading[:40]) for number, heading in enumerate(headings))]
        named = {}
        for field in FIELDS:
            needed = field.code == "words"
            named[field.code] = forms.ChoiceField(label=field.label, choices=columns, required=needed)
        self.fields = named | self.fields
        self.fields["channel"].choices = list(channels)  # type: ignore[attr-defined]

    def column_fields(self) -> list[forms.BoundField]:
        """The fields that choose a column."""
        return [self[field.code] for field in FIELDS]

    def columns(self) -> dict[str, int]:
        """What was chosen."""
        chosen: Mapping[str, str] = self.cleaned_data
        return {field.code: int(chosen[field.code]) for field in FIELDS if chosen.get(field.code, "").isdecimal()}

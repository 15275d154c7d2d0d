"""The form of registering: types and labels only; what is right or wrong is said by the acts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from huying.cases.models import Secrecy
from huying.cases.rules import LONGEST_TITLE, LONGEST_WORDS, Concerns, Voice
from huying.desk import reads
from huying.files.rules import ACCEPT
from huying.kernel.forms import SeveralFiles
from huying.mechanism.rules import Channel
from huying.org.models import Department, Unit
from huying.org.rules import Member

SECRECY = [
    (Secrecy.SEALED, "保密\n只有工会的责任人知道是谁，部门看不到"),
    (Secrecy.NAMED, "实名\n办理的人知道是谁"),
    (Secrecy.ANONYMOUS, "匿名\n谁也不知道是谁，只凭号码查看"),
]
PHONE = re.compile(r"[+0-9][0-9 -]{4,19}")


class RegisterForm(forms.Form):
    """In the order people talk; what need not be asked comes last."""

    words = forms.CharField(
        label="说了什么", widget=forms.Textarea, error_messages={"required": "请写一写是什么事，几句话就行。"}
    )
    place = forms.CharField(
        label="单位、车间", max_length=120, widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"})
    )
    urgent = forms.BooleanField(label="紧急，马上提醒本单位工会", required=False)
    secrecy = forms.ChoiceField(label="留名方式", choices=SECRECY, widget=forms.RadioSelect, initial=Secrecy.SEALED)
    name = forms.CharField(label="姓名", max_length=40, required=False)
    phone = forms.CharField(
        label="电话", max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    about = forms.CharField(label="班组、岗位", max_length=80, required=False)
    others = forms.CharField(
        label="一起反映的人", required=False, widget=forms.Textarea,
        help_text="一行一位：姓名，电话，班组。每位都有自己的号码，都会告知、都请评价。",
    )  # fmt: skip
    chair = forms.BooleanField(label="涉及本单位工会主席", required=False)
    own_union = forms.BooleanField(label="不想让本单位工会办，请上级工会办", required=False)
    superior = forms.CharField(label="涉及他的哪位上级", max_length=40, required=False)
    departments = forms.ModelMultipleChoiceField(
        label="涉及哪个部门", queryset=Department.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    channel = forms.ChoiceField(label="怎么反映来的", widget=forms.RadioSelect)
    channel_note = forms.CharField(label="备注", max_length=40, required=False, help_text="例如转达人、来信编号")
    received_on = forms.DateField(
        label="收到的日子", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不填就是现在。早些天的纸质件填收到那天，登记上会标明“补录”，时限从收到那天算。",
    )  # fmt: skip
    received_time = forms.TimeField(
        label="几点", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    title = forms.CharField(label="公开标题", max_length=LONGEST_TITLE, required=False)
    summary = forms.CharField(
        label="公开摘要", max_length=LONGEST_WORDS, required=False, widget=forms.Textarea,
        help_text="部门和列表里只看得到这两项。现在不写，受理时再写。",
    )  # fmt: skip
    files = SeveralFiles(label="照片、文件、录音", accept=ACCEPT)  # type: ignore[assignment]  # the act names it so
    mine = forms.BooleanField(label="我来负责这件事", required=False, initial=True)

    def __init__(
        self, *given: Any, actor: Member, place: Unit, channels: Sequence[Channel], usual: str, **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self.actor, self.unit = actor, place
        shown: dict[str, Any] = self.fields
        shown["channel"].choices = [(channel.code, channel.label) for channel in channels]
        shown["channel"].initial = usual if any(channel.code == usual for channel in channels) else None
        shown["place"].initial = place.name
        shown["departments"].queryset = reads.departments_at(place)

    def clean_place(self) -> Unit:
        """The unit meant by what was typed."""
        said = self.cleaned_data["place"]
        found = self.unit if said.strip() == self.unit.name else reads.place_named(self.actor, said)
        if found is None:
            raise forms.ValidationError(f"没有找到“{said}”，或者不止一个。请从提示里选，或写全名。")
        return found

    def clean_others(self) -> list[tuple[str, str, str]]:
        """Joint persons, one a line: name, phone, anything else about them."""
        people = []
        for line in self.cleaned_data["others"].splitlines():
            parts = [part for part in re.split(r"[\s,，、;；]+", line.strip()) if part]
            phones = [part for part in parts if PHONE.fullmatch(part)]
            rest = [part for part in parts if part not in phones]
            if parts:
                people.append((rest[0] if rest else "", phones[0] if phones else "", " ".join(rest[1:])))
        return people

    def first(self) -> Voice:
        """Who spoke.  The receipt is given by the intake."""
        given = self.cleaned_data
        return Voice(
            receipt="",
            secrecy=given["secrecy"],
            name=given["name"],
            phone=given["phone"],
            about=given["about"],
            words=given["words"],
        )

    def joint(self) -> tuple[Voice, ...]:
        """Who speaks along, as secret as the one who spoke."""
        secrecy = self.cleaned_data["secrecy"]
        return tuple(
            Voice(receipt="", secrecy=secrecy, name=name, phone=phone, about=about)
            for name, phone, about in self.cleaned_data["others"]
        )

    def concerns(self) -> Concerns:
        """Whom the matter concerns."""
        given = self.cleaned_data
        return Concerns(
            chair=given["chair"],
            own_union=given["own_union"],
            superior=given["superior"],
            departments=tuple(department.pk for department in given["departments"]),
        )

    def received_at(self, now: datetime) -> datetime:
        """When it arrived: now, or the day (and hour) given."""
        day: date | None = self.cleaned_data["received_on"]
        hour: time | None = self.cleaned_data["received_time"]
        today = timezone.localdate(now)
        if hour is None and day in (None, today):
            return now
        return timezone.make_aware(datetime.combine(day or today, hour or time()))

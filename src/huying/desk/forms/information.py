"""Forms of information and of findings: types and labels only.  What is right is said by ``alerts.acts``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from huying.alerts.models import Information
from huying.alerts.rules import month_before
from huying.desk.forms.dossier import EMPTY, ActForm, choose, day, pick, words
from huying.desk.forms.incidents import moment
from huying.mechanism.rules import Choices
from huying.org.models import Unit

KINDS = (
    ("regular", "定期信息\n按数字起草，说说劳动关系和职工在想什么"),
    ("at_once", "随时上报\n重大、突发的情况，一知道就报"),
    ("dispute", "劳动争议信息\n没有的报“无”"),
    ("tendency", "倾向性问题\n带有倾向性、普遍性的"),
)
TO = (
    ("unit", "本单位党政\n每月的重要情况和热点问题，答复要反馈给职工"),
    ("above", "上级工会"),
    ("party", "同级党委、政府\n打印送，登记谁收的"),
)


class DraftForm(forms.Form):
    """Of which union, to whom, of which kind, over which days."""

    unit = pick("哪个工会的信息")
    to = pick("报给谁")
    kind = pick("哪一种")
    period_from = day("期间自")
    period_until = day("期间至")
    known_at = moment("什么时候知道的", required=False, help_text="随时上报的要填，看报得及时不及时。")
    nothing = forms.BooleanField(label="本期没有，报“无”", required=False)
    gather = forms.BooleanField(
        label="把下级报来的汇总进来",
        required=False,
        help_text="直接下级这个期间报来的同一种信息，各摘一段，来源都记着。",
    )

    def __init__(self, *args: Any, units: Iterable[Unit], now: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        units = list(units)
        self.fields["unit"].choices = [(str(one.pk), one.name) for one in units]  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.initial.setdefault("unit", str(units[0].pk))
        employer = [one for one in units if not one.is_upper]
        self.fields["to"].choices = [one for one in TO if one[0] != "unit" or employer]  # type: ignore[attr-defined]
        self.fields["kind"].choices = KINDS  # type: ignore[attr-defined]
        self.initial.setdefault("to", "unit" if employer else "above")
        self.initial.setdefault("kind", "regular")
        last = month_before(timezone.localdate(now))
        self.initial.setdefault("period_from", last.since)
        self.initial.setdefault("period_until", last.until)
        if employer and len(employer) == len(units):
            del self.fields["gather"]


class WriteForm(forms.Form):
    """Title and the words in sections."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=80, error_messages=EMPTY)

    def __init__(self, data: Any = None, *, information: Information) -> None:
        super().__init__(data, initial={"title": information.title})
        self.sections = information.body.get("sections", [])
        for n, one in enumerate(self.sections):
            lines = sum(1 + len(line) // 40 for line in one["text"].splitlines())
            field = words(one["heading"], rows=min(14, max(3, lines + 1)))
            field.initial = one["text"]
            self.fields[f"text-{n}"] = field

    def rows(self) -> list[Any]:
        """The sections' fields."""
        return [self[f"text-{n}"] for n in range(len(self.sections))]

    def body(self) -> dict[str, Any]:
        """The words as the act takes them."""
        return {
            "sections": [
                {"heading": one["heading"], "text": str(self.cleaned_data[f"text-{n}"]).replace("\r\n", "\n").strip()}
                for n, one in enumerate(self.sections)
            ]
        }


class SendForm(ActForm):
    """Who took it."""

    whom = forms.CharField(
        label="接收人", max_length=60, required=False, error_messages=EMPTY,
        help_text="对方在系统里收的可以不填。打印送的，写谁收的，例如“党委办公室”。",
    )  # fmt: skip


class OwnAnswerForm(forms.Form):
    """What the reader answers on the desk."""

    text = words("答复", rows=4, help_text="报送的工会会看到。")


class PaperAnswerForm(ActForm):
    """What came back on paper."""

    side = pick("谁答复的")
    name = forms.CharField(label="姓名", max_length=40, error_messages=EMPTY)
    title = forms.CharField(label="职务", max_length=60, required=False)
    on = day("写在哪天")
    text = words("答复", help_text="照原文写。")


class PassBackForm(ActForm):
    """In which words the workers read it."""

    text = words("告诉职工的话", rows=5, help_text="登在本单位职工页面上，人人看得到。不写姓名、电话。")


class ReasonForm(ActForm):
    """Why."""

    reason = words("理由", rows=3, help_text="不写职工姓名。")


class FindForm(forms.Form):
    """A union above names something itself."""

    unit_name = forms.CharField(
        label="哪个单位", max_length=80, error_messages=EMPTY, help_text="全称或者它二维码上的短代码。"
    )
    kind = pick("哪一种")
    what = forms.CharField(label="是什么事", max_length=200, error_messages=EMPTY)
    on = day("哪天的事")

    def fill(self, kinds: Choices) -> None:
        """The faults the rules name."""
        self.fields["kind"].choices = [(one.code, one.label) for one in kinds.choices]  # type: ignore[attr-defined]


class AskForm(ActForm):
    """What the unit is to explain."""

    question = words("请说明什么", rows=4, help_text="单位只看得到这段话。不要写事项里的内容，也不要写是谁说的。")


class ExplainForm(ActForm):
    """The unit's own words."""

    text = words("情况说明", rows=5)


class UpholdForm(ActForm):
    """Which fault it is, and why."""

    kind = choose("认定为哪一种")
    reason = words("理由", rows=4)

    def fill(self, kinds: Choices) -> None:
        """The faults the rules name."""
        self.offer("kind", [(one.code, one.label) for one in kinds.choices])


def days_of(day_from: date, day_until: date) -> str:
    """``10月1日至10月31日``, one day alone as itself."""
    first = f"{day_from.month}月{day_from.day}日"
    return first if day_from == day_until else f"{first}至{day_until.month}月{day_until.day}日"

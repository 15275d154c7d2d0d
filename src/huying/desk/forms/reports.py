"""Forms of the reports' pages: types and labels only.  What is right or wrong is said by ``oversight.acts``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from huying.desk.forms.dossier import EMPTY, choose, day, pick, words
from huying.org.models import Unit
from huying.oversight.models import Report
from huying.oversight.rules import Period

TO = (
    ("party", "党组织\n打印出来送，登记送阅的日期"),
    ("management", "行政\n在行政负责人的工作台上看，可以写批示意见"),
    ("both", "党组织和行政\n同一份报告两边都送"),
)


class DraftForm(forms.Form):
    """Of which unit, which period, for whom."""

    unit = pick("哪个工会的报告")
    period = choose("期间", help_text="数字按诉求收到的日期算。")
    to = pick("报给谁")

    def __init__(self, *args: Any, units: Iterable[Unit], periods: Iterable[Period], **more: Any) -> None:
        super().__init__(*args, **more)
        units = list(units)
        self.fields["unit"].choices = [(str(one.pk), one.name) for one in units]  # type: ignore[attr-defined]
        self.fields["period"].choices = [(one.code, f"{one.label}（{one.days}）") for one in periods]  # type: ignore[attr-defined]
        self.fields["to"].choices = TO  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.initial.setdefault("unit", str(units[0].pk))
        self.initial.setdefault("to", "both")


class WriteForm(forms.Form):
    """Title, addressee, the words in sections."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=80, error_messages=EMPTY)
    to = choose("报给谁")

    def __init__(self, data: Any = None, *, report: Report, body: dict[str, Any]) -> None:
        super().__init__(data, initial={"title": report.title, "to": report.to})
        self.fields["to"].choices = Report.TO  # type: ignore[attr-defined]
        self.size = len(body["sections"])
        for number, one in enumerate(body["sections"]):
            heading = forms.CharField(
                label=f"第 {number + 1} 部分的标题", max_length=40, initial=one["heading"], error_messages=EMPTY
            )
            lines = sum(1 + len(line) // 40 for line in one["text"].splitlines())
            text = words(f"第 {number + 1} 部分的内容", rows=min(16, max(3, lines + 1)))
            text.initial = one["text"]
            self.fields[f"heading-{number}"], self.fields[f"text-{number}"] = heading, text

    def rows(self, theirs: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Each section with its fields, and what a colleague saved meanwhile where it differs."""
        found = []
        for number in range(self.size):
            other = theirs["sections"][number]["text"] if theirs and number < len(theirs["sections"]) else ""
            same = _lines(str(self[f"text-{number}"].value() or "")) == other
            found.append(
                {"heading": self[f"heading-{number}"], "text": self[f"text-{number}"], "theirs": "" if same else other}
            )
        return found

    def body(self) -> dict[str, Any]:
        """The words as the acts take them."""
        given = self.cleaned_data
        return {
            "sections": [
                {"heading": given[f"heading-{n}"], "text": _lines(given[f"text-{n}"])} for n in range(self.size)
            ]
        }


def _lines(text: str) -> str:
    """A text area's line ends as they are kept."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


class SendForm(forms.Form):
    """To whom it went, when."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    side = pick("送给谁")
    on = day("哪天送的")
    whom = forms.CharField(
        label="接收人", max_length=60, required=False, error_messages=EMPTY,
        help_text="送党组织的，写谁收下的，例如“党委办公室”。行政负责人有账号的可以不填，他会在工作台上收到。",
    )  # fmt: skip


class RemarkForm(forms.Form):
    """What came back in writing, noted by the union."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    side = pick("谁的意见")
    name = forms.CharField(label="姓名", max_length=40, error_messages=EMPTY)
    title = forms.CharField(label="职务", max_length=60, required=False)
    on = day("写在哪天")
    text = words("批示或意见", help_text="照原文写。")


class OwnRemarkForm(forms.Form):
    """What management's head writes on the desk."""

    text = words("批示或意见", rows=3, help_text="工会会看到。")


class MendForm(forms.Form):
    """Whether it is corrected or withdrawn, and why."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    how = pick("怎么办")
    reason = words("原因", rows=3, help_text="印在新报告的开头。不写姓名。")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["how"].choices = [  # type: ignore[attr-defined]
            ("correction", "更正\n按最新的数字重新起草一份，开头写明更正了哪一份"),
            ("withdrawal", "撤回\n另发一份说明，写明撤回哪一份、为什么"),
        ]


class DropForm(forms.Form):
    """Why a draft is not wanted."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = words("为什么作废", rows=2)

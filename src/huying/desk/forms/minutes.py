"""Forms of the minutes' pages.  They turn fields into values; what is right or wrong is said by ``meetings.acts``."""

from __future__ import annotations

from typing import Any

from django import forms

from huying.files.rules import ACCEPT, MAX_FILES
from huying.kernel.forms import SeveralFiles
from huying.meetings.rules import LONGEST_TEXT


def _words(label: str, *, rows: int, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


class BodyForm(forms.Form):
    """Words in parts: opening, heading and text of every entry of the agenda, closing."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    opening = _words("开头", rows=3)
    closing = _words("结尾", rows=3, required=False)

    def __init__(self, data: Any = None, *, body: dict[str, Any]) -> None:
        super().__init__(data, initial={"opening": body["opening"], "closing": body["closing"]})
        self.places = [one["place"] for one in body["sections"]]
        for number, one in enumerate(body["sections"], start=1):
            self.add_section(number, one)

    def add_section(self, number: int, section: dict[str, Any]) -> None:
        """The two fields of one entry."""
        place, lines = section["place"], section["text"].count("\n") + len(section["text"]) // 40
        must = self.is_needed(place)
        heading = forms.CharField(label=f"第 {number} 项的标题", required=must, initial=section["heading"])
        text = _words(f"第 {number} 项的内容", rows=min(14, max(3, lines + 1)), required=must)
        text.initial = section["text"]
        self.fields[f"heading-{place}"], self.fields[f"text-{place}"] = heading, text

    def is_needed(self, place: str) -> bool:
        """Whether an entry has to be written."""
        return True

    def rows(self) -> list[dict[str, Any]]:
        """Each entry with its fields, for the page."""
        return [{"place": one, "heading": self[f"heading-{one}"], "text": self[f"text-{one}"]} for one in self.places]

    def body(self) -> dict[str, Any]:
        """The words as the acts take them."""
        given = self.cleaned_data
        sections = [
            {"place": one, "heading": given[f"heading-{one}"], "text": _lines(given[f"text-{one}"])}
            for one in self.places
        ]
        return {"opening": _lines(given["opening"]), "sections": sections, "closing": _lines(given["closing"])}


def _lines(text: str) -> str:
    """A text area's line ends as they are kept."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class MinutesForm(BodyForm):
    """The words of the minutes."""

    named_because = forms.CharField(
        label="写到职工姓名的，本人在哪天同意", required=False, max_length=200,
        help_text="纪要里一般不写职工姓名。一定要写的，写明“谁、哪天、怎样同意的”。",
    )  # fmt: skip


class PublishForm(BodyForm):
    """What goes out to workers; an entry without its tick stays inside."""

    def add_section(self, number: int, section: dict[str, Any]) -> None:
        """A tick in front of the two fields."""
        ticked = section.get("out", True)
        self.fields[f"out-{section['place']}"] = forms.BooleanField(
            label=f"第 {number} 项公开", required=False, initial=ticked
        )
        super().add_section(number, section)

    def is_needed(self, place: str) -> bool:
        """What stays inside may be empty."""
        return not self.is_bound or bool(self.data.get(f"out-{place}"))

    def rows(self) -> list[dict[str, Any]]:
        """Each entry with its tick and its fields."""
        return [{**row, "out": self[f"out-{row['place']}"]} for row in super().rows()]

    def body(self) -> dict[str, Any]:
        """Only the entries that are ticked."""
        body = super().body()
        body["sections"] = [one for one in body["sections"] if self.cleaned_data[f"out-{one['place']}"]]
        return body


class ReplyForm(forms.Form):
    """What somebody asked says of the minutes."""

    agreed = forms.ChoiceField(choices=[("yes", "核对无误"), ("no", "有意见")], widget=forms.HiddenInput)
    words = _words("哪里不对，应该怎么写", rows=4, help_text=f"写明第几项。最多 {LONGEST_TEXT} 字，工会会看到。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = self.data.get("agreed") != "yes"
        self.fields["words"].error_messages["required"] = "请写明哪里不对、应该怎么写。"


class SignPaperForm(forms.Form):
    """A signature that was given on paper."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    side = forms.ChoiceField(
        label="哪一方签的",
        choices=[("management", "行政方\n先登记"), ("union", "工会方\n后登记；一登记，纪要就生效")],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label="签字人", max_length=40)
    title = forms.CharField(label="职务", max_length=60, required=False)
    signed_on = forms.DateField(
        label="签字日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="纸上写的那一天，在开会那天到今天之间。",
    )  # fmt: skip
    files = SeveralFiles(  # type: ignore[assignment]
        label="签过字的纪要", accept=ACCEPT, help_text=f"拍照或扫描，照片或 PDF，最多 {MAX_FILES} 个。传过的不用再传。"
    )


class CorrectForm(forms.Form):
    """A dated addition to signed minutes."""

    text = _words("更正或补充", rows=5, help_text="写明原来怎么写、现在改成什么。签过字的原文不动，这一段附在后面。")


class TakeBackForm(forms.Form):
    """Why published minutes are taken off."""

    reason = _words("撤下的理由", rows=3)

"""What staff type on the pages of a survey: types and labels only.  What is right or wrong is said by the acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from huying.desk.forms.dossier import Choices, pick, words
from huying.desk.forms.items import papers
from huying.feedback.rules import Given


class AnswerForm(forms.Form):
    """An answer: grades of result and process, why, own words."""

    result = pick("对结果")
    process = pick("对过程", required=False)
    reasons = forms.MultipleChoiceField(
        label="为什么", required=False, widget=forms.CheckboxSelectMultiple, choices=(),
        help_text="基本满意、不满意的，勾一勾哪里没办好。",
    )  # fmt: skip
    words = words("还想说什么", rows=3, required=False, help_text="只有工会看得到，密封保存。")

    def __init__(self, *args: Any, scale: Choices, reasons: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("result", scale), ("process", scale), ("reasons", reasons)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if not reasons:
            del self.fields["reasons"]

    @property
    def given(self) -> Given:
        """What was answered."""
        data = self.cleaned_data
        return Given(
            result=data["result"], process=data["process"], reasons=tuple(data.get("reasons", ())), words=data["words"]
        )


class PaperForm(AnswerForm):
    """The same from a paper, with its scan."""

    files = papers("问卷的扫描件或照片")  # type: ignore[assignment]


class UnreachedForm(forms.Form):
    """Why somebody cannot be reached."""

    reason = forms.ChoiceField(
        label="为什么联系不上",
        widget=forms.RadioSelect,
        choices=[
            (one, one) for one in ("已经离职", "调到别的单位", "长期不在岗", "电话打不通，也找不到人", "本人不愿意评")
        ],
        error_messages={"required": "请选一项。"},
    )


def pairs(choices: Iterable[Any]) -> Choices:
    """Choices of the rules as a form takes them."""
    return [(one.code, one.label) for one in choices]

"""Forms of the department's pages.  They turn fields into values; what is right or wrong is said by ``handling.acts``."""

from __future__ import annotations

from typing import Any

from django import forms

from huying.files.rules import ACCEPT, MAX_FILES
from huying.kernel.forms import SeveralFiles


def _words(label: str, help_text: str, rows: int = 5) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows}))


def papers(label: str, *, required: str = "") -> SeveralFiles:
    """Proof, or what goes along with a message; ``required``: what is said when there is none."""
    return SeveralFiles(
        label=label,
        accept=ACCEPT,
        required=bool(required),
        help_text=f"照片、PDF、Word、Excel 等，最多 {MAX_FILES} 个，每个 20 MB 以内",
        error_messages={"required": required},
    )


class ActForm(forms.Form):
    """One act on an item; ``version`` is what was on the screen and stands in the page beside the idempotency key."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def given(self) -> dict[str, Any]:
        """What was filled in, without the files: those are checked before the act."""
        return {name: value for name, value in self.cleaned_data.items() if name != "files"}


class ProgressForm(ActForm):
    """A tracking entry of form 3."""

    text = _words("现在办到哪一步了", "做了什么、和谁商量过、下一步做什么。工会会看到。")
    files = papers("照片或材料")  # type: ignore[assignment]


class DoneForm(ActForm):
    """The measure is carried out."""

    done_on = forms.DateField(
        label="哪一天办好的",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="在上次登记进展之后、今天或以前。书面反馈的期限从这一天算起。",
    )
    text = _words("办得怎么样", "做了什么、从什么时候起、谁受益。")
    files = papers("证明照片或材料")  # type: ignore[assignment]


class UnableForm(ActForm):
    """It cannot be carried out now."""

    text = _words("为什么办不了", "差什么条件，什么时候可能具备，有没有别的办法。工会要向职工解释，请写清楚。")
    files = papers("照片或材料")  # type: ignore[assignment]


class ReportForm(ActForm):
    """The department's written report to the union."""

    text = _words("书面反馈", "怎么办的、结果怎样、职工从什么时候起能看到变化。工会会据此告诉职工。", rows=8)
    files = papers("盖章的书面材料或照片")  # type: ignore[assignment]


class AskForm(ActForm):
    """A question to the union."""

    text = _words("想问工会什么", "只问办这件事需要知道的；不要打听是谁反映的。", rows=4)


class SendBackForm(ActForm):
    """Back to the union, with a reason."""

    reason = _words("退回的理由", "为什么不归本部门办，或者该由谁办。时限不会因为退回而停下。", rows=4)

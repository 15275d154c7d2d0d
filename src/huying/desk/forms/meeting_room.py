"""Forms of the room: types and labels only.  What is right or wrong is said by ``meetings.acts``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from huying.desk.forms.dossier import EMPTY, Choices, day, named, words
from huying.files.rules import ACCEPT
from huying.kernel.forms import SeveralFiles
from huying.meetings.models import Place
from huying.org.models import Department, Post

FOUR = {**EMPTY, "required": "还缺这一项，四项齐了才算定下来。"}


def _id() -> forms.UUIDField:
    return forms.UUIDField(widget=forms.HiddenInput, error_messages=EMPTY)


def _line(label: str, longest: int, *, required: bool = False, help_text: str = "", **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(
        label=label, max_length=longest, required=required, help_text=help_text, widget=widget, error_messages=EMPTY
    )


class RoomForm(forms.Form):
    """One thing done in the room."""

    stale: list[str] | None = None

    def given(self) -> dict[str, Any]:
        """What the act is told."""
        return dict(self.cleaned_data)


class PlainForm(RoomForm):
    """A button."""


class AttendForm(RoomForm):
    """Who is there: ``<participant>:<attendance>``, one or many."""

    there = forms.Field(required=False)

    def given(self) -> dict[str, Any]:
        """The mapping the act takes; what is no participant is none of this meeting's."""
        pairs = (one.partition(":") for one in self.data.getlist("there"))  # type: ignore[attr-defined]
        return {"there": {_uuid(pk): value for pk, _, value in pairs}}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


class BecauseForm(RoomForm):
    """Opening, or ending the entry of a paper meeting: why without a seat.  ``asked``: a seat is empty as the page is shown."""

    def __init__(self, *args: Any, asked: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["because"].required = asked

    because = _line("缺席的原因", 200, help_text="有席位空着仍要开会，请写明原因，纪要里会写出来。")


class RemarkForm(RoomForm):
    """A line of the discussion."""

    place = _id()
    speaker = _line("发言人", 40, list="speakers")
    text = words("说了什么", rows=2)


class CorrectForm(RoomForm):
    """Another line in the place of one; struck when there is no text or the second button was used."""

    remark = _id()
    speaker = _line("发言人", 40)
    text = words("说了什么", rows=2, required=False)
    strike = forms.BooleanField(required=False)

    def given(self) -> dict[str, Any]:
        """Empty text strikes."""
        found = super().given()
        if found.pop("strike"):
            found["text"] = ""
        return found


class SettleForm(RoomForm):
    """What came of an entry."""

    place = _id()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    result = forms.ChoiceField(
        label="结果",
        choices=Place.RESULTS,
        widget=forms.RadioSelect,
        error_messages={**EMPTY, "required": "请选结果。"},
    )
    next_way = forms.ChoiceField(
        label="没谈成，下一步", choices=Place.WAYS, widget=forms.RadioSelect, required=False, error_messages=EMPTY
    )
    text = words("一句话说明", rows=2, required=False, help_text="没谈成的、通报说明的，要写。")


class AgreeForm(RoomForm):
    """The four, and who helps."""

    place = _id()
    measure = forms.CharField(label="解决措施", widget=forms.Textarea(attrs={"rows": 2}), error_messages=FOUR)
    deadline = day("解决时限", errors=FOUR)
    department = forms.ChoiceField(label="承办部门", error_messages=FOUR)
    handler = forms.ChoiceField(label="具体人员", error_messages=FOUR)
    helping = forms.MultipleChoiceField(
        label="协办部门", widget=forms.CheckboxSelectMultiple, required=False, error_messages=EMPTY
    )

    def fill(self, departments: Iterable[Department], handlers: Iterable[Post]) -> None:
        """Departments of the unit, and their people under the department's name."""
        known: Choices = [(str(one.pk), one.name) for one in departments]
        people: dict[str, Choices] = {}
        for post in handlers:
            people.setdefault(post.department.name, []).append(*named([post]))  # type: ignore[union-attr]
        self.fields["department"].choices = [("", "请选"), *known]  # type: ignore[attr-defined]
        self.fields["handler"].choices = [("", "请选"), *people.items()]  # type: ignore[attr-defined]
        self.fields["helping"].choices = known  # type: ignore[attr-defined]


class DropForm(RoomForm):
    """Something agreed is taken back."""

    agreed = _id()


class VoteForm(RoomForm):
    """A vote's figures."""

    place = _id()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    votes_for = forms.IntegerField(label="赞成", error_messages=EMPTY)
    votes_against = forms.IntegerField(label="反对", error_messages=EMPTY)
    abstained = forms.IntegerField(label="弃权", error_messages=EMPTY)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("votes_for", "votes_against", "abstained"):
            self.fields[name].widget.attrs.update({"min": "0", "inputmode": "numeric"})


class UnvoteForm(RoomForm):
    """The figures are taken away."""

    place = _id()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class QuestionForm(RoomForm):
    """A question put in the room."""

    question = _line("现场提的问题", 300, required=True)


class ScanForm(RoomForm):
    """The signed paper."""

    files = SeveralFiles(  # type: ignore[assignment]
        label="签字的扫描件或照片",
        accept=ACCEPT,
        required=True,
        error_messages={"required": "请选签字的扫描件或照片。"},
    )

    def given(self) -> dict[str, Any]:
        """Files are looked through before the act."""
        return {}

"""Forms of the assessment's pages: types and labels only.  What is right or wrong is said by ``oversight.acts``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from huying.desk.forms.dossier import EMPTY, choose, pick, words
from huying.org.models import Post, Unit
from huying.oversight.models import Opinion
from huying.oversight.reads import about_of
from huying.oversight.rules import Period

UNIT = "unit"


class RoundForm(forms.Form):
    """Which union assesses, over which period."""

    unit = pick("由哪个工会考核")
    period = choose("期间", help_text="结束了的期间才能考核。")

    def __init__(self, *args: Any, units: Iterable[Unit], periods: Iterable[Period], **more: Any) -> None:
        super().__init__(*args, **more)
        units = list(units)
        self.fields["unit"].choices = [(str(one.pk), one.name) for one in units]  # type: ignore[attr-defined]
        self.fields["period"].choices = [(one.code, f"{one.label}（{one.days}）") for one in periods]  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.initial.setdefault("unit", str(units[0].pk))


class VersionForm(forms.Form):
    """An act without words."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ConfirmForm(VersionForm):
    """What the one who confirms has to say."""

    remark = words("确认意见", rows=2, required=False, help_text="单位会看到。")


class ObjectForm(VersionForm):
    """What the unit objects to."""

    text = words("申诉", rows=6, help_text="写明哪一项、实际是多少、依据在哪里。上级工会要书面答复。")


class CloseForm(VersionForm):
    """The answer to an objection."""

    answer = words("对申诉的答复", rows=5, help_text="要改分的，先在那一项上更正，再来答复。")


class CorrectForm(VersionForm):
    """Other points for one item."""

    points = forms.CharField(
        label="计分", max_length=6, error_messages=EMPTY, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    reason = words("更正的理由", rows=3, help_text="单位会看到，算出的分留在旁边。")


class OpinionForm(VersionForm):
    """For what, about whom, which way, in which words."""

    about = pick("为哪件事")
    person = pick("对谁")
    stance = pick("意见")
    text = words("意见的内容", rows=5, help_text="写明依据。签署以后不能改，可以再签一份代替。")

    def __init__(self, *args: Any, unit: Unit, leaders: Iterable[Post], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["about"].choices = [(code, about_of(code, unit)) for code, _ in Opinion.ABOUT]  # type: ignore[attr-defined]
        self.fields["stance"].choices = list(Opinion.STANCES)  # type: ignore[attr-defined]
        people = [(str(one.person_id), f"{one.person.name}\n{one.title or one.get_role_display()}") for one in leaders]
        self.fields["person"].choices = [(UNIT, f"{unit.name}\n单位"), *people]  # type: ignore[attr-defined]

"""Filters of the ledger.  They live in the address; what they select is said by ``ledger.reads``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from huying.cases.lifecycle import CASE
from huying.cases.models import Difficulty
from huying.ledger.rules import COUNTED, MARKS, MOST_PAPERS, NONE, PAPERS, SORTS, STANDS, STEPS, Selection
from huying.mechanism.rules import Rules
from huying.org.models import Post

ANY = ("", "全部")
GRADES = (("satisfied", "满意"), ("basic", "基本满意"), ("unsatisfied", "不满意"))


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _choice(label: str, choices: Iterable[tuple[str, str]] = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[ANY, *choices])


class LedgerForm(forms.Form):
    """Which part of the ledger is shown."""

    since = _day("收到自")
    until = _day("收到至")
    state = _choice(
        "状态", [(COUNTED, "不含并案"), *((state.code, state.staff) for state in CASE.states if state.code != "spam")]
    )
    content_class = _choice("大类")
    category = _choice("小类")
    channel = _choice("方式")
    difficulty = _choice("难易", Difficulty.choices)
    department = _choice("承办部门")
    timing = _choice("时限", [("late", "有超期"), ("ok", "没有超期")])
    satisfaction = _choice("测评", GRADES)
    unit = forms.CharField(label="下级单位", required=False, max_length=60)
    officer = forms.CharField(label="责任人", required=False, max_length=40)
    step = _choice(
        "哪一步",
        [(f"{code}:{stands}", f"{label}{word}") for code, label in STEPS for stands, word in STANDS],
    )
    mark = _choice("有过", MARKS)
    archived_since = _day("归档自")
    archived_until = _day("归档至")
    words = forms.CharField(label="编号或字词", required=False, max_length=60)
    sort = forms.ChoiceField(label="排列", required=False, choices=SORTS)

    def __init__(
        self, *args: object, rules: Rules, departments: list[str], units: list[str], upper: bool, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        classes = rules.categories("")
        self._choose("content_class", [(one.code, one.label) for one in classes] + [(NONE, "还没有分类")])
        self._choose("category", [(one.code, one.label) for top in classes for one in rules.categories(top.code)])
        self._choose("channel", [(one.code, one.label) for one in rules.all_channels()])
        self._choose("department", [(name, name) for name in departments])
        if not departments:
            del self.fields["department"]
        if not upper:
            del self.fields["unit"]
        elif units:
            self.fields["unit"].widget.attrs["list"] = "units-below"
        self.units = units

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]

    def selection(self) -> Selection:
        """What was chosen; a value the page does not offer narrows to nothing rather than to everything."""
        return Selection.of({name: str(value) for name, value in self.data.items()})


class PapersForm(forms.Form):
    """Which paper of many cases is printed, in which format; ``only`` are those ticked."""

    paper = forms.ChoiceField(
        label="打印",
        choices=[
            (f"{one.code}.{fmt}", f"{one.name}（{'Word' if fmt == 'docx' else 'PDF'}）")
            for one in PAPERS.values()
            for fmt in one.formats
        ],
    )
    only = forms.TypedMultipleChoiceField(coerce=UUID, required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        given = data.getlist("only")[: MOST_PAPERS + 1] if data is not None else []
        self.fields["only"].choices = [(one, one) for one in given if _is_id(one)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the act asks for."""
        found = super().clean() or {}
        what, _, fmt = found.get("paper", "").partition(".")
        return {"what": what, "fmt": fmt, "only": found.get("only", [])}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class BulkForm(forms.Form):
    """One act on the cases ticked."""

    only = forms.TypedMultipleChoiceField(coerce=UUID, required=False, widget=forms.MultipleHiddenInput)
    what = forms.ChoiceField(label="做什么", choices=[("urge", "督促"), ("take", "换责任人")])
    text = forms.CharField(
        label="督促什么", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "form": "ticked"})
    )
    to = forms.ChoiceField(label="由谁负责", required=False, widget=forms.Select(attrs={"form": "ticked"}))

    def __init__(self, data: Any = None, *, officers: Iterable[Post] = ()) -> None:
        super().__init__(data, auto_id="bulk_%s")
        given = data.getlist("only")[: MOST_PAPERS + 1] if data is not None else []
        self.fields["only"].choices = [(one, one) for one in given if _is_id(one)]  # type: ignore[attr-defined]
        self.posts = {str(post.pk): post for post in officers}
        names = [(pk, f"{post.person.name}·{post.title or post.get_role_display()}") for pk, post in self.posts.items()]
        self.fields["to"].choices = [("", "请选"), *names]  # type: ignore[attr-defined]


class ViewForm(forms.Form):
    """What a saved view is called, and whether colleagues see it."""

    name = forms.CharField(
        label="名称", max_length=30, help_text="共用的，同事也看得到名称，不要写人名和具体的事。查找的字词不保存。"
    )
    shared = forms.BooleanField(label="本单位同事也能用", required=False)

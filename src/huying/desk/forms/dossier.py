"""What staff type on a dossier: types and labels only.  What is right or wrong is said by the acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from huying.cases.acts import REASONS
from huying.cases.models import Case, Difficulty, Secrecy
from huying.cases.rules import LONGEST_TITLE
from huying.desk.forms.items import papers
from huying.mechanism.rules import Rules
from huying.org.models import Department, Post, Unit

EMPTY = {
    "required": "这一项要填写。",
    "invalid_choice": "请在列出的里面选。",
    "invalid": "这样写认不出来，请再看一下。",
}
FOUR = {**EMPTY, "required": "还缺这一项，四项齐了才能交办。"}
Choices = list[tuple[str, str]]


def words(label: str, *, rows: int = 4, help_text: str = "", required: bool = True) -> forms.CharField:
    """A text of some lines."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, widget=area, required=required, error_messages=EMPTY)


def day(
    label: str, *, help_text: str = "", required: bool = True, errors: dict[str, str] | None = None
) -> forms.DateField:
    """A day, picked from the calendar."""
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, help_text=help_text, widget=picker, required=required, error_messages=errors or EMPTY
    )


def pick(label: str, *, help_text: str = "", required: bool = True) -> forms.ChoiceField:
    """One of a few, all in view."""
    return forms.ChoiceField(
        label=label, help_text=help_text, widget=forms.RadioSelect, required=required, error_messages=EMPTY
    )


def choose(
    label: str, *, help_text: str = "", required: bool = True, errors: dict[str, str] | None = None
) -> forms.ChoiceField:
    """One of many, from a list."""
    return forms.ChoiceField(label=label, help_text=help_text, required=required, error_messages=errors or EMPTY)


def named(posts: Iterable[Post]) -> Choices:
    """Post-holders as people call them."""
    return [(str(post.pk), f"{post.person.name}·{post.title or post.get_role_display()}") for post in posts]


class ActForm(forms.Form):
    """A form of an act.  ``version`` is that of the case or item the person has seen."""

    stale: list[str] | None = None
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def offer(self, name: str, choices: Choices, *, blank: str = "") -> None:
        """Fill a list to choose from."""
        self.fields[name].choices = [("", blank), *choices] if blank else choices  # type: ignore[attr-defined]


class PlainForm(ActForm):
    """Nothing to fill in: the person confirms."""


class OfficerForm(ActForm):
    """Who answers for the case."""

    officer = pick("责任人")


class TitleForm(ActForm):
    """The released words."""

    title = forms.CharField(
        label="标题",
        max_length=LONGEST_TITLE,
        help_text=f"一句话说清是什么事，最多 {LONGEST_TITLE} 字，不写人名。",
        error_messages=EMPTY,
    )
    summary = words(
        "公开摘要", rows=8, help_text="列表、部门、上级工会只看到这段话。不写姓名、电话，也不写能猜出是谁的细节。"
    )


class AskForm(ActForm):
    """A question to the worker."""

    question = words("想问职工什么", help_text="职工在自己的页面上看到这段话；等答复时受理时限暂停。")


class SupplementForm(ActForm):
    """What the worker added by telephone or face to face."""

    text = words("职工补充了什么", help_text="不写姓名和电话。职工自己在网上补充的，不用在这里登记。")


class AcceptForm(TitleForm):
    """Class, category, difficulty, officer, released words."""

    content_class = pick("大类")
    category = choose("小类")
    difficulty = pick("难易")
    officer = choose("责任人", help_text="对这件事负责到底")
    field_order = ("content_class", "category", "difficulty", "officer", "title", "summary")

    def fill(self, rules: Rules) -> None:
        """Classes with their categories, as the case's rules name them."""
        classes = [one for one in rules.categories("") if one.has_worker]
        self.offer("content_class", [(one.code, f"{one.label}\n{one.what}") for one in classes])
        groups: list[tuple[str, Any]] = [("", "请选")]
        groups += [(one.label, [(c.code, c.label) for c in rules.categories(one.code)]) for one in classes]
        self.offer("category", groups)
        self.offer("difficulty", list(Difficulty.choices))


class DeclineForm(ActForm):
    """Why not, and where else."""

    reason = words("理由", help_text="职工会看到。请说明为什么不归工会办。")
    other_way = words("可以这样办", rows=3, help_text="职工会看到。写明可以找谁、怎么找。")


class ReasonForm(ActForm):
    """A reason."""

    reason = words("理由", rows=3)


class MergeForm(ActForm):
    """The case to join to; ``q`` finds it by number or words."""

    q = forms.CharField(label="按编号或内容找", required=False, max_length=60)
    into = pick("并到哪一件", required=True)


class PassOnForm(ActForm):
    """The union that can deal with it; ``q`` finds it by name."""

    q = forms.CharField(label="按名称找别的工会", required=False, max_length=60)
    unit = pick("转给哪个工会")
    reason = words("理由", rows=3, help_text="接手的工会会看到。")

    def units(self, found: Iterable[Unit]) -> None:
        """Unions to choose from."""
        self.offer("unit", [(str(unit.pk), unit.name) for unit in found])


class SettleForm(ActForm):
    """What the union did itself."""

    result = words("怎么办的、结果怎样", rows=6, help_text="代替部门的书面反馈；写好后告知职工的时限就开始走。")


class PlaceForm(ActForm):
    """Which department and who of it, by when."""

    department = choose("承办部门", errors=FOUR)
    handler = choose("承办人", errors=FOUR)
    deadline = day("办结时限", required=False, help_text="不填就是原来的日子；原时限一直在走。")

    def fill(self, departments: Iterable[Department], handlers: Iterable[Post]) -> None:
        """Departments, and their people under the department's name."""
        known = list(departments)
        several = len({department.unit_id for department in known}) > 1
        names = {d.pk: f"{d.name}（{d.unit.name}）" if several else d.name for d in known}
        people: dict[str, Choices] = {}
        for post in handlers:
            people.setdefault(names[post.department_id], []).append(*named([post]))  # type: ignore[index]
        self.offer("department", [(str(d.pk), names[d.pk]) for d in known], blank="请选")
        self.fields["handler"].choices = [("", "请选"), *people.items()]  # type: ignore[attr-defined]
        if "helping" in self.fields:
            self.offer("helping", [(str(d.pk), names[d.pk]) for d in known])


class AgainForm(PlaceForm):
    """To another department or person, the measure said anew where it was meant for the first."""

    measure = forms.CharField(
        label="解决措施",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=FOUR,
        help_text="换了部门的，请改一改。",
    )
    field_order = ("measure", "department", "handler", "deadline")


class AssignForm(PlaceForm):
    """Measure, department, person, deadline: all four; and what the department reads."""

    measure = forms.CharField(
        label="解决措施", widget=forms.Textarea(attrs={"rows": 3}), error_messages=FOUR, help_text="职工也会看到。"
    )
    deadline = day("办结时限", errors=FOUR)
    helping = forms.MultipleChoiceField(label="协办部门", required=False, widget=forms.CheckboxSelectMultiple)
    brief = words("部门看到的内容", rows=6, help_text="部门看到的就是这段话，一字不差；看不到编号、姓名和原话。")
    field_order = ("measure", "department", "handler", "deadline", "helping", "brief")


class CheckForm(ActForm):
    """A check or an urging."""

    text = words("督导的情况", rows=3, help_text="怎么督导的、部门怎么说。只有工会看得到。")


class UrgeForm(ActForm):
    """What is said to the department or to the union that has the case."""

    text = words("催办的话", rows=3, help_text="承办人会看到。")


class AnswerForm(ActForm):
    """What the union answers a department."""

    text = words("答复的话", help_text="承办人会看到。不写是谁反映的，也不写能猜出是谁的细节。")


class RedoForm(ActForm):
    """What is still missing, and by when."""

    reason = words("要补办什么", rows=3, help_text="承办人会看到。")
    deadline = day("新的办结时限")


class TellForm(ActForm):
    """How, what and when the workers were told."""

    kind = pick("告知什么")
    how = pick("怎样告知的")
    told_on = day("哪天告知的", help_text="当面或电话已经说过的，填说的那天。")
    text = words(
        "告知的内容", rows=7, help_text="职工在自己的页面上看到的就是这段话：怎么办的，结果怎样；办不了的，为什么。"
    )

    def fill(self, ways: Choices) -> None:
        """Ways the rules know."""
        self.offer("how", ways)
        self.offer("kind", [("result", "告知结果"), ("explain", "解释说明\n解决不了或一时难以解决，说明理由")])


class SignForm(ActForm):
    """What the supervisor says of the survey's result before signing it for the file."""

    review = words("工会审阅反馈", rows=4, help_text="写一两句：结果怎样，职工说的问题准备怎么办。印在满意度调查表上。")


class OnPaperForm(ActForm):
    """What a department handed in on paper."""

    able = pick("书面材料上写的")
    done_on = day("哪一天办结的", help_text="照书面材料写。书面反馈的期限从这一天算起。")
    handed_on = day("哪一天交到工会的", help_text="工会告知职工的期限从这一天算起。")
    text = words("书面反馈的内容", rows=6, help_text="怎么办的、结果怎样。照材料写，不写材料上没有的。")
    files = papers("书面材料的照片或扫描件", required="请附上部门的书面材料（照片或扫描件）。")  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("able", [("done", "已完成"), ("unable", "不具备条件无法执行")])


class DecideReopenForm(ActForm):
    """Take it up again, take it up and send it up, or not; with reasons."""

    grant = pick("决定")
    reason = words("理由", rows=3, help_text="职工会看到。")
    tried = words("本级已经做过哪些工作", rows=3, required=False, help_text="报上一级的要写，上级会看到。")
    unit = choose("报到哪个工会", required=False)


class ReopenForm(ActForm):
    """Take it up again without being asked."""

    reason = words("理由", rows=3, help_text="职工会看到。")


class ExtendForm(ActForm):
    """Ask for a later date."""

    new_due = day("延到哪天")
    reason = words("理由", rows=3, help_text="批准后生效，一直留在这个时限下面。")


class PauseForm(ActForm):
    """Ask for the clock to stand still."""

    reason = words("理由", rows=3, help_text="批准后从那天起暂停，恢复前的日子不计。")


class DecideForm(ActForm):
    """Approve or refuse."""

    approve = pick("决定")
    reason = words("说明", rows=3, required=False, help_text="不批准的要写明理由。")


class ResumeForm(ActForm):
    """Let the clock run again."""

    reason = words("说明", rows=2, required=False)


class MessageForm(ActForm):
    """A message to one worker."""

    text = words("留言", rows=5, required=False, help_text="只有这位职工和责任人看得到。只发附件也可以。")
    files = papers("附件")  # type: ignore[assignment]  # the act names it so


class JoinForm(ActForm):
    """One more person behind the case."""

    secrecy = pick("怎样反映")
    name = forms.CharField(label="姓名", required=False, max_length=40, help_text="匿名的不要填")
    phone = forms.CharField(label="电话", required=False, max_length=30)
    about = forms.CharField(label="班组或岗位", required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("secrecy", list(Secrecy.choices))


class OpenForm(forms.Form):
    """Why the sealed words are opened."""

    reason = forms.ChoiceField(
        label="理由",
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={**EMPTY, "required": "请选理由。"},
    )
    words = forms.CharField(
        label="说明",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="选“其他”的请写明。",
    )


class HandOverForm(ActForm):
    """To whom."""

    to_post = pick("移交给谁")


def found(cases: Iterable[Case]) -> Choices:
    """Cases to choose from."""
    return [(str(case.pk), f"{case.number} {case.shown_title}") for case in cases]

"""What staff type about topics: types and labels only.  What is right or wrong is said by the acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from huying.cases.models import Case
from huying.desk.forms.dossier import EMPTY, ActForm, choose, day, pick, words
from huying.mechanism.rules import Choice, Rules
from huying.meetings.models import Topic
from huying.meetings.rules import LONGEST_TITLE, Finding
from huying.org.models import Department

NEUTRAL = "议程和纪要照这段话写，参会的人都看得到。不写职工姓名、电话，也不写能猜出是谁的细节。"


def _line(label: str, length: int, help_text: str = "", *, required: bool = True) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, max_length=length, help_text=help_text, required=required, error_messages=EMPTY)


class WordForm(ActForm):
    """The words of a topic, the departments it touches, and the consent of whoever is named."""

    title = _line("议题", LONGEST_TITLE, f"一句话说清商量什么，最多 {LONGEST_TITLE} 字，不写人名。")
    body = words("情况", rows=6, help_text=NEUTRAL)
    ask = words("工会的意见", rows=3, required=False, help_text="工会建议怎么解决，供行政研究。")
    departments = forms.MultipleChoiceField(
        label="涉及哪些部门",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=EMPTY,
        help_text="这些部门的负责人要到会。",
    )
    weighty = forms.BooleanField(label="重大特殊事项", required=False, help_text="不等季度例会，随时可以开会商量。")
    named_because = _line(
        "写了姓名的，谁在哪天同意的", 200, "没有写职工姓名的不用填。例：刘某 11 月 19 日当面同意。", required=False
    )

    def offer_departments(self, departments: Iterable[Department]) -> None:
        """Departments of the unit."""
        self.offer("departments", [(str(one.pk), one.name) for one in departments])

    @property
    def asks_consent(self) -> bool:
        """Whether the field for consent is shown: once a name was found, or given before."""
        return bool(self["named_because"].value()) or bool({"title", "body", "ask"} & set(self.errors))

    @property
    def worded(self) -> dict[str, Any]:
        """What was filled in, without what belongs to the page."""
        given = self.cleaned_data
        return {name: given[name] for name in ("title", "body", "ask", "weighty", "named_because")}

    def chosen_departments(self, departments: Iterable[Department]) -> list[Department]:
        """The rows that were ticked."""
        ticked = set(self.cleaned_data["departments"])
        return [one for one in departments if str(one.pk) in ticked]


class RaiseForm(WordForm):
    """A new topic; which fields it has follows from where it comes from."""

    cases = forms.MultipleChoiceField(
        label="从哪些诉求来", required=False, widget=forms.CheckboxSelectMultiple, error_messages=EMPTY
    )
    content_class = pick("属于哪一类", required=False)
    category = choose("小类", required=False)
    source_note = _line("来源说明", 200, required=False)

    def fit(self, origin: str, rules: Rules) -> None:
        """Keep what this origin needs."""
        if origin == "case":
            for name in ("content_class", "category", "source_note"):
                del self.fields[name]
            return
        del self.fields["cases"]
        for name in ("content_class", "category"):
            self.fields[name].required = True
        classes = [one for one in rules.categories("") if origin != "management" or not one.has_worker] or list(
            rules.categories("")
        )
        self.offer("content_class", [(one.code, f"{one.label}\n{one.what}") for one in classes])
        groups: list[tuple[str, Any]] = [("", "请选")]
        groups += [(one.label, [(c.code, c.label) for c in rules.categories(one.code)]) for one in classes]
        self.offer("category", groups)
        if len(classes) == 1:
            self.fields["content_class"].initial = classes[0].code
        self.fields["source_note"].help_text = SOURCES[origin]

    def offer_cases(self, cases: Sequence[Case]) -> None:
        """Cases that may be put up."""
        self.offer("cases", [(str(case.pk), f"{case.number} {case.shown_title}") for case in cases])


SOURCES = {
    "management": "谁提出的、要通报什么。例：总经理办公室要求通报四季度经营情况。",
    "upper": "哪个上级工会、什么文件或通知。",
    "opinion": "怎样征集的、多少人参加。例：11 月职工问卷，214 人答复。",
}


class ReviewForm(ActForm):
    """Legality: each thing the rules name is lawful or not, and why."""

    reviewer = _line("审查人", 60, "工会法律顾问、律师或熟悉政策的同志。")
    reviewed_on = day("审查日期")

    def fill(self, needs: Iterable[Choice]) -> None:
        """Two fields for each thing to be reviewed."""
        self.needs = tuple(needs)
        for one in self.needs:
            field = pick(f"{one.label}合法吗")
            field.choices = [("yes", "合法"), ("no", "不合法")]
            self.fields[one.code] = field
            self.fields[f"{one.code}_reason"] = words(f"{one.label}：理由", rows=2)
        self.order_fields([*(name for one in self.needs for name in (one.code, f"{one.code}_reason")), "reviewer"])

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """The two fields of each thing, for the page."""
        return [(self[one.code], self[f"{one.code}_reason"]) for one in self.needs]

    @property
    def findings(self) -> list[Finding]:
        """What was found; what was left open is not there."""
        given = self.cleaned_data
        return [
            Finding(code=one.code, lawful=given[one.code] == "yes", reason=given[f"{one.code}_reason"])
            for one in self.needs
            if given.get(one.code)
        ]


class TalkForm(ActForm):
    """The talk with management before the meeting."""

    whom = _line("同谁沟通", 120, "姓名和职务。")
    on = day("哪天")
    said = words("谈了什么", rows=5, help_text="行政方怎么说。不同意的，写明理由。")
    agreed = forms.ChoiceField(
        label="行政方同意上会吗",
        widget=forms.RadioSelect,
        error_messages=EMPTY,
        choices=[
            ("yes", "同意上会"),
            ("yet", "还没有定"),
            ("no", "不同意"),
        ],
    )

    @property
    def answer(self) -> bool | None:
        """Whether management agrees; ``None`` while it has not said."""
        return {"yes": True, "no": False}.get(self.cleaned_data["agreed"])


class GatherForm(ActForm):
    """More cases about the same thing; ``q`` finds them."""

    q = forms.CharField(label="按编号或内容找", required=False, max_length=60)
    cases = forms.MultipleChoiceField(
        label="加入哪些诉求",
        widget=forms.CheckboxSelectMultiple,
        error_messages={**EMPTY, "required": "请选要加入的诉求。"},
    )

    def offer_cases(self, cases: Sequence[Case]) -> None:
        """Cases that may be put up."""
        self.offer("cases", [(str(case.pk), f"{case.number} {case.shown_title}") for case in cases])


class MergeForm(ActForm):
    """The topic to join to; ``q`` finds it."""

    q = forms.CharField(label="按内容找", required=False, max_length=60)
    into = pick("并到哪个议题")

    def offer_topics(self, topics: Iterable[Topic]) -> None:
        """Topics of the same union."""
        self.offer("into", [(str(one.pk), one.title) for one in topics])


class AgainForm(ActForm):
    """Why it is brought again."""

    reason = words("为什么再次提出", rows=3, help_text="有了哪些新情况、新理由。再次提出以后要重新审查、重新沟通。")


class DropForm(ActForm):
    """Why it is taken off."""

    reason = words("为什么撤下", rows=3, help_text="后面的诉求回到待交办，由责任人另想办法。")

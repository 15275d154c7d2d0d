"""What staff type about promises and research: types and labels only.  What is right or wrong is said by the acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from huying.desk.forms.dossier import EMPTY, ActForm, choose, day, named, pick, words
from huying.files.rules import ACCEPT
from huying.org.models import Department, Post
from huying.promises.models import Comment


def line(label: str, length: int, help_text: str = "", *, required: bool = True) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, max_length=length, help_text=help_text, required=required, error_messages=EMPTY)


class PlanForm(ActForm):
    """The plan of a year."""

    year = choose("哪一年")
    opening = words("对职工说的话", rows=2, required=False, help_text="写在公开页面的最上面，一两句就行。")


class PromiseForm(ActForm):
    """One practical thing; what is missing may be written until the plan is published."""

    title = line("项目", 60, "办什么事，一句话，例如“改造三号宿舍楼热水”。")
    measure = words("措施", rows=3, required=False, help_text="怎么办、办到什么程度，职工一看就能对上。")
    deadline = day("时限", required=False)
    leader = choose("分管领导", required=False)
    department = choose("责任部门", required=False)
    person = choose("责任人", required=False)

    def fill(self, leaders: Iterable[Post], departments: Iterable[Department], people: Iterable[Post]) -> None:
        """Who there is."""
        self.offer("leader", named(leaders), blank="还没有定")
        self.offer("department", [(str(one.pk), one.name) for one in departments], blank="还没有定")
        self.offer("person", named(people), blank="还没有定")


class ProgressForm(ActForm):
    """How far it is."""

    text = words("办到哪一步了", rows=3, help_text="职工在公开页面上看得到，不写人名。")


class ResultForm(ActForm):
    """What came of it."""

    result = words("办成了什么", rows=4, help_text="职工在公开页面上看得到，也可以评价。")


class FailForm(ActForm):
    """Why it was not done."""

    reason = words("为什么没有办成、以后怎么办", rows=4, help_text="职工在公开页面上看得到，也可以评价。")


class HideForm(ActForm):
    """Why a comment is hidden."""

    why = pick("哪一种")
    reason = words("哪里不合适", rows=2, help_text="留在记录里；页面上会写明隐去了一条和是哪一种。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The only two grounds."""
        super().__init__(*args, **kwargs)
        self.offer("why", list(Comment.WHY))


class TopicForm(ActForm):
    """A research topic."""

    year = choose("哪一年")
    title = line("课题", 80)
    why = words("为什么调研", rows=2, required=False)
    lead = choose("谁牵头")
    due = day("哪天前交报告")


class ReportForm(ActForm):
    """A report."""

    text = words("报告", rows=12, help_text="正文，或者摘要加附件。写明问题、原因、建议；不写职工的姓名。")
    file = forms.FileField(label="附件", required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}))


class DropForm(ActForm):
    """Why a topic is given up."""

    reason = words("为什么不做了", rows=2)

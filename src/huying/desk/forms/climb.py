"""What staff type when sending up, answering, instructing, answering for a case: types and labels only."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from huying.climb.reads import Target
from huying.desk.forms.dossier import EMPTY, ActForm, named, pick, words
from huying.org.models import Post

TRIED = "上一级会看到。写明找过谁、谈过几次、卡在哪里；不写姓名、电话，也不写能猜出是谁的细节。"


class SendOnForm(ActForm):
    """To which level, why, and what was tried."""

    unit = pick("报给谁")
    reason = words("为什么本级解决不了", rows=3, help_text="上一级会看到。")
    tried = words("已经做过哪些工作", rows=5, help_text=TRIED)

    def levels(self, found: Iterable[Target]) -> None:
        """The next union up and the industry unions beside that way."""
        self.offer("unit", [(str(one.unit.pk), f"{one.unit.name}\n{_what(one)}") for one in found])


def _what(target: Target) -> str:
    return "上一级工会" if target.next_up else "产业工会，事情要由行业来办的报给它"


class SendUpForm(SendOnForm):
    """Likewise from the union where it began, with what the management above is to read."""

    brief = words(
        "上级行政看到的内容",
        rows=5,
        help_text="不填就是公开摘要。单位的行政负责人只看到这段话，看不到编号。",
        required=False,
    )


class GuidanceForm(ActForm):
    """How the level below is to go on."""

    guidance = words(
        "指导意见", rows=6, help_text="下级工会会看到：该找谁、依据什么、怎么谈、什么时候再报。职工只看到由谁接着办。"
    )


class ResultForm(ActForm):
    """What came of it."""

    result = words("怎么解决的、结果怎样", rows=6, help_text="承办工会照这段话告知职工，不写人名。")


class LeadForm(ActForm):
    """Which leader, why, and what he reads."""

    leader = pick("由哪位领导包案")
    reason = forms.CharField(
        label="为什么要由领导包案", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), error_messages=EMPTY
    )
    brief = words(
        "行政领导看到的内容",
        rows=5,
        help_text="不填就是公开摘要。行政一方的领导只看到这段话，看不到编号和卷宗。",
        required=False,
    )

    def leaders(self, posts: Iterable[Post]) -> None:
        """The leaders of both sides."""
        self.offer("leader", named(posts))


class EndLeadForm(ActForm):
    """Why a leader no longer answers for it."""

    reason = forms.CharField(
        label="为什么结束包案", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), error_messages=EMPTY
    )


class InstructForm(ActForm):
    """An instruction."""

    text = words("批示", rows=4, help_text="写明要谁、做什么、什么时候做到。")


class FollowForm(ActForm):
    """How it was carried out."""

    text = words("落实情况", rows=5, help_text="批示的领导会看到。行政领导看不到编号，请不写编号和能猜出是谁的细节。")

"""What staff type about reception days and talks: types and labels only.  What is right or wrong is said by the acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms

from huying.cases.rules import LONGEST_WORDS, Concerns, Voice
from huying.desk.forms.dossier import EMPTY, ActForm, choose, day, named, pick, words
from huying.desk.forms.register import SECRECY
from huying.fieldwork.models import Booking, ReceptionDay
from huying.fieldwork.rules import NTHS, REPEATS, RESTS, Pattern, Terms
from huying.kernel.templatetags.huying import WEEKDAYS
from huying.org.models import Post


def clock(label: str, **more: Any) -> forms.TimeField:
    """An hour."""
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), error_messages=EMPTY, **more
    )


def number(label: str, help_text: str = "", *, required: bool = True) -> forms.IntegerField:
    """A whole number."""
    picker = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        widget=picker,
        required=required,
        error_messages={**EMPTY, "invalid": "请填数字。"},
    )


def line(label: str, length: int, help_text: str = "", *, required: bool = True) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, max_length=length, help_text=help_text, required=required, error_messages=EMPTY)


class RotaForm(ActForm):
    """A rule for reception days, and what they are like."""

    kind = pick("哪一种")
    form = pick("接待方式")
    theme = line("专题", 60, "专题接访写明这一次谈什么，例如“工资支付”。", required=False)
    repeat = pick("多久一次")
    weekdays = forms.MultipleChoiceField(
        label="星期几", required=False, widget=forms.CheckboxSelectMultiple, error_messages=EMPTY
    )
    nth = choose("每月第几个", required=False)
    month_day = number("每月几号", "当月没有这一天的，排在最后一天。", required=False)
    since = day("从哪天起")
    until = day("到哪天", help_text="一个月或者一年；只排一天的不用填。", required=False)
    rest = pick("遇到休息日")
    leaders = forms.MultipleChoiceField(
        label="哪些领导轮流", widget=forms.CheckboxSelectMultiple, help_text="按列出的先后轮；请假的往下轮。",
        error_messages={**EMPTY, "required": "请选至少一位领导。"},
    )  # fmt: skip
    first = choose("从谁轮起", required=False)
    begins = clock("从几点")
    ends = clock("到几点")
    place = line("地点", 80, "写到房间，职工照着找。")
    minutes = number("每段多少分钟")
    each = number("每段接待几位")

    def fill(self, kinds: Sequence[tuple[str, str]], posts: Sequence[Post], ways: Sequence[tuple[str, str]]) -> None:
        """Kinds, forms, days, leaders."""
        self.offer("kind", list(kinds))
        self.offer("form", list(ways))
        self.offer("repeat", list(REPEATS))
        self.offer("weekdays", [(str(number), f"周{name}") for number, name in enumerate(WEEKDAYS)])
        self.offer("nth", [(str(code), label) for code, label in NTHS])
        self.offer("rest", list(RESTS))
        self.offer("leaders", named(posts))
        self.offer("first", named(posts), blank="列在最前的")

    def pattern(self) -> Pattern:
        """As the act takes it."""
        given = self.cleaned_data
        return Pattern(
            repeat=given["repeat"], since=given["since"], until=given["until"] or given["since"], rest=given["rest"],
            weekdays=tuple(int(one) for one in given["weekdays"]), nth=int(given["nth"] or 1), month_day=given["month_day"] or 1,
        )  # fmt: skip

    def terms(self) -> Terms:
        """As the act takes it."""
        given = self.cleaned_data
        names = ("kind", "form", "theme", "begins", "ends", "place", "minutes", "each")
        return Terms(**{name: given[name] for name in names})

    def turn(self, posts: Iterable[Post]) -> list[Post]:
        """The leaders in turn, beginning with the one chosen."""
        chosen = [post for post in posts if str(post.pk) in self.cleaned_data["leaders"]]
        start = next((n for n, post in enumerate(chosen) if str(post.pk) == self.cleaned_data["first"]), 0)
        return chosen[start:] + chosen[:start]


class AnnounceForm(ActForm):
    """Which planned days are announced now."""

    days = forms.MultipleChoiceField(
        label="公告哪几天",
        widget=forms.CheckboxSelectMultiple,
        error_messages={**EMPTY, "required": "请选要公告的日子。"},
    )


class SwapForm(ActForm):
    """Another leader, or an exchange with another day."""

    leader = choose("改由谁接待", required=False)
    other = choose("或者同哪一天对换", required=False, help_text="对换以后，两天的领导互换。")
    reason = words("为什么换", rows=2, help_text="留在换班记录里，工会看得到。")

    def fill(self, posts: Iterable[Post], days: Iterable[ReceptionDay]) -> None:
        """Who else may receive; the other days of the same kind."""
        self.offer("leader", named(posts), blank="请选")
        shown = [(str(one.pk), f"{one.on.month}月{one.on.day}日 {one.leader.person.name}") for one in days]
        self.offer("other", shown, blank="不对换")


class ReasonForm(ActForm):
    """Why it does not take place."""

    reason = words("为什么取消", rows=2, help_text="约了的职工会看到这句话，不写人名。")


class HoldForm(ActForm):
    """What is to be remembered of the day."""

    text = words("补充", rows=3, required=False, help_text="接待了几位、来没来由系统算；这里写要留下的话，可以不写。")


class FinishForm(ActForm):
    """What came of a talk."""

    outcome = pick("谈的结果")
    reason = line("为什么由领导包案", 200, "选了包案的，写一句。", required=False)

    def fill(self, *, leads: bool) -> None:
        """Putting it under the leader's name only where this person may."""
        self.offer("outcome", [one for one in Booking.OUTCOMES if leads or one[0] != "led"])


class WalkInForm(ActForm):
    """Somebody who came without a booking; written down while they wait."""

    said = forms.CharField(
        label="说什么事", max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4}), error_messages=EMPTY,
        help_text="照他的话记几句就行。",
    )  # fmt: skip
    secrecy = forms.ChoiceField(label="留名方式", choices=SECRECY, widget=forms.RadioSelect, initial="sealed")
    name = line("姓名", 40, required=False)
    phone = line("电话", 20, required=False)
    chair = forms.BooleanField(label="涉及本单位工会主席", required=False)
    superior = line("涉及他的哪位上级", 40, required=False)

    def first(self) -> Voice:
        """Who speaks, as intake takes it."""
        given = self.cleaned_data
        return Voice(
            receipt="", secrecy=given["secrecy"], name=given["name"], phone=given["phone"], words=given["said"]
        )

    def concerns(self) -> Concerns:
        """Whom it concerns."""
        return Concerns(chair=self.cleaned_data["chair"], superior=self.cleaned_data["superior"])


class TalkForm(ActForm):
    """Who invites to a talk, why, when and where."""

    reasons = forms.MultipleChoiceField(
        label="为什么约访",
        widget=forms.CheckboxSelectMultiple,
        error_messages={**EMPTY, "required": "请选为什么约访。"},
    )
    leader = choose("由谁谈")
    on = day("哪天")
    begins = clock("几点")
    place = line("地点", 80, "选职工不容易被人看见的地方。")
    words = words("对职工说的话", rows=2, required=False, help_text="写在职工自己那一页上，只有他们看得到。")

    def fill(self, reasons: Iterable[tuple[str, str]], leaders: Iterable[Post], today: date) -> None:
        """Reasons as the document says them, leaders the matter does not name."""
        self.offer("reasons", list(reasons))
        self.offer("leader", named(leaders), blank="请选")
        self.fields["on"].widget.attrs["min"] = today.isoformat()


class TalkedForm(ActForm):
    """What was said at a talk."""

    result = words("谈了什么、答应了什么", rows=5, help_text="写进卷宗，工会看得到；答应的事请另外交办。")
    met = number("来了几位")
    minutes = number("谈了多少分钟")

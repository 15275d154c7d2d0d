"""What staff type while getting a meeting ready: types and labels only.  What is right or wrong is said by the acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from huying.desk.forms.dossier import EMPTY, ActForm, choose, named, pick, words
from huying.files.rules import ACCEPT
from huying.mechanism.rules import Choice
from huying.meetings.models import Participant, Topic
from huying.meetings.rules import LONGEST_TITLE, Guest
from huying.org.models import Post


def line(label: str, length: int, help_text: str = "", *, required: bool = False) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, max_length=length, help_text=help_text, required=required, error_messages=EMPTY)


class PlanForm(ActForm):
    """Time, place, link, chair, why now."""

    title = line("会议名称", LONGEST_TITLE, required=True)
    starts_at = forms.DateTimeField(
        label="时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={**EMPTY, "invalid": "请写全日期和几点几分。"},
    )
    place = line("地点", 120, "当面开的写会议室；只在线上开的可以空着。")
    link = forms.URLField(
        label="线上入口",
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text="线上开的，贴上会议的网址。",
        error_messages={**EMPTY, "invalid": "网址认不出来，请从会议软件里整条复制。"},
    )
    chair = choose("主持人")
    chair_because = line("为什么不由工会负责人主持", 200, "由工会负责人主持的，不用填。")
    weighty = line("随时协商的缘由", 200, "每季度一次以外，因重大特殊事项随时开会的，写明是什么事。")

    def chairs(self, posts: Iterable[Post]) -> None:
        """Who may chair; the head of the union stands first."""
        self.offer("chair", named(posts))


class NewForm(PlanForm):
    """The kind and the topics besides; a name of its own is not needed."""

    kind = pick("开什么会")
    topics = forms.MultipleChoiceField(
        label="先列入哪些议题", required=False, widget=forms.CheckboxSelectMultiple, error_messages=EMPTY
    )
    title = line("会议名称", LONGEST_TITLE, "不填就用日期和种类，例如“2026年11月27日协商会议”。")
    field_order = ("kind", "starts_at", "place", "link", "chair", "chair_because", "topics", "weighty", "title")

    def fill(self, kinds: Iterable[Choice], topics: Iterable[Topic]) -> None:
        """The kinds the rules know, the topics that may go on an agenda."""
        self.offer("kind", [(one.code, f"{one.label}\n{one.note}") for one in kinds])
        self.offer("topics", [(str(one.pk), one.title) for one in topics])


class CallForm(ActForm):
    """What workers read of it, for the kinds that are announced to them."""

    announcement = words(
        "向职工公告", rows=6, required=False, help_text="写在单位的公开页面上。清空就不公告。不写人名和电话。"
    )


class CancelForm(ActForm):
    """Why it does not take place."""

    reason = forms.CharField(
        label="为什么取消",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="留在会议的经过里；请过的人只收到“会议取消”。",
        error_messages=EMPTY,
    )


class PlaceForm(ActForm):
    """Topics to put on the agenda."""

    topics = forms.MultipleChoiceField(
        label="可以上会的议题", widget=forms.CheckboxSelectMultiple, error_messages=EMPTY
    )

    def fill(self, topics: Iterable[Topic]) -> None:
        """Those reviewed and talked over."""
        self.offer("topics", [(str(one.pk), one.title) for one in topics])


class QuestionForm(ActForm):
    """A question to be answered at the meeting."""

    question = forms.CharField(
        label="列入一个问题",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="职工或职工代表要问的，一个问题写一条，不写是谁问的。",
        error_messages=EMPTY,
    )


class InviteForm(ActForm):
    """Whom to ask: those proposed by seat, and anybody else of the unit."""

    posts = forms.MultipleChoiceField(
        label="应当到会的人", required=False, widget=forms.CheckboxSelectMultiple, error_messages=EMPTY
    )
    other = choose("再请一位", required=False)

    def fill(self, proposed: Sequence[tuple[str, str]], others: Iterable[Post]) -> None:
        """Who is proposed and why; everybody else who could come."""
        self.offer("posts", list(proposed))
        self.offer("other", [(str(post.pk), _office(post)) for post in others], blank="不用再请")

    def chosen(self) -> list[str]:
        """Everybody ticked or picked."""
        return [*self.cleaned_data["posts"], *([self.cleaned_data["other"]] if self.cleaned_data["other"] else [])]


def _office(post: Post) -> str:
    office = post.title or post.get_role_display()
    return f"{post.person.name}·{post.department.name}·{office}" if post.department else f"{post.person.name}·{office}"


class GuestForm(ActForm):
    """Somebody who is not in the roster."""

    name = line("姓名", 40, required=True)
    title = line("职务", 60)
    side = choose("以什么身份参加")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Sides as people call them; a guest unless said otherwise."""
        super().__init__(*args, **kwargs)
        self.offer("side", [Participant.SIDES[2], *Participant.SIDES[:2]])

    def guest(self) -> Guest:
        """As the act takes it."""
        given = self.cleaned_data
        return Guest(name=given["name"], title=given["title"], side=given["side"])


class AnswerForm(ActForm):
    """Whether somebody comes: which of the two buttons was pressed, and the reason of an excuse."""

    coming = forms.ChoiceField(
        label="答复", choices=[("yes", "参加"), ("no", "请假")], error_messages=EMPTY, required=True
    )
    note = line("说明", 200, "请假的，写一下原因；参加的可以不写。")

    def given(self) -> dict[str, Any]:
        """As the acts take it."""
        return {"coming": self.cleaned_data["coming"] == "yes", "note": self.cleaned_data["note"]}


class PaperForm(ActForm):
    """Papers for everybody asked."""

    label = line("材料名称", 80, "参会人都看得到，不写人名。例如“第三季度班车运行情况”。", required=True)
    files = forms.FileField(  # type: ignore[assignment]  # declared fields leave the class
        label="文件",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text="照片、PDF、Word、Excel 等，一次一份，20 MB 以内",
        error_messages=EMPTY,
    )

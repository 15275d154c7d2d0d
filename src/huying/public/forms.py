"""Forms of the worker's pages: labels and types.  What is right or wrong is said by the acts."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from django import forms

from huying.cases.models import Secrecy
from huying.kernel.forms import SeveralFiles
from huying.org.models import Department
from huying.privacy.reads import Asking

SECRECY = {
    Secrecy.SEALED: "保密\n只有工会承办人知道您是谁；转给部门时，名字和电话都遮住。",
    Secrecy.NAMED: "实名\n经手这件事的人都看得到您的姓名和电话。",
    Secrecy.ANONYMOUS: "匿名\n不留名字。给您一个 16 位号码，凭它查进度、接着说。",
}


class _Files(forms.Form):
    """Anything photos and recordings can go along with."""

    files = SeveralFiles(label="照片、文件或录音")  # type: ignore[assignment]  # declared fields leave the class


def _text(label: str, *, rows: int = 0, required: bool = False, missing: str = "", **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs=more.pop("attrs", {}))
    errors = {"required": missing} if missing else {}
    return forms.CharField(label=label, required=required, widget=widget, error_messages=errors, **more)


class Say(_Files):
    """Everything on one page.  Unit, words and consent must be given."""

    place = forms.CharField(required=False)
    where = _text("您在哪个单位？", help_text="写单位或车间的名字，两个字以上。")
    words = _text("什么事？", rows=6, required=True, missing="请写一写是什么事，几句话就行。",
                  help_text="什么事、在哪儿、从什么时候起。想怎么解决，也可以写。")  # fmt: skip
    secrecy = forms.ChoiceField(
        label="您想怎么留名？", choices=list(SECRECY.items()), widget=forms.RadioSelect, initial=Secrecy.SEALED
    )
    name = _text("姓名或称呼", attrs={"autocomplete": "name"})
    phone = _text("手机", attrs={"inputmode": "tel", "autocomplete": "tel"},
                  help_text="需要问您、告诉您结果时打这个号码。")  # fmt: skip
    count = forms.IntegerField(
        label="还有几位和您一起说？", required=False, min_value=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0}),
        error_messages={"invalid": "请填数字。", "min_value": "请填数字。"},
        help_text="每一位都有自己的号码，自己看进度、自己评价。",
    )  # fmt: skip
    together = _text("他们是谁？", rows=3, help_text="一行写一位：姓名 电话。一律保密。")
    own_union = forms.BooleanField(
        label="不要经过本单位工会", required=False, help_text="直接交给上一级工会，本单位工会看不到。"
    )
    chair = forms.BooleanField(label="涉及工会主席", required=False)
    superior = _text("涉及我的上级", help_text="写姓名，或平时的称呼，例如“王主任”。")
    departments = forms.MultipleChoiceField(
        label="涉及某个部门", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    marked = _text("哪些词要遮住？", help_text="写出别人一看就知道是您的词，用逗号隔开。")
    urgent = forms.BooleanField(
        label="这件事很急", required=False, help_text="有人可能受伤，或者今天不办就来不及。工会马上收到提醒。"
    )
    separate = forms.MultipleChoiceField(
        label="您写到了敏感的信息，请单独同意", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    agreed = forms.BooleanField(
        label="我看过上面的说明，同意", error_messages={"required": "请先看一下说明，同意后再提交。"}
    )

    def __init__(
        self, *args: Any, departments: list[Department], asking: list[Asking] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["separate"].choices = [  # type: ignore[attr-defined]
            (one.kind, f"同意留下{one.label}\n{one.why}。{one.how}") for one in asking or []
        ]
        self.fields["departments"].choices = [(str(one.pk), one.name) for one in departments]  # type: ignore[attr-defined]


class Enter(forms.Form):
    """The way back."""

    receipt = _text("16 位号码", required=True, missing="请输入号码。",
                    attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "0000 0000 0000 0000"})  # fmt: skip


class Slip(forms.Form):
    """A rating by somebody's own link."""

    result = forms.ChoiceField(
        label="办得怎么样？", widget=forms.RadioSelect, error_messages={"required": "请选一个满意程度。"}
    )
    reasons = forms.MultipleChoiceField(
        label="哪里没办好？", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    words = _text("想说的话", rows=3)
    process = forms.ChoiceField(label="办的过程呢？", required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, scale: list[tuple[str, str]], reasons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("result", scale), ("process", scale), ("reasons", reasons)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if not reasons:
            del self.fields["reasons"]


class Rate(Slip):
    """The rating of a worker behind the case, by the own receipt."""

    case = forms.UUIDField(widget=forms.HiddenInput)


class Wider(forms.Form):
    """Whether delegates and colleagues may be asked as well."""

    case = forms.UUIDField(widget=forms.HiddenInput)
    agree = forms.ChoiceField(choices=[("yes", "同意"), ("no", "不同意")])


class Write(_Files):
    """A message, or what the union asked for."""

    case = forms.UUIDField(widget=forms.HiddenInput)
    text = _text("还想说", rows=3)


class Join(forms.Form):
    """One more person behind the case."""

    name = _text("姓名或称呼", attrs={"autocomplete": "off"})
    phone = _text("手机", attrs={"inputmode": "tel", "autocomplete": "off"})


class Disclose(forms.Form):
    """Speaking more openly from now on."""

    secrecy = forms.ChoiceField(label="从现在起", widget=forms.RadioSelect)
    name = _text("姓名或称呼", attrs={"autocomplete": "name"})
    phone = _text("手机", attrs={"inputmode": "tel", "autocomplete": "tel"})

    def __init__(self, *args: Any, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_to = [Secrecy.NAMED] if now == Secrecy.SEALED else [Secrecy.SEALED, Secrecy.NAMED]
        self.fields["secrecy"].choices = [(one, SECRECY[one]) for one in open_to]  # type: ignore[attr-defined]
        self.fields["secrecy"].initial = open_to[0]


class Withdraw(forms.Form):
    """Stepping back."""

    reason = _text("为什么不说了？", rows=3, help_text="密封保存，只有责任人写明理由才能看。")


class Retaliation(forms.Form):
    """Being punished for having spoken."""

    words = _text("发生了什么？", rows=5, required=True, missing="请写一写发生了什么。",
                  help_text="谁、什么时候、做了什么。例如调岗、扣钱、辞退、威胁。")  # fmt: skip


class Correct(forms.Form):
    """What the person sets right."""

    name = _text("姓名应该是", attrs={"autocomplete": "name"}, max_length=40)
    phone = _text("手机应该是", attrs={"inputmode": "tel", "autocomplete": "tel"}, max_length=30)
    about = _text("班组或岗位应该是", max_length=100)
    said = _text(
        "哪里不对？", rows=4, help_text="例如：日期记错了，应该是 11月3日。只填要改的。密封保存，只有责任人能看。"
    )

    def __init__(self, *args: Any, anonymous: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "phone", "about") if anonymous else ():
            del self.fields[name]


class Erase(forms.Form):
    """Said once more."""

    sure = forms.BooleanField(
        label="我知道清除以后谁也恢复不了", error_messages={"required": "请先看一下说明，勾上这一句。"}
    )


class Book(Say):
    """Handing a matter in with an hour on a reception day."""

    hour = forms.ChoiceField(
        label="您几点来？", widget=forms.RadioSelect,
        error_messages={"required": "请选一个时间。", "invalid_choice": "这个时间刚刚约满了，请换一个。写的都还在。"},
    )  # fmt: skip

    def __init__(self, *args: Any, hours: list[time], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hour"].choices = [(f"{hour:%H:%M}", f"{hour:%H:%M}") for hour in hours]  # type: ignore[attr-defined]

    def slot(self) -> time:
        """The hour chosen."""
        return time.fromisoformat(self.cleaned_data["hour"])

    def add_error(self, field: str | None, error: Any) -> None:
        """What the act says of the slot stands beside the hours."""
        super().add_error("hour" if field == "slot" else field, error)


class Again(forms.Form):
    """An hour for a matter handed in already."""

    when = forms.ChoiceField(
        label="哪天、几点？", widget=forms.RadioSelect,
        error_messages={"required": "请选一个时间。", "invalid_choice": "这个时间刚刚约满了，请换一个。"},
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> tuple[UUID, time]:
        """Day and hour."""
        day, hour = self.cleaned_data["when"].split(" ")
        return UUID(day), time.fromisoformat(hour)


class Comment(forms.Form):
    """A word on a promise."""

    text = _text("您怎么看？", rows=3, required=True, missing="请写一句话。", max_length=300,
                 help_text="不留名。请不要写别人的姓名和电话；电话、证件号会自动遮住。")  # fmt: skip


class Grade(forms.Form):
    """The rating of a promise's result."""

    grade = forms.ChoiceField(
        label="这件事办得怎么样？", widget=forms.RadioSelect, error_messages={"required": "请选一个满意程度。"}
    )

    def __init__(self, *args: Any, grades: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = grades  # type: ignore[attr-defined]

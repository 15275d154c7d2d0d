"""What is typed about a work record: types and labels only; what is right or wrong is said by the acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms

from huying.cases.models import Secrecy
from huying.cases.rules import Concerns, Voice
from huying.desk import reads
from huying.fieldwork.models import Record
from huying.fieldwork.reads import Chosen, words_of
from huying.fieldwork.rules import Deed
from huying.files.rules import ACCEPT
from huying.kernel.forms import SeveralFiles
from huying.mechanism.rules import RecordField, RecordKind, Rules
from huying.org.models import Post, Unit
from huying.org.rules import Member

DATE = {"type": "date"}
SECRECY = [
    (Secrecy.SEALED, "保密\n只有工会的责任人知道是谁"),
    (Secrecy.NAMED, "实名\n办理的人知道是谁"),
    (Secrecy.ANONYMOUS, "匿名\n谁也不知道是谁"),
]


def day(label: str, **more: Any) -> forms.DateField:
    """A day, as browsers ask for one."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"), **more)


def area(label: str, rows: int = 3, **more: Any) -> forms.CharField:
    """Words that are not needed."""
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **more)


class RecordForm(forms.Form):
    """One record in the order in which one remembers it."""

    on = day("哪一天", error_messages={"required": "请写是哪一天。"})
    begins = forms.TimeField(
        label="几点开始", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.DecimalField(
        label="用了多长时间（小时）", min_value=0, max_value=24, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
        error_messages={"required": "请写用了多长时间。"},
    )  # fmt: skip
    until = day("到哪一天", required=False, help_text="当天来回的不用填。几天的，时间写每天多少小时。")
    place = forms.CharField(
        label="单位、车间", max_length=120, required=False,
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )  # fmt: skip
    where = forms.CharField(label="具体地点", max_length=80, required=False, help_text="例如二号车间休息室。不写人名。")
    people = forms.MultipleChoiceField(
        label="谁参加了", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请选谁参加了。"}
    )
    leader = forms.ChoiceField(label="谁带队", required=False)
    theme = forms.CharField(label="主题", max_length=60, required=False, help_text="列表里看得到，不写人名。")
    workers_met = forms.IntegerField(label="见到职工几人", required=False, min_value=0)
    managers_met = forms.IntegerField(label="见到经营管理人员几人", required=False, min_value=0)
    heard = area("听到什么", rows=4, help_text="只有本单位工会和参加的人看得到。对方单位看不到。")
    promised = area("答应了什么")
    done = area("办了什么")
    ask = forms.BooleanField(
        label="请对方工会确认来过", required=False, initial=True,
        help_text="对方只看得到哪天、谁来过。暗访的、和对方领导有关的，请不要勾。",
    )  # fmt: skip
    number = forms.CharField(label="和哪件事有关", max_length=40, required=False, help_text="写事项的编号。")
    files = SeveralFiles(label="照片", accept=ACCEPT)  # type: ignore[assignment]  # the act names it so

    def __init__(
        self, *given: Any, actor: Member, union: Unit, kind: RecordKind, rules: Rules, people: Sequence[Post],
        fresh: bool = True, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(*given, **more)
        self.actor, self.union, self.kind, self.posts = actor, union, kind, list(people)
        shown: dict[str, Any] = self.fields
        shown["people"].choices = [(str(post.pk), _named(post)) for post in self.posts]
        shown["leader"].choices = [("", "没有带队的"), *[(str(post.pk), post.person.name) for post in self.posts]]
        for one in kind.fields:
            shown[f"own_{one.code}"] = _own(one, rules)
        shown["place"].required = kind.outside
        shown["place"].error_messages["required"] = "请写去了哪个单位、哪个车间。"
        if not kind.outside:
            del shown["ask"]
        if not fresh:
            del shown["files"], shown["number"]
        self.own = [f"own_{one.code}" for one in kind.fields]

    def clean_minutes(self) -> int:
        """Hours as minutes."""
        return int(self.cleaned_data["minutes"] * 60)

    def clean_place(self) -> Unit | None:
        """The unit meant by what was typed."""
        said = self.cleaned_data["place"].strip()
        if not said:
            return None
        found = self.union if said == self.union.name else reads.place_named(self.actor, said)
        if found is None:
            raise forms.ValidationError(f"没有找到“{said}”，或者不止一个。请从提示里选，或写全名。")
        return found

    def deed(self) -> Deed:
        """What was done."""
        given = self.cleaned_data
        plain = ("on", "until", "begins", "minutes", "place", "where", "theme", "heard", "promised", "done")
        return Deed(
            kind=self.kind.code, fields={one.code: given.get(f"own_{one.code}") for one in self.kind.fields},
            workers_met=given["workers_met"] or 0, managers_met=given["managers_met"] or 0, ask=given.get("ask", False),
            **{name: given[name] for name in plain},
        )  # fmt: skip

    def went(self) -> tuple[list[Post], UUID | None]:
        """Who took part, and who led."""
        chosen = set(self.cleaned_data["people"])
        leader = self.cleaned_data["leader"]
        return [post for post in self.posts if str(post.pk) in chosen], UUID(leader) if leader else None


def _named(post: Post) -> str:
    return f"{post.person.name}\n{post.title or post.get_role_display()}"


def _own(one: RecordField, rules: Rules) -> forms.Field:
    """One of the kind's own fields."""
    missing = {"required": f"请填写{one.label}。"}
    if one.kind == "number":
        return forms.IntegerField(label=one.label, required=one.must, min_value=0, error_messages=missing)
    if one.kind == "choice":
        offered = [(choice.code, choice.label) for choice in rules.options(one.options).choices]
        return forms.ChoiceField(
            label=one.label, choices=offered, required=one.must, widget=forms.RadioSelect, error_messages=missing
        )
    return forms.CharField(
        label=one.label, required=one.must, widget=forms.Textarea(attrs={"rows": 2}), error_messages=missing
    )


def typed_of(record: Record) -> dict[str, Any]:
    """A record as it stands in its form."""
    words, people = words_of(record), list(record.people.all())
    plain = ("on", "begins", "where", "theme", "workers_met", "managers_met")
    leader = next((str(one.post_id) for one in people if one.leads), "")
    return {
        **{name: getattr(record, name) for name in plain},
        "until": record.until if record.until != record.on else None,
        "minutes": f"{record.minutes / 60:g}",
        "place": record.place.name if record.place else "",
        "people": [str(one.post_id) for one in people], "leader": leader,
        "heard": words.heard, "promised": words.promised, "done": words.done,
        "ask": record.presence != "unasked",
        **{f"own_{code}": value for code, value in (*record.figures.items(), *words.texts.items())},
    }  # fmt: skip


class BornForm(forms.Form):
    """A case of what was heard: the words, and how whoever said it wants to be known."""

    words = forms.CharField(
        label="说了什么", widget=forms.Textarea(attrs={"rows": 5}), error_messages={"required": "请写是什么事。"}
    )
    secrecy = forms.ChoiceField(label="留名方式", choices=SECRECY, widget=forms.RadioSelect, initial=Secrecy.SEALED)
    name = forms.CharField(label="姓名", max_length=40, required=False)
    phone = forms.CharField(
        label="电话", max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    chair = forms.BooleanField(label="涉及那个单位的工会主席", required=False)
    own_union = forms.BooleanField(label="不想让本单位工会办，请上级工会办", required=False)

    def voice(self) -> Voice:
        """Who spoke; the receipt is given by the intake."""
        given = self.cleaned_data
        return Voice(
            receipt="", secrecy=given["secrecy"], name=given["name"], phone=given["phone"], about="",
            words=given["words"],
        )  # fmt: skip

    def concerns(self) -> Concerns:
        """Whom it concerns."""
        return Concerns(chair=self.cleaned_data["chair"], own_union=self.cleaned_data["own_union"])


class NumberForm(forms.Form):
    """A case by its number."""

    number = forms.CharField(label="事项编号", max_length=40, error_messages={"required": "请写事项的编号。"})


class PointForm(forms.Form):
    """One thing that was settled."""

    what = forms.CharField(
        label="议定了什么", widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "请写议定了什么。"}
    )
    who = forms.CharField(label="由谁去办", max_length=80, error_messages={"required": "请写由谁去办。"})
    due_on = day("什么时候做到", required=False)


class FollowPointForm(forms.Form):
    """How far it got."""

    result = forms.CharField(
        label="落实情况", widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "请写落实到哪一步。"}
    )
    done = forms.BooleanField(label="已经落实，不用再跟", required=False)


class DenyForm(forms.Form):
    """Why the unit visited says nobody came."""

    text = forms.CharField(
        label="说明", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写一句说明。"},
    )  # fmt: skip


class PickForm(forms.Form):
    """What a list is narrowed to, in the address."""

    kind = forms.ChoiceField(label="种类", required=False)
    union = forms.ChoiceField(label="哪个工会的", required=False)
    person = forms.ChoiceField(label="谁参加的", required=False)
    since = day("从", required=False)
    until = day("到", required=False)
    place = forms.CharField(label="去了哪里", max_length=40, required=False)
    withdrawn = forms.BooleanField(label="连撤回的一起看", required=False)

    def __init__(
        self, *given: Any, kinds: Mapping[str, str], unions: Sequence[Unit], people: Iterable[Post], **more: Any
    ) -> None:
        super().__init__(*given, **more)
        shown: dict[str, Any] = self.fields
        shown["kind"].choices = [("", "全部"), *kinds.items()]
        shown["union"].choices = [("", "全部"), *[(str(unit.pk), unit.name) for unit in unions]]
        shown["person"].choices = [("", "全部"), *[(str(post.person_id), post.person.name) for post in people]]
        if len(unions) < 2:
            del shown["union"]

    def chosen(self) -> Chosen:
        """The selection; what does not fit is left out."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return Chosen(
            kind=given.get("kind") or "", union=_id(given.get("union")), person=_id(given.get("person")),
            since=given.get("since"), until=given.get("until"), place=(given.get("place") or "").replace("\0", ""),
            withdrawn=bool(given.get("withdrawn")),
        )  # fmt: skip


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None

"""What staff type about people's own data and about opening what is sealed: types and labels only."""

from __future__ import annotations

from django import forms

from huying.cases.models import Hold
from huying.cases.rules import REASONS
from huying.desk.forms.dossier import EMPTY, ActForm, day, pick, words
from huying.privacy.models import Assessment


class AskUnsealingForm(ActForm):
    """Why it is to be opened, and whether it cannot wait."""

    reason = pick("理由")
    words = words("说明", rows=3, required=False, help_text="批准的人会看到。选“其他”的、紧急的，都要写明。不写姓名。")
    emergency = forms.BooleanField(
        label="人身有危险，等不及批准", required=False, help_text="马上打开一小时，事后由第二人核对，记录一直留着。"
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.offer("reason", list(REASONS.items()))


class DecideUnsealingForm(ActForm):
    """The second person's word."""

    grant = pick("决定")
    words = words("说明", rows=3, required=False, help_text="不同意的要写明理由，责任人会看到。")


class EnterRequestForm(ActForm):
    """What a person asked by telephone, in the talk or by letter."""

    party = pick("哪一位")
    kind = pick("要做什么")
    via = pick("怎样提出的")
    name = forms.CharField(label="更正后的姓名", required=False, max_length=40)
    phone = forms.CharField(label="更正后的电话", required=False, max_length=30)
    about = forms.CharField(label="更正后的班组或岗位", required=False, max_length=100)
    said = words("哪里不对，应该是什么", rows=3, required=False, help_text="只有要更正的才填。密封保存。")


class HoldForm(ActForm):
    """Why nothing may be erased."""

    why = pick("理由")
    until = day("到哪一天", required=False, help_text="不知道的可以不填，以后手动解除。")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.offer("why", list(Hold.WHY))


class AnswerRequestForm(forms.Form):
    """The union's answer, which the person reads."""

    stale: list[str] | None = None
    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label="给本人的答复", required=False, max_length=500, error_messages=EMPTY,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="本人会看到这段话。",
    )  # fmt: skip


class AssessmentForm(forms.Form):
    """A unit's impact assessment, in five short parts."""

    stale: list[str] | None = None
    purpose = words(Assessment.PARTS[0][1], rows=3)
    need = words(Assessment.PARTS[1][1], rows=3)
    risk = words(Assessment.PARTS[2][1], rows=3)
    measures = words(Assessment.PARTS[3][1], rows=4)
    conclusion = words(Assessment.PARTS[4][1], rows=3)


# What a unit starts from: true of the product, to be completed by the unit.
DRAFT = {
    "purpose": "职工反映事情时说到的姓名、电话、伤病、银行账号等，用来办理这件事、告诉本人结果，不作别的用途。",
    "need": "不知道是谁、怎样联系，就办不了、告知不了；愿意匿名的可以匿名。",
    "risk": "被涉及的人知道了是谁说的，可能打击报复；账号、伤病泄露，可能被人冒用或者另眼看待。",
    "measures": "每个人的身份和原话单独加密；只有责任人写明理由才能打开，每次都有记录，审计管理员每天看；部门只看遮住身份的内容；"
    "涉及的人看不到这件事；本人可以查阅、更正、要求清除；到期清除。",
}

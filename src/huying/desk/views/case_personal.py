"""Acts on a dossier about people's own data: a second person's word before opening, requests entered, holds."""

from __future__ import annotations

from typing import Any

from huying.cases import acts, reads
from huying.cases.models import Case, Party, PersonRequest
from huying.cases.rules import may_open_sealed
from huying.desk.forms import personal as forms
from huying.desk.forms.dossier import PlainForm
from huying.desk.views.case_table import CaseAct, Doing

VIA = [("phone", "电话"), ("face", "当面"), ("letter", "来信")]
GRANT = [("yes", "同意打开"), ("no", "不同意")]
CHECKED = [("yes", "确有危险，应当打开"), ("no", "没有危险，不该打开")]


def named(parties: list[Party]) -> list[tuple[str, str]]:
    """People behind a case without their names: 反映人（保密）, 联名 1（匿名）."""
    found = []
    for number, party in enumerate(parties):
        who = "反映人" if party.first else f"联名 {number}"
        found.append((str(party.pk), f"{who}（{party.get_secrecy_display()}）"))
    return found


def _parties(case: Case) -> list[Party]:
    return [party for party in reads.voices_of(case) if party.erased_at is None]


def _people(d: Doing) -> dict[str, Any]:
    d.form.offer("party", named(_parties(d.case)))
    d.form.offer("kind", list(PersonRequest.KINDS))
    d.form.offer("via", VIA)
    return {}


def _enter(d: Doing) -> Any:
    given = {**d.given}
    party = d.chosen("party", _parties(d.case))
    asked = {field: given[field] for field in ("name", "phone", "about", "said")}
    return acts.enter_request(
        case_id=d.case.pk, party_id=party.pk, kind=given["kind"], via=given["via"], asked=asked, **d.who
    )


def _decisions(d: Doing) -> dict[str, Any]:
    d.form.offer("grant", CHECKED if d.of.emergency else GRANT)
    return {"unsealing": d.of, "why": acts.REASONS.get(d.of.reason, d.of.reason)}


def _decide(d: Doing) -> Any:
    given = d.given
    return acts.decide_unsealing(unsealing_id=d.of.pk, grant=given["grant"] == "yes", words=given["words"], **d.who)


PERSONAL_ACTS: dict[str, CaseAct] = {
    "ask_unsealing": CaseAct(forms.AskUnsealingForm, "申请打开密封内容", "申请", "申请交上去了，批准后可以打开。", "lock-open",
        lambda d: acts.ask_unsealing(case_id=d.case.pk, **d.given, **d.who),
        may=lambda actor, case, of: may_open_sealed(actor, case),
        note="本单位的规则：打开身份和原话，要第二人批准。批准以后在规定的时间内可以打开，每次仍要写明理由。"),
    "decide_unsealing": CaseAct(forms.DecideUnsealingForm, "打开密封内容的申请", "就这样决定", "决定好了。", "gavel", _decide,
        fill=_decisions, template="unsealing", of="unsealing",
        may=lambda actor, case, of: of.granted is None and reads.may_decide(actor, of)),
    "enter_request": CaseAct(forms.EnterRequestForm, "登记本人的请求", "登记", "登记好了，请按期答复。", "id", _enter, fill=_people,
        note="职工打电话、当面或来信，要求查阅、复制、更正或清除自己的信息。请先核对是本人。"),
    "hold": CaseAct(forms.HoldForm, "保全", "保全", "保全了，这件事里的信息暂不清除。", "shield-lock",
        lambda d: acts.set_hold(case_id=d.case.pk, **d.given, **d.who),
        note="法律要求先留着的：有人要求清除时，改为冻结，只保存，谁也不打开；解除以后再清除。"),
    "lift_hold": CaseAct(PlainForm, "解除保全", "解除", "解除了。", "lock-open",
        lambda d: acts.lift_hold(hold_id=d.of.pk, **d.who), of="hold",
        note="理由不在了。有人要求清除过、因此冻结的，会在夜里清除。"),
}  # fmt: skip

"""Acts of the climb on a dossier: sending up, what a level answers, instructions, leaders' cases; and their buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huying.cases.models import Case
from huying.climb import acts, reads
from huying.climb.lifecycle import RUNG
from huying.desk.forms import climb as forms
from huying.desk.forms.dossier import PlainForm
from huying.desk.reads import Climb
from huying.desk.views.case_table import CaseAct, Doing
from huying.org.models import Unit
from huying.org.rules import Can, may

# The acts on a level by the names in the address, and by those in its table.
OF_RUNG = {"take_rung": "take", "give_back": "give_back", "send_on": "send_on", "solve": "solve"}


# --- what the forms offer and begin with ------------------------------------------------------------------------------


def _offer(d: Doing, sent_from: Unit) -> dict[str, Any]:
    """Where to, and who there will read it."""
    found = reads.targets(d.case, sent_from, d.today)
    d.form.levels(found)  # type: ignore[attr-defined]
    if "brief" in d.form.fields and not any(one.management for one in found):
        del d.form.fields["brief"]  # nobody of management reads along
    if len(found) == 1 or (found and found[0].next_up):
        d.form.initial.setdefault("unit", str(found[0].unit.pk))
    return {"levels": found, "released": d.case.files.filter(sealed=False).count()}


def _from_below(d: Doing) -> dict[str, Any]:
    return _offer(d, d.case.holder)


def _from_level(d: Doing) -> dict[str, Any]:
    return _offer(d, d.of.unit)


def _unit(d: Doing, sent_from: Unit) -> Unit:
    return d.chosen("unit", [one.unit for one in reads.targets(d.case, sent_from, d.today)])


def _send_up(d: Doing) -> Any:
    return acts.send_up(case_id=d.case.pk, version=d.version, **{**d.given, "unit": _unit(d, d.case.holder)}, **d.who)


def _send_on(d: Doing) -> Any:
    return acts.send_on(rung_id=d.of.pk, version=d.version, **{**d.given, "unit": _unit(d, d.of.unit)}, **d.who)


def _on_rung(act: Callable[..., Any]) -> Callable[[Doing], Any]:
    return lambda d: act(rung_id=d.of.pk, version=d.version, **d.given, **d.who)


def _leaders(d: Doing) -> dict[str, Any]:
    unit = reads.lead_unit(d.request.actor, d.case)
    d.form.leaders(reads.leaders_for(d.case, unit, d.today) if unit else [])  # type: ignore[attr-defined]
    return {}


def _put_under(d: Doing) -> Any:
    unit = reads.lead_unit(d.request.actor, d.case)
    leader = d.chosen("leader", reads.leaders_for(d.case, unit, d.today) if unit else [])
    return acts.put_under(case_id=d.case.pk, version=d.version, **{**d.given, "leader": leader}, **d.who)


def _end_lead(d: Doing) -> Any:
    return acts.end_lead(lead_id=d.of.pk, reason=d.given["reason"], **d.who)


def _instruct(d: Doing) -> Any:
    return acts.instruct(case_id=d.case.pk, text=d.given["text"], version=d.version, **d.who)


def _follow(d: Doing) -> Any:
    return acts.follow_up(instruction_id=d.of.pk, text=d.given["text"], **d.who)


# --- who may: the page asks as the act does ------------------------------------------------------------------------------


def _of_level(actor: Any, case: Case, of: Any) -> bool:
    return may(actor, Can.HANDLE_CASES, of.unit)


def _puts_under(actor: Any, case: Case, of: Any) -> bool:
    return reads.lead_unit(actor, case) is not None


def _writes(actor: Any, case: Case, of: Any) -> bool:
    return reads.instructing_post(actor, case) is not None


def _follows(actor: Any, case: Case, of: Any) -> bool:
    return reads.follows(actor, case) is not None


CLIMB_ACTS: dict[str, CaseAct] = {
    "send_up": CaseAct(forms.SendUpForm, "上报上级", "上报", "报上去了。上级的答复会提醒您，您这边一直看得到。", "arrow-up", _send_up,
        template="climb/send", fill=_from_below,
        note="本级解决不了的报到上一级。编号不变，由您接着跟、接着告诉职工；上级答复的时限从现在算起。"),
    "take_rung": CaseAct(PlainForm, "接收", "接收", "接收了。时限从报到那天算起。", "checkbox",
        _on_rung(acts.take_rung), of="rung", may=_of_level,
        note="接收以后由本级想办法：给出结果、交本级部门办理、退回并指导，或者再往上报。时限从报到那天算起，不从现在算。"),
    "solve": CaseAct(forms.ResultForm, "给出结果", "给出结果", "结果交给承办工会了。", "circle-check", _on_rung(acts.solve), of="rung",
        may=_of_level, note="承办工会会照这个结果告知职工，告知的时限从现在算起。"),
    "give_back": CaseAct(forms.GuidanceForm, "退回并指导", "退回", "退回了，指导意见交给了下级。", "arrow-back-up",
        _on_rung(acts.give_back), of="rung", may=_of_level, note="本级认为下级能办的，写明怎么办，退回一级。没有指导意见不能退。"),
    "send_on": CaseAct(forms.SendOnForm, "再往上报", "上报", "又报上去了一级。", "arrow-up", _send_on, template="climb/send", of="rung",
        may=_of_level, fill=_from_level, note="本级也解决不了的，再报一级。本级和下级都接着看得到。"),
    "lead": CaseAct(forms.LeadForm, "请领导包案", "交给这位领导", "请领导包案了。", "flag", _put_under, fill=_leaders, may=_puts_under,
        note="复杂疑难的事项，请一位领导牵头、负责到底。经办的仍是责任人。"),
    "end_lead": CaseAct(forms.EndLeadForm, "结束包案", "结束包案", "包案结束了。", "user-off", _end_lead, of="lead", may=_puts_under),
    "instruct": CaseAct(forms.InstructForm, "批示", "批示", "批示写好了，责任人会收到提醒。", "writing-sign", _instruct, may=_writes,
        note="责任人和正在办理的工会会看到，并登记落实情况；职工和部门看不到。"),
    "follow_up": CaseAct(forms.FollowForm, "登记落实情况", "登记", "落实情况登记好了，批示的领导会收到提醒。", "file-check", _follow,
        of="instruction", may=_follows, template="climb/follow"),
}  # fmt: skip


def climb_buttons(climb: Climb, button: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """What this reader's union may answer, the main act of the table first."""
    if climb.here is None:
        return []
    names = {table: name for name, table in OF_RUNG.items()}
    found = []
    for step in RUNG.possible(climb.here.status):
        if step.may != Can.HANDLE_CASES:
            continue
        if step.act == "assign":
            found.append(button("assign", label="交本级部门办理"))
        else:
            found.append(button(names[step.act], of=climb.here.pk, main=step.main))
    return found


def leaders_buttons(climb: Climb, button: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """Writing an instruction, putting the case under a leader's name."""
    found = [button("instruct")] if climb.instructs else []
    if climb.leads and climb.lead is None:
        found.append(button("lead"))
    elif climb.leads and climb.lead is not None:
        found.append(button("end_lead", of=climb.lead.pk))
    return found

"""Acts on a case, each a page of its own: one view serves the whole table; the buttons come from it too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from huying.cases import acts as cases
from huying.cases import reads
from huying.cases.lifecycle import CASE
from huying.cases.models import Case, CaseFile, Clock, ClockChange, Hold, Unsealing
from huying.cases.rules import Standing, standing
from huying.climb.lifecycle import RUNG
from huying.climb.models import Instruction, Lead, Rung
from huying.desk.acts import drop_draft
from huying.desk.forms import dossier as forms
from huying.desk.reads import Climb, act_url
from huying.desk.views import dossier_parts as parts
from huying.desk.views.case_climb import CLIMB_ACTS, OF_RUNG, climb_buttons, leaders_buttons
from huying.desk.views.case_personal import PERSONAL_ACTS
from huying.desk.views.case_table import ACTS as OF_CASE
from huying.desk.views.case_table import LATER, CaseAct, Doing
from huying.desk.views.topic_parts import raising_url
from huying.handling.lifecycle import ITEM
from huying.handling.models import Item
from huying.intake.acts import receipts_for
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import Asked, once, once_key, refusals_on, version_seen
from huying.org.rules import Can, check_may, may

ACTS: dict[str, CaseAct] = {**OF_CASE, **CLIMB_ACTS, **PERSONAL_ACTS}
OF_ITEM = ("department", "handler__person", "given_by__unit__merged_into")

# --- buttons --------------------------------------------------------------------------------------------------------


def _above_acts(case: Case, items: list[parts.ItemPart], climb: Climb) -> dict[str, Any]:
    """Buttons of a union that only reads the case, or that it climbed to: its answer, its own items, its leader's word."""

    def button(act: str, **given: Any) -> dict[str, Any]:
        return _button(act, case, **given)

    front = climb_buttons(climb, button)
    front += [made for part in items if climb.gave(part.item) and (made := _item_button(part, case))]
    leaders = leaders_buttons(climb, button)
    if not front and case.closed_at is None:
        front = [button("urge_union", label=f"督促{climb.active.unit.name}" if climb.active else "督促承办工会")]
    return {"first": _only_one_red(case, front), "more": leaders}


def next_acts(
    actor: Any, case: Case, stand: Standing, items: list[parts.ItemPart], climb: Climb, *, waiting: bool
) -> dict[str, Any]:
    """Buttons in the order of the table: the main one first, a few beside it, the rest behind “更多”."""
    if not stand.office:
        return _above_acts(case, items, climb)
    possible = [
        step for step in CASE.possible(case.status) if step.act in ACTS and may(actor, Can(step.may), case.holder)
    ]
    if case.status == "climbing" and climb.here is None:  # it is the level's turn
        possible = [step for step in possible if step.act != "assign"]
    names = [step.act for step in possible if step.main] + [
        act for act in ACTS if any(step.act == act and not step.main for step in possible)
    ]
    front = [button for part in items if (button := _item_button(part, case))]
    if waiting and stand.approves:
        front.append(_button("decide_reopen", case, main=True))
        names = [name for name in names if name != "reopen"]
    mains = _mains(possible) if case.status != "consulting" else set()  # its topic's next step comes first
    if case.status == "registered" and case.officer_id is None:
        names.remove("take")
        names.insert(0 if reads.unopened(case) else 1, "take")
        mains |= {"take"} if reads.unopened(case) else set()
    later = [name for name in names if name in LATER and not (name == "take" and case.officer_id is None)]
    buttons = front + [_button(name, case, main=name in mains) for name in names if name not in later]
    if case.status == "accepted":
        buttons.append({"act": "put_up", "label": CASE.by_act["put_up"].label, "icon": "messages",
                        "url": raising_url(case, case.holder), "main": False})  # fmt: skip
    for button in buttons:
        if waiting and button["act"] == "archive":
            button["why_not"] = "先决定是否重新办理。" if stand.approves else "职工不满意，等主席决定是否重新办理。"
    if climb.active is not None and climb.here is None:
        buttons.append(_button("urge_union", case, label=f"催请{climb.active.unit.name}答复"))
    more = [_button(name, case) for name in later]
    more += leaders_buttons(climb, lambda act, **given: _button(act, case, **given))
    more += [_button("enter_request", case), _button("hold", case)]
    if case.closed_at is None:
        more += [_button("join", case), _button("recuse_self", case)]
    return {"first": _only_one_red(case, buttons), "more": more}


def _mains(possible: list[Any]) -> set[str]:
    return {step.act for step in possible if step.main}


def _button(act: str, case: Case, *, main: bool = False, label: str = "", of: UUID | None = None) -> dict[str, Any]:
    step = CASE.by_act.get(act)
    label = label or (step.label if step else ACTS[act].title)
    if act == "take" and case.officer_id is not None:
        label = "换责任人"
    elif act == "release" and case.summary:
        label = "改公开摘要"
    return {
        "act": act,
        "label": label,
        "icon": ACTS[act].icon,
        "url": act_url(case, act, of),
        "main": main,
    }


def _item_button(part: parts.ItemPart, case: Case) -> dict[str, Any] | None:
    """What waits most on an item: giving it to another department, answering its department, else urging; red once its
    limit has passed."""
    status, name = part.item.status, part.item.department.name
    waiting = ("give_again", "answer", "urge") if part.asks else ("give_again", "urge")
    act = next((one for one in waiting if ITEM.may_now(status, one)), None)
    if act is None:
        return None
    late = part.limit is not None and part.limit.view.state == "late"
    label = {"give_again": f"重新交办（{name}退回）", "answer": f"答复{name}"}.get(act, f"催办{name}")
    url = reverse("desk:case_act_of", args=[case.pk, act, part.item.pk])
    return {"act": act, "label": label, "icon": ACTS[act].icon, "url": url, "main": act != "urge" or late}


def _only_one_red(case: Case, buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One red button in view, and none while it is somebody else's turn."""
    if case.status == "handling":
        for button in buttons:
            if button["act"] == "assign":
                button.update(label="再交办一项", main=False)
    first = next((button for button in buttons if button["main"] and "why_not" not in button), None)
    for button in buttons:
        button["main"] = button is first
    return sorted(buttons, key=lambda button: button is not first)


# --- the view -------------------------------------------------------------------------------------------------------


def _of(case: Case, kind: str, of: UUID | None) -> Any:
    """What an act is about beside the case, always through the case; ``NotYours`` when it is not there."""
    rows: dict[str, Any] = {
        "item": lambda: Item.objects.select_related(*OF_ITEM).filter(case=case),
        "clock": lambda: Clock.objects.select_related("unit").filter(case=case),
        "change": lambda: ClockChange.objects.select_related("clock__unit", "asked_by__person").filter(
            clock__case=case
        ),
        "party": lambda: reads.voices_of(case).filter(erased_at__isnull=True),
        "rung": lambda: Rung.objects.select_related("unit", "sent_from").filter(case=case),
        "lead": lambda: Lead.objects.select_related("post__person").filter(case=case),
        "instruction": lambda: Instruction.objects.select_related("post__person").filter(case=case),
        "hold": lambda: Hold.objects.filter(case=case, lifted_at__isnull=True),
        "unsealing": lambda: Unsealing.objects.select_related("asked_by__person", "case__holder").filter(case=case),
        "file": lambda: CaseFile.objects.select_related("file__key").filter(case=case, sealed=True),
    }
    if (of is None) != (kind == ""):
        raise NotYours
    found = rows[kind]().filter(pk=of).first() if kind else None
    if kind and found is None:
        raise NotYours
    return found


def _check_person(found: CaseAct, actor: Any, case: Case, of: Any) -> None:
    """May this person; the act asks again."""
    if found.may is not None:
        if not found.may(actor, case, of):
            raise NotYours
    elif found.can is not None:
        check_may(actor, found.can, case.holder)
    elif may(actor, Can.HANDLE_CASES, case.holder):
        raise NotYours


def _check_now(act: str, found: CaseAct, case: Case, of: Any) -> None:
    """May this now: asked before the page is shown; a form sent too late is refused by the act, beside what was typed."""
    if act in CASE.by_act:
        CASE.check_now(case.status, act)
    if found.of == "item":
        ITEM.check_now(of.status, act)
    if found.of == "rung":
        RUNG.check_now(of.status, OF_RUNG[act])
    if act in ("join", "recuse_self", "urge_union") and case.closed_at is not None:
        raise Refused("这件事已经办结。", "有新情况请另外登记。")


@require_http_methods(["GET", "POST"])
def case_act(request: Asked, case_id: UUID, act: str, of: UUID | None = None) -> HttpResponse:
    """The page of one act, and the act itself."""
    found = ACTS.get(act)
    if found is None:
        raise NotYours
    case = reads.get_for(request.actor, case_id)
    about = _of(case, found.of, of)
    _check_person(found, request.actor, case, about)
    posted = request.method == "POST"
    aside = posted and ("look" in request.POST or "find" in request.POST)
    if not posted or aside:
        _check_now(act, found, case, about)
    doing = Doing(request, case, about, found.form(*((request.POST, request.FILES) if posted and not aside else ())))
    doing.seen = version_seen(request)
    look = _look(doing, found) if found.beside else None
    doing.form = doing.form if doing.form.is_bound else found.form(initial=_initial(doing, found, typed=posted))
    extra = found.fill(doing)
    if doing.form.is_bound and doing.form.is_valid():
        with refusals_on(doing.form):
            return _done(doing, act, found)
    status = 422 if doing.form.is_bound or (look is not None and look.errors) else 200
    page = found.template if "/" in found.template else f"dossier/{found.template}"
    return render(request, f"desk/{page}.html", _context(doing, act, found, look, extra), status=status)


def _initial(doing: Doing, found: CaseAct, *, typed: bool) -> dict[str, Any]:
    """What the form begins with; what was typed already stays."""
    start = found.start(doing)
    if not typed:
        return start
    sent = doing.request.POST
    given = {name: sent.getlist(name) if name == "helping" else sent.get(name, "") for name in found.form.base_fields}
    return {**start, **{name: value for name, value in given.items() if value}}


def _look(doing: Doing, found: CaseAct) -> forms.OpenForm | None:
    """The sealed words beside the form, for the case officer who gives a reason."""
    if not standing(doing.request.actor, doing.case).officer:
        return None
    look = forms.OpenForm(
        doing.request.POST if "look" in doing.request.POST else None,
        prefix="look",
        initial={"reason": "summary" if "summary" in found.form.base_fields else "verify"},
    )
    look.use_required_attribute = False
    if look.is_bound and look.is_valid():
        before = doing.case.version
        with refusals_on(look):
            doing.opened = cases.open_sealed(case_id=doing.case.pk, **look.cleaned_data, **doing.who)
            doing.case = reads.get_for(doing.request.actor, doing.case.pk)
            if doing.seen == before:  # the look itself is no change by somebody else
                doing.seen = None
    return look


def _context(
    doing: Doing, act: str, found: CaseAct, look: forms.OpenForm | None, extra: dict[str, Any]
) -> dict[str, Any]:
    """What the page of an act needs."""
    case = doing.case
    current = doing.of.version if found.of == "item" else case.version
    return {
        "case": case,
        "act": found,
        "name": act,
        "form": doing.form,
        "of": doing.of,
        "version": current if doing.seen is None or doing.form.stale else doing.seen,
        "look": look,
        "opened": doing.opened,
        "talk": _talk(doing) if act == "message" and doing.opened else [],
        "clause": parts.badge(reads.rules_of(case), _clause(act, found)),
        "draft": _draft(doing, act),
        "lost_files": bool(doing.request.FILES),
        **extra,
    }


def _clause(act: str, found: CaseAct) -> str:
    """The clause an act carries out, by the tables."""
    table, act = (RUNG, OF_RUNG[act]) if found.of == "rung" else (ITEM if found.of == "item" else CASE, act)
    return {"decide_reopen": "MY-3.2.5a", "archive": "MY-3.2.5c", "lead": "BD-4.6b"}.get(
        act, table.by_act[act].clause if act in table.by_act else ""
    )


def _talk(doing: Doing) -> list[dict[str, Any]]:
    return parts.talk(reads.messages_with(doing.case, doing.of))


def _draft(doing: Doing, act: str) -> str:
    """The name under which half-written words of this act are kept."""
    return f"case-{act}-{(doing.of or doing.case).pk}"


def _done(doing: Doing, act: str, found: CaseAct) -> HttpResponse:
    """Run the act once and go on: to the case, to the next act on what was taken over unread, or away from a case that is
    no longer to be seen."""
    unopened = doing.case.status == "registered" and reads.unopened(doing.case)

    def do() -> str:
        made = found.do(doing)
        drop_draft(form=_draft(doing, act), by=doing.request.actor, at=doing.request.now)
        if found.said:
            messages.success(doing.request, found.said)
        if act == "recuse_self":
            return reverse("desk:today")
        if act == "take" and unopened and standing(doing.request.actor, made).officer:
            return reverse("desk:case_act", args=[made.pk, "accept"])
        return reverse("desk:case", args=[made.pk if act == "merge" else doing.case.pk])

    doing.check_files()
    answer: HttpResponse = once(doing.request, do)
    if act == "join":
        receipt = receipts_for(once_key(doing.request), 1)[0]
        answer = render(doing.request, "desk/dossier/joined.html", {"case": doing.case, "receipt": receipt})
    return answer


urls = [
    path("cases/<uuid:case_id>/<slug:act>/", case_act, name="case_act"),
    path("cases/<uuid:case_id>/<slug:act>/<uuid:of>/", case_act, name="case_act_of"),
]

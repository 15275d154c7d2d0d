"""Pages of the desk: mechanism packs in force, their clauses, the rules that come of them, house rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk.forms.rules import HouseForm, PackForm, limit_words
from huying.desk.reads import duty_words
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.mechanism import acts, reads
from huying.mechanism.models import HOUSE
from huying.mechanism.rules import (
    Category,
    Channel,
    Choices,
    ClockRule,
    Coded,
    CountRule,
    Duty,
    Form,
    Phase,
    Rules,
    Scale,
    Seat,
    Text,
)
from huying.org.models import Ownership, Unit
from huying.org.reads import looked_after, union_of
from huying.org.rules import Can, Member, check_may, may

KINDS = {
    "flow": "办理流程", "rule": "规则", "duty": "履职要求", "record": "登记", "doc": "文书", "view": "查看", "vote": "测评表决",
}  # fmt: skip
FOUND = 20


# --- whose rules ------------------------------------------------------------------------------------------------------


def _own_unions(actor: Member) -> list[Unit]:
    """The unions this person has a post in, each once."""
    return list({one.pk: one for post in actor.posts for one in [union_of(post.unit)]}.values())


def _unit(request: Asked) -> tuple[Unit, list[Unit]]:
    """The union whose rules are shown, and one's own unions.  Rules are no secret to staff, of units within reach."""
    own = _own_unions(request.actor)
    asked = request.POST.get("unit") or request.GET.get("unit")
    if not own:
        raise NotYours
    if not asked:
        return own[0], own
    try:
        pk = UUID(asked)
    except ValueError as error:
        raise NotYours from error
    reach = looked_after(request.actor, Can.PACKS, Can.READ_BELOW)
    unit = next((one for one in own if one.pk == pk), None) or reach.filter(pk=pk).first()
    if unit is None:
        raise NotYours
    return unit, own


def _address(name: str, unit: Unit, *args: Any) -> str:
    """A page of this group for a union."""
    return f"{reverse(f'desk:{name}', args=args)}?unit={unit.pk}"


# --- packs in force -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def packs(request: Asked) -> HttpResponse:
    """What a union works by: packs in force, packs it may adopt, every rule that comes of them."""
    unit, own = _unit(request)
    form = PackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        check_may(request.actor, Can.PACKS, unit)
        with refusals_on(form):
            return once(request, lambda: _decided(request, unit, form.cleaned_data))
    today = timezone.localdate(request.now)
    rules = reads.rules_for(unit, today)
    in_force = reads.adopted(unit, today)
    adopted = {one.pack.code for one in in_force}
    context = {
        "unit": unit,
        "own": own,
        "below": _below(request),
        "reaches_below": _reach(request).exclude(pk__in=[one.pk for one in own]).exists(),
        "q": request.GET.get("q", "").strip(),
        "may": may(request.actor, Can.PACKS, unit),
        "form": form,
        "in_force": in_force,
        "offered": [pack for pack in reads.shipped_packs() if pack.code not in adopted],
        "house": reads.house_adoption(unit, today),
        "rules": rules,
        "institution": _institution(unit, rules),
        "clocks": list(_clock_rows(rules)),
        "classes": [(row, rules.categories(parent=row.code)) for row in rules.categories(parent="")],
        "duties": [(duty, duty_words(duty, rules)) for duty in rules.duties()],
    }
    status = 422 if form.errors else 200
    return render(request, "desk/rules/packs.html", context, status=status)


def _institution(unit: Unit, rules: Rules) -> Text | None:
    """What a document says to public institutions, for one of them (MY-4.3)."""
    said = (one for clause in rules.clauses() for one in rules.of_clause(clause.id) if one.code == "institutions")
    found = next(said, None) if unit.ownership == Ownership.INSTITUTION else None
    return found if isinstance(found, Text) else None


def _reach(request: Asked) -> QuerySet[Unit]:
    """Unions whose rules this person may read: the own one and those below."""
    return looked_after(request.actor, Can.PACKS, Can.READ_BELOW).filter(has_union=True, closed_on__isnull=True)


def _below(request: Asked) -> list[Unit]:
    """Unions within reach found by name."""
    q = request.GET.get("q", "").strip()
    return list(_reach(request).filter(name__icontains=q)[:FOUND]) if q else []


def _decided(request: Asked, unit: Unit, given: Mapping[str, Any]) -> str:
    act, words = (acts.adopt, "采用") if given["act"] == "adopt" else (acts.drop, "停用")
    act(unit=unit, pack_code=given["pack"], by=request.actor, at=request.now)
    messages.success(request, f"已{words}。从今天起登记的事项按新的规则办，正在办的事项不受影响。")
    return _address("packs", unit)


def _clock_rows(rules: Rules) -> Iterator[dict[str, Any]]:
    """Every time limit with its words; of several for one clock, which usually counts."""
    for code in rules.clock_codes():
        several = rules.clocks(code)
        counts = rules.clock(code)
        for rule in several:
            yield {
                "rule": rule,
                "words": limit_words(rule.rule),
                "also": len(several) > 1 and rule is not counts,
                "counts": len(several) > 1 and rule is counts,
            }


# --- one pack, one clause -----------------------------------------------------------------------------------------------


@require_GET
def pack(request: Asked, code: str) -> HttpResponse:
    """The clauses of a pack with our summaries, and what each sets."""
    unit, _ = _unit(request)
    today = timezone.localdate(request.now)
    adoption = next((one for one in reads.adopted(unit, today) if one.pack.code == code), None)
    found = adoption.pack if adoption else reads.pack_of(code)
    if found is None:
        raise NotYours
    sets = _sets(found.body)
    context = {
        "unit": unit,
        "pack": found,
        "body": found.body,
        "adoption": adoption,
        "starting": code == HOUSE,
        "facts": [
            ("文号", found.number),
            ("印发", found.body["issuer"]),
            ("年份", found.body["date"]),
            ("采用", adoption.unit.name if adoption else ""),
        ],
        "rows": [(row, KINDS[row["kind"]], sets.get(row["id"], [])) for row in found.body["clauses"]],
        "crumbs": [("机制和细则", _address("packs", unit))],
    }
    return render(request, "desk/rules/pack.html", context)


def _sets(body: Mapping[str, Any]) -> dict[str, list[str]]:
    """Clause id to the labels of what the pack sets by it."""
    found: dict[str, list[str]] = {}
    for section in body.values():
        for row in section if isinstance(section, list) else []:
            if label := row.get("clause") and (row.get("label") or row.get("title") or row.get("text")):
                found.setdefault(row["clause"], []).append(label)
    return found


@require_GET
def clause(request: Asked, clause_id: str) -> HttpResponse:
    """One clause: where it stands, what it asks in our words, and which of this union's rules come from it."""
    unit, _ = _unit(request)
    rules = reads.rules_for(unit, timezone.localdate(request.now))
    found = reads.pack_with(clause_id)
    if found is None:
        raise NotYours
    row = next(row for row in found.body["clauses"] if row["id"] == clause_id)
    context = {
        "unit": unit,
        "pack": found,
        "body": found.body,
        "row": row,
        "kind": KINDS[row["kind"]],
        "in_force": clause_id in {one.id for one in rules.clauses()},
        "starting": found.code == HOUSE,
        "rules": [_said(rule) for rule in rules.of_clause(clause_id)],
        "crumbs": [("机制和细则", _address("packs", unit)), (found.number, _address("pack", unit, found.code))],
    }
    return render(request, "desk/rules/clause.html", context)


def _said(rule: Coded) -> tuple[str, str, str, Coded]:
    """What sort of rule it is, its label, what it says, and the rule."""
    sort, says = "说明", ""
    match rule:
        case ClockRule():
            sort, says = "时限", f"{rule.what}：{limit_words(rule.rule)}，从{rule.starts}的次日起，到{rule.stops}为止。"
        case CountRule():
            sort = "数目"
            says = f"{rule.what}：{'至少' if rule.sense == 'at_least' else '最多'} {rule.value} {rule.measure}。"
        case Duty():
            sort, says = "履职要求", f"{rule.what}。{rule.note}"
        case Phase():
            sort, says = "环节", rule.what
        case Seat():
            sort, says = "参加会议", rule.what
        case Scale():
            sort, says = "评价档次", "、".join(grade.label for grade in rule.grades)
        case Category():
            sort, says = ("类别" if not rule.parent else "二级类别"), rule.what
        case Channel():
            sort, says = "渠道", "" if rule.on else "本单位没有开通"
        case Choices():
            sort, says = "选项", "、".join(choice.label for choice in rule.choices)
        case Form():
            sort, says = "表单", "、".join(one.label for one in rule.fields)
    return sort, rule.label, says, rule


# --- house rules --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def house(request: Asked) -> HttpResponse:
    """What a union sets for itself, between the limits; who may not set it reads it."""
    unit, _ = _unit(request)
    today = timezone.localdate(request.now)
    current = reads.house_adoption(unit, today)
    form = HouseForm(
        request.POST or None,
        ground=reads.house_ground(unit, today),
        own=current.pack.body["changes"] if current else {},
        version=current.pack.version if current else 0,
    )
    if request.method == "POST":
        check_may(request.actor, Can.PACKS, unit)
        if form.is_valid():
            with refusals_on(form):
                return once(request, lambda: _set(request, unit, form))
    context = {
        "unit": unit,
        "form": form,
        "current": current,
        "may": may(request.actor, Can.PACKS, unit),
        "crumbs": [("机制和细则", _address("packs", unit))],
    }
    return render(request, "desk/rules/house.html", context, status=422 if form.errors else 200)


def _set(request: Asked, unit: Unit, form: HouseForm) -> str:
    changes = form.changes()
    version = form.cleaned_data["version"]
    acts.set_house_rules(unit=unit, changes=changes, version=version, by=request.actor, at=request.now)
    if changes:
        messages.success(request, "已存上。从今天起登记的事项按新的细则办，正在办的事项不受影响。")
    else:
        messages.info(request, "没有改动。")
    return _address("house-rules", unit)


urls = [
    path("rules/", packs, name="packs"),
    path("rules/packs/<slug:code>/", pack, name="pack"),
    path("rules/clause/<str:clause_id>/", clause, name="clause"),
    path("rules/house/", house, name="house-rules"),
]

"""今日: incidents to take note of, warnings whose step is due, information that is owed, what is to be explained or judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from huying.alerts.models import Finding, Incident, Warning
from huying.alerts.reads import drafts_waiting, due_of, not_noted, steps_due, to_explain, to_judge, visits_overdue
from huying.desk.reads._cases import Days, Line, Shown
from huying.desk.reads._today import few
from huying.org.rules import Can, Member


@dataclass(frozen=True)
class AlertsDay:
    """What this part of 今日 shows."""

    groups: tuple[dict[str, Any], ...]
    notes: tuple[dict[str, Any], ...]


def alerts_day(actor: Member, days: Days) -> AlertsDay:
    """Incidents first: they wait for nobody (eleven queries at most)."""
    groups = [_group("incidents", "突发事件，请确认收到", not_noted(actor), reverse("desk:incidents"), _incident)]
    notes: list[dict[str, Any]] = []
    if actor.units(Can.HANDLE_CASES):
        groups.append(
            _group(
                "warnings",
                "预警，下一步到日子了",
                steps_due(actor, days.today),
                _ledger("open"),
                lambda one: _warning(one, days),
            )
        )
        groups.append(
            _group(
                "explain", "请本单位说明", to_explain(actor), reverse("desk:findings"), lambda one: _finding(one, days)
            )
        )
        owed = due_of(actor, days.today)
        notes = [
            _note(drafts_waiting(actor).count(), "条预警待核实", _ledger("draft")),
            _note(len(visits_overdue(actor, days.today)), "个重点单位到日子没有走访", reverse("desk:watches")),
            *(_note(1, f"份要报：{one.words}", reverse("desk:information")) for one in owed),
        ]
        if actor.units(Can.READ_BELOW):
            notes.append(_note(to_judge(actor).count(), "处上报有出入，要您核实", reverse("desk:findings")))
    return AlertsDay(tuple(one for one in groups if one["rows"]), tuple(one for one in notes if one["n"]))


def _ledger(state: str) -> str:
    return f"{reverse('desk:warnings')}?state={state}"


def _note(n: int, words: str, href: str) -> dict[str, Any]:
    return {"n": n, "words": words, "href": href}


def _group(name: str, title: str, rows: QuerySet[Any], href: str, line: Callable[[Any], Line]) -> dict[str, Any]:
    found, total = few(rows)
    return {"name": name, "title": title, "rows": [line(one) for one in found], "total": total, "href": href}


def _incident(one: Incident) -> Line:
    href = reverse("desk:incident", args=[one.pk])
    facts = (one.code, one.unit.name, one.place)
    chip = Shown("soon", "演练") if one.drill else Shown("late", "等您确认")
    return Line(
        title=f"{one.mark}{one.what}", href=href, clock=chip, facts=facts, who=(), act="确认收到", act_href=href
    )


def _warning(one: Warning, days: Days) -> Line:
    href = reverse("desk:warning", args=[one.pk])
    left = (days.today - one.next_on).days if one.next_on else 0
    chip = Shown("late", f"过了 {left} 天") if left > 0 else Shown("soon", "今天要做")
    who = (one.watcher.person.name,) if one.watcher else ()
    act_href = reverse("desk:warning_act", args=[one.pk, "progress"])
    return Line(
        title=one.title,
        href=href,
        clock=chip,
        facts=(one.code, one.next_step),
        who=who,
        act="登记进展",
        act_href=act_href,
    )


def _finding(one: Finding, days: Days) -> Line:
    href = reverse("desk:finding", args=[one.pk])
    left = (one.due_on - days.today).days if one.due_on else 0
    chip = Shown("late", f"过期 {-left} 天") if left < 0 else Shown("soon", f"还有 {left} 天")
    act_href = reverse("desk:finding_act", args=[one.pk, "explain"])
    return Line(title=one.what, href=href, clock=chip, facts=(), who=(), act="说明情况", act_href=act_href)

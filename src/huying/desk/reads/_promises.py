"""What the desk shows of promises and research: rows, chips, what is due today, the printed plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.urls import reverse

from huying.desk.reads._cases import Days, Line, Shown
from huying.desk.reads._today import Day, Duty, Group, few, one_line
from huying.mechanism.rules import Choices
from huying.org.rules import Member
from huying.papers import reads as papers
from huying.promises import reads
from huying.promises.lifecycle import OVER
from huying.promises.models import Plan, Progress, Promise

PAPERS = Path(__file__).resolve().parent.parent / "papers"


def promise_chip(promise: Promise, days: Days) -> Shown:
    """How a promise stands, in a word."""
    if promise.status == "done":
        return Shown("done", "办成了")
    if promise.status == "failed":
        return Shown("paused", "没有办成，已说明")
    if promise.status == "drafted" or promise.deadline is None:
        return Shown("none", promise.state.staff)
    left = (promise.deadline - days.today).days
    if left < 0:
        return Shown("late", f"晚了 {-left} 天")
    return Shown("soon" if promise.deadline <= days.near else "ok", "今天到期" if not left else f"还有 {left} 天")


def promise_rows(promises: Iterable[Promise], days: Days, needs: Choices | None = None) -> list[Line]:
    """Promises as a list; of drafts what they lack."""
    return [_row(one, days, needs) for one in promises]


def _row(promise: Promise, days: Days, needs: Choices | None) -> Line:
    lacks = reads.missing(promise, needs) if needs is not None and promise.status == "drafted" else []
    due = f"{promise.deadline.month}月{promise.deadline.day}日前" if promise.deadline else ""
    facts = (f"还缺{'、'.join(lacks)}",) if lacks else (one_line(promise.measure), due)
    return Line(
        title=promise.title,
        href=reverse("desk:promise", args=[promise.pk]),
        clock=promise_chip(promise, days),
        facts=facts,
        who=(
            promise.person.person.name if promise.person else "",
            promise.department.name if promise.department else "",
        ),
        act="",
        act_href="",
    )


def promise_day(actor: Member, days: Days) -> Day:
    """Promises whose day has come or passed, and topics whose report is late (three queries at most)."""
    found, n = few(reads.due(actor, days.near))
    group = Group("promises", "到期的实事", promise_rows(found, days), n, reverse("desk:promises"))
    notes = (Duty(reads.late_topics(actor, days.today), "个调研课题该交报告了", reverse("desk:research")),)
    return Day((), (group,) if found else (), tuple(note for note in notes if note.n))


# --- the plan on paper ----------------------------------------------------------------------------------------------------


def plan_table(plan: Plan) -> list[dict[str, str]]:
    """One row a promise, as the plan is printed and exported (two queries)."""
    rows = list(reads.promises_of(plan))
    newest: dict[Any, str] = {}
    said = Progress.objects.filter(promise__in=rows).order_by("at").values_list("promise", "text")
    newest.update(said)
    return [
        {
            "n": str(number),
            "title": one.title,
            "measure": one.measure,
            "deadline": _day(one.deadline),
            "leader": one.leader.person.name if one.leader else "",
            "department": one.department.name if one.department else "",
            "person": one.person.person.name if one.person else "",
            "result": _result(one, newest.get(one.pk, "")),
        }
        for number, one in enumerate(rows, 1)
    ]


def _result(promise: Promise, newest: str) -> str:
    said = promise.result if promise.status in OVER else newest
    return f"{promise.state.staff}。{said}" if said else promise.state.staff


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def plan_paper(plan: Plan, today: date, fmt: str) -> bytes:
    """The plan and what became of it, as PDF or Word."""
    data: dict[str, Any] = {
        "title": f"{plan.year}年为职工办实事计划",
        "note": plan.opening or plan.unit.name,
        "rows": plan_table(plan),
        "issuer": plan.unit.name,
        "issued_on": today.isoformat(),
        "printed_on": today.isoformat(),
    }
    if fmt == "pdf":
        return papers.pdf(PAPERS / "promises.typ", data)
    return papers.docx(PAPERS / "promises.docx", {**data, "issued_on": _day(today)})

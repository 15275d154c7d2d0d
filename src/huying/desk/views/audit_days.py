"""Pages of the audit administrator: each day's looks with what stands out, to print and to export; who did what; what expires."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from huying.cases.reads import expiring
from huying.desk.reads import AUDIT_COLUMNS as COLUMNS
from huying.desk.reads import Day, acts_in_words, acts_of, day_list, looks
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, file_answer, workbook_answer
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Rules
from huying.org.models import Person, Post, Unit
from huying.org.reads import managed_units
from huying.org.rules import Can
from huying.papers import reads as papers

PAGE = 50
PAPER = Path(__file__).resolve().parent.parent / "papers" / "looks.typ"


def _units(request: Asked, *cans: Can) -> QuerySet[Unit]:
    """Units this administrator looks after, or a missing page."""
    can = next((one for one in cans if request.actor.units(one)), None)
    if can is None:
        raise NotYours
    return managed_units(request.actor, can)


def _rules(request: Asked, can: Can) -> Rules:
    return rules_for(request.actor.units(can)[0], timezone.localdate(request.now))


def _day(request: Asked) -> date:
    try:
        found = parse_date(request.GET.get("day", ""))
    except ValueError:
        found = None
    return min(found or timezone.localdate(request.now), timezone.localdate(request.now))


def _listed(request: Asked) -> tuple[date, list[Day]]:
    day = _day(request)
    return day, day_list(looks(request.actor, _units(request, Can.AUDIT)), day, _rules(request, Can.AUDIT))


@require_GET
def audit_day(request: Asked) -> HttpResponse:
    """Who looked how often on one day; what stands out is marked."""
    day, rows = _listed(request)
    today = timezone.localdate(request.now)
    context = {
        "day": day,
        "rows": rows,
        "marked": sum(bool(row.marks) for row in rows),
        "heads": ["谁", *[label for _, label in COLUMNS], "提示"],
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
    }
    return render(request, "desk/audit/day.html", context)


@require_GET
def audit_day_print(request: Asked) -> HttpResponse:
    """The day as a paper, with a line to sign."""
    day, rows = _listed(request)
    heads = [label for _, label in COLUMNS]
    body = [[row.name, row.post, *[str(n) for _, n in row.figures], "；".join(row.marks)] for row in rows]
    data = {
        "title": f"{day.year}年{day.month}月{day.day}日查阅清单",
        "unit": request.actor.units(Can.AUDIT)[0].name,
        "printed_on": timezone.localdate(request.now).isoformat(),
        "heads": heads,
        "rows": body,
    }
    return file_answer(papers.pdf(PAPER, data), f"looks-{day:%Y%m%d}.pdf", inline=True)


@require_GET
def audit_day_table(request: Asked) -> FileResponse:
    """The day as a table."""
    day, rows = _listed(request)
    columns = [papers.Column("姓名", 14), papers.Column("任职", 30)]
    columns += [papers.Column(label, 10) for _, label in COLUMNS] + [papers.Column("提示", 40)]
    body: list[list[papers.Cell]] = [
        [row.name, row.post, *[n for _, n in row.figures], "；".join(row.marks)] for row in rows
    ]
    table = papers.xlsx(columns, body, title="查阅清单")
    return workbook_answer(table, f"looks-{day:%Y%m%d}")


@require_GET
def audit_acts(request: Asked) -> HttpResponse:
    """Who did what, by codes: no number, no words, no way to the case."""
    units = _units(request, Can.AUDIT)
    person = _person(request, units)
    rows = acts_of(request.actor, units, person=person)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "acts": acts_in_words(page.object_list),
        "person": person,
        "people": Person.objects.filter(posts__in=Post.objects.filter(unit__in=units.values("pk")))
        .distinct()
        .order_by("name_sort")[:200],
    }
    return render(request, "desk/audit/acts.html", context)


def _person(request: Asked, units: QuerySet[Unit]) -> UUID | None:
    given = request.GET.get("person", "")
    if not given:
        return None
    try:
        person = UUID(given)
    except ValueError as error:
        raise NotYours from error
    if not Post.objects.filter(unit__in=units.values("pk"), person=person).exists():
        raise NotYours
    return person


@require_GET
def expires(request: Asked) -> HttpResponse:
    """What retention would take away now, union by union: counts only."""
    units = _units(request, Can.AUDIT, Can.SYSTEM)
    rows = expiring(units.filter(has_union=True), timezone.localdate(request.now))
    return render(request, "desk/audit/expires.html", {"rows": rows})


urls = [
    path("audit/day/", audit_day, name="audit_day"),
    path("audit/day/looks.pdf", audit_day_print, name="audit_day_print"),
    path("audit/day/looks.xlsx", audit_day_table, name="audit_day_table"),
    path("audit/acts/", audit_acts, name="audit_acts"),
    path("audit/expires/", expires, name="expires"),
]

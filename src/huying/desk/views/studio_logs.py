"""Pages of the daily work log and of the file of opinion."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk import reads as desk
from huying.desk.forms.studios import LogForm
from huying.desk.views.one_form import OneForm, one_form
from huying.fieldwork import acts, reads
from huying.kernel.errors import NotYours
from huying.kernel.templatetags.huying import daycn, qs
from huying.kernel.web import Asked, file_answer, who, workbook_answer
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Rules
from huying.org.models import Person, Unit
from huying.org.rules import Can, may
from huying.papers import reads as papers
from huying.papers.reads import Cell, Column
from huying.trail.acts import note_reading

PER_PAGE = 50
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
EARLIEST = 2000


def _crumbs(unit: Unit) -> list[tuple[str, str]]:
    way = [("群众工作室", reverse("desk:studios"))]
    return way if unit.is_upper else [*way, (unit.name, reverse("desk:studio", args=[unit.pk]))]


# --- the work log -----------------------------------------------------------------------------------------------------------


def _person(request: Asked, unit: Unit) -> Person | None:
    """Whose own log is asked for; nobody: the unit's."""
    if not (given := request.GET.get("person")):
        return None
    try:
        found = reads.person_of(unit, UUID(given))
    except ValueError as error:
        raise NotYours from error
    if found is None:
        raise NotYours
    return found


def _month(said: str, today: date) -> tuple[date, date]:
    """The first and last day of the month the address names; else of this one."""
    match = MONTH.fullmatch(said)
    year, month = (int(match[1]), int(match[2])) if match else (today.year, today.month)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


@require_GET
def work_log(request: Asked, unit_id: UUID) -> HttpResponse:
    """A month of the unit's log, or of one person's own."""
    unit = reads.union_for(request.actor, unit_id)
    today, person = timezone.localdate(request.now), _person(request, unit)
    first, last = _month(request.GET.get("month", ""), today)
    before = (date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)).strftime("%Y-%m")
    after = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    own = next((post.person for post in request.actor.posts if post.unit_id == unit.pk), None)
    keepers = reads.log_keepers(unit)
    if own and may(request.actor, Can.HANDLE_CASES, unit) and own not in keepers:
        keepers = [own, *keepers]
    context = {
        "unit": unit,
        "person": person,
        "keepers": keepers,
        "me": request.actor.person_id,
        "days": reads.logged_month(request.actor, unit, first, last, person),
        "first": first,
        "before": before,
        "after": after.strftime("%Y-%m") if after <= today else "",
        "today": today,
        "writes": may(request.actor, Can.HANDLE_CASES, unit)
        and (person is None or person.pk == request.actor.person_id),
        "tail": f"?person={person.pk}" if person else "",
        "crumbs": _crumbs(unit),
    }
    return render(request, "desk/studios/log.html", context)


@require_http_methods(["GET", "POST"])
def work_log_day(request: Asked, unit_id: UUID, on: str) -> HttpResponse:
    """One day: what records and cases say, and what is added by hand."""
    unit = reads.union_for(request.actor, unit_id)
    day, person = _day(on), _person(request, unit)
    found = reads.logged_day(request.actor, unit, day, person)
    own = person is not None and person.pk == request.actor.person_id
    writes = may(request.actor, Can.HANDLE_CASES, unit) and (person is None or own)
    writes = writes and day <= timezone.localdate(request.now)
    if request.method == "POST" and not writes:
        raise NotYours
    tail = f"?person={person.pk}" if person else ""
    form = LogForm(request.POST or None, initial={"text": found.log.text if found.log else ""})

    def do() -> str:
        acts.write_log(unit=unit, on=day, own=own, **form.cleaned_data, **who(request))
        return reverse("desk:work_log_day", args=[unit_id, on]) + tail

    month = f"{reverse('desk:work_log', args=[unit_id])}{tail or '?'}{'&' if tail else ''}month={day:%Y-%m}"
    more = {
        "unit": unit, "person": person, "day": found, "lines": _lines(found, rules_for(unit, day)), "writes": writes,
        "version": found.log.version if found.log else None, "tail": tail, "on": on,
    }  # fmt: skip
    title = f"{person.name}的工作日志" if person else "工作日志"
    crumbs = [*_crumbs(unit), (title, month)]
    page = OneForm(daycn(day), month, crumbs, template="desk/studios/log_day.html", more=more)
    return one_form(request, form, page, do, "日志保存了。")


def _day(said: str) -> date:
    try:
        found = date.fromisoformat(said)
    except ValueError as error:
        raise Http404 from error
    if found.year < EARLIEST:
        raise Http404
    return found


def _lines(day: reads.LoggedDay, rules: Rules) -> list[dict[str, Any]]:
    """A day's records and steps as lines of time, what, who."""
    kinds = {one.code: one.label for one in rules.records()}
    lines: list[dict[str, Any]] = []
    for row in day.records:
        where = row.place.name if row.place else row.where
        met = f"见到职工 {row.workers_met} 人" if row.workers_met else ""
        words = "，".join(part for part in (kinds.get(row.kind, "工作记录"), where, row.theme, met) if part)
        names = "、".join(one.person.name for one in row.people.all()) or row.by.person.name
        lines.append({"time": f"{row.begins:%H:%M}" if row.begins else "", "what": words, "who": names, "href": ""})
    for step in day.steps:
        words, href = (
            f"{step.label}：{step.case.number} {step.case.shown_title}",
            reverse("desk:case", args=[step.case_id]),
        )
        name = step.post.person.name if step.post else ""
        lines.append({"time": f"{timezone.localtime(step.at):%H:%M}", "what": words, "who": name, "href": href})
    return sorted(lines, key=lambda line: line["time"])


@require_GET
def work_log_print(request: Asked, unit_id: UUID, span: str) -> HttpResponse:
    """A day or a whole month to be printed; the look is written down."""
    unit, today = reads.union_for(request.actor, unit_id), timezone.localdate(request.now)
    person = _person(request, unit)
    first, last = _month(span, today) if MONTH.fullmatch(span) else (_day(span),) * 2
    rules = rules_for(unit, last)
    days = [
        {
            "on": daycn(day.on),
            "lines": [[line["time"], line["what"], line["who"]] for line in _lines(day, rules)],
            "text": day.log.text if day.log else "",
            "by": day.log.by.person.name if day.log else "",
        }
        for day in reads.logged_days(request.actor, unit, first, last, person)
    ]
    note_reading(root=unit.root_id or unit.pk, what="work_log", subject=unit.pk, unit=unit.pk, **who(request))
    title = f"{person.name}工作日志" if person else "工作日志"
    body = reads.log_paper(title=title, unit=unit.name, days=days, printed_on=today)
    return file_answer(body, f"工作日志{span}.pdf")


# --- the file of opinion ------------------------------------------------------------------------------------------------------


def _year(request: Asked) -> tuple[int, date, date]:
    today = timezone.localdate(request.now)
    said = request.GET.get("year", "")
    year = int(said) if re.fullmatch(r"20\d\d", said) and int(said) <= today.year else today.year
    return year, date(year, 1, 1), min(date(year, 12, 31), today)


@require_GET
def opinion_file(request: Asked, unit_id: UUID) -> HttpResponse:
    """The chronicle of a year; or, matter by matter, what was known when and told to whom."""
    unit = reads.union_for(request.actor, unit_id)
    year, first, last = _year(request)
    tab, kind = request.GET.get("tab", ""), request.GET.get("kind", "")
    kind = kind if kind in dict(desk.OPINION_KINDS) else ""
    context: Any = {"request": request}
    if tab == "known":
        rows: list[Any] = desk.known(request.actor, unit, first, last, timezone.localdate(request.now))
        told = request.GET.get("told", "")
        if told in ("yes", "no"):
            rows = [row for row in rows if bool(row.told) == (told == "yes")]
        options: list[Any] = [("told", "报告", (("", "全部"), ("yes", "报告过的"), ("no", "没有往上报的")), told)]
    else:
        tab, rows = "", desk.chronicle(request.actor, unit, first, last, kind)
        options = [("kind", "哪一类", (("", "全部"), *desk.OPINION_KINDS), kind)]
    this = timezone.localdate(request.now).year
    options.append(("year", "年度", tuple((str(one), f"{one} 年") for one in range(this, this - 3, -1)), str(year)))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "unit": unit, "tab": tab, "page": page, "rows": page.object_list, "year": year, "labels": dict(desk.OPINION_KINDS),
        "groups": [_group(context, *one) for one in options], "crumbs": _crumbs(unit), "filtered": bool(kind or request.GET.get("told")),
        "clause": _clause(rules_for(unit, last), "BD-3" if tab else "BD-4.3a"),
    }  # fmt: skip
    return render(request, "desk/studios/opinion.html", shown)


def _clause(rules: Rules, code: str) -> Any:
    try:
        return rules.clause(code)
    except KeyError:
        return None


def _group(context: Any, key: str, label: str, options: tuple[tuple[str, str], ...], now: str) -> dict[str, Any]:
    found = [
        {"label": words, "url": qs(context, **{key: code or None, "page": None}), "current": code == now}
        for code, words in options
    ]
    return {"label": label, "options": found}


@require_GET
def opinion_file_xlsx(request: Asked, unit_id: UUID) -> FileResponse:
    """The year as a workbook; that it left is written down."""
    unit = reads.union_for(request.actor, unit_id)
    year, first, last = _year(request)
    columns: tuple[Column, ...]
    if request.GET.get("tab") == "known":
        columns, body, title = KNOWN, _known(request, unit, first, last), "知道和报告"
    else:
        columns, body, title = CHRONICLE, _chronicle(request, unit, first, last), "舆情档案"
    note_reading(root=unit.root_id or unit.pk, what="export", subject=unit.pk, unit=unit.pk, **who(request))
    book = papers.xlsx(columns, body, title=title)
    return workbook_answer(book, f"{unit.short_name}{title}{year}")


KNOWN = (Column("什么时候知道", 14), Column("怎么知道的", 16), Column("知道了什么", 60), Column("现在", 14), Column("报告给谁", 30),
         Column("第一次报告", 14), Column("隔了几天"))  # fmt: skip
CHRONICLE = (Column("日期", 14), Column("类别", 14), Column("来处", 16), Column("内容", 60), Column("报告给谁", 24))


def _known(request: Asked, unit: Unit, first: date, last: date) -> Iterator[tuple[Cell, ...]]:
    for one in desk.known(request.actor, unit, first, last, timezone.localdate(request.now)):
        whom = "、".join(told.whom for told in one.told)
        yield one.on, one.how, one.what, one.state, whom, one.told[0].on if one.told else None, one.days


def _chronicle(request: Asked, unit: Unit, first: date, last: date) -> Iterator[tuple[Cell, ...]]:
    labels = dict(desk.OPINION_KINDS)
    for one in desk.chronicle(request.actor, unit, first, last):
        yield one.on, labels[one.kind], one.how, one.what, one.whom


urls = [
    path("studios/<uuid:unit_id>/log/", work_log, name="work_log"),
    path("studios/<uuid:unit_id>/log/<slug:on>/", work_log_day, name="work_log_day"),
    path("studios/<uuid:unit_id>/log/<slug:span>.pdf", work_log_print, name="work_log_print"),
    path("studios/<uuid:unit_id>/opinion/", opinion_file, name="opinion_file"),
    path("studios/<uuid:unit_id>/opinion.xlsx", opinion_file_xlsx, name="opinion_file_xlsx"),
]

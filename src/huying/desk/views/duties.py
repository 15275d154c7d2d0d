"""Pages of the desk: duties of a unit (履职), of the units below, what is behind a figure, clause by clause (条款对照)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from huying.desk import reads as shown
from huying.duties import reads
from huying.duties.rules import Standing
from huying.kernel.errors import NotYours
from huying.kernel.templatetags.huying import qs
from huying.kernel.web import Asked, file_answer, today_of, workbook_answer
from huying.mechanism.reads import rules_for
from huying.org.models import Unit
from huying.org.rules import Can, Member
from huying.papers import reads as papers
from huying.papers.reads import Cell, Column

PER_PAGE = 25


# --- whose duties -----------------------------------------------------------------------------------------------------------


def _reader(request: Asked) -> shown.DutyReader:
    """Who looks, at which unit: the own one, or one asked for that this person may see; ``NotYours`` otherwise."""
    actor: Member = request.actor
    own = list({unit.pk: unit for can in (Can.READ_CASES, Can.READ_FIGURES) for unit in actor.units(can)}.values())
    if not own:
        raise NotYours
    unit = own[0]
    if asked := request.GET.get("unit"):
        found = next((one for one in own if str(one.pk) == asked), None) or _below(actor).filter(pk=_key(asked)).first()
        if found is None:
            raise NotYours
        unit = found
    return shown.duty_reader(actor, unit, rules_for(unit, today_of(request)).count("small_cell").value)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotYours from error


def _below(actor: Member) -> QuerySet[Unit]:
    """Unions below the ones whose cases this person reads from above."""
    found = Unit.objects.none()
    for unit in actor.units(Can.READ_BELOW):
        found = found | reads.unions_below(unit)
    return found.order_by("path")


def _crumbs(reader: shown.DutyReader) -> list[tuple[str, str]]:
    """The way here, where it leads from the units below."""
    if reader.circle or not reader.opens:
        return []
    return [("下级履职", reverse("desk:duties_below"))]


# --- one unit -----------------------------------------------------------------------------------------------------------------


@require_GET
def duties(request: Asked) -> HttpResponse:
    """How a unit stands: what is missing first, then its year period by period; every figure opens what is behind it."""
    reader, on = _reader(request), today_of(request)
    years = list(range(max(reads.begun_in(reader.unit, on), on.year - 4), on.year + 1))
    year = next((one for one in years if str(one) == request.GET.get("year")), on.year)
    now, of_year = reads.standing_and_year(reader.unit, year, on, blind=reader.actor)
    rows, strips = shown.duty_rows(now, reader, on), shown.strip_rows(of_year, reader, on)
    context: Any = {"request": request}
    return render(
        request,
        "desk/duties/duties.html",
        {
            "reader": reader,
            "unit": reader.unit,
            "rows": rows,
            "strips": strips,
            "year": year,
            "years": [(one, qs(context, year=one if one != on.year else None)) for one in years],
            "today_x": shown.strip_today(year, on),
            "months": shown.STRIP_MONTHS,
            "begins": sorted({row.begins for row in strips if row.begins}),
            "has_people": reader.opens and any(row.standing.people for row in rows),
            "reaches_below": bool(request.actor.units(Can.READ_BELOW)),
            "crumbs": _crumbs(reader),
        },
    )


@require_GET
def mine(request: Asked) -> HttpResponse:
    """What falls on the reader in person, at every unit where the reader holds something: what is missing first."""
    actor: Member = request.actor
    units = list({unit.pk: unit for unit in actor.units(Can.READ_CASES)}.values())
    if not units or actor.person_id is None:
        raise NotYours
    on = today_of(request)
    rows = []
    for row in reads.standing_of_person(actor.person_id, units, on, blind=actor):
        reader = shown.duty_reader(actor, row.unit, 0)
        rows += [(row.unit, figure) for figure in shown.duty_rows([row], reader, on)]
    return render(request, "desk/duties/mine.html", {"rows": rows, "many": len(units) > 1})


@require_GET
def people_xlsx(request: Asked) -> FileResponse:
    """Who has done how much of the duties of persons, in the running periods, as a workbook."""
    reader, on = _reader(request), today_of(request)
    if not reader.opens:
        raise NotYours
    columns = (Column("姓名", 12), Column("要求", 24), Column("依据", 24), Column("期次", 18), Column("做了"), Column("要做"),
               Column("按此进度"), Column("单位", 6), Column("现在", 18))  # fmt: skip
    people = [one for row in reads.standing(reader.unit, on, blind=reader.actor) for one in row.people]
    return _workbook(columns, (_of_person(one) for one in people), f"{reader.unit.short_name}干部履职", on)


def _of_person(one: Standing) -> tuple[Cell, ...]:
    share = 2 if one.halves else 1
    pace = one.pace / share if one.pace is not None else ""
    name = one.person.name if one.person is not None else ""
    return (name, one.duty.label, one.duty.clause.badge, one.period.label, one.done / share, one.need / share, pace,
            one.measure, one.label)  # fmt: skip


@require_GET
def duty(request: Asked, code: str) -> HttpResponse:
    """What is behind one figure: meetings, cases, with what is wrong with each."""
    reader, on = _reader(request), today_of(request)
    found = reads.duty_of(reader.unit, code, on)
    if found is None or (found.per_case and not reader.opens):
        raise NotYours
    row = _of_one(request, _of_period(request, reader, code, on))
    deeds = reads.behind(row, on, blind=reader.actor)
    if row.person is not None:
        deeds = [deed for deed in deeds if deed.person == row.person.pk]
    (figure,) = shown.duty_rows([row], reader, on)
    tail = f"?unit={reader.unit.pk}"
    context = {
        "unit": reader.unit,
        "row": row,
        "figure": figure,
        "people": shown.duty_rows(row.people, reader, on),
        "deeds": [] if row.people else shown.behind_rows(deeds, reader.actor),
        "crumbs": [*_crumbs(reader), ("履职", reverse("desk:duties") + tail)],
    }
    return render(request, "desk/duties/duty.html", context)


def _of_one(request: Asked, row: Standing) -> Standing:
    """The standing of one person, where the address names one; ``NotYours`` for somebody on whom the duty does not fall."""
    if not (asked := request.GET.get("person")):
        return row
    found = next((one for one in row.people if one.person is not None and str(one.person.pk) == asked), None)
    if found is None:
        raise NotYours
    return found


def _of_period(request: Asked, reader: shown.DutyReader, code: str, on: date) -> Standing:
    """The standing whose period holds the day asked for, or the running one; ``NotYours`` where nothing was owed."""
    try:
        day = date.fromisoformat(request.GET.get("since", "")) if request.GET.get("since") else on
    except ValueError as error:
        raise NotYours from error
    strips = reads.year(reader.unit, day.year, on, blind=reader.actor)
    cells = next((strip.cells for strip in strips if strip.duty.code == code), ())
    row = next((row for period, row in cells if row is not None and period.since <= day < period.until), None)
    if row is None or not reader.shows(row):
        raise NotYours
    return row


# --- the units below --------------------------------------------------------------------------------------------------------


STATES = (("", "全部"), ("missed", "没有做到"), ("soon", "快到期"), ("met", "都做到"))


def _rows_below(request: Asked) -> tuple[Unit, QuerySet[Unit], str, str]:
    """The units below with how they stand, filtered by state and name."""
    actor: Member = request.actor
    tops = actor.units(Can.READ_BELOW)
    if not tops:
        raise NotYours
    rows = reads.below(tops[0], today_of(request), blind=actor)
    state, q = request.GET.get("state", ""), request.GET.get("q", "").strip()[:40]
    if state == "missed":
        rows = rows.filter(n_missed__gt=0)
    elif state == "soon":
        rows = rows.filter(n_soon__gt=0)
    elif state == "met":
        rows = rows.filter(n_missed=0, n_soon=0)
    return tops[0], rows.filter(name__contains=q) if q else rows, state, q


@require_GET
def below(request: Asked) -> HttpResponse:
    """Who is behind: worst first."""
    top, rows, state, q = _rows_below(request)
    context: Any = {"request": request}
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lacking = reads.lacking(list(page.object_list), today_of(request), blind=request.actor)
    options = [
        {"label": label, "url": qs(context, state=code or None, page=None), "current": state == code}
        for code, label in STATES
    ]
    return render(
        request,
        "desk/duties/below.html",
        {
            "unit": top,
            "page": page,
            "rows": [(one, lacking[one.pk]) for one in page.object_list],
            "groups": [{"label": "现在", "options": options}],
            "q": q,
            "filtered": bool(state or q),
        },
    )


@require_GET
def below_xlsx(request: Asked) -> FileResponse:
    """The same as a workbook."""
    top, rows, *_ = _rows_below(request)
    columns = (
        Column("单位", 36),
        Column("现在没有做到"),
        Column("快到期"),
        Column("做到"),
        Column("近一年没有做到的期数", 20),
    )
    body = ((one.name, one.n_missed, one.n_soon, one.n_met, one.n_year) for one in rows.iterator())
    return _workbook(columns, body, f"{top.short_name}下级履职", today_of(request))


def _workbook(columns: tuple[Column, ...], rows: Iterator[tuple[Cell, ...]], title: str, on: date) -> FileResponse:
    book = papers.xlsx(columns, rows, title=title)
    return workbook_answer(book, f"{title}{on:%Y%m%d}")


# --- clause by clause -------------------------------------------------------------------------------------------------------


@require_GET
def clauses(request: Asked) -> HttpResponse:
    """Every clause of the adopted documents: what carries it out, and whether it is met now."""
    reader, on = _reader(request), today_of(request)
    rows = shown.clause_rows(reader.unit, reader, on)
    unmet = [row for row in rows if row.state in ("missed", "soon")]
    only = request.GET.get("only") == "unmet"
    counts = {state: sum(row.state == state for row in rows) for state in ("met", "missed", "soon")}
    return render(
        request,
        "desk/duties/clauses.html",
        {
            "unit": reader.unit,
            "rows": unmet if only else rows,
            "phases": shown.phase_rows(rules_for(reader.unit, on)),
            "all": len(rows),
            "unmet": len(unmet),
            "only": only,
            "counts": counts,
            "enforced": sum(not row.figures for row in rows),
            "crumbs": [*_crumbs(reader), ("履职", f"{reverse('desk:duties')}?unit={reader.unit.pk}")],
        },
    )


@require_GET
def clauses_xlsx(request: Asked) -> FileResponse:
    """The table of clauses as a workbook."""
    reader, on = _reader(request), today_of(request)
    columns = (Column("条款", 30), Column("要求", 50), Column("由什么落实", 16), Column("怎样落实", 50), Column("现在", 20),
               Column("数字", 30))  # fmt: skip
    rows = shown.clause_rows(reader.unit, reader, on)
    body = (
        (row.clause.badge, row.clause.summary, row.carrier.name, row.carrier.words, row.now, _figures(row))
        for row in rows
    )
    return _workbook(columns, body, f"{reader.unit.short_name}条款对照", on)


def _figures(row: shown.ClauseRow) -> str:
    return "；".join(
        f"{one.standing.duty.label}：{one.figure} / {one.of} {one.measure}".replace(" /  ", "") for one in row.figures
    )


@require_GET
def clauses_pdf(request: Asked) -> HttpResponse:
    """The table of clauses to be printed."""
    reader, on = _reader(request), today_of(request)
    rows = [
        reads.ClauseLine(
            row.clause.badge, row.clause.summary, f"{row.carrier.name}：{row.carrier.words}", row.now, _figures(row)
        )
        for row in shown.clause_rows(reader.unit, reader, on)
    ]
    body = reads.printed_clauses(rows, title=f"{reader.unit.name}条款对照", on=on)
    return file_answer(body, f"条款对照{on:%Y%m%d}.pdf")


urls = [
    path("duties/", duties, name="duties"),
    path("duties/below/", below, name="duties_below"),
    path("duties/below.xlsx", below_xlsx, name="duties_below_xlsx"),
    path("duties/mine/", mine, name="my_duties"),
    path("duties/people.xlsx", people_xlsx, name="duties_people_xlsx"),
    path("duties/<slug:code>/", duty, name="duty"),
    path("clauses/", clauses, name="clauses"),
    path("clauses.xlsx", clauses_xlsx, name="clauses_xlsx"),
    path("clauses.pdf", clauses_pdf, name="clauses_pdf"),
]

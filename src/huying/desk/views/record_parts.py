"""Pages of the desk beside the records: visits to confirm, what joint meetings settled, the ledger of cadres, surveys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk import reads as desk
from huying.desk.forms.records import DenyForm, FollowPointForm, PointForm
from huying.desk.views.records import PER_PAGE, own, page_of, picked
from huying.fieldwork import acts, reads
from huying.fieldwork.models import Presence, RecordPoint
from huying.kernel.errors import NotYours, Refused, only
from huying.kernel.templatetags.huying import qs
from huying.kernel.web import Asked, file_answer, once, refusals_on, today_of, who, workbook_answer
from huying.mechanism.reads import rules_for
from huying.notices.acts import mark_read
from huying.org.models import Unit
from huying.org.rules import Can
from huying.papers import reads as papers
from huying.trail.acts import note_reading

LEDGER = "工会干部深入基层服务职工工作台账"
SURVEYS = "企业走访调查台账"
MOST_PRINTED = 500


# --- the unit visited: date, who, presence; nothing else ---------------------------------------------------------------------


@require_GET
def visits(request: Asked) -> HttpResponse:
    """Who says to have been here: those that wait for an answer first."""
    if not reads.offices(request.actor):
        raise NotYours
    page = Paginator(reads.visits(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    rows = sorted(page.object_list, key=lambda one: one.presence != Presence.ASKED)
    return render(request, "desk/records/visits.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
def visit(request: Asked, record_id: UUID) -> HttpResponse:
    """One visit, confirmed or not."""
    found = reads.visit_for(request.actor, record_id)
    denies = request.method == "POST" and request.POST.get("do") == "deny"
    form = DenyForm(request.POST if denies else None)

    def do() -> str:
        if denies:
            acts.deny_presence(record_id=found.pk, text=form.cleaned_data["text"], **who(request))
        else:
            acts.confirm_presence(record_id=found.pk, **who(request))
        messages.success(request, "写下了，谢谢您。")
        return reverse("desk:visits")

    if request.method == "POST" and (not denies or form.is_valid()):
        with refusals_on(form):
            return once(request, do)
    if request.method == "GET":
        mark_read(subject=found.pk, **who(request))
    context = {"visit": found, "people": list(found.people.all()), "form": form}
    return render(request, "desk/records/visit.html", context, status=422 if form.errors else 200)


# --- what joint meetings settled (SX-16) ---------------------------------------------------------------------------------------


@require_POST
def settle(request: Asked, record_id: UUID) -> HttpResponse:
    """Write down one thing that was settled."""
    found = reads.get_record(request.actor, record_id)
    form = PointForm(request.POST, auto_id="point-%s")
    if form.is_valid():
        with refusals_on(form):

            def do() -> str:
                acts.settle_point(record_id=found.pk, **form.cleaned_data, **who(request))
                return f"{reverse('desk:record', args=[found.pk])}#settled"

            return once(request, do)
    if found.union_id not in {unit.pk for unit in reads.offices(request.actor)}:
        raise NotYours
    return page_of(request, found, point=form, status=422)


@require_GET
def points(request: Asked) -> HttpResponse:
    """What was settled and is not done yet, the most urgent first."""
    if not reads.offices(request.actor):
        raise NotYours
    page = Paginator(reads.open_points(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"point": one, **reads.point_words(one.record, one)} for one in page.object_list]
    return render(request, "desk/records/points.html", {"page": page, "rows": rows, "today": today_of(request)})


@require_http_methods(["GET", "POST"])
def follow(request: Asked, point_id: UUID) -> HttpResponse:
    """How far it got."""
    point: RecordPoint = only(reads.open_points(request.actor).filter(pk=point_id))
    words = reads.point_words(point.record, point)
    form = FollowPointForm(request.POST or None, initial={"result": words["result"]})

    def do() -> str:
        acts.follow_point(point_id=point.pk, **form.cleaned_data, **who(request))
        messages.success(request, "写下了。")
        return reverse("desk:record_points")

    if form.is_bound and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    context = {"point": point, "words": words, "form": form}
    return render(request, "desk/records/follow.html", context, status=422 if form.errors else 200)


# --- the ledger of cadres at the grassroots (SX-19a) --------------------------------------------------------------------------------


def _ledger(request: Asked) -> dict[str, Any]:
    form, today, unit = picked(request), today_of(request), own(request)
    rules = rules_for(unit, today)
    clause = next((one for one in rules.forms() if one.code == desk.LEDGER_FORM), None)
    query = request.GET.copy()
    query.pop("page", None)
    return {
        "form": form, "unit": unit, "today": today, "fields": desk.ledger_fields(rules), "query": query.urlencode(),
        "clause": clause.clause if clause else None, "rows": reads.selected(request.actor, form.chosen()),
        "filtered": any(query.values()),
    }  # fmt: skip


@require_GET
def ledger(request: Asked) -> HttpResponse:
    """The seven fields for every record of a selection, by union, person and period."""
    found = _ledger(request)
    page = Paginator(found["rows"], PER_PAGE).get_page(request.GET.get("page"))
    lines = [
        (row, [(label, row.cells.get(code, "")) for code, label in found["fields"]])
        for row in desk.cadre_rows(list(page.object_list), request.actor, found["today"])
    ]
    _looked(request, found["unit"], "record")
    heads = ["日期", *[label for _, label in found["fields"]]]
    return render(request, "desk/records/ledger.html", {**found, "page": page, "lines": lines, "heads": heads})


@require_GET
def ledger_book(request: Asked) -> FileResponse:
    """The same as a workbook."""
    found = _ledger(request)
    _may_export(request, found["unit"])
    columns = [papers.Column("日期", 12), *[papers.Column(label, 24) for _, label in found["fields"]]]
    rows: Iterator[list[papers.Cell]] = (
        [row.record.on, *[row.cells.get(code, "") for code, _ in found["fields"]]]
        for row in desk.cadre_rows(found["rows"].iterator(chunk_size=200), request.actor, found["today"])
    )
    _looked(request, found["unit"], "export")
    return workbook_answer(papers.xlsx(columns, rows, title=LEDGER), f"{LEDGER}{found['today']:%Y%m%d}")


@require_GET
def ledger_print(request: Asked) -> HttpResponse:
    """The same on paper."""
    found = _ledger(request)
    _may_export(request, found["unit"])
    if found["rows"].count() > MOST_PRINTED:
        raise Refused(f"超过 {MOST_PRINTED} 条，一次打印不下。", "请把日期选短一些，或者导出 .xlsx。")
    rows = [
        [f"{row.record.on}", *[row.cells.get(code, "") for code, _ in found["fields"]]]
        for row in desk.cadre_rows(found["rows"], request.actor, found["today"])
    ]
    _looked(request, found["unit"], "export")
    heads = ["日期", *[label for _, label in found["fields"]]]
    body = desk.printed_ledger(LEDGER, found["unit"].name, found["today"], heads, rows)
    return file_answer(body, f"{LEDGER}{found['today']:%Y%m%d}.pdf", inline=True)


def _may_export(request: Asked, unit: Unit) -> None:
    if request.actor.post_for(Can.EXPORT, unit) is None:
        raise NotYours


def _looked(request: Asked, unit: Unit, what: str) -> None:
    """A list with words in it is a look, too."""
    note_reading(root=unit.root_id or unit.pk, what=what, unit=unit.pk, **who(request))


# --- surveys of enterprises: the ledger, and who was not visited yet (QD-4.2) ----------------------------------------------------------


def _above(request: Asked) -> Unit:
    """The union that looks at what is below it."""
    units = request.actor.units(Can.READ_BELOW)
    if not units:
        raise NotYours
    return next((unit for unit in units if str(unit.pk) == request.GET.get("union")), units[0])


def _period(request: Asked, today: date) -> tuple[date, date]:
    """The period of the address; this year without one."""
    days = []
    for name, usual in (("since", today.replace(month=1, day=1)), ("until", today)):
        try:
            days.append(date.fromisoformat(request.GET.get(name, "")))
        except ValueError:
            days.append(usual)
    return days[0], days[1]


def _surveyed(request: Asked) -> dict[str, Any]:
    unit, today = _above(request), today_of(request)
    since, until = _period(request, today)
    rows = reads.surveyed(request.actor, unit, since, until)
    total, left = rows.count(), rows.filter(last__isnull=True).count()
    return {"unit": unit, "since": since, "until": until, "rows": rows, "total": total, "left": left, "today": today}


@require_GET
def surveys(request: Asked) -> HttpResponse:
    """Every enterprise below: those not visited in the period first."""
    found = _surveyed(request)
    tab = "done" if request.GET.get("tab") == "done" else "left"
    rows = found["rows"].filter(last__isnull=tab == "left")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    kind = reads.kinds_of(found["unit"], found["today"]).get("enterprise_survey")
    context: Any = {"request": request}
    tabs = [("left", f"还没有走访的 {found['left']}"), ("done", f"走访过的 {found['total'] - found['left']}")]
    links = [(words, qs(context, tab=code, page=None), code == tab) for code, words in tabs]
    heads = ["单位", "职工", "走访次数", "最近一次"]
    shown = {**found, "page": page, "heads": heads, "tab": tab, "tabs": links, "clause": kind.clause if kind else None}
    return render(request, "desk/records/surveys.html", shown)


@require_GET
def surveys_book(request: Asked) -> FileResponse:
    """The coverage as a workbook."""
    found = _surveyed(request)
    _may_export(request, found["unit"])
    heads = ("单位", "职工人数", "期内走访次数", "最近一次")
    rows = ([one.name, one.workers, one.times, one.last or "还没有"] for one in found["rows"])
    _looked(request, found["unit"], "export")
    book = papers.xlsx([papers.Column(head, 20) for head in heads], rows, title=SURVEYS)
    return workbook_answer(book, f"{SURVEYS}{found['today']:%Y%m%d}")


urls = [
    path("visits/", visits, name="visits"),
    path("visits/<uuid:record_id>/", visit, name="visit"),
    path("records/<uuid:record_id>/settle/", settle, name="record_settle"),
    path("records/points/", points, name="record_points"),
    path("records/points/<uuid:point_id>/", follow, name="record_follow"),
    path("records/ledger/", ledger, name="record_ledger"),
    path("records/ledger/ledger.xlsx", ledger_book, name="record_ledger_xlsx"),
    path("records/ledger/ledger.pdf", ledger_print, name="record_ledger_pdf"),
    path("records/surveys/", surveys, name="record_surveys"),
    path("records/surveys/surveys.xlsx", surveys_book, name="record_surveys_xlsx"),
]

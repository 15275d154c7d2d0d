"""Pages of the desk: research topics of the year (调研课题) and the reports on them."""

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

from huying.desk.acts import drop_draft
from huying.desk.forms.dossier import named
from huying.desk.forms.promises import DropForm, ReportForm, TopicForm
from huying.desk.reads._cases import Line, Shown
from huying.files.acts import check
from huying.files.reads import response
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on, today_of, who, workbook_answer
from huying.mechanism.reads import rules_for
from huying.notices.acts import mark_read
from huying.org.models import Unit
from huying.org.reads import holders
from huying.org.rules import Can, Member, may
from huying.papers import reads as papers
from huying.papers.reads import Cell, Column
from huying.promises import acts, reads
from huying.promises.models import ResearchReport
from huying.trail.acts import note_reading

PER_PAGE = 25


@require_GET
def research(request: Asked) -> HttpResponse:
    """Topics by year: who leads, until when, what came in."""
    actor: Member = request.actor
    if not actor.units(Can.READ_CASES):
        raise NotYours
    today = today_of(request)
    page = Paginator(reads.topics(actor), PER_PAGE).get_page(request.GET.get("page"))
    units = reads.plan_units(actor)
    context = {
        "page": page,
        "rows": [_row(topic, today) for topic in page.object_list],
        "office": bool(units),
        "clause": rules_for(units[0], today).record("research").clause if units and _knows(units[0], today) else None,
    }
    return render(request, "desk/promises/research.html", context)


def _knows(unit: Unit, today: date) -> bool:
    return any(kind.code == "research" for kind in rules_for(unit, today).records())


def _row(topic: Any, today: date) -> Line:
    return Line(
        title=topic.title,
        href=reverse("desk:research-topic", args=[topic.pk]),
        clock=Shown(*reads.topic_state(topic, topic.n_reports, today)),
        facts=(f"{topic.year}年", f"{topic.due.month}月{topic.due.day}日前交", topic.unit.name),
        who=(topic.lead.person.name, topic.lead.title),
        act="",
        act_href="",
    )


@require_GET
def research_xlsx(request: Asked) -> FileResponse:
    """The same as a workbook."""
    if not request.actor.units(Can.READ_CASES):
        raise NotYours
    today = today_of(request)
    columns = (
        Column("年份", 8),
        Column("单位", 30),
        Column("课题", 40),
        Column("牵头", 12),
        Column("哪天前交", 14),
        Column("情况", 20),
    )
    book = papers.xlsx(columns, _cells(reads.topics(request.actor), today), title="调研课题")
    return workbook_answer(book, f"调研课题{today:%Y%m%d}")


def _cells(rows: Any, today: date) -> Iterator[tuple[Cell, ...]]:
    for topic in rows.iterator():
        _, words = reads.topic_state(topic, topic.n_reports, today)
        yield topic.year, topic.unit.name, topic.title, topic.lead.person.name, topic.due, words


@require_http_methods(["GET", "POST"])
def research_new(request: Asked) -> HttpResponse:
    """A topic for the year."""
    units = {str(unit.pk): unit for unit in reads.plan_units(request.actor)}
    if not units:
        raise NotYours
    today = today_of(request)
    unit = units.get(request.GET.get("unit", "")) or next(iter(units.values()))
    if not _knows(unit, today):
        return render(request, "desk/promises/no_research.html", {"unit": unit})
    leads = {str(post.pk): post for post in holders(unit, Can.READ_CASES, today).order_by("starts_on", "pk")}
    form = TopicForm(request.POST or None, initial={"year": str(today.year)})
    form.offer("year", [(str(one), f"{one}年") for one in (today.year, today.year + 1)])
    form.offer("lead", named(leads.values()), blank="请选")

    def do() -> str:
        given = form.cleaned_data
        made = acts.add_topic(
            unit=unit, year=int(given["year"]), title=given["title"], why=given["why"], lead=leads[given["lead"]],
            due=given["due"], **who(request),
        )  # fmt: skip
        drop_draft(form="research-new", **who(request))
        return reverse("desk:research-topic", args=[made.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, do)
            messages.success(request, "课题定好了，牵头的人会收到提醒。")
            return answer
    context = {
        "form": form, "unit": unit, "clause": rules_for(unit, today).record("research").clause,
        "units": [one for one in units.values() if one.pk != unit.pk],
    }  # fmt: skip
    return render(request, "desk/promises/research_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def topic(request: Asked, topic_id: UUID) -> HttpResponse:
    """One topic with its reports; handing one in is the form on it."""
    found = reads.topic_for(request.actor, topic_id)
    mark_read(subject=found.pk, **who(request))
    rows, today = reads.reports_of(found), today_of(request)
    writes = reads.writes_on(request.actor, found) and not any(one.author_id == request.actor.person_id for one in rows)
    form = ReportForm(request.POST or None, request.FILES or None)
    draft = f"report-{found.pk}"
    if request.method == "POST":
        if not writes:
            raise NotYours
        if form.is_valid():
            with refusals_on(form):
                answer = _submit(request, found.pk, form, draft)
                messages.success(request, "报告交上了，记在您名下。")
                return answer
    context = {
        "topic": found, "chip": Shown(*reads.topic_state(found, len(rows), today)), "reports": rows, "form": form,
        "writes": writes, "draft": draft, "office": may(request.actor, Can.HANDLE_CASES, found.unit),
        "approves": may(request.actor, Can.APPROVE, found.unit),
        "clause": rules_for(found.unit, today).record("research").clause if _knows(found.unit, today) else None,
    }  # fmt: skip
    return render(request, "desk/promises/topic.html", context, status=422 if form.errors else 200)


def _submit(request: Asked, topic_id: UUID, form: ReportForm, draft: str) -> HttpResponse:
    upload = form.cleaned_data["file"]
    checked = check(upload=upload) if upload else None

    def do() -> str:
        acts.submit_report(topic_id=topic_id, text=form.cleaned_data["text"], file=checked, **who(request))
        drop_draft(form=draft, **who(request))
        return reverse("desk:research-topic", args=[topic_id])

    return once(request, do)


@require_http_methods(["GET", "POST"])
def topic_drop(request: Asked, topic_id: UUID) -> HttpResponse:
    """Give a topic up, with why."""
    found = reads.topic_for(request.actor, topic_id)
    if not may(request.actor, Can.HANDLE_CASES, found.unit):
        raise NotYours
    form = DropForm(request.POST or None)

    def do() -> str:
        acts.drop_topic(topic_id=found.pk, reason=form.cleaned_data["reason"], **who(request))
        return reverse("desk:research-topic", args=[found.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    return render(
        request, "desk/promises/topic_drop.html", {"form": form, "topic": found}, status=422 if form.errors else 200
    )


@require_POST
def report_publish(request: Asked, report_id: UUID) -> HttpResponse:
    """Let workers read a report's words."""
    found = reads.report_for(request.actor, report_id)
    if not may(request.actor, Can.APPROVE, found.topic.unit):
        raise NotYours
    return once(request, lambda: _published(request, found))


def _published(request: Asked, found: ResearchReport) -> str:
    acts.publish_report(report_id=found.pk, **who(request))
    messages.success(request, "公开了，职工在办实事的页面上看得到。")
    return reverse("desk:research-topic", args=[found.topic_id])


@require_GET
def report_file(request: Asked, report_id: UUID) -> HttpResponse:
    """The file of a report."""
    found = reads.report_for(request.actor, report_id)
    if found.file is None:
        raise NotYours
    note_reading(root=found.root_id, what="file", subject=found.pk, unit=found.topic.unit_id, **who(request))
    return response(found.file, inline=False)


urls = [
    path("research/", research, name="research"),
    path("research/table.xlsx", research_xlsx, name="research_xlsx"),
    path("research/new/", research_new, name="research-new"),
    path("research/<uuid:topic_id>/", topic, name="research-topic"),
    path("research/<uuid:topic_id>/drop/", topic_drop, name="research-drop"),
    path("research/reports/<uuid:report_id>/publish/", report_publish, name="research-publish"),
    path("research/reports/<uuid:report_id>/file/", report_file, name="research-file"),
]

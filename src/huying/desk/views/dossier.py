"""Pages of the desk: the dossier of one case, the moment its sealed words lie open, and its files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huying.cases import acts, reads
from huying.cases.models import Case
from huying.cases.rules import Standing, standing
from huying.desk import reads as desk
from huying.desk.forms.dossier import OpenForm, TitleForm
from huying.desk.views import case_acts
from huying.desk.views import dossier_parts as parts
from huying.desk.views.topic_parts import consulting, first_button
from huying.feedback import reads as ratings
from huying.files.reads import response
from huying.handling import reads as handling
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once_key, refusals_on
from huying.notices.acts import mark_read
from huying.org.rules import Can
from huying.trail.acts import note_reading

AFTER_TOLD = ("told", "rated", "archived")


@require_GET
def case(request: Asked, case_id: UUID) -> HttpResponse:
    """One case, one page.  What this person was told about it counts as read."""
    found = reads.get_for(request.actor, case_id)
    mark_read(by=request.actor, at=request.now, subject=found.pk)
    return _page(request, found, OpenForm())


@require_POST
def open_sealed(request: Asked, case_id: UUID) -> HttpResponse:
    """Open what is sealed, with a reason.  Words and identity stand in this one answer and nowhere else."""
    found = reads.get_for(request.actor, case_id)
    form = OpenForm(request.POST)
    once_key(request)
    if form.is_valid():
        with refusals_on(form):
            opened = acts.open_sealed(
                case_id=found.pk, **form.cleaned_data, by=request.actor, at=request.now, with_talk=True
            )
            return _page(request, reads.get_for(request.actor, found.pk), OpenForm(), opened)
    if not standing(request.actor, found).office:
        raise NotYours
    return _page(request, found, form)


def _page(request: Asked, found: Case, opening: OpenForm, opened: list[acts.Opened] | None = None) -> HttpResponse:
    """The dossier, as much of it as this person may read."""
    stand = standing(request.actor, found)
    given = parts.voices(found)
    known = _known(request, found, given, opened)
    if not known:
        note_reading(
            root=found.root_id, by=request.actor, at=request.now, what="dossier", subject=found.pk, unit=found.holder_id
        )
    context = _matter(request, found, given, stand)
    context |= {
        "people": parts.people(found, given, known, stand, context.pop("events")),
        "files": parts.file_lists(found, parts.case_files(found), stand, opened=opened is not None),
        "related": parts.related(request.actor, found),
        "papers": parts.papers(found),
        "opening": opening,
        "opened": opened,
        "door": reads.door(request.actor, found, request.now),
        "holds": list(found.holds.filter(lifted_at__isnull=True)) if stand.office else [],
        "asked": list(found.person_requests.order_by("-asked_at")) if stand.office else [],
    }
    if opened is not None:
        context |= _laid_open(found, opened)
    answer = render(request, "desk/dossier/case.html", context, status=422 if opening.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _known(request: Asked, found: Case, given: list[Any], opened: list[acts.Opened] | None) -> dict[UUID, acts.Opened]:
    """Identities this answer may show: all of them once opened, else those of people who speak named, to the office."""
    if opened is not None:
        return {one.party.pk: one for one in opened}
    return acts.identities(case=found, parties=given, by=request.actor, at=request.now)


def _matter(request: Asked, found: Case, given: list[Any], stand: Standing) -> dict[str, Any]:
    """Head, limits, items, story, rating, buttons."""
    shown = request.GET.get("show", "")
    shown = shown if shown in dict(parts.SHOWN) else ""
    today = timezone.localdate(request.now)
    events = list(reads.story(found))
    items = handling.items_of(found)
    days = desk.days_of(today)
    done = {event.act for event in events}
    climb = desk.climb_of(request.actor, found, days, done)
    running, over = parts.limits(found, items, stand, climb, today=today, calendar=days.calendar)
    item_parts = parts.item_parts(found, items, running, stand, climb)
    rating = _rating(found, stand)
    lines = parts.story(found, events, items, stand, shown)
    table = consulting(request.actor, found, stand, climb, done)
    bar = case_acts.next_acts(request.actor, found, stand, item_parts, climb, waiting=rating["waiting"])
    if stand.office:
        bar["first"] = first_button(found, table) + _of_survey(request, found, bar["first"])
    return {
        "case": found,
        "stand": stand,
        "title": found.shown_title if stand.office or found.released_at else "（待写公开摘要）",
        "facts": parts.facts(found, reads.rules_of(found), given),
        "chip": running[0].view if running and running[0].view else None,
        "chip_name": running[0].name if running else "",
        "flow": parts.flow(found, events),
        "running": running,
        "over": over,
        "items": item_parts,
        "climb": climb,
        "consulting": table,
        "follows": stand.office or climb.here is not None,
        "events": events,
        "bar": bar,
        "story": lines if "all" in request.GET else lines[: parts.AT_ONCE],
        "story_more": 0 if "all" in request.GET else max(0, len(lines) - parts.AT_ONCE),
        "shown": shown,
        "filters": _filters(found, shown),
        "readers": parts.readers(found, stand) if shown == "looks" and stand.office else None,
        **rating,
    }


def _of_survey(request: Asked, found: Case, buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The way to a survey that runs; signing stays shut for one who handled the case while somebody else is there."""
    if found.status == "told":
        url = reverse("desk:survey", args=[found.pk])
        return [*buttons, {"act": "survey", "label": "测评", "icon": "mood-smile", "url": url, "main": False}]
    signing = [one for one in buttons if one["act"] == "archive" and "why_not" not in one]
    if signing and not ratings.may_take_for(request.actor, found, request.now, Can.HANDLE_CASES):
        signing[0].update(why_not="由没有经手的同志审阅签字。", main=False)
    return buttons


def _filters(found: Case, shown: str) -> list[dict[str, Any]]:
    base = reverse("desk:case", args=[found.pk])
    return [
        {"label": label, "url": f"{base}{'?show=' + code if code else ''}#story", "current": code == shown}
        for code, label in parts.SHOWN
    ]


def _rating(found: Case, stand: Standing) -> dict[str, Any]:
    """What the workers were told and how the survey came out: figures once it is over for the office, for others one joint
    grade of a signed one."""
    if found.status not in AFTER_TOLD and found.round == 1:
        return {"told": [], "results": [], "outside": [], "reopening": [], "waiting": False}
    told = {row.round: row for row in handling.tellings(found)}
    results, rules = ratings.results(found), reads.rules_of(found)
    requests = list(ratings.reopen_requests(found)) if stand.office else []
    outside = [(one.survey, ratings.outside_words(one.survey, rules, one.all_counts)) for one in results]
    return {
        "told": list(told.values()) if stand.office else [],
        "results": results if stand.office else [],
        "outside": [] if stand.office else [(survey, words) for survey, words in outside if words],
        "reopening": requests,
        "waiting": any(row.granted is None for row in requests),
    }


def _laid_open(found: Case, opened: list[acts.Opened]) -> dict[str, Any]:
    """Words, talk and the form for the released summary, its proposal masked."""
    said = [one.words for one in opened]
    title, summary = reads.summary_proposal(found, said, [one.name for one in opened])
    talk = parts.talk(reads.messages_with(found))
    rated = ratings.said_when_rating(found)
    voices = [
        (one, [line for line in talk if line["party"] == one.party.pk], rated.get(one.party.pk, [])) for one in opened
    ]
    first = {"title": found.title if found.summary else title, "summary": found.summary or summary}
    return {"voices": voices, "release": TitleForm(initial=first) if found.closed_at is None else None}


@require_GET
def file(request: Asked, file_id: UUID) -> HttpResponse:
    """A worker's original, its released copy, or a department's proof, each by its own right and into the reading log."""
    try:
        row: Any = acts.case_file(file_id=file_id, by=request.actor, at=request.now)
    except NotYours:
        row = handling.item_file(request.actor, file_id)
        note_reading(root=row.root_id, by=request.actor, at=request.now, what="file", subject=row.item.case_id)
    return response(row.file, inline=True, span=request.headers.get("Range", ""))


urls = [
    path("cases/<uuid:case_id>/", case, name="case"),
    path("cases/<uuid:case_id>/open/", open_sealed, name="open"),
    path("files/<uuid:file_id>/", file, name="file"),
    *case_acts.urls,
]

"""Pages of the desk: the list of topics, a new one, and the page of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.cases.models import Case
from huying.desk import reads
from huying.desk.acts import drop_draft
from huying.desk.forms.topics import RaiseForm
from huying.desk.views import topic_acts
from huying.desk.views import topic_parts as parts
from huying.kernel.errors import NotYours
from huying.kernel.templatetags.huying import qs
from huying.kernel.web import Asked, once, refusals_on
from huying.mechanism.reads import rules_for
from huying.meetings import acts
from huying.meetings.models import Topic
from huying.meetings.reads import departments_of, get_topic, works_on
from huying.org.models import Unit
from huying.org.rules import Can, Member
from huying.trail.acts import note_reading

PAGE = 25
BESIDE = 8  # cases offered beside the list; the page of a new topic has more
LONGEST_QUERY = 60
ORIGINS = dict(Topic.ORIGINS)


# --- the list ---------------------------------------------------------------------------------------------------------


@require_GET
def topics(request: Asked) -> HttpResponse:
    """Topics by what has to be done next; beside them the accepted cases that stand in none."""
    actor: Member = request.actor
    if not actor.units(Can.READ_CASES):
        raise NotYours
    words = _words(request)
    scope = "below" if request.GET.get("scope") == "below" and actor.units(Can.READ_BELOW) else "own"
    rows = reads.topics_below(actor) if scope == "below" else reads.own_topics(actor)
    rows = reads.topics_saying(rows, words)
    counted = reads.per_tab(rows)
    tab = request.GET.get("tab", "")
    if tab not in reads.TABS:
        tab = next((name for name, n in counted.items() if n), "lacking")
    page = Paginator(reads.in_tab(rows, tab), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": reads.topic_rows(list(page.object_list), actor, reads.days_of(timezone.localdate(request.now))),
        "groups": _groups(request, actor, tab, scope, counted),
        "tab": tab,
        "words": words,
        "narrowed": bool(words),
        "below": scope == "below",
        "any": any(counted.values()),
        "ticking": tab == "ready" and scope == "own",
        **_waiting(actor, scope),
    }
    return render(request, "desk/topics/topics.html", context)


def _words(request: Asked) -> str:
    return " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST_QUERY]


def _groups(request: Asked, actor: Member, tab: str, scope: str, counted: dict[str, int]) -> list[dict[str, Any]]:
    """Tabs, and own or below where this person reads below, as links that keep the rest of the address."""
    context: Any = {"request": request}
    tabs = [
        {"label": label, "url": qs(context, tab=name), "current": name == tab, "count": counted[name]}
        for name, (label, _) in reads.TABS.items()
    ]
    groups = [{"label": "要做什么", "options": tabs}]
    if actor.units(Can.READ_BELOW):
        options = [
            {"label": label, "url": qs(context, scope=code or None, tab=None), "current": (code or "own") == scope}
            for code, label in (("", "本单位"), ("below", "下级"))
        ]
        groups.insert(0, {"label": "范围", "options": options})
    return groups


def _waiting(actor: Member, scope: str) -> dict[str, Any]:
    """Accepted cases that stand in no topic yet, for who may put them up."""
    units = actor.units(Can.HANDLE_CASES) if scope == "own" else []
    if not units:
        return {"offered": [], "offered_more": False, "raises": False}
    found = list(reads.offered_cases(actor, units)[: BESIDE + 1])
    return {"offered": found[:BESIDE], "offered_more": len(found) > BESIDE, "raises": True}


# --- a new one --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def topic_new(request: Asked) -> HttpResponse:
    """Raise a topic.  Where it comes from is chosen first; cases ticked elsewhere come in the address."""
    actor: Member = request.actor
    unit = _unit(request, actor)
    origin = request.GET.get("origin", "case")
    origin = origin if origin in ORIGINS else "case"
    asked = _words(request)
    departments = list(departments_of(unit))
    ticked = request.POST.getlist("cases") or request.GET.getlist("cases")
    chosen = reads.cases_by_id(actor, [unit], ticked) if origin == "case" else []
    form = RaiseForm(
        request.POST or None, initial={"cases": [str(one.pk) for one in chosen], **reads.neutral_words(chosen)}
    )
    form.fit(origin, rules_for(unit, timezone.localdate(request.now)))
    form.offer_departments(departments)
    offered = _offered(actor, unit, chosen, asked) if origin == "case" else []
    if origin == "case":
        form.offer_cases(offered)
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            return _raised(request, form, unit, origin, departments)
    context = {
        "form": form,
        "unit": unit,
        "origin": origin,
        "origins": _origins(request, origin),
        "units": _units(request, actor, unit),
        "offered": offered,
        "asked": asked,
        "chosen": len(chosen),
        "picking": origin == "case" and not chosen and not form.is_bound,
        "departments": departments,
        "draft": f"topic-{origin}",
    }
    return render(request, "desk/topics/new.html", context, status=422 if form.errors else 200)


def _unit(request: Asked, actor: Member) -> Unit:
    """The union that raises it: the one named in the address, else the first where this person works."""
    units = actor.units(Can.HANDLE_CASES)
    found = next((unit for unit in units if str(unit.pk) == request.GET.get("unit")), None)
    if not units or (found is None and "unit" in request.GET):
        raise NotYours
    return found or units[0]


def _offered(actor: Member, unit: Unit, chosen: list[Case], asked: str) -> list[Case]:
    """What was ticked stays on top, whatever is looked for."""
    known = {case.pk for case in chosen}
    found = reads.offered_cases(actor, [unit], asked)[: reads.OFFERED]
    return chosen + [case for case in found if case.pk not in known]


def _origins(request: Asked, origin: str) -> list[dict[str, Any]]:
    """Where a topic may come from, as links: each has other fields."""
    context: Any = {"request": request}
    return [
        {
            "label": "从哪里来",
            "options": [
                {
                    "label": label,
                    "url": qs(context, origin=None if code == "case" else code, cases=None, q=None),
                    "current": code == origin,
                }
                for code, label in ORIGINS.items()
            ],
        }
    ]


def _units(request: Asked, actor: Member, unit: Unit) -> list[dict[str, Any]]:
    """For who works at several unions: which one."""
    units = list({one.pk: one for one in actor.units(Can.HANDLE_CASES)}.values())
    context: Any = {"request": request}
    if len(units) < 2:
        return []
    options = [
        {"label": one.name, "url": qs(context, unit=str(one.pk), cases=None), "current": one.pk == unit.pk}
        for one in units
    ]
    return [{"label": "哪个工会", "options": options}]


def _raised(request: Asked, form: RaiseForm, unit: Unit, origin: str, departments: list[Any]) -> HttpResponse:
    """Raise it once and open it."""
    given = form.cleaned_data

    def do() -> str:
        made = acts.raise_topic(
            unit=unit, origin=origin, cases=[UUID(one) for one in given.get("cases", ())],
            content_class=given.get("content_class", ""), category=given.get("category", ""),
            source_note=given.get("source_note", ""), departments=form.chosen_departments(departments), **form.worded,
            by=request.actor, at=request.now,
        )  # fmt: skip
        drop_draft(form=f"topic-{origin}", by=request.actor, at=request.now)
        messages.success(request, "议题提出来了。接着做合法性审查，再同行政沟通。")
        return reverse("desk:topic", args=[made.pk])

    return once(request, do)


# --- the page of one --------------------------------------------------------------------------------------------------


@require_GET
def topic(request: Asked, topic_id: UUID) -> HttpResponse:
    """One topic: where it stands, what it still lacks, its words, what came of it."""
    actor: Member = request.actor
    found = get_topic(actor, topic_id)
    note_reading(root=found.root_id, by=actor, at=request.now, what="topic", subject=found.pk, unit=found.unit_id)
    office = works_on(actor, found)
    reads.load_story(found)
    cases = reads.visible_cases(actor, found)
    places = reads.results_of(found)
    steps = parts.checklist(found, office=office)
    context = {
        "topic": found,
        "office": office,
        "facts": parts.facts(found),
        "chip": parts.chip(found, reads.days_of(timezone.localdate(request.now))),
        "flow": parts.flow(found, places),
        "checklist": steps if found.status in ("draft", "ready", "failed") else [],
        "bar": topic_acts.buttons(found, office=office, places=places),
        "cases": [_case_line(found, case, office=office) for case in cases],
        "unseen": len(found.gathered.all()) - len(cases),
        "reviews": parts.reviews(found),
        "talks": parts.talks(found),
        "places": [parts.place_part(place) for place in places],
        "ahead": reads.meetings_ahead(actor, found.unit) if office and found.status == "ready" else [],
        "alike": reads.alike_topics(actor, found) if office and found.status in ("draft", "ready") else [],
        "story": parts.story(found),
    }
    return render(request, "desk/topics/topic.html", context)


def _case_line(found: Topic, case: Case, *, office: bool) -> dict[str, Any]:
    """A case behind the topic; after a refusal with the way up."""
    climbs = office and found.status in ("refused", "not_agreed") and case.status in ("accepted", "consulting")
    up = climbs and case.holder_id == found.unit_id
    return {
        "case": case,
        "title": case.shown_title if case.released_at or case.holder_id == found.unit_id else "（待写公开摘要）",
        "up": reverse("desk:case_act", args=[case.pk, "send_up"]) if up else "",
    }


urls = [
    path("topics/", topics, name="topics"),
    path("topics/new/", topic_new, name="topic-new"),
    path("topics/<uuid:topic_id>/", topic, name="topic"),
    *topic_acts.urls,
]

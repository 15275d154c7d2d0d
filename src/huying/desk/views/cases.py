"""Pages of the desk: the list of cases and finding one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from huying.cases.models import Case, CaseQuerySet, Station
from huying.desk import reads
from huying.desk.forms.cases import STATES, WAITS, CaseFilter
from huying.kernel.errors import NotYours
from huying.kernel.templatetags.huying import qs
from huying.kernel.text import squeeze
from huying.kernel.web import Asked
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Clause
from huying.org.rules import Can, Member

PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLAUSES = 10
USUAL_WAITS = ("late", "near", "mine", "new")  # the others are reached from 今日 and below 更多筛选


@require_GET
def cases(request: Asked) -> HttpResponse:
    """Cases in my union's hands, those handed on, those of unions below; newest first, filtered by the address."""
    actor = _reader(request)
    today = timezone.localdate(request.now)
    days = reads.days_of(today)
    tab, state, wait = _chosen(request, actor)
    rules = rules_for(actor.units(Can.READ_CASES)[0], today)
    found = CaseFilter(request.GET, queryset=_scope(actor, tab), actor=actor, rules=rules, below=tab == "below")
    rows: CaseQuerySet = found.qs if found.is_valid() else _scope(actor, tab)
    rows = rows.open() if state == "open" else rows.filter(status__in=STATES[state][1])
    if wait:
        rows = rows.filter(reads.waits(actor, days)[wait])
    page = list(
        _after(reads.with_names(rows), request.GET.get("after", "")).order_by("-registered_at", "-pk")[: PAGE + 1]
    )
    given = {name for name, value in request.GET.items() if value}
    context = {
        "rows": reads.case_rows(page[:PAGE], actor, days),
        "next": _mark(page[PAGE - 1]) if len(page) > PAGE else "",
        "form": found.form,
        "groups": _groups(request, actor, tab, state, wait),
        "reset": ("?" if tab == "own" else f"?tab={tab}") if given - {"tab", "after"} else "",
        "narrowed": bool(given & set(found.form.fields) - {"wait", "unit"}),
        "tab": tab,
        "now": request.now,
    }
    return render(request, "desk/cases/cases.html", context)


def _reader(request: Asked) -> Member:
    actor: Member = request.actor
    if not actor.units(Can.READ_CASES):
        raise NotYours
    return actor


def _chosen(request: Asked, actor: Member) -> tuple[str, str, str]:
    """Tab, group of states and wait named in the address; what is not known falls back to the usual."""
    tabs = {"own", "away", "below"} if actor.units(Can.READ_BELOW) else {"own", "away"}
    tab = request.GET.get("tab", "own")
    state, wait = request.GET.get("state", "open"), request.GET.get("wait", "")
    return tab if tab in tabs else "own", state if state in STATES else "open", wait if wait in WAITS else ""


def _scope(actor: Member, tab: str) -> CaseQuerySet:
    """What a tab shows, always narrowed by the union that has the case."""
    own = [unit.pk for unit in reads.own_units(actor)]
    if tab == "below":
        return reads.below_cases(actor)
    rows = Case.objects.visible_to(actor)
    if tab == "away":
        stood = Station.objects.filter(unit__in=own, case=OuterRef("pk")).exclude(how="climb")  # those stand on “上报”
        return rows.filter(Exists(stood)).exclude(holder__in=own)
    return rows.filter(holder__in=own)


def _mark(case: Case) -> str:
    """Where a page ended: moment (microseconds) and id of its last case."""
    return f"{(case.registered_at - EPOCH) // timedelta(microseconds=1)}-{case.pk.hex}"


def _after(rows: QuerySet[Case], mark: str) -> QuerySet[Case]:
    """The cases that come after a mark; a mark that cannot be read starts at the newest."""
    moment, _, key = mark.partition("-")
    try:
        at, pk = EPOCH + timedelta(microseconds=int(moment)), UUID(hex=key)
    except (ValueError, OverflowError):
        return rows
    return rows.filter(Q(registered_at__lt=at) | Q(registered_at=at, pk__lt=pk))


def _groups(request: Asked, actor: Member, tab: str, state: str, wait: str) -> list[dict[str, Any]]:
    """Tabs, states and waits as links that keep the rest of the address."""
    tabs = [("own", "本单位在手"), ("away", "已转出"), *([("below", "下级")] if actor.units(Can.READ_BELOW) else [])]
    states = [(code, label) for code, (label, _) in STATES.items()]
    waits = [("", "不限"), *((code, words) for code, words in WAITS.items() if code in USUAL_WAITS or code == wait)]
    return [
        _group(request, "范围", "tab", tabs, tab, usual="own"),
        _group(request, "状态", "state", states, state, usual="open"),
        _group(request, "在等", "wait", waits, wait, usual=""),
    ]


def _group(request: Asked, label: str, key: str, options: Any, chosen: str, *, usual: str) -> dict[str, Any]:
    context: Any = {"request": request}
    links = [
        {
            "label": words,
            "url": qs(context, **{key: None if code == usual else code, "after": None}),
            "current": code == chosen,
        }
        for code, words in options
    ]
    return {"label": label, "options": links}


@require_GET
def search(request: Asked) -> HttpResponse:
    """Cases by number or words, and clauses of the packs in force."""
    actor = _reader(request)
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:80]
    today = timezone.localdate(request.now)
    context: dict[str, Any] = {"words": words, "search_text": words}
    if words:
        found = reads.find_cases(actor, words)
        rows = reads.case_rows([hit.case for hit in found], actor, reads.days_of(today))
        context["rows"] = [
            replace(row, facts=(*row.facts, f"{hit.where}里有")) for row, hit in zip(rows, found, strict=True)
        ]
        context["clauses"] = _clauses(rules_for(actor.units(Can.READ_CASES)[0], today).clauses(), words)
        context["below"] = bool(actor.units(Can.READ_BELOW))
    return render(request, "desk/cases/search.html", context)


def _clauses(clauses: tuple[Clause, ...], words: str) -> list[Clause]:
    """Clauses whose place or summary holds the words; the place counts letter by letter, brackets and all."""
    asked = words.casefold().replace(" ", "")
    in_place = [one for one in clauses if asked in one.badge.casefold().replace(" ", "") or asked == one.id.casefold()]
    in_words = [
        one for one in clauses if squeeze(words) and squeeze(words) in squeeze(one.summary) and one not in in_place
    ]
    return [*in_place, *in_words][:CLAUSES]


urls = [
    path("cases/", cases, name="cases"),
    path("search/", search, name="search"),
]

"""The list of meetings: the next ones, those whose minutes wait, those that are over; whether this quarter's was held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone

from huying.kernel.templatetags.huying import qs
from huying.kernel.web import Asked
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import ClauseRef
from huying.meetings import reads
from huying.meetings.models import Meeting, Participant
from huying.org.models import Unit
from huying.org.rules import Can, Member, may

PER_PAGE = 25
MOST = 50  # of what lies ahead or waits
NEXT = ("draft", "called", "open")
WAITING = ("held", "circulated")
OVER = ("signed", "cancelled")


def meeting_rows(request: Asked) -> dict[str, Any]:
    """Three lists and their filters; the last one by pages and years (a constant number of queries)."""
    actor, today = request.actor, timezone.localdate(request.now)
    scope = "below" if request.GET.get("scope") == "below" and actor.units(Can.READ_BELOW) else "own"
    rows = _in_scope(actor, scope)
    kinds = _kinds(actor, today)
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    rows = rows.filter(kind=kind) if kind in kinds else rows
    over = rows.filter(status__in=OVER)
    years = [
        str(one) for one in over.order_by().annotate(y=ExtractYear("starts_at")).values_list("y", flat=True).distinct()
    ]
    past = over.filter(starts_at__year=int(year)) if year in years else over
    page = Paginator(past, PER_PAGE).get_page(request.GET.get("page"))
    ahead = list(rows.filter(status__in=NEXT).order_by("starts_at", "id")[:MOST]) if page.number == 1 else []
    waiting = list(rows.filter(status__in=WAITING).order_by("starts_at", "id")[:MOST]) if page.number == 1 else []
    shown = list(page.object_list)
    own = _own(actor, [*ahead, *waiting, *shown])
    return {
        "ahead": [_row(actor, one, own, today) for one in ahead],
        "waiting": [_row(actor, one, own, today) for one in waiting],
        "past": [_row(actor, one, own, today) for one in shown],
        "page": page,
        "most": MOST if max(len(ahead), len(waiting)) == MOST else 0,
        "groups": _groups(request, scope, kinds=kinds, kind=kind, years=sorted(years, reverse=True), year=year),
        "narrowed": bool(kind in kinds or year in years),
        "below": scope == "below",
    }


def _in_scope(actor: Member, scope: str) -> QuerySet[Meeting]:
    """Meetings of the own unions and those one was asked to; or those of the unions below."""
    asked = Participant.objects.filter(meeting=OuterRef("pk"), person=actor.person_id)
    mine = Q(unit__in=[unit.pk for unit in actor.units(Can.READ_CASES)]) | Exists(asked)
    rows = reads.meetings(actor)
    return rows.exclude(mine) if scope == "below" else rows.filter(mine)


def _kinds(actor: Member, today: date) -> dict[str, str]:
    unit = next((post.unit for post in actor.posts), None)
    return {one.code: one.label for one in rules_for(unit, today).options("meeting_kinds").choices} if unit else {}


def _own(actor: Member, rows: Iterable[Meeting]) -> dict[Any, Participant]:
    found = Participant.objects.filter(person=actor.person_id, meeting__in=[one.pk for one in rows])
    return {one.meeting_id: one for one in found}


def _row(actor: Member, one: Meeting, own: dict[Any, Participant], today: date) -> dict[str, Any]:
    asked, office = own.get(one.pk), may(actor, Can.HANDLE_CASES, one.unit)
    return {
        "title": one.title,
        "href": reverse("desk:meeting", args=[one.pk]),
        "chip": meeting_chip(one, today),
        "facts": [
            reads.kind_label(one),
            reads.when_words(one),
            one.place or "线上",
            "补录" if one.on_paper else "",
            f"〔{one.year}〕{one.seq}号" if one.seq else "",
        ],
        "who": [one.unit.name, f"主持 {one.chair.person.name}"],
        "act": _act(one, asked, office=office),
    }


def meeting_chip(one: Meeting, today: date) -> dict[str, str]:
    """How far away it is; later the state it is in."""
    if one.status in WAITING:
        late = one.reply_by is not None and one.reply_by < today
        return {"state": "late" if late else "soon", "words": "征求意见到期" if late else one.state.staff}
    if one.status in OVER:
        return {"state": "done" if one.status == "signed" else "none", "words": one.state.staff}
    if one.status == "open":
        return {"state": "soon", "words": one.state.staff}
    away = (reads.day_of_meeting(one) - today).days
    near = {0: "今天", 1: "明天"}
    if away in near:
        return {"state": "soon", "words": f"{near[away]} {timezone.localtime(one.starts_at):%H:%M}"}
    if away < 0:
        return {"state": "none", "words": "待补录"} if one.on_paper else {"state": "late", "words": "过了还没开"}
    return {"state": "ok", "words": f"还有 {away} 天"}


def _act(one: Meeting, asked: Participant | None, *, office: bool) -> str:
    """What this person does next with it."""
    if asked and one.status == "called" and not asked.answer:
        return "去答复"
    if asked and one.status == "circulated" and asked.minutes_agreed is None and not office:
        return "核对纪要"
    if not office:
        return ""
    words = {"draft": "接着准备", "called": "看准备", "open": "回会场", "held": "写纪要", "circulated": "看核对"}
    return words.get(one.status, "")


def _groups(
    request: Asked, scope: str, *, kinds: dict[str, str], kind: str, years: list[str], year: str
) -> list[dict[str, Any]]:
    """Filters that live in the address."""
    context: Any = {"request": request}
    groups = []
    if request.actor.units(Can.READ_BELOW):
        options = [
            {"label": label, "url": qs(context, scope=code or None), "current": (code or "own") == scope}
            for code, label in (("", "本单位"), ("below", "下级"))
        ]
        groups.append({"label": "范围", "options": options})
    groups.append(_group(context, "种类", "kind", list(kinds.items()), kind))
    if len(years) > 1:
        groups.append(_group(context, "年份", "year", [(one, f"{one}年") for one in years], year))
    return groups


def _group(context: Any, label: str, key: str, options: list[tuple[str, str]], chosen: str) -> dict[str, Any]:
    rows = [{"label": "全部", "url": qs(context, **{key: None}), "current": chosen not in dict(options)}]
    rows += [{"label": words, "url": qs(context, **{key: code}), "current": chosen == code} for code, words in options]
    return {"label": label, "options": rows}


# --- this quarter -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quarter:
    """Whether a union held its meeting of this quarter, how many of these have signed minutes, until when it has time, and
    the clause that asks for it."""

    unit: Unit
    held: int
    signed: int
    times: int
    name: str
    until: date
    days_left: int
    clause: ClauseRef

    @property
    def done(self) -> bool:
        """Whether what the rules ask for was done."""
        return self.held >= self.times


def quarter_notes(units: Iterable[Unit], today: date) -> list[Quarter]:
    """For each union of an employer whose rules ask for a meeting each quarter (MY-3.2.3a)."""
    found = []
    first, after = reads.quarter_of(today)
    last = date.fromordinal(after.toordinal() - 1)
    for unit in units:
        if unit.is_upper:
            continue
        asks = [
            one
            for one in rules_for(unit, today).duties()
            if one.of == "consultation_meeting" and one.every == "quarter"
        ]
        if not asks:
            continue
        name = f"{first.year}年第{'一二三四'[(first.month - 1) // 3]}季度"
        (held, signed), left = reads.held_in_quarter(unit, today), (last - today).days
        found.append(Quarter(unit, held, signed, asks[0].times, name, last, left, asks[0].clause))
    return found

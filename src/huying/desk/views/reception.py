"""Pages of the desk: reception days (主席接待日 领导接访): the list, making them by rule, announcing, the printed notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk.acts import drop_draft
from huying.desk.forms.reception import AnnounceForm, RotaForm
from huying.desk.reads._reception import day_chip, day_name, reception_rows
from huying.desk.reads._reception_paper import reception_notice as notice
from huying.fieldwork import acts, reads
from huying.fieldwork.models import ReceptionDay, ReceptionKind
from huying.kernel.errors import Invalid, NotYours
from huying.kernel.templatetags.huying import qs
from huying.kernel.web import PAPER_FORMATS, Asked, file_answer, once, refusals_on, workbook_answer
from huying.mechanism.reads import calendar, rules_for, rules_of_units
from huying.org.models import Post, Unit
from huying.org.rules import Can, Member
from huying.papers import reads as papers
from huying.papers.reads import Cell, Column

PER_PAGE = 25
WATCHED = timedelta(days=56)  # weeks ahead in which a missing day is pointed out
MAY_SEE = (Can.READ_CASES, Can.INSTRUCT)
STATES = (("", "要来的"), ("late", "没有登记结果"), ("past", "过去的"), ("cancelled", "取消的"))


# --- the list -----------------------------------------------------------------------------------------------------------


def _rows(request: Asked) -> tuple[QuerySet[ReceptionDay], dict[str, str]]:
    """The days the address asks for, and what it asked."""
    actor: Member = request.actor
    if not any(actor.units(can) for can in MAY_SEE):
        raise NotYours
    today = timezone.localdate(request.now)
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "whose")}
    rows = _whose(actor, asked)
    if asked["kind"] in ReceptionKind.values:
        rows = rows.filter(kind=asked["kind"])
    open_days = Q(status__in=("planned", "announced"))
    if asked["state"] == "late":
        return rows.filter(open_days, on__lt=today).order_by("on", "begins", "pk"), asked
    if asked["state"] == "past":
        return rows.filter(status="held").order_by("-on", "-begins", "pk"), asked
    if asked["state"] == "cancelled":
        return rows.filter(status="cancelled").order_by("-on", "-begins", "pk"), asked
    return rows.filter(open_days, on__gte=today).order_by("on", "begins", "pk"), asked


def _whose(actor: Member, asked: dict[str, str]) -> QuerySet[ReceptionDay]:
    rows = reads.days(actor)
    own = {unit.pk for can in MAY_SEE for unit in actor.units(can)}
    if asked["whose"] == "mine":
        return rows.filter(leader__person=actor.person_id)
    return rows.exclude(unit__in=own) if asked["whose"] == "below" else rows.filter(unit__in=own)


@require_GET
def reception(request: Asked) -> HttpResponse:
    """Who receives when; for the office what is missing: weeks without a day, days nobody announced."""
    actor, today = request.actor, timezone.localdate(request.now)
    rows, asked = _rows(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    units = reads.reception_units(actor)
    context = {
        "page": page,
        "rows": reception_rows(actor, page.object_list, today),
        "groups": _groups(request, asked),
        "filtered": any(asked.values()),
        "units": units,
        "missing": [one for unit in units if (one := _missing(unit, today))],
        "plain": reads.days(actor).filter(unit__in=units, status="planned", on__gte=today).count(),
        "clauses": reads.duty_clauses(rules_for(units[0], today)) if units else [],
        "tail": request.GET.urlencode(),
        "fmts": PAPER_FORMATS,
    }
    return render(request, "desk/reception/reception.html", context)


def _missing(unit: Unit, today: date) -> dict[str, Any] | None:
    """Weeks ahead without a day, where an adopted document wants one each week."""
    until = today + WATCHED
    days = ReceptionDay.objects.filter(unit=unit, on__range=(today - timedelta(days=7), until)).exclude(
        status="cancelled"
    )
    weeks = reads.no_day_weeks(unit, days.values_list("on", flat=True), today, until, calendar())
    return {"unit": unit, "n": len(weeks), "first": weeks[0]} if weeks else None


def _groups(request: Asked, asked: dict[str, str]) -> list[dict[str, Any]]:
    context: Any = {"request": request}
    whose = [("", "本单位"), ("mine", "我接待的")]
    if request.actor.units(Can.READ_BELOW):
        whose.append(("below", "下级"))
    kinds = [("", "全部"), *_kinds(request)]
    return [
        {
            "label": label,
            "options": [
                {
                    "label": words,
                    "url": qs(context, **{name: code or None, "page": None}),
                    "current": asked[name] == code,
                }
                for code, words in options
            ],
        }
        for label, name, options in (("看哪些", "state", STATES), ("谁的", "whose", whose), ("种类", "kind", kinds))
    ]


def _kinds(request: Asked) -> list[tuple[str, str]]:
    """The kinds of days the own unions have; from above all there are."""
    units = [unit for can in MAY_SEE for unit in request.actor.units(can)]
    if request.actor.units(Can.READ_BELOW):
        return [(str(code), str(label)) for code, label in ReceptionKind.choices]
    rules = rules_of_units(units, timezone.localdate(request.now))
    return list(dict(kind for one in rules.values() for kind in reads.kinds_at(one)).items())


@require_GET
def reception_xlsx(request: Asked) -> FileResponse:
    """The same list as a workbook."""
    rows, _ = _rows(request)
    today = timezone.localdate(request.now)
    columns = (
        Column("日期", 14), Column("单位", 30), Column("种类", 14), Column("接待领导", 14), Column("职务", 18), Column("时间", 14),
        Column("地点", 26), Column("专题", 20), Column("公告日期", 14), Column("状态", 22),
    )  # fmt: skip
    book = papers.xlsx(columns, _cells(rows, today), title="接待日安排")
    return workbook_answer(book, f"接待日安排{today:%Y%m%d}")


def _cells(rows: QuerySet[ReceptionDay], today: date) -> Iterator[tuple[Cell, ...]]:
    rules = rules_of_units(Unit.objects.filter(pk__in=rows.order_by().values("unit")), today)
    for day in rows.iterator():
        told = timezone.localdate(day.announced_at) if day.announced_at else None
        yield (
            day.on, day.unit.name, reads.kind_name(day, rules[day.unit_id]), day.leader.person.name, day.leader.title,
            f"{day.begins:%H:%M}–{day.ends:%H:%M}", day.place, day.theme, told, day_chip(day, today).words,
        )  # fmt: skip


# --- making days by rule ------------------------------------------------------------------------------------------------


def _unit(request: Asked) -> Unit:
    """The union whose days are made: the one in the address, else the first this person works for."""
    units = {str(unit.pk): unit for unit in reads.reception_units(request.actor)}
    if not units:
        raise NotYours
    return units.get(request.GET.get("unit", "")) or next(iter(units.values()))


def _posts(unit: Unit, today: date) -> list[Post]:
    """Everybody who may receive on a day of any kind, leaders first; management's day takes of the leaders."""
    found = {
        post.pk: post
        for kind in (ReceptionKind.LEADERS, ReceptionKind.CHAIR)
        for post in reads.leaders_at(unit, kind, today)
    }
    return list(found.values())


@require_http_methods(["GET", "POST"])
def reception_rota(request: Asked) -> HttpResponse:
    """A rule for a month or a year, looked at before it is made."""
    unit, today = _unit(request), timezone.localdate(request.now)
    rules, posts = rules_for(unit, today), _posts(unit, today)
    start = {
        "kind": "leaders", "form": "duty", "repeat": "week", "rest": "next", "nth": "1", "since": today,
        "minutes": rules.count("reception_minutes").value, "each": rules.count("reception_each").value,
    }  # fmt: skip
    form = RotaForm(request.POST or None, initial=start)
    form.fill(reads.kinds_at(rules), posts, [(one.code, one.label) for one in rules.options("reception_forms").choices])
    shown = None
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            pattern = form.pattern()
            pattern.check()
            shown = reads.proposal(unit, form.cleaned_data["kind"], pattern, form.turn(posts), today)
            if "look" not in request.POST:
                answer = once(request, lambda: _make(request, unit, form, posts))
                messages.success(request, "排好了。公告以后职工才看得到。")
                return answer
            if faults := form.terms().faults():
                raise Invalid(faults)
    context = {
        "form": form, "unit": unit, "shown": shown, "today": today, "ways": rules.options("reception_forms"),
        "kinds": rules.options("reception_kinds"),
        "units": [one for one in reads.reception_units(request.actor) if one.pk != unit.pk],
        "lines": [(day_name(row.place.on or row.place.wanted, today), row) for row in shown.rows] if shown else [],
        "heads": ["日期", "接待领导", "说明"], "weeks": [day_name(one, today) for one in shown.empty] if shown else [],
        "clauses": reads.duty_clauses(rules),
    }  # fmt: skip
    return render(request, "desk/reception/rota.html", context, status=422 if form.errors else 200)


def _make(request: Asked, unit: Unit, form: RotaForm, posts: list[Post]) -> str:
    acts.make_days(
        unit=unit,
        terms=form.terms(),
        pattern=form.pattern(),
        leaders=form.turn(posts),
        by=request.actor,
        at=request.now,
    )
    drop_draft(form="reception-rota", by=request.actor, at=request.now)
    return f"{reverse('desk:reception-announce')}?unit={unit.pk}"


# --- announcing -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def reception_announce(request: Asked) -> HttpResponse:
    """Which planned days workers may read from now on."""
    unit, today = _unit(request), timezone.localdate(request.now)
    waiting = list(
        reads.days(request.actor).filter(unit=unit, status="planned", on__gte=today).order_by("on", "begins")
    )
    form = AnnounceForm(request.POST or None, initial={"days": [str(day.pk) for day in waiting]})
    rules = rules_for(unit, today)
    form.offer("days", [(str(day.pk), _said(day, reads.kind_name(day, rules), today)) for day in waiting])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            chosen = [day.pk for day in waiting if str(day.pk) in form.cleaned_data["days"]]
            answer = once(request, lambda: _announce(request, unit, chosen))
            messages.success(request, "公告了，职工在本单位的页面上看得到，也可以预约。")
            return answer
    context = {
        "form": form, "unit": unit, "waiting": waiting, "fmts": PAPER_FORMATS, "clauses": reads.duty_clauses(rules),
        "units": [one for one in reads.reception_units(request.actor) if one.pk != unit.pk],
    }  # fmt: skip
    return render(request, "desk/reception/announce.html", context, status=422 if form.errors else 200)


def _said(day: ReceptionDay, kind: str, today: date) -> str:
    hours = f"{day.begins:%H:%M}–{day.ends:%H:%M}"
    return f"{day_name(day.on, today)} {day.leader.person.name}\n{kind}，{hours}，{day.place}"


def _announce(request: Asked, unit: Unit, days: list[Any]) -> str:
    acts.announce_days(unit=unit, days=days, by=request.actor, at=request.now)
    return reverse("desk:reception")


@require_GET
def reception_notice(request: Asked, fmt: str) -> HttpResponse:
    """The notice for the wall: every announced day to come."""
    unit, today = _unit(request), timezone.localdate(request.now)
    if fmt not in PAPER_FORMATS:
        raise NotYours
    rows = reads.days(request.actor).filter(unit=unit, status="announced", on__gte=today).order_by("on", "begins", "pk")
    return file_answer(notice(unit, rows, today, fmt), f"{unit.short_name or unit.name}接待日公告.{fmt}")


urls = [
    path("reception/", reception, name="reception"),
    path("reception/table.xlsx", reception_xlsx, name="reception_xlsx"),
    path("reception/rota/", reception_rota, name="reception-rota"),
    path("reception/announce/", reception_announce, name="reception-announce"),
    path("reception/notice.<str:fmt>", reception_notice, name="reception-notice"),
]

"""Pages of the desk: the working-day calendar, and entering holidays as they are announced."""

from __future__ import annotations

import calendar as months
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.cases.acts import Announced, announce_days
from huying.desk.forms.rules import AnnouncedForm, DayForm, WordingForm
from huying.kernel.clock import WorkDays
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.mechanism import reads
from huying.mechanism.models import CalendarYear, Day
from huying.mechanism.rules import SpecialDay
from huying.org.models import Unit
from huying.org.rules import Can

SOURCE = "国务院办公厅关于{}年部分节假日安排的通知"


@dataclass(frozen=True)
class Cell:
    """One day of a month's table; ``mark`` is what is printed beside the number."""

    day: date
    state: str
    mark: str
    words: str
    today: bool


@dataclass(frozen=True)
class Holiday:
    """One holiday of the list: its days of rest and its make-up days in words."""

    name: str
    rest: str
    work: str
    source: str


@require_GET
def calendar(request: Asked) -> HttpResponse:
    """The months of a year with days of rest and make-up days; whoever keeps it may change it."""
    if not request.actor.posts:
        raise NotYours
    return _page(request, _year_asked(request))


def _year_asked(request: Asked) -> int:
    """The year in the address, this year without one."""
    said = request.GET.get("year", "")
    year = int(said) if said.isascii() and said.isdigit() and len(said) == 4 else timezone.localdate(request.now).year
    if not date.min.year < year < date.max.year:
        raise NotYours
    return year


def _keeper(request: Asked) -> Unit:
    """The topmost unit for which this person keeps the calendar, or a missing page."""
    unit = _kept(request)
    if unit is None:
        raise NotYours
    return unit


def _kept(request: Asked) -> Unit | None:
    return next((unit for unit in request.actor.units(Can.SYSTEM) if unit.is_root()), None)


def _page(request: Asked, year: int, **forms: Any) -> HttpResponse:
    """The page of a year, with forms as they were sent when something was wrong with them."""
    today = timezone.localdate(request.now)
    years = reads.years()
    days, workdays = list(reads.special_days(year)), reads.calendar()
    context = {
        "year": year,
        "row": next((row for row in years if row.year == year), None),
        "years": _filter(years, year),
        "months": [_month(year, number, workdays, today) for number in range(1, 13)],
        "holidays": _holidays(days),
        "warning": reads.warning(today),
        "keeps": _kept(request),
        "wording": forms.get("wording") or WordingForm(initial={"year": _next_year(years, today)}),
        "day": forms.get("day") or DayForm(prefix="one"),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "desk/system/calendar.html", context, status=422 if wrong else 200)


def _filter(years: list[CalendarYear], year: int) -> list[dict[str, Any]]:
    """The newest years as links."""
    return [
        {
            "label": f"{row.year}年{'' if row.known else '（暂定）'}",
            "url": f"?year={row.year}",
            "current": row.year == year,
        }
        for row in years[-6:]
    ]


def _next_year(years: list[CalendarYear], today: date) -> int:
    """The year that is probably announced next."""
    return max([row.year + 1 for row in years if row.known] or [today.year])


def _month(year: int, number: int, days: WorkDays, today: date) -> tuple[int, list[list[Cell | None]]]:
    weeks = months.Calendar().monthdatescalendar(year, number)
    return number, [[_cell(day, days, today) if day.month == number else None for day in week] for week in weeks]


def _cell(day: date, days: WorkDays, today: date) -> Cell:
    """A day with its state: rest (announced), made-up, weekend, plain."""
    work, name, weekend = days.is_work(day), days.name(day), day.weekday() >= 5
    if not work and (name or not weekend):
        state, mark, words = "rest", "休", f"{name}，放假"
    elif work and weekend:
        state, mark, words = "made", "班", name or "调休上班"
    else:
        state, mark, words = ("weekend", "", "") if weekend else ("plain", "", "")
    return Cell(day, state, mark, words, day == today)


def _holidays(days: list[Day]) -> list[Holiday]:
    """Days gathered under the holiday they belong to, in order."""
    found: dict[str, tuple[list[date], list[date], str]] = {}
    for row in days:
        name = row.name.removesuffix("调休上班")
        rest, work, _ = found.setdefault(name, ([], [], row.source))
        (work if row.is_work else rest).append(row.day)
    ordered = sorted(found.items(), key=lambda item: (item[1][0] or item[1][1])[0])
    return [Holiday(name, _spans(rest), _spans(work), source) for name, (rest, work, source) in ordered]


def _spans(days: list[date]) -> str:
    """``10月1日至10月7日`` for days in a row, single days apart."""
    said: list[str] = []
    start = previous = None
    for day in [*days, None]:
        if day is None or previous is None or day - previous > timedelta(days=1):
            if start is not None and previous is not None:
                said.append(_said(start) if start == previous else f"{_said(start)}至{_said(previous)}")
            start = day
        previous = day
    return "、".join(said)


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


# --- entering ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def read(request: Asked) -> HttpResponse:
    """Read the wording of an announcement; nothing is kept before somebody confirmed it."""
    if request.method == "GET":  # the page was loaded again after a refusal
        return redirect("desk:calendar")
    _keeper(request)
    form = WordingForm(request.POST)
    if form.is_valid():
        said = reads.announcement(form.cleaned_data["wording"], form.cleaned_data["year"])
        if said.days:
            initial = {"year": said.year, "wording": form.cleaned_data["wording"], "known": said.complete}
            sure = AnnouncedForm(initial={**initial, "source": SOURCE.format(said.year)})
            return _proposal(request, sure, said, {_value(one) for one in said.days})
        form.add_error(
            "wording", "没有读出放假的日子。一行写一个节日，例如“国庆节：10月1日至7日放假调休，共7天。10月10日上班。”"
        )
    return _page(request, _year_asked(request), wording=form)


def _value(one: SpecialDay) -> str:
    """A day as its tick sends it."""
    return f"{one.day:%Y-%m-%d} {'work' if one.is_work else 'rest'} {one.name}"


def _proposal(request: Asked, form: AnnouncedForm, said: Any, ticked: set[str]) -> HttpResponse:
    """What was read, each day with a tick."""
    now = reads.calendar()
    context = {
        "form": form,
        "said": said,
        "rows": [(one, _value(one), _value(one) in ticked, now.is_work(one.day) != one.is_work) for one in said.days],
        "crumbs": [("节假日", f"{reverse('desk:calendar')}?year={said.year}")],
    }
    return render(request, "desk/system/announced.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def announce(request: Asked) -> HttpResponse:
    """Keep the confirmed days; running clocks move with them."""
    if request.method == "GET":  # the page was loaded again after a refusal
        return redirect("desk:calendar")
    unit = _keeper(request)
    form = AnnouncedForm(request.POST)
    if form.is_valid():
        given = {"days": form.special(), "known": form.years()}
        with refusals_on(form):
            return once(
                request, lambda: _kept_as(request, form.cleaned_data["year"], _announcing(request, unit, given))
            )
    year = form.cleaned_data.get("year") or timezone.localdate(request.now).year
    said = reads.announcement(form.cleaned_data.get("wording", ""), year)
    return _proposal(request, form, said, set(request.POST.getlist("days")))


@require_http_methods(["GET", "POST"])
def one_day(request: Asked) -> HttpResponse:
    """One day changed by hand."""
    if request.method == "GET":  # the page was loaded again after a refusal
        return redirect("desk:calendar")
    unit = _keeper(request)
    form = DayForm(request.POST, prefix="one")
    if form.is_valid():
        special = form.special()
        with refusals_on(form):
            return once(
                request, lambda: _kept_as(request, special.day.year, _announcing(request, unit, {"days": [special]}))
            )
    return _page(request, _year_asked(request), day=form)


def _announcing(request: Asked, unit: Unit, given: dict[str, Any]) -> Callable[[], Announced]:
    return lambda: announce_days(unit=unit, by=request.actor, at=request.now, **given)


def _kept_as(request: Asked, year: int, do: Callable[[], Announced]) -> str:
    """Do it and say what came of it."""
    done = do()
    days = f"{done.days} 天和原来不一样了" if done.days else "和原来一样，没有日子变动"
    clocks = f"{done.moved} 个正在走的时限改了到期日，卷宗里写明了原来是哪天" if done.moved else "没有时限因此改动"
    messages.success(request, f"已存上：{days}；{clocks}。")
    return f"{reverse('desk:calendar')}?year={year}"


urls = [
    path("calendar/", calendar, name="calendar"),
    path("calendar/read/", read, name="calendar-read"),
    path("calendar/announce/", announce, name="calendar-announce"),
    path("calendar/day/", one_day, name="calendar-day"),
]

"""The page of figures: a sheet with bars to look at, the way to the cases of each figure, workers' words beside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from huying.cases.models import Case
from huying.kernel.actors import Actor
from huying.ledger.reads import Figures, Plain, before, figures, opening, selected, sheet_of, viewer
from huying.ledger.rules import NONE, Selection, month_of, months_on, quarter_of
from huying.org.models import Unit
from huying.org.rules import Can, Member

WORDS = 3  # of each of the largest categories
LARGEST = 3
UNITS_OFFERED = 200


def figures_page(by: Actor, unit: Unit, since: date, until: date, on: date, *, outside: bool) -> dict[str, Any]:
    """Everything the page shows, in a fixed number of statements."""
    earlier = before(since, until)
    now = figures(by=by, unit=unit, since=since, until=until, on=on, outside=outside)
    then = figures(by=by, unit=unit, since=earlier[0], until=earlier[1], on=on, outside=outside)
    sheet = sheet_of(now, then)
    return {
        "sheet": sheet,
        "figures": now,
        "top": [_opened(now, one) for one in sheet["top"]],
        "bars": _bars(now, sheet["months"]),
        "tables": [{**one, "lines": _measured(now, one["lines"])} for one in sheet["tables"]],
        "rising": _rising(sheet),
        "steps": [{**one, "links": _step_links(now, one["code"])} for one in sheet["steps"]],
        "words": [] if now.outside else _words(by, now, sheet, on),
    }


def units_to_choose(by: Member) -> list[Unit]:
    """Units whose figures somebody may read: the own ones, then the unions below; a large union's are found by name."""
    own = list(by.units(Can.READ_FIGURES))
    found = {unit.pk: unit for unit in own}
    for unit in by.units(Can.READ_BELOW):
        below = Unit.objects.within(unit).open().filter(has_union=True)[: UNITS_OFFERED + 1]
        found |= {one.pk: one for one in below}
    return list(found.values())


def _opened(now: Figures, line: Plain) -> Plain:
    chosen = opening(now, *line["name"])
    change = line["n"] - line["before"] if None not in (line["n"], line["before"]) else None
    return {**line, "href": ledger_of(chosen), "change": change, "fewer": -change if change else 0}


def ledger_of(chosen: dict[str, str] | None) -> str:
    """The ledger's address for a selection."""
    return f"{reverse('desk:ledger')}?{urlencode(chosen)}" if chosen is not None else ""


def _measured(now: Figures, lines: list[Plain]) -> list[Plain]:
    """Lines with the way to their cases and how wide their bars are, of a hundred, on one scale for both periods."""
    widest = max((n for line in lines for n in (line["n"], line["before"]) if n), default=0)
    return [
        {
            **_opened(now, line),
            "width": round(100 * (line["n"] or 0) / widest, 1) if widest else 0,
            "width_before": round(100 * (line["before"] or 0) / widest, 1) if widest else 0,
        }
        for line in lines
    ]


def _step_links(now: Figures, code: str) -> dict[str, str]:
    links = {value: ledger_of(opening(now, f"step:{code}", value)) for value in ("ok", "late", "running")}
    return {**links, "overdue": ledger_of(opening(now, f"overdue:{code}"))}


def _bars(now: Figures, months: list[Plain]) -> list[Plain]:
    """Cases received by month (by quarter outside the union): height of a hundred, and what stands there in words."""
    highest = max((one["n"] or 0 for one in months), default=0) or 1
    chosen = opening(now, "received")
    found = []
    for one in months:
        day = date.fromisoformat(one["month"])
        height = round(100 * (one["n"] or 0) / highest, 1)
        label = f"{day.year}年{(day.month + 2) // 3}季度" if now.outside else f"{day.year}年{day.month}月"
        month = None
        if chosen is not None:
            month = {**chosen, "since": day.isoformat(), "until": (months_on(day, 1) - timedelta(days=1)).isoformat()}
        found.append({"label": label, "n": one["n"], "height": height, "y": 100 - height, "href": ledger_of(month)})
    return found


def _rising(sheet: Plain) -> list[Plain]:
    """What became more: categories, places and channels with the largest rise; hidden figures rise for nobody."""
    risen = [
        {"where": table["title"], "label": line["label"], "n": line["n"], "more": line["n"] - line["before"]}
        for table in sheet["tables"]
        if table["code"] in ("category", "place", "channel")
        for line in table["lines"]
        if line["n"] is not None and line["before"] is not None and line["n"] > line["before"]
    ]
    return sorted(risen, key=lambda one: (-one["more"], one["label"]))[:5]


def _words(by: Actor, now: Figures, sheet: Plain, on: date) -> list[Plain]:
    """Beside the largest categories the workers' own matters as released, newest first, so that no summary stands alone."""
    table = next((one for one in sheet["tables"] if one["code"] == "category"), None)
    if table is None:
        return []
    seen = viewer(by, on)
    found = []
    for line in [one for one in table["lines"] if one["n"] and one["name"][1] != f"{NONE}/"][:LARGEST]:
        chosen = opening(now, *line["name"])
        if chosen is None:
            continue
        cases = selected(seen, Selection.of(chosen), on).filter(released_at__isnull=False)
        shown: list[Case] = list(cases[:WORDS])
        found.append({"label": line["label"], "cases": shown, "href": ledger_of(chosen)})
    return found


# --- periods ------------------------------------------------------------------------------------------------------------


def spans(on: date, *, quarters: bool) -> list[tuple[str, str, tuple[date, date]]]:
    """The periods people ask for most: code, name, first and last month.  ``quarters``: only whole ones that are over."""
    year, quarter, month = on.replace(month=1, day=1), quarter_of(on), month_of(on)
    last = months_on(quarter, -3)
    ended = [
        ("last_quarter", "上季度", (last, months_on(last, 2))),
        ("last_half", "前两个季度", (months_on(quarter, -6), months_on(quarter, -1))),
        ("last_four", "前四个季度", (months_on(quarter, -12), months_on(quarter, -1))),
        ("last_year", "去年", (months_on(year, -12), months_on(year, -1))),
    ]
    if quarters:
        return ended
    half = year if on.month <= 6 else months_on(year, 6)
    return [
        ("month", "本月", (month, month)),
        ("last_month", "上月", (months_on(month, -1), months_on(month, -1))),
        ("quarter", "本季度", (quarter, month)),
        ended[0],
        ("half", "本半年", (half, month)),
        ("year", "今年", (year, month)),
        ended[3],
    ]

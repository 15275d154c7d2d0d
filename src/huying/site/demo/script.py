"""What happened: stories as data.  A story is one matter; its steps are lines ``day [time] who act: what``.

``day`` counts working days from the day it was said; ``今-3`` counts from today.  ``职工`` is the worker who spoke.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from huying.site.demo.days import CLOSES, Days, varied

FOLDER = Path(__file__).with_name("stories")
WORKER = "职工"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act of a story.  ``what`` is what the line says after the colon: nothing, words, or a table."""

    number: int
    day: int
    at: datetime
    who: str
    act: str
    what: Any

    def said(self, name: str, default: Any = "") -> Any:
        """One value of the table."""
        return self.what.get(name, default) if isinstance(self.what, dict) else default


@dataclass(frozen=True, kw_only=True)
class Story:
    """One matter, as a worker brought it, and what became of it."""

    key: str
    row: dict[str, Any]
    day: int
    steps: tuple[Step, ...] = field(default=())

    @property
    def once(self) -> str:
        """The idempotency key its receipts are derived from: the same on every start."""
        return f"demo-county:{self.key}"


def stories(days: Days) -> list[Story]:
    """Every story, with its moments."""
    return [_story(row, days) for row in _rows()]


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    """What the files say."""
    rows = tuple(row for path in sorted(FOLDER.glob("*.yaml")) for row in yaml.safe_load(path.read_text()))
    if len({row["key"] for row in rows}) < len(rows):
        raise ValueError("two stories share a key")
    return rows


def _story(row: dict[str, Any], days: Days) -> Story:
    first = {f"0 {row['time']} {row.get('by', WORKER)} {row.get('begins', 'register')}": None}
    lines = [first, *row.get("steps", ())]
    return Story(key=row["key"], row=row, day=row["day"], steps=tuple(_steps(row["key"], row["day"], lines, days)))


def _steps(key: str, begins: int, lines: list[dict[str, Any]], days: Days) -> Iterator[Step]:
    last: tuple[int, time] = (begins, time(0))
    for number, line in enumerate(lines):
        ((head, what),) = line.items()
        words = head.split()
        given = words.pop(1) if ":" in words[1] else ""
        said_day, who, act = words
        day = int(said_day[1:]) if said_day.startswith("今") else begins + int(said_day)
        clock = time.fromisoformat(given) if given else _clock(f"{key}:{number}", last, day, who)
        if (day, clock) < last:
            raise ValueError(f"{key}: {head} goes back in time")
        if who != WORKER and clock > CLOSES and not given:
            raise ValueError(f"{key}: {head} falls after hours")
        last = (day, clock)
        yield Step(number=number, day=day, at=days.moment(day, clock), who=who, act=act, what=what)


def _clock(seed: str, last: tuple[int, time], day: int, who: str) -> time:
    """A plausible time of day: office hours for staff, evenings for workers, a while after what came before."""
    if last[0] == day and last[1] > time(0):
        later = last[1].hour * 60 + last[1].minute + varied(seed, 6, 41)
        return time(later // 60, later % 60)
    if who == WORKER:
        return time(varied(seed, 18, 21), varied(seed + "m", 2, 58))
    return (
        time(varied(seed, 8, 10), varied(seed + "m", 31, 58)) if varied(seed, 0, 2) else time(14, varied(seed, 5, 55))
    )

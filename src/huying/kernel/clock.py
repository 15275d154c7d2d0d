"""Arithmetic of days: on which day a time limit ends, and why, in words.

Nothing here knows a limit or a holiday: limits come from packs, rest days from the calendar of ``mechanism``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Protocol

from django.utils import timezone

_DAY = timedelta(days=1)
_WEEKDAYS = "一二三四五六日"


class DayKind(StrEnum):
    """Kinds of day a limit counts."""

    CALENDAR = "calendar"  # 自然日
    WORKING = "working"  # 工作日

    @property
    def label(self) -> str:
        """The kind as people read it."""
        return "自然日" if self is DayKind.CALENDAR else "工作日"


@dataclass(frozen=True)
class Rule:
    """A limit in days, the start day never counted.  ``roll``: a last day of rest moves on to the next working day."""

    days: int
    kind: DayKind
    roll: bool = False

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError(f"a limit needs at least one day, not {self.days}")

    @property
    def label(self) -> str:
        """``3 个自然日``."""
        return f"{self.days} 个{self.kind.label}"


class WorkDays(Protocol):
    """A calendar: which days are working days, until when that was announced, and what a special day is called."""

    def is_work(self, day: date) -> bool:
        """Whether people work on this day."""

    def known_until(self) -> date:
        """The last day of the last year whose holidays were announced."""

    def name(self, day: date) -> str:
        """Name of a holiday or make-up day, empty for ordinary days."""


class StepKind(StrEnum):
    """What one day did to a limit.  Exactly one day is ``LAST``: the day the limit ends."""

    START = "start"  # 起算当日，不计
    COUNTED = "counted"
    REST = "rest"  # 休息日，不计
    SKIPPED = "skipped"  # 暂停，不计
    ROLLED = "rolled"  # 期满日逢休息日，往后顺延
    LAST = "last"


@dataclass(frozen=True)
class DayStep:
    """One day of the ruler."""

    day: date
    kind: StepKind
    label: str
    work: bool
    name: str = ""


@dataclass(frozen=True)
class Due:
    """The day a limit ends.  ``provisional``: it rests on a year whose holidays are not announced yet."""

    on: date
    provisional: bool
    steps: tuple[DayStep, ...]

    @property
    def start(self) -> date:
        """The day the limit starts from, itself not counted."""
        return self.steps[0].day


def day_of(at: datetime) -> date:
    """The calendar day of a moment, in the installation's time zone."""
    return timezone.localtime(at).date()


def due(start: date, rule: Rule, calendar: WorkDays, paused_days: Collection[date] = ()) -> Due:
    """The last day of a limit that starts on ``start``.  ``paused_days``: the days on which the clock stood still."""
    steps = [DayStep(start, StepKind.START, "当日不计", calendar.is_work(start), calendar.name(start))]
    asked = start
    count = 0
    day = start
    while count < rule.days:
        day += _DAY
        work, name = calendar.is_work(day), calendar.name(day)
        if day in paused_days:
            steps.append(DayStep(day, StepKind.SKIPPED, "暂停", work, name))
        elif rule.kind is DayKind.WORKING and not work:
            steps.append(DayStep(day, StepKind.REST, name or "休息", work, name))
        else:
            count += 1
            steps.append(DayStep(day, StepKind.COUNTED, f"第 {count} 日", work, name))
    if rule.kind is DayKind.WORKING or rule.roll:
        asked = day
    last = steps.pop()
    if rule.kind is DayKind.CALENDAR and rule.roll and not last.work:
        steps.append(DayStep(last.day, StepKind.ROLLED, f"{last.label}，逢休息", last.work, last.name))
        steps.extend(_roll_on(last.day, calendar, paused_days))
        asked = steps[-1].day
    else:
        steps.append(DayStep(last.day, StepKind.LAST, last.label, last.work, last.name))
    return Due(on=steps[-1].day, provisional=asked > calendar.known_until(), steps=tuple(steps))


def _roll_on(day: date, calendar: WorkDays, paused_days: Collection[date]) -> Iterator[DayStep]:
    """The days from a rest day on to the next working day."""
    while True:
        day += _DAY
        work, name = calendar.is_work(day), calendar.name(day)
        if day in paused_days:
            yield DayStep(day, StepKind.SKIPPED, "暂停", work, name)
        elif not work:
            yield DayStep(day, StepKind.REST, name or "休息", work, name)
        else:
            yield DayStep(day, StepKind.LAST, "顺延到这天", work, name)
            return


def business_day_offset(day: date, count: int, calendar: WorkDays) -> date:
    """The working day ``count`` working days after ``day`` (before it, if negative); zero gives ``day`` itself."""
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= calendar.is_work(day)
    return day


def explain(due: Due, rule: Rule, event: str = "起算") -> str:
    """How a date was computed, in words.  ``event`` says what happened on the start day (``办结``)."""
    parts = [f"{_on(due.start, due)}{event}，当日不计；{rule.kind.label} {rule.days} 天，{_ending(due, rule)}"]
    if paused := sum(step.kind is StepKind.SKIPPED for step in due.steps):
        parts.append(f"其间暂停 {paused} 天，不计。")
    if rule.kind is DayKind.WORKING:
        parts += _crossed(due)
    if due.provisional:
        parts.append(f"{due.on.year}年的放假安排还没有公布，这个日子是暂定的，公布后自动重算。")
    return "".join(parts)


def _on(day: date, due: Due) -> str:
    """``11月17日``, with the year where it differs from the start's."""
    year = f"{day.year}年" if day.year != due.start.year else ""
    return f"{year}{day.month}月{day.day}日"


def _ending(due: Due, rule: Rule) -> str:
    """What happened on the last day."""
    last = due.steps[-1]
    made_up = last.work and last.day.weekday() >= 5
    rolled = next((step for step in due.steps if step.kind is StepKind.ROLLED), None)
    if rolled:
        why = rolled.name or f"周{_WEEKDAYS[rolled.day.weekday()]}"
        tail = "（调休上班）" if made_up else ""
        return f"末日 {_on(rolled.day, due)} 是休息日（{why}），顺延到 {_on(due.on, due)}{tail}。"
    if rule.kind is DayKind.WORKING:
        return f"末日 {_on(due.on, due)}。"
    if not rule.roll:
        return f"末日 {_on(due.on, due)}，逢休息日也不顺延。"
    kind = f"周{_WEEKDAYS[last.day.weekday()]}，但调休上班，" if made_up else "工作日，"
    return f"末日 {_on(due.on, due)} 是{kind}不顺延。"


def _crossed(due: Due) -> list[str]:
    """Sentences about rest days left out and make-up days counted."""
    rest = [step for step in due.steps if step.kind is StepKind.REST]
    made_up = [
        step for step in due.steps[1:] if step.work and step.day.weekday() >= 5 and step.kind is not StepKind.SKIPPED
    ]
    words = []
    if rest:
        named = "、".join(_holidays(rest, due))
        words.append(f"途中休息日 {len(rest)} 天不计{f'（含{named}）' if named else ''}。")
    if made_up:
        words.append(f"{'、'.join(_on(step.day, due) for step in made_up)} 调休上班，照计。")
    return words


def _holidays(rest: list[DayStep], due: Due) -> Iterator[str]:
    """Named holidays among rest days, each with its first and last day."""
    for name, group in groupby((step for step in rest if step.name), key=lambda step: step.name):
        days = [step.day for step in group]
        until = f"至{_on(days[-1], due)}" if len(days) > 1 else ""
        yield f"{name} {_on(days[0], due)}{until}"

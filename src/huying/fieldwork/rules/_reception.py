"""When reception days fall, what hours they have, which weeks have none, which matters are worth an invitation.  Pure."""

from __future__ import annotations

import calendar as months
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from huying.kernel.clock import WorkDays, business_day_offset
from huying.kernel.errors import Invalid

REPEATS = (("week", "每周"), ("month_week", "每月第几个星期几"), ("month_day", "每月几号"), ("once", "只排一天"))
NTHS = ((1, "第一个"), (2, "第二个"), (3, "第三个"), (4, "第四个"), (-1, "最后一个"))
RESTS = (("next", "顺延到下一个工作日"), ("skip", "这一次不排"))
FARTHEST = timedelta(days=400)  # a year and the holidays around it
LONGEST_THEME = 60
MOST_EACH = 20
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """On which days: every week on ``weekdays``, each month on the ``nth`` of them or on ``month_day``, or on the first day only;
    a day off moves it to the next working day or drops it."""

    repeat: str
    since: date
    until: date
    weekdays: tuple[int, ...] = ()
    nth: int = 1
    month_day: int = 1
    rest: str = "next"

    def check(self) -> None:
        """``Invalid`` for what is missing or cannot be."""
        wrong = {}
        if self.until < self.since:
            wrong["until"] = "结束的日期要在开始以后。"
        elif self.until - self.since > FARTHEST:
            wrong["until"] = "一次最多排一年多一点。"
        if self.repeat in ("week", "month_week") and not self.weekdays:
            wrong["weekdays"] = "请选星期几。"
        if self.repeat == "month_day" and not 1 <= self.month_day <= 31:
            wrong["month_day"] = "请写 1 到 31。"
        if wrong:
            raise Invalid(wrong)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a reception day is like: whose, how, from when to when, where, how long and how many each."""

    kind: str
    form: str
    theme: str = ""
    begins: time
    ends: time
    place: str
    minutes: int
    each: int

    def faults(self) -> dict[str, str]:
        """What is missing or cannot be, by field."""
        wrong = {}
        if self.form == "themed" and not self.theme.strip():
            wrong["theme"] = "专题接访要写明专题。"
        elif len(self.theme) > LONGEST_THEME:
            wrong["theme"] = f"写了 {len(self.theme)} 字，最多 {LONGEST_THEME} 字。"
        if not self.place.strip():
            wrong["place"] = "请写在哪里接待。"
        if self.ends <= self.begins:
            wrong["ends"] = "结束的时间要在开始以后。"
        elif not 5 <= self.minutes <= 480 or not slots(self.begins, self.ends, self.minutes):
            wrong["minutes"] = "每段 5 到 480 分钟，并且要排得进这段时间。"
        if not 1 <= self.each <= MOST_EACH:
            wrong["each"] = f"每段 1 到 {MOST_EACH} 位。"
        return wrong


@dataclass(frozen=True)
class Placed:
    """One day of a pattern: where it falls (nowhere, when a day off drops it) and the day the rule gave."""

    wanted: date
    on: date | None
    why: str = ""

    @property
    def moved_from(self) -> date | None:
        """The day the rule gave, where it was moved."""
        return self.wanted if self.on is not None and self.on != self.wanted else None


def placed(pattern: Pattern, calendar: WorkDays) -> list[Placed]:
    """The days of a pattern with holidays respected.  Two that fall on one day are one."""
    found: dict[date, Placed] = {}
    dropped = []
    for wanted in _wanted(pattern):
        on, why = wanted, ""
        if not calendar.is_work(wanted):
            why = calendar.name(wanted) or "休息日"
            if pattern.rest == "skip":
                dropped.append(Placed(wanted, None, why))
                continue
            on = business_day_offset(wanted, 1, calendar)
        if on <= pattern.until or pattern.repeat == "once":
            found.setdefault(on, Placed(wanted, on, why))
        else:
            dropped.append(Placed(wanted, None, f"{why}，顺延超出这一段"))
    return sorted([*found.values(), *dropped], key=lambda one: (one.on or one.wanted, one.wanted))


def _wanted(pattern: Pattern) -> Iterator[date]:
    """The days as the pattern says, days off or not."""
    if pattern.repeat == "once":
        yield pattern.since
        return
    day = pattern.since
    while day <= pattern.until:
        if _fits(pattern, day):
            yield day
        day += _DAY


def _fits(pattern: Pattern, day: date) -> bool:
    if pattern.repeat == "week":
        return day.weekday() in pattern.weekdays
    last = months.monthrange(day.year, day.month)[1]
    if pattern.repeat == "month_day":  # a month too short for it has it on its last day
        return day.day == min(pattern.month_day, last)
    if day.weekday() not in pattern.weekdays:
        return False
    return day.day + 7 > last if pattern.nth == -1 else (day.day - 1) // 7 + 1 == pattern.nth


def weeks_without(days: Collection[date], since: date, until: date, calendar: WorkDays) -> list[date]:
    """Mondays of the whole weeks between two days that have a working day and no reception (BD-4.4a)."""
    monday = since + timedelta(days=(-since.weekday()) % 7)
    empty = []
    while monday + timedelta(days=6) <= until:
        week = [monday + timedelta(days=n) for n in range(7)]
        if any(calendar.is_work(day) for day in week) and not set(week) & set(days):
            empty.append(monday)
        monday += timedelta(days=7)
    return empty


def slots(begins: time, ends: time, minutes: int) -> list[time]:
    """The hours at which somebody may be received, each long enough to be whole."""
    day = date(2000, 1, 1)
    at, end, step = datetime.combine(day, begins), datetime.combine(day, ends), timedelta(minutes=minutes)
    found = []
    while at + step <= end:
        found.append(at.time())
        at += step
    return found


def invite_reasons(*, hard: bool, people: int, many: int, again: bool, days: int, long: int) -> list[str]:
    """Why the workers behind a matter may be invited to a talk (BD-4.4b): it is complex, touches many, or has been on
    people's minds: taken up again, or open for long."""
    found = {"complex": hard, "many": people >= many, "concern": again or days >= long}
    return [code for code, holds in found.items() if holds]

"""The working-day calendar: weekdays, but for the days the State Council declares otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import Holiday, holidays, workdays

ANNOUNCED = "国务院办公厅节假日安排通知（据 chinesecalendar）"
BY_LAW = "全国年节及纪念日放假办法"
# Seven holidays a year's announcement has to name; a character of each that no other name has.
HOLIDAYS = {
    "元旦": "元",
    "春节": "春",
    "清明节": "清明",
    "劳动节": "劳动",
    "端午节": "端午",
    "中秋节": "中秋",
    "国庆节": "国庆",
}
WEEKDAYS = "一二三四五六日"
# Public holidays that keep their solar date; a year not announced yet has at least these.
FIXED = ((1, 1, "元旦"), (5, 1, "劳动节"), (5, 2, "劳动节"), (10, 1, "国庆节"), (10, 2, "国庆节"), (10, 3, "国庆节"))


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not what its weekday says."""

    day: date
    is_work: bool
    name: str
    source: str = ""


@dataclass(frozen=True)
class Calendar:
    """Working days as kept by the installation (``kernel.clock.WorkDays``)."""

    special: Mapping[date, tuple[bool, str]]
    years: frozenset[int]

    def is_work(self, day: date) -> bool:
        """Whether people work on this day: as announced, else by weekday."""
        found = self.special.get(day)
        return found[0] if found else usually_works(day)

    def name(self, day: date) -> str:
        """Name of a holiday or make-up day."""
        found = self.special.get(day)
        return found[1] if found else ""

    def known_until(self) -> date:
        """The last day of the last announced year; before all time when none was."""
        return date(max(self.years), 12, 31) if self.years else date.min


def usually_works(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def library_years() -> list[int]:
    """Years the installed library knows."""
    return sorted({day.year for day in holidays})


def library_days() -> Iterator[SpecialDay]:
    """Holidays and make-up days of those years, with their Chinese names."""
    chinese = {holiday.value: holiday.chinese for holiday in Holiday}
    for day, name in holidays.items():
        yield SpecialDay(day, False, chinese.get(name, name), ANNOUNCED)
    for day, name in workdays.items():
        yield SpecialDay(day, True, f"{chinese.get(name, name)}调休上班", ANNOUNCED)


def fixed_days(year: int) -> Iterator[SpecialDay]:
    """What the law alone says about a year not announced yet."""
    for month, day, name in FIXED:
        yield SpecialDay(date(year, month, day), False, name, BY_LAW)


LIBRARY = f"chinesecalendar {chinese_calendar.__version__}"


# --- reading an announcement --------------------------------------------------------------------------------------------

_DAY = r"(?:(?P<y{n}>20\d\d)年)?(?:(?P<m{n}>\d{{1,2}})月)?(?P<d{n}>\d{{1,2}})日(?:\(周(?P<w{n}>[一二三四五六日])\))?"
_SPAN = re.compile(_DAY.format(n=1) + "(?:[至到—–~-]+" + _DAY.format(n=2) + ")?")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_NUMBERED = re.compile(r"(?<=[。;\n知])\s*(?=[一二三四五六七八九十]{1,3}、)")
_HEAD = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|\d+[.、])?\s*(?P<name>[\u4e00-\u9fff、]{2,20}):(?P<body>.*)$")
_TOTAL = re.compile(r"共(\d+)天")
_TITLE = re.compile(r"(20\d\d)年部分节假日安排")


@dataclass(frozen=True)
class Announcement:
    """What the wording of an announcement says, as a proposal.  ``doubts`` are sentences: what does not fit or was not
    understood.  ``complete``: every holiday of the year is in it and nothing is in doubt.
    """

    year: int
    days: tuple[SpecialDay, ...]
    doubts: tuple[str, ...]
    complete: bool


def announced(text: str, year: int) -> Announcement:
    """Read the State Council's wording line by line; the title's year counts before ``year``."""
    plain = _plain(text)
    if title := _TITLE.search(plain):
        year = int(title.group(1))
    days: dict[date, SpecialDay] = {}
    doubts: list[str] = []
    name = ""
    for line in _NUMBERED.sub("\n", plain).split("\n"):
        head = _HEAD.match(line.strip())
        name, body = (head["name"], head["body"]) if head else (name, line)
        if name:
            for one in _line(name, body, year, doubts):
                days[one.day] = one
    missing = [holiday for holiday, mark in HOLIDAYS.items() if not any(mark in one.name for one in days.values())]
    if days and missing:
        doubts.append(f"没有看到{'、'.join(missing)}的安排。")
    found = tuple(sorted(days.values(), key=lambda one: one.day))
    return Announcement(year, found, tuple(doubts), complete=bool(days) and not doubts)


def _plain(text: str) -> str:
    """Half-width, without blanks; of what stands in brackets only a weekday stays."""
    text = re.sub(r"[ \t\r\u3000]+", "", unicodedata.normalize("NFKC", text))

    def weekday(match: re.Match[str]) -> str:
        found = _WEEKDAY.search(match.group(1))
        return f"(周{found.group(1).replace('天', '日')})" if found else ""

    return _BRACKETS.sub(weekday, text)


def _line(name: str, body: str, year: int, doubts: list[str]) -> Iterator[SpecialDay]:
    """Days of one holiday: "…放假" names days of rest, "…上班" make-up days; other sentences advise and settle nothing."""
    rest = 0
    for sentence in re.split(r"[。;]", body):
        works = "上班" in sentence
        if not works and "放假" not in sentence:
            continue
        for match in _SPAN.finditer(sentence):
            for day in _days(match, year, name, doubts):
                rest += not works
                yield SpecialDay(day, works, f"{name}调休上班" if works else name)
    total = _TOTAL.search(body)
    if total and int(total.group(1)) != rest:
        doubts.append(f"{name}写的是共 {total.group(1)} 天，读出来是 {rest} 天，请核对。")
    if not rest and _SPAN.search(body):
        doubts.append(f"{name}这一行没有读懂：{body[:40]}")


def _days(match: re.Match[str], year: int, name: str, doubts: list[str]) -> Iterator[date]:
    """The days of "10月1日至7日"; a month or year not said again is the one before."""
    try:
        first = date(int(match["y1"] or year), int(match["m1"] or 0), int(match["d1"]))
        last = first
        if match["d2"]:
            last = date(int(match["y2"] or first.year), int(match["m2"] or first.month), int(match["d2"]))
    except ValueError:
        doubts.append(f"{name}里的“{match.group(0)}”不是一个日子。")
        return
    if not first <= last <= first + timedelta(days=15):
        doubts.append(f"{name}里的“{match.group(0)}”前后不合。")
        return
    for day, said in ((first, match["w1"]), (last, match["w2"])):
        if said and WEEKDAYS[day.weekday()] != said:
            doubts.append(f"{day.year}年{day.month}月{day.day}日是周{WEEKDAYS[day.weekday()]}，文中写的是周{said}。")
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)

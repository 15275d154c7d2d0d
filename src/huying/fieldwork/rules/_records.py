"""What a work record must say, when it is late, and which records cannot both be true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from huying.cases.rules import LONGEST_WORDS
from huying.fieldwork.models import LONGEST_DAYS
from huying.kernel.errors import Invalid
from huying.mechanism.rules import RecordField, RecordKind, Rules
from huying.org.models import Unit

DAY = 24 * 60  # minutes
MOST_PEOPLE = 20
MOST_MET = 100_000
SURVEY = "enterprise_survey"
PARTS = (("heard", "听到什么"), ("promised", "答应了什么"), ("done", "办了什么"))
# How what was heard came to the union, as a case says it; everything else was said in a talk.
_CAME = {"reception": "visit", "manager_reception": "visit", "invited_talk": "visit"}


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What somebody did, as it was typed.  ``fields``: the kind's own, by code; ``ask``: the unit visited is asked to confirm."""

    kind: str
    on: date
    minutes: int
    until: date | None = None
    begins: time | None = None
    place: Unit | None = None
    where: str = ""
    theme: str = ""
    workers_met: int = 0
    managers_met: int = 0
    heard: str = ""
    promised: str = ""
    done: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    ask: bool = True

    @property
    def last(self) -> date:
        """The last day."""
        return self.until or self.on


def check_deed(deed: Deed, rules: Rules, today: date) -> tuple[dict[str, Any], dict[str, str]]:
    """The kind's own figures and texts.  ``Invalid`` names every field that is missing or wrong; own fields as ``own_…``."""
    kind = next((one for one in rules.records() if one.code == deed.kind), None)
    if kind is None:
        raise Invalid({"kind": "请选是哪一种工作。"})
    wrong = {**_when(deed, today), **_whom(deed, kind)}
    figures: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for one in kind.fields:
        value, why = _own(one, deed.fields.get(one.code), rules)
        if why:
            wrong[f"own_{one.code}"] = why
        elif value != "":
            (texts if one.kind == "text" else figures)[one.code] = value
    said = [getattr(deed, name).strip() for name, _ in PARTS]
    if not any(said) and not texts:
        wrong["heard"] = "听到什么、办了什么，至少写一句。"
    wrong |= {
        name: f"最多 {LONGEST_WORDS} 字。"
        for (name, _), words in zip(PARTS, said, strict=True)
        if len(words) > LONGEST_WORDS
    }
    if wrong:
        raise Invalid(wrong)
    return figures, texts


def _when(deed: Deed, today: date) -> dict[str, str]:
    wrong = {}
    if deed.on > today:
        wrong["on"] = "这一天还没有到。"
    elif not deed.on <= deed.last <= today:
        wrong["until"] = "最后一天不能早于第一天，也不能晚于今天。"
    elif (deed.last - deed.on).days >= LONGEST_DAYS:
        wrong["until"] = f"一条记录最多 {LONGEST_DAYS} 天，再长的请分开记。"
    if not 1 <= deed.minutes <= DAY:
        wrong["minutes"] = "请写一天里用了多长时间，最多 24 小时。"
    return wrong


def _whom(deed: Deed, kind: RecordKind) -> dict[str, str]:
    wrong = {}
    if kind.outside and deed.place is None:
        wrong["place"] = "请选去了哪个单位、哪个车间。"
    for name, whom in (("workers_met", "职工"), ("managers_met", "经营管理人员")):
        if not 0 <= getattr(deed, name) <= MOST_MET:
            wrong[name] = "请写人数。"
        elif kind.meets_both and not getattr(deed, name):
            wrong[name] = f"{kind.label}要和{whom}见面，请写见到几人。只见了一方的，记成别的走访。"
    for name, most in (("where", 80), ("theme", 60)):
        if len(getattr(deed, name)) > most:
            wrong[name] = f"最多 {most} 字。"
    return wrong


def _own(one: RecordField, given: Any, rules: Rules) -> tuple[Any, str]:
    """The value of one of the kind's own fields, and what is wrong with it."""
    value = "" if given is None else str(given).strip()
    if not value:
        return "", f"请填写{one.label}。" if one.must else ""
    if one.kind == "number":
        return (int(value), "") if value.isdecimal() and int(value) <= MOST_MET else ("", "请写一个数。")
    if one.kind == "choice" and value not in {choice.code for choice in rules.options(one.options).choices}:
        return "", "请从列出的里面选。"
    return (value, "") if len(value) <= LONGEST_WORDS else ("", f"最多 {LONGEST_WORDS} 字。")


def settles(kind: RecordKind | None) -> bool:
    """Whether this kind of record settles things that are followed up (SX-16)."""
    return kind is not None and any(one.code == "settled" for one in kind.fields)


def channel_for(kind: str, offered: Collection[str]) -> str:
    """The way in of a case that came out of a record, among the channels that are open."""
    return next((code for code in (_CAME.get(kind, "talk"), "talk", "relay") if code in offered), "")


def is_late(until: date, written_on: date, late_days: int) -> bool:
    """Whether a record was written down later than the pack lets pass without a word."""
    return (written_on - until).days > late_days


# --- records that cannot both be true ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """A record as far as it takes somebody's time."""

    record: UUID
    on: date
    until: date
    begins: time | None
    minutes: int
    place: UUID | None = None
    where: str = ""


@dataclass(frozen=True)
class Clash:
    """Records of one person that cannot both be true: ``two_places`` at the same time, or ``too_long`` for a day."""

    kind: str
    day: date
    records: frozenset[UUID]


def clashes(spans: Iterable[Span]) -> list[Clash]:
    """What is impossible among the records of one person; pointed out, never refused."""
    by_day: dict[date, list[Span]] = defaultdict(list)
    for span in spans:
        for number in range((span.until - span.on).days + 1):
            by_day[span.on + timedelta(days=number)].append(span)
    found: list[Clash] = []
    for day, of_day in sorted(by_day.items()):
        found += [
            Clash("two_places", day, frozenset({one.record, other.record}))
            for number, one in enumerate(of_day)
            for other in of_day[number + 1 :]
            if _apart(one, other) and _at_once(one, other)
        ]
        if sum(span.minutes for span in of_day) > DAY:
            found.append(Clash("too_long", day, frozenset(span.record for span in of_day)))
    return found


def _apart(one: Span, other: Span) -> bool:
    return one.place != other.place or (one.where != other.where and bool(one.where and other.where))


def _at_once(one: Span, other: Span) -> bool:
    if one.begins is None or other.begins is None:
        return False
    starts = [datetime.combine(date.min, span.begins or time()) for span in (one, other)]
    ends = [start + timedelta(minutes=span.minutes) for start, span in zip(starts, (one, other), strict=True)]
    return starts[0] < ends[1] and starts[1] < ends[0]

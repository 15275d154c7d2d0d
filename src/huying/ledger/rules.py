"""Pure rules of the ledger: what a selection is, how a step stands, which figures about few people are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from huying.cases.models import Clock

AT_ONCE = 2_000  # rows written while one waits; more go to the background
STEPS = (("accept", "受理"), ("item", "办理"), ("report", "书面反馈"), ("tell", "告知"))
HIDDEN = "人数少，不显示"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What of the ledger somebody asked for.  Empty fields do not narrow; dates are of receipt, both inclusive."""

    since: date | None = None
    until: date | None = None
    state: str = ""
    content_class: str = ""
    category: str = ""
    channel: str = ""
    difficulty: str = ""
    department: str = ""
    timing: str = ""
    satisfaction: str = ""
    unit: str = ""
    words: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def plain(self) -> dict[str, str]:
        """As text, for the address and for a job that runs later."""
        return {name: str(value) for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, plain: Mapping[str, str]) -> Selection:
        """Back from text; what is no date or no field is left out."""
        given: dict[str, Any] = {}
        for one in fields(cls):
            text = str(plain.get(one.name, "")).strip()
            if one.name in ("since", "until"):
                given[one.name] = _day(text)
            else:
                given[one.name] = text[:60]
        return cls(**given)

    def codes(self) -> dict[str, str]:
        """What the trail keeps of it: codes; of names and free words only that there were some."""
        free = {"words", "unit", "department"}
        return {name: "given" if name in free else value for name, value in self.plain().items()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def standing(clocks: Iterable[Clock], today: date) -> dict[str, str]:
    """How each step of a case stands: 按时, 超期, 在办 or nothing.  One late limit makes its step late."""
    found: dict[str, str] = {}
    for clock in clocks:
        if clock.stopped_at is not None:
            state = "超期" if clock.late else "按时"
        elif clock.paused_on is None and clock.due_on < today:
            state = "超期"
        else:
            state = "在办"
        if found.get(clock.code) != "超期":
            found[clock.code] = state
    return found


def in_time(steps: Mapping[str, str]) -> str:
    """All steps in words: which are late, else whether the finished ones were in time."""
    late = [label for code, label in STEPS if steps.get(code) == "超期"]
    if late:
        return "、".join(late) + "超期"
    return "按时" if any(state == "按时" for state in steps.values()) else ""


def may_show(people: int, smallest: int, *, own: bool) -> bool:
    """May a figure about so many people be seen: by the union that has the case always, elsewhere only if there are enough
    of them (secrecy.md, small cells)."""
    return own or people >= smallest


@dataclass(frozen=True)
class Share:
    """A figure with what it is a part of."""

    label: str
    part: int
    of: int

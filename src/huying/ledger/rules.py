"""Pure rules of the ledger: what a selection is, how a step stands, which figures about few people are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from huying.cases.models import Clock
from huying.kernel.errors import NotYours

AT_ONCE = 2_000  # rows written while one waits; more go to the background
STEPS = (("accept", "受理"), ("item", "办理"), ("report", "书面反馈"), ("tell", "告知"))
HIDDEN = "人数少，不显示"
MOST_PAPERS = 500  # papers of one archive: more would be too large to carry away

# Lines of the history that are talk with the worker or looks, not progress.
TALK = {
    "ask", "supplement", "message", "told", "tell", "join", "disclose", "step_out", "urge", "check", "ask_union", "answer",
    "rated",
}  # fmt: skip
LOOKS = {"open_sealed"}


@dataclass(frozen=True)
class Paper:
    """A paper that can be printed of a case: its code in addresses, its name, the formats, what the reading log calls it."""

    code: str
    name: str
    formats: tuple[str, ...]
    reading: str


PAPERS = {
    one.code: one
    for one in (
        Paper("form1", "职工诉求记录表", ("pdf", "docx"), "form1"),
        Paper("form2", "职工诉求业务办理流程图", ("pdf", "docx"), "form2"),
        Paper("form3", "职工诉求工作进展情况跟踪表", ("pdf", "docx"), "form3"),
        Paper("form4", "职工诉求满意度调查表", ("pdf", "docx"), "form4"),
        Paper("dossier", "卷宗", ("pdf",), "print"),
    )
}


def paper(code: str, fmt: str) -> Paper:
    """The paper of that code in that format; ``NotYours`` (a missing page) for anything else."""
    found = PAPERS.get(code)
    if found is None or fmt not in found.formats:
        raise NotYours
    return found


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

"""Pure rules of the ledger: what a selection is, how a step stands, which figures about few people are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from huying.cases.models import Clock
from huying.kernel.errors import NotYours
from huying.kernel.small import suppressed as suppressed  # noqa: PLC0414  (part of what the ledger says of small figures)

AT_ONCE = 2_000  # rows written while one waits; more go to the background
STEPS = (("accept", "受理"), ("item", "办理"), ("report", "书面反馈"), ("tell", "告知"))
HIDDEN = "人数少，不显示"
PRINTED_AT_ONCE = 200  # lines on paper while one waits
MOST_PRINTED = 5_000  # lines of one printed ledger; more belong into a workbook
MOST_COUNTED = 10_000  # a list says "more than" beyond: nobody turns so many pages, and counting them costs every page
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


_DAYS = ("since", "until", "archived_since", "archived_until")
COUNTED = "counted"  # a state that is none: everything but what was joined to another case
NONE = "none"
MARKS = (
    ("returned", "退回过"),
    ("reopened", "重新办理过"),
    ("climbed", "上报过"),
    ("surveyed", "测评过"),
    ("archived", "已归档"),
)
STANDS = (("ok", "按时"), ("late", "超期"), ("overdue", "超期未办"), ("running", "在办"))
SORTS = (
    ("", "最近登记"),
    ("oldest", "最早登记"),
    ("received", "最近收到"),
    ("moved", "最近有动静"),
    ("archived", "最近归档"),
)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What of the ledger somebody asked for.  Empty fields do not narrow; dates are of receipt, or of archiving, both inclusive.

    ``at`` is the union the cases belong to, by id, with those of the unions ``below`` it; ``place`` narrows to a part of it.
    ``step`` is a step and how it stands (``item:late``), ``mark`` something that happened (``MARKS``).
    """

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
    officer: str = ""
    step: str = ""
    mark: str = ""
    archived_since: date | None = None
    archived_until: date | None = None
    at: str = ""
    below: str = ""
    place: str = ""
    words: str = ""
    sort: str = ""

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
            if one.name in _DAYS:
                given[one.name] = _day(text)
            else:
                given[one.name] = text[:60]
        return cls(**given)

    def codes(self) -> dict[str, str]:
        """What the trail keeps of it: codes; of names and free words only that there were some."""
        free = {"words", "unit", "department", "officer"}
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
        if found.get(clock.code) != "超期" and (state != "按时" or clock.code not in found):
            found[clock.code] = state
    return found


def in_time(steps: Mapping[str, str]) -> str:
    """All steps in words: which are late, else whether the finished ones were in time."""
    late = [label for code, label in STEPS if steps.get(code) == "超期"]
    if late:
        return "、".join(late) + "超期"
    return "按时" if any(state == "按时" for state in steps.values()) else ""


@dataclass(frozen=True)
class Share:
    """A figure with what it is a part of."""

    label: str
    part: int
    of: int


# --- figures ------------------------------------------------------------------------------------------------------------

PEOPLE = ("asked:", "unasked:", "answered:", "grade:", "process:")
MONTHS_A_QUARTER = 3


def is_of_people(measure: str) -> bool:
    """Whether a figure counts people who were asked, not cases."""
    return measure.startswith(PEOPLE)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def quarter_of(day: date) -> date:
    """The first day of its quarter."""
    return day.replace(month=(day.month - 1) // MONTHS_A_QUARTER * MONTHS_A_QUARTER + 1, day=1)


def months_on(month: date, number: int) -> date:
    """The first day of the month so many months later, or earlier."""
    count = month.year * 12 + month.month - 1 + number
    return date(count // 12, count % 12 + 1, 1)


def published(
    atom: Mapping[tuple[str, str], tuple[int, int]], smallest: int, before: Mapping[tuple[str, str], tuple[int, int]]
) -> dict[tuple[str, str], tuple[int, int]]:
    """What people answered about a union's cases of one quarter, as others may see it: of each group all or nothing.

    Whatever is shown above adds such quarters up, whole: so no difference between units, periods or levels is about fewer
    people than ``smallest``.  ``before`` is what stood there: a group is shown anew only once it grew or shrank by as many, so
    whoever looks every day learns of no fewer people from what changed, either.
    """
    shown: dict[tuple[str, str], tuple[int, int]] = {}
    groups = {measure.partition(":")[2] for measure, _ in (*atom, *before)}
    for group in groups:
        count = atom.get((f"answered:{group}", ""), (0, 0))[0]
        was = before.get((f"answered:{group}", ""), (0, 0))[0]
        stays = was and (abs(count - was) < smallest) and count >= smallest
        source = before if stays else atom if count >= smallest else {}
        shown |= {name: figure for name, figure in source.items() if name[0].partition(":")[2] == group}
    return shown


Cells = Mapping[tuple[str, str], tuple[int, int]]
_ALONE = ("returned", "reopened", "climbed")


def hidden_cells(cells: Cells, smallest: int) -> frozenset[tuple[str, str]]:
    """Which figures about cases stay hidden outside the union that has them, of one unit and one quarter.

    Each measure is a table whose sum is the number of cases received; the categories of a class add up to the class.  What
    people answered is not looked at: of that only ``published`` quarters are there at all.
    """
    received = cells.get(("received", ""), (0, 0))[0]
    of_cases = {key for key in cells if not is_of_people(key[0])}
    if 0 < received < smallest:
        return frozenset(of_cases)
    hidden: set[tuple[str, str]] = set()
    for measure in ("channel", "class", "place", "state"):
        table = {key: n for key, (n, _) in cells.items() if key[0] == measure and key != ("state", "merged")}
        hidden |= suppressed(table, smallest)
    if 0 < cells.get(("state", "merged"), (0, 0))[0] < smallest:
        hidden.add(("state", "merged"))
    filed = {key: n for key, (n, _) in cells.items() if key[0] == "filed"}
    hidden |= suppressed({**filed, "rest": received - sum(filed.values())}, smallest) - {"rest"}
    hidden |= _categories(cells, {value for measure, value in hidden if measure == "class"}, smallest)
    for measure in _ALONE:
        n = cells.get((measure, ""), (0, 0))[0]
        if suppressed({"": n, "rest": received - n}, smallest):
            hidden.add((measure, ""))
    for code, _ in STEPS:
        hidden |= _step(cells, code, received, smallest)
    return frozenset(hidden)


def _categories(cells: Cells, classes: set[str], smallest: int) -> set[tuple[str, str]]:
    """The categories of each class are a table of their own; those of a hidden class are hidden."""
    tables: dict[str, dict[tuple[str, str], int]] = {}
    for key, (n, _) in cells.items():
        if key[0] == "category":
            tables.setdefault(key[1].partition("/")[0], {})[key] = n
    hidden: set[tuple[str, str]] = set()
    for content_class, table in tables.items():
        hidden |= set(table) if content_class in classes else suppressed(table, smallest)
    return hidden


def _step(cells: Cells, code: str, received: int, smallest: int) -> set[tuple[str, str]]:
    """In time, late, running, and not come to it add up; so do the late ones that are done and those that run on."""
    name = f"step:{code}"
    table = {(name, value): cells.get((name, value), (0, 0))[0] for value in ("ok", "late", "running")}
    rest = received - sum(table.values())
    hidden = set(suppressed({**table, "rest": rest}, smallest)) - {"rest"}
    late, overdue = table[name, "late"], cells.get((f"overdue:{code}", ""), (0, 0))[0]
    if (name, "late") in hidden or suppressed({"on": overdue, "done": late - overdue}, smallest):
        hidden.add((f"overdue:{code}", ""))
    if hidden or 0 < cells.get((f"days:{code}", ""), (0, 0))[0] < smallest:
        hidden.add((f"days:{code}", ""))
    return hidden

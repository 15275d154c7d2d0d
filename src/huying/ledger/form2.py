"""Form 2, 职工诉求业务办理流程图 (MY annex 2): drawn from the lifecycle tables that really run, never by hand.

A chart is data: stages from top to bottom, the states of each, what leads on, what else may happen.  Page, PDF and Word
show the same chart; another table gives another chart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from huying.kernel.lifecycle import Lifecycle, Step
from huying.ledger.form1 import PAPERS, chinese, iso
from huying.papers import reads as papers

TITLE = "职工诉求业务办理流程图"
OFTEN = 3  # what may be done in more stages than this stands once, below the chart
Flow = Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Box:
    """A state: its staff name, whose turn it is, whether the matter stands there now."""

    code: str
    label: str
    turn: str
    here: bool = False


@dataclass(frozen=True)
class Stage:
    """One stage: its states, its limits, the acts that lead to the next stage, and what else may happen, in words.

    ``parts`` are the states of what runs inside it (the department's item), ``inside`` how those follow each other.
    """

    name: str
    boxes: tuple[Box, ...] = ()
    limits: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    parts: tuple[Box, ...] = ()
    inside: tuple[str, ...] = ()

    @property
    def here(self) -> bool:
        """Whether the matter stands in this stage."""
        return any(box.here for box in self.boxes)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """The whole way of a matter.  Without ``number`` and ``here`` it is the general chart, to hang on a wall.

    ``end`` is where the last stage leads; ``anytime`` what may be done all along; ``here`` says in words where the matter is.
    """

    title: str = TITLE
    stages: tuple[Stage, ...] = ()
    end: Box
    anytime: tuple[str, ...] = ()
    number: str = ""
    here: str = ""
    issuer: str = ""
    printed_on: date | None = None


@dataclass(frozen=True)
class Inside:
    """A table that runs inside one state: for a case in hand that of its items, with the states they are in now."""

    state: str
    table: Lifecycle
    here: Collection[str] = ()


def chart(
    table: Lifecycle,
    flow: Flow,
    *,
    inside: Inside | None = None,
    here: str = "",
    limits: Mapping[str, str] | None = None,
    **about: Any,
) -> Chart:
    """The chart of a lifecycle.  ``here`` is the present state's code; ``limits`` are sentences by code of the clock."""
    drawn = _Drawing(table, flow, here)
    stages = tuple(drawn.stage(number, inside, limits or {}) for number in range(len(flow)))
    end = drawn.end()
    where = table.by_code[here].staff if here else ""
    return Chart(stages=stages, end=end, anytime=drawn.anytime(), here=where, **about)


class _Drawing:
    """Reads one table stage by stage."""

    def __init__(self, table: Lifecycle, flow: Flow, here: str) -> None:
        self.table, self.flow, self.here = table, flow, here
        self.stage_of = {code: number for number, (_, codes) in enumerate(flow) for code in codes}
        self.moves = [step for step in table.steps if step.target is not None]
        self.home: dict[str, int] = {}  # of each limit: the first stage in which something stops it
        for step in self.moves:
            if not self._often(step):
                for code in step.stops:
                    self.home.setdefault(code, min(self._from(step), default=0))

    def _from(self, step: Step) -> list[int]:
        return sorted({self.stage_of[code] for code in step.sources if code in self.stage_of})

    def _often(self, step: Step) -> bool:
        return len(self._from(step)) > OFTEN

    def _name(self, code: str) -> str:
        return self.table.by_code[code].staff

    def stage(self, number: int, inside: Inside | None, limits: Mapping[str, str]) -> Stage:
        """One stage of the flow."""
        name, codes = self.flow[number]
        leaving = [step for step in self.moves if set(step.sources) & set(codes) and not self._often(step)]
        onward = [step.label for step in leaving if self._leads_on(step, number)]
        if not codes:  # where a matter comes from: nothing waits here
            onward = [f"编号，进入“{self._name(self.table.start)}”"]
        also = [self._words(step, number, codes) for step in leaving if not self._leads_on(step, number)]
        within = inside if inside is not None and inside.state in codes else None
        stopped = [code for code, at in self.home.items() if at == number]
        stopped += [code for step in within.table.steps for code in step.stops] if within else []
        return Stage(
            name=name,
            boxes=tuple(box_of(self.table, code, code == self.here) for code in codes),
            limits=tuple(dict.fromkeys(limits[code] for code in stopped if code in limits)),
            onward=tuple(dict.fromkeys(onward)),
            also=tuple(also),
            parts=parts_of(within) if within else (),
            inside=arrows_of(within.table) if within else (),
        )

    def _leads_on(self, step: Step, number: int) -> bool:
        last = number == len(self.flow) - 1
        return self.stage_of.get(step.target or "") == number + 1 or (last and self._is_end(step.target or ""))

    def _is_end(self, code: str) -> bool:
        """The good end: the final state that only the last stage leads to."""
        last = set(self.flow[-1][1])
        return self.table.by_code[code].final and any(
            step.target == code and set(step.sources) == last for step in self.moves
        )

    def _words(self, step: Step, number: int, codes: Sequence[str]) -> str:
        target = step.target or ""
        name, to = self._name(target), self.stage_of.get(target)
        if to is None:
            return f"{step.label}，办理结束" if name == step.label else f"{step.label}：{name}，办理结束"
        if to == number:
            sources = "／".join(self._name(code) for code in step.sources if code in codes and code != target)
            return f"{sources} → {name}：{step.label}" if sources else f"{step.label}：仍在“{name}”"
        return f"{step.label}：{'回到' if to < number else '直接到'}“{name}”"

    def end(self) -> Box:
        """Where the last stage leads; a matter that ended otherwise stands there instead."""
        final = next((s.code for s in self.table.states if s.final and self._is_end(s.code)), "")
        if self.here and self.here not in self.stage_of:
            return box_of(self.table, self.here, here=True)
        return box_of(self.table, final or self.table.states[-1].code, here=False)

    def anytime(self) -> tuple[str, ...]:
        """What may be done in many stages, once; and what a closed matter may still do."""
        found = []
        for step in self.moves:
            first, last = (self._from(step) or [0])[0], (self._from(step) or [0])[-1]
            name = self._name(step.target or "")
            if self._often(step):
                span = f"从“{self.flow[first][0]}”到“{self.flow[last][0]}”随时可以"
                found.append(f"{span}{step.label}" + ("" if name == step.label else f"：{name}"))
            ends = [self._name(code) for code in step.sources if code not in self.stage_of]
            if ends:
                found.append(f"“{'”“'.join(ends)}”以后还可以{step.label}：回到“{name}”")
        return tuple(found)


def box_of(table: Lifecycle, code: str, here: bool) -> Box:
    """The box of a state."""
    state = table.by_code[code]
    return Box(code, state.staff, state.turn, here)


def parts_of(inside: Inside) -> tuple[Box, ...]:
    """The states of what runs inside a stage."""
    return tuple(box_of(inside.table, state.code, state.code in inside.here) for state in inside.table.states)


def arrows_of(table: Lifecycle) -> tuple[str, ...]:
    """How the states of a table follow each other: one line for each way, with every act somebody takes to go it."""
    ways: dict[tuple[str, str], list[str]] = {}
    for step in table.steps:
        sources = "／".join(table.by_code[code].staff for code in step.sources if code != step.target)
        if step.may and step.target is not None and sources:
            ways.setdefault((sources, table.by_code[step.target].staff), []).append(step.label)
    return tuple(f"{sources} → {target}：{'、'.join(labels)}" for (sources, target), labels in ways.items())


def form2_pdf(data: Chart) -> bytes:
    """The chart drawn on one sheet, or more where the table is long."""
    return papers.pdf(PAPERS / "form2.typ", _plain(data, iso(data.printed_on)))


def form2_docx(data: Chart) -> bytes:
    """The chart as a Word table, one row for each stage."""
    plain = _plain(data, chinese(data.printed_on))
    for number, stage in enumerate(plain["stages"], start=1):
        stage["number"] = number
        stage["states"] = [f"【{box['label']}】← 目前在这里" if box["here"] else box["label"] for box in stage["boxes"]]
        stage["inside"] = [f"部门：{line}" for line in stage["inside"]]
    end = plain["end"]
    plain["finish"] = f"【{end['label']}】← 目前在这里" if end["here"] else end["label"]
    return papers.docx(PAPERS / "form2.docx", plain)


def _plain(data: Chart, printed_on: str) -> dict[str, Any]:
    return {**asdict(data), "printed_on": printed_on}

"""One table per lifecycle: from, act, to, whose turn, who may, what is needed, clocks, event, notice (rule 6).

The table is data; ``advance`` in each room is the only writer of a status.  Flow charts for people and for the docs are
generated from it (rule 9).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from huying.kernel.errors import Refused


@dataclass(frozen=True)
class State:
    """A state has a staff name, a worker's name and whose turn it is (rule 8)."""

    code: str
    staff: str
    worker: str
    turn: str
    final: bool = False


@dataclass(frozen=True)
class Step:
    """One arrow set of the table: from each of ``sources`` by ``act`` to ``target`` (``None`` keeps the state).

    ``may`` names a permission; ``needs`` what has to be given; ``starts``/``stops`` name clocks; ``event`` is the staff
    sentence's verb, ``told`` what the worker reads (empty: not shown); ``notice`` who hears of it.
    """

    act: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    may: str
    needs: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    told: str = ""
    notice: tuple[str, ...] = ()
    clause: str = ""
    main: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """A checked table of states and steps."""

    name: str
    start: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    by_code: dict[str, State] = field(init=False)
    by_act: dict[str, Step] = field(init=False)

    def __post_init__(self) -> None:
        codes = {state.code: state for state in self.states}
        acts = {step.act: step for step in self.steps}
        if len(codes) != len(self.states) or len(acts) != len(self.steps):
            raise ValueError(f"{self.name}: a state or act is named twice")
        for step in self.steps:
            unknown = (set(step.sources) | ({step.target} if step.target else set())) - set(codes)
            if unknown:
                raise ValueError(f"{self.name}: {step.act} names unknown states {sorted(unknown)}")
        object.__setattr__(self, "by_code", codes)
        object.__setattr__(self, "by_act", acts)

    def may_now(self, state: str, act: str) -> bool:
        """Whether the table allows ``act`` in ``state``."""
        return state in self.by_act[act].sources

    def check_now(self, state: str, act: str) -> Step:
        """The step, or ``Refused`` saying where the matter stands."""
        step = self.by_act[act]
        if state not in step.sources:
            raise Refused(f"现在是“{self.by_code[state].staff}”，不能“{step.label}”。", "请刷新页面看看最新情况。")
        return step

    def possible(self, state: str) -> tuple[Step, ...]:
        """Steps the table allows in ``state``, the main one first."""
        return tuple(sorted((s for s in self.steps if state in s.sources), key=lambda s: not s.main))

    def choices(self) -> list[tuple[str, str]]:
        """Codes and staff names for a model field."""
        return [(state.code, state.staff) for state in self.states]

    def mermaid(self) -> str:
        """The flow chart as Mermaid text, for the docs."""
        lines = ["stateDiagram-v2", f"  [*] --> {self.start}"]
        lines += [f"  {state.code}: {state.staff}" for state in self.states]
        for step in self.steps:
            if step.target is not None:
                lines += [f"  {source} --> {step.target}: {step.label}" for source in step.sources]
        lines += [f"  {state.code} --> [*]" for state in self.states if state.final]
        return "\n".join(lines) + "\n"

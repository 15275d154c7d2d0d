"""The table of figures that goes with a report (附表): what the words rest on, in blocks; each row says where to look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huying.oversight.rules._picture import DutyFact, Group, Named, Number, Picture, Step

FEW = "数少，不列出"
STATES = {"met": "做到", "missed": "没有做到", "open": "还有时间", "soon": "快到期"}


@dataclass(frozen=True)
class Row:
    """One figure in words.  ``ask`` narrows the ledger to the cases behind it; empty where cases are not what is counted."""

    label: str
    figure: str
    ask: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True)
class Block:
    """Figures of one kind."""

    title: str
    rows: tuple[Row, ...]


def table(seen: Picture) -> tuple[Block, ...]:
    """Every block that has a row."""
    blocks = (
        Block("收到和办理", tuple(_basics(seen))),
        Block("按内容", tuple(_named(seen.classes, "content_class"))),
        Block("按受理方式", tuple(_named(seen.channels, "channel"))),
        Block("按现在的状态", tuple(_named(seen.states, "state"))),
        Block("各步按时", tuple(_step(one) for one in seen.steps)),
        Block("满意度测评", tuple(_group(one) for one in seen.groups if one.asked != 0 or one.unasked != 0)),
        Block("协商会议", (Row("签字生效的协商会议", f"{seen.meetings} 次"), Row("定下的协商事项", f"{seen.agreed} 项"))),
        Block("履职要求", tuple(Row(one.label, _duty(one)) for one in seen.duties)),
    )  # fmt: skip
    return tuple(block for block in blocks if block.rows)


def _duty(one: DutyFact) -> str:
    return STATES[one.state] if one.need is None else f"{STATES[one.state]}，应 {one.need}，实际 {one.done}"


def _basics(seen: Picture) -> Iterable[Row]:
    rows = (("收到", seen.received, ()), ("已办结", seen.closed, None), ("没有办结", seen.open, None),
            ("部门退回过", seen.returned, (("mark", "returned"),)),
            ("重新办理过", seen.reopened, (("mark", "reopened"),)), ("上报过上级", seen.climbed, (("mark", "climbed"),)))  # fmt: skip
    return (Row(label, counted(n), ask) for label, n, ask in rows)


def counted(n: Number, measure: str = "件") -> str:
    """``12 件``, or that it is not shown."""
    return FEW if n is None else f"{n} {measure}"


def _named(rows: Iterable[Named], name: str) -> Iterable[Row]:
    """A row each; what is hidden has no row of its own, for that it is there at all would tell that somebody spoke."""
    rows = list(rows)
    for one in rows:
        if one.n is not None:
            yield Row(one.label, counted(one.n), ((name, one.code),) if one.code else None)
    if any(one.n is None for one in rows):
        yield Row("其余", FEW)


def _step(one: Step) -> Row:
    if one.ok is None or one.late is None:
        return Row(one.label, FEW)
    words = f"按时 {one.ok} / 到期 {one.ok + one.late}，期内在办 {counted(one.running, '')}".strip()
    return Row(one.label, words, (("step", f"{one.code}:late"),) if one.late else None)


def _group(one: Group) -> Row:
    if one.asked is None:
        return Row(one.label, FEW)
    asked = f"问到 {one.asked} 人，没有问到 {counted(one.unasked, '人')}，评价 {counted(one.answered, '人')}"
    if one.satisfied is None or not one.answered:
        return Row(one.label, asked)
    return Row(
        one.label,
        f"{asked}；满意 {one.satisfied}、基本满意 {counted(one.basic, '')}、不满意 {counted(one.unsatisfied, '')}",
    )

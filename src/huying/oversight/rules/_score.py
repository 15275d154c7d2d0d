"""Points of an assessment sheet: a plain share of a weight, and of 100 over what could be measured (MY-4.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from huying.oversight.rules._picture import Number, Picture

TENTH = Decimal("0.1")
Pair = tuple[Number, Number]


@dataclass(frozen=True)
class Item:
    """One item of the sheet.  Its weight is a count of the rules in force, called ``assess_<code>``; ``clauses`` are those
    it looks at, ``what`` says numerator and denominator in words; ``ask`` narrows the ledger to what costs points, or is counted."""

    code: str
    label: str
    what: str
    clauses: tuple[str, ...]
    pair: Callable[[Picture], Pair]
    ask: tuple[tuple[str, str], ...] = ()

    @property
    def weight(self) -> str:
        """The count that holds its weight."""
        return f"assess_{self.code}"


@dataclass(frozen=True)
class Measured:
    """An item as it was measured for one unit.  ``points`` empty: it does not count."""

    item: Item
    weight: int
    part: Number
    of: Number
    points: Decimal | None


def _duties(seen: Picture) -> Pair:
    return len(seen.met), len(seen.met) + len(seen.missed)


def _step(code: str) -> Callable[[Picture], Pair]:
    def pair(seen: Picture) -> Pair:
        step = next((one for one in seen.steps if one.code == code), None)
        return (step.ok, step.judged) if step else (0, 0)

    return pair


def _satisfied(seen: Picture) -> Pair:
    """Over all groups; a group that is not shown counts in neither."""
    shown = [one for one in seen.groups if one.satisfied is not None and one.answered is not None]
    if seen.groups and not shown:
        return None, None
    return sum(one.satisfied or 0 for one in shown), sum(one.answered or 0 for one in shown)


def _surveyed(seen: Picture) -> Pair:
    shown = [one for one in seen.groups if one.asked is not None and one.unasked is not None]
    if seen.groups and not shown:
        return None, None
    asked = sum(one.asked or 0 for one in shown)
    return asked, asked + sum(one.unasked or 0 for one in shown)


def _archived(seen: Picture) -> Pair:
    archived = next((one.n for one in seen.states if one.code == "archived"), 0)
    return (None, None) if archived is None or seen.closed is None else (archived, seen.closed)


def _without(name: str) -> Callable[[Picture], Pair]:
    def pair(seen: Picture) -> Pair:
        bad = getattr(seen, name)
        return (None, None) if bad is None or seen.received is None else (max(0, seen.received - bad), seen.received)

    return pair


ITEMS = (
    Item("duties", "履职要求", "做到的履职要求 / 到期的履职要求", ("MY-3.2.3a", "MY-4.1"), _duties),
    Item("accept", "按时受理", "按时受理的 / 到期的", ("HY-accept",), _step("accept"), (("step", "accept:late"),)),
    Item(
        "item",
        "按时办理",
        "部门按时办结的 / 到期的",
        ("MY-3.2.3b", "MY-3.2.4e"),
        _step("item"),
        (("step", "item:late"),),
    ),
    Item(
        "report",
        "按时书面反馈",
        "部门按时书面反馈的 / 到期的",
        ("MY-3.2.4a",),
        _step("report"),
        (("step", "report:late"),),
    ),
    Item("tell", "按时告知职工", "按时告知的 / 到期的", ("MY-3.2.4b",), _step("tell"), (("step", "tell:late"),)),
    Item(
        "satisfied",
        "职工满意",
        "评满意的人 / 评价的人",
        ("MY-3.2.5a", "MY-3.2.5b"),
        _satisfied,
        (("mark", "surveyed"),),
    ),
    Item("surveyed", "办结就测评", "问到的人 / 应当问的人", ("MY-3.2.5a",), _surveyed, (("mark", "surveyed"),)),
    Item("ledger", "台账归档", "已归档的 / 已办结的", ("MY-3.2.6",), _archived, (("state", "archived"),)),
    Item(
        "reopened", "一次办好", "没有重新办理的 / 收到的", ("MY-3.2.5a",), _without("reopened"), (("mark", "reopened"),)
    ),
    Item(
        "returned", "部门不推", "没有退回过的 / 收到的", ("MY-3.2.4e",), _without("returned"), (("mark", "returned"),)
    ),
)


def points_of(weight: int, part: Number, of: Number) -> Decimal | None:
    """``weight × part ÷ of`` to a tenth; nothing where there was nothing to measure or few people are behind it."""
    if part is None or not of:
        return None
    return (Decimal(weight) * part / of).quantize(TENTH, ROUND_HALF_UP)


def measured(seen: Picture, weights: Callable[[str], int]) -> list[Measured]:
    """Every item with a weight, measured."""
    found = []
    for item in ITEMS:
        weight = weights(item.weight)
        part, of = item.pair(seen)
        if weight:
            found.append(Measured(item, weight, part, of, points_of(weight, part, of)))
    return found


def total(lines: Iterable[tuple[int, Decimal | None]]) -> Decimal | None:
    """Points of the items that count, as part of 100 of their weights; nothing when no item counts."""
    counted = [(weight, points) for weight, points in lines if points is not None]
    weights = sum(weight for weight, _ in counted)
    if not weights:
        return None
    return (sum((points for _, points in counted), Decimal(0)) * 100 / weights).quantize(TENTH, ROUND_HALF_UP)

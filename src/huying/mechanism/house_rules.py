"""What a unit may set for itself (本单位细则, MY-2.3), and that it may only tighten what stands above.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huying.kernel.clock import DayKind, Rule
from huying.mechanism.resolve import EACH, WHOLE, Layer, Row, resolve
from huying.mechanism.rules import Rules, never_later, rule_of

Changes = Mapping[str, Any]
TABLES = ("clocks", "counts", "categories", "channels", "choose")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")


def merged(old: Changes, new: Changes) -> Row:
    """Old house rules with the changes laid over them; ``None`` takes a rule back."""
    result: Row = {}
    for name in TABLES:
        table = {**old.get(name, {}), **new.get(name, {})}
        if kept := {code: value for code, value in table.items() if value is not None}:
            result[name] = kept
    if scale := new.get("scale", old.get("scale")):
        result["scale"] = scale
    return result


@dataclass(frozen=True)
class Demand:
    """What stands above a unit's own choice: who says it, and what."""

    who: str
    says: str


@dataclass(frozen=True)
class Bound:
    """How far a unit may go with one limit or number.  ``sense`` says in a word which way it may go."""

    code: str
    label: str
    what: str
    measure: str
    least: int
    most: int | None
    sense: str
    demands: tuple[Demand, ...]


@dataclass(frozen=True)
class Ground:
    """What house rules of a unit stand on: starting values, packs in force, house rules of the units above."""

    start: Mapping[str, Any]
    packs: tuple[Layer, ...]
    above: tuple[Layer, ...]

    @classmethod
    def of(cls, start: Mapping[str, Any], layers: Sequence[Layer]) -> Ground:
        """From the layers that hold without the unit's own house rules."""
        return cls(
            start=start,
            packs=tuple(layer for layer in layers if not layer.house),
            above=tuple(layer for layer in layers if layer.house),
        )

    def rules(self, *own: Layer) -> Rules:
        """The rules without the unit's own house rules, or with ``own``."""
        return Rules(resolve(self.start, (*self.packs, *self.above, *own)))

    def rows(self, section: str, code: str) -> Iterator[tuple[str, Row]]:
        """Rows of the packs for a code, each with who demands it in words."""
        for layer in self.packs:
            places = {clause["id"]: clause["at"] for clause in layer.body["clauses"]}
            for row in layer.body[section]:
                if row["code"] == code:
                    yield f"{layer.body['number']} {places[row['clause']]}（{layer.unit}采用）", row

    def base(self, section: str, code: str) -> Row | None:
        """The row house rules start from: of a pack, else the starting value."""
        said = [row for _, row in self.rows(section, code)]
        usual = [row for row in self.start[section] if row["code"] == code]
        return next(iter([*said, *usual]), None)

    def set_above(self, table: str, code: str) -> Iterator[tuple[Layer, Any]]:
        """What house rules of units above say about a code."""
        for layer in self.above:
            if code in layer.changes.get(table, {}):
                yield layer, layer.changes[table][code]

    def clock_bound(self, code: str) -> Bound:
        """How far a unit may set a time limit."""
        row = self.base("clocks", code) or {}
        demands = [Demand(who, rule_of(other).label) for who, other in self.rows("clocks", code)]
        demands += [
            Demand(layer.body["number"], rule_of({**row, **other}).label)
            for layer, other in self.set_above("clocks", code)
        ]
        return _bound(row, "天", "更长" if row["gives_time"] else "更严", demands)

    def count_bound(self, code: str) -> Bound:
        """How far a unit may set a number."""
        row = self.base("counts", code) or {}
        at_least = row["sense"] == "at_least"
        word, measure = "至少" if at_least else "最多", row["measure"]
        demands = [Demand(who, f"{word} {other['value']} {measure}") for who, other in self.rows("counts", code)]
        demands += [
            Demand(layer.body["number"], f"{word} {other} {measure}") for layer, other in self.set_above("counts", code)
        ]
        return _bound(row, measure, "更高" if at_least else "更低", demands)

    def fixed_by(self, table: str, code: str) -> str:
        """Whose house rules above settle a category, or demand a channel, so that nothing can be changed here; or empty."""
        said = [layer.body["number"] for layer, value in self.set_above(table, code) if table != "channels" or value]
        return next(iter(said), "")


def _bound(row: Row, measure: str, sense: str, demands: Sequence[Demand]) -> Bound:
    """``Bound`` from the row house rules start from; a limit lasts at least one day."""
    return Bound(
        code=row["code"],
        label=row["label"],
        what=row["what"],
        measure=measure,
        least=row["least"] if row["least"] is not None else (1 if "days" in row else 0),
        most=row["most"],
        sense=sense,
        demands=tuple(demands),
    )


def completed(changes: Changes, ground: Ground) -> Row:
    """Changes with every clock written out in full, so that a later pack cannot change what the unit decided."""
    clocks = {
        code: {key: {**base, **value}[key] for key in ("days", "kind", "roll")}
        if isinstance(value, Mapping) and (base := ground.base("clocks", code))
        else value
        for code, value in changes.get("clocks", {}).items()
    }
    return {**changes, "clocks": clocks}


def faults(changes: Changes, ground: Ground) -> dict[str, str]:
    """What is wrong with the changes, by field name such as ``clocks.accept``; empty when all may be done."""
    found: dict[str, str] = {}
    checks = {"clocks": _clock, "counts": _count, "categories": _category, "channels": _channel, "choose": _choice}
    for name in changes:
        if name not in (*TABLES, "scale"):
            found[name] = "细则里没有这一项。"
    for name, check in checks.items():
        for code, value in changes.get(name, {}).items():
            if value is not None and (fault := check(code, value, ground)):
                found[f"{name}.{code}"] = fault
    scale = changes.get("scale")
    if scale and scale not in [known.code for known in ground.rules().scales()]:
        found["scale"] = "采用的机制包里没有这种评价档次。"
    return found


def _within(value: int, row: Row, measure: str) -> str:
    """Whether a number lies where the starting values let units choose."""
    least, most = row["least"] if row["least"] is not None else 0, row["most"]
    if value < least:
        return f"至少 {least} {measure}。"
    return f"最多 {most} {measure}。" if most is not None and value > most else ""


def _clock(code: str, value: Any, ground: Ground) -> str:
    row = ground.base("clocks", code)
    if row is None:
        return "没有这个时限。"
    if not _is_limit(value):
        return "请写天数（至少 1 天）、自然日或工作日、末日逢休息日是否顺延。"
    if fault := _within(value["days"], row, "天"):
        return fault
    new = rule_of({**row, **value})
    for who, other in ground.rows("clocks", code):
        if fault := _looser(new, rule_of(other), other["gives_time"], who):
            return fault
    for layer, other in ground.set_above("clocks", code):
        if fault := _looser(new, rule_of(other), row["gives_time"], f"{layer.body['number']} {row['label']}"):
            return fault
    return ""


def _is_limit(value: Any) -> bool:
    """Whether this is a limit as ``changes`` spells it: days, and if it likes kind and roll."""
    if not isinstance(value, Mapping) or set(value) - {"days", "kind", "roll"}:
        return False
    days = value.get("days")
    whole = isinstance(days, int) and not isinstance(days, bool) and days >= 1
    return whole and value.get("kind", "working") in tuple(DayKind) and isinstance(value.get("roll", False), bool)


def _looser(new: Rule, old: Rule, gives_time: bool, who: str) -> str:
    """The sentence that forbids it, if a limit is looser than one that stands above."""
    if never_later(*((old, new) if gives_time else (new, old))):
        return ""
    return f"只能{'更长' if gives_time else '更严'}，不能{'缩短' if gives_time else '放宽'}：{who}规定 {old.label}。"


def _count(code: str, value: Any, ground: Ground) -> str:
    row = ground.base("counts", code)
    if row is None:
        return "没有这个数。"
    if not isinstance(value, int) or isinstance(value, bool):
        return "请填整数。"
    if fault := _within(value, row, row["measure"]):
        return fault
    said = [(who, other["value"]) for who, other in ground.rows("counts", code)]
    said += [(f"{layer.body['number']} {row['label']}", other) for layer, other in ground.set_above("counts", code)]
    words = "至少" if row["sense"] == "at_least" else "最多"
    for who, other in said:
        if value < other if row["sense"] == "at_least" else value > other:
            return f"只能更严，不能放宽：{who}规定{words} {other} {row['measure']}。"
    return ""


def _category(code: str, value: Any, ground: Ground) -> str:
    rules = ground.rules()
    classes = {row.code for row in rules.categories(parent="")}
    if not _CODE.fullmatch(code):
        return "代码只能用小写字母、数字、下划线和连字符。"
    if code in classes:
        return f"一级类别来自{rules.category(code).clause.badge}，不能改动。"
    for layer, _ in ground.set_above("categories", code):
        return f"这个类别由{layer.body['number']}设定，下级不能改动。"
    if isinstance(value, bool):
        usual = {row["code"] for row in ground.start["categories"] if row["parent"]}
        return "" if code in usual | {row.code for row in rules.categories()} else "没有这个类别。"
    return _new_category(code, value, rules, classes)


def _new_category(code: str, value: Any, rules: Rules, classes: set[str]) -> str:
    if not isinstance(value, Mapping) or set(value) != {"label", "parent"} or value["parent"] not in classes:
        return "请写类别名称，并选它归在哪一类下面。"
    label = str(value["label"]).strip()
    if not label or len(label) > 20:
        return "类别名称写 1 到 20 个字。"
    if any(row.label == label and row.code != code for row in rules.categories()):
        return f"已经有“{label}”这个类别。"
    return ""


def _channel(code: str, value: Any, ground: Ground) -> str:
    if code not in [channel.code for channel in ground.rules().all_channels()]:
        return "没有这个渠道。"
    if not isinstance(value, bool):
        return "请选开通或不开通。"
    for layer, on in ground.set_above("channels", code):
        if on and not value:
            return f"{layer.body['number']}要求开通这个渠道，下级不能关闭。"
    return ""


def _choice(section: str, value: Any, ground: Ground) -> str:
    if section not in (*WHOLE, *EACH):
        return "细则里没有这一项。"
    return "" if value in [layer.code for layer in ground.packs] else "只能从已采用的机制包里选。"

"""From packs and house rules along a chain of units to the rules that hold at its end.  Pure.

Clocks: all rules are kept, the earliest date counts (the latest, where a clock gives somebody time).  Counts: the
strictest.  What people choose from: the nearest unit chooses among adopted packs.  The product's starting values
(``house.yaml``) stand in where nobody says anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Body = Mapping[str, Any]
# Sections taken whole from one pack, because mixing two would fit neither.
WHOLE = ("scales", "categories", "channels", "roles", "phases")
EACH = ("records", "options", "needs", "forms", "texts")


@dataclass(frozen=True)
class Layer:
    """A pack or house rules in force, and the unit they come from.  Layers run from the topmost unit down."""

    unit: str
    code: str
    version: int
    body: Body
    house: bool = False

    @property
    def changes(self) -> Body:
        """What house rules say."""
        return self.body["changes"] if self.house else {}


def resolve(start: Body, layers: Sequence[Layer]) -> Row:
    """The resolved body.  ``start`` holds the starting values."""
    base = Layer(unit="", code=start["pack"], version=0, body=start)
    packs = [layer for layer in layers if not layer.house]
    house = [layer for layer in layers if layer.house]
    shown = [*packs, base]
    whole = {section: _chosen(section, packs, house, base) for section in WHOLE}
    return {
        "packs": [_pack(layer) for layer in packs],
        "clauses": [_clause(layer, clause) for layer in shown for clause in layer.body["clauses"]],
        "clocks": [row for code in _codes("clocks", shown) for row in _clocks(code, packs, house, base)],
        "counts": [_count(code, packs, house, base) for code in _codes("counts", shown)],
        "duties": [row for layer in packs for row in _rows(layer, "duties")],
        **_scales(whole["scales"], house),
        "categories": _categories(whole["categories"], house, base),
        "channels": _channels(whole["channels"], house, base),
        "roles": _seats(whole["roles"], base),
        "phases": list(_rows(whole["phases"], "phases")),
        **{section: _each(section, packs, house, base) for section in EACH},
    }


def _pack(layer: Layer) -> Row:
    body = layer.body
    return {
        "code": layer.code,
        "version": layer.version,
        "number": body["number"],
        "title": body["title"],
        "by": layer.unit,
    }


def _clause(layer: Layer, clause: Row) -> Row:
    return {**{key: clause[key] for key in ("id", "at", "kind", "summary")}, "number": layer.body["number"]}


def _codes(section: str, layers: Sequence[Layer]) -> list[str]:
    return list(dict.fromkeys(row["code"] for layer in layers for row in layer.body[section]))


def _rows(layer: Layer, section: str) -> Iterator[Row]:
    """Rows of a section, each with its full clause reference in place of the id."""
    places = {clause["id"]: clause["at"] for clause in layer.body["clauses"]}
    dropped = {"least", "most", "default", "title", "text"}
    for row in layer.body.get(section, ()):  # a pack kept from an earlier version has fewer sections
        plain = {key: value for key, value in row.items() if key not in dropped}
        # A form's title and a text's sentence are what people read: their label.
        plain["label"] = row.get("label") or row.get("title") or row["text"]
        plain["clause"] = {"id": row["clause"], "number": layer.body["number"], "at": places[row["clause"]]}
        yield plain


def _row(layer: Layer, section: str, code: str) -> Row | None:
    return next((row for row in _rows(layer, section) if row["code"] == code), None)


def _base_rows(section: str, code: str, packs: Sequence[Layer], base: Layer) -> tuple[list[Row], Row]:
    """What packs say about a code, and the row house rules start from."""
    said = [{**row, "by": layer.unit} for layer in packs if (row := _row(layer, section, code))]
    first = said[0] if said else {**(_row(base, section, code) or {}), "by": ""}
    return said, first


def _house_ref(layer: Layer, row: Row) -> Row:
    return {"id": row["clause"]["id"], "number": layer.body["number"], "at": row["label"]}


def _clocks(code: str, packs: Sequence[Layer], house: Sequence[Layer], base: Layer) -> list[Row]:
    """Every rule for one clock: of the packs, then of the units' house rules; else the starting value."""
    said, first = _base_rows("clocks", code, packs, base)
    own = [
        {**first, **layer.changes["clocks"][code], "clause": _house_ref(layer, first), "note": "", "by": layer.unit}
        for layer in house
        if code in layer.changes.get("clocks", {})
    ]
    return [*said, *own] or [first]


def _count(code: str, packs: Sequence[Layer], house: Sequence[Layer], base: Layer) -> Row:
    """The strictest of all values for one count; the one nearest the top where several agree."""
    said, first = _base_rows("counts", code, packs, base)
    own = [
        {**first, "value": layer.changes["counts"][code], "clause": _house_ref(layer, first), "by": layer.unit}
        for layer in house
        if code in layer.changes.get("counts", {})
    ]
    strictest = max if first["sense"] == "at_least" else min
    return strictest([*said, *own] or [first], key=lambda row: row["value"])


def _preferred(section: str, packs: Sequence[Layer], house: Sequence[Layer]) -> list[Layer]:
    """Packs in the order in which they are asked: the one the nearest unit chose, then the nearest adopted."""
    choices = [choice for layer in house if (choice := layer.changes.get("choose", {}).get(section))]
    nearest_first = packs[::-1]
    return sorted(nearest_first, key=lambda pack: bool(choices) and pack.code != choices[-1])


def _chosen(section: str, packs: Sequence[Layer], house: Sequence[Layer], base: Layer) -> Layer:
    return next((layer for layer in _preferred(section, packs, house) if layer.body[section]), base)


def _each(section: str, packs: Sequence[Layer], house: Sequence[Layer], base: Layer) -> list[Row]:
    order = [*_preferred(section, packs, house), base]
    found: dict[str, Row] = {}
    for layer in order:
        for row in _rows(layer, section):
            found.setdefault(row["code"], row)
    return list(found.values())


def _scales(layer: Layer, house: Sequence[Layer]) -> Row:
    """Scales of the chosen pack and the code of the one in use."""
    codes = [row["code"] for row in layer.body["scales"]]
    usual = next((row["code"] for row in layer.body["scales"] if row["default"]), codes[0])
    chosen = [code for other in house if (code := other.changes.get("scale")) in codes]
    return {"scales": list(_rows(layer, "scales")), "scale": chosen[-1] if chosen else usual}


def _categories(layer: Layer, house: Sequence[Layer], base: Layer) -> list[Row]:
    """Classes of the chosen pack; below them its own second level, the starting one, and what units added."""
    found = {row["code"]: row for row in _rows(layer, "categories")}
    classes = {code: row for code, row in found.items() if not row["parent"]}
    usual = {row["code"]: row for row in _rows(base, "categories") if row["parent"] in classes}
    for code, row in usual.items():
        found.setdefault(code, row)
    for other in house:
        for code, change in sorted(other.changes.get("categories", {}).items()):
            if change is False:
                found.pop(code, None)
            elif change is True:
                if code in usual:
                    found.setdefault(code, usual[code])
            elif change["parent"] in classes:  # another pack's classes may have been chosen since
                found[code] = _added(other, code, change, classes)
    return list(found.values())


def _added(layer: Layer, code: str, change: Row, classes: Mapping[str, Row]) -> Row:
    parent = classes[change["parent"]]
    return {
        **parent,
        "code": code,
        "label": change["label"],
        "what": "",
        "parent": change["parent"],
        "clause": {**parent["clause"], "number": layer.body["number"], "at": "类别"},
    }


def _seats(layer: Layer, base: Layer) -> list[Row]:
    """Who attends: of the chosen pack; of the starting values for kinds of meetings it does not speak of."""
    said = list(_rows(layer, "roles"))
    kinds = {row["meeting"] for row in said}
    return said + [row for row in _rows(base, "roles") if row["meeting"] not in kinds]


def _channels(layer: Layer, house: Sequence[Layer], base: Layer) -> list[Row]:
    """Channels of the chosen pack and the starting ones, opened and closed by the units."""
    found = {row["code"]: dict(row) for row in _rows(layer, "channels")}
    for row in _rows(base, "channels"):
        found.setdefault(row["code"], row)
    for other in house:
        for code, on in other.changes.get("channels", {}).items():
            if code in found:
                found[code] = {**found[code], "on": on}
    return list(found.values())

"""Weakening a pack rule by rule: what ``huying clauses --mutate`` tries.  Pure.

A rule that can be weakened without a test noticing is a rule nobody has proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

Raw = dict[str, Any]
TIMES = 10  # how many times longer a limit gets
LOOSER = {"day": "week", "week": "month", "month": "quarter", "quarter": "year", "half_year": "year", "year": "",
          "months": "year", "case": ""}  # fmt: skip
KINDER = {"satisfied": "unsatisfied", "basic": "satisfied", "unsatisfied": "satisfied"}
OTHER_BOX = {"talk": "phone", "phone": "talk", "relay": "online", "online": "relay"}


@dataclass(frozen=True)
class Mutation:
    """One weakening: which clause's tests must miss the rule, and what is done in words."""

    clause: str
    what: str
    file: str
    make: Callable[[], str]

    @property
    def key(self) -> str:
        """Its name in results, the same from run to run."""
        return f"{self.clause} {self.what}"

    @property
    def text(self) -> str:
        """The file as it then stands."""
        return self.make()


def mutations(path: Path) -> Iterator[Mutation]:
    """Every weakening of a pack file, in the order of the file.  One that is no pack any more cannot be read back."""
    body: Raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    for section, rows in body.items():
        if section == "clauses" or not isinstance(rows, list):
            continue
        for index, row in enumerate(rows):
            for what, change in _changes(section, row):
                make = partial(_changed, body, section, index, change)
                yield Mutation(row["clause"], f"{section}/{_name(row)} {what}", path.name, make)


def untouched(path: Path) -> str:
    """The file written the way a weakened one is, for the run that must pass."""
    return _dumped(yaml.safe_load(path.read_text(encoding="utf-8")))


def _name(row: Raw) -> str:
    return f"{row['code']}@{row['meeting']}" if "meeting" in row else str(row["code"])


Change = Callable[[Raw], Raw | None]


def _changed(body: Raw, section: str, index: int, change: Change) -> str:
    """The file with one row changed, or without it."""
    mutated = deepcopy(body)
    row = change(mutated[section][index])
    if row is None:
        del mutated[section][index]
    return _dumped(mutated)


def _dumped(body: Raw) -> str:
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False)


def _changes(section: str, row: Raw) -> Iterator[tuple[str, Change]]:
    """What can be weakened in a row: its numbers, its flags, each entry of its lists, the row itself."""
    yield from _values(section, row)
    for inner in ("grades", "choices", "fields"):
        for number, one in enumerate(row.get(inner, [])):
            yield f"without {one['code']}", _without(inner, number)
            if "counts_as" in one:
                kinder = KINDER[one["counts_as"]]
                yield f"{one['code']} counts as {kinder}", _set_inside(inner, number, "counts_as", kinder)
    yield "removed", lambda row: None


def _values(section: str, row: Raw) -> Iterator[tuple[str, Change]]:
    if section == "clocks":
        days, other = row["days"], "working" if row["kind"] == "calendar" else "calendar"
        yield f"{days} → {days * TIMES} days", _set("days", days * TIMES)
        yield f"{row['kind']} → {other} days", _set("kind", other)
        yield f"roll {_flag(row, 'roll')} → {not _flag(row, 'roll')}", _set("roll", not _flag(row, "roll"))
    elif section == "counts":
        sense = "at_least" if "at_least" in row else "at_most"
        value = row[sense]
        looser = 0 if sense == "at_least" else (value or 1) * TIMES
        yield f"{sense} {value} → {looser}", _set(sense, looser)
    elif section == "duties":
        yield from _who_owes(row)
        if looser := LOOSER[row["every"]]:
            yield f"every {row['every']} → {looser}", _less_often(looser)
    elif section == "records" and row.get("meets_both"):
        yield "meets both → either", _set("meets_both", False)
    elif section == "channels":
        yield f"box {row['box']} → {OTHER_BOX[row['box']]}", _set("box", OTHER_BOX[row["box"]])
    for flag, usual in FLAGS.get(section, ()):
        now = row.get(flag, usual)
        yield f"{flag} {now} → {not now}", _set(flag, not now)


def _who_owes(row: Raw) -> Iterator[tuple[str, Change]]:
    """What narrows a duty: how many, who, of which rank and level, which records count and how."""
    if (times := row.get("times", 0)) > 1:
        fewer = max(1, times // TIMES)
        yield f"{times} → {fewer} times", _set("times", fewer)
    if row["who"] != "person":
        other = "union" if row["who"] != "union" else "employer_union"
        yield f"who {row['who']} → {other}", _set("who", other)
    elif (holders := row["holders"]) != "cadre":
        yield f"holders {holders} → cadre", _set("holders", "cadre")
    for narrow in ("ranks", "levels"):
        if row.get(narrow):
            yield f"any {narrow}", _set(narrow, "")
    kinds = [kind.strip() for kind in row.get("kinds", "").split(",") if kind.strip()]
    for kind in kinds if len(kinds) > 1 else ():
        yield f"without kind {kind}", _set("kinds", ", ".join(other for other in kinds if other != kind))
    if row.get("measure", "times") == "days":
        yield "days → times", _set("measure", "times")


FLAGS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "categories": (("has_worker", True),),
    "channels": (("on", True),),
    "roles": (("chairs", False), ("per_topic", False)),
    "scales": (("default", False),),
}


def _flag(row: Raw, name: str) -> bool:
    return bool(row.get(name, False))


def _set(key: str, value: Any) -> Change:
    def change(row: Raw) -> Raw:
        row[key] = value
        return row

    return change


def _less_often(every: str) -> Change:
    def change(row: Raw) -> Raw:
        row["every"] = every
        row.pop("months", None)
        return row

    return change


def _without(inner: str, number: int) -> Change:
    def change(row: Raw) -> Raw:
        del row[inner][number]
        return row

    return change


def _set_inside(inner: str, number: int, key: str, value: str) -> Change:
    def change(row: Raw) -> Raw:
        row[inner][number][key] = value
        return row

    return change

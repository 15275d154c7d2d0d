"""What differs between two wordings of the minutes, sentence by sentence and inside a changed one character by character."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

SENTENCES = re.compile(r"[^。；！？\n]*[。；！？\n]?")
ALIKE = 0.5  # below it two sentences are shown whole, one gone and one new


@dataclass(frozen=True)
class Piece:
    """A stretch of text: ``same``, ``gone`` or ``new``."""

    kind: str
    text: str


@dataclass(frozen=True)
class Part:
    """One part of the minutes (opening, a section, closing) in both wordings."""

    label: str
    pieces: list[Piece]

    @property
    def changed(self) -> bool:
        """Whether the two wordings differ here."""
        return any(one.kind != "same" for one in self.pieces)


def compared(old: dict[str, Any], new: dict[str, Any]) -> list[Part]:
    """Every part of two wordings with what went and what came; sections are matched by their entry of the agenda."""
    before = {one["place"]: one for one in old["sections"]}
    after = {one["place"]: one for one in new["sections"]}
    order = [*after, *(place for place in before if place not in after)]
    parts = [Part("开头", pieces(old["opening"], new["opening"]))]
    for place in order:
        was, now = before.get(place, {}), after.get(place, {})
        parts.append(Part(now.get("heading") or was.get("heading", ""), _section(was, now)))
    return [*parts, Part("结尾", pieces(old["closing"], new["closing"]))]


def _section(was: dict[str, str], now: dict[str, str]) -> list[Piece]:
    """An entry's text; its heading as well when that changed."""
    same = was.get("heading") == now.get("heading")
    old, new = ("" if not one else one["text"] if same else f"{one['heading']}\n{one['text']}" for one in (was, now))
    return pieces(old, new)


def pieces(old: str, new: str) -> list[Piece]:
    """One text as it was and as it is."""
    was, now = SENTENCES.findall(old), SENTENCES.findall(new)
    found: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        gone, came = "".join(was[i:j]), "".join(now[k:m])
        found += _inside(gone, came) if tag == "replace" else _whole(tag, gone, came)
    return [one for one in found if one.text]


def _whole(tag: str, gone: str, came: str) -> list[Piece]:
    return [Piece("same", came)] if tag == "equal" else [Piece("gone", gone), Piece("new", came)]


def _inside(gone: str, came: str) -> list[Piece]:
    """A changed sentence: the characters that changed, unless little of it stayed."""
    matcher = SequenceMatcher(None, gone, came)
    if matcher.quick_ratio() < ALIKE or matcher.ratio() < ALIKE:
        return _whole("replace", gone, came)
    found = []
    for tag, i, j, k, m in matcher.get_opcodes():
        found += _whole(tag, gone[i:j], came[k:m])
    return found

"""Drawings of the lifecycles and the table of clauses in docs/ are as the code has them (rules 9, 28)."""

from __future__ import annotations

from tests.house.source import PROJECT
from tools.draw import drawings


def test_committed_drawings_are_not_stale() -> None:
    stale = [path for path, text in drawings().items() if (PROJECT / path).read_text() != text]
    assert not stale, f"run: python -m tools.draw  ({', '.join(stale)})"

"""Figures about few people: which cells of a table must not be shown, so that nobody can work them out, either (HY-cell)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def suppressed(cells: Mapping[Any, int], smallest: int) -> frozenset[Any]:
    """Which cells of a table whose sum is known must be hidden: the small ones, all that are as large as the next larger
    one, and when nothing would be left to see, everything, noughts too.

    Whoever knows the sum, the cells shown and this rule still cannot tell the hidden ones apart: any exchange of their values
    would look the same, and among them is a small one and one that is not.
    """
    small = {key for key, n in cells.items() if 0 < n < smallest}
    if not small:
        return frozenset()
    edge = min((n for n in cells.values() if n >= smallest), default=0)
    hidden = small | {key for key, n in cells.items() if n and n == edge}
    return frozenset(hidden) if any(n for key, n in cells.items() if key not in hidden) else frozenset(cells)

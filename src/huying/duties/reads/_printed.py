"""条款对照 as a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from huying.papers import reads as papers

PAPER = Path(__file__).resolve().parent.parent / "papers" / "clauses.typ"


@dataclass(frozen=True)
class ClauseLine:
    """One clause as it is printed: its badge, what it asks, what carries it out, how it stands, the figures."""

    badge: str
    summary: str
    by: str
    now: str
    figures: str


def printed_clauses(rows: Sequence[ClauseLine], *, title: str, on: date) -> bytes:
    """The table of clauses as PDF."""
    data = {"title": title, "printed_on": on.isoformat(), "rows": [asdict(row) for row in rows]}
    return papers.pdf(PAPER, data)

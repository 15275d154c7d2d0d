"""Who may be proposed for honours by the thresholds in force, who not, and why.  A person decides (MY-4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Standing:
    """How a unit stands to the thresholds; ``why`` says in sentences what is missing."""

    why: tuple[str, ...]

    @property
    def qualifies(self) -> bool:
        """Nothing is missing."""
        return not self.why


def standing_of(*, closed: bool, score: Decimal | None, missed: int, least: int, most_missed: int) -> Standing:
    """A closed sheet with at least so many points and at most so many duties missed."""
    why = []
    if not closed:
        why.append("考核表还没有定下")
    if score is None:
        why.append("没有可以计分的事项")
    elif score < least:
        why.append(f"得 {score} 分，不到 {least} 分")
    if missed > most_missed:
        why.append(f"有 {missed} 项履职要求没有做到，最多 {most_missed} 项")
    return Standing(tuple(why))

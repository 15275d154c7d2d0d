"""Pure rules of fieldwork."""

from huying.fieldwork.rules._reception import (
    FARTHEST,
    NTHS,
    REPEATS,
    RESTS,
    Pattern,
    Placed,
    Terms,
    invite_reasons,
    placed,
    slots,
    weeks_without,
)

__all__ = [
    "FARTHEST",
    "NTHS",
    "REPEATS",
    "RESTS",
    "Pattern",
    "Placed",
    "Terms",
    "invite_reasons",
    "placed",
    "slots",
    "weeks_without",
]

"""Rules of fieldwork, without the database."""

from huying.fieldwork.rules._days import FULL, HALF, days_of
from huying.fieldwork.rules._records import (
    DAY,
    MOST_PEOPLE,
    PARTS,
    SURVEY,
    Clash,
    Deed,
    Span,
    channel_for,
    check_deed,
    clashes,
    is_late,
    settles,
)

__all__ = [
    "DAY",
    "FULL",
    "HALF",
    "MOST_PEOPLE",
    "PARTS",
    "SURVEY",
    "Clash",
    "Deed",
    "Span",
    "channel_for",
    "check_deed",
    "clashes",
    "days_of",
    "is_late",
    "settles",
]

"""Rows of a case: the case and its people, history, clocks and files; what people ask about their own data."""

from huying.cases.models._case import (
    Case,
    CaseFile,
    CaseQuerySet,
    Clock,
    ClockChange,
    Counter,
    Difficulty,
    Event,
    Message,
    Party,
    Recusal,
    Secrecy,
    Station,
    held_below,
    lies_in,
)
from huying.cases.models._personal import Consent, Hold, PersonRequest, Unsealing

__all__ = [
    "Case",
    "CaseFile",
    "CaseQuerySet",
    "Clock",
    "ClockChange",
    "Consent",
    "Counter",
    "Difficulty",
    "Event",
    "Hold",
    "Message",
    "Party",
    "PersonRequest",
    "Recusal",
    "Secrecy",
    "Station",
    "Unsealing",
    "held_below",
    "lies_in",
]

"""Rows of fieldwork."""

from huying.fieldwork.models._reception import (
    Booking,
    InvitedTalk,
    ReceptionDay,
    ReceptionKind,
    Rota,
    Swap,
    TalkAnswer,
)
from huying.fieldwork.models._records import (
    LONGEST_DAYS,
    Presence,
    Record,
    RecordCase,
    RecordFile,
    RecordPerson,
    RecordPoint,
    RecordQuerySet,
)
from huying.fieldwork.models._studios import DayLog, Group, GroupMember, Guide, Liaison, Studio, StudioStaff
from huying.fieldwork.models._ties import WITH_HOUSEHOLD, Household, Leave, Tie, TieKind, TieResult

__all__ = [
    "LONGEST_DAYS",
    "WITH_HOUSEHOLD",
    "Booking",
    "DayLog",
    "Group",
    "GroupMember",
    "Guide",
    "Household",
    "InvitedTalk",
    "Leave",
    "Liaison",
    "Presence",
    "ReceptionDay",
    "ReceptionKind",
    "Record",
    "RecordCase",
    "RecordFile",
    "RecordPerson",
    "RecordPoint",
    "RecordQuerySet",
    "Rota",
    "Studio",
    "StudioStaff",
    "Swap",
    "TalkAnswer",
    "Tie",
    "TieKind",
    "TieResult",
]

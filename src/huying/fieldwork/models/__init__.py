"""Rows of fieldwork."""

from huying.fieldwork.models._plans import DemoPoint, LinkPerson, OwnRule, PlanTask, YearPlan
from huying.fieldwork.models._records import (
    LONGEST_DAYS,
    Presence,
    Record,
    RecordCase,
    RecordFile,
    RecordPerson,
    RecordQuerySet,
)
from huying.fieldwork.models._studios import DayLog, Group, GroupMember, Guide, Liaison, Studio, StudioStaff
from huying.fieldwork.models._ties import WITH_HOUSEHOLD, Household, Leave, Tie, TieKind, TieResult

__all__ = [
    "LONGEST_DAYS",
    "WITH_HOUSEHOLD",
    "DayLog",
    "DemoPoint",
    "Group",
    "GroupMember",
    "Guide",
    "Household",
    "Leave",
    "Liaison",
    "LinkPerson",
    "OwnRule",
    "PlanTask",
    "Presence",
    "Record",
    "RecordCase",
    "RecordFile",
    "RecordPerson",
    "RecordQuerySet",
    "Studio",
    "StudioStaff",
    "Tie",
    "TieKind",
    "TieResult",
    "YearPlan",
]

"""Pure rules of fieldwork."""

from huying.fieldwork.rules._studios import Gap, Standing, gaps, kept_as, list_of, lists_of, staff_advice
from huying.fieldwork.rules._ties import CADRES, months_later, rotation_due, visit_kinds

__all__ = [
    "CADRES",
    "Gap",
    "Standing",
    "gaps",
    "kept_as",
    "list_of",
    "lists_of",
    "months_later",
    "rotation_due",
    "staff_advice",
    "visit_kinds",
]

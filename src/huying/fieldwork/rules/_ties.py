"""Rotation, and which records count as a visit.  Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from huying.mechanism.rules import Rules
from huying.org.models import Role

# Posts of a union's own cadres: who stands by whom, who is stationed, who visits.
CADRES = (Role.CHAIR, Role.OFFICER, Role.UPPER_OFFICER)
EVERYBODY = "SX-8d"


def months_later(day: date, months: int) -> date:
    """The same day so many months on; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def rotation_due(rules: Rules, since: date) -> date:
    """From which day a stationing point should have somebody else (BD-6.2)."""
    return months_later(since, rules.count("stationing_months").value)


def visit_kinds(rules: Rules) -> tuple[str, ...]:
    """Kinds of records that count as having gone to the grassroots: as the clause on everybody's visits lists them, else all
    that take place at a unit."""
    for duty in rules.duties():
        if duty.clause.id == EVERYBODY and duty.kinds:
            return duty.kinds
    return tuple(kind.code for kind in rules.records() if kind.outside)

"""What figures and duties say of a unit over a period, as plain data: kept with a report, measured for a sheet.

Written for readers outside the case officers' circle: a figure about few people is ``None``, whatever is behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from huying.cases.lifecycle import BEFORE_TOLD

Number = int | None


@dataclass(frozen=True)
class Named:
    """A figure with its name: a class, a channel, a state."""

    code: str
    label: str
    n: Number


@dataclass(frozen=True)
class Step:
    """One step of the loop: how many were in time, late, still running within their limit."""

    code: str
    label: str
    ok: Number
    late: Number
    running: Number

    @property
    def judged(self) -> Number:
        """Those of which one can say whether they were in time."""
        return None if self.ok is None or self.late is None else self.ok + self.late


@dataclass(frozen=True)
class Group:
    """One group of a survey: how many were asked, were not, answered, and what they said (MY-3.2.5a)."""

    code: str
    label: str
    asked: Number
    unasked: Number
    answered: Number
    satisfied: Number
    basic: Number
    unsatisfied: Number


@dataclass(frozen=True)
class DutyFact:
    """A duty over the period, as ``duties`` computed it; of one owed for every case how many only where there are enough."""

    code: str
    label: str
    badge: str
    period: str
    need: Number
    done: Number
    state: str
    due_on: str


@dataclass(frozen=True)
class Promise:
    """Something the signed minutes promised that is not done yet; management has signed it and knows it."""

    minutes: str
    measure: str
    department: str
    deadline: str
    late: bool


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Everything a report and a sheet are made of."""

    unit: str
    whose: str
    as_of: str
    received: Number
    classes: tuple[Named, ...] = ()
    channels: tuple[Named, ...] = ()
    open: Number = 0
    closed: Number = 0
    states: tuple[Named, ...] = ()
    steps: tuple[Step, ...] = ()
    returned: Number = 0
    reopened: Number = 0
    climbed: Number = 0
    groups: tuple[Group, ...] = ()
    duties: tuple[DutyFact, ...] = ()
    meetings: int = 0
    agreed: int = 0
    promises: tuple[Promise, ...] = ()
    smallest: int = field(default=0)

    def plain(self) -> dict[str, Any]:
        """As kept with a report."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Picture:
        """Back from what was kept."""
        rows = {"classes": Named, "channels": Named, "states": Named, "steps": Step, "groups": Group,
                "duties": DutyFact, "promises": Promise}  # fmt: skip
        built = {name: tuple(kind(**row) for row in plain[name]) for name, kind in rows.items()}
        return cls(**{**plain, **built})

    @property
    def states_open(self) -> tuple[Named, ...]:
        """The states a matter that is not finished stands in."""
        return tuple(one for one in self.states if one.code in BEFORE_TOLD)

    @property
    def met(self) -> tuple[DutyFact, ...]:
        """Duties that were due and done."""
        return tuple(one for one in self.duties if one.state == "met")

    @property
    def missed(self) -> tuple[DutyFact, ...]:
        """Duties that were due and not done."""
        return tuple(one for one in self.duties if one.state == "missed")

    @property
    def ahead(self) -> tuple[DutyFact, ...]:
        """Duties that are not done and still have time."""
        return tuple(one for one in self.duties if one.state in ("open", "soon"))

    @property
    def day(self) -> date:
        """The day the figures are of."""
        return date.fromisoformat(self.as_of)

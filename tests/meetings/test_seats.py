"""The seats of a consultation meeting as the document has them: who is missed, when, and who chairs."""

from __future__ import annotations

from typing import Any

import pytest

from huying.mechanism.reads import rules_for
from huying.meetings.rules import chairing_seat, empty_seats

pytestmark = pytest.mark.django_db
ALWAYS = ["union_head", "management_head", "delegates"]


@pytest.mark.clause("MY-3.2.2")
@pytest.mark.parametrize("touched", [False, True], ids=["no department touched", "one touched"])
def test_who_is_missed_at_a_meeting_nobody_came_to(world: Any, touched: bool) -> None:
    seats = rules_for(world.plant, world.now.date()).seats("consultation")
    missed = empty_seats(seats, [], [world.admin] if touched else [], there=True)
    assert [one.seat for one in missed] == [*ALWAYS, *(["department_head"] if touched else [])]
    assert [one.department for one in missed] == [None, None, None, *([world.admin] if touched else [])]
    assert {seat.clause.id for seat in seats} == {"MY-3.2.2"}


@pytest.mark.clause("MY-3.2.2", "MY-3.2.3a")
def test_the_union_head_chairs_and_nobody_else(world: Any) -> None:
    rules = rules_for(world.plant, world.now.date())
    assert chairing_seat(rules, "consultation") == "union_head"
    assert [seat.code for seat in rules.seats("consultation") if seat.chairs] == ["union_head"]

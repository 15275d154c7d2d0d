"""A union is merged into another: its open cases go along."""

from __future__ import annotations

import pytest

from huying.cases.acts import follow_merged, mark_spam
from huying.cases.models import Case
from huying.cases.reads import get_for
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import NotYours
from tests.factories import world as make


def test_open_cases_follow_a_merged_union(world):
    open_case, done = make.accepted(world), make.said(world)
    mark_spam(case_id=done.pk, reason="广告", by=world.as_("officer"), at=world.now)
    world.plant.merged_into, world.plant.closed_on = world.other, world.now.date()
    world.plant.save()
    assert follow_merged(by=SYSTEM, at=world.now) == 1
    assert follow_merged(by=SYSTEM, at=world.now) == 0
    open_case.refresh_from_db()
    assert (open_case.holder, open_case.officer) == (world.other, world.posts["foreign"])
    assert get_for(world.as_("foreign"), open_case.pk)
    with pytest.raises(NotYours):
        get_for(world.as_("foreign"), done.pk)
    assert Case.objects.get(pk=done.pk).holder == world.plant

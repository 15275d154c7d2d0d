"""Each figure opens its cases, and just as many; who may not know of a case finds neither."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases import acts as cases
from huying.cases.rules import Concerns
from huying.handling import acts as handling
from huying.kernel.actors import SYSTEM
from huying.ledger import acts, reads
from huying.ledger.rules import Selection, is_of_people
from tests.factories import world as make

pytestmark = pytest.mark.django_db


def mixed(world) -> None:
    """Cases in many states, some late, some that somebody must not know of."""
    early = world.now - timedelta(days=20)
    make.said(world, at=early, channel="phone")
    make.assigned(world, at=early)
    make.accepted(world)
    make.told(world)
    make.said(world, concerns=Concerns(chair=True))
    make.said(world, concerns=Concerns(own_union=True))
    make.said(world, place=world.plant)
    make.said(world, place=world.other)
    first, second = make.said(world), make.said(world)
    cases.merge(case_id=second.pk, into_id=first.pk, by=world.as_("officer"), at=world.now)
    item = make.assigned(world)
    handling.send_back(item_id=item.pk, reason="不归我们管", by=world.as_("handler"), at=world.now)


@pytest.mark.clause("PD-4.3")
@pytest.mark.parametrize(
    ("who", "where"), [("officer", "plant"), ("chair", "plant"), ("upper", "county"), ("upper", "plant")]
)
def test_every_figure_opens_as_many_cases(world, who: str, where: str) -> None:
    mixed(world)
    acts.sweep_figures(by=SYSTEM, at=world.now)
    by, unit, today = world.as_(who), getattr(world, where), world.now.date()
    found = reads.figures(by=by, unit=unit, since=today - timedelta(days=40), until=today, on=today)
    seen = reads.viewer(by, today)
    assert found.n("received")
    for measure, value in found.cells:
        chosen = reads.opening(found, measure, value)
        if chosen is None:
            assert is_of_people(measure) or measure.startswith("days:")
            continue
        n = reads.selected(seen, Selection.of(chosen), today).count()
        assert n == found.n(measure, value), (measure, value)


def test_management_opens_nothing(world) -> None:
    mixed(world)
    acts.sweep_figures(by=SYSTEM, at=world.now)
    today = world.now.date()
    found = reads.figures(by=world.as_("manager"), unit=world.plant, since=today, until=today, on=today)
    assert reads.opening(found, "received") is None

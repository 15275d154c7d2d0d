"""The two limits of the document: three days, counted as the pack says, under its clause, which no unit may loosen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huying.kernel.errors import Invalid
from huying.mechanism import acts
from huying.mechanism.reads import calendar, rules_for

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        pytest.param("report", "MY-3.2.4a", marks=pytest.mark.clause("MY-3.2.4a")),
        pytest.param("tell", "MY-3.2.4b", marks=pytest.mark.clause("MY-3.2.4b")),
    ],
)
def test_three_days_as_the_pack_counts_them(world: Any, code: str, clause: str) -> None:
    rules, work = rules_for(world.plant, world.now.date()), calendar()
    found, rule = rules.due(code, date(2026, 11, 16), work)
    assert (found.on, rule.clause.id) == (date(2026, 11, 19), clause)
    found, rule = rules.due(code, date(2026, 11, 18), work)  # the third day is a Saturday
    assert (found.on, rule.clause.id) == (date(2026, 11, 23), clause)
    found, _ = rules.due(code, date(2026, 11, 20), work)  # Friday: working days would end on Wednesday
    assert found.on == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        pytest.param("report", "MY-3.2.4a", marks=pytest.mark.clause("MY-3.2.4a")),
        pytest.param("tell", "MY-3.2.4b", marks=pytest.mark.clause("MY-3.2.4b")),
    ],
)
def test_a_unit_may_shorten_and_not_lengthen_them(world: Any, code: str, clause: str) -> None:
    chair = {"unit": world.plant, "by": world.as_("chair"), "at": world.now}
    acts.set_house_rules(changes={"clocks": {code: {"days": 2}}}, **chair)
    assert rules_for(world.plant, world.now.date()).due(code, date(2026, 11, 16), calendar())[0].on == date(
        2026, 11, 18
    )
    for looser in ({"days": 4}, {"days": 3, "kind": "working"}):
        with pytest.raises(Invalid) as refused:
            acts.set_house_rules(changes={"clocks": {code: looser}}, **chair)
        assert "蒙会发〔2017〕21号" in str(refused.value.fields), clause

"""The short form of ``python -m drills fuzz``: other requests on every run, the seed in the message of a failure."""

from __future__ import annotations

import random

import pytest

from drills.fuzz import fuzz

COUNT, TARGETS = 500, 90
PLACES = frozenset({"plant", "hidden", "other"})


@pytest.mark.django_db
@pytest.mark.attack(
    "outsider",
    "sends anything at any address by any method: broken forms, cookies, headers, ids of others",
    found="held",
)
def test_any_request_by_anybody_breaks_changes_and_betrays_nothing() -> None:
    number = random.SystemRandom().randrange(1 << 32)
    drill = fuzz(number, COUNT, PLACES, TARGETS)
    told = "\n".join(f"{kind} at {name}: {detail}" for (kind, name, _), detail in drill.faults.items())
    again = f"again: python -m drills --engine sqlite fuzz --short --seed {number}"
    assert not drill.faults, f"{told}\n{again}"
    assert drill.sent >= COUNT * 0.9
    assert len(drill.answers) > 5, "it reached little"

"""The short form of ``python -m drills fuzz``, whose long form sends other requests on every run; here always the same ones,
so that a change answers for what it breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from drills.fuzz import IDENTITY, fuzz, plant
from tests.matrix.scene import Scene

COUNT, TARGETS, SEED = 500, 60, 2026
PLACES = frozenset({"plant", "hidden", "other"})


@pytest.mark.django_db
@pytest.mark.attack(
    "outsider",
    "sends anything at any address by any method: broken forms, cookies, headers, ids of others",
    found="held",
)
def test_any_request_by_anybody_breaks_changes_and_betrays_nothing() -> None:
    drill = fuzz(SEED, COUNT, PLACES, TARGETS)
    told = "\n".join(f"{kind} at {name}: {detail}" for (kind, name, _), detail in drill.faults.items())
    again = f"again: python -m drills --engine sqlite fuzz --short --seed {SEED}"
    assert not drill.faults, f"{told}\n{again}"
    assert drill.sent >= COUNT * 0.9
    assert len(drill.answers) > 5, "it reached little"


@pytest.mark.django_db
@pytest.mark.attack(
    "disk", "reads every cell of every table for the name, phone and words of a sealed worker", found="held"
)
def test_no_cell_of_the_database_tells_a_sealed_worker(world: Any) -> None:
    scene = Scene(world)
    plant(scene)
    client = Client()
    client.force_login(world.posts["officer"].person.user)
    typed = json.dumps({"fields": {"words": ["，".join(IDENTITY)]}})
    assert (
        client.post(reverse("desk:draft", args=["register"]), typed, content_type="application/json").status_code == 200
    )
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            for row in cursor.fetchall():
                cells = [
                    bytes(cell).decode(errors="replace") if isinstance(cell, memoryview | bytes) else str(cell)
                    for cell in row
                ]
                found += [(model._meta.db_table, word) for word in IDENTITY for cell in cells if word in cell]
    assert not found

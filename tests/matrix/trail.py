"""The rows of anchors leaving the house (audit administrator) and of files kept from everybody (system administrator)."""

from __future__ import annotations

from typing import Any

from huying.kernel.actors import SYSTEM
from huying.trail import acts
from huying.trail.models import Keeper
from tests.conftest import NOW
from tests.matrix.scene import Scene
from tests.matrix.table import Row

AUDIT = {"plant": {"audit"}}


def _keeper(scene: Scene, place: str) -> list[Any]:
    root = scene.world.county.pk
    found = Keeper.objects.filter(root=root, ended_at=None).first()
    if found is None:
        acts.add_keeper(roots=[root], address="outside@example.org", by=SYSTEM, at=NOW)
        found = Keeper.objects.get(root=root, ended_at=None)
    return [found.pk]


def _day(scene: Scene, place: str) -> dict[str, Any]:
    acts.anchor_all(day=NOW.date())
    return {"day": NOW.date()}


TRAIL = (
    Row("desk:keeping", AUDIT, post=lambda s, p: {"address": "keeper@example.org"}),
    Row("desk:keeper-end", AUDIT, _keeper, alone=405, post=lambda s, p: {}),
    Row("desk:anchors-sheet", AUDIT, query=_day),
    Row("desk:system-infected-delete", {"plant": {"system"}}, alone=405, post=lambda s, p: {}),
)

"""The rows of setting up: who sees what is still missing, opens accounts for many, prints posters, reads the log."""

from __future__ import annotations

from typing import Any

from huying.org.models import Role
from tests.factories.org import make_person, make_post
from tests.matrix.scene import Scene
from tests.matrix.table import OFFICES, Row

ADMINISTRATORS = {"system", "security", "audit"}
TAKES_PART = {*ADMINISTRATORS, "chair", "foreign"}
POSTERS = {*OFFICES, "system"}
# Whose posters: the plant's office and who stands above it; the hospital's is out of the plant's reach.
OF_UNIT = {
    "plant": {"officer", "second", "chair", "upper", "system"},
    "other": {"foreign", "upper", "system"},
}
MADE: dict[str, Any] = {}


def _unit(scene: Scene, place: str) -> dict[str, Any]:
    return {"unit": (scene.world.plant if place == "plant" else scene.world.other).pk}


def _file(scene: Scene, place: str) -> dict[str, Any]:
    return {**_unit(scene, place), "kind": "card", "fmt": "pdf"}


def _person(scene: Scene, place: str) -> dict[str, Any]:
    """Somebody who just got a post and has no account."""
    if "appointed" not in MADE:
        person = MADE["appointed"] = make_person(scene.world.plant, "新任", account=False)
        make_post(scene.world.plant, Role.LIAISON, person=person)
    person = MADE["appointed"]
    return {"who": str(person.pk), f"name-{person.pk}": "xin.ren"}


SETUP = (
    Row("desk:setup", {"plant": TAKES_PART}),
    Row("desk:setup", {"plant": {*ADMINISTRATORS, "chair"} - {"audit"}, "other": {"system", "security", "foreign"}},
        query=_unit, act="of-unit"),
    Row("desk:setup-try", {"plant": {"chair"}, "other": {"foreign"}}, alone=405, post=_unit),
    Row("desk:setup-try-end", {"plant": set(), "other": set()}, alone=405, post=_unit),
    Row("desk:accounts", {"plant": {"security"}}, post=_person),
    Row("desk:accounts-sheet", {"plant": {"security"}}, get=302),
    Row("desk:posters", {"plant": POSTERS}),
    Row("desk:posters-file", OF_UNIT, query=_file),
    Row("desk:posters-preview", OF_UNIT, lambda s, p: ["sign"], query=_unit),
    Row("desk:system-log", {"plant": {"system"}}),
    Row("desk:system-log-file", {"plant": {"system"}}),
    Row("desk:system-use", {"plant": {"system"}}),
)  # fmt: skip

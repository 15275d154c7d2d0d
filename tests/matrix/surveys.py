"""The rows of surveys: who sees one, who takes answers and signs, whom nobody answers for, who never learns names."""

from __future__ import annotations

from typing import Any

from tests.matrix.scene import Scene, picture
from tests.matrix.table import OFFICE, OFFICES, Row, case_of

# Who did not handle the cases of the scene, or is the only one there.
FREE = {"plant": {"second", "chair"}, "hidden": {"second"}, "past": {"upper"}, "other": {"foreign"}}
SAID = {"result": "satisfied", "process": "", "words": ""}


def _invited(group: str) -> Any:
    return lambda scene, place: [scene.invited(place, group).pk]


def _way(way: str) -> Any:
    return lambda scene, place: [scene.invited(place, "asker").pk, way]


SURVEYS = (
    Row("desk:surveys", {"plant": OFFICES}),
    Row("desk:survey", OFFICE, case_of("told")),
    Row("desk:survey", OFFICE, case_of("rated"), act="closed"),
    Row("desk:survey_take", FREE, _way("phone"), post=lambda s, p: SAID, act="phone"),
    Row("desk:survey_take", FREE, _way("paper"), post=lambda s, p: {**SAID, "files": picture()}, act="paper"),
    Row("desk:survey_take", {"plant": set()}, _way("online"), act="no such way"),
    Row("desk:survey_face", FREE, _invited("asker"), post=lambda s, p: SAID),
    Row("desk:survey_face_done", OFFICE, case_of("told")),
    Row("desk:survey_unreached", {"plant": FREE["plant"], "hidden": FREE["hidden"]}, _invited("delegate"),
        post=lambda s, p: {"reason": "已经离职"}),
    Row("desk:survey_mine", {"plant": {"delegate"}}, _invited("delegate"), post=lambda s, p: SAID),
    Row("desk:survey_slips", FREE, case_of("told")),
    Row("desk:survey_scan", FREE, lambda s, p: [_scan(s, p)]),
)  # fmt: skip


def _scan(scene: Scene, place: str) -> Any:
    return scene.paper_answer(place).pk

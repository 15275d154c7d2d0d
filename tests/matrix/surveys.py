"""The rows of surveys: who sees one, who takes answers and signs, whom nobody answers for, who never learns names."""

from __future__ import annotations

from typing import Any

from huying.feedback import acts
from huying.feedback.models import Answer, Invited
from huying.feedback.rules import Given
from huying.files.acts import check
from huying.kernel.actors import SYSTEM
from tests.matrix.scene import Scene, picture
from tests.matrix.table import OFFICE, OFFICES, Row, case_of

# Who did not handle the cases of the scene, or is the only one there.
FREE = {"plant": {"second", "chair"}, "hidden": {"second"}, "past": {"upper"}, "other": {"foreign"}}
SAID = {"result": "satisfied", "process": "", "words": ""}


def invited(scene: Scene, place: str, group: str) -> Invited:
    """Somebody asked in the survey of a told case: the worker, or 何平 as a delegate."""
    survey = acts.open_survey(case=scene.case(place, "told"), by=SYSTEM, at=scene.world.now)
    if group == "delegate" and not survey.invited.filter(group=group).exists():
        person = scene.world.posts["delegate"].person
        about = {"root": survey.root, "survey": survey, "asked_at": scene.world.now}
        Invited.objects.create(group=group, person=person, **about)
    return survey.invited.get(group=group)


def _paper(scene: Scene, place: str) -> Answer:
    """An answer entered from a paper."""
    key = (place, "paper")
    if key not in scene.made:
        survey = acts.open_survey(case=scene._case(place, "told"), by=SYSTEM, at=scene.world.now)
        scene.made[key] = acts.take_answer(
            invited_id=survey.invited.get(group="asker").pk, way="paper", given=Given(result="satisfied"),
            scan=check(upload=picture()), by=scene.signer(place), at=scene.world.now,
        )  # fmt: skip
    return scene.made[key]


def _invited(group: str) -> Any:
    return lambda scene, place: [invited(scene, place, group).pk]


def _way(way: str) -> Any:
    return lambda scene, place: [invited(scene, place, "asker").pk, way]


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
    Row("desk:survey_scan", FREE, lambda s, p: [_paper(s, p).pk]),
)  # fmt: skip

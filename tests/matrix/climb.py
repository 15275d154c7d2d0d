"""The rows of the climb: who sends up, who answers at a level, whom leaders' words reach, what management never learns."""

from __future__ import annotations

from typing import Any

from tests.matrix.scene import Scene
from tests.matrix.table import ITEMS, OFFICE, OFFICES, REASON, Made, Roles, Row, _four, act_row, case_of

READS = {
    "branch": {"officer", "second", "chair", "upper"},
    "branch_hidden": {"officer", "second", "upper"},
}
# Who answers at the level above: the county for plant and hospital, the plant for its branch.
ABOVE = {
    "plant": {"upper"},
    "hidden": {"upper"},
    "other": {"upper"},
    "branch": {"officer", "second", "chair"},
    "branch_hidden": {"officer", "second"},
}
FROM_BRANCH = {place: ABOVE[place] for place in ("branch", "branch_hidden")}
WRITES = {"plant": {"chair", "upper"}, "hidden": {"upper"}, "county": {"upper"}, "other": {"foreign", "upper"}}
APPROVES: Roles = {"plant": {"chair"}, "hidden": set(), "other": {"foreign"}}
SAID = {"text": "本周内办完"}


def level(act: str, status: str, post: Made | dict[str, Any], reads: Roles = ABOVE) -> Row:
    """An act of the level that has it."""
    given: Made = post if callable(post) else lambda scene, place: post

    def args(scene: Scene, place: str) -> list[Any]:
        rung = scene.rung(place, status)
        return [rung.case_id, act, rung.pk]

    return Row("desk:case_act_of", reads, args, post=given, act=act)


def _up(scene: Scene, place: str) -> dict[str, Any]:
    unit = scene.world.plant if place.startswith("branch") else scene.world.county
    return {"unit": str(unit.pk), "reason": "要上级协调", "tried": "谈过两次", "brief": ""}


def _on(scene: Scene, place: str) -> dict[str, Any]:
    return {**_up(scene, place), "unit": str(scene.world.county.pk)}


def _leader(scene: Scene, place: str) -> dict[str, Any]:
    leader = scene.world.posts["manager" if place in ("plant", "hidden") else "foreign"]
    return {**REASON, "leader": str(leader.pk), "brief": ""}


def _of_department(scene: Scene, place: str) -> dict[str, Any]:
    """The level gives it to a department of its own."""
    return _four(scene, "plant")


CLIMB = (
    Row("desk:case", READS, case_of("climbing"), act="climbing"),
    Row("desk:climb", {"plant": OFFICES}),
    Row("desk:sent_up", {"plant": {"manager"}}),
    Row("desk:leads", {"plant": {"chair", "upper", "manager", "foreign"}}),
    act_row("send_up", "accepted", _up),
    level("take_rung", "sent", {}),
    level("give_back", "sent", {"guidance": "先同车队谈"}),
    level("send_on", "taken", _on, FROM_BRANCH),
    level("solve", "taken", {"result": "恢复了"}),
    Row("desk:case_act", FROM_BRANCH, lambda s, p: [s.rung(p, "taken").case_id, "assign"], post=_of_department, act="assign"),
    act_row("lead", "accepted", _leader, may=APPROVES),
    act_row("instruct", "accepted", SAID, may=WRITES),
    Row("desk:case_act_of", {place: APPROVES[place] for place in ("plant", "other")},
        lambda s, p: [s.lead(p).case_id, "end_lead", s.lead(p).pk], post=lambda s, p: REASON, act="end_lead"),
    Row("desk:case_act_of", {place: OFFICE[place] for place in ("plant", "hidden", "other")},
        lambda s, p: [s.instruction(p).case_id, "follow_up", s.instruction(p).pk], post=lambda s, p: SAID, act="follow_up"),
    Row("desk:sent_up_rung", {"branch": {"manager"}, "branch_hidden": set(), "plant": set()}, lambda s, p: [s.rung(p).pk],
        post=lambda s, p: SAID),
    Row("desk:lead", {"plant": {"manager"}}, lambda s, p: [s.lead(p).pk], post=lambda s, p: SAID),
    Row("desk:item_instruct", {place: ITEMS[place] & {"manager"} for place in ITEMS}, lambda s, p: [s.item(p).pk],
        post=lambda s, p: SAID),
)  # fmt: skip

"""The rows of reception days and talks: the unit's staff and leaders, the unions above see who receives when; who comes only
the office and the leader; whoever a matter names finds neither booking nor talk."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from huying.cases.reads import worker_of
from huying.fieldwork import acts
from huying.fieldwork.models import Booking, InvitedTalk, ReceptionDay
from tests.factories import reception as days
from tests.matrix.scene import Scene
from tests.matrix.table import OFFICE, OFFICES, REASON, Roles, Row

SEES: Roles = {"plant": {"officer", "second", "chair", "manager", "upper"}, "other": {"foreign", "upper"}}
OWN: Roles = {place: OFFICE[place] for place in ("plant", "other")}
KEPT: Roles = {place: OFFICE[place] for place in ("plant", "hidden")}
TALKS: Roles = {
    "plant": {"officer", "second", "chair", "upper", "manager"},
    "hidden": {"officer", "second", "upper", "manager"},
}
LISTS: Roles = {"plant": OFFICES | {"manager"}}


def day(
    scene: Scene, place: str, *, status: str = "announced", today: bool = False, kind: str = "leaders"
) -> ReceptionDay:
    """A day of the place's union: to come, or today."""
    key = (place, f"reception-{status}-{today}-{kind}")
    if key not in scene.made:
        who = "officer" if place == "plant" else "foreign"
        taken = sum(1 for one in scene.made if str(one[1]).startswith("reception-"))
        on = scene.world.now.date() + timedelta(
            weeks=0 if today else 5 + taken
        )  # a day off moves to the next, which is free
        make = days.announced if status == "announced" else days.planned
        scene.made[key] = make(scene.world, on, _leader(scene, place, kind), by=who, kind=kind)
    return ReceptionDay.objects.get(pk=scene.made[key].pk)


def _leader(scene: Scene, place: str, kind: str) -> Any:
    if place != "plant":
        return scene.world.posts["foreign"]
    return scene.world.posts["manager" if kind == "leaders" else "chair"]


def _rota(scene: Scene, place: str) -> dict[str, Any]:
    leader = scene.world.posts["chair"]
    return {
        "kind": "leaders", "form": "duty", "repeat": "once", "since": "2027-03-03", "rest": "next", "nth": "1",
        "leaders": [str(leader.pk)], "begins": "09:00", "ends": "11:00", "place": "201", "minutes": 30, "each": 1, "look": "1",
    }  # fmt: skip


def _announce(scene: Scene, place: str) -> dict[str, Any]:
    return {"days": [str(day(scene, place, status="planned").pk)]}


def _swap(scene: Scene, place: str) -> dict[str, Any]:
    return {"leader": str(scene.world.posts["chair"].pk), "other": "", "reason": "出差"}


def visit(scene: Scene, place: str) -> Booking:
    """Somebody who waits today, with the case of the place."""
    key = (place, "visit")
    if key not in scene.made:
        case = scene.case(place, "accepted")
        today = day(scene, "plant", today=True)
        worker: Any = worker_of(case.parties.get(first=True).pk)
        booking = acts.book_again(day_id=today.pk, slot=time(9), by=worker, at=scene.world.now)
        scene.made[key] = acts.arrive(booking_id=booking.pk, by=scene.world.as_("officer"), at=scene.world.now)
    return Booking.objects.get(pk=scene.made[key].pk)


def talk(scene: Scene, place: str, *, over: bool = False) -> InvitedTalk:
    """A talk of the head of management on the case of the place; one that may be held is today's."""
    key = (place, f"talk-{over}")
    if key not in scene.made:
        case = scene.case(place, "handling" if over else "accepted")
        manager = scene.world.posts["manager"]
        made = days.invited(scene.world, case=case, leader=manager)
        if over:
            InvitedTalk.objects.filter(pk=made.pk).update(on=date(2026, 11, 20))
        scene.made[key] = made
    return InvitedTalk.objects.get(pk=scene.made[key].pk)


def _invite(scene: Scene, place: str) -> dict[str, Any]:
    return {
        "reasons": ["complex"], "leader": str(scene.world.posts["manager"].pk), "on": "2027-03-03", "begins": "09:00",
        "place": "图书室", "words": "",
    }  # fmt: skip


WALK_IN = {"said": "饮水机坏了", "secrecy": "sealed", "name": "刘", "phone": ""}
RECEPTION = (
    Row("desk:reception", LISTS),
    Row("desk:reception_xlsx", LISTS),
    Row("desk:reception-rota", {"plant": OFFICES}, post=_rota, sent=200, refused={"plant": {"upper", "foreign"}}),
    Row("desk:reception-announce", {"plant": OFFICES}, post=_announce, refused={"plant": {"upper", "foreign"}}),
    Row("desk:reception-notice", {"plant": OFFICES}, lambda s, p: ["pdf"]),
    Row("desk:reception-day", SEES, lambda s, p: [day(s, p).pk]),
    Row("desk:reception-act", OWN, lambda s, p: [day(s, p).pk, "cancel"], post=lambda s, p: REASON, act="cancel"),
    Row("desk:reception-act", {"plant": OFFICE["plant"]}, lambda s, p: [day(s, p).pk, "swap"], post=_swap, act="swap"),
    Row("desk:reception-act", {"plant": OFFICE["plant"]}, lambda s, p: [day(s, p, today=True, kind="chair").pk, "hold"],
        post=lambda s, p: {"text": ""}, act="hold"),
    Row("desk:reception-walk-in", {"plant": OFFICE["plant"]}, lambda s, p: [day(s, p, today=True).pk],
        post=lambda s, p: WALK_IN),
    Row("desk:reception-visit", KEPT, lambda s, p: [visit(s, p).pk, "finish"],
        post=lambda s, p: {"outcome": "taken", "reason": ""}, act="finish"),
    Row("desk:reception-visit", KEPT, lambda s, p: [visit(s, p).pk, "absent"], post=lambda s, p: {}, act="absent"),
    Row("desk:talks", LISTS),
    Row("desk:talk-new", KEPT, lambda s, p: [s.case(p, "told").pk], post=_invite),
    Row("desk:talk", TALKS, lambda s, p: [talk(s, p).pk]),
    Row("desk:talk-act", KEPT, lambda s, p: [talk(s, p).pk, "cancel"], post=lambda s, p: REASON, act="cancel"),
    Row("desk:talk-act", KEPT, lambda s, p: [talk(s, p, over=True).pk, "hold"],
        post=lambda s, p: {"result": "谈了", "met": 1, "minutes": 30}, act="hold"),
)  # fmt: skip

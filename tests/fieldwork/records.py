"""Records for tests: a world whose county works by the documents, and one record after another."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from huying.fieldwork import acts
from huying.fieldwork.models import Record
from huying.fieldwork.rules import Deed
from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from tests.factories.world import World

OWN: dict[str, dict[str, Any]] = {
    "enterprise_survey": {"kind": "small", "team": "县工信局", "operation": "订单减少三成"},
    "screening": {"scope": "daily"},
    "service": {"service": "policy"},
    "stationing": {"form": "point"},
    "research": {"topic": "夜班职工通勤"},
    "joint_meeting": {"parties": "县人社局", "settled": "建立欠薪通报"},
    "tripartite": {"parties": "县人社局、企业联合会", "settled": "发布工资指导线"},
    "opinion_forms": {"handed_out": "40", "returned": "36"},
    "publicity": {"audience": "120"},
}


def adopt(world: World, *packs: str) -> World:
    """The county works by these documents, too."""
    for pack in packs:
        mechanism.adopt(unit=world.county, pack_code=pack, by=SYSTEM, at=world.now)
    return world


def deed(world: World, kind: str = "visit", **given: Any) -> Deed:
    """Half a day in the workshop yesterday, unless told otherwise."""
    fields: dict[str, Any] = {
        "kind": kind, "on": day(world, 1), "minutes": 180, "begins": time(9, 0), "place": world.shop, "workers_met": 6,
        "heard": "夜班末班车提前，下班赶不上。", "fields": OWN.get(kind, {}), **given,
    }  # fmt: skip
    return Deed(**fields)


def day(world: World, ago: int) -> date:
    """So many days ago."""
    return world.now.date() - timedelta(days=ago)


def written(world: World, kind: str = "visit", *, who: str = "officer", **given: Any) -> Record:
    """A record by somebody for their own union."""
    post = world.posts[who]
    more = {name: given.pop(name) for name in ("files", "case_ids", "written_at", "mark", "leader") if name in given}
    people = given.pop("people", [post])
    at = given.pop("at", world.now)
    return acts.write_record(
        union=post.unit, deed=deed(world, kind, **given), people=people, by=world.as_(who), at=at, **more
    )

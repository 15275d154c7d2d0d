"""The small world of these tests, with the documents of studios and visits adopted; records as rows, for pages that read them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from huying.fieldwork import acts
from huying.fieldwork.models import Household, Record, RecordPerson, Tie
from huying.fieldwork.rules import Standing, kept_as, list_of
from huying.kernel.actors import SYSTEM
from huying.kernel.models import DataKey
from huying.mechanism import acts as mechanism
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Rules
from huying.org.models import Post, Unit
from tests.factories.world import World

BAODING, SHAANXI, PINGDINGSHAN = "baoding-studio", "shaanxi-2012-38", "pingdingshan-2013"
HOME = {"name": "贺春苗", "phone": "13700001234", "address": "南关街 3 号", "needs": "丈夫尿毒症，每周透析三次。"}


def adopted(world: World, *packs: str) -> Rules:
    """The rules of the plant once the county has adopted these."""
    for pack in packs:
        mechanism.adopt(unit=world.county, pack_code=pack, by=SYSTEM, at=world.now)
    return rules_for(world.plant, world.now.date())


def who(world: World, name: str = "officer") -> dict[str, Any]:
    """By whom and when."""
    return {"by": world.as_(name), "at": world.now}


def everything(rules: Rules, since: date) -> dict[str, date | None]:
    """All that the lists of a studio ask for, there since a day."""
    lists = [found for code in ("studio", "opinion_ways") if (found := list_of(rules, code))]
    return {kept_as(found, one): since for found in lists for one in found.choices}


def whole(**but: Any) -> Standing:
    """A studio that lacks nothing but the lists."""
    given: dict[str, Any] = {"there": True, "opened_on": date(2026, 3, 1), "chair": True, "cadres": 1, "staff": 1}
    return Standing(**{**given, **but})


def set_up(world: World, rules: Rules, unit: Unit | None = None, by: str = "officer") -> Any:
    """A studio with everything on its lists."""
    day = world.now.date() - timedelta(days=100)
    facts = {"opened_on": day, "room": "办公楼 101", "hours": "工作日 8:30 至 17:30", "phone": "0390-1", "email": ""}
    return acts.set_studio(unit=unit or world.plant, facts=facts, equipped=everything(rules, day), **who(world, by))


def household(world: World, by: str = "officer", unit: Unit | None = None) -> Household:
    """A family of the plant."""
    return acts.add_household(unit=unit or world.plant, facts=HOME, **who(world, by))


def tie(world: World, kind: str, by: str = "upper", **given: Any) -> Tie:
    """A tie of a cadre of the county."""
    post = given.pop("post", world.posts["upper"])
    union = given.pop("union", world.county)
    since = given.pop("since", world.now.date() - timedelta(days=30))
    return acts.make_tie(union=union, kind=kind, post=post, since=since, **given, **who(world, by))


def record(world: World, kind: str, post: Post, on: date, **given: Any) -> Record:
    """A work record as it lies in the database; who wrote it took part."""
    key = DataKey.fresh(world.now)
    fields: dict[str, Any] = {"minutes": 60, "place": world.shop, "union": post.unit, "until": on, **given}
    row = Record(root=world.plant.root, kind=kind, on=on, key=key, by=post, written_at=world.now, at=world.now,
                 moved_at=world.now, **fields)  # fmt: skip
    row.sealed = key.seal("听到的原话", row.sealed_place)
    row.save()
    RecordPerson.objects.create(root=row.root, record=row, person=post.person, post=post)
    return row

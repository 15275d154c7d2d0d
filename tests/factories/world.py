"""A small world: a county union, an enterprise with a workshop and departments, people in every role; cases through acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from huying.cases import acts as cases
from huying.cases.models import Case
from huying.cases.rules import Voice
from huying.handling import acts as handling
from huying.handling.models import Item
from huying.kernel.actors import SYSTEM, Actor
from huying.mechanism import acts as mechanism
from huying.mechanism.models import Adoption
from huying.org.models import Department, Level, Post, Role, Unit
from huying.org.reads import acting_as
from huying.org.rules import Member
from tests.factories.org import make_department, make_person, make_post, make_unit

_receipts = count(1)


@dataclass
class World:
    """Units, posts and actors everybody's tests share."""

    now: datetime
    county: Unit
    plant: Unit
    shop: Unit
    other: Unit
    admin: Department
    logistics: Department
    posts: dict[str, Post]

    def as_(self, name: str) -> Member:
        """The actor in a role: officer, second, chair, upper, handler, head, manager, liaison, delegate, foreign, ..."""
        return acting_as(self.posts[name], timezone.localdate(self.now))


def make_world(now: datetime) -> World:
    """Build the world and adopt the Mengyin pack at the county."""
    mechanism.prepare(by=SYSTEM, at=now)
    county = make_unit("沂河县总工会", level=Level.COUNTY, short_name="沂河")
    plant = make_unit("山泉机械有限公司工会", under=county, short_name="山机")
    mechanism.adopt(unit=county, pack_code="mengyin-2017-21", by=SYSTEM, at=now)
    return peopled(now, county, plant)


def works_by(world: World, pack: str) -> None:
    """The county works by a document; nothing happens when it does already."""
    if not Adoption.objects.filter(unit=world.county, code=pack, until=None).exists():
        mechanism.adopt(unit=world.county, pack_code=pack, by=SYSTEM, at=world.now)


def peopled(now: datetime, county: Unit, plant: Unit) -> World:
    """A county and a plant somewhere below it, with a workshop, a unit beside, and people in every role."""
    shop = make_unit("铸造车间", under=plant, level=Level.WORKSHOP, has_union=False, short_name="")
    other = make_unit("青石医院工会", under=county, short_name="青医")
    admin, logistics = make_department(plant, "行政保障部"), make_department(plant, "后勤部")
    posts = {
        "officer": make_post(plant, Role.OFFICER, person=make_person(plant, "李慧敏")),
        "second": make_post(plant, Role.OFFICER, person=make_person(plant, "周明远")),
        "chair": make_post(plant, Role.CHAIR, person=make_person(plant, "郑卫国")),
        "upper": make_post(county, Role.UPPER_OFFICER, person=make_person(county, "高敏")),
        "handler": make_post(plant, Role.HANDLER, person=make_person(plant, "孙立"), department=admin),
        "head": make_post(plant, Role.DEPARTMENT_HEAD, person=make_person(plant, "钱进"), department=admin),
        "other_handler": make_post(plant, Role.HANDLER, person=make_person(plant, "吴强"), department=logistics),
        "manager": make_post(plant, Role.MANAGEMENT_HEAD, person=make_person(plant, "冯国庆")),
        "liaison": make_post(shop, Role.LIAISON, person=make_person(shop, "陈小燕")),
        "delegate": make_post(plant, Role.DELEGATE, person=make_person(plant, "何平")),
        "foreign": make_post(other, Role.CHAIR, person=make_person(other, "沈秋")),
        "system": make_post(county, Role.SYSTEM_ADMIN, person=make_person(county, "系统员")),
        "security": make_post(county, Role.SECURITY_ADMIN, person=make_person(county, "安全员")),
        "audit": make_post(county, Role.AUDIT_ADMIN, person=make_person(county, "审计员")),
    }
    return World(now, county, plant, shop, other, admin, logistics, posts)


def receipt() -> str:
    """The next 16 digits."""
    return f"{next(_receipts):016d}"


def voice(**given: Any) -> Voice:
    """One person speaking; sealed unless told otherwise."""
    fields: dict[str, Any] = {"receipt": receipt(), "secrecy": "sealed", "name": "刘春华", "phone": "13800001111",
                              "words": "夜班的末班车提前了，下班赶不上。"}  # fmt: skip
    fields.update(given)
    if fields["secrecy"] == "anonymous":
        fields.update(name="", phone="")
    return Voice(**fields)


def said(world: World, *voices: Voice, by: Actor | None = None, at: datetime | None = None, **matter: Any) -> Case:
    """A registered case."""
    at = at or world.now
    fields: dict[str, Any] = {"place": world.shop, "channel": "online", "received_at": at, **matter}
    given = cases.Matter(voices=tuple(voices or (voice(),)), **fields)
    return cases.register(matter=given, by=by or SYSTEM, at=at)


def accepted(
    world: World, *voices: Voice, at: datetime | None = None, title: str = "夜班末班车提前，下班赶不上",
    summary: str = "夜班末班车由 22:30 提前到 22:00，22:20 下线的职工赶不上。", **matter: Any,
) -> Case:  # fmt: skip
    """An accepted case; 李慧敏 answers for it."""
    at = at or world.now
    case = said(world, *voices, at=at, **matter)
    return cases.accept(
        case_id=case.pk, content_class="rights", category="living", difficulty="easy", officer=world.posts["officer"],
        title=title, summary=summary, by=world.as_("officer"), at=at,
    )  # fmt: skip


def assigned(world: World, *voices: Voice, at: datetime | None = None, days: int = 5, **matter: Any) -> Item:
    """A case with one item at 行政保障部."""
    at = at or world.now
    case = accepted(world, *voices, at=at, **matter)
    deadline: date = timezone.localdate(at) + timedelta(days=days)
    return handling.assign(
        case_id=case.pk, measure="末班车恢复 22:40。", department=world.admin, handler=world.posts["handler"],
        deadline=deadline, brief=case.summary, by=world.as_("officer"), at=at,
    )  # fmt: skip


def reported(world: World, *voices: Voice, at: datetime | None = None, **matter: Any) -> Case:
    """A case whose only item has its written report."""
    at = at or world.now
    item = assigned(world, *voices, at=at, **matter)
    handling.finish(item_id=item.pk, able=True, text="已恢复。", done_on=None, by=world.as_("handler"), at=at)
    handling.report(item_id=item.pk, text="末班车自即日起恢复 22:40 发车。", by=world.as_("handler"), at=at)
    return Case.objects.get(pk=item.case_id)


def told(world: World, *voices: Voice, at: datetime | None = None, **matter: Any) -> Case:
    """A case whose worker was told."""
    at = at or world.now
    case = reported(world, *voices, at=at, **matter)
    return handling.tell(
        case_id=case.pk,
        how="phone",
        kind="result",
        text="末班车恢复了。",
        told_on=timezone.localdate(at),
        by=world.as_("officer"),
        at=at,
    )

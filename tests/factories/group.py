"""A group enterprise between a county and its subsidiary, below a city; and a firm whose union is one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from huying.org.models import Level, Role, Unit
from tests.factories.org import make_department, make_person, make_post, make_unit
from tests.factories.world import World, peopled


@dataclass
class GroupWorld(World):
    """The small world with a city and a group above it: city › county › group › subsidiary › workshop."""

    city: Unit
    group: Unit


def make_group_world(now: datetime) -> GroupWorld:
    """Everybody of the small world, whose plant belongs to a group; the city has adopted the Mengyin pack."""
    mechanism.prepare(by=SYSTEM, at=now)
    city = make_unit("沂州市总工会", level=Level.CITY, short_name="沂州")
    county = make_unit("沂河县总工会", under=city, level=Level.COUNTY, short_name="沂河")
    group = make_unit("山泉集团工会", under=county, level=Level.GROUP, short_name="山泉")
    plant = make_unit("山泉机械有限公司工会", under=group, level=Level.SUBSIDIARY, short_name="山机")
    mechanism.adopt(unit=city, pack_code="mengyin-2017-21", by=SYSTEM, at=now)
    world = GroupWorld(**vars(peopled(now, county, plant)), city=city, group=group)
    logistics = make_person(plant, "罗文静")
    world.posts |= {
        "city": make_post(city, Role.UPPER_OFFICER, person=make_person(city, "宋远")),
        "group_officer": make_post(group, Role.OFFICER, person=make_person(group, "方敏")),
        "group_manager": make_post(group, Role.MANAGEMENT_HEAD, person=make_person(group, "秦大勇")),
        "logistics_head": make_post(plant, Role.DEPARTMENT_HEAD, person=logistics, department=world.logistics),
    }
    return world


def make_small_firm(world: World) -> None:
    """A firm below the world's county: one person is all the union; the director of the factory has no account."""
    firm = make_unit("小溪木器厂工会", under=world.county, short_name="小溪")
    works = make_department(firm, "生产科")
    alone = make_person(firm, "贺春梅")
    world.posts |= {
        "alone": make_post(firm, Role.CHAIR, person=alone),
        "contact": make_post(firm, Role.HANDLER, person=alone, department=works),
        "director": make_post(
            firm, Role.MANAGEMENT_HEAD, person=make_person(firm, "江海", account=False), title="厂长"
        ),
        "foreman": make_post(firm, Role.HANDLER, person=make_person(firm, "申亮", account=False), department=works),
        "works_head": make_post(
            firm, Role.DEPARTMENT_HEAD, person=make_person(firm, "唐林", account=False), department=works
        ),
        "firm_delegate": make_post(firm, Role.DELEGATE, person=make_person(firm, "尹秀", account=False)),
    }

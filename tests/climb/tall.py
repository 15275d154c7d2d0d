"""A tall world: city, county, group with a head of management, plant; and an industry union beside the way up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huying.cases.models import Case
from huying.climb import acts, reads
from huying.climb.models import Rung
from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from huying.org.models import Department, Level, Role, Unit
from tests.factories import world as make
from tests.factories.org import make_department, make_person, make_post, make_unit


@dataclass
class Tall(make.World):
    """The small world's plant under a group, a county and a city."""

    city: Unit
    group: Unit
    industry: Unit
    hall: Department

    def sent(self, *voices, **matter) -> Rung:
        """A case of the plant sent up to the group."""
        case = make.accepted(self, *voices, **matter)
        return self.up(case)

    def up(self, case: Case, **given) -> Rung:
        """Send a case up the plain way."""
        words = {"reason": "班车合同由集团签。", "tried": "同后勤部谈了两次，同车队谈了一次。", **given}
        return acts.send_up(case_id=case.pk, by=self.as_("officer"), at=self.now, **words)

    def taken(self, **given) -> Rung:
        """A case that the group has taken."""
        return acts.take_rung(rung_id=self.sent(**given).pk, by=self.as_("group"), at=self.now)

    def on(self, rung: Rung, by: str, **given) -> Rung:
        """One level further up."""
        words = {"reason": "要由上一级协调。", "tried": "本级开会商量过。", **given}
        return acts.send_on(rung_id=rung.pk, by=self.as_(by), at=self.now, **words)

    def chips(self, case: Case) -> list[tuple[str, str]]:
        """The ladder in short: unit and state."""
        return [(rung.unit.short_name, rung.status) for rung in reads.ladder(case)]


def make_tall(now: datetime) -> Tall:
    """Build it and adopt the Mengyin pack at the county."""
    mechanism.prepare(by=SYSTEM, at=now)
    city = make_unit("临河市总工会", level=Level.CITY, short_name="临河")
    county = make_unit("沂河县总工会", under=city, level=Level.COUNTY, short_name="沂河")
    group = make_unit("山泉集团工会", under=county, level=Level.GROUP, short_name="山集")
    plant = make_unit("山泉机械有限公司工会", under=group, level=Level.SUBSIDIARY, short_name="山机")
    shop = make_unit("铸造车间", under=plant, level=Level.WORKSHOP, has_union=False, short_name="")
    industry = make_unit("沂河县机械行业工会", under=county, level=Level.INDUSTRY, short_name="机行")
    other = make_unit("青石医院工会", under=county, short_name="青医")
    mechanism.adopt(unit=county, pack_code="mengyin-2017-21", by=SYSTEM, at=now)
    admin, logistics, hall = (
        make_department(plant, "行政保障部"),
        make_department(plant, "后勤部"),
        make_department(group, "综合部"),
    )
    posts = {
        "officer": make_post(plant, Role.OFFICER, person=make_person(plant, "李慧敏")),
        "chair": make_post(plant, Role.CHAIR, person=make_person(plant, "郑卫国")),
        "handler": make_post(plant, Role.HANDLER, person=make_person(plant, "孙立"), department=admin),
        "manager": make_post(plant, Role.MANAGEMENT_HEAD, person=make_person(plant, "冯国庆")),
        "group": make_post(group, Role.CHAIR, person=make_person(group, "韩秀英")),
        "boss": make_post(group, Role.MANAGEMENT_HEAD, person=make_person(group, "罗建军")),
        "clerk": make_post(group, Role.HANDLER, person=make_person(group, "贺强"), department=hall),
        "upper": make_post(county, Role.UPPER_OFFICER, person=make_person(county, "高敏")),
        "city": make_post(city, Role.UPPER_OFFICER, person=make_person(city, "梁书文")),
        "industry": make_post(industry, Role.UPPER_OFFICER, person=make_person(industry, "祁连生")),
        "foreign": make_post(other, Role.CHAIR, person=make_person(other, "沈秋")),
    }
    return Tall(now, county, plant, shop, other, admin, logistics, posts, city, group, industry, hall)

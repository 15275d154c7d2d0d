"""The demo's studios, ties, guides, groups, logs and plans: some complete, some half done, one unit without any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from huying.fieldwork import acts
from huying.fieldwork.acts import Seat
from huying.fieldwork.models import Household, Tie
from huying.fieldwork.rules import kept_as, lists_of
from huying.mechanism.reads import rules_for
from huying.org.models import Unit
from huying.site.demo.county import County
from huying.site.demo.days import Days

# unit, who sets it up, working days since it was opened, room, hours, what is not there yet
STUDIOS = (
    ("铸造", "游丽娟", 210, "办公楼一楼 103", "工作日 8:30 至 17:30，夜班另约", ()),
    ("砚岭", "冉慧", 205, "集团办公楼 208", "工作日 8:30 至 17:30", ("card", "guide")),
    ("织棠", "麻建军", 190, "职工之家二楼", "工作日 8:00 至 20:00", ("computer", "flow_on_wall", "card", "opinion_ways.forms")),
    ("三院", "靳思源", 160, "门诊楼五楼 512", "周一至周五 12:00 至 17:30", ("sign", "room", "cabinet", "rules_on_wall", "archive",
                                                             "opinion_ways.box")),
    ("飞檐", "蒲海", 60, "", "", ("sign", "room", "phone", "computer", "furniture", "cabinet", "duties_on_wall", "rules_on_wall",
                              "flow_on_wall", "archive", "guide", "card", "opinion_ways.mail", "opinion_ways.forms")),
)  # fmt: skip
STAFF = (
    ("铸造", "游丽娟", "cadre", "游丽娟", ""), ("铸造", "游丽娟", "volunteer", "", "蒙小舟"), ("砚岭", "冉慧", "cadre", "柏志强", ""),
    ("织棠", "麻建军", "cadre", "麻建军", ""), ("织棠", "麻建军", "public_post", "", "丛小满"), ("三院", "靳思源", "cadre", "靳思源", ""),
)  # fmt: skip
# unit, by, then for each workshop or department who is its liaison; those left out have none
LIAISONS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("铸造", "游丽娟", {"造型车间": "童贵生", "清理车间": "佟秀芝", "铸造/生产部": "屈大勇", "铸造/行政部": "车红"}),
    ("砚岭", "冉慧", {"砚岭/人力资源部": "鲁晨", "砚岭/后勤服务部": "甘甜"}),
    ("织棠", "麻建军", {"细纱车间": "丛桂香", "织布车间": "宁小军", "整理车间": "牟春兰", "织棠/后勤部": "郝长河"}),
    ("三院", "靳思源", {"急诊科": "谷雨晴", "三院/护理部": "蔚然"}),
)
# union, by, kind, cadre, unit or household, working days since
TIES = (
    ("县总", "崔明远", "contact_point", "宋怀川", "禾木", 180), ("县总", "崔明远", "stationing", "崔明远", "铸造", 40),
    ("县总", "崔明远", "stationing", "崔明远", "三院", 38), ("县总", "崔明远", "stationing", "梁素英", "织棠", 100),
    ("县总", "崔明远", "stationing", "季安宁", "织棠", 170), ("县总", "崔明远", "contact_household", "宋怀川", "A", 90),
    ("县总", "崔明远", "pairing", "崔明远", "B", 40), ("柳泊", "路小满", "contact_point", "汤正华", "飞檐", 120),
)  # fmt: skip
RESULTS = (
    ("宋怀川", "禾木", "problem", 30, "帮厂里对接两家学校的课桌订单，十二名待岗职工回来上班。"),
    ("宋怀川", "A", "thing", 25, "协调镇医院办了慢病卡，药费每月少付三百多元。"),
    ("崔明远", "B", "problem", 12, "孩子转学的材料补齐，本学期已经入学。"),
    ("崔明远", "铸造", "thing", 8, "给造型车间更衣室装了热水器。"),
)
# Households: all they are is sealed.
HOMES = {
    "A": ("铸造", "游丽娟", {"name": "蒙大春", "phone": "16400000901", "address": "铸造家属院 4 号楼", "needs": "肾病，每月药费一千二。"}),
    "B": ("织棠", "麻建军", {"name": "丛小梅", "phone": "16400000902", "address": "棠园小区", "needs": "单亲，孩子转学材料不全。"}),
    "C": ("三院", "靳思源", {"name": "樊老四", "phone": "", "address": "沂川县北关", "needs": "家中失火，暂住亲戚家。"}),
}  # fmt: skip
LOGS = (
    (
        "铸造",
        "游丽娟",
        3,
        "上午在工作室接了三个电话，都是问高温津贴怎么算，照细则答了。下午把造型车间要的手套样品送过去。",
    ),
    ("铸造", "游丽娟", 1, "清理车间联络员来说除尘罩又松了，已请安全员去看；晚班前去转了一圈，没有别的情况。"),
    ("织棠", "麻建军", 2, "夜班职工来问宿舍热水，答复周五前修好。"),
    ("三院", "靳思源", 4, "急诊科联络员反映陪检排班太密，约了周四和护理部一起谈。"),
)
# union, who names them, who answers for which link; for one of them nobody, which the page points out
LINKS: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "铸造",
        "游丽娟",
        {"gather": "游丽娟", "sort": "游丽娟", "report": "褚铁生", "supervise": "褚铁生", "answer": "游丽娟"},
    ),
    ("织棠", "麻建军", {"gather": "花蕾", "sort": "岑静", "report": "顾桂芳", "supervise": "麻建军", "answer": "岑静"}),
)


@dataclass(frozen=True)
class _Cast:
    """Everything at hand: the county, its days."""

    county: County
    days: Days

    def unit(self, key: str) -> Unit:
        """A unit as it is now."""
        return Unit.objects.get(pk=self.county.units[key].pk)

    def who(self, name: str, key: str) -> dict[str, Any]:
        """By whom and when: today, through the post at that unit."""
        return {"by": self.county.actor(name, self.days.today, unit=self.county.units[key]), "at": self.days.now}

    def person(self, name: str) -> UUID:
        """Somebody."""
        return self.county.people[name].pk

    def ago(self, number: int) -> date:
        """So many working days back."""
        return self.days.day(-number)


def found_studios(county: County, days: Days) -> None:
    """Set it all up as it stands today."""
    cast = _Cast(county, days)
    _studios(cast)
    _ties(cast, {key: _home(cast, *row) for key, row in HOMES.items()})
    _area(cast)
    for key, name, ago, text in LOGS:
        acts.write_log(unit=cast.unit(key), on=cast.ago(ago), own=False, text=text, **cast.who(name, key))
    text = "进驻砚铸一天。先到造型车间，再到清理车间，和两个班组坐了坐；都说手套换对了，除尘罩还要再紧。"
    acts.write_log(unit=cast.unit("县总"), on=cast.ago(5), own=True, text=text, **cast.who("崔明远", "县总"))


def _studios(cast: _Cast) -> None:
    for key, name, ago, room, hours, lacking in STUDIOS:
        unit, since = cast.unit(key), cast.ago(ago)
        listed = [(found, one) for found in lists_of(rules_for(unit, cast.days.today)) for one in found.choices]
        names = [kept_as(found, one) for found, one in listed]
        facts = {"opened_on": since if room else None, "room": room, "hours": hours, "phone": unit.phone, "email": ""}
        have = {one: since for one in names if one not in lacking}
        acts.set_studio(unit=unit, facts=facts, equipped=have, **cast.who(name, key))
    for key, name, kind, person, free in STAFF:
        chosen = cast.person(person) if person else None
        acts.add_staff(
            unit=cast.unit(key), kind=kind, person_id=chosen, name=free, since=cast.ago(150), **cast.who(name, key)
        )
    for key, name, places in LIAISONS:
        given: dict[UUID, UUID | None] = {_place(cast, place): cast.person(person) for place, person in places.items()}
        acts.set_liaisons(unit=cast.unit(key), chosen=given, **cast.who(name, key))


def _place(cast: _Cast, name: str) -> UUID:
    """A workshop by its name, a department by 单位/部门."""
    key, _, own = name.rpartition("/")
    return cast.county.department(cast.county.units[key], own).pk if key else cast.county.units[own].pk


def _home(cast: _Cast, key: str, name: str, facts: dict[str, str]) -> Household:
    return acts.add_household(unit=cast.unit(key), facts=facts, **cast.who(name, key))


def _ties(cast: _Cast, homes: dict[str, Household]) -> None:
    made: dict[tuple[str, str], Tie] = {}
    for key, name, kind, cadre, whom, ago in TIES:
        post = cast.county.post(cadre, cast.days.today, unit=cast.county.units[key])
        home = homes.get(whom)
        made[cadre, whom] = acts.make_tie(
            union=cast.unit(key), kind=kind, post=post, unit=None if home else cast.unit(whom), household=home,
            since=cast.ago(ago), **cast.who(name, key),
        )  # fmt: skip
    for cadre, whom, kind, ago, text in RESULTS:
        acts.add_result(tie_id=made[cadre, whom].pk, kind=kind, on=cast.ago(ago), text=text, **cast.who(cadre, "县总"))


def _area(cast: _Cast) -> None:
    """Groups of the county, guides of the town, links of foundry and mill, the county's plan and demonstration point."""
    county, town = cast.unit("县总"), cast.unit("柳泊")
    boss = cast.who("崔明远", "县总")
    for kind, seats in (
        ("leading", (("宋怀川", "head", "抓总"), ("梁素英", "deputy", "诉求办理"), ("崔明远", "member", "工作室建设"))),
        ("supervision", (("季安宁", "head", "每季督导一次"), ("崔明远", "member", "明察暗访"))),
    ):
        chosen = [Seat(cast.person(name), duty, task) for name, duty, task in seats]
        acts.set_group(unit=county, kind=kind, seats=chosen, **boss)
    acts.set_guides(unit=town, people=[cast.person("路小满")], **cast.who("路小满", "柳泊"))
    for key, namer, named in LINKS:
        links = {code: cast.person(name) for code, name in named.items()}
        acts.set_links(unit=cast.unit(key), chosen=links, **cast.who(namer, key))
    text = "班组、车间、工会三级响应：联络员当天报，工作室两小时内回，一般问题三个工作日有答复。"
    acts.set_own_rule(
        unit=cast.unit("铸造"), code="reaction", since=cast.ago(200), text=text, **cast.who("褚铁生", "铸造")
    )
    goal = "困难企业走一遍、困难职工见一面；工作室建一个用好一个；年底前工作日志、舆情档案、预警台账全部能查。"
    plan = acts.write_plan(unit=county, year=cast.days.today.year, goal=goal, **boss)
    last = date(plan.year, 12, 20)
    for words, name in (
        ("困难企业全部定联系点", "崔明远"),
        ("四家工作室补齐上墙和联络员", "梁素英"),
        ("困难职工家庭逐户结对", "季安宁"),
    ):
        acts.add_task(plan_id=plan.pk, text=words, person_id=cast.person(name), due_on=last, **boss)
    learned = "联络员每天一句话，工作室当天回一句话，日志和台账对得上。"
    acts.name_demo_point(union=county, unit=cast.unit("铸造"), since=cast.ago(60), learned=learned, **boss)

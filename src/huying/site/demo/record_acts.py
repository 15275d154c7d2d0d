"""A year of work at the grassroots: the mill's and the foundry's unions go to their workshops each week, township and county visit,
talk, screen and meet.  Kinds that the documents in force do not know are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from huying.cases.models import Case
from huying.fieldwork import acts
from huying.fieldwork.models import Presence, Record
from huying.fieldwork.reads import kinds_of, may_take_part
from huying.fieldwork.rules import CADRES, Deed
from huying.kernel.ids import random_id
from huying.org.models import Post, Unit
from huying.org.reads import acting_as, holders
from huying.org.rules import Can
from huying.site.demo.county import County
from huying.site.demo.days import Days, varied

HEARD = (
    "夜班的师傅说，更衣室暖气不热，下了班换衣服冷。", "班组长反映，新来的年轻人嫌倒班，留不住。",
    "几位女工问，孕期调岗的申请交给谁。", "食堂晚上只剩两样菜，夜班的吃不上热的。", "有人问今年的体检什么时候安排，去年漏了外协的。",
    "师傅们说手套发得够，就是号码不合适。", "问了十几个人，都说这个月工资按时到账。", "说到通勤车，末班早了一刻钟，跑着才赶得上。",
    "老职工想知道大病互助怎么申请，材料要哪几样。", "大家关心技能等级津贴，什么时候能兑现。", "车间吊扇坏了两台，报修一个星期没有人来。",
    "有职工家里孩子上学要开证明，不知道找哪个部门。",
)  # fmt: skip
DONE = (
    "当场请车间主任答复，这周修好。", "记下名单，回来逐个打电话。", "讲了办理的步骤，留了联系卡。", "同行政通了气，下次例会上定。",
    "没有要办的，谢谢大家。", "把政策原文发到了班组群。",
)  # fmt: skip
OWN: dict[str, dict[str, Any]] = {
    "screening": {"scope": "daily"}, "publicity": {"audience": "60"}, "service": {"service": "policy"},
    "enterprise_survey": {
        "team": "县工信局、县人社局", "operation": "订单平稳，用工稳定。", "difficulties": "招工难，夜班缺人。",
    },
    "joint_meeting": {"parties": "县人社局、县工信局", "settled": "欠薪苗头互相通报；高温津贴联合检查。"},
    "research": {"topic": "夜班职工的吃饭和通勤"},
}  # fmt: skip


@dataclass(frozen=True)
class Rota:
    """Who goes where, what for, every so many working days, at what hour and for how long."""

    union: str
    kind: str
    places: tuple[str, ...]
    every: int
    first: int
    hour: int
    minutes: int


ROTAS = (
    Rota("铸造", "visit", ("造型车间", "清理车间"), 5, 1, 9, 120),
    Rota("织棠", "visit", ("细纱车间", "织布车间", "整理车间"), 5, 2, 14, 150),
    Rota("织棠", "talk", (), 15, 6, 16, 45),
    Rota("铸造", "talk", (), 20, 9, 15, 60),
    Rota("织棠", "screening", ("织布车间",), 40, 12, 10, 90),
    Rota("柳泊", "visit", ("飞檐", "禾木"), 8, 3, 9, 180),
    Rota("县总", "visit", ("织棠", "砚岭", "三院", "装配"), 6, 4, 9, 300),
    Rota("县总", "household_visit", (), 30, 10, 15, 120),
    Rota("县总", "enterprise_survey", ("织棠", "装配", "飞檐", "砚岭", "禾木"), 45, 20, 9, 240),
    Rota("县总", "joint_meeting", (), 60, 25, 14, 120),
    Rota("县总", "publicity", ("织棠", "砚岭"), 60, 18, 9, 180),
    Rota("县总", "research", ("织棠", "飞檐", "装配", "砚岭"), 14, 8, 9, 330),
)  # fmt: skip
FROM = -248


def planned(county: County, days: Days) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Every record of the year with its moment, in no order."""
    for number, rota in enumerate(ROTAS):
        for turn, back in enumerate(range(FROM + rota.first, 0, rota.every)):
            at = days.moment(back, time(rota.hour)) + timedelta(minutes=rota.minutes + varied(f"{number}{turn}", 5, 50))
            if at < days.now:
                yield at, partial(_write, county, rota, turn, at)


def _write(county: County, rota: Rota, turn: int, at: datetime) -> None:
    """One record, by whose turn it is."""
    on, union = timezone.localdate(at), county.units[rota.union]
    if rota.kind not in kinds_of(union, on):
        return
    cadres = [post for post in may_take_part(union, on) if post.role in CADRES]
    place = county.units[rota.places[turn % len(rota.places)]] if rota.places else None
    people = [cadres[turn % len(cadres)], *([cadres[(turn + 1) % len(cadres)]] if turn % 3 == 0 else [])]
    people = list({post.person_id: post for post in people}.values())
    by = acting_as(people[0], on)
    met = varied(f"met{rota.union}{turn}", 3, 14)
    deed = Deed(
        kind=rota.kind, on=on, begins=time(rota.hour), minutes=rota.minutes, place=place, workers_met=met,
        managers_met=2 if rota.kind == "enterprise_survey" else 0, heard=HEARD[varied(f"h{rota}{turn}", 0, len(HEARD) - 1)],
        done=DONE[varied(f"d{rota}{turn}", 0, len(DONE) - 1)], fields=OWN.get(rota.kind, {}),
    )  # fmt: skip
    record = acts.write_record(
        union=union, deed=deed, people=people, leader=people[0].pk if len(people) > 1 else None,
        case_ids=_about(union, by, place, turn), mark=random_id(), by=by, at=at,
    )  # fmt: skip
    if rota.kind == "joint_meeting":
        _settle(record, by, turn, at)
    if record.presence == Presence.ASKED:
        _answer(record, turn, at)


def _about(union: Unit, by: Any, place: Unit | None, turn: int) -> list[Any]:
    """Now and then a visit is about a case of the place, as far as who goes may know of it."""
    if turn % 4 or place is None:
        return []
    cases = Case.objects.visible_to(by).filter(place__path__startswith=place.path).order_by("-registered_at")
    return list(cases.values_list("pk", flat=True)[:1])


def _settle(record: Record, by: Any, turn: int, at: datetime) -> None:
    """What the meeting settled; the last one is still open."""
    due = record.on + timedelta(days=30)
    given = {"record_id": record.pk, "by": by, "at": at}
    first = acts.settle_point(what="欠薪苗头每月互相通报", who="县人社局", due_on=due, **given)
    acts.settle_point(what="高温津贴联合检查", who="县总工会、县应急局", due_on=due, **given)
    if turn < 3:
        acts.follow_point(point_id=first.pk, result="第一期名单已经收到。", done=True, by=by, at=at)


def _answer(record: Record, turn: int, at: datetime) -> None:
    """The unit visited answers the same afternoon; the latest ones wait, and one was on the wrong day."""
    assert record.visited is not None
    there = set(record.people.values_list("person", flat=True))
    posts: list[Post] = [
        post for post in holders(record.visited, Can.HANDLE_CASES, record.on) if post.person_id not in there
    ]
    if not posts or turn % 7 == 6:
        return
    by = acting_as(posts[0], record.on)
    if turn == 11:
        acts.deny_presence(record_id=record.pk, text="那天停电检修，没有人来，前一天来过。", by=by, at=at)
    else:
        acts.confirm_presence(record_id=record.pk, by=by, at=at)

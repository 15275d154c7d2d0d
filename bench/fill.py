"""Fills a province with many cases at once, without acts: only sizes matter here, and every row is one an act would write.

A first lot is written row by row; what is still missing to the size asked for are copies of it, made by the database itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from huying.cases.models import Case, Clock, Event, Party, Station
from huying.climb.models import Rung
from huying.kernel.actors import SYSTEM
from huying.kernel.ids import random_id, uuid7
from huying.kernel.models import DataKey, TextEntry
from huying.kernel.text import grams, normalise
from huying.mechanism.acts import adopt, prepare, snapshot
from huying.org.models import Level, Role, Unit
from tests.factories.org import make_person, make_post, make_unit
from tests.factories.world import World, peopled

CITIES, COUNTIES, PLANTS = 3, 12, 25  # counties in all, units of each county
FIRST = 2_000  # written row by row, then copied
CLIMBED = 40  # every so many-th case of the measured county waits for the county's answer
PLACES = "铸造车间 装配线 三号宿舍 职工食堂 北门岗亭 喷漆房 冷库 夜班班车 浴室 更衣室 质检室 仓库 锅炉房 机修班 护理站 站点".split()
TROUBLES = (
    "热水不热 工资少发 加班没有调休 手套发得少 通风不好 灯坏了没人修 饭菜凉了 车等不到 "
    "社保没有交 高温补贴没发 噪声太大 地面打滑 排班太密 体检没有安排 押金不退"
).split()
WISHES = "希望尽快修好 请说明原因 能不能按月公布 请派人来看看 希望恢复原来的安排 请给个期限 想知道怎么算的 希望和大家商量".split()
ACTS = (("register", "登记"), ("take", "接手"), ("accept", "受理"), ("assign", "交办"), ("tell", "告知职工"))
# Seven in a hundred are open, as after a year in which a case takes a month.
STATUSES = ["archived"] * 92 + [
    "rated",
    "told",
    "reported",
    "handling",
    "handling",
    "accepted",
    "registered",
    "declined",
]


def text(random: Random, number: int) -> str:
    """An invented matter; every thousandth holds the rare word."""
    rare = "虹吸" if number % 1000 == 7 else ""
    return f"{random.choice(PLACES)}{random.choice(TROUBLES)}{rare}，{random.choice(PLACES)}也一样，{random.choice(WISHES)}。"


def province(now: datetime) -> tuple[World, list[Unit]]:
    """A province with its cities, counties and their units; people in every role at one plant and its county, and an officer
    of the province.  The units: the measured plant first, then those of its county, then all others."""
    prepare(by=SYSTEM, at=now)
    top = make_unit("测试省总工会", level=Level.PROVINCE, short_name="省")
    cities = [make_unit(f"第{n}市总工会", under=top, level=Level.CITY, short_name=f"市{n}") for n in range(CITIES)]
    adopt(unit=top, pack_code="mengyin-2017-21", by=SYSTEM, at=now)
    counties = [
        make_unit(f"第{n}县总工会", under=cities[n % CITIES], level=Level.COUNTY, short_name=f"县{n}")
        for n in range(COUNTIES)
    ]
    plant = make_unit("山泉机械有限公司工会", under=counties[0], short_name="山机")
    world = peopled(now, counties[0], plant)
    world.posts["province"] = make_post(top, Role.UPPER_OFFICER, person=make_person(top, "省里的"))
    others = [
        make_unit(f"第{n}-{m}厂工会", under=county, short_name=f"厂{n}-{m}")
        for n, county in enumerate(counties)
        for m in range(PLANTS)
    ]
    return world, [plant, *others]


def fill(world: World, units: list[Unit], at: datetime) -> None:
    """The first lot: a tenth of the cases at the measured plant, two tenths elsewhere in its county."""
    random = Random(1)
    rules = {unit.pk: snapshot(unit=unit, at=at) for unit in units}
    cases = [_case(world, units, rules, random, n, at) for n in range(FIRST)]
    _write(cases, at)
    _climb([case for case in cases if case.holder_id == units[0].pk and case.closed_at is None], world, at)


def _case(world: World, units: list[Unit], rules: dict, random: Random, number: int, at: datetime) -> Case:
    near, far = units[1 : 1 + PLANTS], units[1 + PLANTS :]
    unit = units[0] if number % 10 == 0 else random.choice(near if number % 10 < 3 else far)
    words = text(random, number)
    status, number = random.choice(STATUSES), number + 1_000_000  # far from the numbers that acts give
    moment = at - timedelta(minutes=random.randrange(1, 500_000))
    open_ = status not in ("archived", "declined")
    accepted = status not in ("registered", "declined")
    return Case(
        id=uuid7(), root_id=unit.root_id, unit=unit, place=unit, holder=unit, series=unit, year=moment.year, seq=number,
        number=f"{unit.short_name}工诉〔{moment.year}〕{number}号", status=status, channel="online", secrecy="sealed",
        content_class="rights" if accepted else "", category="living" if accepted else "", difficulty="easy" if accepted else "",
        title=words[:20], summary=words * 3, released_at=moment, officer=world.posts["officer"] if accepted else None,
        received_at=moment, registered_at=moment, rules=rules[unit.pk], moved_at=moment, closed_at=None if open_ else at,
        archived_at=at if status == "archived" else None,
    )  # fmt: skip


def _write(cases: list[Case], at: datetime) -> None:
    keys = [DataKey(id=uuid7(), wrapped=b"x" * 60, created_at=at) for _ in cases]
    Case.objects.bulk_create(cases)
    DataKey.objects.bulk_create(keys)
    Station.objects.bulk_create(
        [Station(root_id=c.root_id, case=c, unit_id=c.holder_id, since=c.registered_at, how="born") for c in cases]
    )
    Party.objects.bulk_create(
        [
            Party(id=uuid7(), root_id=c.root_id, case=c, key=k, secrecy="sealed", first=True, identity=b"x" * 120, words=b"x" * 300,
                  receipt=os.urandom(32), consent="2026-12", joined_at=c.registered_at, phone_index=os.urandom(32))
            for c, k in zip(cases, keys, strict=True)
        ]
    )  # fmt: skip
    Clock.objects.bulk_create([clock for c in cases for clock in _clocks(c)])
    Event.objects.bulk_create([event for c in cases for event in _events(c)])
    TextEntry.objects.bulk_create(
        [
            TextEntry(kind="case", subject=c.pk, root=c.root_id, text=(t := normalise(f"{c.number} {c.title} {c.summary}")),
                      grams=" ".join(grams(t)))
            for c in cases
        ]
    )  # fmt: skip


def _climb(cases: list[Case], world: World, at: datetime) -> None:
    """Some of the measured plant's open cases wait for the county's answer, half of them too long."""
    rungs = [
        Rung(id=uuid7(), root_id=c.root_id, case=c, round=1, order=1, unit=world.county, sent_from=world.plant, reason="线路跨县。",
             tried="谈过两次。", brief=c.summary, sent_at=c.registered_at, sent_by=world.posts["officer"])
        for c in cases[::CLIMBED]
    ]  # fmt: skip
    Rung.objects.bulk_create(rungs)
    Station.objects.bulk_create(
        [Station(root_id=r.root_id, case_id=r.case_id, unit=world.county, since=r.sent_at, how="climb") for r in rungs]
    )
    rule, day = {"clause": "HY-climb", "badge": "本单位细则 上报"}, at.date()
    Clock.objects.bulk_create(
        [
            Clock(root_id=r.root_id, case_id=r.case_id, subject=r.pk, unit=world.county, code="climb", rule=rule,
                  started_at=r.sent_at, start_day=day - timedelta(days=9), due_on=day + timedelta(days=3 if n % 2 else -3))
            for n, r in enumerate(rungs)
        ]
    )  # fmt: skip


def _clocks(case: Case) -> Iterator[Clock]:
    day = case.registered_at.date()
    rule = {"clause": "HY-accept", "badge": "本单位细则 受理"}
    done = case.registered_at + timedelta(days=1)
    running = {"registered": "accept", "reported": "tell", "told": "survey"}.get(case.status)
    for code in ("accept", "tell", "survey"):
        yield Clock(
            root_id=case.root_id, case=case, subject=case.pk, unit_id=case.holder_id, code=code, rule=rule,
            started_at=case.registered_at, start_day=day, due_on=day + timedelta(days=3),
            stopped_at=None if code == running else done,
        )  # fmt: skip


def _events(case: Case) -> Iterator[Event]:
    for number, (act, label) in enumerate(ACTS):
        yield Event(
            root_id=case.root_id, case=case, at=case.registered_at + timedelta(hours=number), act=act, version=number + 1,
            label=label, status=case.status, who="李慧敏·工会干部", unit_id=case.holder_id, text="", worker_label=label,
            entry=random_id(),
        )  # fmt: skip

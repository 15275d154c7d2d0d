"""Fills a database with many cases at once, without acts: only sizes matter here, and every row is one an act would write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from huying.cases.models import Case, Clock, Event, Party, Station
from huying.kernel.ids import random_id, uuid7
from huying.kernel.models import DataKey, TextEntry
from huying.kernel.text import grams, normalise
from huying.mechanism.acts import snapshot
from huying.org.models import Unit
from tests.factories.org import make_unit
from tests.factories.world import World

PLANTS = 40
BATCH = 2_000
PLACES = "铸造车间 装配线 三号宿舍 职工食堂 北门岗亭 喷漆房 冷库 夜班班车 浴室 更衣室 质检室 仓库 锅炉房 机修班 护理站 站点".split()
TROUBLES = (
    "热水不热 工资少发 加班没有调休 手套发得少 通风不好 灯坏了没人修 饭菜凉了 车等不到 "
    "社保没有交 高温补贴没发 噪声太大 地面打滑 排班太密 体检没有安排 押金不退"
).split()
WISHES = "希望尽快修好 请说明原因 能不能按月公布 请派人来看看 希望恢复原来的安排 请给个期限 想知道怎么算的 希望和大家商量".split()
ACTS = (("register", "登记"), ("take", "接手"), ("accept", "受理"), ("assign", "交办"), ("tell", "告知职工"))
STATUSES = ["archived"] * 12 + [
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


def plants(world: World) -> list[Unit]:
    """The plant of the measured officer, and others under the same county."""
    return [
        world.plant,
        *(make_unit(f"第{n}厂工会", under=world.county, short_name=f"厂{n}") for n in range(2, PLANTS + 1)),
    ]


def fill(world: World, units: list[Unit], first: int, count: int, at: datetime) -> None:
    """Add cases ``first`` … ``first + count``; a tenth of them at the measured officer's plant."""
    random = Random(first)
    rules = {unit.pk: snapshot(unit=unit, at=at) for unit in units}
    made = (_case(world, units, rules, random, first + n, at) for n in range(count))
    while batch := list(islice(made, BATCH)):
        _write(batch, at)


def _case(world: World, units: list[Unit], rules: dict, random: Random, number: int, at: datetime) -> Case:
    unit = units[0] if number % 10 == 0 else random.choice(units[1:])
    words = text(random, number)
    status, number = random.choice(STATUSES), number + 1_000_000  # far from the numbers that acts give
    moment = at - timedelta(minutes=random.randrange(1, 500_000))
    open_ = status not in ("archived", "declined")
    accepted = status not in ("registered", "declined")
    return Case(
        id=uuid7(), root_id=world.county.pk, unit=unit, place=unit, holder=unit, series=unit, year=moment.year, seq=number,
        number=f"{unit.short_name}工诉〔{moment.year}〕{number}号", status=status, channel="online", secrecy="sealed",
        content_class="rights" if accepted else "", category="living" if accepted else "", difficulty="easy" if accepted else "",
        title=words[:20], summary=words * 3, released_at=moment, officer=world.posts["officer"] if accepted else None,
        received_at=moment, registered_at=moment, rules=rules[unit.pk], moved_at=moment, closed_at=None if open_ else at,
        archived_at=at if status == "archived" else None,
    )  # fmt: skip


def _write(cases: list[Case], at: datetime) -> None:
    root = cases[0].root_id
    keys = [DataKey(wrapped=b"x" * 60, created_at=at) for _ in cases]
    Case.objects.bulk_create(cases)
    DataKey.objects.bulk_create(keys)
    Station.objects.bulk_create(
        [Station(root_id=root, case=c, unit_id=c.holder_id, since=c.registered_at, how="born") for c in cases]
    )
    Party.objects.bulk_create(
        [
            Party(root_id=root, case=c, key=k, secrecy="sealed", first=True, identity=b"x" * 120, words=b"x" * 300,
                  receipt=os.urandom(32), consent="2026-11", joined_at=c.registered_at, phone_index=os.urandom(32))
            for c, k in zip(cases, keys, strict=True)
        ]
    )  # fmt: skip
    Clock.objects.bulk_create([clock for c in cases for clock in _clocks(c)])
    Event.objects.bulk_create([event for c in cases for event in _events(c)])
    TextEntry.objects.bulk_create(
        [
            TextEntry(kind="case", subject=c.pk, root=root, text=(t := normalise(f"{c.number} {c.title} {c.summary}")),
                      grams=" ".join(grams(t)))
            for c in cases
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

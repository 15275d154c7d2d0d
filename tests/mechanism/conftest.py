"""Packs and calendar loaded; a county union over a group over a subsidiary.

Rooms are imported inside fixtures: this file may be read before the root conftest has loaded Django.
"""

from dataclasses import dataclass

import pytest

from huying.kernel.actors import SYSTEM


@dataclass
class Tree:
    county: object
    group: object
    subsidiary: object
    other: object


@pytest.fixture
def prepared(db):
    """As the session has left it."""


@pytest.fixture
def tree(prepared, make_unit):
    county = make_unit("测试县总工会", level="county")
    group = make_unit("测试集团工会", under=county, level="group")
    subsidiary = make_unit("测试子公司工会", under=group, level="subsidiary")
    return Tree(county, group, subsidiary, make_unit("测试旁系工会", under=county))


@pytest.fixture
def set_rules(now):
    """``set_rules(unit, clocks={…})``: house rules set by the system."""
    from huying.mechanism import acts

    def set_rules(unit, **changes):
        return acts.set_house_rules(unit=unit, changes=changes, by=SYSTEM, at=now)

    return set_rules


@pytest.fixture
def adopt(now):
    from huying.mechanism import acts

    def adopt(unit, code="mengyin-2017-21"):
        return acts.adopt(unit=unit, pack_code=code, by=SYSTEM, at=now)

    return adopt


SECOND = """
pack: second
title: 另一个文件
issuer: 测试市总工会
number: 测会发〔2020〕1号
date: "2020"
clauses:
  - {id: T-1, at: 一, kind: flow, summary: 办结后 2 个工作日书面反馈}
  - {id: T-2, at: 二, kind: vote, summary: 两档}
  - {id: T-3, at: 三, kind: rule, summary: 最多退回一次}
clocks:
  - {code: report, clause: T-1, label: 书面反馈, what: 部门反馈, days: 2, kind: working, starts: 办结, stops: 反馈}
  - {code: survey, clause: T-2, label: 满意度测评, what: 测评截止, days: 20, kind: calendar, gives_time: true, starts: 发出, stops: 截止}
counts:
  - {code: returns_allowed, clause: T-3, label: 允许退回次数, what: 退回, measure: 次, at_most: 1}
  - {code: small_cell, clause: T-3, label: 小数隐去, what: 隐去, measure: 人, at_least: 10}
scales:
  - code: two
    clause: T-2
    label: 两档
    grades:
      - {code: good, label: 满意, counts_as: satisfied}
      - {code: bad, label: 不满意, counts_as: unsatisfied}
categories:
  - {code: rights, clause: T-1, label: 维权}
  - {code: life, clause: T-1, label: 生活}
"""


@pytest.fixture
def second_pack(prepared, now):
    """Another document with its own report limit, scale and classes."""
    from huying.mechanism import pack_file
    from huying.mechanism.models import Pack

    body = pack_file.read(SECOND, "second.yaml")
    return Pack.objects.create(
        code="second", version=1, title=body["title"], number=body["number"], digest=pack_file.digest(body), body=body,
        created_at=now,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def unprepared(request: pytest.FixtureRequest) -> None:
    """This room's tests begin before ``prepare``, which the session has run for all others; but for those that ask for it."""
    if "db" not in request.fixturenames or "prepared" in request.fixturenames:
        return
    request.getfixturevalue("db")
    from huying.mechanism.models import CalendarYear, Day, Pack

    for model in (Day, CalendarYear, Pack):
        model.objects.all().delete()

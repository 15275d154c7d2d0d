"""A quarter that is over, with figures, a meeting and duties: what reports and sheets are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from huying.kernel.actors import SYSTEM
from huying.ledger.acts import sweep_figures
from huying.oversight import acts
from huying.oversight.models import Report, Round, Sheet
from tests.factories import world as make
from tests.factories.world import World

SUMMER = datetime(2026, 8, 12, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
REASONS, PLANS = "【请写明没有办结的原因】", "【请写明下一步打算】"


def counted(world: World) -> None:
    """The figures as the job keeps them."""
    sweep_figures(by=SYSTEM, at=world.now)


def some(world: World, number: int = 6, *, at: datetime = SUMMER, **matter: Any) -> None:
    """Told cases of one summer day."""
    with time_machine.travel(at, tick=False):
        for _ in range(number):
            make.told(world, at=at, **matter)


def drafted(world: World, *, to: str = "both", period: str = "2026Q3", by: str = "chair") -> Report:
    counted(world)
    unit = world.posts[by].unit
    return acts.draft_report(unit=unit, period=period, to=to, by=world.as_(by), at=world.now)


def filled(body: dict[str, Any]) -> dict[str, Any]:
    """The words with what only a person can write."""
    sections = [
        {**one, "text": one["text"].replace(REASONS, "等设备到货。").replace(PLANS, "逐件督办。")}
        for one in body["sections"]
    ]
    return {"sections": sections}


def issued(world: World, *, by: str = "chair", **given: Any) -> Report:
    report = drafted(world, by=by, **given)
    body = filled(report.texts.order_by("-number")[0].body)
    who = {"by": world.as_(by), "at": world.now}
    acts.write_report(report_id=report.pk, title=report.title, to=report.to, body=body, **who)
    return acts.issue_report(report_id=report.pk, **who)


def assessed(world: World, period: str = "2026Q3") -> Round:
    counted(world)
    return acts.open_round(unit=world.county, period=period, by=world.as_("upper"), at=world.now)


def sheet_of(of: Round, unit: Any) -> Sheet:
    return Sheet.objects.get(round=of, unit=unit)

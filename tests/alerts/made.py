"""Warnings, incidents, information and findings, made through their acts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from huying.alerts import acts
from huying.alerts.models import Finding, Incident, Information, Warning
from huying.alerts.rules import GAP, Body
from huying.cases.models import Case
from huying.cases.rules import Concerns
from huying.fieldwork.models import Record, RecordCase
from huying.kernel.actors import SYSTEM
from huying.kernel.models import DataKey
from huying.mechanism import acts as mechanism
from huying.org.models import Post, Unit
from tests.factories import world as make
from tests.factories.world import World

PACKS = ("baoding-studio", "qingdao-2020", "shaanxi-2012-38", "pingdingshan-2013")
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def adopt_all(world: World) -> World:
    for code in PACKS:
        mechanism.adopt(unit=world.county, pack_code=code, by=SYSTEM, at=world.now)
    return world


def who(world: World, name: str = "officer", **later: float) -> dict[str, Any]:
    return {"by": world.as_(name), "at": world.now + timedelta(**later)}


# --- warnings -----------------------------------------------------------------------------------------------------------


def drafted(world: World, *, by: str = "officer", **given: Any) -> Warning:
    words = {"unit": world.posts[by].unit, "title": "工资拖欠可能引发停工", "level": "watch", **given}
    return acts.draft_warning(**words, **who(world, by))


def opened(world: World, *, by: str = "officer", **given: Any) -> Warning:
    warning = drafted(world, by=by, **given)
    return listed(world, warning, by=by)


def listed(world: World, warning: Warning, *, by: str = "officer", **later: float) -> Warning:
    return acts.open_warning(
        warning_id=warning.pk, watcher=world.posts[by], next_step="同财务科核实发放日期",
        next_on=world.now.date() + timedelta(days=3), **who(world, by, **later),
    )  # fmt: skip


def hidden(world: World, **matter: Any) -> Case:
    """A case about the plant's chair."""
    return make.accepted(world, concerns=Concerns(chair=True), **matter)


def record_at(world: World, place: Unit, *, by: str = "officer", on: date | None = None, kind: str = "visit",
              scope: str = "", cases: tuple[Case, ...] = ()) -> Record:  # fmt: skip
    """A work record, as the room of records will keep it."""
    post: Post = world.posts[by]
    day = on or world.now.date()
    key = DataKey.fresh(world.now)
    record = Record.objects.create(
        root=post.unit.root or post.unit, union=post.unit, kind=kind, on=day, until=day, minutes=60, place=place, theme="走一走",
        figures={"scope": scope} if scope else {}, key=key, sealed=b"x", by=post, written_at=world.now, at=world.now,
        moved_at=world.now,
    )  # fmt: skip
    for case in cases:
        RecordCase.objects.create(root=record.root, record=record, case=case)
    return record


# --- incidents ----------------------------------------------------------------------------------------------------------


def reported(world: World, *, by: str = "officer", **given: Any) -> Incident:
    words = {"unit": world.plant, "what": "几十名职工聚在厂门口讨说法", "place": "东门", "since": world.now - timedelta(minutes=20),
             "known_at": world.now - timedelta(minutes=5), "people": 40, **given}  # fmt: skip
    return acts.report_incident(**words, **who(world, by))


def planned(world: World, *, by: str = "officer") -> Any:
    calls = [("郑卫国", "工会主席", "0390-2000001"), ("冯国庆", "总经理", "0390-2000002")]
    return acts.keep_plan(unit=world.posts[by].unit, steps="先到现场，再报告。", calls=calls, **who(world, by))


# --- information --------------------------------------------------------------------------------------------------------


def information(
    world: World, *, by: str = "officer", to: str = "unit", kind: str = "regular", **given: Any
) -> Information:
    first, last = given.pop("period", OCTOBER)
    words = {"unit": world.posts[by].unit, "to": to, "kind": kind, "period_from": first, "period_until": last, **given}
    return acts.draft_information(**words, **who(world, by))


def filled(body: Body) -> Body:
    return {"sections": [{**one, "text": GAP.sub("没有新的情况。", one["text"])} for one in body["sections"]]}


def sent(world: World, *, by: str = "officer", whom: str = "", at: datetime | None = None, **given: Any) -> Information:
    made = information(world, by=by, **given)
    moment = {"by": world.as_(by), "at": at or world.now}
    acts.write_information(information_id=made.pk, title=made.title, body=filled(made.body), **moment)
    return acts.send_information(information_id=made.pk, whom=whom, **moment)


# --- findings -----------------------------------------------------------------------------------------------------------


def found(world: World, kind: str = "hidden") -> Finding:
    return acts.find_fault(
        unit=world.plant, kind=kind, what="停工两小时，没有报告", on=world.now.date(), **who(world, "upper")
    )


def asked(world: World, finding: Finding | None = None) -> Finding:
    finding = finding or found(world)
    return acts.ask_about(finding_id=finding.pk, question="请说明那天的情况。", **who(world, "upper"))

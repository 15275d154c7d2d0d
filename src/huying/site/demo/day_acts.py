"""A year of reception days and promised things in the demo county: made, announced, exchanged, held; reported on, rated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from huying.cases.models import Case
from huying.cases.reads import worker_of
from huying.fieldwork import acts, reads
from huying.fieldwork.models import ReceptionDay
from huying.fieldwork.rules import Pattern, Terms
from huying.kernel.actors import Actor
from huying.kernel.errors import Refused
from huying.org.models import Unit
from huying.org.rules import Member
from huying.promises import acts as promises
from huying.promises.models import Plan, Promise
from huying.site.demo.county import County
from huying.site.demo.days import Days

MILL, UNION = "织棠", "县总"
OFFICE = {MILL: "麻建军", UNION: "崔明远"}
CHAIR = "顾桂芳"
WORKER = Actor(code="public", label="职工本人")
AHEAD = timedelta(days=40)  # a union announces a month and a little at a time
PLAN: tuple[tuple[str, str, int, str, str], ...] = (
    ("细纱车间装喷雾降温", "细纱车间八个机台区装喷雾降温，六月底前用上。", 6, "生产技术部", "毕海燕"),
    ("三号宿舍楼热水", "三号楼换空气能热水，每层加两个洗澡间。", 10, "后勤部", "郝长河"),
    ("夜班食堂延到零点", "夜班食堂每天供应到零点，至少两个热菜。", 5, "后勤部", "郝长河"),
    ("女工体检加两项", "女工年度体检加乳腺、宫颈两项，费用由公司和工会各出一半。", 12, "人力资源部", "裴琳"),
)
COMMENTS = (
    "夜里下班能吃口热的了，这件事办得实在。",
    "周末有时候十一点半就没菜了，能不能也盯一盯。",
    "热水说好十月底，现在还是凉的。",
    "喷雾开了以后机台边上凉快多了。",
)


def morning(county: County, days: Days, number: int, at: datetime) -> None:
    """What was done about days and promises on the morning of a working day."""
    today = timezone.localdate(at)
    if act := _ONCE.get(number):
        act(county, today, at)
    for key in (MILL, UNION):
        _hold_past(county, key, today, at)
        if number % 20 == 0:
            _announce(county, key, today, at)


def _staff(county: County, key: str, today: date, name: str = "") -> Member:
    return county.actor(name or OFFICE[key], today, unit=county.units[key])


# --- reception days -----------------------------------------------------------------------------------------------------------


def _make_days(county: County, today: date, at: datetime) -> None:
    """A year of Wednesdays at the mill and of its manager's day each month, of first Mondays at the county's union."""
    span: dict[str, Any] = {"since": today, "until": today + timedelta(days=395)}
    patterns = (
        (MILL, "leaders", Pattern(repeat="week", weekdays=(2,), **span), "工会活动室"),
        (MILL, "manager", Pattern(repeat="month_week", weekdays=(3,), nth=2, **span), "行政楼三楼会议室"),
        (UNION, "chair", Pattern(repeat="month_week", weekdays=(0,), nth=1, **span), "县总工会一楼接待室"),
    )
    for key, kind, pattern, place in patterns:
        unit = county.units[key]
        leaders = reads.leaders_at(unit, kind, today)[:3]
        terms = Terms(kind=kind, form="duty", begins=time(14), ends=time(17), place=place, minutes=30, each=1)
        acts.make_days(unit=unit, terms=terms, pattern=pattern, leaders=leaders, by=_staff(county, key, today), at=at)
    for key in (MILL, UNION):
        _announce(county, key, today, at)


def _announce(county: County, key: str, today: date, at: datetime) -> None:
    rows = ReceptionDay.objects.filter(unit=county.units[key], status="planned", on__range=(today, today + AHEAD))
    if found := list(rows.values_list("pk", flat=True)):
        acts.announce_days(unit=county.units[key], days=found, by=_staff(county, key, today), at=at)


def _hold_past(county: County, key: str, today: date, at: datetime) -> None:
    """The days that are over are written down the morning after."""
    rows = ReceptionDay.objects.filter(unit=county.units[key], status="announced", on__lt=today)
    for pk in rows.values_list("pk", flat=True):
        acts.hold_day(day_id=pk, by=_staff(county, key, today), at=at)


def _next_days(county: County, key: str, today: date) -> list[ReceptionDay]:
    rows = ReceptionDay.objects.filter(unit=county.units[key], status="announced", on__gt=today).exclude(kind="manager")
    return list(rows.select_related("leader").order_by("on"))


def _swap(county: County, today: date, at: datetime) -> None:
    """Two leaders exchange their next days."""
    found = _next_days(county, MILL, today)
    other = next((one for one in found[1:] if one.leader_id != found[0].leader_id), None) if found else None
    if other is not None:
        acts.swap_leader(
            day_id=found[0].pk,
            other_id=other.pk,
            reason="到省里开会，同下一次对换。",
            by=_staff(county, MILL, today),
            at=at,
        )


def _cancel(county: County, today: date, at: datetime) -> None:
    """A day that did not take place."""
    if found := _next_days(county, UNION, today):
        staff = _staff(county, UNION, today)
        acts.cancel_day(day_id=found[0].pk, reason="接待室装修，下个月照常。", by=staff, at=at)


def _book(county: County, today: date, at: datetime) -> None:
    """Two workers whose matters are under way book an hour at the mill."""
    days, mill = _next_days(county, MILL, today), county.units[MILL]
    cases = Case.objects.filter(holder=mill, closed_at__isnull=True, recusals=None).order_by("-registered_at")
    for number, case in enumerate(cases[:2] if days else ()):
        worker = worker_of(case.parties.get(first=True).pk)
        try:
            if worker is not None:
                acts.book_again(day_id=days[0].pk, slot=time(14, 30 * number), by=worker, at=at)
        except Refused:  # withdrawn in the meantime
            continue


# --- promises -------------------------------------------------------------------------------------------------------------------


def _plan(county: County, today: date, at: datetime) -> None:
    """The mill promises four things in public."""
    unit: Unit = county.units[MILL]
    office = _staff(county, MILL, today)
    plan = promises.open_plan(
        unit=unit, year=today.year, opening="今年答应大家四件事，办到哪一步都写在这里。", by=office, at=at
    )
    leader = county.post("席振业", today, unit=unit)
    for number, (title, measure, months, department, person) in enumerate(PLAN, 1):
        due = today + timedelta(days=20 * months)
        promises.add_promise(
            plan_id=plan.pk, title=title, measure=measure, deadline=min(due, date(today.year + 1, 3, 31)), leader=leader,
            department=county.department(unit, department), person=county.post(person, today, unit=unit), by=office,
            at=at + timedelta(minutes=number),
        )  # fmt: skip
    promises.publish_plan(plan_id=plan.pk, by=_staff(county, MILL, today, CHAIR), at=at + timedelta(minutes=20))


def _promise(order: int) -> Promise:
    plan = Plan.objects.get(unit__short_name="织棠")
    return plan.promises.select_related("person__person").get(order=order)


def _report(order: int, text: str) -> Callable[[County, date, datetime], None]:
    def act(county: County, today: date, at: datetime) -> None:
        found = _promise(order)
        assert found.person is not None
        by = county.actor(found.person.person.name, today, unit=county.units[MILL])
        promises.report_progress(promise_id=found.pk, text=text, by=by, at=at)

    return act


def _finish(order: int, result: str, grades: dict[str, int], *said: str) -> Callable[[County, date, datetime], None]:
    def act(county: County, today: date, at: datetime) -> None:
        found = _promise(order)
        who: dict[str, Any] = {"by": _staff(county, MILL, today), "at": at}
        promises.finish_promise(promise_id=found.pk, result=result, **who)
        for grade, count in grades.items():
            for _ in range(count):
                promises.rate_promise(promise_id=found.pk, grade=grade, by=WORKER, at=at)
        for text in said:
            promises.say_of(promise_id=found.pk, text=text, by=WORKER, at=at)

    return act


def _ask_after_water(county: County, today: date, at: datetime) -> None:
    promises.say_of(promise_id=_promise(2).pk, text=COMMENTS[2], by=WORKER, at=at)


_ONCE: dict[int, Callable[[County, date, datetime], None]] = {
    -220: _make_days,
    -190: _plan,
    -150: _report(1, "喷雾设备到货，先装了两个机台区试用。"),
    -140: _report(3, "夜班食堂从本周起供应到零点，先试一个月。"),
    -120: _swap,
    -110: _finish(
        1, "八个机台区都装好了，实测温度降了四到五度。", {"very_satisfied": 21, "satisfied": 18, "basic": 6}, COMMENTS[3]
    ),
    -95: _finish(3, "夜班食堂固定供应到零点，两个热菜一个汤。", {"very_satisfied": 34, "satisfied": 22, "basic": 7, "unsatisfied": 5},
                 COMMENTS[0], COMMENTS[1]),
    -80: _report(2, "锅炉房拆完，空气能主机正在招标。"),
    -60: _cancel,
    -30: _report(4, "体检机构定了，下个月起分批去。"),
    -12: _ask_after_water,
    -9: _swap,
    -1: _book,
}  # fmt: skip

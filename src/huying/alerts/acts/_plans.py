"""The plan a unit keeps beforehand (应急预案), with its call chain (BD-4.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from huying.alerts.acts._gate import root_of
from huying.alerts.models import Plan, PlanCall
from huying.alerts.reads import plan_of
from huying.alerts.rules import fits, written
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Stale
from huying.org.models import Unit
from huying.org.rules import Can, check_may
from huying.trail.acts import append

MOST_LINKS = 12
LONGEST_LINK = (40, 60, 30)


@transaction.atomic
def keep_plan(
    *, unit: Unit, steps: str, calls: Sequence[tuple[str, str, str]], meeting_point: str = "", by: Actor, at: datetime,
    version: int | None = None,
) -> Plan:  # fmt: skip
    """A new number of the plan; the ones before stay with the incidents they served.  ``calls``: name, title, phone, in the
    order in which they are called; ``version``: the number the person has seen (0 for none)."""
    post = check_may(by, Can.HANDLE_CASES, unit)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    last = plan_of(unit)
    number = last.number if last else 0
    if version is not None and version != number:
        raise Stale([f"{last.post.person.name}刚刚存了第 {number} 版。" if last else "刚刚有改动。"])
    (steps,) = written(steps=steps)
    (meeting_point,) = fits(80, meeting_point=meeting_point)
    links = [_link(n, *one) for n, one in enumerate(calls) if any(part.strip() for part in one)]
    if not links or len(links) > MOST_LINKS:
        raise Invalid({"name-0": f"通知链至少一位，最多 {MOST_LINKS} 位。"})
    plan = Plan.objects.create(
        root_id=root_of(unit), unit=unit, number=number + 1, steps=steps, meeting_point=meeting_point, post=post, at=at
    )
    PlanCall.objects.bulk_create(
        PlanCall(root_id=plan.root_id, plan=plan, order=n, name=name, title=title, phone=phone)
        for n, (name, title, phone) in enumerate(links, start=1)
    )
    append(chain=unit.pk, root=plan.root_id, by=by, at=at, act="plan.keep", subject=f"callplan:{plan.pk}",
           data={"number": plan.number, "links": len(links)})  # fmt: skip
    return plan


def _link(n: int, name: str, title: str, phone: str) -> tuple[str, str, str]:
    given = (name.strip(), title.strip(), phone.strip())
    wrong = {
        f"{field}-{n}": f"最多 {most} 字。"
        for field, text, most in zip(("name", "title", "phone"), given, LONGEST_LINK, strict=True)
        if len(text) > most
    }
    if not given[0]:
        wrong[f"name-{n}"] = "请写姓名。"
    if not given[2]:
        wrong[f"phone-{n}"] = "请写电话。"
    if wrong:
        raise Invalid(wrong)
    return given

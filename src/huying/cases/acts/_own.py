"""A matter nobody brought: what management has to tell, what an upper union hands down, what was gathered, what was promised."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from huying.cases.acts._advance import Said, record
from huying.cases.acts._register import number
from huying.cases.acts._triage import check_category, check_officer, index, set_summary
from huying.cases.models import Case, Difficulty, Secrecy, Station
from huying.kernel.actors import Actor
from huying.mechanism.acts import snapshot
from huying.org.models import Post, Unit
from huying.org.rules import Can, check_may

CHANNEL = "meeting"


@transaction.atomic
def raise_own(
    *, unit: Unit, content_class: str, category: str, title: str, summary: str, officer: Post, by: Actor, at: datetime
) -> Case:
    """An accepted case without people behind it, so that what comes of it has a number, a clock and a place in the ledger
    (MY-3.1: raised by management, no 诉求人)."""
    check_may(by, Can.HANDLE_CASES, unit)
    case = Case(
        root_id=unit.root_id or unit.pk,
        unit=unit,
        place=unit,
        holder=unit,
        series=unit,
        year=timezone.localtime(at).year,
        status="accepted",
        channel=CHANNEL,
        content_class=content_class,
        category=category,
        difficulty=Difficulty.EASY,
        secrecy=Secrecy.NAMED,
        received_at=at,
        registered_at=at,
        registered_by_id=by.post_id,
        officer=officer,
        rules=snapshot(unit=unit, at=at),
        moved_at=at,
    )
    check_category(case, content_class, category)
    check_officer(case, officer, at)
    set_summary(case, title=title, summary=summary, by=by, at=at)
    number(case, hidden=False)
    case.save(force_insert=True)
    Station.objects.create(root_id=case.root_id, case=case, unit=unit, since=at, how="born")
    record(
        case, "register", "会议事项登记", by=by, at=at, said=Said(), told="", data={"channel": CHANNEL, "parties": 0}
    )
    index(case)
    return case

"""Cases whose survey asks three groups: a worker who speaks named, a delegate who attended, workers of the shop."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from huying.cases.models import Case
from huying.cases.rules import Voice
from huying.feedback import acts
from huying.feedback.models import Invited, Survey
from huying.handling import acts as handling
from huying.handling.models import Item
from huying.kernel.actors import SYSTEM
from huying.meetings.models import Meeting
from huying.org.models import Person
from tests.factories import consultation
from tests.factories import world as make
from tests.factories.org import make_person
from tests.factories.world import World

COLLEAGUES = ("赵铁山", "钱小梅", "孙大勇", "李秋月", "周立新", "吴春生", "郑玉兰", "王志刚")


def colleagues(world: World, *names: str) -> list[Person]:
    """Workers of the foundry."""
    return [make_person(world.shop, name) for name in names or COLLEAGUES]


def named(**given: Any) -> Voice:
    """A worker who speaks with a name."""
    return make.voice(secrecy="named", **{"name": "马丽", "phone": "13900002222", **given})


def told_after_meeting(world: World, *voices: Voice) -> tuple[Case, World]:
    """A case that a consultation meeting settled (何平 attended as delegate) and whose workers were told; the world as it is
    then."""
    case = make.accepted(world, *voices)
    meeting = consultation.signed(world, consultation.ready(world, case))
    later = replace(world, now=_after(meeting))
    item = Item.objects.get(case=case)
    who = {"by": later.as_("handler"), "at": later.now}
    handling.finish(item_id=item.pk, able=True, text="已恢复。", done_on=None, **who)
    handling.report(item_id=item.pk, text="末班车自即日起恢复 22:40 发车。", **who)
    case = handling.tell(
        case_id=case.pk, how="phone", kind="result", text="末班车恢复了。", told_on=later.now.date(), by=later.as_("officer"),
        at=later.now,
    )  # fmt: skip
    return case, later


def _after(meeting: Meeting) -> datetime:
    return meeting.starts_at + timedelta(days=5)


def opened(world: World, case: Case) -> Survey:
    """The survey of a case that was told."""
    return acts.open_survey(case=case, by=SYSTEM, at=world.now)


def asked(survey: Survey, group: str) -> list[Invited]:
    """Those asked in a group."""
    return list(survey.invited.filter(group=group).select_related("person", "party"))

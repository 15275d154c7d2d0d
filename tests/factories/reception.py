"""Reception days and talks, through their acts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from huying.cases.rules import Concerns, Voice
from huying.fieldwork import acts
from huying.fieldwork.models import Booking, InvitedTalk, ReceptionDay
from huying.fieldwork.rules import Pattern, Terms
from huying.kernel.actors import SYSTEM, Actor
from huying.mechanism import acts as mechanism
from huying.org.models import Post
from tests.factories import world as make
from tests.factories.world import World

VISITOR = Actor(code="public", label="职工本人")
WORDS = "炉前没有水喝，想当面说说。"


def adopt(world: World, *packs: str) -> None:
    """Adopt further documents at the county."""
    for pack in packs:
        mechanism.adopt(unit=world.county, pack_code=pack, by=SYSTEM, at=world.now)


def terms(**given: Any) -> Terms:
    """A morning in room 201."""
    fields: dict[str, Any] = {
        "kind": "leaders", "form": "duty", "begins": time(9), "ends": time(11), "place": "行政楼 201", "minutes": 30, "each": 1,
    }  # fmt: skip
    return Terms(**{**fields, **given})


def pattern(since: date, until: date | None = None, **given: Any) -> Pattern:
    """One day, or every Wednesday of a span."""
    fields: dict[str, Any] = {"repeat": "week", "weekdays": (2,)} if until else {"repeat": "once"}
    return Pattern(since=since, until=until or since, **{**fields, **given})


def planned(world: World, on: date, *leaders: Post, by: str = "officer", **given: Any) -> ReceptionDay:
    """One planned day at the plant; 郑卫国 receives unless somebody else is named."""
    (day,) = acts.make_days(
        unit=world.posts[by].unit, terms=terms(**given), pattern=pattern(on), leaders=leaders or (world.posts["chair"],),
        by=world.as_(by), at=world.now,
    )  # fmt: skip
    return day


def announced(world: World, on: date, *leaders: Post, by: str = "officer", **given: Any) -> ReceptionDay:
    """One announced day."""
    day = planned(world, on, *leaders, by=by, **given)
    acts.announce_days(unit=day.unit, days=[day.pk], by=world.as_(by), at=world.now)
    return ReceptionDay.objects.get(pk=day.pk)


def booked(
    world: World, day: ReceptionDay, *, slot: time = time(9), concerns: Concerns | None = None, once: str = "",
    at: datetime | None = None, **voice: Any,
) -> Booking:  # fmt: skip
    """Somebody of the workshop who booked; sealed unless told otherwise."""
    fields: dict[str, Any] = {
        "receipt": "",
        "secrecy": "sealed",
        "name": "刘春华",
        "phone": "13800001111",
        "words": WORDS,
    }
    fields.update(voice)
    if fields["secrecy"] == "anonymous":
        fields.update(name="", phone="")
    return acts.book(
        place=world.shop, day_id=day.pk, slot=slot, first=Voice(**fields), others=(), concerns=concerns or Concerns(),
        urgent=False, marked=(), files=(), agreed=True, once=once or f"booking-{day.pk}-{slot}-{fields['secrecy']}",
        by=VISITOR, at=at or world.now,
    )  # fmt: skip


def invited(world: World, **given: Any) -> InvitedTalk:
    """A talk on an accepted case in two days."""
    case = given.pop("case", None) or make.accepted(world)
    fields: dict[str, Any] = {
        "leader": world.posts["chair"], "reasons": ["complex"], "on": world.now.date() + timedelta(days=2),
        "begins": time(15), "place": "图书室", "words": "",
    }  # fmt: skip
    return acts.invite_talk(case_id=case.pk, by=world.as_("officer"), at=world.now, **{**fields, **given})

"""What the form of registering asks for: places, channels, departments, the sentence to read out, the draft."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from huying.kernel import crypto
from huying.kernel.actors import Actor
from huying.kernel.clock import Due, day_of
from huying.kernel.models import Draft
from huying.mechanism.reads import calendar, rules_for
from huying.mechanism.rules import Channel
from huying.org.models import Department, Person, Unit, path_end
from huying.org.reads import union_of
from huying.org.rules import Can, Member

OFFERED = 300  # places offered while typing
NAMES = 20_000  # names of a unit's roster looked for when masking


def offices(actor: Member) -> list[Unit]:
    """Units at which this person registers."""
    return list({unit.pk: unit for unit in actor.units(Can.REGISTER)}.values())


def places(actor: Member) -> QuerySet[Unit]:
    """Where a matter may come from: the own units and all below, for a liaison in a workshop also its employer."""
    reach = Q(pk__in=[])
    for unit in offices(actor):
        reach |= Q(path__gte=unit.path, path__lt=path_end(unit.path))
        if unit.level == "workshop":
            reach |= Q(pk=union_of(unit).pk)
    return Unit.objects.open().filter(reach)


def place_named(actor: Member, said: str) -> Unit | None:
    """The one place somebody means by a name: exactly, else the only one whose name contains it."""
    name = said.replace("\0", "").strip()
    if not name:
        return None
    within = places(actor)
    own, _, employer = name.partition("（")
    if employer:
        exact = [one for one in within.filter(name=own)[:OFFERED] if union_of(one).name == employer.removesuffix("）")]
    else:
        exact = list(within.filter(Q(name=name) | Q(code=name.lower()))[:2])
    found = exact or list(within.filter(name__contains=name)[:2])
    return found[0] if len(found) == 1 else None


def departments_at(place: Unit) -> QuerySet[Department]:
    """Departments of the unit a place belongs to."""
    return union_of(place).departments.filter(closed_on__isnull=True).order_by("name")


def open_channels(place: Unit, on: date) -> list[Channel]:
    """The channels a unit has open (MY-3.2.1)."""
    return list(rules_for(union_of(place), on).channels())


def promise(place: Unit, since: datetime) -> Due:
    """Until when the worker hears whether the matter is taken up, counted from the day it arrived."""
    found, _ = rules_for(union_of(place), day_of(since)).due("accept", day_of(since), calendar())
    return found


def roster_names(place: Unit, text: str) -> list[str]:
    """Names on the rosters of a unit and its workshops that stand in a text, to be masked there."""
    union = union_of(place)
    below = [union.pk] if union.is_upper else Unit.objects.within(union)
    names = Person.objects.filter(unit__in=below, erased_at__isnull=True).values_list("name", flat=True)
    return [name for name in names[:NAMES] if name in text]


def draft(actor: Actor, form: str) -> tuple[datetime, dict[str, Any]] | None:
    """What this person was typing in a form, and when; ``None`` when there is none that can be read."""
    if actor.person_id is None:
        return None
    row = Draft.objects.filter(person=actor.person_id, form=form).first()
    try:
        return (
            (row.at, json.loads(crypto.unwrap(bytes(row.sealed), Draft.place_of(actor.person_id, form))))
            if row
            else None
        )
    except (crypto.Unreadable, ValueError):
        return None

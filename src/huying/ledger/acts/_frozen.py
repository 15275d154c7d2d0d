"""Figures kept as they stood at a date, for a report that must be the same when it is printed again."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours
from huying.ledger.models import Frozen
from huying.ledger.reads import Plain, before, figures, period, sheet_of
from huying.org.models import Unit
from huying.org.rules import Can, Member
from huying.trail.acts import append

MOST = 200  # kept by one person: more are a mistake


@transaction.atomic
def freeze_figures(*, unit_id: UUID, since: date, until: date, title: str, by: Actor, at: datetime) -> Frozen:
    """Keep the figures of a unit and period as they stand now: as this person sees them, and as they may be handed on."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None or not isinstance(by, Member):
        raise NotYours
    if since > until:
        raise Invalid({"until": "结束的月份不能早于开始的月份。"})
    if Frozen.objects.filter(person=by.person_id).count() >= MOST:
        raise Invalid({"title": f"每人最多定格 {MOST} 份。"})
    day = timezone.localdate(at)
    body = _sheet(by, unit, since, until, day)
    outside = _sheet(by, unit, since, until, day, outside=True)
    post = by.post_for(Can.READ_FIGURES)
    if post is None:
        raise NotYours
    digest = digest_of(body, outside)
    frozen = Frozen.objects.create(
        root_id=unit.root_id or unit.pk, unit=unit, person_id=post.person_id, post=post,
        title=title.strip()[:60] or period(since, until), since=body["since"], until=body["until"], at=at, body=body,
        outside=outside, digest=digest,
    )  # fmt: skip
    data = {"unit": unit.pk, "since": body["since"], "until": body["until"], "digest": digest}
    append(
        chain=unit.pk, root=frozen.root_id, by=by, at=at, act="ledger.freeze", subject=f"frozen:{frozen.pk}", data=data
    )
    return frozen


def _sheet(by: Actor, unit: Unit, since: date, until: date, day: date, *, outside: bool = False) -> Plain:
    earlier = before(since, until)
    return sheet_of(
        figures(by=by, unit=unit, since=since, until=until, on=day, outside=outside),
        figures(by=by, unit=unit, since=earlier[0], until=earlier[1], on=day, outside=outside),
    )


def digest_of(body: Plain, outside: Plain) -> str:
    """What the trail keeps: whoever changes a figure afterwards is found out."""
    text = json.dumps([body, outside], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()

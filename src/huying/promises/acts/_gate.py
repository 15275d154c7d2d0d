"""Gates of promises: a plan and a promise locked, the one writer of a promise's status, notices, the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from huying.climb.rules import written
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, Stale, only
from huying.notices.acts import send
from huying.org.acts.steps import write
from huying.org.models import Person
from huying.promises.lifecycle import PROMISE
from huying.promises.models import Plan, Promise
from huying.promises.reads import reports_on


def locked_plan(plan_id: UUID, *, by: Actor) -> Plan:
    """A plan locked, if this person may read it."""
    rows = Plan.objects.select_for_update(of=("self",), no_key=True).visible_to(by)
    return only(rows.select_related("unit", "root").filter(pk=plan_id))


def locked_promise(promise_id: UUID, *, by: Actor, version: int | None = None) -> Promise:
    """A promise locked, if this person may read it; ``Stale`` when it changed since ``version``."""
    known = Promise.objects.visible_to(by).filter(pk=promise_id).values_list("pk", flat=True)
    rows = Promise.objects.select_for_update(of=("self",), no_key=True)
    names = ("plan__unit", "root", "leader__person", "person__person", "department")
    promise = only(rows.select_related(*names).filter(pk__in=list(known)))
    if version is not None and version != promise.version:
        raise Stale(["这件实事刚刚改过。"])
    return promise


def reporting(promise_id: UUID, *, by: Actor, version: int | None = None) -> Promise:
    """A promise locked for who reports on it."""
    promise = locked_promise(promise_id, by=by, version=version)
    if not reports_on(by, promise):
        raise NotYours
    return promise


def advance_promise(promise: Promise, act: str, *, by: Actor, at: datetime, data: dict[str, Any] | None = None) -> None:
    """Do one step of the table on a locked promise: the only writer of its status."""
    step = PROMISE.check_now(promise.status, act)
    if step.target is not None:
        promise.status = step.target
    promise.version += 1
    promise.save()
    unit = promise.plan.unit
    data = {"status": promise.status, **(data or {})}
    write(unit=unit, by=by, at=at, act=f"promise.{act}", subject=f"promise:{promise.pk}", data=data)


def tell(
    people: Iterable[Person], kind: str, title: str, promise: Promise, *, by: Actor, at: datetime, key: str
) -> None:
    """Who leads and who answers for it hear of it."""
    send(
        to=people, kind=f"promise.{kind}", title=title, url=reverse("desk:promise", args=[promise.pk]), root=promise.root,
        subject=promise.pk, by=by, at=at, key=key,
    )  # fmt: skip


def said(text: str, most: int, missing: str, name: str = "text") -> str:
    """Words that were given and are not too long, or ``Invalid``."""
    (found,) = written(most, **{name: (text, missing)})
    return found

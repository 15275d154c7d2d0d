"""Households in hardship: who they are is sealed under a key of their own, whose destruction is the erasure (secrecy.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.fieldwork.acts._steps import check_keeps, check_version, root_id, words
from huying.fieldwork.models import Household, Tie
from huying.fieldwork.reads import household_facts, household_to_open
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.models import DataKey
from huying.org.acts.steps import write
from huying.org.models import Unit
from huying.privacy.acts import destroy_key
from huying.trail.acts import note_reading

FACTS = {"name": 40, "phone": 20, "address": 120, "needs": 1000}
LONGEST_REASON = 200


def _facts(given: Mapping[str, str]) -> str:
    """What is sealed, as JSON; the name has to be there, nothing is too long."""
    kept = {code: given.get(code, "").strip() for code in FACTS}
    wrong = {code: f"最多 {most} 字。" for code, most in FACTS.items() if len(kept[code]) > most}
    if not kept["name"]:
        wrong["name"] = "请写户主姓名。"
    if not kept["needs"]:
        wrong["needs"] = "请写有什么困难。"
    if wrong:
        raise Invalid(wrong)
    return json.dumps(kept, ensure_ascii=False)


@transaction.atomic
def add_household(*, unit: Unit, facts: Mapping[str, str], by: Actor, at: datetime) -> Household:
    """A family in hardship that the union stands by; known by its code everywhere else."""
    check_keeps(by, unit)
    sealed = _facts(facts)
    row = Household(root_id=root_id(unit), unit=unit, key=DataKey.fresh(at), opened_at=at)
    row.sealed = row.key.seal(sealed, row.sealed_place)
    row.save(force_insert=True)
    write(unit=unit, by=by, at=at, act="household.add", subject=row)
    return row


def _locked(household_id: UUID, by: Actor, version: int | None = None) -> Household:
    row = (
        Household.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit", "key")
        .filter(pk=household_id)
        .first()
    )
    if row is None:
        raise NotYours
    check_keeps(by, row.unit)
    check_version(row, version)
    if row.erased_at is not None:
        raise Refused("这一户的资料已经清除。")
    return row


@transaction.atomic
def change_household(
    *, household_id: UUID, facts: Mapping[str, str], version: int | None = None, by: Actor, at: datetime
) -> Household:
    """Correct what is kept of a household."""
    row = _locked(household_id, by, version)
    row.sealed = row.key.seal(_facts(facts), row.sealed_place)
    row.version += 1
    row.save()
    write(unit=row.unit, by=by, at=at, act="household.change", subject=row, data={"version": row.version})
    return row


@transaction.atomic
def open_household(*, household_id: UUID, reason: str, by: Actor, at: datetime) -> dict[str, str]:
    """Who they are, for who stands by them and the office that looks after them.  The look is written down, with its reason."""
    row = household_to_open(by, household_id)
    reason = words("reason", reason, "请写明为什么要看。", LONGEST_REASON)
    found = household_facts(row)
    note_reading(root=row.root_id, by=by, at=at, what="household", subject=row.pk, unit=row.unit_id, reason=reason)
    return found


@transaction.atomic
def close_household(*, household_id: UUID, on: date, reason: str, by: Actor, at: datetime) -> Household:
    """The union stands by it no longer (out of hardship, moved away); running ties end with it."""
    row = _locked(household_id, by)
    if row.closed_on is not None:
        raise Refused("这一户已经不再联系了。")
    if on > timezone.localdate(at):
        raise Invalid({"on": "还没有到这一天。"})
    row.closed_because = words("reason", reason, "请写明为什么不再联系。", LONGEST_REASON)
    row.closed_on = on
    row.version += 1
    row.save()
    _end_ties(row, on, row.closed_because, at)
    write(unit=row.unit, by=by, at=at, act="household.close", subject=row)
    return row


def _end_ties(row: Household, on: date, because: str, at: datetime) -> None:
    for tie in Tie.objects.select_for_update(no_key=True).filter(household=row, until__isnull=True):
        tie.until, tie.end_reason = max(on, tie.since), because
        tie.moved_at, tie.version = at, tie.version + 1
        tie.save()


@transaction.atomic
def erase_household(*, household_id: UUID, reason: str, by: Actor, at: datetime) -> Household:
    """Take out for good who they are.  Code, unit and ties stay, so that what was done still counts."""
    row = _locked(household_id, by)
    reason = words("reason", reason, "请写明为什么清除。", LONGEST_REASON)
    today = timezone.localdate(at)
    row.sealed, row.erased_at, row.closed_on = b"", at, row.closed_on or today
    row.closed_because = row.closed_because or "资料已清除"
    row.version += 1
    row.save()
    _end_ties(row, today, "资料已清除", at)
    destroy_key(key=row.key, root=row.root, why="asked", at=at)
    note_reading(
        root=row.root_id, by=by, at=at, what="household_erased", subject=row.pk, unit=row.unit_id, reason=reason
    )
    write(unit=row.unit, by=by, at=at, act="household.erase", subject=row)
    return row

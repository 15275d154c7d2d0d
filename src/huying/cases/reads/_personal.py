"""Asking about people's own data: their requests, who may be the second person, what stops an erasure, who may open now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from huying.cases.lifecycle import CASE
from huying.cases.models import Case, Hold, Party, PersonRequest, Unsealing
from huying.cases.reads._case import keys_against
from huying.cases.rules import free_second, may_open_sealed
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.mechanism.reads import rules_for, rules_of_units
from huying.org.models import Post, Unit
from huying.org.reads import holders, union_above
from huying.org.rules import Can, Member


def requests_visible(actor: Actor) -> QuerySet[PersonRequest]:
    """Requests of people behind cases that the actor's union has; a case that names the actor leaves no trace."""
    if not isinstance(actor, Member):
        return PersonRequest.objects.none()
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)]
    approves = [unit.pk for unit in actor.units(Can.APPROVE)]
    mine = Q(case__holder__in=units) | Q(case__in=_waiting_above(approves), state="proposed")
    seen = Case.objects.visible_to(actor).values("pk")
    rows = PersonRequest.objects.filter(mine, case__in=seen)
    return rows.select_related(
        "case__holder", "case__officer__person", "party__key", "post__person", "proposed_by__person"
    )


def _waiting_above(units: Iterable[UUID]) -> QuerySet[Case, Any]:
    """Cases of the unions directly below these, where somebody there may be too few to have a second person."""
    reach = Q(pk__in=[])
    for unit in Unit.objects.filter(pk__in=list(units)):
        reach |= Q(path__startswith=unit.path)
    return Case.objects.filter(holder__in=Unit.objects.filter(reach).values("pk")).values("pk")


def request_for(actor: Actor, request_id: UUID) -> PersonRequest:
    """One request for its reader; ``NotYours`` when missing or not to be known."""
    return only(requests_visible(actor).filter(pk=request_id))


def second_persons(case: Case, person: UUID | None, on: date) -> list[Post]:
    """Who may be the second person beside ``person``: approvers of the union that has the case; where it has none, of the
    nearest union above that has.  Never the employer's side, never somebody the case names."""
    unit: Unit | None = case.holder
    keys = keys_against(case)
    while unit is not None:
        posts = list(holders(unit, Can.APPROVE, on))
        every = Post.objects.on(on).filter(person__in={post.person_id for post in posts})
        if found := free_second(posts, every, keys, person):
            return found
        unit = union_above(unit)
    return []


@dataclass(frozen=True)
class Stop:
    """Why a person's data may not be erased now, in words; ``until`` is the last day of a term, ``freezes`` whether the law
    asks to keep it meanwhile without any other use (PIPL 47)."""

    says: str
    until: date | None = None
    freezes: bool = True


def stops(party: Party, on: date) -> list[Stop]:
    """What stands against erasing this person now: work still under way, holds, the term the unit's rules name."""
    case = party.case
    while case.merged_into is not None:
        case = case.merged_into
    found = []
    if party.withdrawn_at is None and not CASE.by_code[case.status].final:
        found.append(Stop("这件事还在办，请先撤回，或者等它归档。", freezes=False))
    for hold in Hold.objects.filter(case__in={case.pk, party.case_id}, lifted_at__isnull=True):
        if hold.until is None or hold.until >= on:
            found.append(Stop(f"{hold.get_why_display()}，现在不能清除。", hold.until))
    years = rules_for(case.holder, on).count("personal_keep_years").value
    if years and (last := keep_until(party, years)) >= on:
        found.append(Stop(f"法律、行政法规规定的保存期到 {last.year}年{last.month}月{last.day}日。", last))
    return found


def keep_until(party: Party, years: int) -> date:
    """The last day of a term in years, counted from the day the case ended (or the person stepped out)."""
    ended: datetime = party.withdrawn_at or party.case.closed_at or party.joined_at
    day = timezone.localdate(ended)
    return date(day.year + years, day.month, min(day.day, 28)) if day.month == 2 else day.replace(year=day.year + years)


# --- opening with a second person ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """How the officer stands before sealed text: ``needs`` a second person, has asked (``waiting``), may open ``until``."""

    needs: bool
    hours: int = 0
    emergency: bool = False
    waiting: Unsealing | None = None
    until: datetime | None = None
    refused: Unsealing | None = None


def door(actor: Actor, case: Case, at: datetime) -> Door:
    """Whether the actor may open what is sealed now, by the rules of the union that has the case (HY-unseal)."""
    if not may_open_sealed(actor, case):
        return Door(needs=False)
    rules = rules_for(case.holder, timezone.localdate(at))
    if not rules.count("unseal_approvals").value:
        return Door(needs=False)
    mine = Unsealing.objects.filter(case=case, asked_by__person=actor.person_id).order_by("-asked_at")
    last = mine.first()
    running = mine.filter(until__gt=at).exclude(granted=False).order_by("-until").first()
    return Door(
        needs=True,
        hours=rules.count("unseal_hours").value,
        emergency=bool(rules.count("unseal_emergency").value),
        waiting=last if last and last.granted is None and not last.emergency else None,
        until=running.until if running else None,
        refused=last if last and last.granted is False else None,
    )


def unsealings_waiting(actor: Actor) -> list[Unsealing]:
    """What waits for the actor as second person: asked, or opened in an emergency and not looked at yet."""
    if not isinstance(actor, Member) or not actor.units(Can.APPROVE):
        return []
    rows = Unsealing.objects.filter(granted__isnull=True, case__in=Case.objects.visible_to(actor).values("pk"))
    rows = rows.select_related("case__holder", "asked_by__person").order_by("asked_at")
    return [row for row in rows if may_decide(actor, row)]


def may_decide(actor: Actor, row: Unsealing) -> bool:
    """Whether the actor is one of those who may be the second person for this."""
    on = timezone.localdate(row.asked_at)
    return any(post.person_id == actor.person_id for post in second_persons(row.case, row.asked_by.person_id, on))


# --- what would go ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expiring:
    """People of one union whose data has served its time: how many may go, how many a hold keeps."""

    unit: Unit
    years: int
    auto: bool
    due: int
    held: int


def expired_parties(unit: Unit, on: date, years: int) -> QuerySet[Party]:
    """People behind this union's closed cases whose term has run out, and those whose freeze ends (``stops`` says whether it
    has)."""
    old = Q(case__closed_at__isnull=False, case__closed_at__lt=_edge(on, years))
    rows = Party.objects.filter(Q(case__holder=unit) & (old | Q(requests__state="frozen")), erased_at__isnull=True)
    return rows.select_related("key", "case__holder", "case__merged_into", "case__root").distinct().order_by("pk")


def _edge(on: date, years: int) -> datetime:
    """What was closed before this moment has served its years."""
    day = date(on.year - years, on.month, min(on.day, 28)) if on.month == 2 else on.replace(year=on.year - years)
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def expiring(units: Iterable[Unit], on: date) -> list[Expiring]:
    """What retention would take away now, by union: counts only, in a few queries however many unions there are."""
    units = list(units)
    rules = rules_of_units(units, on)
    years = {unit.pk: rules[unit.pk].count("personal_years").value for unit in units}
    edges = {pk: _edge(on, value) for pk, value in years.items()}
    old = Q(case__closed_at__lt=max(edges.values(), default=_edge(on, 1)))
    rows = Party.objects.filter(old | Q(requests__state="frozen"), case__holder__in=list(edges), erased_at__isnull=True)
    found = {pk: [0, 0] for pk in edges}
    held = _held_cases(on)
    promised = set(PersonRequest.objects.filter(state="frozen").values_list("party", flat=True))
    for party in rows.select_related("case__merged_into").distinct():
        holder = party.case.holder_id
        if party.pk in promised or (party.case.closed_at and party.case.closed_at < edges[holder]):
            keep = keep_until(party, rules[holder].count("personal_keep_years").value)
            stays = party.case_id in held or _still_open(party) or keep >= on
            found[holder][stays] += 1
    return [
        Expiring(unit, years[unit.pk], bool(rules[unit.pk].count("personal_auto").value), *found[unit.pk])
        for unit in units
        if any(found[unit.pk])
    ]


def _held_cases(on: date) -> set[UUID]:
    rows = Hold.objects.filter(lifted_at__isnull=True).filter(Q(until__isnull=True) | Q(until__gte=on))
    held = set(rows.values_list("case", flat=True))
    return held | set(Case.objects.filter(merged_into__in=held).values_list("pk", flat=True))


def _still_open(party: Party) -> bool:
    case = party.case.merged_into or party.case
    return party.withdrawn_at is None and not CASE.by_code[case.status].final


def requests_of(party: Party) -> QuerySet[PersonRequest]:
    """Everything one person asked, newest first."""
    return PersonRequest.objects.filter(party=party).order_by("-asked_at")

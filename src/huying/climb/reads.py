"""Asking about the climb: where a case may go, who has it now, what waits at which level, what leaders wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from huying.cases.models import Case, Clock, Recusal
from huying.cases.reads import keys_against, rules_of
from huying.cases.rules import free_of
from huying.climb.lifecycle import HERE, RUNNING
from huying.climb.models import Instruction, Lead, Rung
from huying.climb.rules import reaches_management
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.org.models import Level, Post, Unit, path_end
from huying.org.reads import chain, holders
from huying.org.rules import ROLES, Can, Member, may

MOST_OFFERED = 20

# --- where to -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """A level a case may be sent to, and who there will read it."""

    unit: Unit
    union: list[Post]
    management: list[Post]
    next_up: bool


def targets(case: Case, sent_from: Unit, on: date) -> list[Target]:
    """Where a union may send a case: the next union up the tree where somebody is free of the case's recusals, then the
    industry unions beside that way.  Never one that takes part already; who is left out leaves no trace."""
    above = list(reversed(chain(sent_from)[:-1]))
    taken = {case.holder_id, sent_from.pk, *case.rungs.filter(status__in=RUNNING).values_list("unit", flat=True)}
    ways = [one for one in above if one.has_union and one.level != Level.WORKSHOP and one.pk not in taken]
    beside = [one for one in _industry(above) if one.pk not in taken]
    readers = _free(case, [*ways, *beside], on)
    ways = [one for one in ways if one.closed_on is None and readers[one.pk][0]][:1]
    beside = [one for one in beside if readers[one.pk][0] and one not in ways][:MOST_OFFERED]
    return [Target(one, *readers[one.pk], next_up=one in ways) for one in (*ways, *beside)]


def _industry(above: list[Unit]) -> list[Unit]:
    """Open industry unions directly below a union on the way up."""
    below = Q(pk__in=[])
    for unit in above:
        below |= Q(path__startswith=unit.path, depth=unit.depth + 1)
    return list(Unit.objects.open().filter(below, level=Level.INDUSTRY, has_union=True).order_by("path"))


def _free(case: Case, units: Iterable[Unit], on: date) -> dict[UUID, tuple[list[Post], list[Post]]]:
    """Who at each unit handles cases there, and who heads its management, without those the case names (two queries)."""
    rules, keys = rules_of(case), keys_against(case)
    asked = {unit.pk: unit for unit in units}
    roles = [role for role, bundle in ROLES.items() if bundle.can & {Can.HANDLE_CASES, Can.ITEMS_OF_UNIT}]
    held = (
        Post.objects.on(on).filter(unit__in=asked, role__in=roles).select_related("person").order_by("starts_on", "id")
    )
    found: dict[UUID, tuple[list[Post], list[Post]]] = {pk: ([], []) for pk in asked}
    for post in free_of(held, keys):
        if Can.HANDLE_CASES in ROLES[post.role].can:
            found[post.unit_id][0].append(post)
        elif reaches_management(rules, asked[post.unit_id]):
            found[post.unit_id][1].append(post)
    return found


# --- who has it now -------------------------------------------------------------------------------------------------


def ladder(case: Case) -> list[Rung]:
    """Every level a case was sent to, in the order it happened."""
    rows = case.rungs.select_related("unit", "sent_from", "sent_by__person", "answered_by__person", "below")
    return list(rows.order_by("sent_at", "id"))


def active_rung(case: Case) -> Rung | None:
    """The level whose turn it is: sent there or taken, not answered yet."""
    return case.rungs.filter(status__in=HERE).select_related("unit", "sent_from").first()


def acting_unions(case: Case) -> list[Unit]:
    """The unions that may act on a case for the worker's sake: the one that has it, then the level that took it; while
    departments work on it, the level that gave it to them."""
    rungs = case.rungs.filter(round=case.round).select_related("unit")
    if case.status == "handling":
        given = rungs.filter(status="assigned")
        return [case.holder, *[rung.unit for rung in given.order_by("-answered_at")[:1]]]
    return [case.holder, *[rung.unit for rung in rungs.filter(status="taken")]]


def giving_union(actor: Actor, case: Case) -> Unit:
    """The union for which this person gives a case to departments: the level that has it before the one below."""
    rung = active_rung(case)
    units = [*acting_unions(case), *([rung.unit] if rung is not None else [])]
    return next((unit for unit in reversed(units) if may(actor, Can.HANDLE_CASES, unit)), case.holder)


def rung_for_management(actor: Actor, rung_id: UUID) -> Rung:
    """A level for the head of its management: code, brief, what was tried; ``NotYours`` otherwise."""
    return _one(Rung.objects.for_management(actor).select_related("unit", "sent_from"), rung_id)


def _one(rows: QuerySet[Any], pk: UUID) -> Any:
    return only(rows.filter(pk=pk))


# --- lists ----------------------------------------------------------------------------------------------------------


def with_us(actor: Actor) -> QuerySet[Rung]:
    """What was sent to this person's unions and waits for their answer, the longest waiting first."""
    return _listed(Rung.objects.with_us(actor).filter(status__in=HERE)).order_by("sent_at", "id")


def sent_by_us(actor: Actor) -> QuerySet[Rung]:
    """What this person's unions sent up and somebody above still has, the longest waiting first."""
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    if not units:
        return Rung.objects.none()
    ours = Q(sent_from__in=units) | Q(case__holder__in=units)
    rows = Rung.objects.visible_to(actor).filter(ours, status__in=HERE).exclude(unit__in=units)
    return _listed(rows).order_by("sent_at", "id")


def stuck_below(actor: Actor, today: date) -> QuerySet[Rung]:
    """Levels below this person's unions whose day for an answer has passed, the oldest day first."""
    reach = Q(pk__in=[])
    units = actor.units(Can.READ_BELOW) if isinstance(actor, Member) else []
    for unit in units:
        reach |= Q(unit__path__gt=unit.path, unit__path__lt=path_end(unit.path))
    rows = Rung.objects.visible_to(actor).filter(reach, overdue(today), status__in=HERE)
    return _listed(rows).order_by("sent_at", "id")


def overdue(today: date) -> Q:
    """Of levels: whose clock has passed its day."""
    running = Clock.objects.filter(
        subject=OuterRef("pk"), code="climb", stopped_at__isnull=True, paused_on__isnull=True
    )
    return Q(Exists(running.filter(due_on__lt=today)))


def for_management(actor: Actor, *, answered: bool = False) -> QuerySet[Rung]:
    """What reached the management of this person's units; or what has been answered there, newest first."""
    rows = Rung.objects.for_management(actor).select_related("unit", "sent_from")
    if answered:
        return rows.exclude(status__in=HERE).order_by("-sent_at", "-id")
    return rows.filter(status__in=HERE).order_by("sent_at", "id")


def _listed(rows: QuerySet[Rung]) -> QuerySet[Rung]:
    return rows.select_related("unit", "sent_from", "case__holder", "case__officer__person")


def clocks_of(rungs: Iterable[Rung]) -> dict[UUID, Clock]:
    """The newest clock of each level, in one query."""
    rows = Clock.objects.filter(subject__in=[rung.pk for rung in rungs], code="climb").order_by("started_at", "id")
    return {clock.subject: clock for clock in rows}


# --- instructions and leaders' cases ---------------------------------------------------------------------------------


def instructions_on(case: Case) -> list[Instruction]:
    """Every instruction on a case, newest first."""
    rows = case.instructions.select_related("post__person", "unit", "followed_by__person")
    return list(rows.order_by("-at", "-id"))


def instructions_about(subject: UUID) -> list[Instruction]:
    """The instructions on one level, item or leader's case, newest first."""
    rows = Instruction.objects.filter(subject=subject).select_related("post__person", "unit", "followed_by__person")
    return list(rows.order_by("-at", "-id"))


def to_follow(actor: Actor) -> QuerySet[Instruction]:
    """Instructions not followed up yet: on the cases this person answers for, and on those his union was asked about."""
    known = Case.objects.visible_to(actor).filter(pk=OuterRef("case_id"))
    rows = Instruction.objects.filter(Exists(known), followed_at__isnull=True)
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    here = Rung.objects.filter(case=OuterRef("case_id"), unit__in=units, status__in=HERE)
    mine = Q(case__officer__person=actor.person_id) | Q(case__officer__isnull=True, case__holder__in=units)
    return rows.filter(mine | Q(Exists(here))).select_related("case", "post__person", "unit").order_by("at", "id")


def instructing_post(actor: Actor, case: Case) -> Post | None:
    """The post under which a union's leader writes on a case he may read: at a union that acts on it, else above it."""
    if not isinstance(actor, Member):
        return None
    posts = [post for post in actor.posts if {Can.INSTRUCT, Can.READ_CASES} <= ROLES[post.role].can]
    near = {unit.pk for unit in acting_unions(case)} if posts else set()
    posts = [post for post in posts if post.unit_id in near or may(actor, Can.READ_BELOW, case.holder)]
    return min(posts, key=lambda post: post.unit_id not in near, default=None)


def follows(actor: Actor, case: Case) -> Post | None:
    """The post under which this person writes how an instruction was followed: who handles cases at a union that acts on
    the case, or at the level that has it."""
    if not isinstance(actor, Member):
        return None
    units = acting_unions(case)
    rung = active_rung(case)
    units += [rung.unit] if rung is not None else []
    return next((post for unit in units if (post := actor.post_for(Can.HANDLE_CASES, unit))), None)


def lead_of(case: Case) -> Lead | None:
    """The leader who answers for a case now."""
    return case.leads.filter(until__isnull=True).select_related("post__person", "post__unit").first()


def leaders_for(case: Case, unit: Unit, on: date) -> list[Post]:
    """Who at a union may have a case put under his name: the union's and management's leaders that it does not name."""
    return free_of(holders(unit, Can.INSTRUCT, on), keys_against(case))


def lead_unit(actor: Actor, case: Case) -> Unit | None:
    """The union at which this person puts a case under a leader's name: where he approves, of those that act on it."""
    return next((unit for unit in acting_unions(case) if may(actor, Can.APPROVE, unit)), None)


def _under_name(actor: Actor) -> QuerySet[Lead]:
    """The cases under this person's name, now or once; never one that names him."""
    if not isinstance(actor, Member):
        return Lead.objects.none()
    naming = Recusal.objects.filter(case=OuterRef("case_id"), key__in=list(actor.keys))
    rows = Lead.objects.filter(post__in=[post.pk for post in actor.posts]).exclude(Exists(naming))
    return rows.select_related("post__person", "post__unit", "case__holder")


def my_leads(actor: Actor, *, ended: bool = False) -> QuerySet[Lead]:
    """The cases this person answers for as a leader, the oldest first; or those that are over, newest first."""
    running = Q(until__isnull=True, case__closed_at__isnull=True)
    rows = _under_name(actor)
    return rows.exclude(running).order_by("-since", "-id") if ended else rows.filter(running).order_by("since", "id")


def lead_for(actor: Actor, lead_id: UUID) -> Lead:
    """A leader's own case; ``NotYours`` for anybody else."""
    return _one(_under_name(actor), lead_id)

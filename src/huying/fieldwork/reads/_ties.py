"""Asking about ties, households, what is not covered, leave."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from huying.fieldwork.models import Household, Leave, RecordPerson, StudioStaff, Tie, TieKind
from huying.fieldwork.reads._studios import keeps, studio_units, unions
from huying.fieldwork.rules import CADRES, rotation_due, visit_kinds
from huying.kernel.actors import Actor
from huying.kernel.crypto import Unreadable
from huying.kernel.errors import NotYours, only
from huying.mechanism.reads import rules_of_units
from huying.org.models import Post, Unit
from huying.org.rules import Can, Member, may


def current() -> Q:
    """Ties that run."""
    return Q(until__isnull=True)


def ties(actor: Actor) -> QuerySet[Tie]:
    """Every tie in reach, the running ones first."""
    rows = Tie.objects.visible_to(actor).select_related("union", "person", "unit", "household__unit")
    return rows.annotate(n_results=Count("results")).order_by("-since", "id")


def tie_for(actor: Actor, tie_id: UUID) -> Tie:
    """One tie, or ``NotYours``."""
    return only(ties(actor).filter(pk=tie_id))


def rotation_of(tie: Tie, on: date) -> date | None:
    """Until when a running stationing point must change."""
    if tie.kind != TieKind.STATIONING or tie.until is not None:
        return None
    return rotation_due(rules_of_units([tie.union], on)[tie.union_id], tie.since)


# --- households ---------------------------------------------------------------------------------------------------------


def households(actor: Actor) -> QuerySet[Household]:
    """Households of the unions in reach, by code only, and those one stands by."""
    if not isinstance(actor, Member):
        return Household.objects.none()
    mine = Tie.objects.filter(household=OuterRef("pk"), person=actor.person_id)
    rows = Household.objects.filter(Q(unit__in=unions(actor).order_by().values("pk")) | Exists(mine))
    return rows.select_related("unit", "key").order_by("closed_on", "unit__path", "code")


def household_for(actor: Actor, household_id: UUID) -> Household:
    """One household by its code, or ``NotYours``."""
    return only(households(actor).filter(pk=household_id))


def may_open_household(actor: Actor, row: Household) -> bool:
    """Who may see who they are: the office that looks after them, and who stands by them now."""
    if row.erased_at is not None:
        return False
    stands = Tie.objects.filter(current(), household=row, person=actor.person_id)
    return may(actor, Can.HANDLE_CASES, row.unit) or (actor.person_id is not None and stands.exists())


def household_to_open(actor: Actor, household_id: UUID) -> Household:
    """One household whose words this person may see, or ``NotYours``."""
    row = household_for(actor, household_id)
    if not may_open_household(actor, row):
        raise NotYours
    return row


def household_facts(row: Household) -> dict[str, str]:
    """Who they are; for the act that writes the look down."""
    try:
        found: dict[str, str] = json.loads(row.key.open(row.sealed, row.sealed_place))
    except Unreadable as error:
        raise NotYours from error
    return found


def households_to_choose(union: Unit) -> list[Household]:
    """Running households of the union's own area."""
    rows = Household.objects.filter(closed_on__isnull=True, unit__in=Unit.objects.within(union).order_by().values("pk"))
    return list(rows.select_related("unit").order_by("unit__path", "code"))


# --- what is not covered (SX-8c, SX-8d, SX-15, BD-6.2) --------------------------------------------------------------------


@dataclass(frozen=True)
class Bare:
    """One that is not covered: what it is, which unit, in words; ``href`` names a page by its kind."""

    title: str
    unit: str
    words: str
    kind: str
    pk: UUID


KINDS = (
    ("enterprises", "没有联系点的困难企业", "SX-8c"),
    ("households", "没有人联系的困难职工家庭", "SX-8c"),
    ("studios", "没有人的工作室", "BD-2.3"),
    ("cadres", "今年没有走访的干部", "SX-8d"),
    ("rotation", "到期没有轮换的进驻点", "BD-6.2"),
    ("points", "进驻点不够的干部", "BD-6.2"),
    ("stationed", "蹲点没有结对的干部", "SX-15"),
)


def coverage(actor: Actor, on: date) -> dict[str, list[Bare]]:
    """For each kind, which is not covered (constant queries)."""
    units = list(unions(actor))
    rules = rules_of_units(units, on)
    posts = list(_cadres(units, on))
    return {
        "enterprises": _enterprises(actor),
        "households": _households(actor),
        "studios": _studios(actor),
        "cadres": _unvisited(posts, rules, on),
        "rotation": _rotation(actor, rules, on),
        "points": _points(posts, rules),
        "stationed": _stationed(posts),
    }


def _enterprises(actor: Actor) -> list[Bare]:
    tied = Tie.objects.filter(current(), kind=TieKind.CONTACT_POINT, unit=OuterRef("pk"))
    rows = studio_units(actor).filter(in_difficulty=True).exclude(Exists(tied))
    return [Bare(one.name, one.name, "困难企业", "unit", one.pk) for one in rows]


def _households(actor: Actor) -> list[Bare]:
    rows = households(actor).filter(closed_on__isnull=True)
    rows = rows.exclude(Exists(Tie.objects.filter(current(), household=OuterRef("pk"))))
    return [Bare(f"困难职工家庭 {one.code}", one.unit.name, "还没有人联系", "household", one.pk) for one in rows]


def _studios(actor: Actor) -> list[Bare]:
    there = StudioStaff.objects.filter(studio__unit=OuterRef("pk"), until__isnull=True)
    return [
        Bare(one.name, one.name, "工作室没有人员", "unit", one.pk) for one in studio_units(actor).exclude(Exists(there))
    ]


def _cadres(units: Sequence[Unit], on: date) -> QuerySet[Post]:
    rows = Post.objects.on(on).filter(unit__in=[unit.pk for unit in units], role__in=CADRES)
    return rows.select_related("person", "unit").order_by("unit__path", "person__name_sort", "id")


def _unvisited(posts: Sequence[Post], rules: Any, on: date) -> list[Bare]:
    taking = RecordPerson.objects.filter(
        person__in=[post.person_id for post in posts],
        record__withdrawn_at__isnull=True,
        record__on__year=on.year,
        record__on__lte=on,
    )
    seen = set(taking.values_list("person", "record__kind"))
    found = []
    for post in posts:
        kinds = visit_kinds(rules[post.unit_id])
        if kinds and not any((post.person_id, kind) in seen for kind in kinds):
            found.append(_cadre(post, "今年还没有走访"))
    return found


def _cadre(post: Post, words: str) -> Bare:
    return Bare(f"{post.person.name}·{post.title or post.get_role_display()}", post.unit.name, words, "cadre", post.pk)


def _rotation(actor: Actor, rules: Any, on: date) -> list[Bare]:
    found = []
    for tie in ties(actor).filter(current(), kind=TieKind.STATIONING):
        if tie.union_id in rules and (due := rotation_due(rules[tie.union_id], tie.since)) <= on and tie.unit:
            words = f"{due.year}年{due.month}月{due.day}日应当轮换"
            found.append(Bare(f"{tie.person.name}·{tie.unit.name}", tie.union.name, words, "tie", tie.pk))
    return found


def _points(posts: Sequence[Post], rules: Any) -> list[Bare]:
    held = dict(
        Tie.objects.filter(current(), kind=TieKind.STATIONING, person__in=[post.person_id for post in posts])
        .values_list("person")
        .annotate(n=Count("pk"))
    )
    found = []
    for post in posts:
        least = rules[post.unit_id].count("stationing_points").value
        has = held.get(post.person_id, 0)
        if post.unit.is_upper and has < least:
            found.append(_cadre(post, f"定了 {has} 个进驻点，要定 {least} 个"))
    return found


def _stationed(posts: Sequence[Post]) -> list[Bare]:
    """Who is stationed somewhere and paired with no household (SX-15)."""
    running = set(
        Tie.objects.filter(current(), person__in=[post.person_id for post in posts]).values_list("person", "kind")
    )
    return [
        _cadre(post, "蹲点期间还没有结对困难职工")
        for post in posts
        if (post.person_id, TieKind.STATIONING) in running and (post.person_id, TieKind.PAIRING) not in running
    ]


# --- leave --------------------------------------------------------------------------------------------------------------


def leaves(actor: Actor) -> QuerySet[Leave]:
    """Leave kept by the own office."""
    own = [unit.pk for unit in keeps(actor)]
    return Leave.objects.filter(unit__in=own).select_related("unit", "person", "by__person").order_by("-since", "id")


def cadre_posts(unit: Unit, on: date) -> list[Post]:
    """The union's cadres who hold a post today."""
    return list(_cadres([unit], on))

"""Asking about studios: how each stands, constant in the number of units; who may be chosen; guides and groups by area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from huying.fieldwork.models import Group, Guide, Liaison, Studio, StudioStaff
from huying.fieldwork.rules import Gap, Standing, gaps, staff_advice
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.mechanism.reads import rules_of_units
from huying.mechanism.rules import Rules
from huying.org.models import UPPER, Department, Level, Person, Post, Role, Unit, path_end
from huying.org.rules import Can, Member

CADRE = "cadre"
ELSEWHERE = (Role.WORKER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


# --- scopes -------------------------------------------------------------------------------------------------------------


def unions(actor: Actor | None) -> QuerySet[Unit]:
    """The unions whose fieldwork this person reads: the own ones, and those below."""
    if not isinstance(actor, Member):
        return Unit.objects.none()
    reach = Q(pk__in=[unit.pk for unit in actor.units(Can.READ_CASES)])
    for unit in actor.units(Can.READ_BELOW):
        reach |= Q(path__gte=unit.path, path__lt=path_end(unit.path))
    return Unit.objects.open().filter(reach, has_union=True).exclude(level=Level.WORKSHOP).order_by("path")


def studio_units(actor: Actor | None) -> QuerySet[Unit]:
    """Of these the employers' unions: each must have a studio (BD-2.1)."""
    return unions(actor).exclude(level__in=UPPER)


def union_for(actor: Actor, unit_id: UUID) -> Unit:
    """One union in reach, or ``NotYours``."""
    return only(unions(actor).filter(pk=unit_id))


def studio_unit(actor: Actor, unit_id: UUID) -> Unit:
    """One employer's union in reach, or ``NotYours``."""
    return only(studio_units(actor).filter(pk=unit_id))


def keeps(actor: Actor) -> list[Unit]:
    """The unions whose rows this person keeps."""
    return list(dict.fromkeys(actor.units(Can.HANDLE_CASES))) if isinstance(actor, Member) else []


# --- how a studio stands ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A workshop or department, and its liaison."""

    pk: UUID
    name: str
    kind: str
    liaison: Person | None = None


@dataclass(frozen=True)
class Shown:
    """One unit's studio as pages and papers show it."""

    unit: Unit
    rules: Rules
    studio: Studio | None
    chairs: tuple[Person, ...]
    staff: tuple[StudioStaff, ...]
    places: tuple[Place, ...]
    now: Standing
    gaps: tuple[Gap, ...] = field(default=())
    advice: Gap | None = None

    @property
    def n_liaisons(self) -> int:
        """How many places have their liaison."""
        return sum(place.liaison is not None for place in self.places)


def standings(units: Iterable[Unit], on: date) -> list[Shown]:
    """How the studios of these units stand (eight queries and the rules, whatever their number)."""
    units = list(units)
    ids = [unit.pk for unit in units]
    studios = {row.unit_id: row for row in Studio.objects.filter(unit__in=ids)}
    staff = _by_unit(
        StudioStaff.objects.filter(studio__unit__in=ids, until__isnull=True)
        .select_related("person", "studio")
        .order_by("since", "id"),
    )
    chairs: dict[UUID, list[Person]] = defaultdict(list)
    for post in (
        Post.objects.on(on).filter(unit__in=ids, role=Role.CHAIR).select_related("person").order_by("starts_on")
    ):
        chairs[post.unit_id].append(post.person)
    places, rules = _places(units), rules_of_units(units, on)
    return [
        _shown(
            one, rules[one.pk], studio=studios.get(one.pk), chairs=chairs[one.pk], staff=staff[one.pk],
            places=places[one.pk],
        )
        for one in units
    ]  # fmt: skip


def _by_unit(rows: QuerySet[StudioStaff]) -> dict[UUID, list[StudioStaff]]:
    found: dict[UUID, list[StudioStaff]] = defaultdict(list)
    for row in rows:
        found[row.studio.unit_id].append(row)
    return found


def _shown(
    unit: Unit, rules: Rules, *, studio: Studio | None, chairs: list[Person], staff: list[StudioStaff],
    places: list[Place],
) -> Shown:  # fmt: skip
    now = Standing(
        there=studio is not None,
        opened_on=studio.opened_on if studio else None,
        chair=bool(chairs),
        cadres=sum(row.kind == CADRE for row in staff),
        staff=len(staff),
        workers=unit.workers,
        equipped=studio.equipped if studio else {},
        places=[(place.name, place.liaison is not None) for place in places],
    )
    lacks, advice = tuple(gaps(rules, now)), staff_advice(rules, now)
    return Shown(unit, rules, studio, tuple(chairs), tuple(staff), tuple(places), now, lacks, advice)


def _places(units: Sequence[Unit]) -> dict[UUID, list[Place]]:
    """Workshops (of the nearest union above them) and departments with their liaisons (four queries)."""
    found: dict[UUID, list[Place]] = defaultdict(list)
    ids = {unit.pk for unit in units}
    paths = sorted(unit.path for unit in units) or [""]
    # one range over all of them: a condition for each would be a statement nobody can plan
    span = Unit.objects.open().filter(path__gte=paths[0], path__lt=path_end(paths[-1]))
    inside = span.only("id", "path", "name", "level", "has_union").order_by("path")
    homes: dict[str, UUID] = {}
    shops: list[tuple[UUID, Unit]] = []
    for one in inside:
        if one.has_union and one.level != Level.WORKSHOP:
            homes[one.path] = one.pk
        elif one.level == Level.WORKSHOP and (home := _home(one, homes)) and home in ids:
            shops.append((home, one))
    rooms = list(Department.objects.filter(unit__in=ids, closed_on__isnull=True).order_by("name"))
    held = {
        row.workshop_id or row.department_id: row.person
        for row in Liaison.objects.filter(until__isnull=True, studio__unit__in=ids).select_related("person")
    }
    for home, shop in shops:
        found[home].append(Place(shop.pk, shop.name, "车间、科室", held.get(shop.pk)))
    for room in rooms:
        found[room.unit_id].append(Place(room.pk, room.name, "部门", held.get(room.pk)))
    return found


def _home(shop: Unit, homes: dict[str, UUID]) -> UUID | None:
    """The nearest union above a workshop."""
    for end in range(len(shop.path) - Unit.steplen, 0, -Unit.steplen):
        if (home := homes.get(shop.path[:end])) is not None:
            return home
    return None


def candidates(unit: Unit, on: date) -> list[Person]:
    """Who may be chosen at a unit: everybody with a post there or in one of its workshops, except workers and administrators."""
    near = Q(unit=unit) | Q(unit__level=Level.WORKSHOP, unit__path__gte=unit.path, unit__path__lt=path_end(unit.path))
    posts = Post.objects.on(on).filter(near).exclude(role__in=ELSEWHERE)
    return list(Person.objects.filter(pk__in=posts.values("person"), left_on__isnull=True).order_by("name_sort", "id"))


# --- guides and groups --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Area:
    """A union above others: who guides the studios of its area, and its groups (BD-6.1)."""

    unit: Unit
    guides: tuple[Person, ...]
    groups: tuple[Group, ...]
    guided: bool

    kinds = Group.KINDS

    @property
    def lacks(self) -> list[str]:
        """What is missing, in words."""
        kinds = {group.kind for group in self.groups}
        found = [] if self.guides or not self.guided else ["还没有指导员"]
        return found + [f"还没有{label}" for code, label in Group.KINDS if code == "leading" and code not in kinds]


def areas(actor: Actor, units: Iterable[Unit] | None = None) -> list[Area]:
    """Every union above others in reach, worst first (three queries)."""
    rows = list(unions(actor).filter(level__in=UPPER)) if units is None else list(units)
    ids = [unit.pk for unit in rows]
    guides: dict[UUID, list[Person]] = defaultdict(list)
    for row in Guide.objects.filter(unit__in=ids, until__isnull=True).select_related("person").order_by("since", "id"):
        guides[row.unit_id].append(row.person)
    groups: dict[UUID, list[Group]] = defaultdict(list)
    running = Group.objects.filter(unit__in=ids, ended_on__isnull=True).order_by("kind")
    for group in running.prefetch_related("members__person"):
        groups[group.unit_id].append(group)
    found = [Area(one, tuple(guides[one.pk]), tuple(groups[one.pk]), one.level == Level.TOWN) for one in rows]
    return sorted(found, key=lambda area: -len(area.lacks))

"""Opening, changing, moving, merging and closing units."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.org.acts.access import close_sessions
from huying.org.acts.steps import check_fields, check_open, day_of, end_posts, ids, locked, set_fields, write
from huying.org.models import Level, Person, Post, Unit, path_end
from huying.org.reads import chain, same_staff_numbers
from huying.org.rules import CARRIED, Can, check_manage, may_stand, root_of

FACTS = (
    "name", "short_name", "has_union", "phone", "address", "opened_on", "members", "workers", "women", "industry",
    "ownership", "in_difficulty",
)  # fmt: skip


@transaction.atomic
def open_unit(
    *,
    parent: Unit | None,
    level: str,
    name: str,
    short_name: str = "",
    by: Actor,
    at: datetime,
    is_demo: bool = False,
    **facts: Any,
) -> Unit:
    """Set up a unit under another, or at the top.  ``facts`` are any of ``FACTS``; a unit below a demo unit is one too.

    Raises ``NotYours``, ``Refused`` (the parent is closed), ``Invalid``.
    """
    check_manage(by, Can.ORG, parent)
    above = chain(locked(parent)) if parent else []
    if parent:
        check_open(above[-1])
    facts = {"has_union": level != Level.WORKSHOP, **facts}
    unit = Unit(level=level, is_demo=above[-1].is_demo if above else is_demo)
    set_fields(unit, _known({**facts, "name": name.strip(), "short_name": short_name.strip() or name.strip()[:12]}))
    unit.root_id = root_of([*above, unit]).pk
    _check_unit(unit, above[-1] if above else None)
    if parent:
        Unit.objects.add_child(above[-1], instance=unit)
    else:
        Unit.objects.add_root(instance=unit)
    write(unit=unit, by=by, at=at, act="unit.opened", subject=unit, data={"level": level, "version": unit.version})
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, version: int, by: Actor, at: datetime, **facts: Any) -> Unit:
    """Change facts of a unit (any of ``FACTS``, and ``level``).

    Raises ``NotYours``, ``Stale`` when somebody changed the unit since ``version``, ``Refused``, ``Invalid``.
    """
    check_manage(by, Can.ORG, unit)
    fresh = locked(unit, version)
    check_open(fresh)
    level = facts.pop("level", fresh.level)
    changed = set_fields(fresh, {**_known(facts), "level": level})
    if not changed:
        return fresh
    _check_unit(fresh, Unit.objects.get_parent(fresh))
    fresh.version += 1
    fresh.save(update_fields=[*changed, "version"])
    if "level" in changed:
        _reroot(fresh)
    write(
        unit=fresh, by=by, at=at, act="unit.changed", subject=fresh, data={"fields": changed, "version": fresh.version}
    )
    return fresh


@transaction.atomic
def move_unit(*, unit: Unit, to: Unit | None, by: Actor, at: datetime) -> Unit:
    """Put a unit with everything below it under another one, or at the top.

    Whoever moves must look after the place left and the place reached.  The sharding unit of the subtree is computed
    anew; cases keep the one they were born under.  Raises ``NotYours``, ``Refused``.
    """
    fresh, target = _lock_pair(unit, to)
    parent = Unit.objects.get_parent(fresh)
    check_manage(by, Can.ORG, parent)
    check_manage(by, Can.ORG, target)
    check_move(fresh, target)
    check_open(fresh)
    _put_under(fresh, target)
    Unit.objects.filter(pk=fresh.pk).update(version=fresh.version + 1)
    fresh.refresh_from_db()
    data = {"from": parent and str(parent.pk), "to": target and str(target.pk), "version": fresh.version}
    write(unit=fresh, by=by, at=at, act="unit.moved", subject=fresh, data=data)
    return fresh


def check_move(unit: Unit, to: Unit | None) -> None:
    """May this unit stand there now?  Or ``Refused`` in words.  The move page asks before it offers the button."""
    if to is not None:
        check_open(to)
        if to.path.startswith(unit.path):
            raise Refused(f"“{to.name}”就是它自己或在它下面，不能移过去。", "请选另一个上级。")
        parent = Unit.objects.get_parent(unit)
        if parent is not None and parent.pk == to.pk:
            raise Refused(f"“{unit.name}”已经在“{to.name}”下面。", "不用再移。")
    above = to.level if to else None
    if not may_stand(unit.level, above):
        place = f"{to.get_level_display()}下面" if to else "最上层"
        raise Refused(f"{unit.get_level_display()}不能放在{place}。", "请选合适的上级，或先改它的层级。")


@transaction.atomic
def merge_units(*, unit: Unit, into: Unit, by: Actor, at: datetime) -> Unit:
    """Close one unit into another: units below, departments and people go over; posts that follow a department or a
    person begin anew there, the others end today (``rules.CARRIED``).

    What is still open is handed over by the later rooms, which read ``merged_into``.  Raises ``NotYours``, ``Refused``.
    """
    fresh, target = _lock_pair(unit, into)
    assert target is not None
    check_manage(by, Can.ORG, Unit.objects.get_parent(fresh))
    check_manage(by, Can.ORG, target)
    check_merge(fresh, target)
    on = day_of(at)
    below = list(Unit.objects.get_children(fresh).open())
    for child in below:
        _put_under(child, target)
    departments = _departments_over(fresh, target)
    people = _people_over(fresh, target)
    ended, begun = _posts_over(fresh, target, on)
    Unit.objects.filter(pk=fresh.pk).update(merged_into=target, closed_on=on, version=fresh.version + 1)
    fresh.refresh_from_db()
    data = {"into": str(target.pk), "units": ids(c.pk for c in below), "departments": departments, "people": people}
    data |= {"posts_ended": ended, "posts_begun": begun, "version": fresh.version}
    write(unit=fresh, by=by, at=at, act="unit.merged", subject=fresh, data=data)
    write(unit=target, by=by, at=at, act="unit.took_over", subject=target, data={"from": str(fresh.pk)})
    return fresh


def check_merge(unit: Unit, into: Unit) -> None:
    """May these two become one now?  Or ``Refused`` in words."""
    check_open(unit)
    check_open(into)
    if into.path.startswith(unit.path):
        raise Refused(f"“{into.name}”就是它自己或在它下面，不能并过去。", "请选另一个组织。")
    if unit.is_upper != into.is_upper:
        raise Refused("地方、产业工会和用人单位工会不能互相合并。", "请选同一类的组织。")
    for child in Unit.objects.get_children(unit).open():
        if not may_stand(child.level, into.level):
            raise Refused(
                f"下级“{child.name}”（{child.get_level_display()}）不能放在{into.get_level_display()}下面。",
                "请先把它移到别处，再合并。",
            )


@transaction.atomic
def close_unit(*, unit: Unit, by: Actor, at: datetime) -> Unit:
    """Close a unit that has nothing open below it; its posts end today.  Raises ``NotYours``, ``Refused``."""
    fresh = locked(unit)
    check_manage(by, Can.ORG, Unit.objects.get_parent(fresh))
    check_open(fresh)
    below = Unit.objects.get_children(fresh).open().count()
    if below:
        raise Refused(f"它下面还有 {below} 个组织。", "请先把它们移走、合并或撤销。")
    on = day_of(at)
    holders = list(fresh.posts.on(on).values_list("person", flat=True))
    ended = end_posts(Q(unit=fresh), on)
    close_sessions(holders)
    fresh.departments.filter(closed_on__isnull=True).update(closed_on=on)
    fresh.closed_on, fresh.version = on, fresh.version + 1
    fresh.save(update_fields=["closed_on", "version"])
    data = {"posts_ended": ended, "version": fresh.version}
    write(unit=fresh, by=by, at=at, act="unit.closed", subject=fresh, data=data)
    return fresh


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    """Only facts a unit has: a wrong name is a programmer's mistake, not a person's."""
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"a unit has no {sorted(unknown)}")
    return facts


def _check_unit(unit: Unit, parent: Unit | None) -> None:
    """Everything that must hold of a unit where it stands."""
    check_fields(unit, [*FACTS, "level"])
    wrong = {}
    if not may_stand(unit.level, parent.level if parent else None):
        wrong["level"] = (
            f"{unit.get_level_display()}不能放在{parent.get_level_display() + '下面' if parent else '最上层'}。"
        )
    if unit.women is not None and unit.workers is not None and unit.women > unit.workers:
        wrong["women"] = "女职工人数不能多于职工人数。"
    siblings = Unit.objects.get_children(parent) if parent else Unit.objects.get_root_nodes()
    if siblings.open().filter(name=unit.name).exclude(pk=unit.pk).exists():
        wrong["name"] = f"这里已经有“{unit.name}”。"
    twin = (
        Unit.objects.filter(root=unit.root_id, short_name=unit.short_name, has_union=True).exclude(pk=unit.pk).first()
    )
    if unit.has_union and twin:
        wrong["short_name"] = f"“{twin.name}”已经用了简称“{unit.short_name}”，编号会分不清，请换一个。"
    if not unit._state.adding and not all(
        may_stand(c.level, unit.level) for c in Unit.objects.get_children(unit).open()
    ):
        wrong["level"] = "它现有的下级不能放在这个层级下面。"
    if wrong:
        raise Invalid(wrong)


def _lock_pair(unit: Unit, other: Unit | None) -> tuple[Unit, Unit | None]:
    """Both units as they are now.  The tops of both trees are locked first, in one order, so two moves never cross."""
    tops = {row.path[: Unit.steplen] for row in (unit, other) if row}
    list(Unit.objects.select_for_update(no_key=True).filter(path__in=tops).order_by("path"))
    rows = Unit.objects.select_for_update(no_key=True).in_bulk([row.pk for row in (unit, other) if row])
    if unit.pk not in rows:
        raise NotYours
    return rows[unit.pk], rows[other.pk] if other else None


def _put_under(unit: Unit, to: Unit | None) -> None:
    """Move in the tree and compute the sharding units below anew."""
    if to is None:
        Unit.objects.move(unit, Unit.objects.get_last_root_node(), "last-sibling")
    else:
        Unit.objects.move(unit, to, "last-child")
    unit.refresh_from_db()
    _reroot(unit)
    _check_short_names(unit)


def _check_short_names(top: Unit) -> None:
    """Case numbers begin with the short name, so two unions under one sharding unit never share one."""
    mine = Unit.objects.within(top).filter(has_union=True)
    roots = mine.values("root")
    others = Unit.objects.filter(root__in=roots, has_union=True).exclude(
        path__gte=top.path, path__lt=path_end(top.path)
    )
    if twin := others.filter(short_name__in=mine.values("short_name")).first():
        raise Refused(
            f"移过去以后，会和“{twin.name}”同用简称“{twin.short_name}”，编号会分不清。", "请先改其中一个的简称。"
        )


def _reroot(top: Unit) -> None:
    """Write the sharding unit of a unit and of everything below it (one update for each sharding unit)."""
    chains: dict[str, list[Unit]] = {}
    moved: defaultdict[UUID, list[UUID]] = defaultdict(list)
    above = list(Unit.objects.get_ancestors(top))
    for unit in Unit.objects.within(top).order_by("path").only("id", "path", "level", "root"):
        line = [*chains.get(unit.path[: -Unit.steplen], above), unit]
        chains[unit.path] = line
        if unit.root_id != root_of(line).pk:
            moved[root_of(line).pk].append(unit.pk)
    for root, units in moved.items():
        for start in range(0, len(units), 500):
            Unit.objects.filter(pk__in=units[start : start + 500]).update(root=root)


def _departments_over(unit: Unit, into: Unit) -> list[str]:
    """Departments keep their identity, so that items given to them stay theirs; a name already taken gets an addition."""
    taken = set(into.departments.values_list("name", flat=True))
    rows = list(unit.departments.all())
    for row in rows:
        if row.name in taken:
            row.name = f"{row.name[:44]}（{unit.short_name}）"
        row.unit = into
        row.version += 1
        row.save(update_fields=["unit", "name", "version"])
    return ids(row.pk for row in rows)


def _people_over(unit: Unit, into: Unit) -> int:
    """People go over; a staff number that exists there already gets the old union's short name in front."""
    for person in same_staff_numbers(unit, into):
        person.staff_no = f"{unit.short_name}-{person.staff_no}"[:30]
        person.version += 1
        person.save(update_fields=["staff_no", "version"])
    return Person.objects.filter(unit=unit).update(unit=into)


def _posts_over(unit: Unit, into: Unit, on: date) -> tuple[int, int]:
    """End all posts at the old unit; begin those that follow people and departments at the new one."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    follow = [
        Post(
            person_id=post.person_id,
            unit=into,
            department_id=post.department_id,
            role=post.role,
            title=post.title,
            rank=post.rank,
            starts_on=max(on, post.starts_on),
            ends_on=post.ends_on,
        )
        for post in Post.objects.filter(still, unit=unit, role__in=CARRIED, acting_for__isnull=True)
    ]
    holders = list(unit.posts.on(on).values_list("person", flat=True))
    ended = end_posts(Q(unit=unit), on)
    close_sessions(holders)
    Post.objects.bulk_create(follow)
    return ended, len(follow)

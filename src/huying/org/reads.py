"""Asking who somebody is, where a unit stands, who holds which post."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from huying.kernel.errors import NotYours
from huying.org.models import Person, Post, Role, Unit, User
from huying.org.rules import Can, Member, keys_of, reaches, ROLES


def member(user: User, on: date) -> Member:
    """The actor behind an account, with the posts held on a day (one query)."""
    posts = tuple(
        Post.objects.on(on)
        .filter(person_id=user.person_id)
        .select_related("unit", "department", "person")
        .order_by("starts_on", "id")
    )
    return member_of(user.person, posts, user.pk)


def member_of(person: Person, posts: tuple[Post, ...], user_id: UUID | None = None) -> Member:
    """An actor from a person and posts; the first post speaks for the person in history and trail."""
    first = posts[0] if posts else None
    title = f"·{first.title or first.get_role_display()}" if first else ""
    return Member(
        code=f"post:{first.pk}" if first else f"person:{person.pk}",
        label=f"{person.name}{title}",
        person_id=person.pk,
        post_id=first.pk if first else None,
        keys=keys_of(person.pk, posts),
        user_id=user_id,
        posts=posts,
    )


def acting_as(post: Post, on: date) -> Member:
    """The actor for one person speaking through a given post (demo, tests, jobs done in someone's name)."""
    posts = tuple(Post.objects.on(on).filter(person_id=post.person_id).select_related("unit", "department", "person"))
    ordered = tuple(sorted(posts, key=lambda p: p.pk != post.pk))
    return member_of(post.person, ordered)


def chain(unit: Unit) -> list[Unit]:
    """Ancestors from the top down to the unit itself (one query)."""
    return [*Unit.objects.get_ancestors(unit), unit]


def union_of(unit: Unit) -> Unit:
    """The unit itself if it has its own union, else the nearest above that has."""
    for one in reversed(chain(unit)):
        if one.has_union and one.level != "workshop":
            return one
    return unit


def union_above(unit: Unit) -> Unit | None:
    """The next union up the tree, or ``None`` at the top."""
    for one in reversed(chain(unit)[:-1]):
        if one.has_union and one.level != "workshop":
            return one
    return None


def holders(unit: Unit, can: Can, on: date) -> QuerySet[Post]:
    """Posts at a unit that allow something, on a day."""
    roles = [role for role, bundle in ROLES.items() if can in bundle.can]
    return Post.objects.on(on).filter(unit=unit, role__in=roles).select_related("person", "unit", "department")


def managed_units(actor: Member, can: Can) -> QuerySet[Unit]:
    """Units this administrator looks after: own unit and below."""
    units = Unit.objects.none()
    for unit in actor.units(can):
        units = units | Unit.objects.within(unit)
    return units.order_by("path")


def get_unit(actor: Member, can: Can, unit_id: UUID) -> Unit:
    """One unit the actor may act on, or ``NotYours``."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None or not any(reaches(post, can, unit) and can in ROLES[post.role].can for post in actor.posts):
        raise NotYours
    return unit


def chairs(unit: Unit, on: date) -> QuerySet[Post]:
    """The union chair of a unit (and an acting one)."""
    return Post.objects.on(on).filter(unit=unit, role=Role.CHAIR).select_related("person", "unit")

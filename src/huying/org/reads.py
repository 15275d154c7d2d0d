"""Asking who somebody is, where a unit stands, who holds which post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, TypeVar
from uuid import UUID

import segno
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Greatest
from django.http import HttpRequest
from django.utils import timezone

from huying.kernel import crypto
from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.errors import Refused, only
from huying.kernel.models import Draft
from huying.kernel.text import normalise
from huying.org import roster
from huying.org.models import IN_DEPARTMENT, Department, Person, Post, Role, SignInRule, Unit, UnitQuerySet, User
from huying.org.rules import (
    CARRIED,
    ROLES,
    UNION_OFFICE,
    Can,
    FactorRule,
    Member,
    factor_key,
    factor_needed,
    keys_of,
    login_key,
    root_of,
)
from huying.trail.models import Entry

WORKBOOK = "org.roster"
OFFICES = (Role.CHAIR, Role.OFFICER, Role.UPPER_OFFICER, Role.MANAGEMENT_HEAD, Role.DEPARTMENT_HEAD, Role.HANDLER)
Row = TypeVar("Row", Unit, Department, Person, Post)


def member(user: User, on: date) -> Member:
    """The actor behind an account, with the posts held on a day (one query)."""
    rows = Post.objects.on(on).filter(person_id=user.person_id).select_related("unit", "department", "person")
    posts = tuple(sorted(rows, key=lambda post: (post.starts_on, post.pk)))
    return member_of(posts[0].person if posts else user.person, posts, user.pk)


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


def unit_called(words: str) -> Unit:
    """The open unit of that name or short code, for the command line; ``Refused`` when there is none, or more than one."""
    found = list(Unit.objects.open().filter(Q(code=words.strip().lower()) | Q(name=words.strip()))[:2])
    if not found:
        raise Refused(f"没有找到“{words}”。", "请写单位的全称，或者它二维码上的短代码。")
    if len(found) > 1:
        raise Refused(f"叫“{words}”的单位不止一个。", "请写它二维码上的短代码。")
    return found[0]


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


def managed_units(actor: Member, can: Can) -> UnitQuerySet:
    """Units this administrator looks after: own unit and below."""
    units = Unit.objects.none()
    for unit in actor.units(can):
        units = units | Unit.objects.within(unit)
    return units.order_by("path")


def chairs(unit: Unit, on: date) -> QuerySet[Post]:
    """The union chair of a unit (and an acting one)."""
    return Post.objects.on(on).filter(unit=unit, role=Role.CHAIR).select_related("person", "unit")


# --- looking after the organisation -----------------------------------------------------------------------------------


def looked_after(actor: Actor, *cans: Can) -> UnitQuerySet:
    """Units within reach of any of these permissions; every unit for the installation itself."""
    if actor == SYSTEM:
        return Unit.objects.order_by("path")
    units = Unit.objects.none()
    if isinstance(actor, Member):
        for can in cans:
            units = units | managed_units(actor, can)
    return units.order_by("path")


def tops(actor: Member) -> list[Unit]:
    """Where the tree begins for an administrator: own units that stand under no other own unit."""
    found: list[Unit] = []
    own = {unit.pk: unit for can in (Can.ORG, Can.POSTS) for unit in actor.units(can)}
    for unit in sorted(own.values(), key=lambda u: u.path):
        if not any(unit.path.startswith(above.path) for above in found):
            found.append(unit)
    return found


def kept_unit(actor: Actor, unit_id: UUID) -> Unit:
    """One unit whose organisation or posts the actor looks after, or ``NotYours``."""
    return _one(looked_after(actor, Can.ORG, Can.POSTS).select_related("merged_into"), unit_id)


def people(actor: Actor, *, q: str = "", unit: Unit | None = None, left: bool = False) -> QuerySet[Person]:
    """People of the units looked after, by name; ``q`` is part of a name, its pinyin or first letters, or a staff number."""
    rows = Person.objects.filter(unit__in=looked_after(actor, Can.ORG, Can.POSTS), left_on__isnull=not left)
    if unit is not None:
        rows = rows.filter(unit=unit)
    word = normalise(q)
    if word and word.isascii():
        sound = Q(name_sort__startswith=word) | Q(name_sort__contains=f" {word}")
        rows = rows.filter(sound | Q(staff_no__istartswith=word) | Q(name__icontains=word))
    elif word:
        rows = rows.filter(name__contains=word)
    return rows.select_related("unit").order_by("name_sort", "id")


def kept_person(actor: Actor, person_id: UUID) -> Person:
    """One person of the units looked after, or ``NotYours``."""
    rows = Person.objects.filter(unit__in=looked_after(actor, Can.ORG, Can.POSTS))
    return _one(rows.select_related("unit", "user"), person_id)


def kept_account(actor: Actor, person_id: UUID) -> User:
    """The account of a person of the units looked after, or ``NotYours``."""
    rows = User.objects.select_related("person__unit")
    return only(rows.filter(person=kept_person(actor, person_id)))


def kept_post(actor: Actor, post_id: UUID) -> Post:
    """One post at the units looked after, or ``NotYours``."""
    rows = Post.objects.filter(unit__in=looked_after(actor, Can.POSTS))
    return _one(rows.select_related("unit", "person", "department"), post_id)


def kept_department(actor: Actor, department_id: UUID) -> Department:
    """One department of the units looked after, or ``NotYours``."""
    rows = Department.objects.filter(unit__in=looked_after(actor, Can.ORG))
    return _one(rows.select_related("unit"), department_id)


def _one(rows: QuerySet[Row], pk: UUID) -> Row:
    """The row of that id, or ``NotYours``: forbidden and missing look the same."""
    return only(rows.filter(pk=pk))


def units_named(actor: Actor, q: str) -> QuerySet[Unit]:
    """Open units looked after whose name contains the words, from the top down."""
    return looked_after(actor, Can.ORG, Can.POSTS).open().filter(Q(name__icontains=q) | Q(short_name__icontains=q))


def children(unit: Unit) -> QuerySet[Unit]:
    """Open units directly below, by name, each with the number of its own departments and people."""
    return counted(Unit.objects.get_children(unit).open().order_by("name"))


def counted(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Units with ``n_people``: how many are in the roster now."""
    return units.annotate(n_people=Count("people", filter=Q(people__left_on__isnull=True)))


def in_reach(actor: Actor, can: Can, person: Person) -> bool:
    """Does this person stand in the roster of a unit the actor looks after?"""
    return looked_after(actor, can).filter(pk=person.unit_id).exists()


def names_in(unit: Unit, text: str) -> list[str]:
    """Names of the unit's roster that stand in a text, without people who hold an office (they speak for it).

    A local union asks its own roster only: those below it are as large as a province.
    """
    units = [unit] if unit.is_upper else Unit.objects.within(unit)
    people = Person.objects.filter(unit__in=units).annotate(said=Value(text, output_field=TextField()))
    officials = Post.objects.filter(role__in=OFFICES).values("person")
    found = people.filter(said__contains=F("name")).exclude(pk__in=officials).values_list("name", flat=True)
    return sorted({name for name in found if len(name) > 1})


# --- posts ------------------------------------------------------------------------------------------------------------


def during(starts_on: date, ends_on: date | None) -> QuerySet[Post]:
    """Posts held on any day of a span (``None``: no end)."""
    held = Q(ends_on__isnull=True) | Q(ends_on__gte=Greatest(F("starts_on"), starts_on))
    rows = Post.objects.filter(held)
    return rows if ends_on is None else rows.filter(starts_on__lte=ends_on)


def small_union(unit: Unit, persons: set[UUID], on: date) -> bool:
    """Is nobody but these an officer of this union, and does a union above hold security administration and audit?"""
    held = Post.objects.on(on)
    if held.filter(unit=unit, role__in=UNION_OFFICE).exclude(person__in=persons).exists():
        return False
    wanted = (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
    above = held.filter(unit__in=Unit.objects.get_ancestors(unit), role__in=wanted)
    return above.values("role").distinct().count() == len(wanted)


def joins_offices(posts: QuerySet[Post]) -> Post | None:
    """An officer among these posts who is the unit's system administrator as well."""
    administrators = posts.filter(role=Role.SYSTEM_ADMIN).values("person")
    return posts.filter(role__in=UNION_OFFICE, person__in=administrators).select_related("person").first()


def successors(post: Post, on: date) -> list[Post]:
    """Who can take over what a post has open on a day, nearest first.

    Its acting officer; others in the same role and place; the department's head and handlers, or the union's chair and
    officers; last, the officers of the union above.  Where the unit was merged, those of the unit it went into.
    """
    unit = post.unit.merged_into or post.unit
    held = Post.objects.on(on).exclude(pk=post.pk).exclude(person_id=post.person_id).select_related("person", "unit")
    if post.role in IN_DEPARTMENT:
        near = held.filter(department=post.department)
    else:
        near = held.filter(unit=unit, role__in={post.role, *UNION_OFFICE, Role.UPPER_OFFICER})
    found = sorted(near, key=lambda p: (p.acting_for_id != post.pk, p.role != post.role, p.starts_on, p.pk))
    above = union_above(unit)
    if post.role not in IN_DEPARTMENT and above is not None:
        found += held.filter(unit=above, role__in={*UNION_OFFICE, Role.UPPER_OFFICER}).order_by(
            "role", "starts_on", "id"
        )
    return found


def same_staff_numbers(unit: Unit, other: Unit) -> QuerySet[Person]:
    """People of a unit whose staff number is somebody else's at the other unit."""
    numbers = other.people.exclude(staff_no="").values("staff_no")
    return unit.people.filter(staff_no__in=numbers)


# --- what happened meanwhile, and the workbook being imported -----------------------------------------------------------

_DONE = {
    "unit.opened": "设立了这个组织",
    "unit.changed": "改了",
    "unit.moved": "把它移到了别的上级下面",
    "unit.merged": "把它并入了别的组织",
    "unit.closed": "撤销了这个组织",
    "department.opened": "启用了这个部门",
    "department.renamed": "改了部门名称",
    "department.closed": "撤销了这个部门",
    "person.changed": "改了",
    "person.left": "登记了离开",
}


def changes_since(unit_id: UUID, subject: str, version: int) -> list[str]:
    """Who did what to a unit, department or person after a version of it, in sentences, oldest first."""
    models: dict[str, type[Unit | Department | Person]] = {"unit": Unit, "department": Department, "person": Person}
    model = models[subject.partition(":")[0]]
    rows = Entry.objects.filter(chain=unit_id, subject=subject, data__version__gt=version).order_by("seq")
    said = []
    for entry in rows:
        labels = {field.name: str(field.verbose_name) for field in model._meta.fields}
        names = "、".join(labels.get(name, "") for name in entry.data.get("fields", []))
        when = timezone.localtime(entry.at)
        what = _DONE.get(entry.act, "更新了资料") + (names if entry.act.endswith(".changed") else "")
        said.append(f"{when:%-m月%-d日 %H:%M}，{actor_name(entry.actor)}{what}。")
    return said or ["资料刚刚被更新过。"]


def actor_name(code: str) -> str:
    """The person behind an actor's code, as colleagues read it."""
    kind, _, key = code.partition(":")
    if kind == "post":
        names = Person.objects.filter(posts__pk=key)
    elif kind == "person":
        names = Person.objects.filter(pk=key)
    else:
        return SYSTEM.label if code == SYSTEM.code else "一位同事"
    return names.values_list("name", flat=True).first() or "一位同事"


def kept_workbook(actor: Actor) -> bytes | None:
    """The workbook this person is importing, as uploaded; ``None`` when there is none (any more)."""
    if actor.person_id is None:
        return None
    draft = Draft.objects.filter(person=actor.person_id, form=WORKBOOK).first()
    try:
        return crypto.unwrap(bytes(draft.sealed), f"draft:{actor.person_id}:{WORKBOOK}") if draft else None
    except crypto.Unreadable:
        return None


def short_address(unit: Unit, base: str) -> str:
    """The address on the wall: scanned, it opens the worker's page of this unit.  ``base`` is the installation's."""
    return f"{base}/u/{unit.code}"


def wall_code(address: str) -> bytes:
    """An address as a QR code, an SVG picture to show and to print."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=8, border=4)
    return drawn.getvalue()


# --- before moving and merging ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoveOutlook:
    """What moving a unit changes: how many go along, and the sharding unit before and after."""

    units: int
    people: int
    root_before: Unit
    root_after: Unit


def move_outlook(unit: Unit, to: Unit | None) -> MoveOutlook:
    """What would move with a unit."""
    below = Unit.objects.within(unit)
    after = root_of([*(chain(to) if to else []), unit])
    return MoveOutlook(
        units=below.open().count(),
        people=Person.objects.filter(unit__in=below, left_on__isnull=True).count(),
        root_before=unit.root or unit,
        root_after=after,
    )


@dataclass(frozen=True)
class MergeOutlook:
    """What merging a unit into another changes."""

    below: list[Unit]
    people: int
    renumbered: int
    departments: list[Department]
    renamed: int
    follow: list[Post]
    end: list[Post]


def merge_outlook(unit: Unit, into: Unit, on: date) -> MergeOutlook:
    """What would go over, what would get another name, which posts follow and which end."""
    departments = list(unit.departments.order_by("name"))
    taken = set(into.departments.values_list("name", flat=True))
    running = Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), unit=unit)
    posts = list(running.select_related("person", "department").order_by("role", "starts_on"))
    follow = [post for post in posts if post.role in CARRIED and post.acting_for_id is None]
    return MergeOutlook(
        below=list(Unit.objects.get_children(unit).open()),
        people=unit.people.count(),
        renumbered=same_staff_numbers(unit, into).count(),
        departments=departments,
        renamed=sum(row.name in taken for row in departments),
        follow=follow,
        end=[post for post in posts if post not in follow],
    )


def roster_template() -> bytes:
    """The empty workbook for the import, with notes and examples."""
    return roster.template()


# --- how somebody signs in ----------------------------------------------------------------------------------------------


def account_named(username: str) -> User | None:
    """The account of a login name as somebody typed it, with its person and unit."""
    return User.objects.select_related("person__unit").filter(username=username.strip().lower()).first()


def tries() -> dict[str, Any]:
    """Where failed tries on one account are counted (``settings.HUYING_TRIES``)."""
    return {"app": "allauth.account", "action": "login_failed", "config": {"login_failed": settings.HUYING_TRIES}}


def is_locked_out(user: User) -> bool:
    """Were there so many failed tries on this account that nobody may try for a while?"""
    asked = HttpRequest()
    asked.method = "POST"
    keys = (login_key(user.username), factor_key(user.pk))
    return not all(ratelimit.consume(asked, **tries(), key=key, dry_run=True) for key in keys)


def has_factor(user: User) -> bool:
    """Did this person set up a second factor (recovery codes alone are none)?"""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def needs_factor(actor: Member, *, by_provider: bool) -> bool:
    """Does a unit ask this person for a second factor of their own (one query)?"""
    held = [(post.unit.path, post.role) for post in actor.posts]
    near = {path[:length] for path, _ in held for length in range(Unit.steplen, len(path) + 1, Unit.steplen)}
    rows = SignInRule.objects.filter(unit__path__in=near).select_related("unit") if near else ()
    rules = [FactorRule(row.unit.path, frozenset(row.roles), row.provider_asks) for row in rows]
    return factor_needed(held, rules, by_provider=by_provider)


def sign_in_rules(unit: Unit) -> tuple[SignInRule, list[SignInRule]]:
    """What a unit asks of those who sign in (nothing, when it never said), and what the units above ask, from the top."""
    near = chain(unit)
    rows = {row.unit_id: row for row in SignInRule.objects.filter(unit__in=near).select_related("unit")}
    own = rows.pop(unit.pk, None) or SignInRule(unit=unit, version=0)
    return own, [rows[one.pk] for one in near if one.pk in rows]


def open_sessions(at: datetime) -> QuerySet:
    """Keys of the sessions that are not over."""
    return Session.objects.filter(expire_date__gte=at).values("session_key")


def sessions(user: User, at: datetime) -> list[UserSession]:
    """Where somebody is signed in, the newest first; the rows say no address."""
    return list(UserSession.objects.filter(user=user, session_key__in=open_sessions(at)).order_by("-created_at", "-pk"))

"""Who may what, and how far.  Permissions are an enum, roles are described bundles, posts are data (rule 12)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from uuid import UUID

from pypinyin import lazy_pinyin

from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.errors import NotYours
from huying.org.models import IN_DEPARTMENT, UPPER, Level, Post, Role, Unit


class Can(StrEnum):
    """Everything that a post can be allowed to do."""

    REGISTER = "register"  # 登记来件
    READ_CASES = "read_cases"  # 看本单位的事项
    READ_BELOW = "read_below"  # 看下级的事项（公开摘要）
    HANDLE_CASES = "handle_cases"  # 受理、交办、督办、告知、归档
    OPEN_SEALED = "open_sealed"  # 写明理由后查看密封内容（须是本件责任人）
    LOOK_UP = "look_up"  # 按电话、姓名精确查找
    APPROVE = "approve"  # 批准延期、暂停、重新办理
    RETURN_CALL = "return_call"  # 电话回访
    ITEMS = "items"  # 办理交给本部门的协商事项
    ITEMS_OF_UNIT = "items_of_unit"  # 看本单位各部门的协商事项
    ATTEND = "attend"  # 参加协商会议，看会议材料，核对和签署纪要
    INSTRUCT = "instruct"  # 批示、包案
    EXPORT = "export"  # 导出台账
    READ_FIGURES = "read_figures"  # 看汇总数字
    PACKS = "packs"  # 采用机制包、定本单位细则
    ORG = "org"  # 维护组织、部门、人员
    POSTS = "posts"  # 任免角色、开停账号
    SYSTEM = "system"  # 运行状况、后台任务、节假日
    AUDIT = "audit"  # 查看留痕与查阅记录


_OFFICE = frozenset(
    {
        Can.REGISTER,
        Can.READ_CASES,
        Can.HANDLE_CASES,
        Can.OPEN_SEALED,
        Can.LOOK_UP,
        Can.RETURN_CALL,
        Can.ATTEND,
        Can.EXPORT,
        Can.READ_FIGURES,
    }
)


@dataclass(frozen=True)
class Bundle:
    """What a role is for, in one line people read, and what it may do."""

    what: str
    can: frozenset[Can]


ROLES: dict[str, Bundle] = {
    Role.WORKER: Bundle("只看自己的事", frozenset()),
    Role.LIAISON: Bundle("在车间替职工转达", frozenset({Can.REGISTER})),
    Role.OFFICER: Bundle("登记、受理、交办、督办、告知、归档", _OFFICE),
    Role.CHAIR: Bundle(
        "工会干部的全部工作，另批准延期、暂停和重新办理，定本单位细则，批示、包案",
        _OFFICE | {Can.APPROVE, Can.PACKS, Can.INSTRUCT},
    ),
    Role.HANDLER: Bundle("只办交给本部门的协商事项，看遮盖本", frozenset({Can.ITEMS, Can.ATTEND})),
    Role.DEPARTMENT_HEAD: Bundle("看本部门的协商事项并督促办理", frozenset({Can.ITEMS, Can.ATTEND})),
    Role.MANAGEMENT_HEAD: Bundle(
        "看本单位各部门的协商事项和汇总数字，参加协商会议，签纪要，批示",
        frozenset({Can.ITEMS_OF_UNIT, Can.READ_FIGURES, Can.ATTEND, Can.INSTRUCT}),
    ),
    Role.DELEGATE: Bundle("参加协商会议、测评", frozenset({Can.ATTEND})),
    Role.UPPER_OFFICER: Bundle(
        "办理报到本级的事项，看下级的公开摘要并督促", _OFFICE | {Can.READ_BELOW, Can.APPROVE, Can.INSTRUCT}
    ),
    Role.SYSTEM_ADMIN: Bundle("维护组织、部门、人员和系统运行，不看事项", frozenset({Can.ORG, Can.SYSTEM})),
    Role.SECURITY_ADMIN: Bundle("任免角色、开停账号，不看事项", frozenset({Can.POSTS})),
    Role.AUDIT_ADMIN: Bundle("查看谁做了什么、谁看了什么，不看内容", frozenset({Can.AUDIT})),
}
EMPLOYER_SIDE = (Role.HANDLER, Role.DEPARTMENT_HEAD, Role.MANAGEMENT_HEAD)
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
# Administrators look after their own unit and everything below it.
REACHES_BELOW = frozenset({Can.READ_BELOW, Can.ORG, Can.POSTS, Can.SYSTEM, Can.AUDIT, Can.PACKS})


@dataclass(frozen=True, kw_only=True)
class Member(Actor):
    """A member of staff with the posts held now."""

    user_id: UUID | None = None
    posts: tuple[Post, ...] = field(default=(), compare=False)

    def units(self, can: Can) -> list[Unit]:
        """Units at which some post allows this."""
        return [post.unit for post in self.posts if can in ROLES[post.role].can]

    def departments(self) -> list[UUID]:
        """Departments whose items this person works on."""
        return [post.department_id for post in self.posts if post.department_id and Can.ITEMS in ROLES[post.role].can]

    def post_for(self, can: Can, unit: Unit | None = None) -> Post | None:
        """The post under which this person does something at a unit."""
        for post in self.posts:
            if can in ROLES[post.role].can and (unit is None or reaches(post, can, unit)):
                return post
        return None


def reaches(post: Post, can: Can, unit: Unit) -> bool:
    """Whether a post's permission covers a unit: its own, or also those below where the permission says so."""
    if post.unit_id == unit.pk:
        return True
    return can in REACHES_BELOW and unit.path.startswith(post.unit.path)


def may(actor: Actor, can: Can, unit: Unit) -> bool:
    """May this person do this at that unit?"""
    return isinstance(actor, Member) and actor.post_for(can, unit) is not None


def check_may(actor: Actor, can: Can, unit: Unit) -> Post:
    """The post that allows it, or ``NotYours``."""
    post = actor.post_for(can, unit) if isinstance(actor, Member) else None
    if post is None:
        raise NotYours
    return post


def keys_of(person_id: UUID, posts: Iterable[Post]) -> frozenset[str]:
    """Recusal keys a person answers to: self, own union for posts on the union's side, role at the unit, department."""
    keys = {f"person:{person_id}"}
    for post in posts:
        if post.role not in EMPLOYER_SIDE:
            keys.add(f"unit:{post.unit_id}")
        keys.add(f"{post.role}:{post.unit_id}")
        if post.department_id:
            keys.add(f"department:{post.department_id}")
    return frozenset(keys)


def root_of(chain: list[Unit]) -> Unit:
    """The sharding unit of a unit, given its ancestors from the top down to itself: the city above it, else the topmost
    ancestor below city level, else (province, nation) itself."""
    for unit in chain:
        if unit.level == Level.CITY:
            return unit
    below = [unit for unit in chain if unit.level not in (Level.NATION, Level.PROVINCE)]
    return below[0] if below else chain[-1]


def may_manage(actor: Actor, can: Can, unit: Unit | None) -> bool:
    """May this person look after a unit's organisation or posts?  ``None`` is the place above every unit: only the
    installation itself (first set-up, import from the command line) acts there."""
    return actor == SYSTEM or (unit is not None and may(actor, can, unit))


def check_manage(actor: Actor, can: Can, unit: Unit | None) -> None:
    """``may_manage``, or ``NotYours``."""
    if not may_manage(actor, can, unit):
        raise NotYours


_AREAS = frozenset({Level.NATION, Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWN})
_EMPLOYERS = frozenset({Level.GROUP, Level.ENTERPRISE, Level.SUBSIDIARY})
# Which levels may stand directly above each level; ``None`` is the top of an installation.
ABOVE: dict[str, frozenset[str | None]] = {
    Level.NATION: frozenset({None}),
    Level.PROVINCE: frozenset({None, Level.NATION}),
    Level.CITY: frozenset({None, Level.PROVINCE}),
    # some provinces lead counties directly, some cities have no counties
    Level.COUNTY: frozenset({None, Level.CITY, Level.PROVINCE}),
    Level.TOWN: frozenset({None, Level.COUNTY, Level.CITY}),
    Level.INDUSTRY: frozenset({None, Level.INDUSTRY}) | _AREAS,
    Level.GROUP: frozenset({None, Level.GROUP}) | UPPER,
    Level.ENTERPRISE: frozenset({None, Level.GROUP}) | UPPER,
    Level.SUBSIDIARY: _EMPLOYERS,
    Level.WORKSHOP: _EMPLOYERS | {Level.WORKSHOP},
}


def may_stand(level: str, above: str | None) -> bool:
    """May a unit of this level stand directly under one of that level (``None``: at the top)?"""
    return above in ABOVE[level]


def levels_under(above: str | None) -> list[Level]:
    """Levels that may stand directly under a level, from the highest down."""
    return [level for level in Level if may_stand(level, above)]


_CASEWORK = frozenset({Can.REGISTER, Can.READ_CASES, Can.HANDLE_CASES, Can.ITEMS, Can.ITEMS_OF_UNIT})
# Roles that touch cases in any way; an administrator holds none of them.
CASE_ROLES = frozenset(role for role, bundle in ROLES.items() if bundle.can & _CASEWORK)
# Roles a small union's only officer may join with system administration (secrecy.md, Small units).
UNION_OFFICE = frozenset({Role.CHAIR, Role.OFFICER})


def clash(role: str, others: Iterable[tuple[str, bool]], *, small_union: bool) -> str:
    """Why a person may not also hold ``role``, in a sentence; empty when it is allowed.

    ``others``: each role held, and whether it is held at the same unit.  ``small_union``: this person is that union's only
    officer, and the union above holds security administration and audit.
    """
    for other, here in others:
        pair = {role, other}
        if role != other and len(pair & set(ADMINISTRATORS)) == 2:
            return f"“{Role(role).label}”和“{Role(other).label}”不能由同一个人担任，三员要分开。"
        if pair & set(ADMINISTRATORS) and pair & CASE_ROLES:
            if small_union and here and Role.SYSTEM_ADMIN in pair and pair & UNION_OFFICE:
                continue
            return f"“{Role(role).label}”和“{Role(other).label}”不能由同一个人担任，管理员不经手事项。"
    return ""


def fits(role: str, level: str) -> str:
    """Why a role does not exist at a level, in a sentence; empty when it does."""
    name, place = Role(role).label, Level(level).label
    if role == Role.UPPER_OFFICER and level not in UPPER:
        return f"“{name}”只设在地方和产业工会，不设在{place}。"
    if role == Role.MANAGEMENT_HEAD and level in UPPER:
        return f"“{name}”只设在用人单位，不设在{place}。"
    if level == Level.WORKSHOP and role in (*ADMINISTRATORS, Role.MANAGEMENT_HEAD):
        return f"“{name}”不设在{place}，请在它的上一级任命。"
    return ""


# Roles that follow their department or their people when a union is merged.  The others end: who handles cases or
# administers in the merged union is appointed anew by its security administrator, never by the way.
CARRIED = frozenset({Role.WORKER, Role.LIAISON, Role.DELEGATE, *IN_DEPARTMENT})


@dataclass(frozen=True)
class FactorRule:
    """What one unit asks of those who sign in, with its place in the tree."""

    path: str
    roles: frozenset[str]
    provider_asks: bool


def factor_needed(held: Iterable[tuple[str, str]], rules: Iterable[FactorRule], *, by_provider: bool) -> bool:
    """Must somebody with these posts (path of the unit, role) have a second factor of their own here?

    ``by_provider``: they came through the single sign-on; that counts only with the units that say it asks itself.
    """
    posts = list(held)
    return any(
        role in rule.roles and path.startswith(rule.path) and not (by_provider and rule.provider_asks)
        for rule in rules
        for path, role in posts
    )


def login_key(username: str) -> str:
    """What failed tries to sign in are counted under: the login name as typed.

    Neither the case of a letter nor its look-alikes the database takes for the same make another name.
    """
    return f"login:{username.strip().upper().lower()}"


def factor_key(user_id: UUID) -> str:
    """What failed tries of an account's second factor are counted under (the library's own name for it)."""
    return f"mfa-auth-user-{user_id}"


def one_time_over(given_at: datetime | None, at: datetime, days: int) -> bool:
    """Has a one-time password served its time?  One given before these were dated lives on until it is reset."""
    return given_at is not None and at - given_at > timedelta(days=days)


_LOGIN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def login_fault(name: str) -> str:
    """What is wrong with a login name, in a sentence; empty when it can be used."""
    if _LOGIN_NAME.fullmatch(name):
        return ""
    return "登录名用小写字母、数字、点、横线，3 到 40 个字符，字母或数字开头。"


def login_name(name: str, taken: Container[str]) -> str:
    """A login name for somebody: ``zhang.san``, with a number behind it when that is taken; ``user`` for a name without
    any sound."""
    surname, *rest = name_key(name).split(" ")[: len(name_key(name).split(" ")) - 2] or [""]
    said = ".".join(part for part in (surname, "".join(rest)) if part)
    base = re.sub(r"[^a-z0-9.]", "", said)[:30].strip(".")
    base = base if len(base) > 2 else f"user.{base}".strip(".")
    numbers = (f"{base}{number}" for number in count(2))
    return base if base not in taken else next(one for one in numbers if one not in taken)


# Surnames read otherwise than the character usually is.
_SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "查": "zha", "仇": "qiu", "翟": "zhai", "区": "ou", "朴": "piao", "盖": "ge",
    "覃": "qin", "召": "shao", "洗": "xian", "员": "yun", "乜": "nie", "缪": "miao", "隗": "wei", "尉迟": "yu chi",
    "万俟": "mo qi", "长孙": "zhang sun",
}  # fmt: skip


def name_key(name: str) -> str:
    """What a name is sorted and found by: its syllables, the syllables joined, their first letters."""
    surname = next((s for s in (name[:2], name[:1]) if s in _SURNAMES), "")
    read = _SURNAMES[surname].split() if surname else []
    rest = [part.strip().lower() for part in lazy_pinyin(name[len(surname) :]) if part.strip(" ·")]
    parts = " ".join([*read, *rest]).split()
    return f"{' '.join(parts)[:70]} {''.join(parts)[:60]} {''.join(p[0] for p in parts)[:20]}".strip()

"""Who may what, and how far.  Permissions are an enum, roles are described bundles, posts are data (rule 12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.org.models import Level, Post, Role, Unit


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
    Role.CHAIR: Bundle("工会干部的全部工作，另批准延期、暂停和重新办理，定本单位细则", _OFFICE | {Can.APPROVE, Can.PACKS}),
    Role.HANDLER: Bundle("只办交给本部门的协商事项，看遮盖本", frozenset({Can.ITEMS})),
    Role.DEPARTMENT_HEAD: Bundle("看本部门的协商事项并督促办理", frozenset({Can.ITEMS})),
    Role.MANAGEMENT_HEAD: Bundle("看本单位各部门的协商事项和汇总数字", frozenset({Can.ITEMS_OF_UNIT, Can.READ_FIGURES})),
    Role.DELEGATE: Bundle("参加协商会议、测评", frozenset()),
    Role.UPPER_OFFICER: Bundle("办理报到本级的事项，看下级的公开摘要并督促", _OFFICE | {Can.READ_BELOW, Can.APPROVE}),
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

"""Letting a visitor into the demo: the posts to choose from, who may come in, receipts to try the worker's side with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from huying.cases.models import Case
from huying.cases.reads import case_of, worker_by_receipt
from huying.kernel.ids import receipt_from, spaced
from huying.org.models import Level, Post, Role, Unit, User
from huying.site.demo.script import Story

# Matters in which the worker still has something to do or to follow: story and what the visitor sees there.
TO_TRY = {
    "pregnancy-post": "结果已经告诉职工，等着评价",
    "crash-insurance": "正在办理，有来往留言",
    "foreman-fines": "工会想再问几句，等职工补充",
}
# Whom to be first, in this order, one for each kind of work, and what this person's pages show.
FIRST = {
    "麻建军": "今天该做什么；登记、交办、告知职工",
    "顾桂芳": "协商会议、审阅签字、履职和条款对照",
    "郝长河": "只看交给本部门的事项，写书面反馈",
    "席振业": "包案、会议签字、一页数字",
    "宁小军": "在车间替人登记，没有信号也能记",
    "崔明远": "下面哪里卡住了、谁没有履职",
    "武建平": "谁看过什么人的身份，痕迹有没有动过",
}
# The order in which a unit's people are shown: the union first, then the employer's side, then the workshop.
ORDER = (
    Role.CHAIR, Role.UPPER_OFFICER, Role.OFFICER, Role.HANDLER, Role.DEPARTMENT_HEAD, Role.MANAGEMENT_HEAD, Role.DELEGATE,
    Role.LIAISON, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.WORKER,
)  # fmt: skip
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")


@dataclass(frozen=True)
class DemoPost:
    """One line of the list: a person at a unit with everything they are there."""

    value: str
    name: str
    unit: str
    role: str
    shows: str = ""  # for those to be first: what there is to see


def may_enter(request: HttpRequest) -> bool:
    """Only in a demo, only while every unit is a demo unit, only from this very machine and through no proxy."""
    if not settings.HUYING_DEMO or any(request.META.get(name) for name in _FORWARDED):
        return False
    try:
        here = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return here and Unit.objects.exists() and not Unit.objects.filter(is_demo=False).exists()


def demo_posts(on: date) -> Iterator[DemoPost]:
    """Everybody with an account and a post, union by union; workshops stand with their union."""
    posts = Post.objects.on(on).filter(person__user__is_active=True, unit__is_demo=True)
    rows = list(posts.select_related("unit", "department", "person"))
    units = {unit.path: unit for unit in Unit.objects.filter(is_demo=True)}
    home = {post.pk: _union(post.unit, units) for post in rows}
    rows.sort(key=lambda post: (home[post.pk].path, ORDER.index(Role(post.role)), post.starts_on, post.pk))
    together: dict[tuple[str, str], list[Post]] = {}
    for post in rows:
        together.setdefault((home[post.pk].path, str(post.person_id)), []).append(post)
    for held in together.values():
        first = held[0]
        name, role = first.person.name, "、".join(_role(post) for post in held)
        yield DemoPost(str(first.pk), name, home[first.pk].name, role, FIRST.get(name, ""))


def to_be_first(posts: Iterable[DemoPost]) -> list[DemoPost]:
    """The few of them a visitor may begin with, in their order."""
    return sorted((post for post in posts if post.shows), key=lambda post: list(FIRST).index(post.name))


def _union(unit: Unit, units: dict[str, Unit]) -> Unit:
    """The unit itself, or for a workshop the nearest unit above that is none."""
    while unit.level == Level.WORKSHOP:
        unit = units[unit.path[: -Unit.steplen]]
    return unit


def _role(post: Post) -> str:
    """Department or workshop, title and role in one line."""
    role = post.get_role_display()
    workshop = post.unit.name if post.unit.level == Level.WORKSHOP else ""
    place = post.department.name if post.department else workshop
    title = post.title.removeprefix(place)
    if not title:
        return f"{place}{role.removeprefix('部门')}"
    called = f"{place}{title}"
    return called if title.startswith("工会主席") or title == "主席" else f"{called}（{role}）"


def visitor(post_id: str, on: date) -> User | None:
    """The account behind a post that may be chosen."""
    if post_id not in {post.value for post in demo_posts(on)}:
        return None
    return User.objects.filter(person__posts=UUID(post_id)).first()


def receipts() -> Iterator[tuple[str, str, Case]]:
    """Receipts to try: what the visitor sees, the 16 digits, the case.  Derived anew, so nothing is stored."""
    for key, what in TO_TRY.items():
        receipt = receipt_from(Story(key=key, row={}, day=0).once)
        if worker := worker_by_receipt(receipt):
            yield what, spaced(receipt), case_of(worker)

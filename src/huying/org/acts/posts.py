"""Appointing people to posts and ending posts (任免)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.org.acts.access import close_sessions
from huying.org.acts.steps import check_fields, check_open, day_of, locked, write
from huying.org.models import IN_DEPARTMENT, Department, Person, Post, Role, Unit
from huying.org.reads import during, in_reach, joins_offices, small_union
from huying.org.rules import UNION_OFFICE, Can, check_manage, clash, fits


@transaction.atomic
def appoint(
    *,
    person: Person,
    unit: Unit,
    role: str,
    by: Actor,
    at: datetime,
    department: Department | None = None,
    title: str = "",
    rank: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    acting_for: Post | None = None,
) -> Post:
    """Give a person a role at a unit (and department) from a day on, today unless told.

    ``acting_for`` makes an acting officer (代理): the same role in the same place, with an end date.  The three
    administrators stay three people and handle no cases (``rules.clash``).  Raises ``NotYours``, ``Refused``, ``Invalid``.
    """
    check_manage(by, Can.POSTS, unit)
    if not in_reach(by, Can.POSTS, person):
        raise NotYours
    if by.person_id == person.pk:
        raise Refused("不能给自己任职。", "请另一位安全管理员办理。")
    place, who = locked(unit), locked(person)
    check_open(place)
    post = Post(
        person=who, unit=place, department=department, role=role, title=title.strip(), rank=rank, ends_on=ends_on
    )
    post.starts_on = starts_on or day_of(at)
    post.acting_for = acting_for
    _check_post(post)
    post.save(force_insert=True)
    data = {"role": role, "person": str(who.pk), "from": post.starts_on, "to": ends_on}
    data |= {"department": department and str(department.pk), "acting_for": acting_for and str(acting_for.pk)}
    write(unit=place, by=by, at=at, act="post.appointed", subject=post, data=data)
    return post


@transaction.atomic
def end_post(*, post: Post, on: date | None = None, by: Actor, at: datetime) -> Post:
    """End a post on a day, today unless told; one that has not begun by then is taken back.  One that ends today signs its
    holder out everywhere.

    What its holder still has open is handed over in later rooms (``reads.successors`` says to whom).
    Raises ``NotYours``, ``Refused``, ``Invalid``.
    """
    check_manage(by, Can.POSTS, post.unit)
    row = Post.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=post.pk)
    today, day = day_of(at), on or day_of(at)
    if by.person_id == row.person_id:
        raise Refused("不能结束自己的任职。", "请另一位安全管理员办理。")
    if row.ends_on and row.ends_on <= today:
        raise Refused(f"这个任职已经在{row.ends_on:%Y年%-m月%-d日}结束。")
    if row.ends_on and day > row.ends_on:
        raise Invalid({"ends_on": "不能晚于原定的结束日期。要延长，请到期后重新任命。"})
    if day < row.starts_on <= today:
        raise Invalid({"ends_on": "结束日期不能早于开始日期。"})
    data = {"role": row.role, "person": str(row.person_id), "to": day}
    write(unit=row.unit, by=by, at=at, act="post.ended", subject=row, data=data)
    row.ends_on = day
    row.save(update_fields=["ends_on"])
    if day <= today:
        close_sessions([row.person_id])
    return row


def _check_post(post: Post) -> None:
    """Everything that must hold of a new post."""
    check_fields(post, ["role", "title", "rank"])
    _check_place(post)
    _check_time(post)
    if post.acting_for:
        _check_acting(post, post.acting_for)
    held = during(post.starts_on, post.ends_on).filter(person=post.person)
    if held.filter(unit=post.unit, role=post.role, department=post.department).exists():
        raise Refused(f"“{post.person.name}”在这段时间里已经有这个任职。", "要改日期，请先结束原来的任职。")
    small = small_union(post.unit, {post.person_id}, post.starts_on)
    others = [(role, unit == post.unit_id) for role, unit in held.values_list("role", "unit")]
    if message := clash(post.role, others, small_union=small):
        raise Invalid({"role": message})
    _check_office(post)


def _check_place(post: Post) -> None:
    """Role, level and department fit together."""
    if message := fits(post.role, post.unit.level):
        raise Invalid({"role": message})
    department = post.department
    if (post.role in IN_DEPARTMENT) != (department is not None):
        name = Role(post.role).label
        asked = f"请选择部门：“{name}”属于一个部门。" if department is None else f"“{name}”不属于部门，请去掉部门。"
        raise Invalid({"department": asked})
    if department and (department.unit_id != post.unit_id or department.closed_on):
        raise Invalid({"department": "这个部门不在这个组织里，或者已经撤销。"})


def _check_time(post: Post) -> None:
    """The dates are in order and the person is still here."""
    if post.ends_on and post.ends_on < post.starts_on:
        raise Invalid({"ends_on": "结束日期不能早于开始日期。"})
    if post.person.left_on:
        raise Refused(f"“{post.person.name}”已经离开。", "如果又回来了，请先在人员里重新登记。")


def _check_acting(post: Post, stood_for: Post) -> None:
    """An acting officer stands in for somebody else's running post, in the same place, until a day."""
    if post.ends_on is None:
        raise Invalid({"ends_on": "代理必须写明到哪一天为止。"})
    same = (stood_for.unit_id, stood_for.role, stood_for.department_id)
    if same != (post.unit_id, post.role, post.department_id) or stood_for.person_id == post.person_id:
        raise Invalid({"acting_for": "代理的角色、组织、部门要和被代理的任职一样，而且是另一个人。"})
    if stood_for.acting_for_id:
        raise Invalid({"acting_for": "代理人不能再由别人代理。"})
    over = stood_for.ends_on and stood_for.ends_on < post.ends_on
    if over or stood_for.starts_on > post.starts_on:
        raise Invalid({"ends_on": "代理的时间不能超出被代理的任职。"})


def _check_office(post: Post) -> None:
    """One chair at a time; a one-person union that grows gives up joining offices first."""
    if post.role not in UNION_OFFICE:
        return
    others = during(post.starts_on, post.ends_on).filter(unit=post.unit).exclude(person=post.person)
    chair = others.filter(role=Role.CHAIR, acting_for__isnull=True).select_related("person").first()
    if post.role == Role.CHAIR and post.acting_for_id is None and chair:
        raise Invalid({"role": f"工会主席现在是“{chair.person.name}”，请先结束他（她）的任职，或者设为代理。"})
    if joined := joins_offices(others):
        raise Refused(
            f"“{joined.person.name}”一人兼任系统管理员和工会干部，只有一个人的工会才可以这样。",
            "请先结束他（她）的系统管理员任职，再任命。",
        )

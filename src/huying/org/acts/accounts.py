"""Opening, resetting, closing accounts.  The one-time password is returned once and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.ids import readable_code
from huying.org.acts.access import account_of, close_sessions
from huying.org.acts.steps import check_fields, locked, write
from huying.org.models import Person, User
from huying.org.rules import Can, check_manage, login_fault

MOST_AT_ONCE = 100  # accounts: hashing their passwords is slow on purpose


@transaction.atomic
def open_account(
    *, person: Person, username: str, by: Actor, at: datetime, email: str = "", with_password: bool = True
) -> tuple[User, str]:
    """Open an account for a person and return it with its one-time password, which must be changed at first sign-in.

    ``with_password=False``: nobody can sign in with a password (empty in the answer); the way in is another one.

    Raises ``NotYours``, ``Refused``, ``Invalid``.
    """
    row = _lock_for(person, by)
    if row.left_on or row.erased_at:
        raise Refused(f"“{row.name}”已经离开，不能开账号。")
    if User.objects.filter(person=row).exists():
        raise Refused(f"“{row.name}”已经有账号。", "忘记密码请用“重置密码”。")
    name = username.strip().lower()
    if fault := login_fault(name):
        raise Invalid({"username": fault})
    if User.objects.filter(username=name).exists():
        raise Invalid({"username": f"登录名“{name}”已经有人用了，请换一个。"})
    user = User(username=name, email=email.strip(), person=row)
    check_fields(user, ["username", "email"])
    password = _give_password(user, at) if with_password else _without_password(user)
    write(unit=row.unit, by=by, at=at, act="account.opened", subject=user, data={"person": str(row.pk)})
    return user, password


@transaction.atomic
def open_accounts(
    *, people: Sequence[Person], usernames: Mapping[UUID, str], by: Actor, at: datetime
) -> list[tuple[User, str]]:
    """Open accounts for many people, all or none; each with its one-time password.  ``usernames`` by the person's id.

    ``Invalid`` names the lines that are wrong by the person's id.  ``NotYours``, ``Refused``.
    """
    if not people:
        raise Refused("没有选人。", "请勾选要开账号的人。")
    if len(people) > MOST_AT_ONCE:
        raise Refused(f"一次最多开 {MOST_AT_ONCE} 个账号，现在选了 {len(people)} 个。", "请分几次开。")
    opened, wrong = [], {}
    for person in people:
        try:
            opened.append(open_account(person=person, username=usernames.get(person.pk, ""), by=by, at=at))
        except Invalid as error:
            wrong[str(person.pk)] = "".join(error.fields.values())
        except NotYours:
            raise
        except Refused as error:
            wrong[str(person.pk)] = f"{error.message}{error.remedy}"
    if wrong:
        raise Invalid(wrong)
    return opened


@transaction.atomic
def reset_password(*, user: User, by: Actor, at: datetime) -> tuple[User, str]:
    """A new one-time password; the old one and every open session end.  ``NotYours``, ``Refused``."""
    fresh = account_of(user, by)
    if not fresh.is_active:
        raise Refused("这个账号已经停用。", "请先启用，再重置密码。")
    password = _give_password(fresh, at)
    data = {"person": str(fresh.person_id), "sessions": close_sessions([fresh.person_id])}
    write(unit=fresh.person.unit, by=by, at=at, act="account.reset", subject=fresh, data=data)
    return fresh, password


@transaction.atomic
def disable_account(*, user: User, by: Actor, at: datetime) -> User:
    """Nobody can sign in with it any more.  ``NotYours``, ``Refused``."""
    return _switch(user, False, by, at)


@transaction.atomic
def enable_account(*, user: User, by: Actor, at: datetime) -> User:
    """It can be used again.  ``NotYours``, ``Refused``."""
    if user.person.left_on:
        raise Refused(f"“{user.person.name}”已经离开，不能启用账号。")
    return _switch(user, True, by, at)


def _lock_for(person: Person, by: Actor) -> Person:
    """The person, locked, when this administrator looks after the accounts there and it is not their own."""
    check_manage(by, Can.POSTS, person.unit)
    if by.person_id == person.pk:
        raise Refused("不能在这里改自己的账号。", "改密码请到“我的账号”，其他请另一位安全管理员办理。")
    return locked(person)


def _give_password(user: User, at: datetime) -> str:
    """Set a random password that must be changed.  About 59 bits: enough for the few days it lives."""
    password = readable_code(groups=3)
    user.set_password(password)
    user.must_change_password, user.password_given_at = True, at
    user.save()
    return password


def _without_password(user: User) -> str:
    """No password fits this account."""
    user.set_unusable_password()
    user.save()
    return ""


def _switch(user: User, active: bool, by: Actor, at: datetime) -> User:
    fresh = account_of(user, by)
    if fresh.is_active == active:
        raise Refused(f"账号已经是{'启用' if active else '停用'}状态。")
    fresh.is_active = active
    fresh.save(update_fields=["is_active"])
    close_sessions([fresh.person_id])
    act = "account.enabled" if active else "account.disabled"
    write(unit=fresh.person.unit, by=by, at=at, act=act, subject=fresh, data={"person": str(fresh.person_id)})
    return fresh

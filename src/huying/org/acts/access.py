"""What a security administrator does about somebody's way in: sessions, lock, second factor, what a unit asks of all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.org.acts.steps import check_open, locked, write
from huying.org.models import Role, SignInRule, Unit, User
from huying.org.reads import has_factor, is_locked_out, tries
from huying.org.rules import Can, check_manage, factor_key, login_key


@transaction.atomic
def end_sessions(*, user: User, by: Actor, at: datetime) -> int:
    """Sign somebody out everywhere, at once.  Returns of how many places.  ``NotYours``, ``Refused``."""
    row = account_of(user, by)
    ended = close_sessions([row.person_id])
    if not ended:
        raise Refused("这个账号现在没有在任何地方登录。")
    data = {"person": str(row.person_id), "sessions": ended}
    write(unit=row.person.unit, by=by, at=at, act="account.signed_out", subject=row, data=data)
    return ended


@transaction.atomic
def unlock_account(*, user: User, by: Actor, at: datetime) -> User:
    """Let somebody try again who mistyped too often.  ``NotYours``, ``Refused``."""
    row = account_of(user, by)
    if not is_locked_out(row):
        raise Refused("这个账号没有锁住。", "可以直接登录；忘了密码请重置密码。")
    for key in (login_key(row.username), factor_key(row.pk)):
        ratelimit.clear(None, **tries(), key=key)
    write(unit=row.person.unit, by=by, at=at, act="account.unlocked", subject=row, data={"person": str(row.person_id)})
    return row


@transaction.atomic
def reset_factor(*, user: User, by: Actor, at: datetime) -> User:
    """Take away somebody's second factor, of whatever kind, unseen; they are signed out and set up a new one where their
    post asks for it.  The caller tells them.  ``NotYours``, ``Refused``."""
    row = account_of(user, by)
    if not has_factor(row):
        raise Refused("这个账号没有设第二道验证。")
    kinds = sorted(set(Authenticator.objects.filter(user=row).values_list("type", flat=True)))
    Authenticator.objects.filter(user=row).delete()
    ended = close_sessions([row.person_id])
    data = {"person": str(row.person_id), "kinds": kinds, "sessions": ended}
    write(unit=row.person.unit, by=by, at=at, act="account.factor_reset", subject=row, data=data)
    return row


@transaction.atomic
def own_account_changed(*, user: User, what: str, session: str, by: Actor, at: datetime) -> None:
    """Note that somebody changed their own password or second factor, and sign them out everywhere but here.

    ``what`` is ``password_changed``, ``totp_added``, ``webauthn_removed``, ...; ``session`` is the one they are in.
    """
    if by.person_id != user.person_id:
        raise NotYours
    data = {"person": str(user.person_id), "sessions": close_sessions([user.person_id], but=session)}
    write(unit=user.person.unit, by=by, at=at, act=f"account.{what}", subject=user, data=data)


@transaction.atomic
def set_sign_in(
    *, unit: Unit, roles: Iterable[str], provider_asks: bool, version: int, by: Actor, at: datetime
) -> SignInRule:
    """Say which roles of a unit and of those below need a second factor, and whether the single sign-on asks for one.

    Raises ``NotYours``, ``Stale``, ``Refused``, ``Invalid``.
    """
    check_manage(by, Can.POSTS, unit)
    place = locked(unit)
    check_open(place)
    wanted = sorted(set(roles))
    if unknown := [role for role in wanted if role not in Role.values]:
        raise Invalid({"roles": f"没有“{unknown[0]}”这个角色。"})
    rule = SignInRule.objects.select_for_update(no_key=True).filter(unit=place).first() or SignInRule(
        unit=place, version=0
    )
    if rule.version != version:
        raise Stale(["另一位安全管理员刚改过登录要求。"])
    rule.roles, rule.provider_asks, rule.version = wanted, provider_asks, rule.version + 1
    rule.save()
    data = {"roles": wanted, "provider_asks": provider_asks, "version": rule.version}
    write(unit=place, by=by, at=at, act="sign_in.set", subject=rule, data=data)
    return rule


def account_of(user: User, by: Actor) -> User:
    """The account, locked with its person, when this administrator looks after it and it is not their own."""
    person = user.person
    check_manage(by, Can.POSTS, person.unit)
    if by.person_id == person.pk:
        raise Refused("不能在这里改自己的账号。", "改密码请到“我的账号”，其他请另一位安全管理员办理。")
    locked(person)
    row = (
        User.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person__unit")
        .filter(pk=user.pk)
        .first()
    )
    if row is None:
        raise NotYours
    return row


def close_sessions(people: Iterable[UUID], *, but: str = "") -> int:
    """End every session of these people's accounts, within the caller's act.  Returns how many."""
    mine = UserSession.objects.filter(user__person__in=list(people)).exclude(session_key=but)
    keys = list(mine.values_list("session_key", flat=True))
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    mine.delete()
    return ended

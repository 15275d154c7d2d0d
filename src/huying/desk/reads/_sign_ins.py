"""Signing in as it was written down: in the words of the account's owner and of the audit administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huying.trail.models import Reading

SIGNED_IN, NOT_SIGNED_IN = "signed_in", "sign_in_refused"
LAST = 10
WAYS = {
    "password": "密码", "provider": "统一登录", "passkey": "通行密钥", "code": "验证码", "recovery": "备用码", "demo": "演示入口",
}  # fmt: skip
WHY_NOT = {"password": "密码不对", "code": "验证码不对", "old_slip": "一次性密码过期"}


@dataclass(frozen=True)
class SignIn:
    """One try: when, whether it opened the account, and by what it did or why it did not."""

    at: datetime
    came_in: bool
    how: str


def sign_in_in_words(row: Reading) -> str:
    """By what somebody came in (``password+code`` as written down), or why not."""
    if row.what == NOT_SIGNED_IN:
        return WHY_NOT.get(row.reason, row.reason)
    return "、".join(WAYS.get(code, code) for code in row.reason.split("+"))


def own_sign_ins(person: UUID) -> list[SignIn]:
    """The last tries to sign in as one person, newest first."""
    rows = Reading.objects.filter(person=person, what__in=(SIGNED_IN, NOT_SIGNED_IN)).order_by("-at")[:LAST]
    return [SignIn(row.at, row.what == SIGNED_IN, sign_in_in_words(row)) for row in rows]


def refused_since_signed_in(person: UUID) -> int:
    """How many tries failed since this person last came in."""
    mine = Reading.objects.filter(person=person)
    last = mine.filter(what=SIGNED_IN).order_by("-at").values_list("at", flat=True).first()
    failed = mine.filter(what=NOT_SIGNED_IN)
    return failed.filter(at__gt=last).count() if last else failed.count()

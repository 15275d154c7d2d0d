"""When a delivery is tried again, when it is given up, and how the letter reads."""

from __future__ import annotations

from datetime import datetime, timedelta

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
GIVE_UP_AFTER = timedelta(hours=24)
# While one worker speaks to the mail server no other takes the same letter; a killed worker's letter goes again after.
LEASE = timedelta(minutes=10)


def next_try(tries: int, created_at: datetime, at: datetime) -> datetime | None:
    """When to try again after the ``tries``-th failure at ``at``; ``None`` once 24 hours have passed."""
    following = at + BACK_OFF[min(tries, len(BACK_OFF)) - 1]
    return following if following <= created_at + GIVE_UP_AFTER else None


def letter(title: str, address: str) -> tuple[str, str]:
    """Subject and body of an e-mail: number, act and link, nothing of the matter itself."""
    body = f"{title}\n\n请登录后查看：{address}\n\n本邮件由系统自动发送，不含事项内容，请勿回复。\n"
    return f"【呼应】{title}", body

"""Anchors leave the house: a file for every day in a folder elsewhere, a letter to whoever keeps them.

No permission is asked here: the page that adds a keeper knows whose roots somebody audits.
"""

from __future__ import annotations

import os
import smtplib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.trail.acts._write import append
from huying.trail.models import Anchor, Keeper
from huying.trail.reads import differing, kept
from huying.trail.rules import Damaged, kept_text, read_kept

log = structlog.get_logger()

MOST = 10  # addresses of one root
LETTER = """这是呼应系统每天的日锚，请妥善保存附件，不用回复。

日锚是一串校验值，里面没有任何人和任何事的内容。以后有人怀疑记录被改动过，拿您保存的文件一核对就知道。

{days}
"""


@transaction.atomic
def add_keeper(*, roots: Iterable[UUID], address: str, by: Actor, at: datetime) -> None:
    """Send the anchors of these roots to an address from now on, those that are there already with the first letter."""
    address = address.strip().lower()
    for root in roots:
        here = Keeper.objects.select_for_update(no_key=True).filter(root=root, ended_at=None)
        if here.filter(address=address).exists():
            raise Invalid({"address": "这个邮箱已经在名单里了。"})
        if here.count() >= MOST:
            raise Invalid({"address": f"最多 {MOST} 个邮箱。请先去掉不用的。"})
        keeper = Keeper.objects.create(root=root, address=address, since=at)
        append(chain=root, root=root, by=by, at=at, act="trail.add_keeper", subject=f"keeper:{keeper.pk}")


@transaction.atomic
def end_keeper(*, roots: Iterable[UUID], keeper: UUID, by: Actor, at: datetime) -> None:
    """Send nothing more to an address, and forget it.  ``Refused`` when it is not among those of these roots."""
    known = list(roots)
    row = Keeper.objects.filter(root__in=known, ended_at=None, pk=keeper).first()
    if row is None:
        raise Refused("这个邮箱已经不在名单里了。")
    for one in Keeper.objects.select_for_update(no_key=True).filter(root__in=known, ended_at=None, address=row.address):
        one.address, one.ended_at, one.error = "", at, ""
        one.save(update_fields=["address", "ended_at", "error"])
        append(chain=one.root, root=one.root, by=by, at=at, act="trail.end_keeper", subject=f"keeper:{one.pk}")


def write_anchors(*, at: datetime) -> int:
    """Write a file for every day that has none yet into the folder the installation names; how many.

    Each file there is compared first.  ``Refused`` when one says something else than the anchors here: then nothing is
    written, for the folder holds the evidence.
    """
    if not settings.HUYING_ANCHORS:
        return 0
    folder = Path(settings.HUYING_ANCHORS)
    folder.mkdir(parents=True, exist_ok=True)
    there = _compared(folder)
    written = 0
    for day in Anchor.objects.order_by("day").values_list("day", flat=True).distinct():
        if day not in there:
            made = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
            _write(folder / name_of(day), kept_text(kept(day=day), {}, made))
            written += 1
    return written


def name_of(day: date) -> str:
    """The name of a day's file."""
    return f"huying-anchors-{day:%Y-%m-%d}.txt"


def _compared(folder: Path) -> set[date]:
    """The days whose files are there and say what the anchors here say."""
    there, out = set(), []
    for path in sorted(folder.glob("huying-anchors-*.txt")):
        try:
            rows = read_kept(path.read_text(encoding="utf-8"))
        except (Damaged, UnicodeDecodeError) as error:
            raise Refused(
                f"带出的日锚文件 {path.name} 坏了。", "请换上另外保存的那一份，或者移走它再重新写出。"
            ) from error
        there |= {one.day for one in rows}
        out += [(one.day, one.root, one.digest) for one in rows]
    _, other = differing(out, {root for _, root, _ in out})
    if other:
        raise Refused(
            f"从 {other[0]} 起，日锚和带出的文件不一样，共 {len(other)} 天。",
            "请保持原样，用 huying trail verify --anchors 核对；如果是从旧备份恢复过，请把这个文件夹改名存好，再重新写出。",
        )
    return there


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def send_anchors(*, at: datetime) -> int:
    """Send every keeper the anchors that are new; how many letters went out.

    The mail server is spoken to outside any transaction.  A letter that was sent twice, because the process died between
    sending and noting it, carries the same identifier.
    """
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        return 0
    waiting: dict[str, list[Keeper]] = {}
    for keeper in Keeper.objects.filter(ended_at=None).order_by("address", "root"):
        waiting.setdefault(keeper.address, []).append(keeper)
    connection = get_connection()
    try:
        return sum(_sent(rows, connection, at) for rows in waiting.values())
    finally:
        connection.close()


def _sent(keepers: list[Keeper], connection: BaseEmailBackend, at: datetime) -> bool:
    """One letter to one address, if there is something new; what came of it is noted."""
    out = [one for keeper in keepers for one in kept([keeper.root], after=keeper.sent_through)]
    if not out:
        return False
    try:
        _letter(keepers[0], sorted(out, key=lambda one: one.day), connection, at).send()
    except (OSError, smtplib.SMTPException) as error:
        connection.close()  # the next letter starts with a fresh one
        log.warning("anchors_not_sent", error=type(error).__name__)
        said = f"没有发出：{type(error).__name__}"
        Keeper.objects.filter(pk__in=[keeper.pk for keeper in keepers]).update(error=said)
        return False
    last = max(one.day for one in out)
    living = Keeper.objects.filter(pk__in=[keeper.pk for keeper in keepers], ended_at=None)
    living.update(sent_through=last, sent_at=at, error="")
    return True


def _letter(keeper: Keeper, out: list, connection: BaseEmailBackend, at: datetime) -> EmailMessage:
    first, last = out[0].day, out[-1].day
    days = (
        f"{last.month}月{last.day}日" if first == last else f"{first.month}月{first.day}日到{last.month}月{last.day}日"
    )
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    letter = EmailMessage(
        subject=f"呼应日锚 {days}",
        body=LETTER.format(days="\n".join(f"{one.day:%Y-%m-%d}  {one.digest}" for one in out[-50:])),
        to=[keeper.address],
        headers={"Message-ID": f"<anchors-{keeper.pk}-{last}@{domain}>", "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    letter.attach(name_of(last), kept_text(out, {}, f"{timezone.localtime(at):%Y-%m-%d %H:%M}").encode(), "text/plain")
    return letter

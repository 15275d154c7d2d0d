"""Founding an installation for a real union: keys, database, first unit, three administrators, recovery sheet."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from huying.kernel.actors import SYSTEM
from huying.kernel.crypto import new_keyring, write_keyring
from huying.kernel.errors import Refused
from huying.mechanism import acts as mechanism
from huying.org import acts as org
from huying.org.models import Role, Unit
from huying.site.migrating import migrate


@dataclass(frozen=True)
class Administrator:
    """One of the three: who it is and how they sign in."""

    role: Role
    name: str
    login: str
    password: str = ""


@dataclass(frozen=True)
class Plan:
    """What the founders decided."""

    level: str
    name: str
    short_name: str
    administrators: tuple[Administrator, ...]
    packs: tuple[str, ...] = ()


def make_keys() -> None:
    """Write the key file and the framework's signing key, unless they are there."""
    keys = Path(settings.HUYING_KEYS)
    for folder in (Path(settings.HUYING_HOME), keys.parent, Path(settings.HUYING_FILES)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not keys.exists():
        write_keyring(new_keyring(), keys)
    secret = keys.parent / "secret"
    if not secret.exists():
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))


def check_empty() -> None:
    """``Refused`` when this home already serves a union."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return
    if Unit._meta.db_table in connection.introspection.table_names() and Unit.objects.exists():
        raise Refused("这里已经有数据了，不能再次建库。", "要另建一套，请把 HUYING_HOME 指向一个空文件夹。")


def prepare_home(*, at: datetime) -> None:
    """An empty home gets keys, a database and what the product ships with."""
    check_empty()
    make_keys()
    migrate()
    mechanism.prepare(by=SYSTEM, at=at)


@transaction.atomic
def found(plan: Plan, *, at: datetime) -> list[Administrator]:
    """Set up the first unit and the three administrators; returns them with their one-time passwords."""
    check_empty()
    unit = org.open_unit(parent=None, level=plan.level, name=plan.name, short_name=plan.short_name, by=SYSTEM, at=at)
    for pack in plan.packs:
        mechanism.adopt(unit=unit, pack_code=pack, by=SYSTEM, at=at)
    opened = []
    for one in plan.administrators:
        person = org.add_person(unit=unit, name=one.name, by=SYSTEM, at=at)
        _, password = org.open_account(person=person, username=one.login, by=SYSTEM, at=at)
        org.appoint(person=person, unit=unit, role=one.role, by=SYSTEM, at=at)
        opened.append(Administrator(one.role, one.name, one.login, password))
    return opened


def fingerprint() -> str:
    """Digest of the key file in groups of four, to tell by eye whether two copies are the same."""
    digest = hashlib.sha256(Path(settings.HUYING_KEYS).read_bytes()).hexdigest()[:32]
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def recovery_sheet(plan: Plan, *, at: datetime) -> str:
    """The sheet to print and lock away: what to keep where and how to get everything back.  No secret stands on it."""
    keys = Path(settings.HUYING_KEYS)
    people = "\n".join(f"  {one.role.label}：{one.name}（登录名 {one.login}）" for one in plan.administrators)
    return f"""呼应 · 恢复单

组织：{plan.name}
建库时间：{at:%Y年%m月%d日 %H:%M}
{people}

一、密钥
  文件：{keys}
  指纹：{fingerprint()}
  职工的密封内容全靠这个文件打开。丢了它，密封内容谁也打不开；别人拿到它和数据，就能打开。
  请把 {keys.parent} 整个文件夹复制到两个优盘，分别锁进两处（例如工会保险柜和上级工会），不要和数据备份放在一起。

二、数据
  文件夹：{settings.HUYING_HOME}
  每天运行一次：huying backup --data-only --to 备份盘的文件夹
  建库后和更换密钥后各运行一次：huying backup --to 备份盘的文件夹（会另外生成密钥文件）

三、恢复
  1. 在新机器上安装同一版本的呼应，把 HUYING_HOME 指向一个空文件夹。
  2. huying restore 数据备份文件 --keys 密钥备份文件
  3. huying check，逐条解决提示的问题；密钥指纹应与上面一致。
  4. huying serve
  已经按要求删除的个人资料，恢复时会再次删除；请使用最近一次的密钥备份，其中有删除清单。

四、交接
  三员（系统、安全、审计）由三个人分别担任。人员变动时由安全管理员办理，并在本单上签注。

保管人签字：                      日期：
"""


def write_sheet(plan: Plan, *, at: datetime) -> Path:
    """Write the sheet into the home, readable by its owner only."""
    path = Path(settings.HUYING_HOME) / f"recovery-sheet-{at:%Y%m%d}.txt"
    path.write_text(recovery_sheet(plan, at=at))
    path.chmod(0o600)
    return path

"""The doctor: what is wrong with this installation, and how to mend it.  ``huying check`` prints it, ``serve`` asks part."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from huying.kernel import jobs, machine
from huying.kernel.crypto import read_keyring
from huying.kernel.errors import Refused
from huying.kernel.scratch import memory_folder
from huying.mechanism.reads import warning as calendar_warning
from huying.notices.reads import mail_is_on, undelivered

NO_SECRET = "not-initialised"  # noqa: S105  (what settings say when there is no secret)
LEAST_SQLITE = (3, 35)
LEAST_POSTGRES = 150_000
LEAST_DISK = 2 * 1024**3
BACKUP_LATE = timedelta(hours=36)  # a nightly backup, and a morning to look into why it failed
BEGINNING = timedelta(days=3)
UNDER_WAY = "upgrade.json"  # stands in the home while an upgrade is not done
BUNDLED_FONTS = Path(__file__).resolve().parents[1] / "papers" / "fonts"


class Mark(StrEnum):
    """How bad it is."""

    GOOD = "正常"
    NOTE = "提醒"
    BAD = "有问题"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands and what to do."""

    mark: Mark
    what: str
    remedy: str = ""


Check = Callable[[datetime], Iterator[Finding]]


def examine(at: datetime) -> Iterator[Finding]:
    """Look at everything; what cannot be looked at is a finding too."""
    for check in CHECKS:
        try:
            yield from check(at)
        except Exception as error:  # a doctor must not die of the patient's illness
            yield Finding(
                Mark.BAD, f"{check.__doc__}没有查成：{type(error).__name__}: {error}", "请先解决上面的问题，再查一次。"
            )


def require_ready() -> None:
    """``Refused`` when keys, settings or database do not allow starting."""
    at = timezone.now()
    for check in (keys, database, unfinished, migrations):
        for finding in check(at):
            if finding.mark is Mark.BAD:
                raise Refused(finding.what, finding.remedy)


def keys(at: datetime) -> Iterator[Finding]:
    """密钥"""
    path = Path(settings.HUYING_KEYS)
    if settings.SECRET_KEY == NO_SECRET or not path.exists():
        yield Finding(
            Mark.BAD, f"没有找到密钥文件 {path}。", "新建系统请运行 huying init；换了机器请把备份里的密钥文件放回原处。"
        )
        return
    try:
        ring = read_keyring(path)
    except (ValueError, PermissionError) as error:
        yield Finding(
            Mark.BAD,
            f"密钥文件读不出来：{error}",
            "请用备份里的密钥文件替换它，不要新建密钥，否则已密封的内容再也打不开。",
        )
        return
    yield Finding(Mark.GOOD, f"密钥可读（共 {len(ring.keys)} 把，正在用 {ring.current}）。")
    for one in (path, path.parent):
        mode = stat.S_IMODE(one.stat().st_mode)
        if mode & 0o077:
            yield Finding(Mark.BAD, f"{one} 的权限是 {mode:o}，别的用户也能读。", f"请运行 chmod go= {one}。")


def folders(at: datetime) -> Iterator[Finding]:
    """数据文件夹"""
    home = Path(settings.HUYING_HOME)
    if not home.is_dir():
        yield Finding(Mark.BAD, f"数据文件夹 {home} 不存在。", "请检查 HUYING_HOME；新建系统请运行 huying init。")
        return
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & 0o007:
        yield Finding(Mark.NOTE, f"数据文件夹 {home} 的权限是 {mode:o}，别的用户也能进。", f"请运行 chmod o= {home}。")
    free = shutil.disk_usage(home).free
    size = f"{free / 1024**3:.1f} GB"
    if free < LEAST_DISK:
        yield Finding(Mark.BAD, f"磁盘只剩 {size}。", "请清理磁盘，或者把 HUYING_HOME 移到更大的磁盘；满了就无法登记。")
    else:
        yield Finding(Mark.GOOD, f"磁盘还有 {size}。")
    if settings.HUYING_SCRATCH and memory_folder(Path(settings.HUYING_SCRATCH), least=0):
        yield Finding(Mark.GOOD, "上传的文件加密以前只放在内存里。")
    else:
        place = settings.HUYING_SCRATCH or tempfile.gettempdir()
        yield Finding(
            Mark.NOTE,
            f"上传的文件加密以前会在 {place} 里放一小会儿，没有加密。",
            "请把系统盘加密；或者用 HUYING_SCRATCH 指定一个内存里的文件夹。",
        )


def database(at: datetime) -> Iterator[Finding]:
    """数据库"""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding(Mark.BAD, f"连不上数据库：{error}", "请检查 DATABASE_URL，并确认数据库已经启动。")
        return
    yield from _postgres() if connection.vendor == "postgresql" else _sqlite()


def _postgres() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version'), "
            "pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
        )
        number, version, encoding, collation = cursor.fetchone()
    if number < LEAST_POSTGRES:
        yield Finding(Mark.BAD, f"PostgreSQL {version} 太旧。", "请升级到 15 或更高版本。")
    if encoding != "UTF8" or collation not in ("C.UTF-8", "C.utf8", "C"):
        remedy = "请另建数据库：createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8 新库名，再用 restore 恢复进去。"
        yield Finding(Mark.BAD, f"数据库的编码是 {encoding}、排序规则是 {collation}，应为 UTF8 和 C.UTF-8。", remedy)
        return
    yield Finding(Mark.GOOD, f"PostgreSQL {version}，编码 {encoding}，排序规则 {collation}。")


def _sqlite() -> Iterator[Finding]:
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        yield Finding(Mark.BAD, f"SQLite {sqlite3.sqlite_version} 太旧。", "请换用更新的 Python，或改用 PostgreSQL。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')")
        has_index = cursor.fetchone()[0]
        settled = {}
        for name in ("journal_mode", "synchronous", "foreign_keys"):
            cursor.execute(f"PRAGMA {name}")
            settled[name] = str(cursor.fetchone()[0]).lower()
    if not has_index:
        yield Finding(Mark.BAD, "这个 SQLite 没有全文检索（FTS5）。", "请换用系统自带的 Python，或改用 PostgreSQL。")
    if settled != {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}:
        remedy = "请确认数据库文件放在本机磁盘上，不要放在网络共享文件夹里。"
        yield Finding(Mark.BAD, f"SQLite 的安全设置没有生效：{settled}。", remedy)
        return
    yield Finding(Mark.GOOD, f"SQLite {sqlite3.sqlite_version}，有全文检索，断电不丢已确认的登记。")


def migrations(at: datetime) -> Iterator[Finding]:
    """数据库结构"""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Finding(
            Mark.BAD,
            f"数据库结构还差 {len(waiting)} 步升级。",
            "请停止 huying serve，运行 huying upgrade（先备份，再升级）。",
        )
    else:
        yield Finding(Mark.GOOD, "数据库结构是最新的。")


def framework(at: datetime) -> Iterator[Finding]:
    """程序设置"""
    for message in checks.run_checks():
        if message.level >= checks.WARNING:
            yield Finding(Mark.NOTE, f"{message.id}：{message.msg}", str(message.hint or "请把这一行交给技术支持。"))
    if settings.HUYING_BASE_URL.startswith("http://") and "127.0.0.1" not in settings.HUYING_BASE_URL:
        remedy = "请配置 HTTPS，并把 HUYING_BASE_URL 改成 https:// 开头的地址。"
        yield Finding(Mark.BAD, "网站没有使用 HTTPS，职工写的内容在网络上能被看到。", remedy)


def calendar(at: datetime) -> Iterator[Finding]:
    """工作日历"""
    said = calendar_warning(timezone.localdate(at))
    if said:
        yield Finding(Mark.NOTE, said, "国务院公布放假安排后，请在“工作日历”里补上；在此之前，跨年的期限标为暂定。")
    else:
        yield Finding(Mark.GOOD, "工作日历是完整的。")


def background(at: datetime) -> Iterator[Finding]:
    """后台任务"""
    if jobs.worker_alive(at):
        yield Finding(Mark.GOOD, "后台任务在运行。")
    else:
        yield Finding(
            Mark.BAD, "后台任务已停止，提醒和邮件都不会发出。", "请用 huying serve 启动，或另外运行 huying worker。"
        )
    for row in jobs.failing():
        yield Finding(
            Mark.BAD,
            f"任务 {row.name} 连续失败 {row.fails} 次：{row.last_error}",
            "会自动重试；一直失败请联系技术支持。",
        )
    if count := jobs.given_up().count():
        yield Finding(Mark.NOTE, f"有 {count} 个一次性任务没有做成。", "请把日志里对应的错误交给技术支持。")


def mail(at: datetime) -> Iterator[Finding]:
    """邮件"""
    if not mail_is_on():
        yield Finding(Mark.NOTE, "没有设置邮件，通知只在系统内显示。", "需要邮件提醒时请设置 HUYING_MAIL。")
        return
    post = get_connection()
    try:
        post.open()
    except OSError as error:
        yield Finding(Mark.BAD, f"连不上邮件服务器：{error}", "请检查 HUYING_MAIL 里的地址、端口和密码。")
    else:
        yield Finding(Mark.GOOD, "邮件服务器可以连接。")
    finally:
        post.close()
    if count := undelivered(at - timedelta(days=7)).count():
        yield Finding(Mark.NOTE, f"最近七天有 {count} 封邮件没有送达。", "请核对收件人的电子邮箱。")


def backups(at: datetime) -> Iterator[Finding]:
    """备份"""
    made = machine.last_backup()
    timer = "请装上每天备份的定时任务（deploy/systemd/huying-backup.timer），或者现在运行 huying backup。"
    founded = Path(settings.HUYING_KEYS)
    if made is None:
        old = founded.exists() and founded.stat().st_mtime < (at - BEGINNING).timestamp()
        yield Finding(Mark.BAD if old else Mark.NOTE, "还没有备份过。", timer)
        return
    when = timezone.localtime(made.at)
    said = f"最近一次备份：{when:%-m月%-d日 %H:%M}，{made.data}（{machine.readable(made.size)}）"
    if not made.verified:
        yield Finding(Mark.BAD, f"{said}，读回来不完整。", "请换一个磁盘再备份一次。")
    elif at - made.at > BACKUP_LATE:
        yield Finding(Mark.BAD, f"{said}，已经 {(at - made.at).days} 天没有备份。", timer)
    else:
        yield Finding(Mark.GOOD, f"{said}，读回核对过。")
    if made.same_disk:
        remedy = "这台机器坏了，数据和备份会一起丢。请用 --to 写到别的磁盘，或者每天复制一份出去。"
        yield Finding(Mark.NOTE, "备份和数据在同一个磁盘上。", remedy)
    if made.keys_at is None:
        yield Finding(
            Mark.NOTE,
            "还没有用 huying backup 另存过密钥。",
            "请运行一次 huying backup（不带 --data-only），把密钥文件锁好。",
        )


def counters(at: datetime) -> Iterator[Finding]:
    """监控"""
    if settings.HUYING_METRICS_TOKEN and len(settings.HUYING_METRICS_TOKEN) < 20:
        yield Finding(Mark.BAD, "HUYING_METRICS_TOKEN 太短，容易被猜到。", "请换成 20 个字符以上的随机字母和数字。")


def unfinished(at: datetime) -> Iterator[Finding]:
    """升级"""
    if (Path(settings.HUYING_HOME) / UNDER_WAY).exists():
        yield Finding(Mark.BAD, "上次升级没有做完。", "请停止 huying serve，再运行一次 huying upgrade。")


def fonts(at: datetime) -> Iterator[Finding]:
    """字体"""
    own = [path for path in Path(settings.HUYING_FONTS).glob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc")]
    bundled = list(BUNDLED_FONTS.glob("*.[ot]t[fc]"))
    if not own and not bundled:
        yield Finding(
            Mark.BAD, "没有可用的中文字体，PDF 里的汉字会缺失。", f"请把字体文件放进 {settings.HUYING_FONTS}。"
        )
    elif not own:
        remedy = f"需要与公文一致的字形时，请把有授权的方正小标宋、仿宋、楷体放进 {settings.HUYING_FONTS}。"
        yield Finding(Mark.NOTE, f"PDF 使用自带的 {len(bundled)} 种字体，与公文标准字体略有差别。", remedy)
    else:
        yield Finding(Mark.GOOD, f"有 {len(own)} 个本单位的字体文件。")


CHECKS: tuple[Check, ...] = (
    *(keys, folders, database, unfinished, migrations, framework, calendar, background, mail, backups, counters, fonts),
)

"""Taking over the data of an earlier release: room, backup, structure, packs, a look.  One way, and the same way again
when it broke off: what is written down here says that the backup of the old state is there already."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

import huying
from huying.kernel import machine
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Refused
from huying.kernel.jobs import worker_alive
from huying.mechanism import acts as mechanism
from huying.site.archive import back_up
from huying.site.doctor import UNDER_WAY, Mark, database, folders, keys, migrations
from huying.site.migrating import migrate
from huying.trail.reads import verify

BACKUPS = "backups"
ROOM = 2  # times the data: the archive, and a table written anew beside the old one

Say = Callable[[str], object]


@dataclass(frozen=True)
class Begun:
    """An upgrade that was begun: the backup of what was there before, and the steps that were ahead then."""

    backup: Path
    at: str
    ahead: tuple[str, ...] = ()


def upgrade(*, at: datetime, say: Say) -> bool:
    """Bring the data to this version's structure.  False when there was nothing to do.  ``Refused`` while it runs, when
    the disk is too small, when keys or database are not as they should be, when a step fails."""
    _check_sound(at)
    waiting = steps_left()
    if not waiting and begun() is None:
        mechanism.prepare(by=SYSTEM, at=at)
        return False
    _check_stopped(at)
    known = begun()
    if known is None or list(known.ahead) == waiting:  # nothing was changed yet, or it was restored since: save anew
        known = _saved(at, waiting, say)
    if waiting:
        say(f"正在升级数据库结构，共 {len(waiting)} 步……")
        _migrate(known)
    mechanism.prepare(by=SYSTEM, at=at)
    say("正在核对留痕……")
    if faults := [
        one for one in verify() if not one.doubtful
    ]:  # a clock once wrong must not keep anybody from upgrading
        raise Refused(f"升级后核对留痕，有 {len(faults)} 处对不上。", _way_back(known))
    _note_path().unlink(missing_ok=True)
    return True


def begun() -> Begun | None:
    """The upgrade that broke off, if one did."""
    try:
        kept = json.loads(_note_path().read_text())
        return Begun(Path(kept["backup"]), str(kept["at"]), tuple(kept["ahead"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def steps_left() -> list[str]:
    """Steps of structure this version has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _note_path() -> Path:
    return Path(settings.HUYING_HOME) / UNDER_WAY


def _check_sound(at: datetime) -> None:
    for check in (keys, folders, database):
        for finding in check(at):
            if finding.mark is Mark.BAD:
                raise Refused(finding.what, finding.remedy)
    if "org_unit" not in connection.introspection.table_names():
        raise Refused("这里还没有建库，不用升级。", "请先运行 huying init。")


def _check_stopped(at: datetime) -> None:
    if worker_alive(at):
        raise Refused(
            "系统正在运行，不能升级。",
            "请先停止 huying serve（和另外启动的 huying worker）；刚断过电的，等三分钟再试。",
        )


def _saved(at: datetime, waiting: list[str], say: Say) -> Begun:
    """Save what is there and write down that this was done."""
    needed = ROOM * (machine.database_size() + _size_of(Path(settings.HUYING_FILES)))
    free = shutil.disk_usage(settings.HUYING_HOME).free
    if free < needed:
        says = f"磁盘只剩 {machine.readable(free)}，升级要 {machine.readable(needed)}。"
        raise Refused(says, "请先清理磁盘，或者把旧的备份移到别处。什么都还没有改动。")
    say("正在备份升级前的数据……")
    made = back_up(Path(settings.HUYING_HOME) / BACKUPS, at=at)
    say(f"备份好了，读回核对过：{made.data}")
    known = Begun(made.data, at.isoformat(), tuple(waiting))
    kept = {"backup": str(known.backup), "at": known.at, "ahead": waiting, "to": huying.__version__}
    _note_path().write_text(json.dumps(kept))
    return known


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _migrate(known: Begun) -> None:
    try:
        migrate()
    except Exception as error:
        raise Refused(f"升级数据库结构没有做完：{type(error).__name__}: {error}", _way_back(known)) from error
    connection.close()
    for finding in migrations(datetime.fromisoformat(known.at)):
        if finding.mark is Mark.BAD:
            raise Refused(finding.what, _way_back(known))


def _way_back(known: Begun) -> str:
    return (
        f"升级前的数据在 {known.backup}。可以再运行一次 huying upgrade 接着做；"
        f"要退回原来的版本，请装回旧版本，再运行 huying restore {known.backup} --force。"
    )

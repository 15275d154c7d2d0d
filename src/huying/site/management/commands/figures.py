"""``huying figures``: count the kept figures anew, or see whether they are right."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Refused
from huying.ledger import acts, reads
from huying.org.models import Unit
from huying.site.command import Command as Base
from huying.site.command import stoppable


class Command(Base):
    """Rebuild or check, root by root."""

    help = "汇总数字平时每分钟自动更新。这里可以从头重算，或者核对是不是和逐件数的一样。"

    def add_arguments(self, parser: CommandParser) -> None:
        """One of the two."""
        parser.add_argument(
            "--rebuild", action="store_true", help="从头重算；随时可以按 Ctrl+C 停下，已有的数字仍然是对的"
        )
        parser.add_argument("--check", action="store_true", help="只核对，不改；有不一样的，退出码为 1")

    def handle(self, *, rebuild: bool, check: bool, **options: Any) -> None:
        """Go through every root."""
        if rebuild == check:
            raise Refused("请选 --rebuild 或 --check 中的一个。")
        if not (self._rebuild() if rebuild else self._check()):
            sys.exit(1)

    def _rebuild(self) -> bool:
        with stoppable() as stopped:
            return all(self._rebuilt(unit, stopped) for unit in _roots())

    def _rebuilt(self, unit: Unit, stopped: Callable[[], bool]) -> bool:
        def progress(done: int, of: int) -> bool:
            self.stdout.write(f"{unit.name}：{done} / {of} 件")
            return not stopped()

        whole = acts.rebuild_figures(root=unit.pk, by=SYSTEM, at=timezone.now(), progress=progress)
        if not whole:
            self.stdout.write("停下了。下次会从头再算；现在的数字仍然可以用。")
        return whole

    def _check(self) -> bool:
        wrong = 0
        for unit in _roots():
            found = acts.check_figures(root=unit.pk, by=SYSTEM, at=timezone.now())
            self.stdout.write(f"{unit.name}：{f'{found} 处不一样' if found else '一致'}")
            wrong += found
        if wrong:
            self.stdout.write(
                "刚刚变动的事项要等一分钟才计入。过一会儿再核对；还不一样，请运行 huying figures --rebuild。"
            )
        return not wrong


def _roots() -> list[Unit]:
    return list(Unit.objects.filter(pk__in=reads.roots()))

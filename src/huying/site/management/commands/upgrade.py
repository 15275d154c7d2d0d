"""``huying upgrade``: bring the data of an earlier version to this one."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

import huying
from huying.site.command import Command as Base
from huying.site.upgrading import begun, upgrade


class Command(Base):
    """Check room, back up, change the structure, load packs, verify the trail."""

    help = """装好新版本以后，把数据升级到这一版。请先停止 huying serve。

依次做：看磁盘够不够、备份、升级数据库结构、装入机制包、核对留痕。
中途断了，再运行一次就接着做；没有做成，会说怎样退回去。"""

    def handle(self, **options: Any) -> None:
        """Do it and say what comes next."""
        if known := begun():
            self.stdout.write(f"上次升级没有做完，现在接着做。升级前的数据在 {known.backup}")
        done = upgrade(at=timezone.localtime(), say=self._say)
        said = f"已升级到 {huying.__version__}。" if done else f"数据已经是 {huying.__version__} 的，不用升级。"
        self.stdout.write(f"{said}接下来：huying check 体检，huying serve 启动。")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

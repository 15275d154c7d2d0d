"""``huying restore``: put a backup back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from huying.site.archive import restore
from huying.site.command import Command as Base


class Command(Base):
    """Restore into this home."""

    help = "从备份恢复。已有数据时拒绝，加 --force 才会把原有数据移到一旁再恢复。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Both files."""
        parser.add_argument("data", type=Path, metavar="数据备份", help="…-data.tar.gz")
        parser.add_argument("--keys", type=Path, metavar="密钥备份", help="…-keys.tar；本机已有同一套密钥时可以不写")
        parser.add_argument("--force", action="store_true", help="这里已有数据也恢复")

    def handle(self, *, data: Path, keys: Path | None, force: bool, **options: Any) -> None:
        """Restore and say what to do next."""
        erased = restore(data, keys, at=timezone.localtime(), force=force)
        self.stdout.write("恢复完成。")
        if erased:
            self.stdout.write(f"按删除清单再次删除了 {erased} 份个人资料的密钥。")
        self.stdout.write("接下来：huying check 体检，再用 huying serve 启动。")

"""``huying backup``: data and keys, in two files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from huying.site.archive import back_up
from huying.site.command import Command as Base
from huying.site.doctor import require_ready


class Command(Base):
    """Back up while running."""

    help = "备份，不用停机。数据（数据库和文件）与密钥写成两个文件，请分开存放。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and whether with keys."""
        parser.add_argument("--to", type=Path, metavar="文件夹", help="写到哪里，默认 HUYING_HOME 下的 backups")
        parser.add_argument("--keep", type=int, default=0, metavar="份数", help="只留最近几份，更早的删掉（默认都留）")
        parser.add_argument("--data-only", action="store_true", help="只备份数据（密钥没有变、已另存过时）")

    def handle(self, *, to: Path | None, data_only: bool, keep: int, **options: Any) -> None:
        """Write and say where."""
        if keep < 0:
            raise CommandError("--keep 请写大于 0 的份数。")
        require_ready()
        folder = to or Path(settings.HUYING_HOME) / "backups"
        made = back_up(folder, at=timezone.localtime(), with_keys=not data_only, keep=keep)
        self.stdout.write(f"数据：{made.data}（{made.data.stat().st_size / 1024**2:.1f} MB），已读回核对。")
        if made.keys:
            self.stdout.write(f"密钥：{made.keys}")
            self.stdout.write(
                "请把这两个文件放到两处：有密钥没数据、有数据没密钥，都看不到密封内容；放在一起就等于没有密封。"
            )
        if to is None:
            self.stdout.write("备份还在这台机器上，请复制到别的磁盘。")

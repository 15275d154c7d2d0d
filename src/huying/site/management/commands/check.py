"""``huying check``: the doctor."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from huying.site.command import Command as Base
from huying.site.doctor import Mark, examine


class Command(Base):
    """Print every finding with its remedy; exit code 1 when something is wrong."""

    help = "体检：哪里不对、怎样修好。有问题时退出码为 1，可以放进定时任务。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Only what is wrong, for timers."""
        parser.add_argument("--quiet", action="store_true", help="只显示有问题的项目")

    def handle(self, *, quiet: bool, **options: Any) -> None:
        """Look at everything."""
        bad = 0
        for finding in examine(timezone.now()):
            bad += finding.mark is Mark.BAD
            if quiet and finding.mark is not Mark.BAD:
                continue
            self.stdout.write(f"【{finding.mark}】{finding.what}")
            if finding.remedy:
                self.stdout.write(f"        {finding.remedy}")
        if bad:
            self.stdout.write(f"\n共有 {bad} 处问题。")
            sys.exit(1)
        if not quiet:
            self.stdout.write("\n没有发现问题。")

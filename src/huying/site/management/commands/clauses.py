"""``huying clauses``: which tests prove which clause."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from huying.kernel.errors import Refused
from huying.site.clauses import PROJECT, clauses
from huying.site.command import Command as Base


class Command(Base):
    """Print clause → tests."""

    help = "列出各条款由哪些测试证明（需要带测试的源代码）。"

    def add_arguments(self, parser: CommandParser) -> None:
        """For people or for programs."""
        parser.add_argument("--json", action="store_true", help="输出 JSON：条款编号 → 测试")

    def handle(self, *, json: bool, **options: Any) -> None:
        """Read the marks and print them."""
        if not (PROJECT / "tests").is_dir():
            raise Refused("这里没有测试代码。", "请在源代码文件夹里运行。")
        found = clauses()
        if json:
            self.stdout.write(_as_json(found))
            return
        for clause, tests in found.items():
            self.stdout.write(f"{clause}（{len(tests)}）")
            for test in tests:
                self.stdout.write(f"  {test}")


def _as_json(found: dict[str, list[str]]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1)

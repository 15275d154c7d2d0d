"""``huying export``: the ledger of a unit as a workbook."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Refused
from huying.ledger.acts import export_unit
from huying.ledger.rules import Selection
from huying.org.reads import unit_called
from huying.site.command import Command as Base


class Command(Base):
    """Writes what the ledger's page would export, for one unit and those below an upper union."""

    help = """导出一个单位的诉求工作台账（.xlsx）。上级工会的台账包括下级单位。

只有公开摘要，没有诉求人的身份；涉及回避的事项不在其中。导出会记入留痕。"""

    def add_arguments(self, parser: CommandParser) -> None:
        """Unit, file and the commonest filters."""
        parser.add_argument("--unit", required=True, metavar="单位", help="单位名称或短代码")
        parser.add_argument("--to", required=True, metavar="文件", help="写到哪个 .xlsx 文件；已有的文件不覆盖")
        parser.add_argument("--since", default="", metavar="日期", help="收到自，例如 2026-01-01")
        parser.add_argument("--until", default="", metavar="日期", help="收到至")
        parser.add_argument("--state", default="", metavar="状态", help="状态代码，例如 archived")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the workbook, readable by its owner only."""
        target = Path(options["to"])
        if target.suffix.lower() != ".xlsx":
            raise Refused(f"{target.name} 不是 .xlsx 文件名。", "请写成例如 --to 台账.xlsx。")
        if target.exists():
            raise Refused(f"{target} 已经有了。", "请换一个文件名，或者先移走它。")
        wanted = {name: options[name] for name in ("since", "until", "state")}
        chosen = Selection.of(wanted)
        for name, text in wanted.items():
            if text and not getattr(chosen, name):
                raise Refused(f"“{text}”不是日期。", "请写成例如 2026-01-01。")
        unit = unit_called(options["unit"])
        with export_unit(unit=unit, chosen=chosen, by=SYSTEM, at=timezone.now()) as book:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                shutil.copyfileobj(book, out)
        self.stdout.write(f"{unit.name} 的台账写好了：{target}")

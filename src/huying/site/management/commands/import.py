"""``huying import``: earlier or outside messages from a file."""  # noqa: N999  (the command is called so)

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from huying.intake.acts import carry_on, choose_columns, drop_sheet, import_sheet, keep_sheet
from huying.intake.models import Batch
from huying.intake.reads import FIELDS, Outlook, outlook
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, Refused
from huying.org.reads import unit_called
from huying.site.command import Command as Base


class Command(Base):
    """Does what the page 导入来件 does, for one unit, all or nothing."""

    help = """从 .csv 或 .xlsx 导入来件，登记到一个单位。

第一行是列名，会自动认出内容、标题、时间、姓名、电话。有一行不对就一件也不导入；
导入过的不会重复登记。收到的日期照表格，受理时限从导入时算起。"""

    def add_arguments(self, parser: CommandParser) -> None:
        """File, unit, columns and how they are registered."""
        labels = "、".join(f"{field.code}（{field.label}）" for field in FIELDS)
        parser.add_argument("file", metavar="文件", help=".csv（UTF-8 或 GB18030）或 .xlsx")
        parser.add_argument("--unit", required=True, metavar="单位", help="单位名称或短代码")
        parser.add_argument("--channel", default="online", metavar="方式", help="受理方式的代码，默认 online（网络）")
        parser.add_argument("--column", action="append", default=[], metavar="项=列名", help=f"指定某一列：{labels}")
        parser.add_argument("--named", action="store_true", help="有姓名的按实名登记（默认保密）")
        parser.add_argument("--public", action="store_true", help="来件本来就是公开的，遮盖后直接作为公开摘要")
        parser.add_argument("--try", action="store_true", dest="only_try", help="只核对，不导入")

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep, choose, look, import."""
        path, at = Path(options["file"]), timezone.now()
        if not path.is_file():
            raise Refused(f"没有这个文件：{path}。", "请检查文件名和位置。")
        unit = unit_called(options["unit"])
        with transaction.atomic():
            batch = keep_sheet(content=path.read_bytes(), unit=unit, by=SYSTEM, at=at)
            seen = outlook(batch, at)
            columns = batch.columns | _named(options["column"], seen.table.headings)
            batch = choose_columns(
                batch_id=batch.pk,
                columns=columns,
                channel=options["channel"],
                secrecy="named" if options["named"] else "sealed",
                release=options["public"],
                by=SYSTEM,
                at=at,
            )
        seen = outlook(batch, at)
        self._show(batch, seen)
        if options["only_try"] or seen.faults:
            drop_sheet(batch_id=batch.pk, by=SYSTEM, at=at)
            if seen.faults:
                raise Refused(f"有 {len(seen.faults)} 处要先改好，一件也没有导入。")
            return
        import_sheet(batch_id=batch.pk, by=SYSTEM, at=at)
        carry_on(batch_id=batch.pk, by=SYSTEM, at=at)
        batch.refresh_from_db()
        self.stdout.write(f"登记了 {batch.brought} 件，跳过重复的 {batch.skipped} 件。")

    def _show(self, batch: Batch, seen: Outlook) -> None:
        labels = {field.code: field.label for field in FIELDS}
        chosen = "，".join(f"{labels[code]}：{seen.table.headings[column]}" for code, column in batch.columns.items())
        self.stdout.write(f"选列　{chosen}")
        self.stdout.write(f"要登记 {len(seen.new)} 件，文件里重复 {seen.in_file} 件，以前导入过 {seen.known} 件。")
        for fault in seen.faults[:50]:
            self.stdout.write(f"  第 {fault.line} 行：{fault.message}")


def _named(given: list[str], headings: tuple[str, ...]) -> dict[str, int]:
    """``--column 项=列名`` as numbers of columns."""
    chosen = {}
    for one in given:
        code, _, heading = one.partition("=")
        if code not in {field.code for field in FIELDS} or heading not in headings:
            raise Invalid({"column": f"“{one}”不对，请写成例如 words=留言内容；列名有：{'、'.join(headings)}。"})
        chosen[code] = headings.index(heading)
    return chosen

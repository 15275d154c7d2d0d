"""``huying erase``: what erasing somebody would touch; and carrying out what was asked for and is no longer held."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from huying.cases.acts import expire_due, rehearse_erasure
from huying.cases.models import Case, Party, PersonRequest
from huying.cases.reads import stops
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Refused
from huying.site.command import Command as Base
from huying.site.doctor import require_ready


class Command(Base):
    """Rehearse, or carry out what is due."""

    help = (
        "清除一个人的信息由工会同意、第二人批准，在“个人信息”页面办。这里：写编号加 --dry-run，看清除一件事里的人会动哪些记录；"
        "不写编号，把因保全或法定保存期冻结、现在期满的清除掉（夜里会自动做）。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Of which case, or what is due."""
        parser.add_argument("number", nargs="?", default="", metavar="编号", help="事项编号，例如 山机工诉〔2026〕12号")
        parser.add_argument("--dry-run", action="store_true", help="只看，不清除")

    def handle(self, *, number: str, dry_run: bool, **options: Any) -> None:
        """One of the two."""
        require_ready()
        if number and not dry_run:
            raise Refused("清除一个人要由工会同意、第二人批准。", "请在“个人信息”页面办；这里只能加 --dry-run 看一看。")
        if number:
            self._rehearse(number)
        elif dry_run:
            waiting = PersonRequest.objects.filter(state="frozen")
            due = sum(not stops(row.party, timezone.localdate()) for row in waiting.select_related("party__case"))
            self.stdout.write(f"冻结着 {waiting.count()} 人，其中期满可以清除的 {due} 人。没有清除。")
        else:
            gone = expire_due(by=SYSTEM, at=timezone.now(), progress=self._progress)
            self.stdout.write(f"清除了 {gone} 人。")

    def _progress(self, done: int, of: int) -> bool:
        self.stdout.write(f"{done} / {of}")
        return True

    def _rehearse(self, number: str) -> None:
        case = Case.objects.filter(number=number).first()
        if case is None:
            raise Refused(f"没有编号是“{number}”的事项。")
        for count, party in enumerate(
            Party.objects.filter(case=case).select_related("case__holder", "case__merged_into"), 1
        ):
            if party.erased_at is not None:
                self.stdout.write(f"第 {count} 人：已经清除。")
                continue
            touched = rehearse_erasure(party_id=party.pk, by=SYSTEM, at=timezone.now())
            words = "，".join(f"{room} {rows} 处" for room, rows in touched.items() if rows)
            self.stdout.write(f"第 {count} 人：会动 {words or '0 处'}，并销毁密钥。")
            for stop in stops(party, timezone.localdate()):
                self.stdout.write(f"  现在不能清除：{stop.says}")
        self.stdout.write("只是看一看，什么都没有改。")

"""``huying retention``: what has served its time; shown, or taken away where the rules turn that on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from huying.cases.acts import expire_due
from huying.cases.reads import expiring
from huying.kernel.actors import SYSTEM
from huying.org.models import Unit
from huying.site.command import Command as Base
from huying.site.command import stoppable
from huying.site.doctor import require_ready


class Command(Base):
    """Show or do."""

    help = (
        "办结满保存期的事，清除身份和原话（细则打开“到期自动清除”的单位每天夜里自动做）。--dry-run 只按单位列出人数。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Only look."""
        parser.add_argument("--dry-run", action="store_true", help="只看，不清除")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        """Counts by union, then, unless only looked at, the erasing."""
        require_ready()
        rows = expiring(Unit.objects.filter(has_union=True).order_by("path"), timezone.localdate())
        for one in rows:
            how = "自动清除" if one.auto else "只列出"
            self.stdout.write(f"{one.unit.name}：满 {one.years} 年 {one.due} 人，暂不清除 {one.held} 人（{how}）")
        if not rows:
            self.stdout.write("没有到期的。")
        if dry_run:
            return
        with stoppable() as stopped:

            def progress(done: int, of: int) -> bool:
                self.stdout.write(f"{done} / {of}")
                return not stopped()

            gone = expire_due(by=SYSTEM, at=timezone.now(), progress=progress)
        self.stdout.write(f"清除了 {gone} 人。")

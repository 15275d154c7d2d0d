"""``huying recount``: the figures that are kept, counted anew from what happened."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from huying.duties.acts import recount
from huying.duties.reads import unions
from huying.kernel.actors import SYSTEM
from huying.site.command import Command as Base
from huying.site.doctor import require_ready


class Command(Base):
    """Count the duties of every union anew."""

    help = "把各单位的履职数字从事项、会议和测评重新算一遍。平时每天夜里自动算，恢复备份以后可以手动算一次。"

    def handle(self, **options: Any) -> None:
        """Count and say how much was different."""
        require_ready()
        units = list(unions())
        changed = recount(units=units, by=SYSTEM, at=timezone.now())
        self.stdout.write(f"重新算了 {len(units)} 个单位的履职数字，改正 {changed} 处。")

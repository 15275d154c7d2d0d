"""``huying worker``: background work alone."""

from __future__ import annotations

from typing import Any

from huying.site.command import Command as Base
from huying.site.serving import work


class Command(Base):
    """Work until SIGTERM or Ctrl+C."""

    help = "只运行后台任务：期限提醒、邮件、每日存证。网站由别的进程提供时使用。"

    def handle(self, **options: Any) -> None:
        """Hand over to the worker."""
        work()

"""``huying serve``: web and worker together."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser

from huying.site.command import Command as Base
from huying.site.serving import serve


class Command(Base):
    """Serve until SIGTERM or Ctrl+C."""

    help = "启动网站和后台任务。SIGTERM 或 Ctrl+C 后做完手上的事再结束。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只在本机（前面放 HTTPS 代理）")
        parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000")

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        """Hand over to the supervisor."""
        code = serve(host, port, self.stdout.write)
        if code:
            sys.exit(code)

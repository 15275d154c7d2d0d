"""``huying demo``: the demo county, served on this machine only."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from typing import Any

from django.core.management.base import CommandParser
from django.db import connection
from django.utils import timezone

from huying.site.command import Command as Base
from huying.site.demo.build import build
from huying.site.demo.entrance import demo_posts, receipts
from huying.site.founding import make_keys
from huying.site.migrating import migrate
from huying.site.serving import require_free

HOST = "127.0.0.1"


class Command(Base):
    """Build the county once, say who can be tried, serve."""

    help = "在本机启动演示：建好示例县总工会和一年的示例事项，再启动网站。第二次启动保留数据。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The port, and building without serving."""
        parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000")
        parser.add_argument("--build-only", action="store_true", help="只建好演示数据，不启动网站")

    def handle(self, *, port: int, build_only: bool, **options: Any) -> None:
        """Everything that is missing, then the list, then the site."""
        if not build_only:
            require_free(HOST, port)
        make_keys()
        migrate()
        self.stdout.write("正在准备演示县（第一次要一两分钟）……", ending="")
        self.stdout.flush()
        self.stdout.write("建好了。" if build(at=timezone.now()) else "数据还在，接着用。")
        self._tell(port)
        if not build_only:
            self._serve(port)

    def _tell(self, port: int) -> None:
        address = f"http://{HOST}:{port}"
        self.stdout.write(
            f"\n职工页面  {address}/\n工作台    {address}/accounts/login/  点一个人就能进去，不用密码：\n"
        )
        for unit, posts in groupby(demo_posts(timezone.localdate()), key=lambda post: post.unit):
            self.stdout.write(f"  {unit}")
            for post in posts:
                self.stdout.write(f"    {post.name}  {post.role}")
        self.stdout.write("\n用号码看职工这一边（在职工页面点“说过了？看看办到哪一步”）：")
        for what, receipt, case in receipts():
            self.stdout.write(f"  {receipt}  {case.number}  {what}")
        self.stdout.write("")

    def _serve(self, port: int) -> None:
        """``serve`` in place of this process, which read its settings before there were keys."""
        self.stdout.flush()
        connection.close()
        os.environ["HUYING_DEMO"] = "1"
        os.environ.setdefault("HUYING_BASE_URL", f"http://{HOST}:{port}")
        command = [sys.executable, "-m", "huying.site.cli", "serve", "--host", HOST, "--port", str(port)]
        os.execv(sys.executable, command)  # noqa: S606  (our own program, our own words)

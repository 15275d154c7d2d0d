"""``huying keys``: a new installation key, and when the old one may go."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from huying.kernel import crypto, rotation
from huying.kernel.errors import Refused
from huying.site.command import Command as Base
from huying.site.command import stoppable
from huying.site.doctor import require_ready


class Command(Base):
    """Rotate, show, drop."""

    help = (
        "更换安装密钥，不用停机：rotate 换上新密钥并把各人的密钥重新封好（可以停，再运行就接着做），"
        "status 看换到哪里，drop 把不再用的旧密钥从密钥文件里删掉。换过以后请重新备份密钥。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("what", choices=["rotate", "status", "drop"], metavar="rotate|status|drop", help="做什么")
        parser.add_argument("--batch", type=int, default=rotation.BATCH, metavar="条数", help="一批换多少（默认 200）")
        parser.add_argument("--now", action="store_true", help="drop：旧密钥停用不到一天也删")
        parser.add_argument("--yes", action="store_true", help="drop：不再问，直接删")

    def handle(self, *, what: str, batch: int, now: bool, yes: bool, **options: Any) -> None:
        """One of the three."""
        require_ready()
        if what == "rotate":
            self._rotate(max(1, batch))
        elif what == "status":
            self._status()
        else:
            self._drop(now=now, yes=yes)

    def _rotate(self, batch: int) -> None:
        with stoppable() as stopped:
            fresh = rotation.begin(at=timezone.now())
            self.stdout.write("换上了新密钥。" if fresh else "上次没有换完，接着换。")
            self.stdout.flush()

            def progress(done: int, of: int) -> bool:
                self.stdout.write(f"{done} / {of}")
                self.stdout.flush()
                return not stopped()

            whole = rotation.rewrap(progress, batch)
        if not whole:
            self.stdout.write("停下了。新旧密钥都还在，什么都打得开；再运行一次就接着换。")
            return
        self.stdout.write("换完了。请现在用 huying backup 重新备份密钥；一天以后运行 huying keys drop 删掉旧密钥。")

    def _status(self) -> None:
        ring = crypto.keyring()
        for name, count in rotation.counts().items():
            since = ring.retired.get(name, "")[:10]
            state = "现在用的" if name == ring.current else f"旧的，{since} 停用"
            self.stdout.write(f"{name}：封着 {count} 处（{state}）")

    def _drop(self, *, now: bool, yes: bool) -> None:
        if not yes:
            said = input("删掉旧密钥以后，更早的数据备份要用更早的密钥备份才能恢复。确定请输入“删”：")
            if said.strip() != "删":
                raise Refused("没有删。")
        gone = rotation.drop(at=timezone.now(), now=now)
        self.stdout.write(f"删掉了 {'、'.join(gone)}。请现在用 huying backup 重新备份密钥。")

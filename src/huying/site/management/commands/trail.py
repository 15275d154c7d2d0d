"""``huying trail``: verify the whole trail, carry its anchors out of the house."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser
from django.utils import timezone

from huying.kernel.errors import Refused
from huying.mechanism.acts import INSTALLATION
from huying.org.models import Unit
from huying.papers.reads import anchors_pdf
from huying.site.command import Command as Base
from huying.site.command import stoppable
from huying.trail import reads
from huying.trail.rules import Damaged, Kept, kept_text, read_kept

SHOWN = 50


class Command(Base):
    """Verify, or export anchors."""

    help = (
        "huying trail verify            逐条核对留痕：记录、链头、日锚、查阅记录。有问题退出码是 1，中途停下是 2。\n"
        "huying trail anchors export    把日锚写成文件（.txt）或可以打印的一页（.pdf），交给单位以外的人保管。\n\n"
        "只有和保存在外面的日锚核对（--anchors），才看得出有没有人连日锚一起重做过。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do and with which file."""
        parser.add_argument("act", choices=["verify", "anchors"], help="核对，或者导出日锚")
        parser.add_argument("what", nargs="?", choices=["export"], help="日锚：export 导出")
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="日期",
            help="verify 只核对这天以后有变动的链（日锚、查阅记录照样全核对）；anchors 只导出这天以后的",
        )
        parser.add_argument(
            "--anchors", action="append", default=[], metavar="文件", help="保存在外面的日锚文件，可写多次"
        )
        parser.add_argument("--to", metavar="文件", help="导出到哪里：.txt 是全部，.pdf 是一天的（默认最近一天）")
        parser.add_argument("--day", type=date.fromisoformat, metavar="日期", help="导出这一天的")

    def handle(self, *, act: str, what: str | None, **options: Any) -> None:
        """One of the two."""
        if act == "verify" and what is None:
            self._verify(options["since"], _kept(options["anchors"]))
        elif act == "anchors" and what == "export" and options["to"]:
            self._export(Path(options["to"]), options["since"], options["day"])
        else:
            raise Refused("请写 huying trail verify，或者 huying trail anchors export --to 文件。")

    # --- verify ---------------------------------------------------------------------------------------------------------

    def _verify(self, since: date | None, kept: list[Kept]) -> None:
        self._last = -1
        start = timezone.make_aware(datetime.combine(since, time.min)) if since else None
        with stoppable() as stopped:
            try:
                faults = reads.verify(since=start, progress=lambda done, of: self._progress(done, of) and not stopped())
            except reads.Stopped as end:
                self.stdout.write(f"停下了：核对了 {end.done} 条，没有核对完。")
                sys.exit(2)
        named = _names()
        self._say_faults(faults, named)
        differs = self._say_kept(kept, named)
        if faults or differs:
            self.stdout.write("请先备份并保持原样，不要恢复或清理，再告诉审计管理员。")
            sys.exit(1)

    def _progress(self, done: int, of: int) -> bool:
        """How far it is: on one line for people, a line for every tenth in a log."""
        tenth = done * 10 // of if of else 10
        if self.stderr.isatty():
            self.stderr.write(f"\r核对 {done} / {of}", ending="\n" if done >= of else "")
        elif tenth != self._last:
            self.stderr.write(f"核对 {done} / {of}")
        self._last = tenth
        return True

    def _say_faults(self, faults: list[reads.Fault], named: dict[UUID, str]) -> None:
        if not faults:
            self.stdout.write("记录、链头、日锚、查阅记录都接得上。")
            return
        self.stdout.write(f"有 {len(faults)} 处不对：")
        for one in faults[:SHOWN]:
            where = (named.get(one.chain) or f"事项 {reads.neutral_code(one.chain)}") if one.chain else "日锚"
            self.stdout.write(f"  {where}{f' 第 {one.seq} 条' if one.seq else ''}：{one.what}")
        if len(faults) > SHOWN:
            self.stdout.write(f"  ……还有 {len(faults) - SHOWN} 处")

    def _say_kept(self, kept: list[Kept], named: dict[UUID, str]) -> bool:
        """What the anchors from outside prove; whether any differs."""
        if not kept:
            self.stdout.write(
                "没有拿保存在外面的日锚核对（--anchors 文件）。有人若连日锚一起重做过，只有那样才看得出来。"
            )
            return False
        proofs = reads.compare(kept)
        for one in proofs:
            name = named.get(one.root, str(one.root))
            if one.other:
                self.stdout.write(f"{name}：有 {len(one.other)} 天的日锚和带出的不一样，最早是 {one.other[0]}。")
            if one.until:
                self.stdout.write(f"{name}：到 {one.until} 为止的 {one.covered} 条记录，和带出的日锚相符，没有被改动。")
            if one.after:
                self.stdout.write(
                    f"{name}：其后的 {one.after} 条还没有带出的日锚作证。它们前后接得上；整条重写过的话，这里看不出来。"
                )
        return any(one.other for one in proofs)

    # --- export -----------------------------------------------------------------------------------------------------------

    def _export(self, to: Path, since: date | None, day: date | None) -> None:
        if to.exists():
            raise Refused(f"{to} 已经有了。", "请换一个文件名。")
        if to.suffix == ".pdf":
            day = day or reads.newest()
        kept = reads.kept(after=since, day=day)
        if not kept:
            raise Refused("没有日锚。", "后台程序每天夜里封一个；没有的话，请看后台程序是否在运行。")
        named = _names()
        if to.suffix == ".pdf":
            to.write_bytes(anchors_pdf(kept, named, timezone.localdate()))
        else:
            made = f"{timezone.localtime():%Y-%m-%d %H:%M}"
            to.write_bytes(kept_text(kept, {one.root: named.get(one.root, "") for one in kept}, made).encode())
        self.stdout.write(f"{len(kept)} 个日锚，写到 {to}。请交给单位以外的人保管。")


def _names() -> dict[UUID, str]:
    return {**dict(Unit.objects.values_list("pk", "name")), INSTALLATION: "全系统共用"}


def _kept(paths: list[str]) -> list[Kept]:
    """The anchors of all files.  ``Refused`` for one that is none."""
    found: list[Kept] = []
    for path in paths:
        try:
            rows = read_kept(Path(path).read_text(encoding="utf-8-sig"))
        except Damaged as error:
            raise Refused(f"{path} 坏了：内容和它自己的校验值对不上。", "请换另外保存的那一份。") from error
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"{path} 打不开。") from error
        if not rows:
            raise Refused(f"{path} 里没有日锚。", "请选从“留痕”页面或 huying trail anchors export 存下的文件。")
        found += rows
    return found

"""``huying clauses``: which tests prove which clause, and whether they would notice a weakened rule."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from huying.kernel.errors import Refused
from huying.site.clauses import PROJECT, clauses
from huying.site.command import Command as Base
from huying.site.mutating import Outcome, chosen, report, tried

STATES = {"survived": "没有测试发现", "untested": "没有标这一条的测试", "broken": "没有跑成"}


class Command(Base):
    """Print clause → tests; with ``--mutate`` weaken each pack rule in turn and name those no test misses."""

    help = (
        "列出各条款由哪些测试证明（需要带测试的源代码）。\n\n"
        "--mutate 把机制包的规则逐条削弱（3 天改成 30 天、去掉一项、改成工作日……），每次只跑标了这一条的测试，\n"
        "列出削弱了也没有测试发现的规则。有这样的规则时退出码是 1。要很久，可以中断后用 --resume 接着跑。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """For people or for programs; what to weaken and how."""
        parser.add_argument("--json", action="store_true", help="输出 JSON：条款编号 → 测试")
        parser.add_argument("--mutate", action="store_true", help="逐条削弱规则，看测试能不能发现")
        parser.add_argument("--only", action="append", default=[], metavar="条款", help="只削弱这一条的规则，可写多次")
        parser.add_argument("--house", action="store_true", help="起始值（house.yaml）也削弱")
        parser.add_argument("--list", action="store_true", help="只列出会怎样削弱，不跑测试")
        parser.add_argument("--jobs", type=int, default=1, metavar="个", help="同时跑几个，默认 1")
        parser.add_argument("--resume", action="store_true", help="以前已经被测试发现的不再跑")
        parser.add_argument("--write", action="store_true", help="把结果写进 docs/mutations.md")

    def handle(self, *, json: bool, mutate: bool, **options: Any) -> None:
        """Read the marks and print them, or weaken the rules."""
        if not (PROJECT / "tests").is_dir():
            raise Refused("这里没有测试代码。", "请在源代码文件夹里运行。")
        if mutate or options["list"]:
            self._mutate(**options)
            return
        found = clauses()
        if json:
            self.stdout.write(_as_json(found))
            return
        for clause, tests in found.items():
            self.stdout.write(f"{clause}（{len(tests)}）")
            for test in tests:
                self.stdout.write(f"  {test}")

    def _mutate(
        self, *, only: list[str], house: bool, list: bool, jobs: int, resume: bool, write: bool, **_: Any
    ) -> None:
        work = chosen(only, house=house)
        if list:
            for one in work:
                self.stdout.write(one.key)
            return
        outcomes = tried(work, jobs=max(1, jobs), resume=resume, said=self._progress)
        left = [one for one in outcomes if one.state != "missed"]
        for outcome in left:
            self.stdout.write(f"{STATES[outcome.state]}：{outcome.mutation.key}")
        self.stdout.write(f"削弱 {len(outcomes)} 处，被测试发现 {len(outcomes) - len(left)} 处。")
        if write:
            self._write(outcomes, house=house)
        if left:
            raise SystemExit(1)

    def _progress(self, done: int, of: int) -> None:
        """How far it is, on one line."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} / {of}", ending="")

    def _write(self, outcomes: list[Outcome], *, house: bool) -> None:
        command = f"huying clauses --mutate{' --house' if house else ''} --write"
        (PROJECT / "docs" / "mutations.md").write_text(report(outcomes, command), encoding="utf-8")


def _as_json(found: dict[str, list[str]]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1)

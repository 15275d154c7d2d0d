"""``huying init``: an installation for a real union."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from huying.mechanism.reads import shipped_packs
from huying.org.models import Level, Role
from huying.site.command import Command as Base
from huying.site.founding import Administrator, Plan, check_empty, found, prepare_home, write_sheet

ADMINISTRATORS = {
    "system_admin": (Role.SYSTEM_ADMIN, "维护组织、人员和系统运行"),
    "security_admin": (Role.SECURITY_ADMIN, "任免角色、开停账号"),
    "audit_admin": (Role.AUDIT_ADMIN, "查看留痕与查阅记录"),
}


class Command(Base):
    """Ask, or take from options, what is needed; make everything; show the passwords once."""

    help = "为真实的工会建库：首个组织、三员账号、密钥和恢复单。不带选项时逐项询问。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Everything that is asked can be given."""
        levels = "、".join(f"{value}（{label}）" for value, label in Level.choices)
        parser.add_argument("--name", help="组织名称，例如“某某县总工会”")
        parser.add_argument("--level", choices=Level.values, metavar="层级", help=f"层级：{levels}")
        parser.add_argument("--short-name", help="简称，用在编号里，不超过 12 个字")
        for name, (role, what) in ADMINISTRATORS.items():
            option = "--" + name.replace("_", "-")
            parser.add_argument(option, metavar="姓名:登录名", help=f"{role.label}：{what}")
        parser.add_argument("--pack", action="append", dest="packs", metavar="代码", help="采用的机制包，可以写多次")
        parser.add_argument("--no-input", action="store_true", help="不询问，缺少必填项就停下")

    def handle(self, **options: Any) -> None:
        """Make the home, then found the union in one go."""
        self.asking = not options["no_input"]
        check_empty()
        plan = self._plan(options)
        at = timezone.localtime()
        prepare_home(at=at)
        plan = replace(plan, packs=tuple(options["packs"] or self._ask_packs()))
        opened = found(plan, at=at)
        sheet = write_sheet(plan, at=at)
        self._tell(opened, str(sheet))

    def _plan(self, options: dict[str, Any]) -> Plan:
        name = options["name"] or self._ask("组织名称")
        level = options["level"] or self._ask_level()
        short = options["short_name"] or self._ask("简称（用在编号里）")
        people = tuple(self._administrators(options))
        if len({one.login for one in people}) < len(people) or len({one.name for one in people}) < len(people):
            raise CommandError("三员必须是三个不同的人，登录名也不能相同。")
        return Plan(level, name, short, people)

    def _administrators(self, options: dict[str, Any]) -> Iterator[Administrator]:
        for option, (role, what) in ADMINISTRATORS.items():
            given = options[option]
            if given:
                name, _, login = given.replace("：", ":").partition(":")
                if not name or not login:
                    raise CommandError(f"{role.label}请写成“姓名:登录名”。")
            else:
                name = self._ask(f"{role.label}（{what}）姓名")
                login = self._ask(f"{role.label}登录名（小写字母和数字）")
            yield Administrator(role, name.strip(), login.strip())

    def _ask(self, question: str) -> str:
        if not self.asking:
            raise CommandError(f"缺少：{question}。")
        while not (answer := input(f"{question}：").strip()):
            self.stdout.write("这一项必须填写。")
        return answer

    def _ask_level(self) -> str:
        if self.asking:
            for number, label in enumerate(Level.labels, 1):
                self.stdout.write(f"  {number}  {label}")
        while True:
            answer = self._ask("层级（填编号）")
            if answer.isdigit() and 1 <= int(answer) <= len(Level.values):
                return Level.values[int(answer) - 1]
            self.stdout.write(f"请填 1 到 {len(Level.values)}。")

    def _ask_packs(self) -> Iterator[str]:
        """Packs are asked for one by one; without questions none is adopted (it can be done later on the desk)."""
        if not self.asking:
            return
        for pack in shipped_packs():
            if input(f"采用《{pack.title}》（{pack.number}）吗？[Y/n] ").strip().lower() in ("", "y", "yes", "是"):
                yield pack.code

    def _tell(self, opened: list[Administrator], sheet: str) -> None:
        self.stdout.write("\n建好了。下面的初始密码只显示这一次，请当面交给本人，首次登录必须修改：\n")
        for one in opened:
            self.stdout.write(f"  {one.role.label}  {one.name}  登录名 {one.login}  初始密码 {one.password}")
        self.stdout.write(f"\n恢复单：{sheet}\n请打印、签字、锁好，并按单子上说的另存密钥。")
        self.stdout.write("接下来：huying check 体检，huying serve 启动。")

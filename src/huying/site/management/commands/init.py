"""``huying init``: an installation for a real union."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from huying.kernel.errors import Refused
from huying.mechanism.reads import shipped_packs
from huying.org.models import Level, Role
from huying.org.rules import login_fault
from huying.site.asking import Answers, Question, agree, ask, pick
from huying.site.command import Command as Base
from huying.site.founding import Administrator, Plan, check_empty, found, prepare_home, write_sheet

ADMINISTRATORS = {
    "system_admin": (Role.SYSTEM_ADMIN, "维护组织、人员和系统运行"),
    "security_admin": (Role.SECURITY_ADMIN, "任免角色、开停账号"),
    "audit_admin": (Role.AUDIT_ADMIN, "查看留痕与查阅记录"),
}
WELCOME = """为真实的工会建库，大约三分钟。先准备好：
  · 工会的全称；
  · 三位管理员（三员）的姓名。三个人分别担任，谁也看不到事项，互相制约。
答错了不要紧：任何一问填 < 就回到上一问；全部答完会让您再看一遍，同意了才建。"""
LONGEST_NAME, LONGEST_SHORT, LONGEST_PERSON = 80, 12, 40


class Command(Base):
    """Ask, or take from options, what is needed; show it; make everything; show the passwords once."""

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
        """Ask until it is agreed to; then make the home and found the union in one go."""
        self.asking = not options["no_input"]
        check_empty()
        given = dict(_given(options))
        plan = self._agreed(given) if self.asking else _plan(_complete(given))
        at = timezone.localtime()
        prepare_home(at=at)
        plan = replace(plan, packs=tuple(options["packs"] or self._ask_packs()))
        opened = found(plan, at=at)
        sheet = write_sheet(plan, at=at)
        self._tell(opened, str(sheet))
        if self.asking and agree("现在就启动网站吗？", input, self.stdout.write):
            self._serve()

    def _agreed(self, given: Answers) -> Plan:
        self.stdout.write(WELCOME)
        while True:
            plan = _plan(ask(QUESTIONS, given, input, self.stdout.write))
            self.stdout.write("\n请再看一遍：")
            self.stdout.write(f"  组织　　　　{plan.name}（{Level(plan.level).label}，简称“{plan.short_name}”）")
            for one in plan.administrators:
                self.stdout.write(f"  {one.role.label}　{one.name}　登录名 {one.login}")
            self.stdout.write(f"  数据放在　　{settings.HUYING_HOME}")
            if agree("就这样建库吗？", input, self.stdout.write):
                return plan
            self.stdout.write("好，从头再来一遍，什么都还没有建。")

    def _ask_packs(self) -> list[str]:
        """Which packs; without questions, or by a bare return, none is adopted (it can be done later on the desk)."""
        if not self.asking:
            return []
        packs = list(shipped_packs())
        self.stdout.write("\n机制包是一份文件里的规定：时限、次数、表格都按它来。上级采用的，下级一同沿用。")
        for number, pack in enumerate(packs, 1):
            self.stdout.write(f"    {number}  {pack.number}　{pack.title}")
        words = "采用哪几份？写前面的编号，几份就用逗号隔开；拿不准直接回车，以后在“机制和细则”里采用："
        return [packs[number].code for number in pick(words, len(packs), input, self.stdout.write)]

    def _tell(self, opened: list[Administrator], sheet: str) -> None:
        self.stdout.write("\n建好了。下面的初始密码只显示这一次，请当面交给本人，首次登录必须修改：\n")
        for one in opened:
            self.stdout.write(f"  {one.role.label}  {one.name}  登录名 {one.login}  初始密码 {one.password}")
        self.stdout.write(f"\n恢复单：{sheet}\n请打印、签字、锁好，并按单子上说的另存密钥。")
        self.stdout.write(
            f"\n接下来：huying check 体检，huying serve 启动。启动后三位管理员打开\n  {settings.HUYING_BASE_URL}/desk/"
        )
        self.stdout.write("登录，照“开始使用”一步一步做，大约十分钟就能收第一件事。")

    def _serve(self) -> None:
        """``serve`` in place of this process, which read its settings before there were keys."""
        self.stdout.flush()
        connection.close()
        os.execv(sys.executable, [sys.executable, "-m", "huying.site.cli", "serve"])  # noqa: S606  (our own program)


def _given(options: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What the options answer, checked as if it were typed."""
    answers: Answers = {}
    typed = {name: options[name] for name in ("name", "level", "short_name") if options[name]}
    for name, (role, _) in ADMINISTRATORS.items():
        if options[name]:
            person, _, login = options[name].replace("：", ":").partition(":")
            if not person or not login:
                raise CommandError(f"{role.label}请写成“姓名:登录名”。")
            typed |= {name: person, f"{name}_login": login}
    for question in QUESTIONS:
        if question.name in typed:
            value = typed[question.name].strip()
            answers[question.name] = value if question.choices else question.check(value, answers)
    yield from answers.items()


def _complete(answers: Answers) -> Answers:
    for question in QUESTIONS:
        if question.name not in answers:
            raise CommandError(f"缺少：{question.words}。")
    return answers


def _plan(answers: Answers) -> Plan:
    people = (
        Administrator(role, answers[name], answers[f"{name}_login"]) for name, (role, _) in ADMINISTRATORS.items()
    )
    return Plan(answers["level"], answers["name"], answers["short_name"], tuple(people))


# --- the questions ------------------------------------------------------------------------------------------------------


def _at_most(length: int, what: str) -> Any:
    def check(answer: str, given: Answers) -> str:
        if len(answer) > length:
            raise Refused(f"{what}最多 {length} 个字，现在是 {len(answer)} 个。")
        return answer

    return check


def _short(given: Answers) -> str:
    """A proposal: the name without what all unions' names end in."""
    return given["name"].removesuffix("总工会").removesuffix("工会")[:4]


def _person(answer: str, given: Answers) -> str:
    _at_most(LONGEST_PERSON, "姓名")(answer, given)
    if answer in (given.get(name) for name in ADMINISTRATORS):
        raise Refused(f"“{answer}”已经担任另一员了。", "三员必须是三个不同的人。")
    return answer


def _login(answer: str, given: Answers) -> str:
    name = answer.lower()
    if fault := login_fault(name):
        raise Refused(fault)
    if name in (given.get(f"{one}_login") for one in ADMINISTRATORS):
        raise Refused(f"登录名“{name}”已经用过了。", "三员必须是三个不同的人，登录名也不能相同。")
    return name


def _of_administrator(name: str, role: Role, what: str) -> Iterator[Question]:
    chapter = f"{role.label}：{what}"
    yield Question(name, f"{role.label}的姓名", check=_person, chapter=chapter)
    yield Question(
        f"{name}_login", f"{role.label}的登录名", "登录时填它。小写字母、数字、点、横线，例如 zhang.san", check=_login,
        chapter=chapter,
    )  # fmt: skip


QUESTIONS: tuple[Question, ...] = (
    Question("name", "组织名称", "写全称，会印在公文和海报上。", check=_at_most(LONGEST_NAME, "名称"), chapter="工会"),
    Question("level", "层级（填编号）", "这个工会在哪一级：", tuple((str(v), str(n)) for v, n in Level.choices), chapter="工会"),
    Question("short_name", "简称", "用在事项编号里，例如“蒙机〔2026〕1号”里的“蒙机”。", usual=_short,
             check=_at_most(LONGEST_SHORT, "简称"), chapter="工会"),
    *(one for name, (role, what) in ADMINISTRATORS.items() for one in _of_administrator(name, role, what)),
)  # fmt: skip

"""The command line ``huying``."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management import ManagementUtility, get_commands

HELP = """呼应：工会听见每一位职工、办好每一件事的系统。

用法：huying 命令 [选项]        查看某个命令的说明：huying 命令 --help

开始使用
  demo      在本机启动演示（带示例县总工会和示例数据）
  init      为真实的工会建库：首个组织、三员账号、密钥和恢复单
  serve     启动网站和后台任务（一起启动，一起结束）
  check     体检：哪里不对、怎样修好

日常
  backup    备份（不用停机；数据与密钥分成两个文件）
  restore   从备份恢复
  import    从 .csv 或 .xlsx 导入事项
  export    导出台账
  worker    只运行后台任务（网站另外启动时用）

维护
  upgrade   装好新版本以后，升级数据（先备份，断了可以接着做）
  recount   重新算履职数字
  keys      更换安装密钥（rotate、status、drop，不用停机）
  erase     按请求清除一个人的信息（--dry-run 先看会动什么）
  retention 清除保存期满的身份和原话（--dry-run 只看）
  trail     核对留痕（verify），导出日锚（anchors export）
  clauses   各条款由哪些测试证明；--mutate 逐条削弱规则，看测试能不能发现

数据放在 HUYING_HOME（现在是 {home}）。全部设置见 docs/operations.md。"""


class Utility(ManagementUtility):
    """Lists our own commands only; the framework's (migrate, makemigrations, shell …) work but stay out of the way."""

    def main_help_text(self, commands_only: bool = False) -> str:
        """What people see who type ``huying``."""
        if commands_only:
            return "\n".join(sorted(get_commands()))
        return HELP.format(home=os.environ.get("HUYING_HOME", "当前文件夹下的 var"))

    def fetch_command(self, subcommand: str) -> Any:
        """The command, or a hint in Chinese."""
        if subcommand not in get_commands():
            sys.stderr.write(f"没有“{subcommand}”这个命令。输入 huying 查看全部命令。\n")
            sys.exit(2)
        return super().fetch_command(subcommand)


def main() -> None:
    """Run one command.  Whatever it writes is for this user only: database, keys, files, backups."""
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.site.settings")
    Utility(sys.argv).execute()


if __name__ == "__main__":
    main()

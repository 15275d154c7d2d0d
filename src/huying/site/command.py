"""What every command of ours shares: help in Chinese, refusals as plain sentences."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huying.kernel.errors import Invalid, Refused


class ChineseHelp(argparse.RawDescriptionHelpFormatter):
    """Headings in Chinese, the description as it was written."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """``用法：`` instead of ``usage:``."""
        super().add_usage(usage, actions, groups, "用法：")

    def start_section(self, heading: str | None) -> None:
        """Argparse's two headings."""
        super().start_section({"options": "选项", "positional arguments": "参数"}.get(heading or "", heading))


class ChineseParser(CommandParser):
    """Says in Chinese that the options are wrong."""

    def error(self, message: str) -> NoReturn:
        """Show how the command is used and what does not fit."""
        if not self.called_from_command_line:
            raise CommandError(message)
        self.print_usage(sys.stderr)
        self.exit(2, f"选项有误：{message}\n")


class Command(BaseCommand):
    """A command of Huying.  ``handle`` may raise ``Refused``; people read its message and remedy."""

    requires_system_checks = ()
    suppressed_base_arguments = {
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
    }

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The parser with the framework's own options hidden."""
        kwargs |= {"formatter_class": ChineseHelp, "add_help": False}
        parser = super().create_parser("huying", subcommand, **kwargs)
        parser.__class__ = ChineseParser  # the framework names its parser class in the middle of its own method
        parser.add_argument("-h", "--help", action="help", help="显示这份说明")
        return parser

    def execute(self, *args: Any, **options: Any) -> Any:
        """Run; what cannot be done is said in plain words, with exit code 1."""
        try:
            return super().execute(*args, **options)
        except (Refused, CommandError) as error:
            if not getattr(self, "_called_from_command_line", False):
                raise
            self.stderr.write(_words(error))
            sys.exit(1)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Ctrl+C asks a long command to stop where it can; what is given says whether somebody did."""
    stopped: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: stopped.append(number))
    try:
        yield lambda: bool(stopped)
    finally:
        signal.signal(signal.SIGINT, before)


def _words(error: Exception) -> str:
    """What an act refuses, with its remedy, on lines of their own."""
    if isinstance(error, Invalid):
        return "\n".join(["有几处不对：", *(f"  {message}" for message in error.fields.values())])
    if isinstance(error, Refused):
        return f"{error.message}\n{error.remedy}".strip()
    return str(error)

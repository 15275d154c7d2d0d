"""What a test run needs from the machine, and what to install when it is not there.

``python -m tests.needs`` names everything missing; ``python -m tests.needs postgres`` answers with its exit code.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tests import postgres

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
NO_BROWSER = (
    "没有找到 Chromium 浏览器，页面故事（tests/journeys）会被跳过。\n"
    "  Debian/Ubuntu：sudo apt-get install chromium\n"
    "  macOS：安装 Google Chrome"
)

NO_SCANNER = (
    "没有找到查毒程序 clamd，查毒的测试（tests/files/test_scanner.py）会跳过两个。\n"
    "  Debian/Ubuntu：sudo apt-get install clamav-daemon\n"
    "  macOS：brew install clamav"
)


def chromium() -> str | None:
    """The browser journeys run in, or ``None``."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or (str(MAC) if MAC.exists() else None)


def clamd() -> str | None:
    """The virus scanner's daemon, or ``None``.  Tests start it with a database of one line of their own."""
    return shutil.which("clamd") or next((path for path in ("/usr/sbin/clamd",) if Path(path).exists()), None)


def missing() -> dict[str, str]:
    """What is not there, with what to do about it."""
    lacks = {}
    if postgres.programs() is None:
        lacks["postgres"] = f"{postgres.MISSING}\n  在此之前只在 SQLite 上测试。"
    if chromium() is None:
        lacks["chromium"] = NO_BROWSER
    if clamd() is None:
        lacks["clamd"] = NO_SCANNER
    return lacks


def main(asked: list[str]) -> int:
    """Print what is missing; fail when it was asked for by name or when this is CI."""
    lacks = {name: text for name, text in missing().items() if not asked or name in asked}
    for text in lacks.values():
        print(text, file=sys.stderr)
    return int(bool(lacks) and (bool(asked) or os.environ.get("CI") == "true"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

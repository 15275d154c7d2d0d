"""``python -m bench.size``: how much memory web and worker take, idle and under load, and how much disk 10,000 cases take.

For the sizing note in docs/operations.md.  SQLite, Linux (memory is read from /proc: private pages and a share of those
that several processes use).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.site.conftest import FOUNDING, Home
from tests.site.served import Served, Visitor, _family

CASES = 10_000
VISITORS = 16
SECONDS = 20
# Run with the home's environment: the world of the tests and many cases in it, then the size of the file.
FILL = """
import os, sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from django.conf import settings
from django.db import connection
from bench.copies import copy, remember
from bench.fill import FIRST, fill, province
from huying.kernel import crypto
crypto.write_keyring(crypto.new_keyring(), Path(settings.HUYING_KEYS))
now = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
world, units = province(now)
def size():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(settings.DATABASES["default"]["NAME"]).stat().st_size
before = size()
fill(world, units, now)
remember()
for number in range(1, int(sys.argv[1]) // FIRST):
    copy(number)
print(size() - before)
"""


def main() -> None:
    """Measure and say."""
    with tempfile.TemporaryDirectory() as name:
        sys.stdout.write(f"{CASES} cases: {_disk(Path(name) / 'disk') / 1024**2:.0f} MB of database\n")
        home = Home(Path(name) / "home", "")
        done = home.run(*FOUNDING)
        if done.returncode:
            raise SystemExit(done.stderr)
        served = Served(home.env, Path(name) / "serve.log")
        served.start()
        served.ready()
        try:
            time.sleep(10)
            sys.stdout.write(f"idle: {_memory(served):.0f} MB\n")
            path = f"/u/{home.select('SELECT code FROM org_unit')[0][0]}/"
            count = _load(served.port, path)
            sys.stdout.write(f"after {count} pages by {VISITORS} visitors in {SECONDS} s: {_memory(served):.0f} MB\n")
        finally:
            served.stop()


def _disk(folder: Path) -> int:
    folder.mkdir()
    (folder / "keys").mkdir()
    env = {**os.environ, "HUYING_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "huying.site.settings"}
    done = subprocess.run([sys.executable, "-c", FILL, str(CASES)], env=env, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])


def _memory(served: Served) -> float:
    """MB of the whole family."""
    assert served.process
    return sum(_share(pid) for pid in (served.process.pid, *_family(served.process.pid))) / 1024


def _share(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _load(port: int, path: str) -> int:
    """Worker's pages as fast as they come."""
    end, counted, lock = time.monotonic() + SECONDS, 0, threading.Lock()

    def visit(number: int) -> None:
        nonlocal counted
        visitor = Visitor(port, agent=f"phone {number}")
        while time.monotonic() < end:
            visitor.get(path)
            with lock:
                counted += 1

    with ThreadPoolExecutor(VISITORS) as pool:
        list(pool.map(visit, range(VISITORS)))
    return counted


if __name__ == "__main__":
    main()

"""A real virus scanner with a database of one line of our own: no network, ready within a second."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.needs import clamd

VIRUS = b"HUYING TEST VIRUS 20261120"
CONFIG = """DatabaseDirectory {folder}/db
LocalSocket {folder}/clamd.sock
Foreground yes
LogFile {folder}/clamd.log
StreamMaxLength 30M
SelfCheck 86400
"""


@contextmanager
def daemon(folder: Path) -> Iterator[str]:
    """The address of a scanner that knows one virus; it ends with the block."""
    (folder / "db").mkdir(parents=True)
    (folder / "db" / "huying.ndb").write_text(f"Huying.Test:0:*:{VIRUS.hex()}\n")
    (folder / "clamd.conf").write_text(CONFIG.format(folder=folder))
    program = clamd()
    assert program
    with subprocess.Popen(
        [program, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        try:
            until = time.monotonic() + 30
            while not (folder / "clamd.sock").exists():
                assert run.poll() is None, (folder / "clamd.log").read_text()
                assert time.monotonic() < until, "clamd does not come up"
                time.sleep(0.05)
            yield str(folder / "clamd.sock")
        finally:
            run.terminate()
            run.wait(20)

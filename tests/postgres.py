"""A throw-away PostgreSQL cluster: made in a temporary folder, reached by a socket only, gone after the run."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
MISSING = (
    "没有找到 PostgreSQL（需要 15 或更高版本的 initdb 和 postgres）。\n"
    "  Debian/Ubuntu：sudo apt-get install postgresql\n"
    "  macOS：brew install postgresql@17"
)
# The tests may lose the cluster at any time, so nothing waits for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=100")


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server programs on this machine, or ``None``."""
    found = [folder for place in PLACES for folder in Path("/").glob(place.lstrip("/"))]
    found.sort(
        key=lambda folder: [int(part) for part in "".join(c if c.isdigit() else " " for c in str(folder)).split()]
    )
    if on_path := shutil.which("initdb"):
        found.insert(0, Path(on_path).resolve().parent)
    whole = [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return whole[-1] if whole else None


def _other_user() -> str | None:
    """Whom to run as when this is root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Cluster:
    """Starts on entry, stops on exit however the run ends.  ``url`` is what ``DATABASE_URL`` wants."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="huying-pg-"))
        self.user = _other_user()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the cluster's own database over its socket."""
        return f"postgres://huying@{quote(str(self.folder), safe='')}:5432/postgres"

    def __enter__(self) -> Cluster:
        bin_folder = programs()
        if bin_folder is None:
            shutil.rmtree(self.folder)
            raise RuntimeError(MISSING)
        if self.user:
            entry = pwd.getpwnam(self.user)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self._run(bin_folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _as_user(self) -> dict[str, object]:
        """Arguments that start a child as the other user, outside folders only root may enter."""
        same: dict[str, object] = {"cwd": self.folder}
        if self.user:
            entry = pwd.getpwnam(self.user)
            same |= {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        return same

    def _run(self, bin_folder: Path) -> None:
        data = self.folder / "data"
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        made = subprocess.run(
            [
                *(str(bin_folder / "initdb"), "-D", str(data), "-U", "huying", "-A", "trust", "--no-sync"),
                *(f"--locale={locale}", "--encoding=UTF8"),
            ],
            check=False,
            capture_output=True,
            text=True,
            **self._as_user(),  # type: ignore[call-overload]
        )
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr or made.stdout}")
        options = [
            part
            for setting in (*FAST, "listen_addresses=", f"unix_socket_directories={self.folder}")
            for part in ("-c", setting)
        ]
        log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [str(bin_folder / "postgres"), "-D", str(data), *options],
            stdout=log,
            stderr=log,
            start_new_session=True,
            **self._as_user(),  # type: ignore[call-overload]
        )
        log.close()
        self._wait(bin_folder)

    def _wait(self, bin_folder: Path) -> None:
        asked = [str(bin_folder / "pg_isready"), "-q", "-h", str(self.folder)]
        for _ in range(200):
            if self.process is None or self.process.poll() is not None:
                break
            if subprocess.run(asked, check=False, capture_output=True).returncode == 0:
                return
            time.sleep(0.05)
        said = (self.folder / "log").read_text(errors="replace")
        self.stop()
        raise RuntimeError(f"postgres did not start: {said}")

    def stop(self) -> None:
        """Stop the server and remove every trace of it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast" shutdown: ends open sessions
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        shutil.rmtree(self.folder, ignore_errors=True)

"""A throw-away installation for one drill, in this process: its own home, keys, database and moment."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from tests.postgres import Cluster

PROJECT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
_begun = time.perf_counter()


def say(text: str) -> None:
    """How far it is, on standard error."""
    sys.stderr.write(f"{time.perf_counter() - _begun:7.0f} s ({time.process_time():.0f} s of work)  {text}\n")
    sys.stderr.flush()


@dataclass
class Home:
    """Where it lives, what its processes are given (the tests' own conftest, once imported, says otherwise), on
    PostgreSQL its ``cluster``."""

    folder: Path
    env: dict[str, str]
    cluster: Cluster | None

    def keep(self) -> None:
        """Lay the database aside as it is now, for ``put_back``.  Nobody else may have it open."""
        _close()
        if self.cluster:
            self._between("CREATE DATABASE kept TEMPLATE postgres")
        else:
            with sqlite3.connect(self.folder / "huying.sqlite3") as now, sqlite3.connect(self.folder / "kept") as kept:
                now.backup(kept)

    def put_back(self) -> None:
        """The database as it was laid aside; whoever still has it open (a process just killed) is shown out."""
        _close()
        if self.cluster:
            self._between("DROP DATABASE postgres WITH (FORCE)", "CREATE DATABASE postgres TEMPLATE kept")
        else:
            for tail in ("", "-wal", "-shm"):
                (self.folder / f"huying.sqlite3{tail}").unlink(missing_ok=True)
            shutil.copy(self.folder / "kept", self.folder / "huying.sqlite3")

    def _between(self, *statements: str) -> None:
        assert self.cluster
        with psycopg.connect(self.cluster.url, dbname="template1", autocommit=True) as server:
            for statement in statements:
                server.execute(statement)


@contextmanager
def home(engine: str, folder: Path | None = None) -> Iterator[Home]:
    """Set the environment, start the database, load the rooms, migrate.  One a process: settings are read once."""
    if folder:
        folder.mkdir(exist_ok=True, mode=0o700)
    made = folder or Path(tempfile.mkdtemp(prefix="huying-drill-"))
    cluster = Cluster().__enter__() if engine == "postgres" else None
    try:
        _environment(made, cluster)
        _start()
        yield Home(made, dict(os.environ), cluster)
    finally:
        _close()
        if cluster:
            cluster.stop()
        if folder is None:
            shutil.rmtree(made, ignore_errors=True)


def _close() -> None:
    from django.db import connections

    connections.close_all()


def _environment(folder: Path, cluster: Cluster | None) -> None:
    for name in list(os.environ):
        if name.startswith("HUYING_") and not name.startswith("HUYING_DRILL"):
            del os.environ[name]
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(
        HUYING_HOME=str(folder), HUYING_SECRET="drill",
        HUYING_ARGON_TIME="1", HUYING_ARGON_KIB="64",
        HUYING_MAIL="dummy://", DJANGO_SETTINGS_MODULE="huying.site.settings",
    )  # fmt: skip
    if cluster:
        os.environ["DATABASE_URL"] = cluster.url


def _start() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher as Hasher
    from django.core.management import call_command

    from huying.kernel.crypto import new_keyring, write_keyring

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]  # what the test client calls itself
    logging.getLogger().handlers.clear()  # what is expected to break need not fill the screen
    Hasher.time_cost, Hasher.memory_cost, Hasher.parallelism = 1, 8, 1
    settings.HUYING_FILES.mkdir(mode=0o700, exist_ok=True)
    (Path(settings.HUYING_HOME) / "static").mkdir(exist_ok=True)
    write_keyring(new_keyring(), settings.HUYING_KEYS)
    settings.HUYING_KEYS.parent.chmod(0o700)
    call_command("migrate", verbosity=0)

"""The databases of a run.  Each state that is dear to build is built once, by whichever process needs it first; the others
wait and copy it.  All processes of a run have the same keys, so what one has sealed another can open."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Build = Callable[[], object]
Restore = Callable[[], None]


def run_folder() -> Path:
    """What the processes of this run share; its address is handed on in the environment."""
    return Path(os.environ["HUYING_TEST_RUN"])


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One process at a time."""
    with (run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def same_keys(mine: Path) -> None:
    """The keys of the run, in a file of this process."""
    from huying.kernel.crypto import new_keyring, write_keyring

    first = run_folder() / "keys.json"
    with _alone("keys"):
        if not first.exists():
            write_keyring(new_keyring(), first)
    mine.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(first, mine)


def copy_of_one(build: Build, mine: Path) -> None:
    """A database of this process: a copy of the one ``build`` has filled for the whole run."""
    from django.db import connection

    make = _copy_sqlite if connection.vendor == "sqlite" else _copy_postgres
    with _alone("migrated"):
        make(connection, build, mine)


def _copy_sqlite(connection: Any, build: Build, mine: Path) -> None:
    first = run_folder() / "migrated.sqlite3"
    if not first.exists():
        making = first.with_suffix(".making")
        _enter(connection, str(making))
        build()
        connection.close()
        making.rename(first)  # closing has written the log into it
    shutil.copyfile(first, mine)
    _enter(connection, str(mine))


def _copy_postgres(connection: Any, build: Build, mine: Path) -> None:
    first, own = _name("migrated"), _name(f"own_{os.getpid()}")
    if not (run_folder() / first).exists():
        _server(f"CREATE DATABASE {first}")
        _enter(connection, first)
        build()
        connection.close()
        (run_folder() / first).touch()
    _server(f"CREATE DATABASE {own} TEMPLATE {first}")
    _enter(connection, own)


def _enter(connection: Any, name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def leave() -> None:
    """The process needs its database no longer.  One that a test has just killed may still be using it."""
    from django.db import connection

    connection.close()
    if connection.vendor == "postgresql":
        _server(f"DROP DATABASE {connection.settings_dict['NAME']} WITH (FORCE)")


def end() -> None:
    """After the last process, on a server that stays: what they copied goes."""
    for made in run_folder().glob(_name("migrated")):
        _server(f"DROP DATABASE {made.name} WITH (FORCE)")


def _name(what: str) -> str:
    return f"{run_folder().name.replace('-', '_').lower()}_{what}"


def _server(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(statement.encode())


def keep(name: str) -> Restore:
    """Copy the database as it stands now, under a name, and return what puts it back."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return _kept_postgres(connection, name)
    kept = Path(connection.settings_dict["NAME"]).with_name(f"{name}.sqlite3")
    _write_sqlite(connection, kept)
    return _read_sqlite(connection, kept)


def built(name: str, build: Build) -> Restore:
    """What puts the state into the database that ``build`` leaves in it; built once for the run where that is a file."""
    from django.db import connection

    kept = run_folder() / f"{name}.sqlite3"
    with _alone(name):
        if connection.vendor == "sqlite" and kept.exists():
            return _read_sqlite(connection, kept)
        back = keep(f"before_{name}")
        build()
        if connection.vendor == "postgresql":
            restore = keep(name)
        else:
            _write_sqlite(connection, kept)
            restore = _read_sqlite(connection, kept)
        back()
        return restore


def _write_sqlite(connection: Any, kept: Path) -> None:
    """A copy through SQLite's backup call, which other open connections survive."""
    connection.ensure_connection()
    target = sqlite3.connect(kept)
    connection.connection.backup(target)
    target.close()


def _read_sqlite(connection: Any, kept: Path) -> Restore:
    def restore() -> None:
        connection.close()
        source, into = sqlite3.connect(kept), sqlite3.connect(connection.settings_dict["NAME"], timeout=20)
        source.backup(into)
        source.close()
        into.close()

    return restore


def _kept_postgres(connection: Any, name: str) -> Restore:
    """Copies of the tables that hold anything, in a schema of their own."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(f"CREATE SCHEMA {name}")
        kept = _filled(cursor, tables)
        for table in kept:
            cursor.execute(f'CREATE TABLE {name}."{table}" AS TABLE public."{table}"')

    def restore() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # the trail's triggers stand aside
            for table in _filled(cursor, tables):  # new files for every empty table and index would take far longer
                cursor.execute(f'DELETE FROM public."{table}"')
            for table in kept:
                cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM {name}."{table}"')
            cursor.execute("SET session_replication_role = origin")
        connection.close()

    return restore


def _filled(cursor: Any, tables: list[str]) -> list[str]:
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM public.\"{table}\")" for table in tables)
    cursor.execute(" UNION ALL ".join(asked))
    return [name for (name,) in cursor.fetchall()]

"""Real homes and the real command line, in processes of their own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

FOUNDING = (
    *("init", "--no-input", "--name", "测试县总工会", "--level", "county", "--short-name", "测试"),
    *("--system-admin", "管理甲:admin.a", "--security-admin", "管理乙:admin.b", "--audit-admin", "管理丙:admin.c"),
    *("--pack", "mengyin-2017-21"),
)


class Home:
    """One installation.  ``huying(...)`` runs its command line and returns what it printed."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        dropped = ("HUYING_", "DATABASE_URL", "DJANGO_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        self.env |= {"HUYING_HOME": str(folder), "HUYING_ARGON_TIME": "1", "HUYING_ARGON_KIB": "64"}
        if database_url:
            self.env["DATABASE_URL"] = database_url

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        command = [sys.executable, "-m", "huying.site.cli", *arguments]
        return subprocess.run(command, env=self.env, input=given, capture_output=True, text=True, check=False)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        command = [sys.executable, "-m", "huying.site.cli", *arguments]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def select(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows straight from the database, without starting the product."""
        with self._connection() as connection:
            return [tuple(row) for row in connection.execute(sql).fetchall()]

    def change(self, sql: str) -> None:
        """A change behind the product's back."""
        with self._connection() as connection:
            connection.execute(sql)

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        url = self.env.get("DATABASE_URL")
        connection = psycopg.connect(url) if url else sqlite3.connect(self.folder / "huying.sqlite3", timeout=20)
        try:
            yield connection
            connection.commit()
        finally:
            connection.close()

    def ask(self, code: str) -> str:
        """What a line of Python prints inside this installation."""
        setup = "import django; django.setup(); "
        env = {**self.env, "DJANGO_SETTINGS_MODULE": "huying.site.settings"}
        done = subprocess.run(
            [sys.executable, "-c", setup + code], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


class Homes:
    """Makes homes; on PostgreSQL each has a database of its own."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.made: list[str] = []

    def new(self, folder: Path, template: str = "template0") -> Home:
        """A home in an empty folder."""
        if not self.server:
            return Home(folder, "")
        name = f"home_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.server, autocommit=True) as connection:
            options = " ENCODING 'UTF8' LOCALE 'C.UTF-8'" if template == "template0" else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{options}")
        self.made.append(name)
        return Home(folder, urlunsplit(urlsplit(self.server)._replace(path=f"/{name}")))

    def copy(self, home: Home, folder: Path) -> Home:
        """A second home just like a first that nothing is connected to."""
        shutil.copytree(home.folder, folder)
        return self.new(folder, urlsplit(home.env.get("DATABASE_URL", "")).path.lstrip("/") or "template0")

    def drop(self) -> None:
        """Remove the databases."""
        for name in self.made:
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        self.made.clear()


@pytest.fixture
def homes() -> Iterator[Homes]:
    """Homes of one test."""
    made = Homes(os.environ.get("DATABASE_URL", ""))
    yield made
    made.drop()


@pytest.fixture
def new_home(homes: Homes, tmp_path: Path) -> Callable[[str], Home]:
    """Makes empty homes by name."""
    return lambda name: homes.new(tmp_path / name)


@dataclass(frozen=True)
class First:
    """An installation that tests copy, never use, and what making it printed."""

    home: Home
    said: str
    refused: str


def _first(folder: Path, arguments: Sequence[str], code: int) -> Iterator[First]:
    made = Homes(os.environ.get("DATABASE_URL", ""))
    home = made.new(folder / "home")
    done = home.run(*arguments)
    assert done.returncode == code, done.stderr
    yield First(home, done.stdout, done.stderr)
    made.drop()


@pytest.fixture(scope="session")
def first_founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[First]:
    """One founded installation."""
    yield from _first(tmp_path_factory.mktemp("founded"), FOUNDING, 0)


@pytest.fixture(scope="session")
def first_refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[First]:
    """One whose founding was refused at the last step: keys and tables are there, a union is not."""
    arguments = [*FOUNDING[:-1], "no-such-pack"]
    yield from _first(tmp_path_factory.mktemp("refused"), arguments, 1)


@pytest.fixture(scope="session")
def first_saved(first_founded: First, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Data and key archive of a copy of the founded installation, with one file in it."""
    made, folder = Homes(os.environ.get("DATABASE_URL", "")), tmp_path_factory.mktemp("saved")
    home = made.copy(first_founded.home, folder / "home")
    (home.folder / "files" / "ab").mkdir(parents=True)
    (home.folder / "files" / "ab" / "abc").write_bytes(b"sealed bytes")
    done = home.run("backup", "--to", str(folder / "disk"))
    assert done.returncode == 0, done.stderr
    (data,), (keys,) = (folder / "disk").glob("*-data.tar.gz"), (folder / "disk").glob("*-keys.tar")
    yield data, keys
    made.drop()


@pytest.fixture
def founded(first_founded: First, homes: Homes, tmp_path: Path) -> Home:
    """An installation with its first unit and three administrators."""
    return homes.copy(first_founded.home, tmp_path / "founded")


@pytest.fixture
def unfounded(first_refused: First, homes: Homes, tmp_path: Path) -> Home:
    """An installation with keys and tables and nothing else."""
    return homes.copy(first_refused.home, tmp_path / "unfounded")

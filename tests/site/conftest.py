"""Real homes and the real command line, in processes of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
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


@pytest.fixture(scope="session")
def first_founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One founded installation that tests copy, never use."""
    made = Homes(os.environ.get("DATABASE_URL", ""))
    home = made.new(tmp_path_factory.mktemp("first") / "home")
    done = home.run(*FOUNDING)
    assert done.returncode == 0, done.stderr
    yield home
    made.drop()


@pytest.fixture
def founded(first_founded: Home, homes: Homes, tmp_path: Path) -> Home:
    """An installation with its first unit and three administrators."""
    return homes.copy(first_founded, tmp_path / "founded")

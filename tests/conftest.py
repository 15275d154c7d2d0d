"""How every test runs: own home with fresh keys, file database or throw-away PostgreSQL, no network, a frozen moment."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests import databases
from tests.postgres import Cluster

# Settings read the environment once, so it is prepared before anything imports them.  Each xdist worker has its own home
# in the folder of the run, which it inherits.
FIRST = "HUYING_TEST_RUN" not in os.environ
if FIRST:
    os.environ["HUYING_TEST_RUN"] = tempfile.mkdtemp(prefix="huying-test-")
HOME = Path(tempfile.mkdtemp(prefix="home-", dir=databases.run_folder()))
os.environ.update(
    HUYING_HOME=str(HOME),
    HUYING_KEYS=str(HOME / "keys" / "huying-keys.json"),
    HUYING_FILES=str(HOME / "files"),
    HUYING_SECRET="only-for-tests",
    HUYING_ARGON_TIME="1",
    HUYING_ARGON_KIB="64",
    HUYING_MAIL="dummy://",
    DJANGO_SETTINGS_MODULE="huying.site.settings",
    DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright's own loop runs in the thread of a journey
)
for _name in ("HUYING_DEMO", "HUYING_BASE_URL", "HUYING_HOSTS", "HUYING_CIPHER"):
    os.environ.pop(_name, None)
if FIRST:
    atexit.register(shutil.rmtree, databases.run_folder(), ignore_errors=True)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AFTERNOON = NOW.replace(hour=14)  # when the demo county has been built
standing: list[Any] = []  # the small world, while it stands in this process's database
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--engine=postgres`` runs everything on a throw-away cluster (or on ``DATABASE_URL`` if that names one)."""
    parser.addoption("--engine", choices=("sqlite", "postgres"), default=None, help="database engine for all tests")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare keys and, in the process that started the run, the database server."""
    given = os.environ.get("DATABASE_URL", "")
    engine = config.getoption("--engine") or ("postgres" if given.startswith("postgres") else "sqlite")
    if engine == "sqlite":
        os.environ.pop("DATABASE_URL", None)
    elif not given.startswith("postgres"):  # an xdist worker inherits the address from the process that started it
        try:
            cluster = Cluster().__enter__()
        except RuntimeError as error:
            raise pytest.UsageError(str(error)) from error
        atexit.register(cluster.stop)
        config.add_cleanup(cluster.stop)
        os.environ["DATABASE_URL"] = cluster.url
    elif FIRST:
        config.add_cleanup(databases.end)
    if config.getoption("numprocesses", None):
        # Workers must not find the settings named before their own conftest has prepared their own home.
        del os.environ["DJANGO_SETTINGS_MODULE"]
    else:
        _start_django()


def _start_django() -> None:
    """Write the run's keys and load the rooms (only now, after the environment is set)."""
    import django

    django.setup()
    # Argon2 as in an installation, but as light as it can be: many tests make accounts.
    from django.contrib.auth.hashers import Argon2PasswordHasher as Hasher

    Hasher.time_cost, Hasher.memory_cost, Hasher.parallelism = 1, 8, 1
    (HOME / "static").mkdir()
    databases.same_keys(Path(os.environ["HUYING_KEYS"]))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays: looking through it for garbage again and again takes a tenth of the whole run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything in ``tests/journeys`` is a journey: a story in a browser; in ``tests/desk`` and ``tests/public`` a page.
    What never asks the database is not run a second time on PostgreSQL."""
    here = Path(__file__).parent
    for item in items:
        if here / "journeys" in item.path.parents:
            item.add_marker("journey")
        if {here / "desk", here / "public"} & set(item.path.parents):
            item.add_marker("page")
    # Stable: tests that need the small world come last, so that it is built once and stands from then on.
    items.sort(key=lambda item: "world" in getattr(item, "fixturenames", ()))
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        same = [item for item in items if not _asks_the_database(item)]
        config.hook.pytest_deselected(items=same)
        items[:] = [item for item in items if _asks_the_database(item)]


def _asks_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(
        fixtures & {"db", "transactional_db", "django_db_setup"}
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """With ``CI=true`` a skip is a failure: what was not run was not proved."""
    report = yield
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not accept: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    """The same for modules that skip themselves while being collected."""
    report = yield
    if CI and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not accept: {report.longrepr}"
    return report


# --- database -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[Any]:
    """A database of this process: migrated, with packs and calendar as `huying init` prepares them.  Tests that commit get
    it back; the fixture's value is what puts it back.  On SQLite it is a file, as in installations: write-ahead log, several
    connections, real locks.

    Django's own way, emptying every table, is refused by the trail's triggers and would drop what migrations filled in.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    connection.settings_dict["CONN_MAX_AGE"] = 0
    with django_db_blocker.unblock():
        databases.copy_of_one(_migrated, HOME / "test.sqlite3")
        restore = databases.keep("fresh")

    def fixture_teardown(self: TransactionTestCase) -> None:
        restore()

    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = fixture_teardown  # type: ignore[attr-defined]
    yield restore
    TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        databases.leave()


def _migrated() -> None:
    from huying.kernel.actors import SYSTEM
    from huying.mechanism.acts import prepare
    from huying.site.migrating import migrate

    migrate()
    prepare(by=SYSTEM, at=NOW)


@pytest.fixture
def database_url(db: None) -> str:
    """``DATABASE_URL`` of the test database, for processes a test starts (together with ``transaction=True``)."""
    from urllib.parse import quote

    from django.db import connection

    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host, password = quote(database["HOST"], safe=""), quote(database["PASSWORD"] or "", safe="")
    return f"postgres://{database['USER']}:{password}@{host}:{database['PORT']}/{database['NAME']}"


# --- what every test may ask for ----------------------------------------------------------------------------------------


@pytest.fixture
def now() -> datetime:
    """The moment at which tests act: Friday 20 November 2026, 09:00 in Shanghai."""
    return NOW


@pytest.fixture
def make_unit() -> Any:
    """``make_unit(name="…", under=unit, level="enterprise", **fields)``."""
    from tests.factories import org

    return org.make_unit


@pytest.fixture
def make_person() -> Any:
    """``make_person(unit, name="…", account=True)``."""
    from tests.factories import org

    return org.make_person


@pytest.fixture
def make_post() -> Any:
    """``make_post(unit, "officer", person=None, department=None)``."""
    from tests.factories import org

    return org.make_post


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Only this machine can be reached from a test."""
    original, original_ex = socket.socket.connect, socket.socket.connect_ex

    def connect(self: socket.socket, address: Any) -> Any:
        _check_local(self, address)
        return original(self, address)

    def connect_ex(self: socket.socket, address: Any) -> Any:
        _check_local(self, address)
        return original_ex(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", connect)
    patch.setattr(socket.socket, "connect_ex", connect_ex)
    yield
    patch.undo()


def _check_local(sock: socket.socket, address: Any) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    if host not in ("localhost", "") and not ip_address(host.split("%", maxsplit=1)[0]).is_loopback:
        raise RuntimeError(f"a test tried to reach {host}: tests use no network")


@pytest.fixture(scope="session")
def stand(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """``stand(world=True)`` commits the small world for every test that is taken back; ``world=False`` takes it away.  The
    tests come in such an order that this is rarely called for."""

    def stand(*, world: bool) -> None:
        with django_db_blocker.unblock():
            if world and not standing:
                from tests.factories.world import make_world

                standing.append(make_world(NOW))
            elif standing and not world:
                standing.clear()
                django_db_setup()

    return stand


@pytest.fixture
def stood(request: pytest.FixtureRequest, stand: Any) -> None:
    """The database stands as this test wants it."""
    stand(world="world" in request.fixturenames)


@pytest.fixture
def _django_db_helper(stood: None, _django_db_helper: None) -> None:
    """pytest-django's own, which begins the test's transaction, only after that."""


@pytest.fixture
def world(db: None) -> Any:
    """The small world of ``tests/factories/world.py``, a copy of its own for each test."""
    return deepcopy(standing[0])


@pytest.fixture(scope="session")
def county_kept(stand: Any, django_db_blocker: Any) -> Any:
    """The demo county on a Friday afternoon, built once; what puts it into the database."""
    from huying.site.demo.build import build

    def built() -> None:
        assert build(at=AFTERNOON)

    stand(world=False)
    with django_db_blocker.unblock(), time_machine.travel(AFTERNOON, tick=False):
        return databases.built("county", built)

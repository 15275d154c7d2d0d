"""Runs the tests of a clause against a weakened pack, over and over in one process: ``huying clauses --mutate`` starts it.

Everything is loaded and the database built once; each weakening then gets a forked process of its own, which writes what
came of it into a file.  Nothing is shared between two of them but the fresh database.
"""

# ruff: noqa: PLC0415 - rooms and tests are loaded only once the tests have prepared their settings

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from huying.mechanism.pack_file import PackError

PASSED, FAILED, BROKEN, UNFIT = "survived", "missed", "broken", "unfit"
# One of these builds the database.  It must not start threads: a compiler of papers started before the fork never answers after it.
PRIMER = "tests/mechanism/test_rules.py"


class Runner:
    """Takes the place of pytest's own loop: tests are run once for each weakening instead of once."""

    def __init__(self, work: Sequence[dict[str, str]], out: Path) -> None:
        self.work, self.out = work, out
        self.why = ""
        self.alert: list[str] = []  # tests that missed a rule, the latest first: they often miss the next one, too

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Why a test failed, for the run that should pass."""
        if report.failed:
            self.why = str(report.longrepr)[-1500:]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The whole run: build the database, then one process for each piece of work."""
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors while collecting")
        by_clause: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            for clause in {one for mark in item.iter_markers("clause") for one in mark.args}:
                by_clause.setdefault(clause, []).append(item)
        fresh = _Database(session)
        for piece in self.work:
            every = by_clause.get(piece["clause"], [])
            # Stories in a browser take long: they are asked only where no other test proves the clause.
            items = [item for item in every if item.get_closest_marker("journey") is None] or every
            items.sort(key=self._turn)
            said = self._tried(session, items, piece, fresh)
            if said["state"] == FAILED:
                self.alert = [said["test"], *(one for one in self.alert if one != said["test"])]
            with self.out.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"key": piece["key"], **said}, ensure_ascii=False) + "\n")
            if piece.get("must_pass") and said["state"] != PASSED:
                raise session.Interrupted(f"{said['test']} fails without any weakening")
        return True

    def _turn(self, item: pytest.Item) -> tuple[int, bool]:
        """Those first that missed the last rules, then what is quick."""
        latest = self.alert.index(item.nodeid) if item.nodeid in self.alert else len(self.alert)
        return latest, item.get_closest_marker("page") is not None

    def _tried(
        self, session: pytest.Session, items: list[pytest.Item], piece: dict[str, str], fresh: _Database
    ) -> dict[str, str]:
        """What came of one weakening: which test missed the rule, or that none did."""
        report = Path(tempfile.mkdtemp(prefix="huying-mutation-")) / "said"
        child = os.fork()
        if child == 0:
            self._child(session, items, piece, report)  # never comes back
        os.waitpid(child, 0)
        fresh.put_back()
        said: dict[str, str] = json.loads(report.read_text()) if report.exists() else {"state": BROKEN, "test": ""}
        shutil.rmtree(report.parent)
        return said

    def _child(self, session: pytest.Session, items: list[pytest.Item], piece: dict[str, str], report: Path) -> None:
        """Put the weakened pack in place and run the tests until one fails."""
        said = {"state": BROKEN, "test": "", "tests": str(len(items))}
        try:
            _use(piece)
            if items:  # what the first test stood on and these do not need goes; what belongs to the whole run stays
                session._setupstate.teardown_exact(items[0])
            said["state"] = PASSED
            for item, following in zip_longest(items, items[1:]):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.testsfailed:
                    said.update(state=FAILED, test=item.nodeid, why=self.why)
                    break
        except PackError as error:  # no pack any more: nobody could work by it
            said.update(state=UNFIT, test=str(error))
        except BaseException as error:
            said.update(state=BROKEN, test=repr(error)[:300])
        report.write_text(json.dumps(said))
        os._exit(0)


def _use(piece: dict[str, str]) -> None:
    """The packs of this process: the shipped ones, one of them weakened."""
    from django.db import connection

    from huying.kernel.actors import SYSTEM
    from huying.mechanism import acts, pack_file
    from tests import conftest

    packs = Path(tempfile.mkdtemp(prefix="huying-packs-"))
    for path in pack_file.shipped():
        shutil.copy(path, packs)
    (packs / piece["file"]).write_text(piece["text"], encoding="utf-8")
    pack_file.SHIPPED = packs
    os.environ["HUYING_TEST_RUN"] = str(packs)  # a county built by this pack is nobody else's
    with _unblocked():
        acts.load_shipped(by=SYSTEM, at=conftest.NOW)
        connection.close()
        shutil.copy(conftest.HOME / "test.sqlite3", conftest.HOME / "fresh.sqlite3")


_config: Any = None


def _unblocked() -> Any:
    """The database may be asked, though no test is running."""
    from pytest_django.plugin import blocking_manager_key  # only once pytest has loaded it

    return _config.stash[blocking_manager_key].unblock()


class _Database:
    """The database as it is before any weakening, kept beside and put back after each."""

    def __init__(self, session: pytest.Session) -> None:
        global _config  # noqa: PLW0603 - the child needs it, and forks do not take arguments
        from tests.conftest import HOME

        _config = session.config
        self.home = HOME
        ours = [item for item in session.items if item.path.match(PRIMER)]
        primer = next(item for item in ours if _only_asks_the_database(item))
        # As if a test of another module followed: what belongs to the whole run stays up.
        others = [item for item in session.items if item is not primer]
        other = next((item for item in others if item.path != primer.path), others[0])
        primer.config.hook.pytest_runtest_protocol(item=primer, nextitem=other)
        if session.testsfailed:
            raise session.Interrupted("the database could not be built")
        self.put_down()
        for name in ("test", "fresh"):
            shutil.copy(HOME / f"{name}.sqlite3", HOME / f"{name}.kept")

    @staticmethod
    def put_down() -> None:
        """Nobody here has it open: what is open in two processes at once, or copied over, is no database any more."""
        from django.db import connections

        with _unblocked():
            connections.close_all()

    def put_back(self) -> None:
        """As before."""
        for name in ("test", "fresh"):
            for tail in ("-wal", "-shm", "-journal"):
                (self.home / f"{name}.sqlite3{tail}").unlink(missing_ok=True)
            shutil.copy(self.home / f"{name}.kept", self.home / f"{name}.sqlite3")


def _only_asks_the_database(item: pytest.Item) -> bool:
    """A test whose run builds the database and leaves nothing else behind."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return "db" in fixtures and not fixtures & {"world", "transactional_db", "page"}


def run(work: Sequence[dict[str, str]], files: Iterable[str], out: Path) -> int:
    """Run the work; results are added to ``out``, a line each."""
    options = ["-q", "-p", "no:cacheprovider", *sorted({PRIMER, *files})]
    return int(pytest.main(options, plugins=[Runner(work, out)]))


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(run(given["work"], given["files"], Path(given["out"])))

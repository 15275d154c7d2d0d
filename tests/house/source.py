"""The project's own source as the house tests read it: rooms, modules, syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "src" / "huying"

# From the ground up; rooms on one line do not know each other.  import-linter holds the same for imports.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("kernel",),
    ("trail",),
    ("org",),
    ("mechanism",),
    ("papers", "files", "notices"),
    ("privacy",),
    ("cases",),
    ("intake",),
    ("climb",),
    ("fieldwork",),
    ("alerts", "promises"),
    ("handling",),
    ("meetings",),
    ("feedback",),
    ("ledger",),
    ("duties",),
    ("oversight",),
    ("desk", "public"),
    ("site",),
)
RANK = {room: rank for rank, line in enumerate(LAYERS) for room in line}
ROOMS = [room for line in LAYERS for room in line]

# What other rooms may import.
DOORS = frozenset({"acts", "reads", "rules", "models", "lifecycle"})


@dataclass(frozen=True)
class Module:
    """One Python file of a room.  ``part`` is its first name inside the room: ``acts`` for both acts.py and acts/x.py."""

    path: Path
    room: str
    part: str

    @property
    def place(self) -> str:
        """Path as people write it."""
        return self.path.relative_to(PROJECT).as_posix()

    @property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return parsed(self.path)


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def modules(*parts: str, migrations: bool = False) -> Iterator[Module]:
    """Python files of all rooms, or only those of the named parts."""
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE).with_suffix("").parts
        if len(inside) < 2 or ("migrations" in inside and not migrations):
            continue
        module = Module(path, inside[0], inside[1])
        if not parts or module.part in parts:
            yield module


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every imported dotted name with its line; ``from a import b`` gives ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)

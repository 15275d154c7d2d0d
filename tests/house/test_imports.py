"""Benches and drills import late, after the settings are read; a name that has moved would show only after an hour's run."""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.util import find_spec

import pytest

from tests.house.source import PROJECT

OURS = ("huying", "bench", "drills", "tests", "tools")
FILES = sorted(path for folder in ("bench", "drills", "tools") for path in (PROJECT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_imported_name_is_there(path) -> None:
    wrong = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in OURS:
            module = import_module(node.module)
            for one in node.names:
                part = hasattr(module, "__path__") and find_spec(f"{node.module}.{one.name}")
                if not (part or hasattr(module, one.name)):
                    wrong.append(f"{node.module}.{one.name}")
    assert not wrong

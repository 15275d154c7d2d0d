"""Which tests prove which clause, read from the tests' own marks without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def clauses(tests: Path | None = None) -> dict[str, list[str]]:
    """Clause id to the tests marked with it (``path::name``), both sorted."""
    folder = tests or PROJECT / "tests"
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        place = path.relative_to(folder.parent).as_posix()
        for clause, test in _marked(ast.parse(path.read_text()), place):
            found.setdefault(clause, set()).add(test)
    return {clause: sorted(found[clause]) for clause in sorted(found)}


def _marked(tree: ast.Module, place: str) -> Iterator[tuple[str, str]]:
    """Marks on functions, on classes, and on the whole module (``pytestmark``)."""
    everywhere = [clause for node in tree.body if _is_pytestmark(node) for clause in _ids(node)]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            for clause in everywhere + _on(node):
                yield clause, f"{place}::{node.name}"
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test"):
                    for clause in everywhere + _on(node) + _on(inner):
                        yield clause, f"{place}::{node.name}::{inner.name}"


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)


def _on(node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    return [clause for decorator in node.decorator_list for clause in _ids(decorator)]


def _ids(node: ast.AST) -> list[str]:
    """The ids of every ``pytest.mark.clause(…)`` in a piece of code, parametrised cases included."""
    return [
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.clause"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]

"""The page of attacks, drawn from the tests' ``attack`` marks: who tries what, which test tries it, what was found."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ATTACKERS = {
    "clerk": "Clerk of a department",
    "colleague": "Curious colleague in the union's office",
    "chair": "Chair complained of",
    "management": "Management",
    "upper": "Officer of a union above",
    "system": "System administrator",
    "security": "Security administrator",
    "audit": "Audit administrator",
    "former": "Former officer",
    "worker": "Worker looking for somebody else's matter",
    "outsider": "Outsider on the network",
    "disk": "Thief of the disk",
    "backup": "Thief of a backup",
}
HEAD = """# Attacks

Generated from the tests' `attack` marks by `python -m tools.draw`; a test fails when this page is stale.
Each row is tried by the test it names, on every run.
*Found* says what the first try showed: *held*, or what was mended because of it.

{count} attacks.
"""


@dataclass(frozen=True)
class Attack:
    """One try: by whom, what, what was found, and the test that tries it."""

    by: str
    tries: str
    found: str
    test: str


def attacks(tests: Path = PROJECT / "tests") -> list[Attack]:
    """Every marked attack, in the order of files and lines.  ``ValueError`` for an unknown attacker."""
    return [
        attack
        for path in sorted(tests.rglob("test_*.py"))
        for attack in _in(ast.parse(path.read_text()), path.relative_to(tests.parent).as_posix())
    ]


def _in(tree: ast.Module, place: str) -> Iterator[Attack]:
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        name = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        for test in inner:
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test"):
                for call in _marks(test):
                    yield _attack(call, f"{place}::{name}{test.name}")


def _marks(test: ast.FunctionDef) -> Iterator[ast.Call]:
    """Marks on the test and on its parametrised cases, in the order they are written."""
    found = [
        call
        for decorator in test.decorator_list
        for call in ast.walk(decorator)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.attack"
    ]
    return iter(sorted(found, key=lambda call: (call.lineno, call.col_offset)))


def _attack(call: ast.Call, test: str) -> Attack:
    by, tries = (ast.literal_eval(argument) for argument in call.args)
    found = next((ast.literal_eval(word.value) for word in call.keywords if word.arg == "found"), "held")
    if by not in ATTACKERS:
        raise ValueError(f"{test}: who is {by!r}?")
    return Attack(by, tries, found, test)


def page() -> str:
    """docs/attacks.md."""
    found = attacks()
    lines = [HEAD.format(count=len(found))]
    number = 0
    for code, title in ATTACKERS.items():
        rows = [attack for attack in found if attack.by == code]
        if not rows:
            continue
        lines += [f"## {title}\n", "| no. | tries | found | test |", "|---|---|---|---|"]
        for row in rows:
            number += 1
            file, _, name = row.test.partition("::")
            lines.append(f"| {number} | {row.tries} | {row.found} | `{file.removeprefix('tests/')}` {name} |")
        lines.append("")
    return "\n".join(lines)

"""Rules of shape: file names, doors between rooms, sizes, no hidden imports, no words that do not belong here."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.house.source import DOORS, LAYERS, PACKAGE, PROJECT, ROOMS, functions, imported, modules

NAMES = frozenset(
    {"__init__", "apps", "urls", "views", "public", "jobs", "forms", "acts", "reads", "rules", "models", "lifecycle"}
)
FOLDERS = frozenset({"migrations", "manual", "templates", "static", "templatetags", "management"})
# Rooms that are engines keep their workings in files of their own, which no other room may import.
WORKINGS: dict[str, frozenset[str]] = {
    "mechanism": frozenset({"calendar", "house_rules", "pack_file", "packs", "resolve"}),
    "org": frozenset({"roster"}),
    "files": frozenset({"audio", "content", "disk", "images", "office", "pdf", "scanner", "xml"}),
    "papers": frozenset({"anchors", "docx", "fonts", "pdf", "typ", "xlsx"}),
    "ledger": frozenset({"dossier", "facts", "form1", "form2", "form3", "form4", "papers", "slips"}),
    "intake": frozenset({"papers", "posters", "sheet"}),
    "meetings": frozenset({"paper", "papers"}),
    "oversight": frozenset({"papers"}),
    "alerts": frozenset({"papers"}),
    "duties": frozenset({"papers"}),
    "desk": frozenset({"papers"}),
    "fieldwork": frozenset({"papers"}),
    "privacy": frozenset({"consents", "masking", "names"}),
    "public": frozenset({"own", "papers"}),
}
FREE = frozenset({"kernel", "site"})  # no domain: named by what they hold
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})

NOT_FOR = re.compile(r"Not for|owns no|writes nothing")
LONGEST_FILE = 500
LONGEST_FUNCTION = 60


def test_every_room_has_its_place_in_the_layers() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders == set(ROOMS)


def test_the_layers_here_and_in_import_linter_are_the_same() -> None:
    contract = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    assert contract["exhaustive"] is True
    assert [set(line.split(" | ")) for line in reversed(contract["layers"])] == [set(line) for line in LAYERS]


def test_a_room_says_what_it_is_for_and_what_not() -> None:
    silent = [
        module.place
        for module in modules("__init__")
        if not NOT_FOR.search(ast.get_docstring(module.tree) or "") and module.room != "site"
    ]
    assert not silent, "\n".join(silent)


def test_rooms_use_the_same_file_names() -> None:
    strange = []
    for room in ROOMS:
        allowed = NAMES | FOLDERS | WORKINGS.get(room, frozenset())
        for path in (PACKAGE / room).iterdir():
            if room not in FREE and path.stem not in allowed and path.name != "__pycache__":
                strange.append(path.relative_to(PROJECT).as_posix())
    assert not strange, "\n".join(sorted(strange))


def test_nothing_is_called_utils() -> None:
    found = [p.relative_to(PROJECT).as_posix() for p in PROJECT.glob("[st]*/**/*.py") if p.stem in FORBIDDEN_NAMES]
    assert not found, "\n".join(found)


def test_other_rooms_come_in_through_the_doors_only() -> None:
    broken = []
    for module in modules():
        for name, line in imported(module.tree):
            parts = name.split(".")
            if parts[0] != "huying" or len(parts) < 3 or parts[1] in (module.room, "kernel"):
                continue
            through = parts[2] in DOORS and not (len(parts) > 3 and parts[3].startswith("_"))
            if not through and not (module.room == "site" and parts[2] in ("urls", "jobs")):
                broken.append(f"{module.place}:{line} imports {name}")
    assert not broken, "\n".join(broken)


def test_no_import_hides_inside_a_function() -> None:
    hidden = [
        f"{module.place}:{node.lineno}"
        for module in modules()
        for function in functions(module.tree)
        if not (module.part == "apps" and function.name == "ready")
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, "\n".join(hidden)


def test_no_file_is_too_long() -> None:
    paths = [*PACKAGE.rglob("*.py"), *(PROJECT / "tests").rglob("*.py")]
    lengths = {
        p.relative_to(PROJECT).as_posix(): len(p.read_text().splitlines()) for p in paths if "migrations" not in p.parts
    }
    assert {place: length for place, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{module.place}:{function.lineno} {function.name} ({length})"
        for module in modules()
        for function in functions(module.tree)
        if (length := (function.end_lineno or function.lineno) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long, "\n".join(long)


def test_functions_are_short_as_a_rule() -> None:
    lengths = sorted((f.end_lineno or f.lineno) - f.lineno + 1 for m in modules() for f in functions(m.tree))
    assert lengths[len(lengths) * 9 // 10] <= 30


TEXTS = {".py", ".html", ".md", ".yaml", ".yml", ".toml", ".css", ".js", ".txt", ".typ", ".cfg", ".svg", ""}
# Put together here so that this file does not find itself.
FORBIDDEN = re.compile(
    "|".join(
        (
            *(r"\b" + a + b + r"\b" for a, b in (("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("HA", "CK"))),
            *(a + b for a, b in (("敬请", "期待"), ("正在", "开发中"), ("功能开", "发中"), ("lorem", " ipsum"))),
            r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|t" + r"mp|ho" + r"me/\w+)/",
            *(
                a + b
                for a, b in (("pypi", r"\.org"), ("python", "hosted"), ("npm", r"js\.org"), ("tuna", r"\.tsinghua"))
            ),
        )
    )
)
OUTSIDE = {".git", ".venv", "vendor", "var", "__pycache__", "node_modules", "test-results"}


def _texts() -> list[Path]:
    found = []
    for top in ("src", "tests", "docs", "requirements", "tools", "bench", "drills", ".ci"):
        found += [path for path in (PROJECT / top).rglob("*") if path.is_file()]
    found += [path for path in PROJECT.iterdir() if path.is_file() and path.name != "LICENSE"]
    return [
        p
        for p in found
        if p.suffix in TEXTS and not OUTSIDE & set(p.relative_to(PROJECT).parts) and ".egg-info" not in str(p)
    ]


@pytest.mark.parametrize("path", _texts(), ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_nothing_unfinished_and_nothing_of_the_makers_machine(path: Path) -> None:
    lines = path.read_text(errors="replace").splitlines()
    found = [f"{number}: {hit.group()}" for number, line in enumerate(lines, 1) if (hit := FORBIDDEN.search(line))]
    assert not found, "\n".join(found)


def test_scripts_of_a_page_share_no_name() -> None:
    """They share one space: a second ``const`` of the same name stops a script before its first line."""
    scripts = [path for path in (PROJECT / "src").rglob("*.js") if "vendor" not in path.parts]
    constants: dict[str, set[str]] = {}
    every: dict[str, set[str]] = {}
    for path in scripts:
        for kind, name in re.findall(r"^(const|let|class|(?:async )?function)\s+(\w+)", path.read_text(), flags=re.M):
            every.setdefault(name, set()).add(path.name)
            if not kind.endswith("function"):
                constants.setdefault(name, set()).add(path.name)
    assert {name: every[name] for name in constants if len(every[name]) > 1} == {}
